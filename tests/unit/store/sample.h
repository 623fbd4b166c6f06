/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Samples: a real store in a folder of its own, and reports to put into it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "store/store.h"

enum { SAMPLE_DAY = 20700, SAMPLE_MAX = 8 };

/* Everything that is stored, with and without a day. */
#define SAMPLE_ALL ((struct store_range){ UTC_DAY_NONE, UTC_DAY_NONE })

struct sample_store {
    char folder[64];
    char path[96];
    char url[112];
    struct clock clock;
    struct store *store;
    struct err err;
};

/* A report of one domain that a test changes before it puts it. */
struct sample_report {
    struct store_policy policies[SAMPLE_MAX];
    struct store_subject subjects[SAMPLE_MAX];
    struct store_share results[SAMPLE_MAX];
    struct store_share mxs[SAMPLE_MAX];
    struct store_finding findings[SAMPLE_MAX];
    struct store_report report;
};

/* cmocka set-up and tear-down: *state gets a struct sample_store, open. */
int sample_open(void **state);
int sample_close(void **state);

/* Lets the store's clock stand at a day. */
void sample_set_today(struct sample_store *sample, int32_t day);

/* Closes and opens again. */
void sample_reopen(struct sample_store *sample);

/* Fills a report: `sessions` under one sts policy, `failures` of them failed
 * as certificate-expired at mx1 of the domain. */
void sample_fill(struct sample_report *report, const char *organization,
                 const char *domain, int32_t day, int64_t sessions,
                 int64_t failures);

/* Puts a report in a batch of its own, with a content hash made of its sums. */
enum store_outcome sample_put(struct sample_store *sample,
                              struct sample_report *report);

/* As sample_put, inside the batch that is open. */
enum store_outcome sample_put_open(struct sample_store *sample,
                                   struct sample_report *report);

/* As sample_put_open, out of octets of its own; NULL: those of its content. */
enum store_outcome sample_put_octets(struct sample_store *sample,
                                     struct sample_report *report,
                                     const char *octets);

/* Puts a raw into the open batch and names it in the report. */
void sample_put_raw(struct sample_store *sample, struct sample_report *report,
                    const char *text);

/* Runs a statement on the file beside the store and gives its one integer. */
int64_t sample_ask(struct sample_store *sample, const char *sql);

/* All rows that a statement gives, as text; freed by free(). */
char *sample_dump(struct sample_store *sample, const char *sql);

/* The statement whose dump is every sum there is. */
extern const char sample_sums_sql[];

#define assert_ok(sample, call)                                                \
    do {                                                                       \
        if ((call) != 0)                                                       \
            fail_msg("%s: %s", #call, (sample)->err.text);                     \
    } while (0)
