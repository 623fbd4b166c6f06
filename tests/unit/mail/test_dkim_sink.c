/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "mail/dkim_sink.h"
#include "row.h"

static void check(const char *row, struct dkim_sink *sink, struct slice want)
{
    unsigned char got[DIGEST_BYTES], expected[DIGEST_BYTES];

    dkim_sink_finish(sink, got);
    assert_int_equal(digest_compute(want, expected), 0);
    ROW_OCTETS(row, slice_make(got, DIGEST_BYTES),
               slice_make(expected, DIGEST_BYTES));
}

/* Pieces around the size of what is staged, and one after the other. */
static void pieces_give_the_digest_of_the_whole(void **state)
{
    static const size_t sizes[] = { 1, 7, 4095, 4096, 4097, 10000 };
    static char octets[40000];
    struct dkim_sink sink;

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (char)(i * 7);
    assert_int_equal(dkim_sink_init(&sink), 0);
    check("nothing", &sink, slice_make("", 0));
    for (size_t i = 0; i < ROWS(sizes); i++) {
        size_t at = 0;

        while (at < sizeof(octets)) {
            size_t n =
                sizes[i] < sizeof(octets) - at ? sizes[i] : sizeof(octets) - at;

            dkim_sink_add(&sink, slice_make(octets + at, n));
            dkim_sink_add(&sink, slice_make(NULL, 0));
            at += n;
        }
        check("whole", &sink, slice_make(octets, sizeof(octets)));
    }
    dkim_sink_deinit(&sink);
}

static void words_have_one_blank_between(void **state)
{
    static const struct {
        const char *text, *want;
        bool before, after; /* the gap */
    } rows[] = {
        { "a", "a", false, false },   { "a  b\t c", "a b c", false, false },
        { " a", " a", false, false }, { "a \t", "a", false, true },
        { "a", " a", true, false },   { "  ", "", false, true },
        { "", "", true, true },       { "a\rb", "a\rb", false, false },
    };
    struct dkim_sink sink;

    (void)state;
    assert_int_equal(dkim_sink_init(&sink), 0);
    for (size_t i = 0; i < ROWS(rows); i++) {
        bool gap = rows[i].before;

        dkim_sink_add_words(&sink, slice_of(rows[i].text), &gap);
        check(rows[i].text, &sink, slice_of(rows[i].want));
        ROW_NUMBER(rows[i].text, gap, rows[i].after);
    }
    dkim_sink_deinit(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
        cmocka_unit_test(words_have_one_blank_between),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
