/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "mail/limits.h"
#include "mail/look.h"
#include "mail/mail.h"

#define MIXED HEAD "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
#define UNBOUND HEAD "Content-Type: multipart/report; report-type=tlsrpt\n\n"
#define FORWARD "--b\nContent-Type: message/rfc822\n\n"

static const struct look_row rows[] = {
    { "no multipart", HEAD "Content-Type: text/plain\n\nhello\n",
      "1 text/plain - <hello\n>;", MAIL_NOT_MULTIPART },
    { "no media type", HEAD "\nhello\n", "1  - <hello\n>;",
      MAIL_NOT_MULTIPART },
    { "two parts", MULTI "--b\n\none\n--b\n\ntwo\n--b--\n",
      "1  - <one>;2  - <two>;", 0 },
    { "text before and behind",
      MULTI "before\n--b\n\none\n--b--\nbehind\n--b\n\nno\n", "1  - <one>;",
      0 },
    { "multipart/mixed", MIXED "--b\n\nx\n--b--\n", "1  - <x>;",
      MAIL_NOT_REPORT },
    { "report-type in capitals",
      HEAD "Content-Type: MULTIPART/Report; boundary=b; report-type=\"TLSRPT\""
           "\n\n--b\n\nx\n--b--\n",
      "1  - <x>;", 0 },
    { "another report-type",
      HEAD "Content-Type: multipart/report; boundary=b; report-type=x\n\n"
           "--b\n\nx\n--b--\n",
      "1  - <x>;", MAIL_NOT_REPORT },
    { "multipart in multipart",
      MULTI "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c"
            "\n\ntwo\n--c--\n--b\n\nthree\n--b--\n",
      "1  - <one>;2  - <two>;3  - <three>;", 0 },
    { "closing boundary missing", MULTI "--b\n\none\n--b\n\ntwo\n",
      "1  - <one>;2  - <two\n>;", MAIL_NO_END_BOUNDARY },
    { "boundary missing in the header", UNBOUND "x\n--c\n\none\n--c--\n",
      "1  - <one>;", MAIL_NO_BOUNDARY },
    { "another boundary in the header", MULTI "--\"c\\\n\none\n--\"c\\--\n",
      "1  - <one>;", MAIL_NO_BOUNDARY },
    { "no boundary anywhere", UNBOUND "{\"a\": 1}\n", "1  - <{\"a\": 1}\n>;",
      MAIL_NO_BOUNDARY },
    { "no boundary anywhere, base64", UNBOUND "H4sI\n", "1  - <\x1f\x8b\x08>;",
      MAIL_NO_BOUNDARY | MAIL_BASE64_UNMARKED },
    { "guessed once only",
      UNBOUND "--c\nContent-Type: multipart/mixed\n\n--d\n\none\n--c--\n", "",
      0 },
    { "no part at all", MULTI, "", 0 },
    { "enclosed message", MULTI FORWARD HEAD "\ntext\n--b--\n", "1  - <text>;",
      MAIL_ENCLOSED },
    { "enclosed without a type of its own, in a digest",
      HEAD "Content-Type: multipart/digest; boundary=b\n\n--b\n\n" HEAD
           "\ntext\n--b--\n",
      "1  - <text>;", MAIL_NOT_REPORT | MAIL_ENCLOSED },
    { "enclosed message is the mail",
      HEAD "Content-Type: message/rfc822\n\n" HEAD "\ntext\n", "1  - <text\n>;",
      MAIL_NOT_MULTIPART | MAIL_ENCLOSED },
    { "enclosed message in base64 stays closed",
      MULTI "--b\nContent-Type: message/rfc822\n"
            "Content-Transfer-Encoding: base64\n\nUzogcwoKeA==\n--b--\n",
      "1 message/rfc822 - <S: s\n\nx>;", 0 },
    { "nothing enclosed", MULTI FORWARD "--b--\n", "", 0 },
};

static void leaves_come_in_order(void **state)
{
    (void)state;
    look_at_rows(rows, sizeof rows / sizeof *rows);
}

static int keep_header(void *context, const struct mail_header *header,
                       const struct mail_part *part, struct err *err)
{
    (void)err;
    ((const struct mail_header **)context)[part->number - 1] = header;
    return 0;
}

static void fields_of_a_forwarded_mail_are_found(void **state)
{
    const struct mail_header *headers[3] = { NULL };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        mail_read(&arena,
                  SLICE(MIXED "--b\n\nsee below\n" FORWARD
                              "Subject: inner\nTLS-Report-Domain: d.example\n"
                              "TLS-Report-Submitter: s.example\n\ntext\n"
                              "--b\n\nlast\n--b--\n"),
                  keep_header, headers, NULL),
        0);
    assert_null(headers[0]->tls_report_domain);
    assert_string_equal(headers[1]->tls_report_domain, "d.example");
    assert_string_equal(headers[1]->tls_report_submitter, "s.example");
    assert_string_equal(headers[1]->subject, "s");
    assert_null(headers[2]->tls_report_domain);
    arena_deinit(&arena);
}

static int count(void *context, const struct mail_header *header,
                 const struct mail_part *part, struct err *err)
{
    (void)header;
    (void)part;
    (void)err;
    ++*(unsigned *)context;
    return 0;
}

enum nesting { ENCLOSED, MULTIPARTS, NESTING_COUNT };

/* depth headers before a last one. */
static int read_nested(enum nesting nesting, unsigned depth, struct err *err)
{
    struct arena arena;
    struct buffer b;
    unsigned n = 0;
    int result;

    arena_init(&arena, 1 << 20);
    buffer_init(&b, 1 << 20);
    buffer_add_text(&b, "A: b\n");
    for (unsigned i = 0; i < depth; i++) {
        if (nesting == ENCLOSED)
            buffer_add_text(&b, "Content-Type: message/rfc822\n\n");
        else
            buffer_add_format(&b,
                              "Content-Type: multipart/mixed; boundary=b%u\n\n"
                              "--b%u\n",
                              i, i);
    }
    buffer_add_text(&b, "Subject: s\n\nx\n");
    result = mail_read(&arena, buffer_slice(&b), count, &n, err);
    buffer_deinit(&b);
    arena_deinit(&arena);
    return result;
}

static void nesting_is_limited(void **state)
{
    (void)state;
    for (enum nesting i = ENCLOSED; i < NESTING_COUNT; i++) {
        struct err err = { .kind = ERR_NONE };

        assert_int_equal(read_nested(i, MAIL_MAX_DEPTH, &err), 0);
        assert_int_equal(read_nested(i, MAIL_MAX_DEPTH + 1, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
        /* As deep as the count of parts lets it be: the stack holds. */
        assert_int_equal(read_nested(i, MAIL_MAX_PARTS, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_come_in_order),
        cmocka_unit_test(fields_of_a_forwarded_mail_are_found),
        cmocka_unit_test(nesting_is_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
