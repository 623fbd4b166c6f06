/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utc.h"
#include "cli/db.h"
#include "cli/exit.h"
#include "cli/interrupt.h"
#include "cli/number.h"
#include "cli/printer.h"
#include "cli/table.h"
#include "intake/reread.h"
#include "store/quota.h"

enum {
    PAGE = 500,                   /* entries asked for at a time */
    RAW_MAX_BYTES = 512 << 20,    /* more is never stored */
    TEXTS_MAX_BYTES = 1024 * 1024 /* of one entry */
};

/* ---- List ---------------------------------------------------------------- */

struct listing {
    struct printer *printer;
    struct table table;
    int64_t last_id;
    size_t n;
};

static void write_entry(struct printer *printer,
                        const struct store_quarantined *entry)
{
    char hex[DIGEST_HEX_BYTES];
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_int(json, "id", entry->id);
    json_member_string(json, "input", entry->input);
    json_member_string(json, "source", entry->arrival.source);
    json_member_string(json, "tenant", entry->arrival.tenant);
    json_member_string(json, "reason", entry->reason);
    json_member_time(json, "stored_at", entry->stored_at);
    json_member_int(json, "raw_bytes", entry->raw_bytes);
    json_member_int(json, "reader_version", entry->reader_version);
    json_member_string(json, "raw_sha256", digest_format(entry->raw_hash, hex));
    json_end_object(json);
    printer_json_end(printer);
}

static int add_entry(void *context, const struct store_quarantined *entry,
                     struct err *err)
{
    struct listing *listing = context;
    struct table *table = &listing->table;
    char text[UTC_TIME_BYTES + DB_BYTES_TEXT];

    (void)err;
    listing->n++;
    listing->last_id = entry->id;
    if (listing->printer->format == COMMAND_FORMAT_JSON) {
        write_entry(listing->printer, entry);
        return 0;
    }
    snprintf(text, sizeof(text), "%lld", (long long)entry->id);
    table_add(table, PRINTER_PLAIN, text);
    table_add(table, PRINTER_PLAIN, utc_format(entry->stored_at, text));
    table_add(table, PRINTER_PLAIN, db_bytes(entry->raw_bytes, text));
    table_add(table, PRINTER_PLAIN,
              *entry->arrival.source ? entry->arrival.source : "import");
    table_add(table, PRINTER_PLAIN, entry->input);
    table_add(table, PRINTER_WARNING, entry->reason);
    return 0;
}

static int list_all(struct store *store, struct listing *listing,
                    struct err *err)
{
    size_t n;

    /* Page by page, so that no moment is held for long. */
    do {
        n = listing->n;
        if (store_each_quarantined(store, listing->last_id, PAGE, add_entry,
                                   listing, err))
            return -1;
    } while (listing->n - n == PAGE);
    return listing->table.failed ? err_memory(err) : 0;
}

/* What went beyond the quota cannot be listed any more. */
static int print_dropped(void *context, const char *source, int64_t count,
                         struct err *err)
{
    struct printer *printer = context;
    char text[NUMBER_TEXT_BYTES];

    (void)err;
    printer_say(printer, "%s dropped beyond the quota, by ",
                number_count(count, text));
    printer_outside(printer, *source ? source : "import");
    printer_say(printer, "\n");
    return 0;
}

static int list(const struct db_call *call, struct store *store,
                struct err *err)
{
    static const struct table_column columns[] = {
        { "ID", "id", true, false },
        { "WHEN", "stored_at", false, false },
        { "SIZE", "raw_bytes", true, false },
        { "SOURCE", "source", false, false },
        { "INPUT", "input", false, false },
        { "REASON", "reason", false, false },
    };
    struct listing listing = { .printer = call->printer };
    int status;

    table_init(&listing.table, columns, sizeof(columns) / sizeof(*columns));
    status = list_all(store, &listing, err);
    if (status == 0 && call->printer->format != COMMAND_FORMAT_JSON) {
        if (listing.n)
            table_print(&listing.table, call->printer);
        else
            printer_say(call->printer, "Nothing is in quarantine.\n");
        status = store_each_dropped(store, print_dropped, call->printer, err);
    }
    table_deinit(&listing.table);
    return status;
}

/* ---- One entry ----------------------------------------------------------- */

/* Reads an id as it is listed. Returns: 0, -1 with err. */
static int read_id(const char *text, int64_t *out_id, struct err *err)
{
    char *end;

    errno = 0;
    *out_id = strtoll(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && errno == 0 && *out_id > 0)
        return 0;
    return err_set(err, ERR_USAGE, "'%.32s' is no number of the list", text);
}

