/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What stands in an outbox, as values: reports, deliveries, what was passed over
 * and what gets nothing. Part of outbox.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/utc.h"

/* What becomes of a delivery. The numbers stand in the file. */
enum outbox_state {
    OUTBOX_WAITING,    /* due at next_at */
    OUTBOX_DELIVERED,  /* the destination has accepted it */
    OUTBOX_REFUSED,    /* the destination does not want it */
    OUTBOX_GIVEN_UP,   /* tried as long as is right */
    OUTBOX_SUPPRESSED, /* on the list of what gets nothing */
    OUTBOX_DROPPED,    /* by the operator, or withdrawn by its domain */
    OUTBOX_STATE_COUNT
};

/* How a destination got onto a report. The numbers stand in the file. */
enum outbox_origin {
    OUTBOX_RECORD, /* the domain's record names it */
    OUTBOX_RULE,   /* a rule of the configuration put it there */
    OUTBOX_COPY,   /* blind copy: never counts as delivered to the domain */
    OUTBOX_ORIGIN_COUNT
};

/* A report as it is put, and as it is loaded. Strings are never NULL. */
struct outbox_report {
    int64_t id;             /* given by outbox_put_report */
    utc_day day;            /* the UTC day it is about */
    struct slice domain;    /* whom it is about, A-labels */
    struct slice record;    /* the TLSRPT record it goes by */
    int part;               /* 0, or the number of a part of a large one */
    struct slice tenant;    /* whose sender identity; empty: the default */
    struct slice report_id; /* left@right, as the report itself says */
    struct slice file_name; /* RFC 8460 section 5.1, with its extension */
    struct slice submitter; /* domain of contact-info */
    int64_t success_sessions;
    int64_t failure_sessions;
    int64_t json_bytes;   /* octets before compression */
    struct slice octets;  /* the report, gzip */
    utc_time composed_at; /* given by outbox_put_report */
};

/* A destination of a report, as it is put. */
struct outbox_destination {
    struct slice uri;  /* mailto:..., https:..., or directory:/path by rule */
    struct slice host; /* domain of the address or host of the URL, A-labels */
    enum outbox_origin origin;
    enum outbox_state state; /* OUTBOX_WAITING or OUTBOX_SUPPRESSED */
    struct slice reason;     /* why suppressed; else empty */
    utc_time start_at;       /* drawn once, never earlier than this */
};

/* A delivery as it stands. Slices are valid within the callback. */
struct outbox_delivery {
    int64_t id;
    int64_t report;
    utc_day day;
    struct slice domain; /* the report's */
    struct slice tenant;
    struct slice uri;
    struct slice host;
    enum outbox_origin origin;
    enum outbox_state state;
    utc_time start_at;
    utc_time next_at;      /* of OUTBOX_WAITING: when it is due */
    utc_time first_try_at; /* UTC_NONE: not tried yet */
    utc_time last_try_at;
    int64_t tries; /* begun, also those that a crash cut off */
    bool is_open;  /* a try has begun and not been noted: crash or under way */
    struct slice answer; /* what the last try ended with, one line */
};

/* How a try ended, for outbox_note_try. */
struct outbox_try {
    enum outbox_state state; /* OUTBOX_WAITING: to be tried again */
    utc_time next_at;        /* of OUTBOX_WAITING */
    const char *answer;      /* one line for people; NULL: none */
    bool is_mail; /* a mail may have left us: it stays counted as one */
};

/* A report that is not made. Slices given to a callback are valid within it. */
struct outbox_skip {
    utc_day day;
    struct slice tenant;
    struct slice domain;
    struct slice record;
    struct slice reason; /* for people */
};

/* What composing a day made. */
struct outbox_day {
    utc_day day;
    utc_time composed_at;
    int64_t n_reports;
    int64_t n_skipped;
    int64_t n_deliveries;
};

/* What outbox_load gives; all of it in the caller's arena. */
struct outbox_load {
    struct outbox_delivery delivery;
    struct outbox_report report;
    struct slice mail;   /* octets kept by outbox_keep_mail; len 0: none yet */
    struct slice sender; /* envelope sender kept with them */
    struct slice recipient; /* envelope recipient kept with them */
};

struct outbox_suppression {
    struct slice pattern; /* a@b, @domain, .domain, domain or a whole URI */
    struct slice reason;  /* for people */
    utc_time created_at;
    utc_time expires_at; /* UTC_NONE: never */
};

/* Which deliveries are listed. */
struct outbox_filter {
    utc_day day;         /* UTC_DAY_NONE: all */
    unsigned states;     /* bits 1u << enum outbox_state; 0: all */
    struct slice domain; /* of the report; empty: all */
    struct slice host;   /* of the destination; empty: all */
    int64_t behind;      /* go on behind this id; 0: from the first */
    size_t limit;        /* rows; 0: all */
};
