/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "unwrap/gzip.h"
#include "unwrap/limits.h"
#include "unwrap/samples.h"

/* Three kinds of text: short, one that packs well, one that does not. */
static struct slice texts[3];
static char packs_well[100000], packs_badly[100000];

static int make_texts(void **state)
{
    uint32_t seed = 1;

    (void)state;
    memset(packs_well, '{', sizeof packs_well);
    for (size_t i = 0; i < sizeof packs_badly; i++) {
        seed = seed * 1664525u + 1013904223u;
        packs_badly[i] = (char)(seed >> 24);
    }
    texts[0] = SLICE(SAMPLE_JSON);
    texts[1] = slice_make(packs_well, sizeof packs_well);
    texts[2] = slice_make(packs_badly, sizeof packs_badly);
    return 0;
}

static void what_was_deflated_is_inflated(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (int level = 1; level <= 9; level += 4) {
            struct gzip_facts facts;
            struct buffer gz, out;

            buffer_init(&gz, 1 << 20);
            buffer_init(&out, 1 << 20);
            buffer_add_text(&out, "before");
            assert_int_equal(gzip_deflate(texts[i], level, &gz, NULL), 0);
            assert_int_equal(
                gzip_inflate(buffer_slice(&gz), &out, &facts, NULL), 0);
            assert_true(
                slice_equal(slice_skip(buffer_slice(&out), 6), texts[i]));
            assert_int_equal(facts.n_members, 1);
            assert_int_equal(facts.padding_bytes, 0);
            assert_int_equal(facts.name.len, 0);
            buffer_reset(&out);
            assert_int_equal(
                gzip_restore(buffer_slice(&gz), texts[i].len, &out, NULL), 0);
            assert_true(slice_equal(buffer_slice(&out), texts[i]));
            assert_int_equal(
                gzip_restore(buffer_slice(&gz), texts[i].len + 1, &out, NULL),
                -1);
            buffer_deinit(&gz);
            buffer_deinit(&out);
        }
    }
}

/* Cut at every octet, a stream is refused with a reason, never half read. */
static void a_stream_cut_anywhere_is_refused(void **state)
{
    struct buffer gz;

    (void)state;
    buffer_init(&gz, 1 << 20);
    sample_gzip(&gz, SLICE(SAMPLE_JSON SAMPLE_JSON SAMPLE_JSON));
    for (size_t cut = 0; cut < gz.len; cut++) {
        struct err err = { .kind = ERR_NONE };
        /* An exact allocation, so that a read behind the cut is seen. */
        char *exact = malloc(cut + 1);
        struct gzip_facts facts;
        struct buffer out;

        memcpy(exact, gz.ptr, cut);
        exact = realloc(exact, cut ? cut : 1);
        buffer_init(&out, 1 << 20);
        assert_int_equal(
            gzip_inflate(slice_make(exact, cut), &out, &facts, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.text, "gzip is truncated");
        buffer_deinit(&out);
        free(exact);
    }
    buffer_deinit(&gz);
}

/* Every octet of header, data and trailer changed: refused or the same. */
static void a_changed_octet_is_never_taken_for_the_text(void **state)
{
    struct slice text = SLICE(SAMPLE_JSON);
    struct buffer gz;

    (void)state;
    buffer_init(&gz, 1 << 20);
    sample_gzip(&gz, text);
    for (size_t i = 0; i < gz.len; i++) {
        struct err err = { .kind = ERR_NONE };
        struct gzip_facts facts;
        struct buffer out;

        buffer_init(&out, 1 << 20);
        gz.ptr[i] = (char)(gz.ptr[i] ^ 0x10);
        if (gzip_inflate(buffer_slice(&gz), &out, &facts, &err) == 0)
            assert_true(slice_equal(buffer_slice(&out), text));
        else
            assert_int_equal(err.kind, ERR_INPUT);
        gz.ptr[i] = (char)(gz.ptr[i] ^ 0x10);
        buffer_deinit(&out);
    }
    buffer_deinit(&gz);
}

static void reasons_name_what_is_wrong(void **state)
{
    static const struct {
        size_t from_end;
        const char *reason;
    } rows[] = { { 8, "gzip has a wrong checksum" },
                 { 4, "gzip has a wrong length" },
                 { 10, "gzip is damaged" } };
    struct buffer gz;

    (void)state;
    buffer_init(&gz, 1 << 20);
    sample_gzip(&gz, SLICE(SAMPLE_JSON));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t at = i == 2 ? 3 : gz.len - rows[i].from_end;
        struct err err = { .kind = ERR_NONE };
        struct gzip_facts facts;
        struct buffer out;

        buffer_init(&out, 1 << 20);
        gz.ptr[at] = (char)~gz.ptr[at];
        assert_int_equal(gzip_inflate(buffer_slice(&gz), &out, &facts, &err),
                         -1);
        assert_string_equal(err.text, rows[i].reason);
        gz.ptr[at] = (char)~gz.ptr[at];
        buffer_deinit(&out);
    }
    buffer_deinit(&gz);
}