static int find(struct store *store, const char *text, struct arena *arena,
                struct store_quarantined *out_entry, struct err *err)
{
    int64_t id;
    int status;

    if (read_id(text, &id, err))
        return -1;
    status = store_find_quarantined(store, id, arena, out_entry, err);
    if (status > 0)
        err_set(err, ERR_USAGE, "there is no %lld in quarantine",
                (long long)id);
    return status ? -1 : 0;
}

static int print_finding(void *context, const struct store_finding *finding,
                         struct err *err)
{
    struct printer *printer = context;

    (void)err;
    printer_say(printer, "  ");
    printer_outside(printer, finding->code);
    printer_say(printer, *finding->where ? " at " : "");
    printer_outside(printer, finding->where);
    printer_say(printer, finding->value ? ": " : "");
    printer_outside(printer, finding->value);
    printer_say(printer, "\n");
    return 0;
}

static int show(const struct db_call *call, struct store *store,
                struct arena *arena, const char *id, struct err *err)
{
    struct printer *printer = call->printer;
    char when[UTC_TIME_BYTES], bytes[DB_BYTES_TEXT], hex[DIGEST_HEX_BYTES];
    struct store_quarantined entry;

    if (find(store, id, arena, &entry, err))
        return -1;
    if (printer->format == COMMAND_FORMAT_JSON) {
        write_entry(printer, &entry);
        return 0;
    }
    printer_outside(printer, entry.input);
    printer_say(printer, "\n  refused: ");
    printer_outside(printer, entry.reason);
    printer_say(printer, "\n  kept since %s, %s, read by reader version %d\n",
                utc_format(entry.stored_at, when),
                db_bytes(entry.raw_bytes, bytes), entry.reader_version);
    printer_say(printer, "  came by ");
    printer_outside(printer,
                    *entry.arrival.source ? entry.arrival.source : "import");
    printer_say(printer, "\n  SHA-256 %s\n",
                digest_format(entry.raw_hash, hex));
    return store_each_finding(store, STORE_FINDINGS_OF_QUARANTINE, entry.id,
                              print_finding, printer, err);
}

/* ---- Export -------------------------------------------------------------- */

static int write_file(const char *path, struct slice octets, struct err *err)
{
    int fd =
        open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    int status = 0;

    if (fd < 0)
        return err_system(err, "%s cannot be made", path);
    while (status == 0 && octets.len) {
        ssize_t n = write(fd, octets.ptr, octets.len);

        if (n < 0 && errno != EINTR)
            status = err_system(err, "%s cannot be written", path);
        else if (n > 0)
            octets = slice_make(octets.ptr + n, octets.len - (size_t)n);
    }
    if (close(fd) != 0 && status == 0)
        status = err_system(err, "%s cannot be written", path);
    if (status)
        unlink(path);
    return status;
}

/* The name is made of the number alone: names from outside name no files. */
static int export_one(const struct db_call *call, struct store *store,
                      const struct store_quarantined *entry, struct err *err)
{
    struct buffer octets;
    char *path;
    int status;

    if (asprintf(&path, "%s/refused-%lld.raw", call->options->folder,
                 (long long)entry->id) < 0)
        return err_memory(err);
    buffer_init(&octets, RAW_MAX_BYTES);
    status = store_get_raw(store, entry->raw_hash, &octets, err);
    if (status > 0)
        status = err_set(err, ERR_STORE, "the octets of %lld are gone",
                         (long long)entry->id);
    if (status == 0)
        status = write_file(path, buffer_slice(&octets), err);
    if (status == 0 && call->printer->format != COMMAND_FORMAT_JSON) {
        printer_outside(call->printer, path);
        printer_say(call->printer, "\n");
    } else if (status == 0) {
        struct json_writer *json = printer_json_begin(call->printer);

        json_begin_object(json);
        json_member_int(json, "id", entry->id);
        json_member_string(json, "file", path);
        json_end_object(json);
        printer_json_end(call->printer);
    }
    buffer_deinit(&octets);
    free(path);
    return status;
}

static int export_raw(const struct db_call *call, struct store *store,
                      struct arena *arena, const char *id, struct err *err)
{
    struct store_quarantined entry;

    if (!call->options->folder)
        return err_set(err, ERR_USAGE, "--to FOLDER is missing");
    if (find(store, id, arena, &entry, err))
        return -1;
    return export_one(call, store, &entry, err);
}

/* ---- Drop ---------------------------------------------------------------- */

static int drop(const struct db_call *call, struct store *store,
                struct arena *arena, const char *id, struct err *err)
{
    struct store_quarantined entry;

