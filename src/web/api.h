/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The JSON API: one function a question. docs/api.md is its contract.
 *
 * A function asks store and insight, and writes; it decides nothing itself.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "store/store.h"
#include "web/request.h"

struct scribe;

/* Where the outgoing side is read. */
struct api_sending {
    struct scribe *scribe;
    const char *const *tallies; /* URLs */
    size_t n_tallies;
    const char *outbox; /* URL */
    int64_t retry_s;    /* how long a delivery is tried */
    const struct clock *clock;
};

/* What a function is given. */
struct api_call {
    struct store *store; /* a read-only connection, this call's alone */
    const struct request *request;
    const char *capture; /* the segment under '*', or NULL */
    struct arena *arena; /* for the time of the call */
    const struct api_sending *sending;
};

/* What it answers. */
struct api_answer {
    struct buffer body;
    const char *media_type; /* JSON where it is left alone */
    const char *file_name; /* in the arena: to be saved under this name; NULL */
};

/*
 * Answers one question.
 * Returns: 0; an HTTP status (404, ...) with err.text as the sentence for the
 * client; -1 with err (becomes 500, or 413 for ERR_LIMIT).
 */
typedef int api_function(const struct api_call *call, struct api_answer *answer,
                         struct err *err);

/* One a path of docs/api.md; see api_function. */
int api_overview(const struct api_call *call, struct api_answer *answer,
                 struct err *err);
int api_domain(const struct api_call *call, struct api_answer *answer,
               struct err *err);
int api_organizations(const struct api_call *call, struct api_answer *answer,
                      struct err *err);
int api_reports(const struct api_call *call, struct api_answer *answer,
                struct err *err);
int api_report(const struct api_call *call, struct api_answer *answer,
               struct err *err);
int api_report_raw(const struct api_call *call, struct api_answer *answer,
                   struct err *err);
int api_quarantine(const struct api_call *call, struct api_answer *answer,
                   struct err *err);
int api_quarantine_raw(const struct api_call *call, struct api_answer *answer,
                       struct err *err);
int api_authentication(const struct api_call *call, struct api_answer *answer,
                       struct err *err);
int api_domain_authentication(const struct api_call *call,
                              struct api_answer *answer, struct err *err);
int api_authentication_reports(const struct api_call *call,
                               struct api_answer *answer, struct err *err);
int api_sending(const struct api_call *call, struct api_answer *answer,
                struct err *err);
int api_sending_domain(const struct api_call *call, struct api_answer *answer,
                       struct err *err);
int api_outbox(const struct api_call *call, struct api_answer *answer,
               struct err *err);
int api_explain(const struct api_call *call, struct api_answer *answer,
                struct err *err);
int api_status(const struct api_call *call, struct api_answer *answer,
               struct err *err);

/*
 * Finds the report whose number is in the path.
 * Returns: as api_function, 404 where there is none.
 */
int api_find_report(const struct api_call *call,
                    struct store_origin *out_origin, struct err *err);

/* Says that no report was ever about a domain. Returns: 404 with err. */
int api_unknown_domain(struct err *err);

struct route;

/* The routes of the API; *out_n gets their number. */
const struct route *api_routes(size_t *out_n);
