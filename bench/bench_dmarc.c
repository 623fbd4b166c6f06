/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The store under DMARC reports: import, and what a domain's page asks.
 *
 * usage: bench_dmarc [REPORTS]
 *
 * Puts REPORTS (100,000) of 100 domains and 10 reporters over as many days as
 * that takes, six records each, one of them of an address among thousands; prints
 * reports a second, octets a report, and the p50 and p95 of each question over
 * 30 days, a year and everything, each round of another domain.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "insight/authentication.h"
#include "store/store.h"

enum {
    DOMAINS = 100,
    REPORTERS = 10,
    LAST_DAY = 20700,
    BATCH = 500,
    ROUNDS = 100,
    RECORDS = 6
};

static char names[DOMAINS][32];
static char reporters[REPORTERS][32];
static unsigned random_state = 1;

static unsigned pick(unsigned n)
{
    random_state = random_state * 1664525 + 1013904223;
    return (unsigned)((uint64_t)random_state * n >> 32);
}

static double now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void must(int status, const struct err *err)
{
    if (status >= 0)
        return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static void fill_row(struct store_dmarc_row *row, char source[static 32],
                     const char *domain, unsigned number)
{
    static const unsigned cases[RECORDS] = { 9, 9, 8, 2, 0, 7 };
    static const char *const senders[RECORDS] = {
        NULL, NULL, "lists.example", "sendgrid.net", "", NULL
    };

    snprintf(source, 32, "192.0.%u.%u", number,
             number == 4 ? pick(250) : pick(3));
    if (number == 4)
        snprintf(source, 32, "203.%u.113.%u", pick(20), pick(250));
    *row = (struct store_dmarc_row){
        .source = source,
        .sender = senders[number] ? senders[number] : domain,
        .header_from = domain,
        .disposition = number == 4 ? STORE_REJECTED : STORE_DELIVERED,
        .dkim = cases[number] == 9 || cases[number] == 8,
        .spf = cases[number] == 9 || cases[number] == 7,
        .fault = cases[number],
        .messages = 1 + pick(number < 2 ? 500 : 20)
    };
}

static void put(struct store *store, long number,
                const unsigned char raw_hash[static DIGEST_BYTES])
{
    struct store_dmarc_row rows[RECORDS];
    char sources[RECORDS][32];
    char id[32];
    struct store_dmarc dmarc = { .domain = names[number % DOMAINS],
                                 .policy = "p=reject; adkim=r",
                                 .rows = rows,
                                 .n_rows = RECORDS };
    int64_t day = LAST_DAY - number / (DOMAINS * REPORTERS);
    const char *reporter = reporters[number / DOMAINS % REPORTERS];
    struct store_report report = { .input = "bench",
                                   .organization = reporter,
                                   .organization_key = reporter,
                                   .contact_info = "",
                                   .report_id = id,
                                   .start = day * UTC_DAY_SECONDS,
                                   .end = (day + 1) * UTC_DAY_SECONDS - 1,
                                   .day = (int32_t)day,
                                   .proof = STORE_PROOF_FILE,
                                   .reader_version = 1,
                                   .dmarc = &dmarc };
    enum store_outcome outcome;
    struct err err;

    snprintf(id, sizeof(id), "%ld", number);
    for (unsigned i = 0; i < RECORDS; i++)
        fill_row(&rows[i], sources[i], dmarc.domain, i);
    memcpy(report.raw_hash, raw_hash, DIGEST_BYTES);
    memcpy(report.content_hash, &number, sizeof(number));
    must(store_put_report(store, &report, &outcome, &err), &err);
}

static void put_all(struct store *store, long n)
{
    unsigned char raw_hash[DIGEST_BYTES];
    struct err err;

    for (long i = 0; i < n; i += BATCH) {
        must(store_begin(store, &err), &err);
        must(store_put_raw(store, SLICE("raw"), raw_hash, &err), &err);
        for (long j = i; j < i + BATCH && j < n; j++)
            put(store, j, raw_hash);
        must(store_commit(store, &err), &err);
    }
}

static int see_day(void *context, const struct store_dmarc_day *day,
                   struct err *err)
{
    (void)context;
    (void)day;
    (void)err;
    return 0;
}

static int see_group(void *context, const struct store_dmarc_group *group,
                     struct err *err)
{
    (void)context;
    (void)group;
    (void)err;
    return 0;
}

static int see_listed(void *context, const struct store_dmarc_listed *listed,
                      struct err *err)
{
    (void)context;
    (void)listed;
    (void)err;
    return 0;
}

/* What is asked, by number. */
static const char *const questions[] = {
    "totals, one domain",  "days, one domain",      "sources, one domain",
    "senders, one domain", "reporters, one domain", "page's verdict",
    "list of 50",          "domains, all",          "days, all",
};

static void ask(struct store *store, size_t question, const char *domain,
                struct store_range range, struct err *err)
{
    static const enum store_dmarc_dimension dimensions[] = {
        [2] = STORE_DMARC_BY_SOURCE,
        [3] = STORE_DMARC_BY_SENDER,
        [4] = STORE_DMARC_BY_ORGANIZATION,
        [7] = STORE_DMARC_BY_DOMAIN,
    };
    const struct store_dmarc_filter filter = { .range = range,
                                               .domain = domain };
    struct store_dmarc_totals totals;
    struct insight_authentication found;
    char cursor[STORE_CURSOR_BYTES];
    struct arena arena;

    switch (question) {
    case 0:
        must(store_dmarc_totals(store, domain, range, &totals, err), err);
        break;
    case 1:
    case 8:
        must(store_dmarc_each_day(store, question == 1 ? domain : NULL, range,
                                  1, see_day, NULL, err),
             err);
        break;
    case 5:
        arena_init(&arena, 1 << 24);
        must(insight_authentication_find(store, domain, range, &arena, &found,
                                         err),
             err);
        arena_deinit(&arena);
        break;
    case 6:
        must(store_dmarc_each_report(store, &filter, NULL, 50, cursor,
                                     see_listed, NULL, err),
             err);
        break;
    default:
        must(store_dmarc_each_group(
                 store,
                 &(struct store_dmarc_breakdown){ dimensions[question],
                                                  question == 7 ? NULL : domain,
                                                  range, 50 },
                 see_group, NULL, NULL, err),
             err);
    }
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void time_all(struct store *store)
{
    static const struct {
        const char *name;
        struct store_range range;
    } ranges[] = {
        { "30 days", { LAST_DAY - 29, LAST_DAY } },
        { "a year", { LAST_DAY - 364, LAST_DAY } },
        { "all", { UTC_DAY_NONE, UTC_DAY_NONE } },
    };
    struct err err;

    printf("%-24s %-8s %8s %8s\n", "question", "range", "p50 ms", "p95 ms");
    for (size_t q = 0; q < sizeof(questions) / sizeof(*questions); q++) {
        for (size_t r = 0; r < 3; r++) {
            double times[ROUNDS];

            for (int i = 0; i < ROUNDS; i++) {
                double begin = now_ms();

                ask(store, q, names[i % DOMAINS], ranges[r].range, &err);
                times[i] = now_ms() - begin;
            }
            qsort(times, ROUNDS, sizeof(*times), compare);
            printf("%-24s %-8s %8.2f %8.2f\n", questions[q], ranges[r].name,
                   times[ROUNDS / 2], times[ROUNDS * 95 / 100]);
        }
    }
}

static void end(const char *folder, const char *path, long n)
{
    char beside[128];
    FILE *file = fopen(path, "rb");

    if (file && fseek(file, 0, SEEK_END) == 0)
        printf("%ld octets a report in the store\n", ftell(file) / n);
    if (file)
        fclose(file);
    for (int i = 0; i < 3; i++) {
        static const char *const suffixes[] = { "", "-wal", "-shm" };

        snprintf(beside, sizeof(beside), "%s%s", path, suffixes[i]);
        unlink(beside);
    }
    rmdir(folder);
}

int main(int argc, char **argv)
{
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    char folder[] = "/tmp/tlsrpt-bench-XXXXXX";
    char path[64], url[80];
    struct store *store;
    double begin;
    struct err err;

    if (n < 1 || !mkdtemp(folder))
        return 2;
    snprintf(path, sizeof(path), "%s/t.db", folder);
    snprintf(url, sizeof(url), "sqlite:%s", path);
    for (int i = 0; i < DOMAINS; i++)
        snprintf(names[i], sizeof(names[i]), "domain-%03d.example", i);
    for (int i = 0; i < REPORTERS; i++)
        snprintf(reporters[i], sizeof(reporters[i]), "reporter-%d", i);
    must(store_open(url, STORE_WRITE, &clock_system, &store, &err), &err);
    begin = now_ms();
    put_all(store, n);
    printf("%ld reports put, %.0f a second\n", n,
           (double)n * 1e3 / (now_ms() - begin));
    store_close(store);
    must(store_open(url, STORE_READ, &clock_system, &store, &err), &err);
    time_all(store);
    store_close(store);
    end(folder, path, n);
    return 0;
}
