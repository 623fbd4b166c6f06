/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "store/sample.h"

static const struct store_finding of_input[] = {
    { "zip-empty", "", "x" },
    { "no-json", "octet 7", NULL },
};

struct lines {
    char text[500];
    size_t len;
};

static int add_line(void *context, const struct store_finding *finding,
                    struct err *err)
{
    struct lines *lines = context;

    (void)err;
    lines->len += (size_t)snprintf(lines->text + lines->len,
                                   sizeof(lines->text) - lines->len,
                                   "%s|%s|%s\n", finding->code, finding->where,
                                   finding->value ? finding->value : "-");
    return 0;
}

static void assert_findings(struct sample_store *sample,
                            enum store_findings_of of, int64_t id,
                            const char *expected)
{
    struct lines lines = { 0 };

    assert_ok(sample, store_each_finding(sample->store, of, id, add_line,
                                         &lines, &sample->err));
    assert_string_equal(lines.text, expected);
}

/* A report and a refused input of the same number have their own. */
static void findings_come_in_their_order(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    unsigned char hash[DIGEST_BYTES];

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.findings[0] = (struct store_finding){ "count-negative", "/x", "-1" };
    report.findings[1] = (struct store_finding){ "no-range", "", NULL };
    report.report.n_findings = 2;
    sample_put(sample, &report);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample,
              store_put_raw(sample->store, SLICE("input"), hash, &sample->err));
    assert_ok(sample, store_put_quarantine(
                          sample->store,
                          &(struct store_refusal){ .raw_hash = hash,
                                                   .input = "in.eml",
                                                   .reason = "bad",
                                                   .findings = of_input,
                                                   .n_findings = 2,
                                                   .reader_version = 1 },
                          &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_findings(sample, STORE_FINDINGS_OF_REPORT, 1,
                    "count-negative|/x|-1\nno-range||-\n");
    assert_findings(sample, STORE_FINDINGS_OF_QUARANTINE, 1,
                    "zip-empty||x\nno-json|octet 7|-\n");
    assert_findings(sample, STORE_FINDINGS_OF_QUARANTINE, 2, "");
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(findings_come_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
