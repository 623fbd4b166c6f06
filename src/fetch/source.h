/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Source: where the sums of another collector come from.
 *
 * A command in the fetcher's protocol, or the database of a tlsrpt-collectd on
 * this host. What it says of a day goes into a tally of its own, which is read
 * beside those of the collectors here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/utc.h"

struct fetch_source {
    const char *name;
    const char *const *command; /* words, ended by NULL, no shell; or NULL */
    const char *database;  /* path of a tlsrpt-collectd's; command is NULL */
    const char *tally_url; /* its own */
    size_t n_domains;      /* asked for in one call; 1 for a tlsrpt-fetcher */
    int time_ms;           /* one call may take */
    size_t max_bytes;      /* of memory; 0: FETCH_SOURCE_BYTES */
    utc_day first;         /* days before it are not owed; 0: all are */
};

enum fetch_outcome {
    FETCH_STORED, /* the whole day stands in the tally, which closes it unless
                        days before it are owed */
    FETCH_STANDS, /* it stood there, is not owed, or was closed without it */
    FETCH_NOT_READY, /* the day is not complete there */
    FETCH_SO_FAR,    /* likewise, and what there is stands in the tally */
    FETCH_PART,      /* likewise, but for domains that could not be asked for:
                        err tells why of the first */
    FETCH_LATE,      /* it was closed meanwhile: nothing was stored */
    FETCH_STOPPED,   /* stop_fd became readable */
    FETCH_OUTCOME_COUNT
};

/* What was fetched. */
struct fetch_sums {
    size_t n_domains;
    size_t n_rows;
    int64_t n_bad;            /* what was passed over */
    char bad[ERR_TEXT_BYTES]; /* what was wrong with the first */
    int64_t clock_off_s;      /* the clock there less ours; 0 where not said */
    bool
        is_gone; /* it names a later day and no domain of this one: either there
                     was no session, or it does not keep days */
};

/*
 * Makes the tally of a source where there is none.
 * *out_closed: the last day that is closed there, UTC_DAY_NONE for none.
 * Returns: 0, -1 with err.
 */
int fetch_ready(const struct fetch_source *source, const struct clock *clock,
                utc_day *out_closed, struct err *err);

/*
 * Fetches a day, unless its tally has it.
 * stop_fd: when it becomes readable nobody waits; -1 for none.
 * *out_sums is filled where something was read.
 * Returns: an enum fetch_outcome; -1 with err: try again. A domain that says more than
 * may be read is noted as bad, and the others are taken.
 */
int fetch_day(const struct fetch_source *source, utc_day day, int stop_fd,
              const struct clock *clock, struct fetch_sums *out_sums,
              struct err *err);
