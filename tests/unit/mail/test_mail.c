/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "mail/limits.h"
#include "mail/mail.h"

#define HEAD "From: a@example.com\nSubject: s\nMIME-Version: 1.0\n"
#define MULTI                                                   \
    HEAD "Content-Type: multipart/report; report-type=tlsrpt; " \
         "boundary=b\n\n"

/* What a reading saw, as one line of text, so that a row is one string. */
struct seen {
    struct buffer text;
    unsigned oddities; /* of the last part */
};

static int look(void *context, const struct mail_header *header,
                const struct mail_part *part, struct err *err)
{
    struct seen *seen = context;

    (void)header;
    (void)err;
    buffer_add_format(&seen->text, "%u %s %s <", part->number, part->media_type,
                      part->file_name ? part->file_name : "-");
    buffer_add(&seen->text, part->content.ptr, part->content.len);
    buffer_add_text(&seen->text, ">;");
    if (part->writable)
        assert_ptr_equal(part->writable, part->content.ptr);
    seen->oddities = part->oddities;
    return 0;
}

static const struct {
    const char *name, *mail, *want;
    unsigned oddities; /* of the last part */
} rows[] = {
    { "no multipart", HEAD "Content-Type: text/plain\n\nhello\n",
      "1 text/plain - <hello\n>;", MAIL_NOT_MULTIPART },
    { "no media type", HEAD "\nhello\n", "1  - <hello\n>;",
      MAIL_NOT_MULTIPART },
    { "media type in capitals", HEAD "CONTENT-TYPE: Text/HTML\n\nx",
      "1 text/html - <x>;", MAIL_NOT_MULTIPART },
    { "two parts",
      MULTI "--b\n\none\n--b\nContent-Type: application/tlsrpt+json\n"
            "Content-Disposition: attachment; filename=r.json\n\n{}\n--b--\n",
      "1  - <one>;2 application/tlsrpt+json r.json <{}>;", 0 },
    { "multipart/mixed",
      HEAD "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\n\nx\n--b--\n",
      "1  - <x>;", MAIL_NOT_REPORT },
    { "base64",
      MULTI "--b\nContent-Transfer-Encoding: base64\n\nZm9v\nYmFy\n\n--b--\n",
      "1  - <foobar>;", 0 },
    { "base64 without padding",
      MULTI "--b\nContent-Transfer-Encoding: base64\n\nZm9vYg\n--b--\n",
      "1  - <foob>;", MAIL_BASE64_NO_PADDING },
    { "base64 with blanks",
      MULTI "--b\nContent-Transfer-Encoding: BASE64\n\nZm9v \n\nYg==\n--b--\n",
      "1  - <foob>;", MAIL_BASE64_BLANKS },
    { "base64 that no field announces", MULTI "--b\n\nH4sI\n--b--\n",
      "1  - <\x1f\x8b\x08>;", MAIL_BASE64_UNMARKED },
    { "raw octets announced as base64",
      MULTI "--b\nContent-Transfer-Encoding: base64\n\n\x1f\x8b\x08\n--b--\n",
      "1  - <\x1f\x8b\x08>;", MAIL_NOT_BASE64 },
    { "quoted-printable",
      MULTI "--b\nContent-Transfer-Encoding: quoted-printable\n\n"
            "{=22a=22:=\n 1}\n--b--\n",
      "1  - <{\"a\": 1}>;", 0 },
    { "8 bit",
      MULTI "--b\nContent-Transfer-Encoding: 8bit\n\n\x80\xff\n--b--\n",
      "1  - <\x80\xff>;", 0 },
    { "closing boundary missing", MULTI "--b\n\none\n--b\n\ntwo\n",
      "1  - <one>;2  - <two\n>;", MAIL_NO_END_BOUNDARY },
    { "RFC 2231 file name",
      MULTI
      "--b\nContent-Disposition: attachment;\n filename*0*=utf-8''b%C3%BC;"
      "\n filename*1=.json\n\nx\n--b--\n",
      "1  b\xc3\xbc.json <x>;", 0 },
    { "encoded-word file name",
      MULTI "--b\nContent-Disposition: attachment;\n "
            "filename=\"=?utf-8?B?YiFjLmpzb24=?=\"\n\nx\n--b--\n",
      "1  b!c.json <x>;", MAIL_ENCODED_NAME },
    { "file name of the media type alone",
      MULTI "--b\nContent-Type: text/plain; name=n.json\n\nx\n--b--\n",
      "1 text/plain n.json <x>;", 0 },
    { "field spelt ContentType",
      MULTI "--b\nContentType: application/gzip; name=n.gz\n\nx\n--b--\n",
      "1 application/gzip n.gz <x>;", MAIL_MISSPELT_FIELD },
    { "multipart spelt ContentType",
      HEAD "contenttype: multipart/report; report-type=TLSRPT; boundary=b\n\n"
           "--b\n\nx\n--b--\n",
      "1  - <x>;", MAIL_MISSPELT_FIELD },
    { "enclosed message",
      MULTI "--b\nContent-Type: message/rfc822\n\n" HEAD
            "Content-Type: text/plain\n\nin\n--b--\n",
      "1 text/plain - <in>;", MAIL_ENCLOSED },
    { "enclosed message is the mail",
      HEAD "Content-Type: message/rfc822\n\n" HEAD "\nin\n", "1  - <in\n>;",
      MAIL_NOT_MULTIPART | MAIL_ENCLOSED },
    { "mbox line before", "From a Sat Nov 21 10:00:00 2026\n" HEAD "\nx",
      "1  - <x>;", MAIL_NOT_MULTIPART },
    { "empty lines and BOM before", "\xef\xbb\xbf\r\n\n" HEAD "\nx",
      "1  - <x>;", MAIL_NOT_MULTIPART },
    { "CR LF", "Subject: s\r\nFrom: a\r\n\r\nx\r\n", "1  - <x\r\n>;",
      MAIL_NOT_MULTIPART },
    { "mixed line ends", "Subject: s\r\nFrom: a\n\r\nx", "1  - <x>;",
      MAIL_NOT_MULTIPART | MAIL_MIXED_LINE_ENDS },
    { "no body", "Subject: s\n", "", 0 },
    { "no body behind a media type", "Content-Type: text/plain\n",
      "1 text/plain - <>;", MAIL_NOT_MULTIPART },
};

