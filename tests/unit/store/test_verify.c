/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/dmarc_sample.h"
#include "store/sample.h"

#include "row.h"

/* The codes of the faults met, one a line, each once. */
struct met {
    char codes[512];
    char last[768];
    int n_steps;
};

static void note(void *context, const struct store_fault *fault)
{
    struct met *met = context;
    char line[80];

    snprintf(line, sizeof(line), "%s\n", fault->code);
    snprintf(met->last, sizeof(met->last), "%s: %s", fault->where,
             fault->message);
    if (!strstr(met->codes, line))
        snprintf(met->codes + strlen(met->codes),
                 sizeof(met->codes) - strlen(met->codes), "%s", line);
}

static bool step(void *context, enum store_verify_part part, int64_t done,
                 int64_t total)
{
    struct met *met = context;

    assert_true(part < STORE_VERIFY_PARTS && done <= total);
    met->n_steps++;
    return true;
}

static struct store_verified verify(struct sample_store *sample,
                                    struct met *met)
{
    const struct store_verify_options options = { .fault = note,
                                                  .step = step,
                                                  .context = met };
    struct store_verified verified;
    struct store *reader;

    *met = (struct met){ .n_steps = 0 };
    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    assert_ok(sample, store_verify(reader, &options, &verified, &sample->err));
    store_close(reader);
    return verified;
}

/* Reports of several domains, with and without a day, one of them a conflict, one
 * taken over, one implausible. */
static void fill(struct sample_store *sample)
{
    static const char *const domains[] = { "a.example", "b.example", "" };
    struct sample_report report;
    struct dmarc_sample dmarc;

    for (int i = 0; i < 40; i++) {
        sample_fill(&report, i % 3 ? "one" : "two", domains[i % 3],
                    i % 9 ? SAMPLE_DAY + 5 * i : UTC_DAY_NONE, 100 + i, i % 4);
        report.report.start += i;
        sample_put(sample, &report);
    }
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 7, 1);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 8, 1);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 9, 9);
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    sample_fill(&report, "big", "b.example", SAMPLE_DAY, INT64_C(1) << 50, 1);
    report.findings[0] = (struct store_finding){ "x", "/policies", NULL };
    report.report.n_findings = 1;
    sample_put(sample, &report);
    dmarc_sample_put_many(sample, STORE_NEW);
    dmarc_sample_fill(&dmarc, "one", "a.example", UTC_DAY_NONE, 30, 10);
    dmarc_sample_put(sample, &dmarc);
    dmarc_sample_fill(&dmarc, "one", "a.example", UTC_DAY_NONE, 50, 1);
    dmarc.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(dmarc_sample_put(sample, &dmarc), STORE_TAKEOVER);
    dmarc_sample_fill(&dmarc, "empty", "c.example", SAMPLE_DAY, 0, 0);
    dmarc.dmarc.n_rows = 0;
    dmarc_sample_put(sample, &dmarc);
}

static void what_was_put_has_no_fault(void **state)
{
    struct sample_store *sample = *state;
    struct store_verified verified;
    struct met met;

    fill(sample);
    /* Some sums are in the tail, then all are where they belong. */
    assert_true(sample_ask(sample, "SELECT count(*) FROM tail") > 0);
    verified = verify(sample, &met);
    assert_string_equal(met.last, "");
    assert_int_equal(verified.faults, 0);
    assert_ok(sample, store_settle(sample->store, &sample->err));
    verified = verify(sample, &met);
    assert_string_equal(met.last, "");
    assert_int_equal(verified.faults, 0);
    assert_int_equal(verified.reports, 44 + DMARC_SAMPLE_MANY + 3);
    assert_int_equal(verified.raws,
                     sample_ask(sample, "SELECT count(*) FROM raw"));
    assert_int_equal(verified.sums,
                     sample_ask(sample, "SELECT count(*) FROM rollup"));
    assert_true(verified.raw_bytes > 0 && met.n_steps > 20);
    assert_false(verified.is_stopped);
}

