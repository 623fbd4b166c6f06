/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * `tlsrpt db VERB`: the care of a store, a function a verb.
 *
 * Each verb runs beside whatever else reads and writes the store.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/store.h"

struct command_call;
struct intake_reread_counts;
struct printer;

/* The options of all verbs. */
struct db_options {
    bool is_check;               /* --check */
    bool is_repair;              /* --repair */
    bool is_dry;                 /* --dry-run */
    const char *raw_days;        /* --raw-days, NULL where not given */
    const char *facts_days;      /* --facts-days */
    const char *quarantine_days; /* --quarantine-days */
    const char *folder;          /* --to */
};

/* What a verb is run with. */
struct db_call {
    const char *verb;
    char **arguments; /* behind the verb */
    size_t n_arguments;
    const char *store_url;
    struct printer *printer;
    const struct db_options *options;
};

/* Each verb. Returns: enum exit_status. */
int db_verify(const struct db_call *call);
int db_backup(const struct db_call *call);
int db_migrate(const struct db_call *call);
int db_prune(const struct db_call *call);
int db_quarantine(const struct db_call *call);
int db_reread(const struct db_call *call);
int db_rejudge(const struct db_call *call);

/* What reads again, and where. */
struct db_rereading {
    struct reader *reader; /* confined where the kernel can */
    struct store *store;
    struct intake_reread *reread;
};

/* Readies to read again. To be closed in any case. Returns: 0, -1 with err. */
int db_open_rereading(const struct db_call *call,
                      struct db_rereading *rereading, struct err *err);

/* Frees it; a batch that is open is given up. */
void db_close_rereading(struct db_rereading *rereading);

/* Prints what reading again found. */
void db_print_reread(struct printer *printer,
                     const struct intake_reread_counts *counts,
                     bool is_stopped);

/* Opens the store, which must be there. Returns: 0, -1 with err. */
int db_open(const struct db_call *call, enum store_mode mode,
            struct store **out_store, struct err *err);

/* Says on stderr why a verb failed. Returns: its enum exit_status. */
int db_fail(const struct db_call *call, const struct err *err);

/*
 * Rests as long as the work since *begin_ms took, so that others come to write
 * between two batches; *begin_ms gets the time of the end.
 */
void db_let_others(int64_t *begin_ms);

/* "1.2 MB" for people. Returns: text. */
enum { DB_BYTES_TEXT = 32 };
const char *db_bytes(int64_t bytes, char text[static DB_BYTES_TEXT]);
