/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

#include "base/buffer.h"
#include "report/distinct.h"

#define POLICY(type, domain, ok, bad, details)                                 \
    "{'policy':{'policy-type':'" type "','policy-domain':'" domain             \
    "'},'summary':{'total-successful-session-count':" ok                       \
    ",'total-failure-session-count':" bad "},'failure-details':[" details "]}"
#define DETAIL(type, mx, n)                                                    \
    "{'result-type':'" type "','receiving-mx-hostname':'" mx                   \
    "','failed-session-count':" n "}"

struct expected {
    const char *subject, *key;
    int64_t sessions, failures;
};

static void expect_subject(const struct distinct_rows *rows,
                           const struct expected *want)
{
    for (size_t i = 0; i < rows->n_subjects; i++) {
        if (strcmp(rows->subjects[i].subject_domain, want->subject) == 0) {
            assert_int_equal(rows->subjects[i].sessions, want->sessions);
            assert_int_equal(rows->subjects[i].failures, want->failures);
            return;
        }
    }
    fail_msg("no row for subject '%s'", want->subject);
}

static void expect_share(const struct distinct_rows *rows,
                         const struct distinct_share *shares, size_t n,
                         const struct expected *want)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows->subjects[shares[i].subject].subject_domain,
                   want->subject) == 0 &&
            strcmp(shares[i].key, want->key) == 0) {
            assert_int_equal(shares[i].failures, want->failures);
            return;
        }
    }
    fail_msg("no share '%s' of '%s'", want->key, want->subject);
}

static void compute(struct reads *reads, const char *policies,
                    struct distinct_rows *rows)
{
    reads_init_policies(reads, policies, NULL);
    assert_int_equal(distinct_compute(reads_report(reads), &reads->arena, rows),
                     0);
}

static void a_session_under_tlsa_and_sts_counts_once(void **state)
{
    const struct expected subject = { "e.example", NULL, 12, 5 };
    const struct expected expired = { "e.example", "certificate-expired", 0,
                                      5 };
    const struct expected mx = { "e.example", "mx.e.example", 0, 5 };
    struct distinct_rows rows;
    struct reads reads;

    (void)state;
    compute(
        &reads,
        POLICY(
            "tlsa", "e.example", "5", "5",
            DETAIL("certificate-expired", "mx.e.example",
                   "5")) "," POLICY("sts", "e.example", "7", "3",
                                    DETAIL("certificate-expired",
                                           "mx.e.example",
                                           "3")) "," POLICY("no-policy-found",
                                                            "e.example", "2",
                                                            "0", ""),
        &rows);
    assert_int_equal(rows.n_subjects, 1);
    expect_subject(&rows, &subject);
    assert_int_equal(rows.n_results, 1);
    expect_share(&rows, rows.results, rows.n_results, &expired);
    assert_int_equal(rows.n_mxs, 1);
    expect_share(&rows, rows.mxs, rows.n_mxs, &mx);
    reads_deinit(&reads);
}

static void mx_hosts_of_dane_go_to_their_mail_domain(void **state)
{
    const struct report_origin origin = { .tls_report_domain = "e.example" };
    static const int64_t sessions[] = { 10, 20 };
    const struct expected first = { "e.example", "mx1.e.example", 0, 1 };
    const struct expected second = { "e.example", "mx2.e.example", 0, 3 };
    struct distinct_rows rows;
    struct reads reads;

    (void)state;
    /* clang-format off */
    reads_init_policies(
        &reads,
        POLICY("tlsa", "mx1.e.example", "9", "1",
               "{'result-type':'tlsa-invalid','failed-session-count':1}") ","
        POLICY("tlsa", "mx2.e.example", "17", "3",
               "{'result-type':'tlsa-invalid','failed-session-count':3}"),
        &origin);
    /* clang-format on */
    assert_int_equal(
        distinct_compute(reads_report(&reads), &reads.arena, &rows), 0);
    /* A row for each MX host; they share their subject. */
    assert_int_equal(rows.n_subjects, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(rows.subjects[i].subject_domain, "e.example");
        assert_int_equal(rows.subjects[i].sessions, sessions[i]);
    }
    expect_share(&rows, rows.mxs, rows.n_mxs, &first);
    expect_share(&rows, rows.mxs, rows.n_mxs, &second);
    reads_deinit(&reads);
}

