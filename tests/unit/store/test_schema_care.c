/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/sample.h"
#include "store/schema.h"

/* Makes the sample's file one of version 8, with two that wait. */
static void make_version_8(struct sample_store *sample)
{
    store_close(sample->store);
    sample->store = NULL;
    free(sample_dump(
        sample, "INSERT INTO raw (id, hash, bytes, encoding, octets) VALUES"
                " (1, x'00', 1, 0, x'00')"));
    free(sample_dump(
        sample,
        "INSERT INTO pending (id, report_id, raw_id, payload, ordinal,"
        " origin_id, destination, input, arrived_at, judge_at, tries) VALUES"
        " (1, 1, 1, 0, 0, 1, '', '', 50, 5000, 30),"
        " (2, 2, 1, 0, 0, 1, '', '', 60, 7000, 2)"));
    free(sample_dump(sample, "ALTER TABLE pending DROP COLUMN since"));
    free(sample_dump(sample, "ALTER TABLE raw DROP COLUMN put_at"));
    free(sample_dump(sample, "PRAGMA user_version = 8"));
}

/* Mail that was read long after it came is not given up at once. */
static void what_waits_begins_with_its_next_try(void **state)
{
    struct sample_store *sample = *state;
    struct store_pending *pending;
    struct arena arena;
    size_t n;

    make_version_8(sample);
    sample_reopen(sample);
    arena_init(&arena, 1 << 20);
    assert_ok(sample, store_find_pending(sample->store, 9000, 10, &arena,
                                         &pending, &n, &sample->err));
    assert_int_equal(n, 2);
    assert_int_equal(pending[0].waited_s, 0);
    assert_int_equal(pending[0].tries, 30);
    assert_int_equal(pending[1].waited_s, 0);
    arena_deinit(&arena);
}

static void what_is_kept_was_put_long_ago(void **state)
{
    struct sample_store *sample = *state;

    make_version_8(sample);
    sample_reopen(sample);
    assert_int_equal(sample_ask(sample, "SELECT put_at FROM raw"), 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_waits_begins_with_its_next_try),
        test(what_is_kept_was_put_long_ago),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