static void shapes_are_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = { .kind = ERR_NONE };
        struct seen seen = { .oddities = 0 };
        struct arena arena;

        arena_init(&arena, 1 << 20);
        buffer_init(&seen.text, 4096);
        if (mail_read(&arena, slice_of(rows[i].mail), look, &seen, &err) != 0)
            fail_msg("%s: %s", rows[i].name, err.text);
        if (strcmp(buffer_text(&seen.text), rows[i].want) != 0 ||
            seen.oddities != rows[i].oddities)
            fail_msg("%s: oddities %#x, got %s", rows[i].name, seen.oddities,
                     buffer_text(&seen.text));
        buffer_deinit(&seen.text);
        arena_deinit(&arena);
    }
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
    struct mail_header header = { NULL };
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
    assert_string_equal(header.message_id, "<1@example.com>");
    assert_string_equal(header.date, "Sat, 21 Nov 2026 10:00:00 +0000");
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

enum nesting { ENCLOSED, MULTIPARTS };

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
    for (enum nesting i = ENCLOSED; i <= MULTIPARTS; i++) {
        struct err err = { .kind = ERR_NONE };

        assert_int_equal(read_nested(i, MAIL_MAX_DEPTH, &err), 0);
        assert_int_equal(read_nested(i, MAIL_MAX_DEPTH + 1, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
        /* As deep as the count of parts lets it be: the stack holds. */
        assert_int_equal(read_nested(i, MAIL_MAX_PARTS, &err), -1);
        assert_int_equal(err.kind, ERR_LIMIT);
    }
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
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(a_mail_is_known_by_its_first_lines),
        cmocka_unit_test(a_full_arena_is_an_error),
        cmocka_unit_test(a_mail_may_be_cut_at_any_octet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
