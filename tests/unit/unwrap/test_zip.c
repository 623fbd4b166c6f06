/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "unwrap/limits.h"
#include "unwrap/samples.h"
#include "unwrap/zip.h"

static const struct sample_entry report = {
    "a.json", { "{\"a\":1}", 7 }, 0, 8
};

/* "NAME:TEXT;" or "NAME!REASON;" for each entry. */
static int describe(void *context, const struct zip_part *part, struct err *err)
{
    struct buffer *out = context;

    (void)err;
    buffer_add_text(out, part->name);
    if (part->refused) {
        buffer_add_format(out, "!%s;", part->refused);
    } else {
        buffer_add_char(out, ':');
        buffer_add(out, part->octets->ptr, part->octets->len);
        buffer_add_char(out, ';');
    }
    return 0;
}

/* Reads an archive; frees it. Returns: what zip_each returned. */
static int read_zip(struct buffer *zip, struct buffer *out, struct err *err)
{
    size_t left = UNWRAP_MAX_BYTES;
    int result;

    buffer_init(out, 1 << 20);
    *err = (struct err){ .kind = ERR_NONE };
    result = zip_each(buffer_slice(zip), &left, describe, out, err);
    buffer_deinit(zip);
    return result;
}

static void expect_text(struct buffer *zip, const char *want)
{
    struct buffer out;
    struct err err;

    assert_int_equal(read_zip(zip, &out, &err), 0);
    assert_string_equal(buffer_text(&out), want);
    buffer_deinit(&out);
}

static void expect_refusal(struct buffer *zip, enum err_kind kind,
                           const char *reason)
{
    struct buffer out;
    struct err err;

    assert_int_equal(read_zip(zip, &out, &err), -1);
    assert_int_equal(err.kind, kind);
    if (!strstr(err.text, reason))
        fail_msg("refused because: %s", err.text);
    buffer_deinit(&out);
}

static void entries_are_read_in_order(void **state)
{
    const struct sample_entry entries[] = {
        { "folder/", { "", 0 }, 0, 0 },
        { "folder/a.json", { "{}", 2 }, 0, 0 },
        report,
        { "empty", { "", 0 }, 0, 0 },
    };
    struct buffer zip;

    (void)state;
    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, entries, 4);
    expect_text(&zip, "folder/a.json:{};a.json:{\"a\":1};empty:;");
}

/* A month of daily reports as somebody packed a folder of them. */
static void what_is_no_file_takes_nobodys_place(void **state)
{
    enum { N = 300 };
    static char names[3][N][32];
    struct sample_entry entries[3 * N];
    struct buffer zip, out;
    struct err err;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        snprintf(names[0][i], sizeof names[0][i], "%zu/", i);
        snprintf(names[1][i], sizeof names[1][i], "__MACOSX/%zu/._a", i);
        snprintf(names[2][i], sizeof names[2][i], "%zu/a", i);
        for (size_t k = 0; k < 3; k++)
            entries[3 * i + k] =
                (struct sample_entry){ names[k][i], { "x", 1 }, 0, 0 };
    }
    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, entries, 3 * N);
    assert_int_equal(read_zip(&zip, &out, &err), 0);
    assert_non_null(strstr(buffer_text(&out), "0/a:x;1/a:x;"));
    assert_non_null(strstr(buffer_text(&out), ";299/a:x;"));
    assert_null(strstr(buffer_text(&out), "__MACOSX"));
    buffer_deinit(&out);
}

static void files_beyond_the_cap_are_told(void **state)
{
    struct sample_entry entries[UNWRAP_MAX_ZIP_FILES + 1];
    struct buffer zip, out;
    struct err err;

    (void)state;
    for (size_t i = 0; i <= UNWRAP_MAX_ZIP_FILES; i++)
        entries[i] = (struct sample_entry){ "a", { "x", 1 }, 0, 0 };
    for (size_t more = 0; more < 2; more++) {
        buffer_init(&zip, 1 << 20);
        sample_zip(&zip, entries, UNWRAP_MAX_ZIP_FILES + more);
        assert_int_equal(read_zip(&zip, &out, &err), more ? -1 : 0);
        assert_int_equal(out.len, UNWRAP_MAX_ZIP_FILES * strlen("a:x;"));
        if (more)
            assert_int_equal(err.kind, ERR_LIMIT);
        buffer_deinit(&out);
    }
}

static void padding_behind_the_archive_is_ignored(void **state)
{
    struct buffer zip;

    (void)state;
    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, &report, 1);
    buffer_add(&zip, "\r\n\0\0", 4);
    expect_text(&zip, "a.json:{\"a\":1};");
}

