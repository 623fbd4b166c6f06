/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unwrap/sniff.h"

static const struct {
    const char *name;
    struct slice octets;
    enum sniff_kind kind;
} rows[] = {
    { "nothing", { "", 0 }, SNIFF_EMPTY },
    { "blanks", { " \t\r\n", 4 }, SNIFF_EMPTY },
    { "gzip", { "\x1f\x8b\x08", 3 }, SNIFF_GZIP },
    { "zip", { "PK\x03\x04", 4 }, SNIFF_ZIP },
    { "empty zip", { "PK\x05\x06", 4 }, SNIFF_ZIP },
    { "zip of several disks", { "PK\x07\x08", 4 }, SNIFF_ZIP },
    { "text that begins with PK", { "PKZIP", 5 }, SNIFF_OTHER },
    { "zlib", { "x\x9c", 2 }, SNIFF_ZLIB },
    { "bzip2", { "BZh9", 4 }, SNIFF_PACKED },
    { "zstd", { "\x28\xb5\x2f\xfd", 4 }, SNIFF_PACKED },
    { "rar", { "Rar!\x1a\x07", 6 }, SNIFF_PACKED },
    { "7z", { "7z\xbc\xaf\x27\x1c", 6 }, SNIFF_PACKED },
    { "UTF-16", { "\xff\xfe{\0", 4 }, SNIFF_UTF16 },
    { "UTF-32 is not UTF-16", { "\xff\xfe\0\0{\0\0\0", 8 }, SNIFF_OTHER },
    { "object", { "{ \"a\": 1}", 9 }, SNIFF_JSON },
    { "empty object", { "{}", 2 }, SNIFF_JSON },
    { "object behind BOM and blanks", { "\xef\xbb\xbf \n{\"", 7 }, SNIFF_JSON },
    { "array of objects", { "[\n{", 3 }, SNIFF_JSON },
    { "empty array", { "[ ]", 3 }, SNIFF_JSON },
    { "banner in brackets", { "[EXTERNAL] mail", 15 }, SNIFF_OTHER },
    { "template in braces", { "{{name}}", 8 }, SNIFF_OTHER },
    { "a brace alone", { "{", 1 }, SNIFF_OTHER },
    { "DMARC", { "<?xml?><feedback>", 17 }, SNIFF_DMARC },
    { "DMARC with a prefix", { "<a:feedback xmlns", 17 }, SNIFF_DMARC },
    { "DMARC in capitals", { "<!-- a:b --><FEEDBACK/>", 23 }, SNIFF_DMARC },
    { "a name in a value", { "<a b='c:feedback'>", 18 }, SNIFF_OTHER },
    { "DMARC behind text", { "x <feedback>", 12 }, SNIFF_OTHER },
    { "HTML", { "<html>", 6 }, SNIFF_OTHER },
    { "text", { "hello", 5 }, SNIFF_OTHER },
    { "one x", { "x", 1 }, SNIFF_OTHER },
};

static void octets_are_known_by_their_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum sniff_kind kind = sniff_octets(rows[i].octets);

        if (kind != rows[i].kind)
            fail_msg("%s: got %d, expected %d", rows[i].name, (int)kind,
                     (int)rows[i].kind);
    }
}

static void the_mark_is_skipped_once(void **state)
{
    (void)state;
    assert_true(slice_equal(sniff_skip_mark(SLICE("\xef\xbb\xbf\xef\xbb\xbf")),
                            SLICE("\xef\xbb\xbf")));
    assert_true(
        slice_equal(sniff_skip_mark(SLICE("\xef\xbb")), SLICE("\xef\xbb")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_are_known_by_their_first),
        cmocka_unit_test(the_mark_is_skipped_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
