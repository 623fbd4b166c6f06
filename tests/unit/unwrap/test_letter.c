/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unwrap/samples.h"
#include "unwrap/unwrap.h"

#define FIELDS                                                                 \
    "From: a@example.com\r\n"                                                  \
    "Subject: Report Domain: example.com\r\n"                                  \
    " Submitter: a.example Report-ID: <1@a.example>\r\n"                       \
    "TLS-Report-Domain: example.com\r\nTLS-Report-Submitter: a.example\r\n"
#define REPORT                                                                 \
    FIELDS "Content-Type: multipart/report; report-type=\"tlsrpt\";"           \
           "\r\n boundary=\"b\"\r\n\r\n"
#define MIXED FIELDS "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"
#define TEXT "--b\r\nContent-Type: text/plain\r\n\r\nA report.\r\n"
#define JSON_PART                                                              \
    "--b\r\nContent-Type: application/tlsrpt+json\r\n"                         \
    "Content-Disposition: attachment; filename=\"a!b!1!2.json\"\r\n\r\n"
#define GZIP_PART                                                              \
    "--b\r\nContent-Type: application/tlsrpt+gzip\r\n"                         \
    "Content-Disposition: attachment; filename=\"a!b!1!2.json.gz\"\r\n"        \
    "Content-Transfer-Encoding: base64\r\n\r\n"
#define END "\r\n--b--\r\n"

/* "{}" as gzip in base64. */
#define PACKED "H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA=="

