/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_sample.h"

#include "store/dmarc_facts.h"
#include "store/limits.h"

/* Each fate is a number of its own, and says again what it was made of. */
static void a_fate_says_what_it_was_made_of(void **state)
{
    bool seen[1 << DMARC_PART_BITS] = { false };

    (void)state;
    for (unsigned i = 0; i < 3 * 2 * 2 * STORE_DMARC_CASES; i++) {
        struct store_dmarc_row row = { .disposition =
                                           (enum store_disposition)(i / 64),
                                       .dkim = i & 32,
                                       .spf = i & 16,
                                       .fault = i % STORE_DMARC_CASES,
                                       .messages = 10 };
        int64_t fate =
            dmarc_fate(row.disposition, row.dkim, row.spf, row.fault);
        struct store_dmarc_sums sums = { .reports = 0 };
        struct store_dmarc_sums expected = { .reports = 0 };

        assert_true(fate >= 0 && fate + 1 < 1 << DMARC_PART_BITS);
        assert_false(seen[fate]);
        seen[fate] = true;
        dmarc_fate_add(&sums, fate, row.messages);
        dmarc_sample_add(&expected, &row);
        dmarc_sample_assert_sums(&sums, &expected);
    }
}

/* Stored by number: what is in a store must mean the same for ever. */
static void fates_are_stored_by_number(void **state)
{
    (void)state;
    assert_int_equal(dmarc_fate(STORE_DELIVERED, false, false, 0), 0);
    assert_int_equal(dmarc_fate(STORE_DELIVERED, false, true, 7), 0x17);
    assert_int_equal(dmarc_fate(STORE_QUARANTINED, true, false, 8), 0x68);
    assert_int_equal(dmarc_fate(STORE_REJECTED, true, true, 15), 0xbf);
}

static void the_whole_tells_reports_and_parts_tell_messages(void **state)
{
    struct store_dmarc_sums sums = { .reports = 0 };

    (void)state;
    dmarc_part_add(&sums, 0, 3, 1000);
    assert_int_equal(sums.reports, 3);
    assert_int_equal(sums.messages, 0);
    dmarc_part_add(&sums, 1 + dmarc_fate(STORE_REJECTED, false, false, 2), 2,
                   40);
    assert_int_equal(sums.reports, 3);
    assert_int_equal(sums.messages, 40);
    assert_int_equal(sums.rejected, 40);
    assert_int_equal(sums.by_case[2], 40);
}

static void sums_stop_where_numbers_are_exact(void **state)
{
    struct store_dmarc_sums sums = { .messages = STORE_SUM_MAX - 1 };

    (void)state;
    dmarc_fate_add(&sums, 0, 5);
    assert_int_equal(sums.messages, STORE_SUM_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fate_says_what_it_was_made_of),
        cmocka_unit_test(fates_are_stored_by_number),
        cmocka_unit_test(the_whole_tells_reports_and_parts_tell_messages),
        cmocka_unit_test(sums_stop_where_numbers_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
