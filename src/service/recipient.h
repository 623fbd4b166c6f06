/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Recipient: whom a stored mail came for, by its header.
 *
 * A mailbox has no envelope. The MTA that put a mail there noted the recipient
 * above the field Received that it added on taking the mail; all below was
 * written by others, the sender first of all, and says nothing. Pure. Workload:
 * once for each mail, of which a few lines are read.
 */

#include "base/slice.h"
#include "service/settings.h"

/*
 * Finds the tenant that a mail came for: of Delivered-To, X-Original-To and
 * Envelope-To above the first Received the topmost that means one. Without any
 * of them, and where RECIPIENT_HEADER allows it, the first address of To and Cc
 * that is a tenant's, letter by letter.
 * Returns: it, within settings; NULL for none, or where octets are no mail.
 */
const struct settings_tenant *recipient_tenant(const struct settings *settings,
                                               struct slice octets,
                                               enum recipient_from from);
