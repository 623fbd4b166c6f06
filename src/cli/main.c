/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* tlsrpt: TLS reports (RFC 8460), read, kept and explained. */

#include "cli/deliver.h"
#include "cli/dispatch.h"

int main(int argc, char **argv)
{
    int status = dispatch_run(argc, argv);

    /* A mistake in an MTA's configuration must not return mail. */
    return status && deliver_is_asked(argc, argv) ? DELIVER_LATER : status;
}