static void an_empty_store_has_no_fault(void **state)
{
    struct met met;

    assert_int_equal(verify(*state, &met).faults, 0);
}

/* What is done to a store, and a code that is told then. */
static const struct {
    const char *name;
    const char *sql;
    const char *codes;
} damages[] = {
    { "what is due to the sums", "DELETE FROM tail", "sum-differs\n" },
    { "what is due twice",
      "INSERT INTO tail (id, octets) SELECT id + 1000, octets FROM tail",
      "sum-differs\n" },
    { "what is due to a day without reports",
      "INSERT INTO tail (id, octets) VALUES (1000, x'0204809c02000202000000')",
      "sum-differs\n" },
    { "what is due to a domain without reports",
      "INSERT INTO tail (id, octets) VALUES (1000, x'02c0843d809c02000202000000')",
      "sum-differs\n" },
    { "a row that is due",
      "UPDATE tail SET octets = x'ff' WHERE id = (SELECT max(id) FROM tail)",
      "sums-lost\n" },
    { "what is due to domains as labels",
      "INSERT INTO tail (id, octets) VALUES (1000, x'0c00809c02040202000000')",
      "sum-differs\n" },
    { "a sum of a day",
      "UPDATE rollup SET sessions = sessions + 1"
      " WHERE kind = 1 AND domain_id = 0 AND level = 0",
      "sum-differs\n" },
    { "a sum of a block",
      "UPDATE rollup SET failures = failures + 1"
      " WHERE kind = 3 AND level = 2",
      "sum-differs\n" },
    { "a sum that is missing",
      "DELETE FROM rollup WHERE kind = 2 AND level = 1", "sum-differs\n" },
    { "a sum too many",
      "INSERT INTO rollup VALUES (4, 0, 0, 20000, 1, 1, 1, 1, 1, 1, 20000,"
      " 20000)",
      "sum-differs\n" },
    { "reports of domains as labels",
      "UPDATE rollup SET reports = reports + 1 WHERE kind = 6",
      "sum-differs\n" },
    { "first days",
      "UPDATE rollup SET first_day = first_day - 1"
      " WHERE kind = 5 AND level = 1",
      "sum-differs\n" },
    { "failed reports",
      "UPDATE rollup SET failed_reports = 3"
      " WHERE kind = 1 AND level = 0",
      "sum-differs\n" },
    { "messages of all",
      "UPDATE rollup SET sessions = sessions + 1"
      " WHERE kind = 16 AND domain_id = 0 AND level = 0",
      "sum-differs\n" },
    { "messages of a domain",
      "UPDATE rollup SET failures = 1 WHERE kind = 16 AND domain_id > 0",
      "sum-differs\n" },
    { "messages of sources", "DELETE FROM rollup WHERE kind = 19",
      "sum-differs\n" },
    { "messages of senders",
      "UPDATE rollup SET sessions = 0 WHERE kind = 20 AND level = 1",
      "sum-differs\n" },
    { "messages by domain", "DELETE FROM rollup WHERE kind = 17",
      "sum-differs\n" },
    { "messages by reporter", "UPDATE rollup SET reports = 9 WHERE kind = 18",
      "sum-differs\n" },
    { "a DMARC row", "DELETE FROM dmarc WHERE report_id = 50",
      "rows-missing\n" },
    { "a message that stands elsewhere",
      "UPDATE dmarc_row SET standing = 1 WHERE report_id = 50",
      "rows-differ\n" },
    { "an origin", "DELETE FROM origin", "name-missing\n" },
    { "an arrival of no report",
      "INSERT INTO pending VALUES (1, 9999, 1, 0, 0, 1, '', '', 0, 0, 0, 0)",
      "rows-astray\n" },
    { "octets", "UPDATE raw SET octets = x'00' WHERE id = 3", "raw-damaged\n" },
    { "a frame", "UPDATE raw SET encoding = 1 WHERE id = 3", "raw-damaged\n" },
    { "a raw that is missing", "DELETE FROM raw WHERE id = 5",
      "raw-missing\n" },
    { "a report that is missing", "DELETE FROM report WHERE id = 44",
      "rows-astray\n" },
    { "a finding that is missing", "DELETE FROM finding", "rows-missing\n" },
    { "a line that stands elsewhere",
      "UPDATE line SET day = 1 WHERE report_id = 3 AND label_id < -1",
      "rows-differ\n" },
    { "a line that says another number",
      "UPDATE line SET failures = failures + 1 WHERE report_id = 3"
      " AND label_id = -1",
      "rows-differ\n" },
    { "a line that is missing",
      "DELETE FROM line WHERE report_id = 4 AND label_id = 0",
      "rows-differ\n" },
    { "a line too many",
      "INSERT INTO line SELECT 1, domain_id, label_id, day, report_id,"
      " organization_id, sessions, failures FROM line WHERE report_id = 3"
      " AND domain_id = 0 AND label_id = 0",
      "rows-differ\n" },
    { "facts of another day", "UPDATE report SET day = day - 1 WHERE id = 3",
      "rows-differ\n" },
    { "facts that are cut off",
      "UPDATE report SET facts = substr(facts, 1, 9) WHERE id = 3",
      "facts-damaged\n" },
    { "facts that are gone", "UPDATE report SET facts = x'' WHERE id = 3",
      "facts-damaged\n" },
    { "a name", "DELETE FROM name WHERE kind = 5", "name-missing\n" },
    { "a text", "DELETE FROM policy_text", "name-missing\n" },
    { "findings of a quarantine that is not",
      "INSERT INTO quarantine_finding VALUES (9, 0, '', '', '')",
      "rows-astray\n" },
    { "a quarantine without octets",
      "INSERT INTO quarantine (raw_id, reason, input, stored_at,"
      " reader_version) VALUES (999, '', '', 0, 1)",
      "raw-missing\n" },
};

