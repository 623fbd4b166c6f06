/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/imap_reply.h"
#include "row.h"

static void replies_are_measured(void **state)
{
    static const struct {
        const char *name;
        struct slice input;
        enum imap_length length;
        size_t bytes;
    } rows[] = {
        { "nothing", SLICE(""), IMAP_PART, 0 },
        { "half a line", SLICE("* OK hal"), IMAP_PART, 0 },
        { "a line", SLICE("* OK\r\n* X"), IMAP_WHOLE, 6 },
        { "a bare LF", SLICE("* OK\n* X"), IMAP_WHOLE, 5 },
        { "a literal on its way", SLICE("* 1 FETCH (BODY[] {5}\r\nab"),
          IMAP_PART, 0 },
        { "a literal without its line's end",
          SLICE("* 1 FETCH (BODY[] {5}\r\nabcde)"), IMAP_PART, 0 },
        { "a literal", SLICE("* 1 FETCH (BODY[] {5}\r\nabcde)\r\nT1 OK\r\n"),
          IMAP_WHOLE, 31 },
        { "a reply in a literal",
          SLICE("* 1 FETCH (BODY[] {7}\r\nT1 OK\r\n)\r\nT1 OK\r\n"), IMAP_WHOLE,
          33 },
        { "two literals", SLICE("* A {1}\r\nx {0}\r\n\r\n"), IMAP_WHOLE, 18 },
        { "the largest literal", SLICE("* A {10}\r\n0123456789\r\n"),
          IMAP_WHOLE, 22 },
        { "a literal too large", SLICE("* A {11}\r\n"), IMAP_TOO_LONG, 0 },
        { "a literal beyond numbers",
          SLICE("* A {99999999999999999999999}\r\n"), IMAP_TOO_LONG, 0 },
        { "no literal", SLICE("* A {x}\r\n"), IMAP_WHOLE, 9 },
        { "an empty brace", SLICE("* A {}\r\n"), IMAP_WHOLE, 8 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t bytes = 0;

        ROW_NUMBER(rows[i].name, imap_reply_measure(rows[i].input, 10, &bytes),
                   rows[i].length);
        ROW_NUMBER(rows[i].name, bytes, rows[i].bytes);
    }
}

static void replies_are_taken_apart(void **state)
{
    static const struct {
        const char *line;
        int rc;
        const char *tag;
        enum imap_status status;
        const char *code;
        const char *text;
        uint32_t number;
        const char *rest;
    } rows[] = {
        { "* OK [UIDVALIDITY 5] UIDs valid\r\n", 0, "", IMAP_OK,
          "UIDVALIDITY 5", "UIDs valid", 0, "" },
        { "T1 no [TRYCREATE] None\r\n", 0, "T1", IMAP_NO, "TRYCREATE", "None",
          0, "" },
        { "T1 BAD\r\n", 0, "T1", IMAP_BAD, "", "", 0, "" },
        { "* BYE shutting down\r\n", 0, "", IMAP_BYE, "", "shutting down", 0,
          "" },
        { "* 23 EXISTS\r\n", 0, "", IMAP_DATA, "", "", 23, "" },
        { "* 2 FETCH (UID 5)\r\n", 0, "", IMAP_DATA, "", "", 2, "(UID 5)" },
        { "* SEARCH 1 2\r\n", 0, "", IMAP_DATA, "", "", 0, "1 2" },
        { "+ go on\r\n", 0, "+", IMAP_DATA, "", "go on", 0, "" },
        { "T1 FETCH (UID 5)\r\n", -1, "", 0, "", "", 0, "" },
        { "* 99999999999 EXISTS\r\n", -1, "", 0, "", "", 0, "" },
        { "* 1x EXISTS\r\n", -1, "", 0, "", "", 0, "" },
        { "*\r\n", -1, "", 0, "", "", 0, "" },
        { " OK\r\n", -1, "", 0, "", "", 0, "" },
        { "\r\n", -1, "", 0, "", "", 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct imap_reply met = { 0 };
        int rc = imap_reply_parse(slice_of(rows[i].line), &met);

        ROW_NUMBER(rows[i].line, rc, rows[i].rc);
        if (rc)
            continue;
        assert_true(slice_equal(met.tag, slice_of(rows[i].tag)));
        ROW_NUMBER(rows[i].line, met.status, rows[i].status);
        assert_true(slice_equal(met.code, slice_of(rows[i].code)));
        assert_true(slice_equal(met.text, slice_of(rows[i].text)));
        ROW_NUMBER(rows[i].line, met.number, rows[i].number);
        if (rows[i].status == IMAP_DATA && met.tag.len == 0)
            assert_true(slice_equal(met.rest, slice_of(rows[i].rest)));
    }
}

static void mails_are_read_in_any_form(void **state)
{
    static const struct {
        const char *rest;
        int rc;
        uint32_t uid;
        uint64_t size;
        const char *body; /* NULL: none */
    } rows[] = {
        { "(UID 7 RFC822.SIZE 300)", 0, 7, 300, NULL },
        { "(BODY[] {3}\r\na)b UID 7)", 0, 7, 0, "a)b" },
        { "(UID 7 BODY[] \"a\\\"b\")", 0, 7, 0, "a\\\"b" },
        { "(UID 7 BODY[] NIL)", 0, 7, 0, "" },
        { "(UID 7 FLAGS (\\Seen $x) body[] {0}\r\n)", 0, 7, 0, "" },
        { "(X (a (b {1}\r\n)) \"(\") BODY[HEADER.FIELDS (TO CC)] {1}\r\nx UID 9)",
          0, 9, 0, NULL },
        { "(FLAGS (\\Seen))", 0, 0, 0, NULL },
        { "()", 0, 0, 0, NULL },
        { "", -1, 0, 0, NULL },
        { "(UID)", -1, 0, 0, NULL },
        { "(UID x)", -1, 0, 0, NULL },
        { "(UID 99999999999)", -1, 0, 0, NULL },
        { "(UID 7", -1, 0, 0, NULL },
        { "(BODY[] {9}\r\nabc)", -1, 0, 0, NULL },
        { "(BODY[] {3} x {3}\r\nabc)", -1, 0, 0, NULL },
        { "(BODY[] \"abc)", -1, 0, 0, NULL },
        { "(X ((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))"
          "))))",
          -1, 0, 0, NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct imap_mail met = { 0 };
        int rc = imap_reply_mail(slice_of(rows[i].rest), &met);

        ROW_NUMBER(rows[i].rest, rc, rows[i].rc);
        ROW_NUMBER(rows[i].rest, met.uid, rows[i].uid);
        ROW_NUMBER(rows[i].rest, met.size, rows[i].size);
        ROW_NUMBER(rows[i].rest, met.has_body, rows[i].body != NULL);
        if (rows[i].body && !slice_equal(met.body, slice_of(rows[i].body)))
            fail_msg("%s: another body", rows[i].rest);
    }
}

static void numbers_of_a_search_are_taken(void **state)
{
    struct slice rest =
        SLICE("1  22 x 3y 0 4294967295 4294967296 (MODSEQ 5) 6");
    static const uint32_t wanted[] = { 1, 22, 4294967295, 6 };
    uint32_t number;

    (void)state;
    for (size_t i = 0; i < ROWS(wanted); i++) {
        assert_int_equal(imap_reply_number(&rest, &number), 0);
        assert_int_equal(number, wanted[i]);
    }
    assert_int_equal(imap_reply_number(&rest, &number), 1);
}

static void codes_and_words_are_found(void **state)
{
    uint32_t number = 0;

    (void)state;
    assert_int_equal(imap_reply_code(SLICE("uidnext 12"), "UIDNEXT", &number),
                     0);
    assert_int_equal(number, 12);
    assert_int_equal(imap_reply_code(SLICE("UIDNEXT"), "UIDNEXT", &number), 1);
    assert_int_equal(imap_reply_code(SLICE("UIDNEXT 1x"), "UIDNEXT", &number),
                     1);
    assert_int_equal(imap_reply_code(SLICE("UNSEEN 1"), "UIDNEXT", &number), 1);
    assert_true(imap_reply_has_word(SLICE("IMAP4rev1 move IDLE"), "MOVE"));
    assert_false(imap_reply_has_word(SLICE("IMAP4rev1 MOVED"), "MOVE"));
    assert_false(imap_reply_has_word(SLICE(""), "MOVE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_measured),
        cmocka_unit_test(replies_are_taken_apart),
        cmocka_unit_test(mails_are_read_in_any_form),
        cmocka_unit_test(numbers_of_a_search_are_taken),
        cmocka_unit_test(codes_and_words_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
