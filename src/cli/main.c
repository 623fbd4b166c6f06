/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* tlsrpt: TLS reports (RFC 8460), read, kept and explained. */

#include "cli/dispatch.h"

int main(int argc, char **argv)
{
    return dispatch_run(argc, argv);
}
