/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/domain.h"

#include <stdlib.h>

#include "row.h"

#define LABEL_63                                                               \
    "abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrstuvwxy"
#define NAME_253                                                               \
    LABEL_63 "." LABEL_63 "." LABEL_63                                         \
             ".abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrstuvw"

static const struct {
    const char *name, *text, *expected;
    unsigned changes;
} rows[] = {
    { "empty", "", "", DOMAIN_SAME },
    { "blanks alone", "  ", "", DOMAIN_BLANKS },
    { "as it should be", "mx1.example.com", "mx1.example.com", DOMAIN_SAME },
    { "capitals", "MX1.Example.COM", "mx1.example.com", DOMAIN_FOLDED },
    { "root dot", "example.com.", "example.com", DOMAIN_ROOT_DOT },
    { "two root dots", "example.com..", "example.com", DOMAIN_ROOT_DOT },
    { "blanks around", " example.com\r\n", "example.com", DOMAIN_BLANKS },
    { "root dot and blanks, twice", "example.com. . ", "example.com",
      DOMAIN_ROOT_DOT | DOMAIN_BLANKS },
    { "root alone", ".", ".", DOMAIN_BAD },
    { "underscore", "_mta-sts.example.com", "_mta-sts.example.com",
      DOMAIN_SAME },
    { "wildcard", "*.example.com", "*.example.com", DOMAIN_SAME },
    { "one label", "localhost", "localhost", DOMAIN_SAME },
    { "u-label",
      "b\xc3\xbc"
      "cher.example",
      "xn--bcher-kva.example", DOMAIN_U_LABEL },
    { "u-label in capitals",
      "B\xc3\x9c"
      "CHER.example",
      "xn--bcher-kva.example", DOMAIN_FOLDED | DOMAIN_U_LABEL },
    { "sharp s is kept by idna 2008",
      "stra\xc3\x9f"
      "e.example",
      "xn--strae-oqa.example", DOMAIN_U_LABEL },
    { "u-label and root dot",
      "b\xc3\xbc"
      "cher.example.",
      "xn--bcher-kva.example", DOMAIN_U_LABEL | DOMAIN_ROOT_DOT },
    { "ideographic full stops", "\xe4\xbe\x8b\xe3\x80\x82\xe4\xbe\x8b",
      "xn--fsq.xn--fsq", DOMAIN_U_LABEL },
    { "a-label", "xn--bcher-kva.example", "xn--bcher-kva.example",
      DOMAIN_SAME },
    { "label of 63", LABEL_63, LABEL_63, DOMAIN_SAME },
    { "label of 64", LABEL_63 "a", LABEL_63 "a", DOMAIN_BAD },
    { "name of 253", NAME_253, NAME_253, DOMAIN_SAME },
    { "name of 253 and root dot", NAME_253 ".", NAME_253, DOMAIN_ROOT_DOT },
    { "name of 254", NAME_253 "a", NAME_253 "a", DOMAIN_BAD },
    { "empty label", "a..b", "a..b", DOMAIN_BAD },
    { "leading dot", ".example.com", ".example.com", DOMAIN_BAD },
    { "blank within", "mx example.com", "mx example.com", DOMAIN_BAD },
    { "mail address", "Post@Example.com", "post@example.com",
      DOMAIN_BAD | DOMAIN_FOLDED },
    { "url", "https://example.com/", "https://example.com/", DOMAIN_BAD },
    { "control octet", "mx\x1b.example", "mx\x1b.example", DOMAIN_BAD },
    { "address", "192.0.2.1", "192.0.2.1", DOMAIN_SAME },
};

static void names_are_normalised(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena arena;
        unsigned changes = 0xffff;

        arena_init(&arena, 100000);
        ROW_TEXT(rows[i].name,
                 domain_normalise(&arena, slice_of(rows[i].text), &changes),
                 rows[i].expected);
        ROW_NUMBER(rows[i].name, changes, rows[i].changes);
        assert_non_null(domain_normalise(&arena, slice_of(rows[i].text), NULL));
        arena_deinit(&arena);
    }
}

/* Names that a mapping of Unicode turns into odd ASCII come to rest at once. */
static void normalising_twice_changes_nothing(void **state)
{
    static const char *const more[] = {
        "\xe4\xbe\x8b\xe3\x80\x82", /* ideographic full stop last */
        "\xe3\x80\x80"
        "b\xc3\xbc"
        "cher.example", /* ideographic space */
        "b\xc3\xbc"
        "cher.example\xe3\x80\x80",
        "\xef\xbc\x8a.b\xc3\xbc"
        "cher.example",                     /* fullwidth asterisk */
        "\xef\xbc\xa1\xef\xbc\xa2.example", /* fullwidth letters */
        "b\xc3\xbc"
        "cher\xef\xbc\x8f.example", /* fullwidth slash */
        "\xc2\xad",                 /* soft hyphen, ignored */
        "\xe2\x80\xae"
        "abc.example", /* direction override */
        "a. . .",
        ". .",
        " . ",
        "x .",
        "x. .",
        "\xff\xfe.example",
        "XN--BCHER-KVA.example",
        "xn--\xc3\xbc.example",
        "\xf0\x9f\x98\x80.example",
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1000000);
    for (size_t i = 0; i < ROWS(rows) + ROWS(more); i++) {
        const char *text = i < ROWS(rows) ? rows[i].text : more[i - ROWS(rows)];
        const char *once, *twice;
        unsigned first, second;

        once = domain_normalise(&arena, slice_of(text), &first);
        twice = domain_normalise(&arena, slice_of(once), &second);
        ROW_TEXT(text, twice, once);
        ROW_NUMBER(text, second, first & DOMAIN_BAD);
    }
    arena_deinit(&arena);
}

