/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "keys.h"
#include "mail/dkim.h"
#include "mail/limits.h"
#include "row.h"
#include "signing.h"

#define KEY_RECORD "v=DKIM1; k=rsa; p=" KEY_RSA2048_PUBLIC
#define ED25519_RECORD "v=DKIM1; k=ed25519; p=" KEY_ED25519_PUBLIC
#define ED25519_TAGS                                                           \
    "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=sender.example; s=s1;\r\n"    \
    " h=From:To:Subject:TLS-Report-Submitter"

enum { ARRIVAL = 1800000000 };

/* Reads a mail and judges signature `number` by one record. */
static const char *reason_of(const char *mail, size_t len, size_t number,
                             const char *record)
{
    struct slice text = slice_of(record);
    struct dkim_answer answer = { DKIM_LOOKUP_FOUND, &text, 1 };
    struct dkim_result result;
    const char *code = "none read";
    /* An exact allocation, so that a read too far is seen. */
    char *copy = malloc(len ? len : 1);
    struct arena arena;
    struct dkim dkim;

    memcpy(copy, mail, len);
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        dkim_read(&arena, slice_make(copy, len), ARRIVAL, &dkim, NULL), 0);
    /* What was read does not need the mail. */
    memset(copy, 'x', len);
    free(copy);
    if (number < dkim.n_signatures) {
        assert_int_equal(dkim_judge(&dkim.signatures[number], &answer,
                                    DKIM_KEY_ACCEPT, &result, NULL),
                         0);
        code = result.reason->code;
    }
    arena_deinit(&arena);
    return code;
}

static const char *reason(const char *mail, const char *record)
{
    return reason_of(mail, strlen(mail), 0, record);
}

/* RFC 8463 appendix A. */
#define RFC8463_MAIL                                                           \
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"            \
    " d=football.example.com; i=@football.example.com;\r\n"                    \
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"                  \
    " subject : date : message-id : from : subject : date;\r\n"                \
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"                    \
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"          \
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"                                    \
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"                \
    " d=football.example.com; i=@football.example.com;\r\n"                    \
    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"            \
    " date : message-id : from : subject : date;\r\n"                          \
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"                    \
    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"          \
    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"          \
    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"          \
    "From: Joe SixPack <joe@football.example.com>\r\n"                         \
    "To: Suzie Q <suzie@shopping.example.net>\r\n"                             \
    "Subject: Is dinner ready?\r\n"                                            \
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"                          \
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"         \
    "\r\n"                                                                     \
    "Hi.\r\n"                                                                  \
    "\r\n"                                                                     \
    "We lost the game.  Are you hungry yet?\r\n"                               \
    "\r\n"                                                                     \
    "Joe.\r\n"
#define RFC8463_ED25519                                                        \
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define RFC8463_RSA                                                            \
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"     \
    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"    \
    "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"    \
    "Ip3G+2kryOTIKT+l/K4w3QIDAQAB"

/* RFC 6376 appendix A. */
#define RFC6376_MAIL                                                           \
    "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"        \
    "      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"        \
    "      h=Received : From : To : Subject : Date : Message-ID;\r\n"          \
    "      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"               \
    "      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n"         \
    "      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n"           \
    "      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n"           \
    "      4bmp/YzhwvcubU4=;\r\n"                                              \
    "Received: from client1.football.example.com  [192.0.2.1]\r\n"             \
    "      by submitserver.example.com with SUBMISSION;\r\n"                   \
    "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n"                          \
    "From: Joe SixPack <joe@football.example.com>\r\n"                         \
    "To: Suzie Q <suzie@shopping.example.net>\r\n"                             \
    "Subject: Is dinner ready?\r\n"                                            \
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"                          \
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"         \
    "\r\n"                                                                     \
    "Hi.\r\n"                                                                  \
    "\r\n"                                                                     \
    "We lost the game. Are you hungry yet?\r\n"                                \
    "\r\n"                                                                     \
    "Joe.\r\n"
#define RFC6376_RSA                                                            \
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW"   \
    "3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/Rt"   \
    "dC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDd"   \
    "QPNUYckcQ2QIDAQAB"

