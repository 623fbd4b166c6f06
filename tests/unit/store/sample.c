/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/handle.h"

const char sample_sums_sql[] =
    "SELECT r.kind, d.text, level, block, l.text, reports, sessions, failures,"
    " failed_reports, failed_sessions, first_day, last_day FROM rollup r"
    " LEFT JOIN name d ON d.id = domain_id LEFT JOIN name l ON l.id = label_id"
    " ORDER BY 1, 2, 3, 4, 5";

int sample_open(void **state)
{
    struct sample_store *sample = calloc(1, sizeof(*sample));

    if (!sample)
        return -1;
    snprintf(sample->folder, sizeof(sample->folder),
             "/tmp/tlsrpt-store-XXXXXX");
    if (!mkdtemp(sample->folder))
        return -1;
    snprintf(sample->path, sizeof(sample->path), "%s/t.db", sample->folder);
    snprintf(sample->url, sizeof(sample->url), "sqlite:%s", sample->path);
    sample->clock = clock_fixed(INT64_C(1800000000));
    *state = sample;
    return store_open(sample->url, STORE_WRITE, &sample->clock, &sample->store,
                      &sample->err);
}

static void remove_file(struct sample_store *sample, const char *suffix)
{
    char path[128];

    snprintf(path, sizeof(path), "%s%s", sample->path, suffix);
    unlink(path);
}

int sample_close(void **state)
{
    struct sample_store *sample = *state;
    static const char *const suffixes[] = { "",          "-wal",
                                            "-shm",      ".backup-1",
                                            ".backup-2", ".backup-3",
                                            ".backup-4", ".backup-5" };

    store_close(sample->store);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
        remove_file(sample, suffixes[i]);
    rmdir(sample->folder);
    free(sample);
    return 0;
}

void sample_set_today(struct sample_store *sample, int32_t day)
{
    sample->clock = clock_fixed((int64_t)day * UTC_DAY_SECONDS);
}

void sample_reopen(struct sample_store *sample)
{
    store_close(sample->store);
    sample->store = NULL;
    assert_ok(sample, store_open(sample->url, STORE_WRITE, &sample->clock,
                                 &sample->store, &sample->err));
}

void sample_fill(struct sample_report *report, const char *organization,
                 const char *domain, int32_t day, int64_t sessions,
                 int64_t failures)
{
    *report = (struct sample_report){
        .policies[0] = { .type_text = "sts",
                         .type = "sts",
                         .policy_domain = domain,
                         .subject_domain = domain,
                         .policy_text = "version: STSv1\nmode: enforce",
                         .mx_hosts = "*.example.net",
                         .success_sessions = sessions - failures,
                         .failure_sessions = failures },
        .subjects[0] = { domain, sessions, failures },
        .results[0] = { domain, "certificate-expired", failures },
        .mxs[0] = { domain, "mx1.example.net", failures },
        .report = { .input = "test",
                    .organization = organization,
                    .organization_key = organization,
                    .contact_info = "",
                    .report_id = "1",
                    .start = (int64_t)day * UTC_DAY_SECONDS,
                    .end = (int64_t)day * UTC_DAY_SECONDS + 86399,
                    .day = day,
                    .proof = STORE_PROOF_FILE,
                    .reader_version = 1,
                    .success_sessions = sessions - failures,
                    .failure_sessions = failures,
                    .n_policies = 1,
                    .n_subjects = 1,
                    .n_results = failures > 0,
                    .n_mxs = failures > 0 },
    };
    if (day == UTC_DAY_NONE)
        report->report.start = report->report.end = UTC_NONE;
}

void sample_put_raw(struct sample_store *sample, struct sample_report *report,
                    const char *text)
{
    if (store_put_raw(sample->store, slice_of(text), report->report.raw_hash,
                      &sample->err) < 0)
        fail_msg("raw: %s", sample->err.text);
}

enum store_outcome sample_put_open(struct sample_store *sample,
                                   struct sample_report *report)
{
    return sample_put_octets(sample, report, NULL);
}

enum store_outcome sample_put_octets(struct sample_store *sample,
                                     struct sample_report *report,
                                     const char *octets)
{
    struct store_report *r = &report->report;
    enum store_outcome outcome = STORE_OUTCOME_COUNT;
    char content[64];

    r->policies = report->policies;
    r->subjects = report->subjects;
    r->results = report->results;
    r->mxs = report->mxs;
    r->findings = report->findings;
    snprintf(content, sizeof(content), "%lld %lld",
             (long long)r->success_sessions, (long long)r->failure_sessions);
    assert_int_equal(digest_compute(slice_of(content), r->content_hash), 0);
    sample_put_raw(sample, report, octets ? octets : content);
    assert_ok(sample,
              store_put_report(sample->store, r, &outcome, &sample->err));
    return outcome;
}

enum store_outcome sample_put(struct sample_store *sample,
                              struct sample_report *report)
{
    enum store_outcome outcome;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    outcome = sample_put_open(sample, report);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    return outcome;
}

/* Opens the file beside the store, as any other reader would. */
static sqlite3 *open_beside(struct sample_store *sample)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(sample->path, &db), SQLITE_OK);
    /* A thread that writes to it may be at work. */
    sqlite3_busy_timeout(db, 10000);
    return db;
}

int64_t sample_ask(struct sample_store *sample, const char *sql)
{
    char *text = sample_dump(sample, sql);
    int64_t value = strtoll(text, NULL, 10);

    free(text);
    return value;
}

/* Statements about sums and lists see them where they belong. */
static void settle(struct sample_store *sample, const char *sql)
{
    if ((strstr(sql, "rollup") || strstr(sql, " line")) && sample->store &&
        sample->store->mode == STORE_WRITE && !sample->store->is_in_batch)
        assert_ok(sample, store_settle(sample->store, &sample->err));
}

char *sample_dump(struct sample_store *sample, const char *sql)
{
    sqlite3 *db = open_beside(sample);
    sqlite3_stmt *statement = NULL;
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    assert_non_null(out);
    settle(sample, sql);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            fprintf(out, "%s%s", i ? "|" : "",
                    (const char *)sqlite3_column_text(statement, i)
                        ? (const char *)sqlite3_column_text(statement, i)
                        : "-");
        fputc('\n', out);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    fclose(out);
    return text;
}
