/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/backup.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/db.h"
#include "cli/exit.h"
#include "cli/interrupt.h"
#include "cli/number.h"
#include "cli/printer.h"
#include "cli/progress.h"
#include "cli/store_url.h"

static bool step(void *context, int64_t done_bytes, int64_t total_bytes)
{
    struct progress *progress = context;

    progress->total_bytes = total_bytes;
    progress_step(progress, &(struct progress_state){ .done_bytes = done_bytes,
                                                      .what = "copied" });
    return !interrupt_is_set();
}

static void print_backup(const struct db_call *call,
                         const struct store_backup *backup)
{
    struct printer *printer = call->printer;
    char reports[NUMBER_TEXT_BYTES], bytes[DB_BYTES_TEXT];
    struct json_writer *json;

    if (printer->format == COMMAND_FORMAT_JSON) {
        json = printer_json_begin(printer);
        json_begin_object(json);
        json_member_string(json, "file", call->arguments[0]);
        json_member_int(json, "bytes", backup->bytes);
        json_member_int(json, "reports", backup->reports);
        json_member_int(json, "schema_version", backup->version);
        json_end_object(json);
        printer_json_end(printer);
        return;
    }
    printer_say(printer, "%s reports, %s, checked: ",
                number_count(backup->reports, reports),
                db_bytes(backup->bytes, bytes));
    printer_outside(printer, call->arguments[0]);
    printer_say(printer, "\n");
}

int db_backup(const struct db_call *call)
{
    struct progress progress;
    const struct store_backup_options options = { step, &progress };
    struct store_backup backup;
    struct err err;
    int status;

    interrupt_init();
    progress_init(&progress, STDERR_FILENO, 0, !arg_quiet);
    status = store_backup(call->store_url, call->arguments[0], &options,
                          &backup, &err);
    progress_clear(&progress);
    if (status < 0)
        return db_fail(call, &err);
    if (status > 0) {
        fprintf(stderr, "tlsrpt db backup: stopped, nothing is left\n");
        return EXIT_UNKNOWN;
    }
    print_backup(call, &backup);
    return EXIT_GOOD;
}

/* ---- Migrate ------------------------------------------------------------- */

/* What was done, or is to be done. */
struct migration {
    int from;
    int to;
    bool is_done;
};

static void print_migration(const struct db_call *call,
                            const struct migration *migration)
{
    struct printer *printer = call->printer;
    char copy[STORE_URL_BYTES + 32];
    struct json_writer *json;

    store_version_copy(call->store_url, migration->from, copy, sizeof(copy));
    if (printer->format == COMMAND_FORMAT_JSON) {
        json = printer_json_begin(printer);
        json_begin_object(json);
        json_member_int(json, "from", migration->from);
        json_member_int(json, "to", migration->to);
        json_member_bool(json, "migrated", migration->is_done);
        if (migration->is_done)
            json_member_string(json, "copy", copy);
        json_end_object(json);
        printer_json_end(printer);
    } else if (migration->from == migration->to) {
        printer_say(printer, "Schema version %d is up to date.\n",
                    migration->to);
    } else if (!migration->is_done) {
        printer_say(printer,
                    "Schema version %d is to be brought to %d; tlsrpt db "
                    "migrate, import and serve do it.\n",
                    migration->from, migration->to);
    } else {
        printer_say(printer,
                    "Schema version %d was brought to %d; as it was it is "
                    "kept in ",
                    migration->from, migration->to);
        printer_outside(printer, copy);
        printer_say(printer, "\n");
    }
}

int db_migrate(const struct db_call *call)
{
    struct migration migration = { .from = 0 };
    struct store *store;
    struct err err;

    if (store_version(call->store_url, &migration.from, &migration.to, &err))
        return db_fail(call, &err);
    if (migration.from < migration.to && !call->options->is_check) {
        if (db_open(call, STORE_WRITE, &store, &err))
            return db_fail(call, &err);
        store_close(store);
        migration.is_done = true;
    }
    print_migration(call, &migration);
    return migration.from < migration.to && !migration.is_done ? EXIT_FINDINGS
                                                               : EXIT_GOOD;
}
