/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The entry of each command, for the table in command.c.
 *
 * cmd_<verb> runs the command; cmd_<verb>_options lists its own options.
 */

#include "cli/command.h"

/* `tlsrpt show FILE...`. Returns: enum exit_status. */
int cmd_show(const struct command_call *call);
extern const struct command_option cmd_show_options[];

/* `tlsrpt import SOURCE...`. Returns: enum exit_status. */
int cmd_import(const struct command_call *call);
extern const struct command_option cmd_import_options[];

/* `tlsrpt summary`. Returns: enum exit_status. */
int cmd_summary(const struct command_call *call);
extern const struct command_option cmd_summary_options[];

/* `tlsrpt db VERB`. Returns: enum exit_status. */
int cmd_db(const struct command_call *call);
extern const struct command_option cmd_db_options[];

/* `tlsrpt report`. Returns: enum exit_status. */
int cmd_report(const struct command_call *call);
extern const struct command_option cmd_report_options[];

/* `tlsrpt outbox [VERB]`. Returns: enum exit_status. */
int cmd_outbox(const struct command_call *call);
extern const struct command_option cmd_outbox_options[];

/* `tlsrpt doctor`. Returns: enum exit_status. */
int cmd_doctor(const struct command_call *call);
extern const struct command_option cmd_doctor_options[];

/* `tlsrpt fetch`. Returns: enum exit_status. */
int cmd_fetch(const struct command_call *call);
extern const struct command_option cmd_fetch_options[];

/* `tlsrpt fetcher DAY [DOMAIN...]`. Returns: enum exit_status. */
int cmd_fetcher(const struct command_call *call);
extern const struct command_option cmd_fetcher_options[];

/* `tlsrpt event`. Returns: enum exit_status. */
int cmd_event(const struct command_call *call);
extern const struct command_option cmd_event_options[];

/* `tlsrpt explain [CODE]`. Returns: enum exit_status. */
int cmd_explain(const struct command_call *call);

/* `tlsrpt help [COMMAND]`. Returns: enum exit_status. */
int cmd_help(const struct command_call *call);

/* `tlsrpt serve`. Returns: enum exit_status. */
extern const struct command_option cmd_serve_options[];
int cmd_serve(const struct command_call *call);

/* `tlsrpt collect`. Returns: enum exit_status. */
extern const struct command_option cmd_collect_options[];
int cmd_collect(const struct command_call *call);

/* `tlsrpt config check|show [FILE]`. Returns: enum exit_status. */
extern const struct command_option cmd_config_options[];
int cmd_config(const struct command_call *call);

/* `tlsrpt version`. Returns: enum exit_status. */
int cmd_version(const struct command_call *call);