static const struct {
    const char *name, *mail, *want;
} rows[] = {
    { "as it should be", REPORT TEXT GZIP_PART PACKED END,
      "a!b!1!2.json.gz:{}[];" },
    { "text part is HTML",
      REPORT
      "--b\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n" GZIP_PART PACKED END,
      "a!b!1!2.json.gz:{}[];" },
    { "not compressed", REPORT TEXT JSON_PART "{}" END,
      "a!b!1!2.json:{}[not-compressed@mail part 2];" },
    { "gzip by name, JSON by octets",
      REPORT TEXT "--b\r\nContent-Type: application/tlsrpt+gzip\r\n\r\n{}" END,
      "-:{}[not-compressed@mail part 2 name-mismatch@mail part 2];" },
    { "a zip's media type, gzip by octets",
      REPORT TEXT "--b\r\nContent-Type: application/zip\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n" PACKED END,
      "-:{}[media-type@mail part 2 name-mismatch@mail part 2];" },
    { "a type that ends in zip, and none of a zip",
      REPORT TEXT "--b\r\nContent-Type: application/x-json-gzip\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n" PACKED END,
      "-:{}[media-type@mail part 2];" },
    { "octet-stream without a name",
      REPORT TEXT "--b\r\nContent-Type: application/octet-stream\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n" PACKED END,
      "-:{}[media-type@mail part 2];" },
    { "application/tlsrpt without suffix",
      REPORT TEXT "--b\r\nContent-Type: application/tlsrpt\r\n\r\n{}" END,
      "-:{}[media-type-no-suffix@mail part 2 not-compressed@mail part 2];" },
    { "field spelt ContentType",
      REPORT TEXT "--b\r\nContentType: application/tlsrpt+json\r\n\r\n{}" END,
      "-:{}[header-spelling@mail part 2 not-compressed@mail part 2];" },
    { "base64 without padding",
      REPORT TEXT GZIP_PART "H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA" END,
      "a!b!1!2.json.gz:{}[base64-odd@mail part 2];" },
    { "base64 with blanks and empty lines",
      REPORT TEXT GZIP_PART "H4sIAAAA AAAAA6uu\r\n\r\nBQBDv6ajAgAAAA==" END,
      "a!b!1!2.json.gz:{}[base64-odd@mail part 2];" },
    { "base64 without a field for it",
      REPORT TEXT
      "--b\r\nContent-Type: application/tlsrpt+gzip\r\n\r\n" PACKED END,
      "-:{}[base64-odd@mail part 2];" },
    { "encoded-word file name",
      REPORT TEXT
      "--b\r\nContent-Type: application/tlsrpt+json\r\n"
      "Content-Disposition: attachment; filename=\"=?utf-8?Q?a!b=2Ejson?=\"\r\n"
      "\r\n{}" END,
      "a!b.json:{}[name-encoded-word@mail part 2 not-compressed@mail part 2];" },
    { "header fields of TLSRPT missing",
      "Subject: Report Domain: a Submitter: b Report-ID: <c@d>\r\n"
      "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n" GZIP_PART
          PACKED END,
      "a!b!1!2.json.gz:{}[mail-no-tls-report-fields@mail part 1];" },
    { "another Subject",
      "Subject: TLS report\r\nTLS-Report-Domain: a\r\nTLS-Report-Submitter: b\r\n"
      "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n" GZIP_PART
          PACKED END,
      "a!b!1!2.json.gz:{}[subject-form@mail part 1];" },
    { "banner part of a gateway",
      MIXED
      "--b\r\nContent-Type: text/plain\r\n\r\n[EXTERNAL] take care\r\n" TEXT
          GZIP_PART PACKED END,
      "a!b!1!2.json.gz:{}[mail-not-report@mail part 3];" },
    { "forwarded",
      MIXED TEXT
      "--b\r\nContent-Type: message/rfc822\r\n\r\n" FIELDS
      "Content-Type: multipart/report; boundary=c\r\n\r\n--c\r\n"
      "Content-Type: application/tlsrpt+json\r\n\r\n{}\r\n--c--\r\n" END,
      "-:{}[mail-not-report@mail part 2 mail-forwarded@mail part 2 "
      "not-compressed@mail part 2];" },
    { "attached as a file",
      MIXED "--b\r\nContent-Type: application/octet-stream; name=\"x.eml\"\r\n"
            "\r\n" FIELDS "Content-Type: application/tlsrpt+json\r\n\r\n{}" END,
      "-:{}[mail-forwarded@mail part 1 mail-not-multipart@mail part 1, mail part "
      "1 not-compressed@mail part 1, mail part 1];" },
    { "bounced",
      FIELDS "Content-Type: multipart/report; report-type=delivery-status;"
             " boundary=b\r\n\r\n" TEXT
             "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
             "Reporting-MTA: dns; mx.example.com\r\n\r\nAction: failed\r\n"
             "--b\r\nContent-Type: message/rfc822\r\n\r\n" FIELDS
             "Content-Type: application/tlsrpt+json\r\n\r\n{}" END,
      "-:{}[mail-not-report@mail part 3 mail-forwarded@mail part 3 "
      "not-compressed@mail part 3];" },
    { "attached in base64, by its type alone",
      MIXED "--b\r\nContent-Type: message/global\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n"
            "U3ViamVjdDogeAoKe30=" END,
      "-:{}[mail-forwarded@mail part 1 mail-no-tls-report-fields@mail part 1, "
      "mail part 1 subject-form@mail part 1, mail part 1 "
      "mail-not-multipart@mail part 1, mail part 1 media-type@mail part 1, mail "
      "part 1 not-compressed@mail part 1, mail part 1];" },
    { "no multipart", FIELDS "Content-Type: application/tlsrpt+json\r\n\r\n{}",
      "-:{}[mail-not-multipart@mail part 1 not-compressed@mail part 1];" },
    { "closing boundary missing", REPORT TEXT GZIP_PART PACKED "\r\n",
      "a!b!1!2.json.gz:{}[mail-boundary-missing@mail part 2];" },
    { "boundary missing in the header",
      FIELDS "Content-Type: multipart/report; report-type=tlsrpt\r\n\r\n" TEXT
          GZIP_PART PACKED END,
      "a!b!1!2.json.gz:{}[mail-boundary-missing@mail part 2];" },
    { "mixed line ends", "X: y\n" REPORT GZIP_PART PACKED END,
      "a!b!1!2.json.gz:{}[mail-line-ends@mail part 1];" },
    { "two reports", REPORT GZIP_PART PACKED "\r\n" GZIP_PART PACKED END,
      "a!b!1!2.json.gz:{}[];"
      "a!b!1!2.json.gz:{}[mail-reports-several@mail part 2];" },
    { "DMARC report",
      MIXED "--b\r\nContent-Type: text/xml\r\n\r\n<feedback>" END,
      "-~<feedback>[mail-not-report@mail part 1 media-type@mail part 1];" },
    { "failure report",
      FIELDS "Content-Type: multipart/report; report-type=feedback-report;"
             " boundary=b\r\n\r\n" TEXT
             "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
             "Feedback-Type: auth-failure\r\n\r\n"
             "--b\r\nContent-Type: message/rfc822\r\n\r\n" FIELDS
             "Content-Type: application/tlsrpt+json\r\n\r\n{}" END,
      "-!failure report about one message (ARF), no aggregate report in the "
      "mail[failure-report@mail];" },
    { "notice of delivery",
      FIELDS "Content-Type: multipart/report; report-type=delivery-status;"
             " boundary=b\r\n\r\n" TEXT
             "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
             "Reporting-MTA: dns; mx.example.com\r\n\r\nAction: failed\r\n"
             "--b\r\nContent-Type: message/rfc822\r\n\r\n" FIELDS
             "Content-Type: text/plain\r\n\r\nhello" END,
      "-!delivery status notification, no report in the "
      "mail[delivery-status@mail];" },
    { "a bad part hides no good one",
      REPORT GZIP_PART "H4sIAAAA\r\n" GZIP_PART PACKED END,
      "a!b!1!2.json.gz!gzip is truncated[container-damaged@mail part 1];"
      "a!b!1!2.json.gz:{}[mail-reports-several@mail part 2];" },
    { "an empty part", REPORT TEXT GZIP_PART END,
      "a!b!1!2.json.gz!empty[input-empty@mail part 2];" },
    { "no report", FIELDS "\r\n[EXTERNAL] hello",
      "-!no report in the mail[mail-no-report@mail];" },
    { "no part", FIELDS "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
      "-!no report in the mail[mail-no-report@mail];" },
};

