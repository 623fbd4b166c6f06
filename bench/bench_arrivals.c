/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The store under reports as they arrive: small batches, each committed.
 *
 * usage: bench_arrivals [--reports N] [--batch N] [--floor]
 *
 * Puts N reports (40,000) of the shape of intake_load, each with a raw of 1 KB:
 * 256 domains, 40 organisations, three days, two of five with failures. Prints
 * processor time a report and octets of the store. With --floor the same raws,
 * two keys and one fact a report go into bare tables instead, by the same
 * library with the same durability: what any store of it costs at least.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/store.h"

enum {
    DOMAINS = 256,
    ORGANIZATIONS = 40,
    DAYS = 3,
    LAST_DAY = 20700,
    RAW_BYTES = 1024,
    PATH_BYTES = 64
};

struct sample {
    struct store_report report;
    struct store_policy policy;
    struct store_subject subject;
    struct store_share results[2], mxs[2];
    char domain[32], organization[32], id[32], text[64], mx[2][48];
};

static void must(int status, const struct err *err)
{
    if (status >= 0)
        return;
    fprintf(stderr, "bench_arrivals: %s\n", err->text);
    exit(1);
}

static double now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void fill_raw(unsigned long i, unsigned char raw[static RAW_BYTES])
{
    uint64_t x = i * UINT64_C(0x9e3779b97f4a7c15) + 1;

    for (size_t k = 0; k < RAW_BYTES; k++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        raw[k] = (unsigned char)(x >> 56);
    }
    memcpy(raw, "\x1f\x8b", 2);
}

static void add_failures(struct sample *s, size_t n)
{
    static const char *const names[] = { "certificate-expired",
                                         "starttls-not-supported" };

    for (size_t i = 0; i < n; i++) {
        snprintf(s->mx[i], sizeof(s->mx[i]), "mx%zu.%.30s", i + 1, s->domain);
        s->results[i] = (struct store_share){ s->domain, names[i], 3 };
        s->mxs[i] = (struct store_share){ s->domain, s->mx[i], 3 };
    }
    s->report.n_results = s->report.n_mxs = n;
}

static void fill(struct sample *s, unsigned long i)
{
    int32_t day = LAST_DAY - (int32_t)(i % DAYS);
    unsigned domain = (unsigned)(i % DOMAINS);
    size_t n = domain % 5 < 2 ? 1 + domain % 5 : 0;
    int64_t failures = 3 * (int64_t)n;

    snprintf(s->domain, sizeof(s->domain), "d%u.example.com", domain);
    snprintf(s->organization, sizeof(s->organization), "Sender %lu",
             i * 7 % ORGANIZATIONS);
    snprintf(s->id, sizeof(s->id), "load-%lu", i);
    snprintf(s->text, sizeof(s->text), "version: STSv1\nmode: enforce %u",
             domain);
    s->report = (struct store_report){
        .input = "https:127.0.0.1",
        .organization = s->organization,
        .organization_key = s->organization,
        .contact_info = "tls@sender.example",
        .report_id = s->id,
        .start = (int64_t)day * UTC_DAY_SECONDS,
        .end = (int64_t)day * UTC_DAY_SECONDS + 86399,
        .day = day,
        .proof = STORE_PROOF_FILE,
        .arrival = { .source = "https", .tenant = "", .is_live = true },
        .reader_version = 1,
        .success_sessions = 100 + domain * 7,
        .failure_sessions = failures,
        .policies = &s->policy,
        .n_policies = 1,
        .subjects = &s->subject,
        .n_subjects = 1,
        .results = s->results,
        .mxs = s->mxs,
    };
    s->subject = (struct store_subject){ s->domain, 100 + domain * 7 + failures,
                                         failures };
    s->policy = (struct store_policy){ .type = "sts",
                                       .type_text = "sts",
                                       .policy_domain = s->domain,
                                       .subject_domain = s->domain,
                                       .policy_text = s->text,
                                       .mx_hosts = "mx1.example.com",
                                       .success_sessions = 100 + domain * 7,
                                       .failure_sessions = failures };
    add_failures(s, n);
    digest_compute(slice_of(s->id), s->report.content_hash);
}

/* ---- The store ----------------------------------------------------------- */

static void put(struct store *store, unsigned long i)
{
    unsigned char raw[RAW_BYTES];
    struct sample sample;
    enum store_outcome outcome;
    struct err err;

    fill_raw(i, raw);
    fill(&sample, i);
    must(store_put_raw(store, slice_make(raw, sizeof(raw)),
                       sample.report.raw_hash, &err),
         &err);
    must(store_put_report(store, &sample.report, &outcome, &err), &err);
}

