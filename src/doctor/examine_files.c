/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor/examine.h"
#include "doctor/machine.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/tally.h"
#include "store/url.h"
#include "web/certificate.h"

enum { DISKS = 8, RESERVE_BYTES = 256 << 20 };

static const char *folder_of(struct chart *chart, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/"
                         : chart_text(chart, "%.*s", (int)(slash - path), path);
}

/* ---- What is to be looked at --------------------------------------------- */

/* The user of the service: whose the folder is that the stores are in, and where
 * that is root's, or not there, who calls. */
static void find_who(struct examine *examine)
{
    const char *urls[] = { examine->options->store_url,
                           examine->options->tally_url,
                           examine->options->sending->outbox_url };
    unsigned uid = 0;

    for (size_t i = 0; uid == 0 && i < sizeof(urls) / sizeof(*urls); i++) {
        const char *path = url_path(urls[i]);
        struct stat st;

        if (path && stat(folder_of(examine->chart, path), &st) == 0)
            uid = st.st_uid;
    }
    permission_find_number(examine->chart, uid ? uid : geteuid(),
                           &examine->who);
}

void examine_init(struct examine *examine, const struct doctor_options *options,
                  struct chart *chart)
{
    const struct settings *settings = options->settings;

    *examine = (struct examine){ .options = options, .chart = chart };
    examine->is_collecting =
        url_is_there(options->tally_url) ||
        (settings && (settings->collect.socket || settings->collect.tally_url));
    examine->is_receiving = url_is_there(options->store_url) ||
                            (settings && settings_have_sources(settings));
    find_who(examine);
}

/* ---- Stores -------------------------------------------------------------- */

enum kind { REPORTS, TALLY, OUTBOX };

static int try_open(enum kind kind, const char *url, const struct clock *clock,
                    struct err *err)
{
    struct store *store = NULL;
    struct tally *tally = NULL;
    struct outbox *outbox = NULL;
    int rc = -1;

    switch (kind) {
    case REPORTS: rc = store_open(url, STORE_READ, clock, &store, err); break;
    case TALLY: rc = tally_open(url, STORE_READ, clock, &tally, err); break;
    case OUTBOX: rc = outbox_open(url, STORE_READ, clock, &outbox, err); break;
    }
    store_close(store);
    tally_close(tally);
    outbox_close(outbox);
    return rc;
}

/* What to do about a store that cannot be opened. */
static const char *cure_of(const struct err *err)
{
    if (err->kind != ERR_STORE)
        return "";
    if (strstr(err->text, "malformed") || strstr(err->text, "not a database"))
        return "stop who writes it and put it aside, with its -wal and -shm, or"
               " a backup in its place; a new one is made at the start";
    return "start the service of this version, or install the newer program";
}

static void look_at_schema(const struct examine *examine, enum kind kind,
                           const char *url, const char *path)
{
    struct err err;

    if (try_open(kind, url, examine->options->clock, &err) == 0)
        chart_add(examine->chart, CHART_STORE_SCHEMA, CHART_GOOD, path, "",
                  "as this program has it");
    else if (permission_is_hidden(path, PERMISSION_READ | PERMISSION_WRITE))
        chart_add(examine->chart, CHART_STORE_SCHEMA, CHART_UNKNOWN, path,
                  PERMISSION_HIDDEN, "it may not be looked at: %s", err.text);
    else
        chart_add(examine->chart, CHART_STORE_SCHEMA,
                  err.kind == ERR_STORE ? CHART_ERROR : CHART_UNKNOWN, path,
                  cure_of(&err), "%s", err.text);
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

static void look_at_store(const struct examine *examine, enum kind kind,
                          const char *url)
{
    struct chart *chart = examine->chart;
    const char *path = url_path(url);
    struct permission_file file, folder;

    if (!path)
        return;
    permission_look(chart, path, NULL, &file);
    permission_look(chart, folder_of(chart, path), &examine->who, &folder);
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
    const char *folder = path ? folder_of(examine->chart, path) : NULL;
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
                        enum kind kind, const char *url)
{
    look_at_store(examine, kind, url);
    look_at_disk(examine, disks, url);
}

static void look_at_stores(const struct examine *examine)
{
    const struct doctor_options *options = examine->options;
    const struct outgoing_settings *sending = options->sending;
    struct disks disks = { .n = 0 };
    bool has_tally = false;

    if (examine->is_receiving)
        look_at_one(examine, &disks, REPORTS, options->store_url);
    for (size_t i = 0; options->is_sending && i < sending->n_identities; i++) {
        const struct outgoing_texts *urls = &sending->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++) {
            look_at_one(examine, &disks, TALLY, urls->items[j]);
            has_tally |= strcmp(urls->items[j], options->tally_url) == 0;
        }
    }
    if (examine->is_collecting && !has_tally)
        look_at_one(examine, &disks, TALLY, options->tally_url);
    if (options->is_sending)
        look_at_one(examine, &disks, OUTBOX, sending->outbox_url);
}