static void names_are_shown_in_unicode_unless_they_deceive(void **state)
{
    static const struct {
        const char *name, *text, *expected;
    } shown[] = {
        { "ascii", "mx.example", "mx.example" },
        { "german", "xn--bcher-kva.example",
          "b\xc3\xbc"
          "cher.example" },
        { "greek", "xn--hxajbheg2az3al.example",
          "\xcf\x80\xce\xb1\xcf\x81\xce\xac\xce\xb4\xce\xb5\xce\xb9\xce\xb3"
          "\xce\xbc\xce\xb1.example" },
        { "chinese", "xn--fsq.example", "\xe4\xbe\x8b.example" },
        { "cyrillic label beside a latin one", "xn--e1afmkfd.example",
          "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.example" },
        /* p, cyrillic a, y, p, a, l */
        { "latin and cyrillic in one label", "xn--pypal-4ve.com",
          "xn--pypal-4ve.com" },
        /* g, greek omicron, o, g, l, e */
        { "latin and greek in one label", "xn--gogle-kce.com",
          "xn--gogle-kce.com" },
        { "no punycode behind the prefix", "xn--\x7f.example",
          "xn--\x7f.example" },
        { "another a-label is the right one", "xn--BCHER-kva.example",
          "xn--BCHER-kva.example" },
        { "hides a direction override", "xn--ab-g4t.com", "xn--ab-g4t.com" },
        { "hides a control character", "xn--ab-mca.com", "xn--ab-mca.com" },
        { "hides a blank of no width", "xn--ab-g1t.com", "xn--ab-g1t.com" },
        { "hides a byte order mark", "xn--abc-5z6s.com", "xn--abc-5z6s.com" },
        { "hides another dot", "xn--ab-r13a.com", "xn--ab-r13a.com" },
        { "prefix within a label", "axn--bcher-kva.example",
          "axn--bcher-kva.example" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    for (size_t i = 0; i < ROWS(shown); i++) {
        const char *got = domain_unicode(&arena, shown[i].text);

        ROW_TEXT(shown[i].name, got, shown[i].expected);
    }
    arena_deinit(&arena);
}

static void no_memory_is_told_or_borne(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    assert_null(domain_normalise(&arena, SLICE("a.example"), NULL));
    assert_string_equal(domain_unicode(&arena, "xn--bcher-kva.example"),
                        "xn--bcher-kva.example");
    arena_init(&arena, 48);
    assert_null(domain_normalise(&arena,
                                 SLICE("b\xc3\xbc"
                                       "cher.example"),
                                 NULL));
    arena_deinit(&arena);
}

static void plain_names_are_told_from_others(void **state)
{
    static const char *const plain[] = { "a", "a.b", "x-1.example", "1.2" };
    static const char *const other[] = { "",    "A.b",  "a.",
                                         ".a",  "a..b", "*.a",
                                         "a b", "a_b",  "\xc3\xbc.a" };

    (void)state;
    for (size_t i = 0; i < ROWS(plain); i++)
        assert_true(domain_is_plain(slice_of(plain[i])));
    for (size_t i = 0; i < ROWS(other); i++)
        assert_false(domain_is_plain(slice_of(other[i])));
}

static void a_plain_name_stays_as_it_is(void **state)
{
    size_t n_plain = 0;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice text = slice_of(rows[i].text);

        if (!domain_is_plain(text))
            continue;
        n_plain++;
        ROW_NUMBER(rows[i].name, rows[i].changes, DOMAIN_SAME);
        assert_string_equal(rows[i].text, rows[i].expected);
    }
    assert_true(n_plain > 2);
}

/* What stands where a name should is a key of groups: it has a length. */
static void text_that_is_no_name_is_cut(void **state)
{
    enum { LONG = 100000 };
    static const struct {
        const char *name, *piece;
        size_t len;
    } pieces[] = {
        { "letters", "a", DOMAIN_TEXT_MAX_BYTES },
        { "characters of three octets", "\xe4\xbe\x8b",
          DOMAIN_TEXT_MAX_BYTES / 3 * 3 },
        { "dots behind the cut go", "a................", 1004 },
    };
    char *text = malloc(LONG);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < ROWS(pieces); i++) {
        size_t n = strlen(pieces[i].piece);
        const char *once, *twice;
        struct arena arena;
        unsigned changes;

        for (size_t at = 0; at < LONG; at++)
            text[at] = pieces[i].piece[at % n];
        arena_init(&arena, 1 << 20);
        once =
            domain_normalise(&arena, slice_make(text, LONG / n * n), &changes);
        assert_non_null(once);
        ROW_NUMBER(pieces[i].name, strlen(once), pieces[i].len);
        assert_true(changes & DOMAIN_BAD);
        twice = domain_normalise(&arena, slice_of(once), &changes);
        assert_string_equal(once, twice);
        arena_deinit(&arena);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_normalised),
        cmocka_unit_test(normalising_twice_changes_nothing),
        cmocka_unit_test(names_are_shown_in_unicode_unless_they_deceive),
        cmocka_unit_test(no_memory_is_told_or_borne),
        cmocka_unit_test(plain_names_are_told_from_others),
        cmocka_unit_test(a_plain_name_stays_as_it_is),
        cmocka_unit_test(text_that_is_no_name_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