static void mails_and_what_is_odd_about_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer got;

        buffer_init(&got, 1 << 20);
        sample_unwrap(&got, slice_of(rows[i].mail), NULL);
        if (strcmp(buffer_text(&got), rows[i].want) != 0)
            fail_msg("%s:\n got  %s\n want %s", rows[i].name, buffer_text(&got),
                     rows[i].want);
        buffer_deinit(&got);
    }
}

static int check_header(void *context, struct unwrap_candidate *candidate,
                        struct err *err)
{
    (void)err;
    ++*(unsigned *)context;
    assert_non_null(candidate->mail);
    assert_string_equal(candidate->mail->tls_report_domain, "example.com");
    return 0;
}

/* Of a refused mail as of a good one: quarantine shows from whom it came. */
static void candidates_know_the_header_of_their_mail(void **state)
{
    static const char *const mails[] = { REPORT TEXT GZIP_PART PACKED END,
                                         FIELDS "\r\nhello" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct arena arena;
        unsigned n = 0;

        arena_init(&arena, 1 << 20);
        assert_int_equal(unwrap_each(&arena, slice_of(mails[i]), NULL,
                                     check_header, &n, NULL),
                         0);
        assert_int_equal(n, 1);
        arena_deinit(&arena);
    }
}

/* Whatever the base64 looks like, the gzip in it is found. */
static void base64_of_any_line_length(void **state)
{
    (void)state;
    for (size_t width = 0; width <= 80; width += 4) {
        struct buffer gz, mail, got;

        buffer_init(&gz, 1 << 16);
        buffer_init(&mail, 1 << 16);
        buffer_init(&got, 1 << 16);
        sample_gzip(&gz, SLICE(SAMPLE_JSON SAMPLE_JSON "0123456789"));
        buffer_add_text(&mail, REPORT GZIP_PART);
        sample_base64(&mail, buffer_slice(&gz), width);
        buffer_add_text(&mail, END);
        sample_unwrap(&got, buffer_slice(&mail), NULL);
        assert_string_equal(buffer_text(&got),
                            width == 0 || width > 76
                                ? "a!b!1!2.json.gz:" SAMPLE_JSON SAMPLE_JSON
                                  "0123456789[base64-odd@mail part 1];"
                                : "a!b!1!2.json.gz:" SAMPLE_JSON SAMPLE_JSON
                                  "0123456789[];");
        buffer_deinit(&gz);
        buffer_deinit(&mail);
        buffer_deinit(&got);
    }
}