/* Cut at every octet: refused, as a whole or the entry. */
static void an_archive_cut_anywhere_is_refused(void **state)
{
    struct buffer whole;

    (void)state;
    buffer_init(&whole, 1 << 20);
    sample_zip(&whole, &report, 1);
    for (size_t cut = 0; cut < whole.len; cut++) {
        struct buffer zip, out;
        struct err err;

        buffer_init(&zip, 1 << 20);
        buffer_add(&zip, whole.ptr, cut);
        if (read_zip(&zip, &out, &err) == 0)
            assert_null(strstr(buffer_text(&out), "{\"a\""));
        else
            assert_int_equal(err.kind, ERR_INPUT);
        buffer_deinit(&out);
    }
    buffer_deinit(&whole);
}

/* Every octet changed: never another text than the right one. */
static void a_changed_octet_is_never_taken_for_the_text(void **state)
{
    struct buffer whole;

    (void)state;
    buffer_init(&whole, 1 << 20);
    sample_zip(&whole, &report, 1);
    for (size_t i = 0; i < whole.len; i++) {
        struct buffer zip, out;
        struct err err;
        const char *text;

        buffer_init(&zip, 1 << 20);
        buffer_add(&zip, whole.ptr, whole.len);
        zip.ptr[i] = (char)(zip.ptr[i] ^ 0x11);
        read_zip(&zip, &out, &err);
        text = strchr(buffer_text(&out), ':');
        if (text)
            assert_string_equal(text, ":{\"a\":1};");
        buffer_deinit(&out);
    }
    buffer_deinit(&whole);
}

/* Writes a number into the end of the directory, which is the last 22 octets. */
static void claim(struct buffer *zip, size_t at, size_t value, unsigned n)
{
    char *p = zip->ptr + zip->len - 22 + at;

    for (; n--; value >>= 8)
        *p++ = (char)(value & 0xff);
}

static void hostile_directories_never_reach_libzip(void **state)
{
    struct buffer zip;

    (void)state;
    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, &report, 1);
    claim(&zip, 10, 65535, 2);
    expect_refusal(&zip, ERR_LIMIT, "1000 entries");

    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, &report, 1);
    claim(&zip, 12, 1 << 20, 4);
    expect_refusal(&zip, ERR_LIMIT, "256 KiB");

    /* The locator of a 64-bit directory stands right before the end. */
    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, &report, 1);
    zip.len -= 22;
    buffer_add(&zip, "PK\x06\x07\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 20);
    buffer_add(&zip, "PK\x05\x06\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0", 22);
    expect_refusal(&zip, ERR_LIMIT, "64-bit");

    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, &report, 1);
    for (int i = 0; i < UNWRAP_MAX_ZIP_ENDS; i++)
        buffer_add(&zip, "PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    expect_refusal(&zip, ERR_LIMIT, "4 directories");
}

static void an_entry_larger_than_its_claim_is_refused(void **state)
{
    struct buffer zip, out;
    struct err err;
    char *size;

    (void)state;
    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, &report, 1);
    size = memmem(zip.ptr, zip.len, "PK\x01\x02", 4);
    assert_non_null(size);
    size[24] = 3; /* instead of 7 */
    assert_int_equal(read_zip(&zip, &out, &err), 0);
    assert_int_equal(strncmp(buffer_text(&out), "a.json!zip entry", 16), 0);
    buffer_deinit(&out);
}

static void a_bomb_is_refused_unread(void **state)
{
    size_t bytes = 4 << 20, left = UNWRAP_MAX_BYTES;
    char *zeros = calloc(1, bytes);
    struct sample_entry bomb = { "a.json", { zeros, bytes }, 0, 8 };
    struct buffer zip, out;

    (void)state;
    assert_non_null(zeros);
    buffer_init(&zip, 1 << 20);
    buffer_init(&out, 1 << 20);
    sample_zip(&zip, &bomb, 1);
    assert_int_equal(zip_each(buffer_slice(&zip), &left, describe, &out, NULL),
                     0);
    assert_string_equal(buffer_text(&out),
                        "a.json!zip expands more than 200 to 1;");
    assert_int_equal(left, UNWRAP_MAX_BYTES);
    buffer_reset(&out);
    left = 100;
    assert_int_equal(zip_each(buffer_slice(&zip), &left, describe, &out, NULL),
                     0);
    assert_string_equal(buffer_text(&out), "a.json!zip expands over 64 MiB;");
    buffer_deinit(&zip);
    buffer_deinit(&out);
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_read_in_order),
        cmocka_unit_test(what_is_no_file_takes_nobodys_place),
        cmocka_unit_test(files_beyond_the_cap_are_told),
        cmocka_unit_test(padding_behind_the_archive_is_ignored),
        cmocka_unit_test(an_archive_cut_anywhere_is_refused),
        cmocka_unit_test(a_changed_octet_is_never_taken_for_the_text),
        cmocka_unit_test(hostile_directories_never_reach_libzip),
        cmocka_unit_test(an_entry_larger_than_its_claim_is_refused),
        cmocka_unit_test(a_bomb_is_refused_unread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