/* What is not in the tree of sums yet stays beside it in the copy. */
static void copy_store(struct sample_store *from, struct sample_store *to)
{
    char sql[160];

    store_close(to->store);
    to->store = NULL;
    unlink(to->path);
    snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", to->path);
    free(sample_dump(from, sql));
}

/* Filling takes a while, so it is done once, and a copy damaged each time. */
static void each_damage_is_a_fault(void **state)
{
    struct sample_store *filled = *state;

    fill(filled);
    for (size_t i = 0; i < ROWS(damages); i++) {
        struct sample_store *sample;
        struct met met;
        void *own;

        assert_int_equal(sample_open(&own), 0);
        sample = own;
        copy_store(filled, sample);
        free(sample_dump(sample, damages[i].sql));
        if (verify(sample, &met).faults == 0)
            fail_msg("%s: no fault", damages[i].name);
        if (!strstr(met.codes, damages[i].codes))
            fail_msg("%s: met %s%s", damages[i].name, met.codes, met.last);
        sample_close(&own);
    }
}

static void a_sum_that_differs_is_named(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct met met;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &report);
    free(sample_dump(sample, "UPDATE rollup SET failures = 4 WHERE kind = 3"
                             " AND domain_id > 0 AND level = 2"));
    assert_int_equal(verify(sample, &met).faults, 1);
    assert_string_equal(
        met.last,
        "a.example certificate-expired 2026-08-07 (64 days): 1 reports, 0"
        " sessions, 4 failures are kept; the facts give 1, 0, 3");
}

