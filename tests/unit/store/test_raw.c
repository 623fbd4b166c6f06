/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/sample.h"

static int put(struct sample_store *sample, struct slice octets,
               unsigned char hash[static DIGEST_BYTES])
{
    int status = store_put_raw(sample->store, octets, hash, &sample->err);

    if (status < 0)
        fail_msg("%s", sample->err.text);
    return status;
}

static void assert_comes_back(struct sample_store *sample, struct slice octets)
{
    unsigned char expected[DIGEST_BYTES];
    unsigned char hash[DIGEST_BYTES];
    struct buffer out;

    buffer_init(&out, 64 << 20);
    buffer_add_text(&out, "before ");
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(put(sample, octets, hash), 0);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(digest_compute(octets, expected), 0);
    assert_memory_equal(hash, expected, DIGEST_BYTES);
    assert_ok(sample, store_get_raw(sample->store, hash, &out, &sample->err));
    assert_int_equal(out.len, octets.len + 7);
    assert_memory_equal(out.ptr, "before ", 7);
    if (octets.len)
        assert_memory_equal(out.ptr + 7, octets.ptr, octets.len);
    buffer_deinit(&out);
}

static void octets_come_back_as_they_were(void **state)
{
    struct sample_store *sample = *state;
    char *text = malloc(3 << 20);

    assert_non_null(text);
    for (size_t i = 0; i < 3 << 20; i++)
        text[i] = (char)(i * i >> 7);
    assert_comes_back(sample, slice_make(text, 0));
    assert_comes_back(sample, slice_make(text, 1));
    assert_comes_back(sample, slice_make(text, 5000));
    assert_comes_back(sample, slice_make(text, 3 << 20));
    free(text);
}

/* A text shrinks; an archive is left alone. */
static void what_shrinks_is_kept_small(void **state)
{
    struct sample_store *sample = *state;
    char text[4096];

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + (i * i) % 13);
    assert_comes_back(sample, slice_make(text, sizeof(text)));
    assert_int_equal(sample_ask(sample, "SELECT length(octets) < bytes / 2 AND"
                                        " encoding = 1 FROM raw WHERE id = 1"),
                     1);
    memcpy(text, "\x1f\x8b", 2);
    assert_comes_back(sample, slice_make(text, sizeof(text)));
    memcpy(text, "PK\x03\x04", 4);
    assert_comes_back(sample, slice_make(text, sizeof(text)));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"
                                        " WHERE length(octets) = bytes"
                                        " AND encoding = 0"),
                     2);
}

static void a_run_of_equal_octets_comes_back(void **state)
{
    struct sample_store *sample = *state;
    char *text = calloc(1, 8 << 20);

    assert_non_null(text);
    /* No cap for what strangers deflate stands in the way of our own. */
    assert_comes_back(sample, slice_make(text, 8 << 20));
    assert_int_equal(
        sample_ask(sample, "SELECT length(octets) < 100000 FROM raw"), 1);
    free(text);
}

static void the_same_octets_are_kept_once(void **state)
{
    struct sample_store *sample = *state;
    unsigned char first[DIGEST_BYTES], second[DIGEST_BYTES];

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(put(sample, SLICE("one"), first), 0);
    assert_int_equal(put(sample, SLICE("two"), second), 0);
    assert_int_equal(put(sample, SLICE("one"), second), 1);
    assert_memory_equal(first, second, DIGEST_BYTES);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 2);
}

static void a_rolled_back_raw_is_gone(void **state)
{
    struct sample_store *sample = *state;
    unsigned char hash[DIGEST_BYTES];
    struct buffer out;

    buffer_init(&out, 1000);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(put(sample, SLICE("one"), hash), 0);
    store_rollback(sample->store);
    assert_int_equal(store_get_raw(sample->store, hash, &out, &sample->err), 1);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(put(sample, SLICE("one"), hash), 0);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_ok(sample, store_get_raw(sample->store, hash, &out, &sample->err));
    buffer_deinit(&out);
}

static void a_buffer_too_small_is_an_error(void **state)
{
    struct sample_store *sample = *state;
    unsigned char hash[DIGEST_BYTES];
    struct buffer out;

    buffer_init(&out, 2);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(put(sample, SLICE("one"), hash), 0);
    assert_int_equal(store_get_raw(sample->store, hash, &out, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_LIMIT);
    buffer_deinit(&out);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(octets_come_back_as_they_were),
        test(what_shrinks_is_kept_small),
        test(a_run_of_equal_octets_comes_back),
        test(the_same_octets_are_kept_once),
        test(a_rolled_back_raw_is_gone),
        test(a_buffer_too_small_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
