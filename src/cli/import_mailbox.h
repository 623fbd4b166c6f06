/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The mails of a mailbox as inputs of an import, once; nothing in it changes.
 */

#include "intake/source.h"
#include "service/names.h"

/* Zero or NULL where not given. */
struct import_mailbox_options {
    const char *url;
    const char *password_file;
    struct settings_names token_command;
    const char *ca_file;
    bool is_plain;
    enum intake_rule rule;
};

/*
 * Calls a function for each mail, in the order of the mailbox. One that is left
 * there because it is too large, say, is an input with a refusal.
 * Returns: 0; what the function returned, if that was not 0; -1 with err.
 */
int import_mailbox_each(const struct import_mailbox_options *options,
                        intake_source_function *function, void *context,
                        struct err *err);