/* What has not come into the trees yet is looked at as well. */
static void facts_that_are_due_are_compared(void **state)
{
    static const struct {
        const char *sql;
        const char *code;
    } rows[] = {
        { "UPDATE tail SET facts = x'', checksum = NULL", "rows-differ\n" },
        { "UPDATE tail SET octets = x'', checksum = NULL", "sum-differs\n" },
        { "UPDATE tail SET octets = x''", "sums-lost\n" },
        { "DELETE FROM report", "rows-astray\n" },
    };

    for (size_t i = 0; i < ROWS(rows); i++) {
        struct sample_store *sample;
        struct sample_report report;
        struct met met;
        void *own;

        assert_int_equal(sample_open(&own), 0);
        sample = own;
        sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
        sample_put(sample, &report);
        assert_int_equal(verify(sample, &met).faults, 0);
        free(sample_dump(sample, rows[i].sql));
        assert_true(verify(sample, &met).faults > 0);
        if (!strstr(met.codes, rows[i].code))
            fail_msg("%s: met %s", rows[i].sql, met.codes);
        sample_close(&own);
    }
    (void)state;
}

/* Nothing else knows of it: lists and sums agree. */
static void a_report_in_lists_twice_is_a_fault(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct met met;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &report);
    free(sample_dump(sample, "CREATE TABLE aside AS SELECT * FROM tail"));
    free(sample_dump(sample, "INSERT INTO tail SELECT id + 100, octets, facts,"
                             " checksum FROM aside"));
    assert_true(verify(sample, &met).faults > 0);
    assert_string_equal(met.codes, "rows-differ\n");
    free(sample_dump(sample, "DELETE FROM tail WHERE id >= 100"));
    assert_ok(sample, store_settle(sample->store, &sample->err));
    assert_int_equal(verify(sample, &met).faults, 0);
    free(sample_dump(sample, "INSERT INTO tail SELECT id + 100, octets, facts,"
                             " checksum FROM aside"));
    assert_true(verify(sample, &met).faults > 0);
    assert_string_equal(met.codes, "rows-differ\n");
}

static void a_damaged_page_is_a_fault_and_the_rest_is_looked_at(void **state)
{
    struct sample_store *sample = *state;
    struct met met;
    int64_t page;
    FILE *file;

    fill(sample);
    store_close(sample->store);
    sample->store = NULL;
    page = sample_ask(sample, "SELECT rootpage FROM sqlite_schema"
                              " WHERE name = 'line'");
    file = fopen(sample->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (page - 1) * 4096, SEEK_SET), 0);
    for (int i = 0; i < 4096; i++)
        fputc(0x55, file);
    fclose(file);
    assert_true(verify(sample, &met).faults > 0);
    assert_non_null(strstr(met.codes, "file-damaged\n"));
}

static bool stop(void *context, enum store_verify_part part, int64_t done,
                 int64_t total)
{
    (void)context, (void)part, (void)done, (void)total;
    return false;
}

static void it_stops_when_told_to(void **state)
{
    struct sample_store *sample = *state;
    struct met met = { .n_steps = 0 };
    const struct store_verify_options options = { .fault = note,
                                                  .step = stop,
                                                  .context = &met };
    struct store_verified verified;
    struct store *reader;

    fill(sample);
    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    assert_ok(sample, store_verify(reader, &options, &verified, &sample->err));
    assert_true(verified.is_stopped);
    assert_int_equal(verified.raws, 0);
    store_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_put_has_no_fault, sample_open,
                                        sample_close),
        cmocka_unit_test_setup_teardown(an_empty_store_has_no_fault,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(each_damage_is_a_fault, sample_open,
                                        sample_close),
        cmocka_unit_test(facts_that_are_due_are_compared),
        cmocka_unit_test_setup_teardown(a_sum_that_differs_is_named,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(a_report_in_lists_twice_is_a_fault,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(
            a_damaged_page_is_a_fault_and_the_rest_is_looked_at, sample_open,
            sample_close),
        cmocka_unit_test_setup_teardown(it_stops_when_told_to, sample_open,
                                        sample_close),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
