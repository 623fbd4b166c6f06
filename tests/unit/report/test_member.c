/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

static const char *id_of(const char *text, struct reads *reads)
{
    reads_init(reads, text, NULL);
    return reads_report(reads)->report_id;
}

static void order_does_not_matter_and_unknown_members_are_skipped(void **state)
{
    struct reads reads;

    (void)state;
    assert_string_equal(
        id_of("{'x':{'a':[1,{'b':[]}]},'policies':[],'y':[[],{}],"
              "'report-id':'r','organization-name':'S','':1}",
              &reads),
        "r");
    assert_string_equal(reads_report(&reads)->organization_name, "S");
    reads_deinit(&reads);
}

static void the_first_of_two_counts(void **state)
{
    struct reads reads;

    (void)state;
    assert_string_equal(
        id_of("{'report-id':'a','report-id':['b'],'policies':[]}", &reads),
        "a");
    reads_expect(&reads, "member-twice", "/report-id");
    reads_deinit(&reads);
}

static void the_name_of_the_rfc_wins_over_another(void **state)
{
    static const char *const texts[] = {
        "{'organization':'a','organization-name':'b','policies':[]}",
        "{'organization-name':'b','organization':'a','policies':[]}",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct reads reads;

        reads_init(&reads, texts[i], NULL);
        assert_string_equal(reads_report(&reads)->organization_name, "b");
        reads_deinit(&reads);
    }
}

static void the_first_of_two_other_names_counts(void **state)
{
    struct reads reads;

    (void)state;
    reads_init(&reads, "{'organization':'a','organization':'b','policies':[]}",
               NULL);
    assert_string_equal(reads_report(&reads)->organization_name, "a");
    reads_expect(&reads, "member-twice", "/organization");
    reads_deinit(&reads);
}

static void null_counts_as_absent(void **state)
{
    struct reads reads;

    (void)state;
    assert_null(id_of("{'report-id':null,'policies':[]}", &reads));
    reads_expect(&reads, "report-id-missing", "/report-id");
    assert_int_equal(reads_count(&reads, "member-twice"), 0);
    reads_deinit(&reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter_and_unknown_members_are_skipped),
        cmocka_unit_test(the_first_of_two_counts),
        cmocka_unit_test(the_name_of_the_rfc_wins_over_another),
        cmocka_unit_test(the_first_of_two_other_names_counts),
        cmocka_unit_test(null_counts_as_absent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
