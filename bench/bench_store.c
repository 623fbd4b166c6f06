/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The store under a million reports: import, and the dashboard's questions.
 *
 * usage: bench_store [--reports N] [--store PATH] [--clock wall|cpu]
 *
 * Puts N reports (1,000,000) of 500 domains and 40 organisations over a year,
 * one in seven with failures, and prints reports a second beside a baseline: as
 * many bare rows into one indexed table, same batches, same durability. Then
 * asks what the pages ask, for 30, 90 and 365 days, warm, and prints the p95 of
 * each beside a bare SELECT of 50 rows along an index. With --store a store
 * that is there is asked again, and one that is not is kept.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "insight/insight.h"
#include "store/store.h"

enum {
    DOMAINS = 500,
    ORGANIZATIONS = 40,
    DAYS = 365,
    MXS = 10,
    BATCH = 1000,
    LAST_DAY = 20700,
    ROUNDS = 60,
    BASELINE_ROWS = 100000
};

static unsigned random_state = 1;

static unsigned pick(unsigned n)
{
    random_state = random_state * 1664525 + 1013904223;
    return (unsigned)((uint64_t)random_state * n >> 32);
}

/* Wall time; with --clock cpu processor time, which a busy machine does not stretch. */
static clockid_t measured = CLOCK_MONOTONIC;

