/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/position.h"

#include "base/buffer.h"
#include "store/sample.h"

static int gather(void *context, const char *item, const char *value,
                  struct err *err)
{
    struct buffer *text = context;

    (void)err;
    buffer_add_format(text, "%s=%s;", item, value);
    return 0;
}

static void assert_positions(struct sample_store *sample, const char *source,
                             const char *expected)
{
    struct buffer text;

    buffer_init(&text, 1024);
    assert_ok(sample, store_each_position(sample->store, source, gather, &text,
                                          &sample->err));
    assert_string_equal(buffer_text(&text), expected);
    buffer_deinit(&text);
}

static void positions_are_kept_by_source(void **state)
{
    struct sample_store *sample = *state;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_put_position(sample->store, "imap", "uid", "7",
                                         &sample->err));
    assert_ok(sample, store_put_position(sample->store, "imap", "uid", "8",
                                         &sample->err));
    assert_ok(sample, store_put_position(sample->store, "imap", "a", "b",
                                         &sample->err));
    assert_ok(sample,
              store_put_position(sample->store, "pop3", "x", "", &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_positions(sample, "imap", "a=b;uid=8;");
    assert_positions(sample, "pop3", "x=;");

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_put_position(sample->store, "imap", "a", NULL,
                                         &sample->err));
    store_rollback(sample->store);
    assert_positions(sample, "imap", "a=b;uid=8;");
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_put_position(sample->store, "imap", "a", NULL,
                                         &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_positions(sample, "imap", "uid=8;");
}

static void outside_a_batch_nothing_is_set(void **state)
{
    struct sample_store *sample = *state;

    assert_int_equal(
        store_put_position(sample->store, "imap", "uid", "7", &sample->err),
        -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(positions_are_kept_by_source),
        test(outside_a_batch_nothing_is_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
