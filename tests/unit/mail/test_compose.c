/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "mail/compose.h"
#include "mail/dkim_sign.h"
#include "mail/mail.h"
#include "row.h"

enum { MAIL_BYTES = 1 << 20 };

#define FILE_NAME                                                              \
    "mta.example.org!example.com!1795132800!1795219199!4f2c91.json.gz"

static struct compose_report sample(void)
{
    return (struct compose_report){
        .from_address = "tls@mta.example.org",
        .from_name = "Example \"MTA\"",
        .to_address = "reports@example.com",
        .domain = "example.com",
        .submitter = "mta.example.org",
        .report_id = "20261120.example.com.4f2c91@mta.example.org",
        .message_id = "20261120.example.com.4f2c91.1@mta.example.org",
        .file_name = FILE_NAME,
        .now = 1795306200,
        .start = 1795132800,
        .end = 1795219199,
        .successes = 120,
        .failures = 3,
        .payload = { "\x1f\x8b\x08\0\0\0payload", 13 },
    };
}

static const char golden[] =
    "Date: Sun, 22 Nov 2026 00:10:00 +0000\r\n"
    "From: \"Example \\\"MTA\\\"\"\r\n <tls@mta.example.org>\r\n"
    "To: <reports@example.com>\r\n"
    "Subject: Report Domain: example.com\r\n"
    " Submitter: mta.example.org\r\n"
    " Report-ID: <20261120.example.com.4f2c91@mta.example.org>\r\n"
    "Message-ID: <20261120.example.com.4f2c91.1@mta.example.org>\r\n"
    "Auto-Submitted: auto-generated\r\n"
    "TLS-Report-Domain: example.com\r\n"
    "TLS-Report-Submitter: mta.example.org\r\n"
    "TLS-Required: No\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n"
    " boundary=\"=_tlsrpt_4267a421388ecfac6729fd5756dc60f3\"\r\n"
    "\r\n"
    "--=_tlsrpt_4267a421388ecfac6729fd5756dc60f3\r\n"
    "Content-Type: text/plain; charset=us-ascii\r\n"
    "Content-Transfer-Encoding: 7bit\r\n"
    "\r\n"
    "This is a TLS report (RFC 8460): how mail that was sent to a domain\r\n"
    "fared with TLS.\r\n"
    "\r\n"
    "Domain:     example.com\r\n"
    "Submitter:  mta.example.org\r\n"
    "Period:     2026-11-20T00:00:00Z to 2026-11-20T23:59:59Z\r\n"
    "Sessions:   120 successful, 3 failed\r\n"
    "Report-ID:  20261120.example.com.4f2c91@mta.example.org\r\n"
    "\r\n"
    "The report is attached. A program wrote this mail, and wants no answer."
    "\r\n"
    "\r\n"
    "--=_tlsrpt_4267a421388ecfac6729fd5756dc60f3\r\n"
    "Content-Type: application/tlsrpt+gzip\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment;\r\n"
    " filename=\"" FILE_NAME "\"\r\n"
    "\r\n"
    "H4sIAAAAcGF5bG9hZA==\r\n"
    "\r\n"
    "--=_tlsrpt_4267a421388ecfac6729fd5756dc60f3--\r\n";

static void the_mail_is_this_to_the_octet(void **state)
{
    struct compose_report report = sample();
    struct buffer out;

    (void)state;
    for (int i = 0; i < 2; i++) {
        buffer_init(&out, MAIL_BYTES);
        assert_int_equal(compose_mail(&report, &out, NULL), 0);
        assert_string_equal(buffer_text(&out), golden);
        buffer_deinit(&out);
    }
}

/* What our own reader takes out of a mail. */
struct met {
    unsigned n_parts;
    char types[2][64], name[600], domain[64], submitter[64], subject[200];
    char content[2][2000];
    size_t bytes[2];
};

