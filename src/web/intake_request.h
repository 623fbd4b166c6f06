/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Intake request: may this request bring a report?
 *
 * Looks at the header alone, before a body is read. The library below is lenient
 * where a proxy in front of it may read the same octets differently, so whatever
 * two readers could frame in two ways is refused and its connection closed.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "web/forwarded.h"

/* What of a header counts. Texts are borrowed. */
struct intake_request {
    const char *method;
    const char *version; /* "HTTP/1.1" */
    const char *target;  /* as sent */
    const char *length;
    const char *transfer;
    const char *encoding; /* of the content */
    const char *expect;
    unsigned n_hosts;
    unsigned n_lengths;
    unsigned n_transfers;
    unsigned n_encodings;
    const char *odd; /* name of a field that nobody sends in good faith */
};

/* What is to be done with a request. */
struct intake_verdict {
    unsigned status;    /* 0 = take its body; else the answer */
    const char *detail; /* a sentence, of a refusal */
    bool is_closing;    /* where it ends may be disputed */
    size_t path;        /* which one it came by */
    uint64_t length;    /* of the body; UINT64_MAX where only its end tells */
};

/* Looks at one header field, name and value as the library hands them out. */
void intake_request_field(struct intake_request *request, const char *name,
                          const char *value);

/*
 * Judges a request with all its fields. paths: n of them, compared in a time
 * that does not tell how much of one was guessed. max_bytes: of a body.
 * RFC: 9110 sections 8.4, 8.6, 10.1.1 and 15.5; 9112 section 6.
 */
void intake_request_judge(const struct intake_request *request,
                          const char *const *paths, size_t n_paths,
                          uint64_t max_bytes,
                          struct intake_verdict *out_verdict);

/*
 * Gives the path of a target: without its query, and without scheme and
 * authority where it has them. RFC: 9112 section 3.2.
 */
struct slice intake_request_path(const char *target);
