/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * `tlsrpt report --self-test`: a mail like a report's, sent to ourselves.
 */

#include "cli/command.h"

/*
 * Sends it and tells what the relay answered.
 * outbox: the option, or NULL. identity: its name, NULL the default one.
 * Returns: enum exit_status; EXIT_UNKNOWN where nobody took it.
 */
int report_self_test(const struct command_call *call, const char *outbox,
                     const char *address, const char *identity);
