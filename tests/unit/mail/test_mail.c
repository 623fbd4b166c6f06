/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/look.h"
#include "mail/mail.h"

static const struct look_row rows[] = {
    { "as it should be",
      MULTI "--b\nContent-Type: text/plain\n\none\n--b\n"
            "Content-Type: application/tlsrpt+json\n"
            "Content-Disposition: attachment; filename=r.json\n\n{}\n--b--\n",
      "1 text/plain - <one>;2 application/tlsrpt+json r.json <{}>;", 0 },
    { "field spelt ContentType",
      MULTI "--b\nContentType: application/gzip; name=n.gz\n\nx\n--b--\n",
      "1 application/gzip n.gz <x>;", MAIL_MISSPELT_FIELD },
    { "multipart spelt ContentType",
      HEAD "contenttype: multipart/report; report-type=tlsrpt; boundary=b\n\n"
           "--b\n\nx\n--b--\n",
      "1  - <x>;", MAIL_MISSPELT_FIELD },
    { "mbox line before", "From a Sat Nov 21 10:00:00 2026\n" HEAD "\nx",
      "1  - <x>;", MAIL_NOT_MULTIPART },
    { "empty lines and BOM before", "\xef\xbb\xbf\r\n\n" HEAD "\nx",
      "1  - <x>;", MAIL_NOT_MULTIPART },
    { "CR LF", "Subject: s\r\nFrom: a\r\n\r\nx\r\n", "1  - <x\r\n>;",
      MAIL_NOT_MULTIPART },
    { "mixed line ends", "Subject: s\r\nFrom: a\n\r\nx", "1  - <x>;",
      MAIL_NOT_MULTIPART | MAIL_MIXED_LINE_ENDS },
    { "no field that matters", "X: y\n\nx", "1  - <x>;", MAIL_NOT_MULTIPART },
    { "no body", "Subject: s\n", "", 0 },
    { "no body behind a media type", "Content-Type: text/plain\n",
      "1 text/plain - <>;", MAIL_NOT_MULTIPART },
    { "nothing", "", "", 0 },
};

static void shapes_are_taken_apart(void **state)
{
    (void)state;
    look_at_rows(rows, sizeof rows / sizeof *rows);
}

static int keep_header(void *context, const struct mail_header *header,
                       const struct mail_part *part, struct err *err)
{
    (void)part;
    (void)err;
    *(struct mail_header *)context = *header;
    return 7;
}

static void header_fields_are_decoded_and_unfolded(void **state)
{
    struct mail_header header = { 0 };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        mail_read(&arena,
                  SLICE("Subject: Report Domain: example.com\r\n"
                        " Submitter: =?utf-8?Q?b=C3=BCcher?=\r\n"
                        "tls-report-domain: example.com\r\n"
                        "From: \"A\" <a@example.com>\r\n"
                        "Message-ID: <1@example.com>\r\n"
                        "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nx"),
                  keep_header, &header, NULL),
        7);
    assert_string_equal(header.subject,
                        "Report Domain: example.com Submitter: b\xc3\xbc"
                        "cher");
    assert_string_equal(header.from, "\"A\" <a@example.com>");
    assert_string_equal(header.tls_report_domain, "example.com");
    assert_null(header.tls_report_submitter);
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

static void a_mail_is_known_by_its_first_lines(void **state)
{
    static const struct {
        const char *text;
        bool is_mail;
    } texts[] = {
        { "Subject: x\n\n", true },
        { "Return-Path: <a@b>\r\nReceived: x\r\n", true },
        { "From a b\nSubject: x\n", true },
        { "\xef\xbb\xbfSubject: x\n", true },
        { "X-Odd : y\n", true },
        { "", false },
        { "From here on it is text\n", false },
        { "{\"a\": 1}", false },
        { "[{\"a\": 1}]", false },
        { "plain text: with a colon\n", false },
        { "note: this is\nno mail at all\n", false },
        { "<?xml version='1.0'?>\n", false },
        { "\x1f\x8b\x08", false },
        { ": x\n", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (mail_is_message(slice_of(texts[i].text)) != texts[i].is_mail)
            fail_msg("wrong about \"%s\"", texts[i].text);
    }
}

static void a_full_arena_is_an_error(void **state)
{
    struct err err = { .kind = ERR_NONE };
    struct arena arena;
    unsigned n = 0;

    (void)state;
    arena_init(&arena, 16);
    assert_int_equal(mail_read(&arena, SLICE(HEAD "\nx"), count, &n, &err), -1);
    assert_int_equal(err.kind, ERR_MEMORY);
    assert_int_equal(n, 0);
    arena_deinit(&arena);
}

/* Cut anywhere, a mail is read to where it goes. */
static void a_mail_may_be_cut_at_any_octet(void **state)
{
    struct slice whole =
        SLICE(MULTI "--b\n\none\n--b\nContent-Type: application/tlsrpt+json\n"
                    "Content-Transfer-Encoding: base64\n"
                    "Content-Disposition: attachment; filename*0=r;\n"
                    " filename*1=.json\n\nZm9vYmFy\n--b--\n");

    (void)state;
    for (size_t cut = 0; cut <= whole.len; cut++) {
        struct arena arena;
        unsigned n = 0;

        arena_init(&arena, 1 << 20);
        mail_read(&arena, slice_make(whole.ptr, cut), count, &n, NULL);
        assert_true(n <= 2);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_taken_apart),
        cmocka_unit_test(header_fields_are_decoded_and_unfolded),
        cmocka_unit_test(a_mail_is_known_by_its_first_lines),
        cmocka_unit_test(a_full_arena_is_an_error),
        cmocka_unit_test(a_mail_may_be_cut_at_any_octet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