static double now_ms(void)
{
    struct timespec ts;

    clock_gettime(measured, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void must(int status, const struct err *err)
{
    if (status >= 0)
        return;
    fprintf(stderr, "bench_store: %s\n", err->text);
    exit(1);
}

/* ---- The data ------------------------------------------------------------ */

static char domains[DOMAINS][32];
static char organizations[ORGANIZATIONS][32];
static char mxs[DOMAINS][MXS][48];
static char policies[DOMAINS][2][160];
static const char *const results[] = {
    "certificate-expired",
    "certificate-host-mismatch",
    "certificate-not-trusted",
    "starttls-not-supported",
    "validation-failure",
    "sts-policy-fetch-error",
    "sts-policy-invalid",
    "sts-webpki-invalid",
    "tlsa-invalid",
    "dnssec-invalid",
    "dane-required",
};

static void make_names(void)
{
    for (int i = 0; i < ORGANIZATIONS; i++)
        snprintf(organizations[i], sizeof(organizations[i]), "reporter-%d", i);
    for (int i = 0; i < DOMAINS; i++) {
        snprintf(domains[i], sizeof(domains[i]), "domain-%03d.example", i);
        for (int m = 0; m < MXS; m++)
            snprintf(mxs[i][m], sizeof(mxs[i][m]), "mx%d.domain-%03d.example",
                     m, i);
        snprintf(policies[i][0], sizeof(policies[i][0]),
                 "version: STSv1\nmode: enforce\nmx: *.domain-%03d.example\n"
                 "max_age: 604800",
                 i);
        snprintf(policies[i][1], sizeof(policies[i][1]), "3 1 1 %064d", i);
    }
}

struct sample {
    struct store_report report;
    struct store_policy policies[2];
    struct store_subject subject;
    struct store_share results[2];
    struct store_share mxs[3];
    char id[48];
};

static void add_failures(struct sample *s, int domain, int64_t failures)
{
    s->report.n_results = 1 + pick(2);
    s->report.n_mxs = 1 + pick(3);
    for (size_t i = 0; i < s->report.n_results; i++)
        s->results[i] =
            (struct store_share){ domains[domain],
                                  results[(pick(11) + i * 3) % 11], failures };
    for (size_t i = 0; i < s->report.n_mxs; i++)
        s->mxs[i] = (struct store_share){ domains[domain],
                                          mxs[domain][(pick(MXS) + i) % MXS],
                                          failures };
}

static void fill(struct sample *s, int32_t day, int domain, int organization,
                 const unsigned char *raw_hash)
{
    int64_t sessions = 1 + pick(5000);
    int64_t failures = pick(7) ? 0 : 1 + pick(20);

    *s = (struct sample){
        .report = { .input = "bench",
                    .organization = organizations[organization],
                    .organization_key = organizations[organization],
                    .contact_info = "mailto:tls@reporter.example",
                    .report_id = s->id,
                    .start = (int64_t)day * UTC_DAY_SECONDS,
                    .end = (int64_t)day * UTC_DAY_SECONDS + 86399,
                    .day = day,
                    .proof = STORE_PROOF_FILE,
                    .reader_version = 1,
                    .success_sessions = sessions,
                    .failure_sessions = failures,
                    .policies = s->policies,
                    .n_policies = 1 + pick(2),
                    .subjects = &s->subject,
                    .n_subjects = 1,
                    .results = s->results,
                    .mxs = s->mxs },
        .subject = { domains[domain], sessions + failures, failures },
    };
    for (size_t i = 0; i < s->report.n_policies; i++)
        s->policies[i] =
            (struct store_policy){ .type = i ? "tlsa" : "sts",
                                   .type_text = i ? "tlsa" : "sts",
                                   .policy_domain =
                                       i ? mxs[domain][0] : domains[domain],
                                   .subject_domain = domains[domain],
                                   .policy_text = policies[domain][i],
                                   .mx_hosts = "",
                                   .success_sessions = sessions,
                                   .failure_sessions = failures };
    if (failures)
        add_failures(s, domain, failures);
    snprintf(s->id, sizeof(s->id), "%d-%d-%d", day, domain, organization);
    memcpy(s->report.raw_hash, raw_hash, DIGEST_BYTES);
    digest_compute(slice_of(s->id), s->report.content_hash);
}

/* ---- Import -------------------------------------------------------------- */

static void put_one(struct store *store, long number, long reports,
                    const unsigned char *raw_hash)
{
    /* Day by day, each day about as many reports, spread over the domains. */
    long per_day = reports / DAYS + 1;
    int32_t day = LAST_DAY - DAYS + 1 + (int32_t)(number / per_day);
    long of_day = number % per_day;
    int domain = (int)(of_day * 7 % DOMAINS);
    int organization =
        (int)((of_day / DOMAINS * 7 + domain + day) % ORGANIZATIONS);
    enum store_outcome outcome;
    struct sample sample;
    struct err err;

    fill(&sample, day, domain, organization, raw_hash);
    must(store_put_report(store, &sample.report, &outcome, &err), &err);
    if (outcome != STORE_NEW) {
        fprintf(stderr, "bench_store: report %ld is not new\n", number);
        exit(1);
    }
}

static double import(const char *url, long reports)
{
    unsigned char raw_hash[DIGEST_BYTES];
    struct store *store;
    struct err err;
    double began;

    must(store_open(url, STORE_WRITE, &clock_system, &store, &err), &err);
    began = now_ms();
    for (long i = 0; i < reports; i++) {
        if (i % BATCH == 0) {
            must(store_begin(store, &err), &err);
            if (i == 0)
                must(store_put_raw(store, SLICE("bench"), raw_hash, &err),
                     &err);
        }
        put_one(store, i, reports, raw_hash);
        if (i % BATCH == BATCH - 1 || i == reports - 1)
            must(store_commit(store, &err), &err);
    }
    store_close(store);
    return now_ms() - began;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return;
    fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
    exit(1);
}

/* The least a store must do: one row of a report's size with one random index,
 * in the same batches. Returns: ms a row. */
static double bare_insert(const char *path)
{
    sqlite3_stmt *insert = NULL;
    sqlite3 *db = NULL;
    double began;

    sqlite3_open(path, &db);
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE t (id INTEGER PRIMARY KEY, k BLOB, a TEXT, b TEXT,"
            " c INTEGER, d INTEGER); CREATE UNIQUE INDEX i ON t (k)");
    sqlite3_prepare_v2(db,
                       "INSERT INTO t (k, a, b, c, d)"
                       " VALUES (?1, ?2, ?3, ?4, ?5)",
                       -1, &insert, NULL);
    began = now_ms();
    for (int i = 0; i < BASELINE_ROWS; i++) {
        unsigned char key[DIGEST_BYTES];

        if (i % BATCH == 0)
            run(db, "BEGIN");
        digest_compute(slice_make(&i, sizeof(i)), key);
        sqlite3_bind_blob(insert, 1, key, sizeof(key), SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, policies[i % DOMAINS][0], -1,
                          SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, domains[i % DOMAINS], -1, SQLITE_STATIC);
        sqlite3_bind_int(insert, 4, i);
        sqlite3_bind_int(insert, 5, i);
        sqlite3_step(insert);
        sqlite3_reset(insert);
        if (i % BATCH == BATCH - 1)
            run(db, "COMMIT");
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return (now_ms() - began) / BASELINE_ROWS;
}

/* ---- Questions ----------------------------------------------------------- */

struct question {
    struct store *store;
    struct store_range range;
    const char *domain; /* another one each round */
    const char *organization;
    const char *mx;
};

static volatile int64_t sink;

static int see_group(void *context, const struct store_group *group,
                     struct err *err)
{
    (void)context;
    (void)err;
    sink += group->sums.failures;
    return 0;
}

static int see_day(void *context, const struct store_day *day, struct err *err)
{
    (void)context;
    (void)err;
    sink += day->sums.failures;
    return 0;
}

static int see_listed(void *context, const struct store_listed *listed,
                      struct err *err)
{
    (void)context;
    (void)err;
    sink += listed->id;
    return 0;
}

static int see_policy(void *context, const struct store_policy_seen *policy,
                      struct err *err)
{
    (void)context;
    (void)err;
    sink += policy->last_day;
    return 0;
}

static void ask_totals(const struct question *q, struct err *err)
{
    struct store_totals totals;

    must(store_totals(q->store, NULL, q->range, &totals, err), err);
}

static void ask_domain_totals(const struct question *q, struct err *err)
{
    struct store_totals totals;

    must(store_totals(q->store, q->domain, q->range, &totals, err), err);
}

static void ask_days(const struct question *q, struct err *err)
{
    must(store_each_day(q->store, NULL, q->range, 1, see_day, NULL, err), err);
}

static void ask_domain_days(const struct question *q, struct err *err)
{
    must(store_each_day(q->store, q->domain, q->range, 1, see_day, NULL, err),
         err);
}

static void group(const struct question *q, enum store_dimension dimension,
                  const char *domain, struct err *err)
{
    must(store_each_group(q->store, dimension, domain, q->range, see_group,
                          NULL, err),
         err);
}

#define GROUP(name, dimension)                                                 \
    static void ask_all_##name(const struct question *q, struct err *err)      \
    {                                                                          \
        group(q, dimension, NULL, err);                                        \
    }                                                                          \
    static void ask_one_##name(const struct question *q, struct err *err)      \
    {                                                                          \
        group(q, dimension, q->domain, err);                                   \
    }

GROUP(domain, STORE_BY_DOMAIN)
GROUP(organization, STORE_BY_ORGANIZATION)
GROUP(result, STORE_BY_RESULT_TYPE)
GROUP(mx, STORE_BY_MX)
GROUP(policy, STORE_BY_POLICY_TYPE)

static void ask_policies(const struct question *q, struct err *err)
{
    must(
        store_each_policy(q->store, q->domain, q->range, see_policy, NULL, err),
        err);
}

/* One page of a list, and the number above it. */
static void list(const struct question *q, struct store_filter filter,
                 struct err *err)
{
    char cursor[STORE_CURSOR_BYTES] = "";
    struct store_sums sums;

    filter.range = q->range;
    must(store_each_report(q->store, &filter, cursor, 50, cursor, see_listed,
                           NULL, err),
         err);
    must(store_filter_sums(q->store, &filter, &sums, err), err);
    sink += sums.failures;
}

#define LIST(name, ...)                                                        \
    static void ask_list_##name(const struct question *q, struct err *err)     \
    {                                                                          \
        list(q, (struct store_filter){ __VA_ARGS__ }, err);                    \
    }

LIST(all, .domain = NULL)
LIST(domain, .domain = q->domain)
LIST(failed, .failed_only = true)
LIST(organization, .organization = q->organization)
LIST(domain_organization, .domain = q->domain, .organization = q->organization)
LIST(result, .result_type = "tlsa-invalid")
LIST(domain_result, .domain = q->domain, .result_type = "tlsa-invalid")
LIST(mx, .domain = q->domain, .mx = q->mx)
LIST(policy, .policy_type = "tlsa")
LIST(conflicts, .standing = STORE_CONFLICTING)

static void overview(const struct question *q, size_t n_detailed,
                     struct err *err)
{
    const struct insight_question question = { .range = q->range,
                                               .n_detailed = n_detailed };
    struct insight_overview answer;
    struct arena arena;

    arena_init(&arena, (size_t)256 << 20);
    must(insight_overview(q->store, &question, &arena, &answer, err), err);
    sink += (int64_t)answer.n_domains;
    arena_deinit(&arena);
}

static void ask_overview(const struct question *q, struct err *err)
{
    overview(q, INSIGHT_DETAILED, err);
}

static void ask_contents(const struct question *q, struct err *err)
{
    struct store_contents contents;

    must(store_contents(q->store, &contents, err), err);
}

static const struct {
    const char *name;
    void (*ask)(const struct question *q, struct err *err);
    double target_ms;
} questions[] = {
    { "totals, all", ask_totals, 10 },
    { "totals, one domain", ask_domain_totals, 10 },
    { "days, all", ask_days, 10 },
    { "days, one domain", ask_domain_days, 10 },
    { "by domain, all", ask_all_domain, 25 },
    { "by organisation, all", ask_all_organization, 25 },
    { "by result type, all", ask_all_result, 25 },
    { "by MX, all", ask_all_mx, 25 },
    { "by policy type, all", ask_all_policy, 25 },
    { "by domain, one", ask_one_domain, 10 },
    { "by organisation, one", ask_one_organization, 10 },
    { "by result type, one", ask_one_result, 10 },
    { "by MX, one", ask_one_mx, 10 },
    { "by policy type, one", ask_one_policy, 10 },
    { "policies, one domain", ask_policies, 10 },
    { "list, all", ask_list_all, 10 },
    { "list, one domain", ask_list_domain, 10 },
    { "list, failed", ask_list_failed, 10 },
    { "list, organisation", ask_list_organization, 10 },
    { "list, domain and organisation", ask_list_domain_organization, 10 },
    { "list, result type", ask_list_result, 10 },
    { "list, domain and result type", ask_list_domain_result, 10 },
    { "list, domain and MX", ask_list_mx, 10 },
    { "list, policy type", ask_list_policy, 10 },
    { "list, conflicts", ask_list_conflicts, 10 },
    { "contents", ask_contents, 10 },
    { "overview", ask_overview, 25 },
};

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Asks once to warm up, then ROUNDS times. Returns: the p95 in ms. */
static double measure(struct question *q,
                      void (*ask)(const struct question *, struct err *))
{
    double took[ROUNDS];
    struct err err;

    for (int i = -1; i < ROUNDS; i++) {
        int domain = (i + 1) * 8 % DOMAINS;
        double began;

        q->domain = domains[domain];
        q->organization = organizations[(i + 1) % ORGANIZATIONS];
        q->mx = mxs[domain][3];
        began = now_ms();
        ask(q, &err);
        if (i >= 0)
            took[i] = now_ms() - began;
    }
    qsort(took, ROUNDS, sizeof(*took), compare);
    return took[ROUNDS * 95 / 100];
}

/* The least a list must do: 50 rows along an index. Returns: the p95 in ms. */
static double bare_select(const char *path)
{
    sqlite3_stmt *select = NULL;
    sqlite3 *db = NULL;
    double took[ROUNDS];

    sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
    sqlite3_prepare_v2(db,
                       "SELECT report_id, sessions, failures FROM line"
                       " WHERE standing = 0 AND label_id = 0 AND"
                       " domain_id = ?1 ORDER BY day DESC LIMIT 50",
                       -1, &select, NULL);
    for (int i = -ROUNDS; i < ROUNDS; i++) {
        double began = now_ms();

        sqlite3_bind_int(select, 1, (i & 63) + 1);
        while (sqlite3_step(select) == SQLITE_ROW)
            sink += sqlite3_column_int64(select, 1);
        sqlite3_reset(select);
        if (i >= 0)
            took[i] = now_ms() - began;
    }
    sqlite3_finalize(select);
    sqlite3_close(db);
    qsort(took, ROUNDS, sizeof(*took), compare);
    return took[ROUNDS * 95 / 100];
}

static int ask_all(const char *url, const char *path)
{
    static const int32_t spans[] = { 30, 90, 365 };
    struct question question = { 0 };
    double bare = bare_select(path);
    struct err err;
    int missed = 0;

    must(store_open(url, STORE_READ, &clock_system, &question.store, &err),
         &err);
    printf("bare SELECT of 50 rows along an index: p95 %.3f ms\n", bare);
    printf("%-32s %9s %9s %9s  %s\n", "p95 in ms, warm, over days", "30", "90",
           "365", "of 90 days to bare");
    for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
        double p95[3];
        int is_missed = 0;

        for (size_t s = 0; s < 3; s++) {
            question.range =
                (struct store_range){ LAST_DAY - spans[s] + 1, LAST_DAY };
            p95[s] = measure(&question, questions[i].ask);
            is_missed |= p95[s] > questions[i].target_ms;
        }
        printf("%-32s %9.2f %9.2f %9.2f  %.0f%s\n", questions[i].name, p95[0],
               p95[1], p95[2], p95[1] / bare,
               is_missed ? "  over its target" : "");
        fflush(stdout);
        missed += is_missed;
    }
    store_close(question.store);
    printf("%d of %zu questions over their target (10 ms; over all domains"
           " 25 ms)\n",
           missed, sizeof(questions) / sizeof(*questions));
    return missed != 0;
}

static void print_import(const char *path, double took_ms, long reports)
{
    char beside[160];
    double bare_ms;

    snprintf(beside, sizeof(beside), "%s-bare", path);
    bare_ms = bare_insert(beside);
    unlink(beside);
    printf("import: %ld reports in %.1f s, %.0f a second; %.1f times a bare"
           " INSERT of one indexed row\n",
           reports, took_ms / 1e3, (double)reports / took_ms * 1e3,
           took_ms / (double)reports / bare_ms);
}

/* A name of its own for a store that nobody asked to keep. */
static void make_path(char *path, int is_kept)
{
    int fd = is_kept ? -1 : mkstemp(path);

    if (fd >= 0)
        close(fd);
    if (!is_kept)
        unlink(path);
}

int main(int argc, char **argv)
{
    char path[128] = "/tmp/bench-store-XXXXXX";
    char url[160];
    long reports = 1000000;
    int is_kept = 0;
    int status;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--reports") == 0)
            reports = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--store") == 0)
            is_kept = snprintf(path, sizeof(path), "%s", argv[i + 1]) > 0;
        else if (strcmp(argv[i], "--clock") == 0 && argv[i + 1][0] == 'c')
            measured = CLOCK_PROCESS_CPUTIME_ID;
    }
    make_path(path, is_kept);
    snprintf(url, sizeof(url), "sqlite:%s", path);
    make_names();
    if (access(path, F_OK) != 0)
        print_import(path, import(url, reports), reports);
    status = ask_all(url, path);
    if (!is_kept)
        unlink(path);
    return status;
}