static const struct {
    const char *name, *between, *behind;
    size_t between_bytes, behind_bytes;
    unsigned n_members;
    size_t padding_bytes;
    bool is_blank;
} tails[] = {
    { "two members", "", "", 0, 0, 2, 0, true },
    { "CR LF behind", "", "\r\n", 0, 2, 2, 2, true },
    { "zeros behind", "", "\0\0\0\0", 0, 4, 2, 4, true },
    { "zeros between", "\0\0\0", "", 3, 0, 2, 0, true },
    { "other text behind", "", "-- scanned", 0, 10, 2, 10, false },
    { "other text between", "x", "", 1, 0, 1, 0, false },
};

static void members_are_joined_and_padding_is_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        struct gzip_facts facts;
        struct buffer gz, out;
        size_t first;

        buffer_init(&gz, 1 << 20);
        buffer_init(&out, 1 << 20);
        sample_gzip(&gz, SLICE("{\"a\":"));
        first = gz.len;
        buffer_add(&gz, tails[i].between, tails[i].between_bytes);
        sample_gzip(&gz, SLICE("1}"));
        buffer_add(&gz, tails[i].behind, tails[i].behind_bytes);
        assert_int_equal(gzip_inflate(buffer_slice(&gz), &out, &facts, NULL),
                         0);
        if (facts.n_members != tails[i].n_members ||
            facts.is_blank_padding != tails[i].is_blank)
            fail_msg("%s: %u members", tails[i].name, facts.n_members);
        assert_string_equal(buffer_text(&out),
                            facts.n_members == 2 ? "{\"a\":1}" : "{\"a\":");
        assert_int_equal(facts.padding_bytes, facts.n_members == 2
                                                  ? tails[i].padding_bytes
                                                  : gz.len - first);
        buffer_deinit(&gz);
        buffer_deinit(&out);
    }
}

static void a_damaged_second_member_is_refused(void **state)
{
    struct err err = { .kind = ERR_NONE };
    struct gzip_facts facts;
    struct buffer gz, out;

    (void)state;
    buffer_init(&gz, 1 << 20);
    buffer_init(&out, 1 << 20);
    sample_gzip(&gz, SLICE("{}"));
    sample_gzip(&gz, SLICE("{}"));
    gz.len -= 3;
    assert_int_equal(gzip_inflate(buffer_slice(&gz), &out, &facts, &err), -1);
    assert_string_equal(err.text, "gzip is truncated");
    assert_int_equal(err.offset, gz.len);
    buffer_deinit(&gz);
    buffer_deinit(&out);
}

static void the_name_is_found_behind_an_extra_field(void **state)
{
    struct gzip_facts facts;
    struct buffer gz, plain, out;

    (void)state;
    buffer_init(&plain, 1 << 20);
    buffer_init(&gz, 1 << 20);
    buffer_init(&out, 1 << 20);
    sample_gzip(&plain, SLICE("{}"));
    buffer_add(&gz, plain.ptr, 3);
    buffer_add_char(&gz, 4 | 8);
    buffer_add(&gz, plain.ptr + 4, 6);
    buffer_add(&gz,
               "\x03\0xyz"
               "name.json",
               15);
    buffer_add(&gz, plain.ptr + 10, plain.len - 10);
    assert_int_equal(gzip_inflate(buffer_slice(&gz), &out, &facts, NULL), 0);
    assert_true(slice_equal(facts.name, SLICE("name.json")));
    buffer_deinit(&plain);
    buffer_deinit(&gz);
    buffer_deinit(&out);
}

