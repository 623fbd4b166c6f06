/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What a request asks, typed: days, domain, filters, limits.
 *
 * Each route names the parameters it knows; an unknown one, one given twice and
 * a bad value are refused with a sentence, never skipped in silence. docs/api.md
 * lists them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utc.h"
#include "store/outbox.h"
#include "store/store.h"
#include "web/target.h"

/* Parameters that a route may know. */
enum request_parameter {
    REQUEST_RANGE = 1u << 0,        /* from, to */
    REQUEST_DOMAIN = 1u << 1,       /* domain */
    REQUEST_ORGANIZATION = 1u << 2, /* organization */
    REQUEST_KEY = 1u << 3,          /* result_type, mx, policy_type */
    REQUEST_KIND = 1u << 4,         /* failed, conflicts, standing */
    REQUEST_LIMIT = 1u << 5,        /* limit */
    REQUEST_CURSOR = 1u << 6,       /* cursor */
    REQUEST_BEFORE = 1u << 7,       /* before */
    REQUEST_DETAILS = 1u << 8,      /* details */
    REQUEST_SOURCE = 1u << 9,       /* source */
    REQUEST_STATE = 1u << 10,       /* state */
    REQUEST_UNTAGGED = 1u << 11 /* none: the answer comes from other files than
                                       the store, whose tag says nothing of it */
};

struct request {
    struct store_filter filter; /* its range is always set */
    utc_day today;
    size_t limit;            /* 1 to WEB_MAX_ROWS */
    const char *cursor;      /* or NULL */
    const char *source;      /* of DMARC reports, or NULL */
    enum outbox_state state; /* OUTBOX_STATE_COUNT = any */
    int64_t before;          /* an id, 0 = from the start */
    bool all_details;        /* of every row, not of the first alone */
};

/*
 * Reads the parameters of a target. known: bits of enum request_parameter.
 * today: for the default range, WEB_DEFAULT_DAYS up to it.
 * Owns: strings live in the target's arena or in arena.
 * Returns: 0, -1 with err.
 * Errors: ERR_INPUT (err.text is a sentence for the client), ERR_MEMORY.
 */
int request_read(const struct target *target, unsigned known, utc_day today,
                 struct arena *arena, struct request *out_request,
                 struct err *err);

/*
 * Reads a positive decimal number without sign, as ids are written.
 * Returns: 0, -1 where text is none or beyond 2^53.
 */
int request_number_parse(const char *text, int64_t *out);