static int note_part(void *context, const struct mail_header *header,
                     const struct mail_part *part, struct err *err)
{
    struct met *met = context;
    unsigned n = met->n_parts++;

    (void)err;
    assert_true(n < 2);
    assert_int_equal(part->oddities, 0);
    snprintf(met->types[n], sizeof(met->types[n]), "%s", part->media_type);
    if (part->file_name)
        snprintf(met->name, sizeof(met->name), "%s", part->file_name);
    snprintf(met->domain, sizeof(met->domain), "%s", header->tls_report_domain);
    snprintf(met->submitter, sizeof(met->submitter), "%s",
             header->tls_report_submitter);
    snprintf(met->subject, sizeof(met->subject), "%s", header->subject);
    assert_true(part->content.len <= sizeof(met->content[n]));
    memcpy(met->content[n], part->content.ptr, part->content.len);
    met->bytes[n] = part->content.len;
    return 0;
}

static void read_mail(const struct compose_report *report, struct met *met)
{
    struct buffer out;
    struct arena arena;

    *met = (struct met){ .n_parts = 0 };
    buffer_init(&out, MAIL_BYTES);
    arena_init(&arena, MAIL_BYTES);
    assert_int_equal(compose_mail(report, &out, NULL), 0);
    assert_int_equal(
        mail_read(&arena, buffer_slice(&out), note_part, met, NULL), 0);
    arena_deinit(&arena);
    buffer_deinit(&out);
}

static void our_own_reader_takes_it(void **state)
{
    struct compose_report report = sample();
    char octets[1500];
    struct met met;

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (char)(i * 31);
    memcpy(octets, "\x1f\x8b", 2);
    for (size_t len = 2; len <= sizeof(octets); len += 37) {
        report.payload = slice_make(octets, len);
        read_mail(&report, &met);
        assert_int_equal(met.n_parts, 2);
        assert_string_equal(met.types[0], "text/plain");
        assert_string_equal(met.types[1], "application/tlsrpt+gzip");
        assert_string_equal(met.name, FILE_NAME);
        assert_string_equal(met.domain, "example.com");
        assert_string_equal(met.submitter, "mta.example.org");
        assert_string_equal(met.subject,
                            "Report Domain: example.com Submitter: "
                            "mta.example.org Report-ID: "
                            "<20261120.example.com.4f2c91@mta.example.org>");
        assert_int_equal(met.bytes[1], len);
        assert_memory_equal(met.content[1], octets, len);
    }
}

static void the_type_is_that_of_the_octets(void **state)
{
    struct compose_report report = sample();
    struct met met;

    (void)state;
    report.payload = SLICE("{}");
    read_mail(&report, &met);
    assert_string_equal(met.types[1], "application/tlsrpt+json");
}

static void long_file_names_are_read_back(void **state)
{
    struct compose_report report = sample();
    char name[501];
    struct met met;

    (void)state;
    for (size_t len = 190; len < sizeof(name); len += 5) {
        for (size_t i = 0; i < len; i++)
            name[i] = i % 50 == 49 ? '!' : (char)('a' + i % 26);
        name[len] = '\0';
        report.file_name = name;
        read_mail(&report, &met);
        assert_string_equal(met.name, name);
    }
}

/* It can be signed, so it is 7-bit with CRLF; and no line is too long. */
static void the_wire_takes_it(void **state)
{
    static const char *const names[] = { NULL,
                                         "",
                                         "Example",
                                         "M\xc3\xbcller",
                                         "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
                                         "\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"
                                         "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
                                         "\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"
                                         "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
                                         "\xe6\x9c\xac",
                                         "a\r\nBcc: x",
                                         "\xff\xfe" };

    (void)state;
    for (size_t i = 0; i < ROWS(names); i++) {
        struct compose_report report = sample();
        struct buffer out, fields;
        struct slice rest;

        report.from_name = names[i];
        buffer_init(&out, MAIL_BYTES);
        buffer_init(&fields, MAIL_BYTES);
        assert_int_equal(compose_mail(&report, &out, NULL), 0);
        assert_int_equal(
            dkim_sign(buffer_slice(&out), NULL, 0, 0, &fields, NULL), 0);
        assert_null(strstr(buffer_text(&out), "\nBcc"));
        for (rest = buffer_slice(&out); rest.len;) {
            struct slice line = slice_line(rest);

            assert_true(line.len <= 998);
            rest = slice_skip(rest, line.len);
        }
        buffer_deinit(&fields);
        buffer_deinit(&out);
    }
}