static void spellings_of_a_result_type_share_a_row(void **state)
{
    const struct expected want = { "e.example", "certificate-expired", 0, 7 };
    const struct expected none = { "e.example", "unspecified", 0, 1 };
    struct distinct_rows rows;
    struct reads reads;

    (void)state;
    compute(&reads,
            POLICY("sts", "e.example", "0", "8",
                   DETAIL("certificate-expired", "a.example", "3") "," DETAIL(
                       "Certificate_Expired", "b.example",
                       "4") "," DETAIL("", "b.example", "1")),
            &rows);
    expect_share(&rows, rows.results, rows.n_results, &want);
    expect_share(&rows, rows.results, rows.n_results, &none);
    assert_int_equal(rows.n_results, 2);
    reads_deinit(&reads);
}

/* A name that thousands of details share is kept once. */
static void rows_take_memory_by_name_not_by_detail(void **state)
{
    enum { MANY = 5000 };
    const struct expected want = { "e.example", "a-type-of-the-sender-alone", 0,
                                   MANY };
    struct distinct_rows rows;
    struct buffer text;
    struct arena arena;
    struct reads reads;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, "{'policy':{'policy-type':'sts','policy-domain':"
                           "'e.example'},'failure-details':[");
    for (int i = 0; i < MANY; i++)
        buffer_add_format(
            &text, "%s" DETAIL("A_type_of_the_sender_alone", "mx.example", "1"),
            i ? "," : "");
    buffer_add_text(&text, "]}");
    reads_init_policies(&reads, buffer_text(&text), NULL);
    arena_init(&arena, 8192);
    assert_int_equal(distinct_compute(reads_report(&reads), &arena, &rows), 0);
    expect_share(&rows, rows.results, rows.n_results, &want);
    arena_deinit(&arena);
    reads_deinit(&reads);
    buffer_deinit(&text);
}

static void implausible_policies_are_in_no_row_but_name_their_subject(
    void **state)
{
    const struct expected huge = { "huge.example", NULL, 0, 0 };
    const struct expected fine = { "e.example", NULL, 6, 1 };
    struct distinct_rows rows;
    struct reads reads;

    (void)state;
    compute(&reads,
            POLICY("sts", "huge.example", "9223372036854775807", "2",
                   DETAIL("certificate-expired", "a.example",
                          "2")) "," POLICY("sts", "e.example", "5", "1",
                                           DETAIL("dane-required", "a.example",
                                                  "9999999999999")),
            &rows);
    assert_int_equal(rows.n_subjects, 2);
    expect_subject(&rows, &huge);
    expect_subject(&rows, &fine);
    assert_int_equal(rows.n_results, 0);
    reads_deinit(&reads);
}

static void a_report_without_policies_has_no_rows(void **state)
{
    struct distinct_rows rows;
    struct reads reads;

    (void)state;
    compute(&reads, "", &rows);
    assert_int_equal(rows.n_subjects + rows.n_results + rows.n_mxs, 0);
    reads_deinit(&reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_under_tlsa_and_sts_counts_once),
        cmocka_unit_test(mx_hosts_of_dane_go_to_their_mail_domain),
        cmocka_unit_test(spellings_of_a_result_type_share_a_row),
        cmocka_unit_test(rows_take_memory_by_name_not_by_detail),
        cmocka_unit_test(
            implausible_policies_are_in_no_row_but_name_their_subject),
        cmocka_unit_test(a_report_without_policies_has_no_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
