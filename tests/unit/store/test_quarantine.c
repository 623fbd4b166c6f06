/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "store/sample.h"

/* Puts an input into quarantine in a batch of its own. */
static int put(struct sample_store *sample, const char *text,
               const char *reason)
{
    static const struct store_finding findings[] = { { "zip-empty", "", "v" } };
    unsigned char hash[DIGEST_BYTES];
    int status;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_true(
        store_put_raw(sample->store, slice_of(text), hash, &sample->err) >= 0);
    status =
        store_put_quarantine(sample->store,
                             &(struct store_refusal){ .raw_hash = hash,
                                                      .input = "in.eml",
                                                      .reason = reason,
                                                      .findings = findings,
                                                      .n_findings = 1,
                                                      .reader_version = 6 },
                             &sample->err);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    return status;
}

struct lines {
    char text[500];
    size_t len;
};

static int add_line(void *context, const struct store_quarantined *entry,
                    struct err *err)
{
    struct lines *lines = context;
    char hex[DIGEST_HEX_BYTES];

    (void)err;
    assert_true(entry->stored_at == 1800000000);
    assert_int_equal(entry->reader_version, 6);
    lines->len += (size_t)snprintf(
        lines->text + lines->len, sizeof(lines->text) - lines->len,
        "%lld|%s|%s|%lld|%.4s\n", (long long)entry->id, entry->input,
        entry->reason, (long long)entry->raw_bytes,
        digest_format(entry->raw_hash, hex));
    return 0;
}

static void assert_listed(struct sample_store *sample, int64_t before_id,
                          size_t limit, const char *expected)
{
    struct lines lines = { 0 };

    assert_ok(sample, store_each_quarantined(sample->store, before_id, limit,
                                             add_line, &lines, &sample->err));
    assert_string_equal(lines.text, expected);
}

static void the_newest_come_first(void **state)
{
    struct sample_store *sample = *state;

    assert_int_equal(put(sample, "a", "no report"), 0);
    assert_int_equal(put(sample, "bb", "no report"), 0);
    assert_int_equal(put(sample, "a", "another reason"), 0);
    assert_listed(
        sample, 0, 2,
        "3|in.eml|another reason|1|ca97\n2|in.eml|no report|2|3b64\n");
    assert_listed(sample, 2, 2, "1|in.eml|no report|1|ca97\n");
    assert_listed(sample, 1, 2, "");
}

static void the_same_again_is_kept_once(void **state)
{
    struct sample_store *sample = *state;
    int64_t count;

    assert_int_equal(put(sample, "a", "no report"), 0);
    assert_int_equal(put(sample, "a", "no report"), 1);
    assert_ok(sample,
              store_count_quarantined(sample->store, &count, &sample->err));
    assert_int_equal(count, 1);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM quarantine_finding"), 1);
}

/* Each tenant sees what came for it, and each address may be the one that a
 * domain names. */
static void each_arrival_is_kept_once(void **state)
{
    static const struct store_arrival arrivals[] = {
        { .source = "mx", .tenant = "north", .destination = "mailto:a@b" },
        { .source = "mx", .tenant = "south", .destination = "mailto:a@b" },
        { .source = "mx", .tenant = "south", .destination = "mailto:c@b" },
        { .source = "mx", .tenant = "north", .destination = "mailto:a@b" },
    };
    struct sample_store *sample = *state;
    unsigned char hash[DIGEST_BYTES];
    struct store_refusal refusal = { .raw_hash = hash,
                                     .input = "in.eml",
                                     .reason = "no report",
                                     .reader_version = 6 };

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample,
              store_put_raw(sample->store, SLICE("a"), hash, &sample->err));
    for (int i = 0; i < 4; i++) {
        refusal.arrival = arrivals[i];
        assert_int_equal(
            store_put_quarantine(sample->store, &refusal, &sample->err),
            i == 3);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 3);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 1);
}

static void the_raw_must_be_there(void **state)
{
    struct sample_store *sample = *state;
    unsigned char hash[DIGEST_BYTES] = { 1 };

    assert_int_equal(
        store_put_quarantine(sample->store,
                             &(struct store_refusal){ .raw_hash = hash,
                                                      .input = "",
                                                      .reason = "",
                                                      .reader_version = 1 },
                             &sample->err),
        -1);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_int_equal(
        store_put_quarantine(sample->store,
                             &(struct store_refusal){ .raw_hash = hash,
                                                      .input = "",
                                                      .reason = "",
                                                      .reader_version = 1 },
                             &sample->err),
        -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
}

static void a_list_takes_1_to_1000_lines(void **state)
{
    struct sample_store *sample = *state;
    struct lines lines = { 0 };

    assert_int_equal(store_each_quarantined(sample->store, 0, 0, add_line,
                                            &lines, &sample->err),
                     -1);
    assert_int_equal(store_each_quarantined(sample->store, 0, 1001, add_line,
                                            &lines, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_newest_come_first),        test(the_same_again_is_kept_once),
        test(each_arrival_is_kept_once),    test(the_raw_must_be_there),
        test(a_list_takes_1_to_1000_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
