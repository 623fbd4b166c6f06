/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The reporter run from the command line: as a daemon, or once.
 */

#include <stdbool.h>

#include "cli/command.h"
#include "outgoing/settings.h"

/*
 * Composes and delivers until a signal, or once; then tells what was done.
 * outbox_url must be set; its folder is made where there is none.
 * Returns: enum exit_status, said on stderr where it is not good.
 */
int report_run(const struct command_call *call,
               const struct outgoing_settings *settings, bool is_once);
