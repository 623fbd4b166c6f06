/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor/content.h"
#include "doctor/examine.h"
#include "doctor/machine.h"
#include "doctor/unit.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/tally.h"
#include "store/url.h"

enum { DISKS = 8, RESERVE_BYTES = 256 << 20 };

const char *examine_folder(struct chart *chart, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/"
                         : chart_text(chart, "%.*s", (int)(slash - path), path);
}

/* ---- Stores -------------------------------------------------------------- */

/* n_damaged: of a tally. */
static int try_open(enum content_kind kind, const char *url,
                    const struct clock *clock, int64_t *out_damaged,
                    struct err *err)
{
    struct store *store = NULL;
    struct tally *tally = NULL;
    struct outbox *outbox = NULL;
    int rc = -1;

    switch (kind) {
    case CONTENT_REPORTS:
        rc = store_open(url, STORE_READ, clock, &store, err);
        break;
    case CONTENT_TALLY:
        rc = tally_open(url, STORE_READ, clock, &tally, err);
        break;
    case CONTENT_OUTBOX:
        rc = outbox_open(url, STORE_READ, clock, &outbox, err);
        break;
    }
    *out_damaged = tally && rc == 0 ? tally_damaged(tally) : 0;
    store_close(store);
    tally_close(tally);
    outbox_close(outbox);
    return rc;
}

/* What to do about a store that cannot be opened. */
static const char *cure_of(enum content_kind kind, const struct err *err)
{
    if (err->kind != ERR_STORE)
        return "";
    if (strstr(err->text, "malformed") || strstr(err->text, "not a database"))
        return content_cure(kind);
    return "start the service of this version, or install the newer program";
}

static void look_at_content(const struct examine *examine,
                            enum content_kind kind, const char *url,
                            const char *path, int64_t n_damaged)
{
    struct pages pages;
    struct err err;

    if (pages_look(url, CONTENT_MAX_BYTES, &pages, &err) == 0)
        content_judge(examine->chart, kind, path, &pages);
    else
        chart_add(examine->chart, CHART_STORE_CONTENT, CHART_UNKNOWN, path, "",
                  "%s", err.text);
    content_judge_batches(examine->chart, path, n_damaged);
}

static void look_at_schema(const struct examine *examine,
                           enum content_kind kind, const char *url,
                           const char *path)
{
    int64_t n_damaged = 0;
    struct err err;

    if (try_open(kind, url, examine->options->clock, &n_damaged, &err) == 0) {
        chart_add(examine->chart, CHART_STORE_SCHEMA, CHART_GOOD, path, "",
                  "as this program has it");
        look_at_content(examine, kind, url, path, n_damaged);
    } else if (permission_is_hidden(path, PERMISSION_READ | PERMISSION_WRITE)) {
        chart_add(examine->chart, CHART_STORE_SCHEMA, CHART_UNKNOWN, path,
                  PERMISSION_HIDDEN, "it may not be looked at: %s", err.text);
    } else {
        chart_add(examine->chart, CHART_STORE_SCHEMA,
                  err.kind == ERR_STORE ? CHART_ERROR : CHART_UNKNOWN, path,
                  cure_of(kind, &err), "%s", err.text);
    }
}

/* The collector has one tally, and the reporter puts what it fetches into those of
 * sources; one that was copied from another host is no service's of this one. */
static const char *unit_of_tally(const struct doctor_options *options,
                                 const char *url)
{
    const struct outgoing_settings *sending = options->sending;

    if (url_is_same(url, options->tally_url))
        return "tlsrpt-collect";
    for (size_t i = 0; i < sending->n_sources; i++) {
        const char *tally = sending->sources[i].tally;

        if (tally && url_is_same(url, tally))
            return "tlsrpt-report";
    }
    return NULL;
}

/* Returns: the service that writes it, NULL where none of this machine does. */
static const char *unit_of(const struct doctor_options *options,
                           enum content_kind kind, const char *url)
{
    switch (kind) {
    case CONTENT_REPORTS: return "tlsrpt-serve";
    case CONTENT_TALLY: return unit_of_tally(options, url);
    case CONTENT_OUTBOX: return "tlsrpt-report";
    }
    return NULL;
}

/* Whether the service that writes it may, where it is one of systemd's. */
static void look_at_unit(const struct examine *examine, const char *unit,
                         const char *path)
{
    const char *folder = examine_folder(examine->chart, path);

    if (unit && *path == '/')
        unit_judge(examine->chart, unit, folder, path,
                   unit_look(examine->units, unit, folder));
}

/* The log beside it is newer than the file while it is written. */
static utc_time written_at(struct chart *chart, const char *path)
{
    struct stat file, log;

    if (stat(path, &file))
        return UTC_NONE;
    if (stat(chart_text(chart, "%s-wal", path), &log) == 0 &&
        log.st_mtime > file.st_mtime)
        return log.st_mtime;
    return file.st_mtime;
}

static void look_at_store(const struct examine *examine, enum content_kind kind,
                          const char *url)
{
    struct chart *chart = examine->chart;
    const char *path = url_path(url);
    struct permission_file file, folder;

    if (!path)
        return;
    look_at_unit(examine, unit_of(examine->options, kind, url), path);
    permission_look(chart, path, NULL, &file);
    permission_look(chart, examine_folder(chart, path), &examine->who, &folder);
    permission_judge_store(chart, &file, &folder, &examine->who);
    if (file.system_errno)
        return;
    look_at_schema(examine, kind, url, path);
    machine_judge_stored(chart, path, written_at(chart, path),
                         clock_now(examine->options->clock));
}

/* ---- Disks --------------------------------------------------------------- */

struct disks {
    uint64_t devices[DISKS];
    size_t n;
};

/* Each file system once. */
static void look_at_disk(const struct examine *examine, struct disks *disks,
                         const char *url)
{
    const struct settings *settings = examine->options->settings;
    const char *path = url_path(url);
    const char *folder = path ? examine_folder(examine->chart, path) : NULL;
    struct machine_disk disk;

    if (!folder || access(folder, F_OK))
        return;
    machine_look_disk(folder, &disk);
    for (size_t i = 0; i < disks->n; i++) {
        if (disks->devices[i] == disk.device)
            return;
    }
    if (disks->n < DISKS)
        disks->devices[disks->n++] = disk.device;
    machine_judge_disk(examine->chart, folder, &disk,
                       settings ? (uint64_t)settings->reserve_bytes
                                : (uint64_t)RESERVE_BYTES);
}

/* ---- Each store ---------------------------------------------------------- */

static void look_at_one(const struct examine *examine, struct disks *disks,
                        enum content_kind kind, const char *url)
{
    look_at_store(examine, kind, url);
    look_at_disk(examine, disks, url);
}

void examine_stores(const struct examine *examine)
{
    const struct doctor_options *options = examine->options;
    const struct outgoing_settings *sending = options->sending;
    struct disks disks = { .n = 0 };
    bool has_tally = false;

    if (examine->is_receiving)
        look_at_one(examine, &disks, CONTENT_REPORTS, options->store_url);
    for (size_t i = 0; options->is_sending && i < sending->n_identities; i++) {
        const struct outgoing_texts *urls = &sending->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++) {
            look_at_one(examine, &disks, CONTENT_TALLY, urls->items[j]);
            has_tally |= url_is_same(urls->items[j], options->tally_url);
        }
    }
    if (examine->is_collecting && !has_tally)
        look_at_one(examine, &disks, CONTENT_TALLY, options->tally_url);
    if (options->is_sending)
        look_at_one(examine, &disks, CONTENT_OUTBOX, sending->outbox_url);
}