static void the_examples_of_the_rfcs_pass(void **state)
{
    (void)state;
    ROW_TEXT("RFC 8463, ed25519",
             reason_of(RFC8463_MAIL, strlen(RFC8463_MAIL), 0, RFC8463_ED25519),
             "pass");
    ROW_TEXT("RFC 8463, rsa",
             reason_of(RFC8463_MAIL, strlen(RFC8463_MAIL), 1, RFC8463_RSA),
             "pass");
    ROW_TEXT("RFC 6376", reason(RFC6376_MAIL, RFC6376_RSA), "pass");
}

/* With every line end as LF, as a mailbox keeps it. */
static void bare_line_ends_are_those_that_were_mailed(void **state)
{
    static const char *const mails[] = { RFC8463_MAIL, RFC6376_MAIL };
    static const char *const records[] = { RFC8463_ED25519, RFC6376_RSA };

    (void)state;
    for (size_t i = 0; i < ROWS(mails); i++) {
        char text[4000];
        size_t n = 0;

        for (const char *c = mails[i]; *c; c++) {
            if (*c != '\r')
                text[n++] = *c;
        }
        ROW_TEXT(records[i], reason_of(text, n, 0, records[i]), "pass");
    }
}

static void what_stands_before_the_header_is_skipped(void **state)
{
    (void)state;
    ROW_TEXT("mbox",
             reason("From joe@example Mon Jan 1\r\n" RFC6376_MAIL, RFC6376_RSA),
             "pass");
    ROW_TEXT("BOM", reason("\xef\xbb\xbf\r\n" RFC6376_MAIL, RFC6376_RSA),
             "pass");
}

static void every_canonicalization_passes(void **state)
{
    static const char *const pairs[] = { "simple/simple",  "simple/relaxed",
                                         "relaxed/simple", "relaxed/relaxed",
                                         "relaxed",        "simple" };
    static const char *const bodies[] = { SIGNING_BODY, "", "no line end",
                                          "\r\n \r\n\r\n" };

    (void)state;
    for (size_t i = 0; i < ROWS(pairs); i++) {
        for (size_t k = 0; k < ROWS(bodies); k++) {
            char tags[200], *mail;

            snprintf(tags, sizeof(tags),
                     "v=1; a=rsa-sha256; c=%s; d=sender.example; s=s1;\r\n"
                     " h=From:To:Subject",
                     pairs[i]);
            mail =
                signing_make(tags, SIGNING_HEADER, bodies[k], KEY_RSA2048_PEM);
            ROW_TEXT(pairs[i], reason(mail, KEY_RECORD), "pass");
            free(mail);
        }
    }
}