/* ---- Secrets and folders ------------------------------------------------- */

static void look_at_secret(const struct examine *examine, const char *path)
{
    struct permission_file file;

    if (!path)
        return;
    permission_look(examine->chart, path, &examine->who, &file);
    permission_judge_secret(examine->chart, &file, &examine->who);
}

static void look_at_folder(const struct examine *examine, const char *path)
{
    struct permission_file file;

    if (!path)
        return;
    permission_look(examine->chart, path, &examine->who, &file);
    permission_judge_folder(examine->chart, &file, &examine->who);
}

static void look_at_sent(const struct examine *examine)
{
    static const char folder[] = "directory:";
    const struct outgoing_settings *sending = examine->options->sending;

    for (size_t i = 0; i < sending->n_identities; i++) {
        look_at_secret(examine, sending->identities[i].dkim_key_file);
        look_at_secret(examine, sending->identities[i].dkim_second_key_file);
    }
    look_at_secret(examine, sending->relay.password_file);
    for (size_t i = 0; i < sending->copies.n_items; i++) {
        const char *uri = sending->copies.items[i];

        if (strncmp(uri, folder, sizeof(folder) - 1) == 0)
            look_at_folder(examine, uri + sizeof(folder) - 1);
    }
}

static void look_at_sources(const struct examine *examine,
                            const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_mailboxes; i++)
        look_at_secret(examine, settings->mailboxes[i].password_file);
    for (size_t i = 0; i < settings->n_folders; i++) {
        const struct folder_options *folder = &settings->folders[i];

        if (folder->kind != FOLDER_MBOX && folder->after != FOLDER_LEAVE)
            look_at_folder(examine, folder->path);
    }
    look_at_folder(examine, settings->collect.samples);
    for (size_t i = 0; i < settings->n_https; i++) {
        look_at_secret(examine, settings->https[i].options.key_file);
        for (size_t j = 0; j < settings->https[i].n_paths; j++)
            look_at_secret(examine, settings->https[i].paths[j].secret_file);
    }
}

/* ---- Certificates -------------------------------------------------------- */

static void look_at_certificate(const struct examine *examine,
                                const char *chain, const char *key)
{
    struct certificate *both;
    struct certificate_life life;
    struct err err;

    if (certificate_open(chain, key, &both, &err)) {
        const bool is_hidden = permission_is_hidden(chain, PERMISSION_READ) ||
                               permission_is_hidden(key, PERMISSION_READ);

        chart_add(examine->chart, CHART_CERTIFICATE,
                  is_hidden ? CHART_UNKNOWN : CHART_ERROR, chain,
                  is_hidden ? PERMISSION_HIDDEN
                            : "give a chain and its key, both PEM",
                  "%s", err.text);
        return;
    }
    life = certificate_life(both);
    certificate_close(both);
    machine_judge_certificate(examine->chart, chain, life.begins_at,
                              life.ends_at, clock_now(examine->options->clock));
}

void examine_files(const struct examine *examine)
{
    const struct settings *settings = examine->options->settings;

    look_at_stores(examine);
    if (examine->options->is_sending)
        look_at_sent(examine);
    if (!settings)
        return;
    look_at_sources(examine, settings);
    for (size_t i = 0; i < settings->n_https; i++) {
        const struct https_server_options *https = &settings->https[i].options;

        if (https->certificate_file && https->key_file)
            look_at_certificate(examine, https->certificate_file,
                                https->key_file);
    }
}
