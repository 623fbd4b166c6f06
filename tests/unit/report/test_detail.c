/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

#define AROUND(details)                                                        \
    "{'policy':{'policy-type':'sts','policy-domain':'a.example'},'summary':{"  \
    "'total-successful-session-count':1,'total-failure-session-count':2},"     \
    "'failure-details':" details "}"

static void elements_that_are_no_objects_are_left_out(void **state)
{
    struct reads reads;

    (void)state;
    reads_init_policies(&reads,
                        AROUND("[null,{'result-type':'dane-required',"
                               "'failed-session-count':2},[],'x']"),
                        NULL);
    assert_int_equal(reads_report(&reads)->policies[0].n_failures, 1);
    assert_int_equal(reads_count(&reads, "element-ignored"), 3);
    reads_expect(&reads, "element-ignored", "/policies/0/failure-details/3");
    reads_deinit(&reads);
}

static void scalars_in_place_of_the_array_are_noted(void **state)
{
    struct reads reads;

    (void)state;
    reads_init_policies(&reads, AROUND("7"), NULL);
    reads_expect(&reads, "value-type", "/policies/0/failure-details");
    assert_int_equal(reads_report(&reads)->policies[0].n_failures, 0);
    reads_deinit(&reads);
}

static void counts_are_never_derived(void **state)
{
    struct reads reads;

    (void)state;
    reads_init_policies(&reads, AROUND("[{'result-type':'dane-required'}]"),
                        NULL);
    assert_int_equal(reads_report(&reads)->policies[0].failures[0].sessions, 0);
    reads_expect(&reads, "count-missing",
                 "/policies/0/failure-details/0/failed-session-count");
    reads_deinit(&reads);
}

static void thousands_are_read_and_findings_stay_bounded(void **state)
{
    enum { MANY = 5000 };
    struct buffer text;
    struct reads reads;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, "{'policies':[{'failure-details':[");
    for (int i = 0; i < MANY; i++)
        buffer_add_format(&text, "%s{'failed-session-count':'%d'}",
                          i ? "," : "", i);
    buffer_add_text(&text, "],'summary':{'total-failure-session-count':"
                           "2000000000000}}]}");
    reads_init(&reads, buffer_text(&text), NULL);
    assert_int_equal(reads_report(&reads)->policies[0].n_failures, MANY);
    assert_int_equal(
        reads_report(&reads)->policies[0].failures[MANY - 1].sessions,
        MANY - 1);
    assert_int_equal(reads_count(&reads, "count-text"), FINDING_KIND_MAX);
    /* What matters more has room behind all the others. */
    assert_int_equal(reads_count(&reads, "count-implausible"), 1);
    assert_true(reads_report(&reads)->findings.n_dropped > MANY);
    reads_deinit(&reads);
    buffer_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_that_are_no_objects_are_left_out),
        cmocka_unit_test(scalars_in_place_of_the_array_are_noted),
        cmocka_unit_test(counts_are_never_derived),
        cmocka_unit_test(thousands_are_read_and_findings_stay_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
