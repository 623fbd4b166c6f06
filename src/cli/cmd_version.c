/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/printer.h"

int cmd_version(const struct command_call *call)
{
    printer_say(call->printer, "tlsrpt %s\n", TLSRPT_VERSION);
    return EXIT_GOOD;
}
