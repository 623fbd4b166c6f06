/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Chart: what an examination found, a row for each thing looked at.
 *
 * A check has an id that stays, what it looks at, and why that matters; a row is
 * one thing it looked at, with what was seen and what to do next. Rows stand in
 * the order of looking, good ones among them. Workload: some thirty rows, once.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum chart_severity {
    CHART_GOOD,
    CHART_NOTE,    /* worth knowing, nothing to do */
    CHART_UNKNOWN, /* could not find out */
    CHART_WARNING, /* works, and should be mended */
    CHART_ERROR,   /* reports are lost, late or not believed */
    CHART_SEVERITY_COUNT
};

/* The checks, in the order of the manual. */
enum chart_id {
    CHART_ROLE,
    CHART_STORE_FILE,
    CHART_STORE_SCHEMA,
    CHART_STORE_CONTENT,
    CHART_UNIT,
    CHART_SECRET_FILE,
    CHART_FOLDER,
    CHART_SOCKET,
    CHART_QUEUE,
    CHART_CLOCK,
    CHART_CLOCK_STORED,
    CHART_DISK_SPACE,
    CHART_DISK_INODES,
    CHART_DNS,
    CHART_DNSSEC,
    CHART_SIGNATURE,
    CHART_DKIM_KEY,
    CHART_DKIM_RECORD,
    CHART_DKIM_SERVICE,
    CHART_DKIM_TESTING,
    CHART_RELAY_PROOF,
    CHART_RELAY_FIELDS,
    CHART_RELAY,
    CHART_SPF,
    CHART_OWN_RECORD,
    CHART_CONTACT_MX,
    CHART_COLLECTOR,
    CHART_REPORTER,
    CHART_OUTBOX,
    CHART_POSTFIX,
    CHART_POSTFIX_SOCKET,
    CHART_POSTFIX_ECHO,
    CHART_CERTIFICATE,
    CHART_ID_COUNT
};

struct chart_check {
    const char *id;       /* stable, as "dkim-record" */
    const char *looks_at; /* a few words */
    const char *reason;   /* RFC and section, or a sentence */
};

struct chart_row {
    const struct chart_check *check;
    enum chart_severity severity;
    const char *subject;  /* the path, name or identity looked at; "" none */
    const char *evidence; /* what was seen */
    const char *next;     /* what to do; "" nothing */
};

struct chart {
    struct arena *arena; /* where rows and texts live */
    struct chart_row *rows;
    size_t n_rows;
    size_t capacity;
    bool failed; /* a row was lost for want of memory */
};

/* Readies an empty chart that allocates from arena. */
void chart_init(struct chart *chart, struct arena *arena);

/*
 * Writes a row; what was seen is formatted.
 * subject, next: borrowed for the life of the arena, as by chart_text.
 */
__attribute__((format(printf, 6, 7))) void chart_add(
    struct chart *chart, enum chart_id id, enum chart_severity severity,
    const char *subject, const char *next, const char *evidence, ...);

/* Formats a text that lives as long as the chart. Returns: it, "" where memory
 * is wanting. */
__attribute__((format(printf, 2, 3))) const char *chart_text(
    struct chart *chart, const char *format, ...);

/* Returns: the row of a check in the table, for its names. */
const struct chart_check *chart_check(enum chart_id id);

/* "good", "note", "unknown", "warning", "error". */
const char *chart_severity_name(enum chart_severity severity);

/* How many rows have a severity. */
size_t chart_count(const struct chart *chart, enum chart_severity severity);