/* Returns: the error kind of inflating `bytes` zeros into max_bytes. */
static enum err_kind inflate_zeros(size_t bytes, size_t max_bytes,
                                   size_t *out_held)
{
    char *zeros = calloc(1, bytes);
    struct err err = { .kind = ERR_NONE };
    struct gzip_facts facts;
    struct buffer gz, out;

    assert_non_null(zeros);
    buffer_init(&gz, 1 << 24);
    buffer_init(&out, max_bytes);
    sample_gzip(&gz, slice_make(zeros, bytes));
    gzip_inflate(buffer_slice(&gz), &out, &facts, &err);
    *out_held = out.capacity;
    buffer_deinit(&gz);
    buffer_deinit(&out);
    free(zeros);
    return err.kind;
}

static void a_bomb_is_stopped_early(void **state)
{
    size_t held;

    (void)state;
    /* Up to 1 MiB anything may repeat as it likes. */
    assert_int_equal(inflate_zeros(1 << 20, 1 << 26, &held), ERR_NONE);
    /* A thousand to one is stopped when it is met, not at the size cap. */
    assert_int_equal(inflate_zeros(30 << 20, 1 << 26, &held), ERR_LIMIT);
    assert_true(held <= 4 << 20);
}

static void the_size_cap_holds_to_the_octet(void **state)
{
    struct buffer gz, out;
    struct gzip_facts facts;

    (void)state;
    buffer_init(&gz, 1 << 20);
    sample_gzip(&gz, texts[2]);
    for (int less = 0; less < 2; less++) {
        struct err err = { .kind = ERR_NONE };

        buffer_init(&out, texts[2].len - (size_t)less);
        assert_int_equal(gzip_inflate(buffer_slice(&gz), &out, &facts, &err),
                         -less);
        assert_int_equal(err.kind, less ? ERR_LIMIT : ERR_NONE);
        buffer_deinit(&out);
    }
    buffer_deinit(&gz);
}

/* What stands twice is packed once, however far apart: up to 32 KiB the window is
 * as large as the whole. */
static void windows_see_all_of_it(void **state)
{
    static char twice[2 * 16000];

    (void)state;
    for (size_t bytes = 0; bytes <= 16000; bytes += bytes / 50 + 1) {
        struct buffer gz, out;
        struct gzip_facts facts;

        buffer_init(&gz, 1 << 20);
        buffer_init(&out, 1 << 20);
        memcpy(twice, packs_badly, bytes);
        memcpy(twice + bytes, packs_badly, bytes);
        assert_int_equal(
            gzip_deflate(slice_make(twice, 2 * bytes), 6, &gz, NULL), 0);
        assert_in_range(gz.len, 18, bytes + bytes / 20 + 60);
        assert_int_equal(gzip_inflate(buffer_slice(&gz), &out, &facts, NULL),
                         0);
        assert_true(
            slice_equal(buffer_slice(&out), slice_make(twice, 2 * bytes)));
        buffer_deinit(&gz);
        buffer_deinit(&out);
    }
}

static void deflating_into_too_little_room_is_an_error(void **state)
{
    struct err err = { .kind = ERR_NONE };
    struct buffer out;

    (void)state;
    buffer_init(&out, 100);
    assert_int_equal(gzip_deflate(texts[2], 6, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(out.len, 0);
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_deflated_is_inflated),
        cmocka_unit_test(a_stream_cut_anywhere_is_refused),
        cmocka_unit_test(a_changed_octet_is_never_taken_for_the_text),
        cmocka_unit_test(reasons_name_what_is_wrong),
        cmocka_unit_test(members_are_joined_and_padding_is_ignored),
        cmocka_unit_test(a_damaged_second_member_is_refused),
        cmocka_unit_test(the_name_is_found_behind_an_extra_field),
        cmocka_unit_test(a_bomb_is_stopped_early),
        cmocka_unit_test(the_size_cap_holds_to_the_octet),
        cmocka_unit_test(windows_see_all_of_it),
        cmocka_unit_test(deflating_into_too_little_room_is_an_error),
    };

    return cmocka_run_group_tests(tests, make_texts, NULL);
}
