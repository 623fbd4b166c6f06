/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Samples: a real outbox in a folder of its own, and reports to put into it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "store/outbox.h"

enum { OUTBOX_SAMPLE_DAY = 20700 };

struct outbox_sample {
    char folder[64];
    char url[112];
    struct clock clock;
    struct outbox *outbox;
    struct buffer seen; /* what the callbacks below write */
    struct err err;
};

int outbox_sample_open(void **state);
int outbox_sample_close(void **state);

/* Closes it and opens it anew, as after a crash or a restart. */
void outbox_sample_reopen(struct outbox_sample *sample);

/* A report of a domain on a day, with the record "v=TLSRPTv1;". */
struct outbox_report outbox_sample_report(const char *domain, utc_day day);

/* Puts it with one destination, mailto:tls@DOMAIN, due at `start_at`.
 * Returns: the delivery's id. */
int64_t outbox_sample_put(struct outbox_sample *sample, const char *domain,
                          utc_time start_at);

/* Fails with err's text where status is not 0. */
void outbox_sample_ok(const struct outbox_sample *sample, int status);

/* Writes "ID:STATE:URI;" to sample->seen, which is the context. */
int outbox_sample_see(void *context, const struct outbox_delivery *delivery,
                      struct err *err);

/* Compares sample->seen and empties it. */
void outbox_sample_saw(struct outbox_sample *sample, const char *expected);
