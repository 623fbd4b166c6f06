/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The header of a stored mail: whose it is by what the last MTA noted it is also
 * where To and Cc are looked at.
 */

#include <stdint.h>
#include <stdlib.h>

#include "service/recipient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *recipients[] = { "tls@acme.example", "+acme", "@b.example" };
static struct settings_tenant tenants[] = {
    { .name = "acme", .recipients = { recipients, 3 } },
};
static const struct settings settings = { .tenants = tenants, .n_tenants = 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice mail = slice_make(data, size);
    const struct settings_tenant *traced =
        recipient_tenant(&settings, mail, RECIPIENT_TRACE);
    const struct settings_tenant *met =
        recipient_tenant(&settings, mail, RECIPIENT_HEADER);

    if ((traced && met != traced) ||
        recipient_tenant(&settings, mail, RECIPIENT_NONE))
        abort();
    return 0;
}