static void names_beyond_ascii_are_encoded(void **state)
{
    struct compose_report report = sample();
    struct buffer out;

    (void)state;
    report.from_name = "M\xc3\xbcller";
    buffer_init(&out, MAIL_BYTES);
    assert_int_equal(compose_mail(&report, &out, NULL), 0);
    assert_non_null(strstr(buffer_text(&out),
                           "From: =?utf-8?B?TcO8bGxlcg==?=\r\n "
                           "<tls@mta.example.org>\r\n"));
    buffer_deinit(&out);
}

static void texts_that_leave_their_field_are_refused(void **state)
{
    static const struct {
        const char *name;
        size_t member;
        const char *text;
    } rows[] = {
        { "recipient", offsetof(struct compose_report, to_address),
          "a@b\r\nBcc: c" },
        { "recipient closed", offsetof(struct compose_report, to_address),
          "a@b>, <c" },
        { "sender", offsetof(struct compose_report, from_address), "a\n@b" },
        { "domain", offsetof(struct compose_report, domain), "a b" },
        { "domain absent", offsetof(struct compose_report, domain), "" },
        { "submitter", offsetof(struct compose_report, submitter), "\xc3\xbc" },
        { "report-id", offsetof(struct compose_report, report_id), "a>b" },
        { "message-id", offsetof(struct compose_report, message_id), NULL },
        { "file name", offsetof(struct compose_report, file_name), "a\"b" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct compose_report report = sample();
        struct buffer out;
        struct err err = { .kind = ERR_NONE };

        *(const char **)(void *)((char *)&report + rows[i].member) =
            rows[i].text;
        buffer_init(&out, MAIL_BYTES);
        ROW_NUMBER(rows[i].name, compose_mail(&report, &out, &err), -1);
        ROW_NUMBER(rows[i].name, err.kind, ERR_INPUT);
        buffer_deinit(&out);
    }
}

static void addresses_are_quoted_where_needed(void **state)
{
    static const struct {
        const char *local, *domain, *text; /* NULL: refused */
    } rows[] = {
        { "tls", "example.com", "tls@example.com" },
        { "a.b+c", "example.com", "a.b+c@example.com" },
        { "a b", "example.com", "\"a b\"@example.com" },
        { "a\"b\\", "example.com", "\"a\\\"b\\\\\"@example.com" },
        { ".a", "example.com", "\".a\"@example.com" },
        { "a..b", "example.com", "\"a..b\"@example.com" },
        { "a.", "example.com", "\"a.\"@example.com" },
        { "a@b", "example.com", "\"a@b\"@example.com" },
        { "", "example.com", NULL },
        { "a", "", NULL },
        { "a\r\n", "example.com", NULL },
        { "\xc3\xbc", "example.com", NULL },
        { "a", "exam ple.com", NULL },
        { "a", "b>", NULL },
        { "0123456789012345678901234567890123456789012345678901234567890123",
          "a",
          "0123456789012345678901234567890123456789012345678901234567890123@a" },
        { "01234567890123456789012345678901234567890123456789012345678901234",
          "a", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buffer out;
        int rc;

        buffer_init(&out, 400);
        rc = compose_address(rows[i].local, rows[i].domain, &out, NULL);
        ROW_NUMBER(rows[i].local, rc, rows[i].text ? 0 : -1);
        if (rows[i].text)
            ROW_TEXT(rows[i].local, buffer_text(&out), rows[i].text);
        buffer_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mail_is_this_to_the_octet),
        cmocka_unit_test(our_own_reader_takes_it),
        cmocka_unit_test(the_type_is_that_of_the_octets),
        cmocka_unit_test(long_file_names_are_read_back),
        cmocka_unit_test(the_wire_takes_it),
        cmocka_unit_test(names_beyond_ascii_are_encoded),
        cmocka_unit_test(texts_that_leave_their_field_are_refused),
        cmocka_unit_test(addresses_are_quoted_where_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