/* What may happen to a signed mail on its way; NULL for an edit that is none. */
static const struct {
    const char *name, *tags, *old, *new, *code;
} edits[] = {
    { "as it was", SIGNING_TAGS, "One", "One", "pass" },
    { "ed25519", ED25519_TAGS, "One", "One", "pass" },
    { "body changed", SIGNING_TAGS, "One line", "One lime", "body-changed" },
    { "body longer", SIGNING_TAGS, "line. \r\n\r\n", "line. \r\n\r\nx\r\n",
      "body-changed" },
    { "body cut", SIGNING_TAGS, "Another  line. \r\n\r\n", "", "body-changed" },
    { "case in the body", SIGNING_TAGS, "One line", "one line",
      "body-changed" },
    { "blanks in a relaxed body", SIGNING_TAGS, "One line.", "One \t line.  ",
      "pass" },
    { "empty lines behind the body", SIGNING_TAGS, "line. \r\n\r\n",
      "line. \r\n\r\n\r\n\r\n", "pass" },
    { "Subject changed", SIGNING_TAGS, "Domain: example.com",
      "Domain: example.net", "signature-wrong" },
    { "Subject changed, ed25519", ED25519_TAGS, "Domain: example.com",
      "Domain: example.net", "signature-wrong" },
    { "Subject folded anew", SIGNING_TAGS, "example.com\r\n\tSubmitter",
      "example.com Submitter", "pass" },
    { "Subject gone", SIGNING_TAGS,
      "Subject: Report Domain: example.com\r\n\tSubmitter: sender.example\r\n",
      "", "signature-wrong" },
    { "case of a name", SIGNING_TAGS, "Subject: Rep", "SUBJECT : Rep", "pass" },
    { "other order", SIGNING_TAGS,
      "From: Reports <tls@sender.example>\r\nTo: tls@example.com\r\n",
      "To: tls@example.com\r\nFrom: Reports <tls@sender.example>\r\n", "pass" },
    { "unsigned field added", SIGNING_TAGS, "From: Rep",
      "Received: x\r\nFrom: Rep", "pass" },
    { "tag of the signature changed", SIGNING_TAGS, "s=s1;", "s=s2;",
      "signature-wrong" },
    { "unknown tag added to the signature", SIGNING_TAGS, "v=1;", "v=1; y=;",
      "signature-wrong" },
    { "octet of the signature changed", SIGNING_TAGS,
      ";\r\n b=", ";\r\n b=AAAA", "signature-wrong" },
    { "signature folded anew", SIGNING_TAGS, ";\r\n b=", ";\r\n b=\r\n\t ",
      "pass" },
    { "From twice", SIGNING_TAGS, "From: Rep",
      "From: <x@evil.example>\r\nFrom: Rep", "field-added" },
    { "Subject twice", SIGNING_TAGS, "From: Rep",
      "Subject: Report Domain: evil.example\r\nFrom: Rep", "field-added" },
    { "TLS-Report-Submitter twice", SIGNING_TAGS, "From: Rep",
      "TLS-Report-Submitter: evil.example\r\nFrom: Rep", "field-added" },
    { "From added below", SIGNING_TAGS, "To: tls",
      "From: <x@evil.example>\r\nTo: tls", "field-added" },
    { "Content-Type added that was not signed", SIGNING_TAGS, "From: Rep",
      "Content-Type: text/plain\r\nFrom: Rep", "pass" },
    { "a field that is none", SIGNING_TAGS, "From: Rep",
      "Content-Type: text/plain\r\n{\"a\"\r\nFrom: Rep", "header-malformed" },
    { "a boundary in the header", SIGNING_TAGS, "From: Rep", "--b\r\nFrom: Rep",
      "header-malformed" },
    { "oversigned, as it was", SIGNING_TAGS ":From:Subject:Date", "One", "One",
      "pass" },
    { "oversigned, Date added", SIGNING_TAGS ":From:Subject:Date", "From: Rep",
      "Date: x\r\nFrom: Rep", "signature-wrong" },
    { "oversigned, From added", SIGNING_TAGS ":From:Subject:Date", "From: Rep",
      "From: <x@evil.example>\r\nFrom: Rep", "signature-wrong" },
    { "its own kind in h=", SIGNING_TAGS ":DKIM-Signature", "One", "One",
      "pass" },
    { "l= of it all", SIGNING_TAGS "; l=31", "One", "One", "body-length" },
    { "expired", SIGNING_TAGS "; t=1790000000; x=1799999999", "One", "One",
      "expired" },
    { "not expired", SIGNING_TAGS "; t=1790000000; x=1800000000", "One", "One",
      "pass" },
    { "broken base64 in b=", SIGNING_TAGS, ";\r\n b=", ";\r\n b=!", "base64" },
};

static void a_signed_mail_passes_until_it_is_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(edits); i++) {
        bool is_rsa = strstr(edits[i].tags, "rsa") != NULL;
        char *mail = signing_make(edits[i].tags, SIGNING_HEADER, SIGNING_BODY,
                                  is_rsa ? KEY_RSA2048_PEM : KEY_ED25519_PEM);

        mail = signing_edit(mail, edits[i].old, edits[i].new);
        ROW_TEXT(edits[i].name,
                 reason(mail, is_rsa ? KEY_RECORD : ED25519_RECORD),
                 edits[i].code);
        free(mail);
    }
}

