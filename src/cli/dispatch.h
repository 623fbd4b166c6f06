/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Dispatcher: from the words of the command line to a running command.
 *
 * Checks all that a command's row says before the command sees anything, and
 * opens what it needs.
 */

/*
 * Runs the command that argv names. What is wrong with the command line is said
 * on stderr in one sentence.
 * Returns: enum exit_status.
 */
int dispatch_run(int argc, char **argv);