    if (find(store, id, arena, &entry, err) || store_begin(store, err))
        return -1;
    if (store_drop_quarantined(store, entry.id, err) < 0) {
        store_rollback(store);
        return -1;
    }
    if (store_commit(store, err))
        return -1;
    if (call->printer->format == COMMAND_FORMAT_JSON) {
        write_entry(call->printer, &entry);
        return 0;
    }
    printer_say(call->printer, "%lld dropped: ", (long long)entry.id);
    printer_outside(call->printer, entry.input);
    printer_say(call->printer, "\n");
    return 0;
}

/* ---- Retry --- */

/* Reads the entries of the numbers given again. */
static int retry_some(const struct db_call *call, struct store *store,
                      struct intake_reread *reread, struct err *err)
{
    struct arena arena;
    int status = 0;

    arena_init(&arena, TEXTS_MAX_BYTES);
    for (size_t i = 1; i < call->n_arguments && status >= 0; i++) {
        struct store_quarantined entry;

        arena_reset(&arena);
        status = find(store, call->arguments[i], &arena, &entry, err);
        if (status == 0)
            status = intake_reread_entry(reread, &entry, err);
    }
    arena_deinit(&arena);
    return status < 0 ? -1 : 0;
}

/* Reads all entries again, the newest first: what is put meanwhile is newer. */
static int retry_all(struct store *store, struct intake_reread *reread,
                     struct err *err)
{
    int64_t begin_ms = clock_monotonic_ms();
    int64_t before_id = INT64_MAX;
    struct arena arena;
    int status = 0;

    arena_init(&arena, TEXTS_MAX_BYTES);
    while (status >= 0 && !interrupt_is_set()) {
        struct store_quarantined entry;

        arena_reset(&arena);
        status = store_last_quarantined(store, before_id, &arena, &entry, err);
        if (status > 0)
            break;
        if (status == 0)
            status = intake_reread_entry(reread, &entry, err);
        before_id = entry.id;
        db_let_others(&begin_ms);
    }
    arena_deinit(&arena);
    return status < 0 ? -1 : 0;
}

static int retry(const struct db_call *call, struct err *err)
{
    struct db_rereading rereading;
    int status;

    interrupt_init();
    status = db_open_rereading(call, &rereading, err);
    if (status == 0) {
        status = call->n_arguments > 1
                     ? retry_some(call, rereading.store, rereading.reread, err)
                     : retry_all(rereading.store, rereading.reread, err);
        if (status == 0)
            db_print_reread(call->printer,
                            intake_reread_counts(rereading.reread),
                            interrupt_is_set());
    }
    db_close_rereading(&rereading);
    return status;
}

/* ---- The verb ------------------------------------------------------------ */

/* What is done with each number that is given. */
struct action {
    const char *name;
    enum store_mode mode;
    int (*run)(const struct db_call *call, struct store *store,
               struct arena *arena, const char *id, struct err *err);
};

static const struct action actions[] = {
    { "show", STORE_READ, show },
    { "export", STORE_READ, export_raw },
    { "drop", STORE_WRITE, drop },
};

static int run_each(const struct db_call *call, const struct action *action,
                    struct err *err)
{
    struct arena arena;
    struct store *store;
    int status = 0;

    if (call->n_arguments < 2)
        return err_set(err, ERR_USAGE, "%s ID is missing", action->name);
    if (db_open(call, action->mode, &store, err))
        return -1;
    arena_init(&arena, TEXTS_MAX_BYTES);
    for (size_t i = 1; i < call->n_arguments && status == 0; i++) {
        arena_reset(&arena);
        status = action->run(call, store, &arena, call->arguments[i], err);
    }
    arena_deinit(&arena);
    store_close(store);
    return status;
}

static int run_list(const struct db_call *call, struct err *err)
{
    struct store *store;
    int status;

    if (call->n_arguments > 1)
        return err_set(err, ERR_USAGE, "there is no use for '%.64s'",
                       call->arguments[1]);
    if (db_open(call, STORE_READ, &store, err))
        return -1;
    status = list(call, store, err);
    store_close(store);
    return status;
}

static int run(const struct db_call *call, struct err *err)
{
    const char *name = call->n_arguments ? call->arguments[0] : "list";

    if (strcmp(name, "list") == 0)
        return run_list(call, err);
    if (strcmp(name, "retry") == 0)
        return retry(call, err);
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
        if (strcmp(name, actions[i].name) == 0)
            return run_each(call, &actions[i], err);
    return err_set(err, ERR_USAGE,
                   "there is no db quarantine %.64s; there are list, show, "
                   "retry, export and drop",
                   name);
}

int db_quarantine(const struct db_call *call)
{
    struct err err;

    return run(call, &err) ? db_fail(call, &err) : EXIT_GOOD;
}
