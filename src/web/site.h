/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The site: from a request to an answer, without a socket.
 *
 * Checks Host and method, takes the target apart, finds asset, page or question
 * and makes the answer; the library that moves octets stands in server.c alone.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "web/api.h"
#include "web/host.h"
#include "web/pool.h"

enum { SITE_ETAG_BYTES = 80 };

/* Tells the operator about a question that failed by our fault. */
typedef void site_error_function(void *context, const char *path,
                                 const struct err *err);

struct site {
    struct host host;
    const struct clock *clock;
    struct pool *pool;
    struct api_sending sending; /* where the outgoing side is read */
    uint64_t instance;          /* random: tells tags of two stores apart */
    site_error_function *on_error;
    void *context;
};

/* A request as the site sees it; header fields are NULL where absent. */
struct site_request {
    const char *method;
    struct slice target; /* as it stood in the request line */
    const char *host;
    unsigned n_hosts; /* Host fields */
    bool has_body;
    const char *if_none_match;
    const char *accept_encoding;
};

struct site_answer {
    unsigned status;
    const char *media_type;     /* NULL for 304 */
    char etag[SITE_ETAG_BYTES]; /* "" = none */
    const char *allow;          /* for 405, else NULL */
    bool is_gzip;
    bool is_lasting;       /* the address names this answer for good */
    bool is_closing;       /* the connection ends with this answer */
    char file_name[64];    /* to be saved under this name, "" = not */
    struct slice constant; /* an asset's octets, which outlive the answer */
    struct buffer body;    /* else what was made, the caller's to free */
};

/* Answers a request: always, if need be with a problem document. */
void site_answer(const struct site *site, const struct site_request *request,
                 struct site_answer *out_answer);
