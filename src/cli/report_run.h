/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The reporter run from the command line: as a daemon, or once.
 */

#include <stdbool.h>

#include "cli/command.h"
#include "cli/sending.h"

/*
 * Composes and delivers until a signal, or once; then tells what was done. At SIGHUP
 * the configuration is read again.
 * sending: what options made of the configuration that the call has. outbox_url's
 *   folder is made where there is none.
 * Returns: enum exit_status, said on stderr where it is not good.
 */
int report_run(const struct command_call *call,
               const struct sending_options *options,
               const struct sending *sending, bool is_once);
