/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Tenant: whose a mail is, by the address it came to.
 *
 * Pure: from an address and the settings. Case does not matter, not even before
 * the '@': addresses in records and configurations are typed by people.
 * Workload: once for each recipient of each mail.
 */

#include <stdbool.h>

#include "service/settings.h"

/*
 * Finds the tenant that a recipient means: by its whole address before by what
 * stands behind the first '+' of its local part, by that before by its domain.
 * address: as the client of LMTP says it, e.g. "tls+acme@example.com".
 * Returns: it, within settings; NULL where no tenant has such a recipient.
 */
const struct settings_tenant *tenant_find(const struct settings *settings,
                                          const char *address);

/* As tenant_find, by a whole address alone. */
const struct settings_tenant *tenant_find_address(
    const struct settings *settings, const char *address);

/*
 * Tells whether a list of recipients (addresses, "@domain", "+extension") has
 * one that means an address.
 */
bool tenant_has_recipient(const struct settings_names *recipients,
                          const char *address);