static double fill_store(const char *path, unsigned long n, unsigned long batch)
{
    char url[PATH_BYTES + 8];
    struct store *store;
    struct err err;
    double begin_us;

    snprintf(url, sizeof(url), "sqlite:%s", path);
    must(store_open(url, STORE_WRITE, &clock_system, &store, &err), &err);
    begin_us = now_us();
    for (unsigned long i = 0; i < n; i++) {
        if (i % batch == 0)
            must(store_begin(store, &err), &err);
        put(store, i);
        if (i % batch == batch - 1 || i == n - 1)
            must(store_commit(store, &err), &err);
    }
    begin_us = now_us() - begin_us;
    store_close(store);
    return begin_us;
}

/* ---- The floor ----------------------------------------------------------- */

static void run(sqlite3 *db, const char *text)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK)
        return;
    fprintf(stderr, "bench_arrivals: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void put_bare(sqlite3_stmt *raw_put, sqlite3_stmt *fact_put,
                     unsigned long i)
{
    unsigned char raw[RAW_BYTES], key[DIGEST_BYTES];
    struct sample sample;

    fill_raw(i, raw);
    fill(&sample, i);
    digest_compute(slice_make(raw, sizeof(raw)), key);
    sqlite3_bind_blob(raw_put, 1, key, sizeof(key), SQLITE_STATIC);
    sqlite3_bind_blob(raw_put, 2, raw, sizeof(raw), SQLITE_STATIC);
    sqlite3_step(raw_put);
    sqlite3_reset(raw_put);
    sqlite3_bind_blob(fact_put, 1, sample.report.content_hash, DIGEST_BYTES,
                      SQLITE_STATIC);
    sqlite3_bind_int64(fact_put, 2, (int64_t)(i % DOMAINS));
    sqlite3_bind_int64(fact_put, 3, sample.report.day);
    sqlite3_bind_int64(fact_put, 4, sample.subject.sessions);
    sqlite3_bind_int64(fact_put, 5, sample.subject.failures);
    sqlite3_step(fact_put);
    sqlite3_reset(fact_put);
}

static double fill_bare(const char *path, unsigned long n, unsigned long batch)
{
    sqlite3 *db;
    sqlite3_stmt *raw_put, *fact_put;
    double begin_us;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        exit(1);
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "PRAGMA wal_autocheckpoint = 4000;"
            "CREATE TABLE raw (id INTEGER PRIMARY KEY, hash BLOB UNIQUE,"
            " octets BLOB) STRICT;"
            "CREATE TABLE fact (id INTEGER PRIMARY KEY, key BLOB UNIQUE,"
            " domain_id INTEGER, day INTEGER, sessions INTEGER,"
            " failures INTEGER) STRICT;"
            "CREATE INDEX fact_day ON fact (domain_id, day, id)");
    sqlite3_prepare_v2(db, "INSERT INTO raw (hash, octets) VALUES (?1, ?2)", -1,
                       &raw_put, NULL);
    sqlite3_prepare_v2(db,
                       "INSERT INTO fact (key, domain_id, day, sessions,"
                       " failures) VALUES (?1, ?2, ?3, ?4, ?5)",
                       -1, &fact_put, NULL);
    begin_us = now_us();
    for (unsigned long i = 0; i < n; i++) {
        if (i % batch == 0)
            run(db, "BEGIN IMMEDIATE");
        put_bare(raw_put, fact_put, i);
        if (i % batch == batch - 1 || i == n - 1)
            run(db, "COMMIT");
    }
    begin_us = now_us() - begin_us;
    sqlite3_finalize(raw_put);
    sqlite3_finalize(fact_put);
    sqlite3_close(db);
    return begin_us;
}

static unsigned long number_of(const char *text)
{
    unsigned long n = text ? strtoul(text, NULL, 10) : 0;

    if (n)
        return n;
    fprintf(stderr, "bench_arrivals: a number is missing\n");
    exit(2);
}

int main(int argc, char **argv)
{
    char path[PATH_BYTES] = "/tmp/bench_arrivals.XXXXXX";
    char log_path[PATH_BYTES + 8];
    unsigned long n = 40000, batch = 128;
    bool is_bare = false;
    double us;
    int fd;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--reports") == 0)
            n = number_of(argv[++i]);
        else if (strcmp(argv[i], "--batch") == 0)
            batch = number_of(argv[++i]);
        else if (strcmp(argv[i], "--floor") == 0)
            is_bare = true;
    }
    fd = mkstemp(path);
    if (fd < 0)
        return 1;
    us = is_bare ? fill_bare(path, n, batch) : fill_store(path, n, batch);
    printf("%s: %lu reports, %lu a commit: %.1f us of cpu each, %.0f octets"
           " each\n",
           is_bare ? "bare tables" : "store", n, batch, us / (double)n,
           (double)lseek(fd, 0, SEEK_END) / (double)n);
    close(fd);
    unlink(path);
    snprintf(log_path, sizeof(log_path), "%s-wal", path);
    unlink(log_path);
    snprintf(log_path, sizeof(log_path), "%s-shm", path);
    unlink(log_path);
    return 0;
}