/* Raw gzip in an 8-bit part: every octet comes through. */
static void raw_gzip_in_a_part(void **state)
{
    struct buffer mail, got;

    (void)state;
    buffer_init(&mail, 1 << 16);
    buffer_init(&got, 1 << 16);
    buffer_add_text(&mail,
                    REPORT "--b\r\nContent-Type: application/tlsrpt+gzip\r\n"
                           "Content-Transfer-Encoding: 8bit\r\n\r\n");
    sample_gzip(&mail, SLICE(SAMPLE_JSON));
    buffer_add_text(&mail, END);
    sample_unwrap(&got, buffer_slice(&mail), NULL);
    assert_string_equal(buffer_text(&got), "-:" SAMPLE_JSON "[];");
    buffer_deinit(&mail);
    buffer_deinit(&got);
}

/* What mail refuses as a whole, and a part of more than 64 MiB. */
static void limits_of_mails_are_refusals(void **state)
{
    struct buffer mail, got;
    char *at;

    (void)state;
    buffer_init(&got, 1 << 16);
    buffer_init(&mail, (size_t)70 << 20);
    buffer_add_text(&mail, "A: b\n\n");
    for (int i = 0; i < 1001; i++)
        buffer_add_text(&mail, "--\n");
    sample_unwrap(&got, buffer_slice(&mail), NULL);
    assert_string_equal(buffer_text(&got), "-!mail has more than 1000 parts"
                                           "[container-limit@mail];");
    buffer_reset(&got);
    buffer_reset(&mail);
    buffer_add_text(&mail, REPORT JSON_PART "{\"");
    at = buffer_reserve(&mail, 64 << 20);
    assert_non_null(at);
    memset(at, 'x', 64 << 20);
    mail.len += 64 << 20;
    buffer_add_text(&mail, END);
    sample_unwrap(&got, buffer_slice(&mail), NULL);
    assert_string_equal(buffer_text(&got),
                        "a!b!1!2.json!mail part is larger than 64 MiB"
                        "[container-limit@mail part 1];");
    buffer_deinit(&got);
    buffer_deinit(&mail);
}

static void a_mail_may_be_cut_at_any_octet(void **state)
{
    struct slice whole = SLICE(REPORT TEXT GZIP_PART PACKED END);

    (void)state;
    for (size_t cut = 0; cut <= whole.len; cut++) {
        struct buffer got;

        buffer_init(&got, 1 << 16);
        sample_unwrap(&got, slice_make(whole.ptr, cut), NULL);
        assert_true(got.len > 0);
        buffer_deinit(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mails_and_what_is_odd_about_them),
        cmocka_unit_test(candidates_know_the_header_of_their_mail),
        cmocka_unit_test(base64_of_any_line_length),
        cmocka_unit_test(raw_gzip_in_a_part),
        cmocka_unit_test(limits_of_mails_are_refusals),
        cmocka_unit_test(a_mail_may_be_cut_at_any_octet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