/* Every field that this program reads, signed once and there twice. */
static void fields_that_are_read_are_signed_all_or_none(void **state)
{
    static const char *const fields[] = {
        "Subject",           "MIME-Version",
        "Content-Type",      "Content-Transfer-Encoding",
        "TLS-Report-Domain", "TLS-Report-Submitter",
    };
    char tags[200], header[300], added[400], *mail;

    (void)state;
    for (size_t i = 0; i < ROWS(fields); i++) {
        snprintf(tags, sizeof(tags),
                 "v=1; a=rsa-sha256; d=sender.example; s=s1; h=From:%s",
                 fields[i]);
        snprintf(header, sizeof(header), "From: a@sender.example\r\n%s: x\r\n",
                 fields[i]);
        mail = signing_make(tags, header, "", KEY_RSA2048_PEM);
        ROW_TEXT(fields[i], reason(mail, KEY_RECORD), "pass");
        snprintf(added, sizeof(added), "%s : y\r\nFrom: a", fields[i]);
        mail = signing_edit(mail, "From: a", added);
        ROW_TEXT(fields[i], reason(mail, KEY_RECORD), "field-added");
        free(mail);
    }
    mail = signing_make("v=1; a=rsa-sha256; d=sender.example; s=s1; "
                        "h=From:Content-Type",
                        "From: a@sender.example\r\nContent-Type: x\r\n", "",
                        KEY_RSA2048_PEM);
    mail = signing_edit(mail, "From: a", "ContentType: y\r\nFrom: a");
    ROW_TEXT("misspelt Content-Type", reason(mail, KEY_RECORD), "field-added");
    free(mail);
}

/* RFC 6376 section 5.4.2. */
static void repeated_fields_are_signed_from_the_bottom(void **state)
{
    static const char header[] = "Received: 1\r\nReceived: 2\r\nReceived: 3\r\n"
                                 "From: a@sender.example\r\n";
    static const char tags[] = "v=1; a=rsa-sha256; d=sender.example; s=s1; "
                               "h=From:Received:Received";
    char *mail = signing_make(tags, header, "", KEY_RSA2048_PEM);

    (void)state;
    mail = signing_edit(mail, "Received: 1", "Received: 0");
    ROW_TEXT("the first is free", reason(mail, KEY_RECORD), "pass");
    mail = signing_edit(mail, "Received: 2", "Received: 0");
    ROW_TEXT("the second is not", reason(mail, KEY_RECORD), "signature-wrong");
    free(mail);
}

static void a_signature_below_another_is_read(void **state)
{
    char *mail = signing_make(SIGNING_TAGS, SIGNING_HEADER, SIGNING_BODY,
                              KEY_RSA2048_PEM);
    char *two = malloc(1 << 16);

    (void)state;
    snprintf(two, 1 << 16, "DKIM-Signature: v=1; a=broken\r\n%s", mail);
    ROW_TEXT("first", reason_of(two, strlen(two), 0, KEY_RECORD), "algorithm");
    ROW_TEXT("second", reason_of(two, strlen(two), 1, KEY_RECORD), "pass");
    ROW_TEXT("third", reason_of(two, strlen(two), 2, KEY_RECORD), "none read");
    free(two);
    free(mail);
}

static void signatures_beyond_the_limit_are_counted_only(void **state)
{
    char mail[2000] = "";
    struct arena arena;
    struct dkim dkim;

    (void)state;
    for (int i = 0; i < DKIM_MAX_SIGNATURES + 3; i++)
        snprintf(mail + strlen(mail), sizeof(mail) - strlen(mail),
                 "DKIM-Signature: v=1; d=d%d.example\r\n", i);
    arena_init(&arena, 1 << 20);
    assert_int_equal(dkim_read(&arena, slice_of(mail), UTC_NONE, &dkim, NULL),
                     0);
    assert_int_equal(dkim.n_signatures, DKIM_MAX_SIGNATURES);
    assert_int_equal(dkim.n_ignored, 3);
    assert_string_equal(dkim.signatures[0].domain, "d0.example");
    assert_string_equal(dkim.signatures[9].domain, "d9.example");
    arena_deinit(&arena);
}

static const struct {
    const char *mail, *domain;
} authors[] = {
    { "From: a@Sender.example\n\n", "sender.example" },
    { "To: x\nFROM : \"b\"\n <a@b\xc3\xbc"
      "cher.example>\n\n",
      "xn--bcher-kva.example" },
    { "From: a@one.example\nFrom: a@two.example\n\n", NULL },
    { "From: a@one.example, b@two.example\n\n", NULL },
    { "To: a@one.example\n\nFrom: b@two.example\n", NULL },
    { "", NULL },
};

static void the_domain_of_from_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(authors); i++) {
        struct arena arena;
        struct dkim dkim;

        arena_init(&arena, 1 << 20);
        assert_int_equal(
            dkim_read(&arena, slice_of(authors[i].mail), 0, &dkim, NULL), 0);
        ROW_TEXT(authors[i].mail, dkim.from_domain, authors[i].domain);
        ROW_NUMBER(authors[i].mail, dkim.n_signatures, 0);
        arena_deinit(&arena);
    }
}

/* A mail cut anywhere is read, and passes only while nothing that counts is
 * missing. */
static void a_mail_cut_anywhere_is_survived(void **state)
{
    size_t len = strlen(RFC8463_MAIL);

    (void)state;
    for (size_t n = 0; n < len; n++) {
        const char *code = reason_of(RFC8463_MAIL, n, 0, RFC8463_ED25519);

        /* The line end behind the body is put back by canonicalisation. */
        ROW_NUMBER(code, strcmp(code, "pass") == 0, n == len - 2);
    }
}

/* A header full of fields that a signature names all, and more. */
static void a_flood_of_fields_takes_linear_time(void **state)
{
    static char mail[MAIL_MAX_HEADER_BYTES];
    struct arena arena;
    struct dkim dkim;
    size_t used = 0;

    (void)state;
    used += (size_t)snprintf(mail, sizeof(mail),
                             "From: a@b.example\r\nDKIM-Signature: v=1; "
                             "a=rsa-sha256; d=b.example; s=s; "
                             "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;"
                             " c=relaxed/relaxed; b=AAAA; h=from");
    for (int i = 0; i < 40000; i++)
        used += (size_t)snprintf(mail + used, sizeof(mail) - used, ":a");
    used += (size_t)snprintf(mail + used, sizeof(mail) - used, "\r\n");
    for (int i = 0; i < 19000; i++)
        used += (size_t)snprintf(mail + used, sizeof(mail) - used, "A:%d\n",
                                 i % 10);
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        dkim_read(&arena, slice_make(mail, used), UTC_NONE, &dkim, NULL), 0);
    assert_null(dkim.signatures[0].fault);
    arena_deinit(&arena);
}

static void a_mail_beyond_the_limits_is_an_error(void **state)
{
    struct err err = { .kind = ERR_NONE };
    struct dkim dkim = { .n_ignored = 77 };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        dkim_read(&arena,
                  slice_make("A: b\n\n", (size_t)MAIL_MAX_MESSAGE_BYTES + 1),
                  UTC_NONE, &dkim, &err),
        -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(dkim.n_ignored, 77);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfcs_pass),
        cmocka_unit_test(bare_line_ends_are_those_that_were_mailed),
        cmocka_unit_test(what_stands_before_the_header_is_skipped),
        cmocka_unit_test(every_canonicalization_passes),
        cmocka_unit_test(a_signed_mail_passes_until_it_is_changed),
        cmocka_unit_test(fields_that_are_read_are_signed_all_or_none),
        cmocka_unit_test(repeated_fields_are_signed_from_the_bottom),
        cmocka_unit_test(a_signature_below_another_is_read),
        cmocka_unit_test(signatures_beyond_the_limit_are_counted_only),
        cmocka_unit_test(the_domain_of_from_is_told),
        cmocka_unit_test(a_mail_cut_anywhere_is_survived),
        cmocka_unit_test(a_flood_of_fields_takes_linear_time),
        cmocka_unit_test(a_mail_beyond_the_limits_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
