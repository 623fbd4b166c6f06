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
#include "mail/dkim_sign.h"
#include "row.h"
#include "signing.h"

enum { NOW = 1800000000, MAIL_BYTES = 1 << 16 };

#define RSA_RECORD "v=DKIM1; k=rsa; s=email:tlsrpt; p=" KEY_RSA2048_PUBLIC
#define ED25519_RECORD "v=DKIM1; k=ed25519; p=" KEY_ED25519_PUBLIC

#define HEADER                                                                 \
    "From: Reports <tls@sender.example>\r\n"                                   \
    "To: tls@example.com\r\n"                                                  \
    "Subject: Report Domain: example.com\r\n"                                  \
    " Submitter: sender.example\r\n"                                           \
    "Date: Sat, 21 Nov 2026 00:10:00 +0000\r\n"                                \
    "Message-ID: <1@sender.example>\r\n"                                       \
    "MIME-Version: 1.0\r\n"                                                    \
    "Content-Type: multipart/report; report-type=tlsrpt\r\n"                   \
    "Auto-Submitted: auto-generated\r\n"                                       \
    "TLS-Report-Domain: example.com\r\n"                                       \
    "TLS-Report-Submitter: sender.example\r\n"                                 \
    "TLS-Required: No\r\n"                                                     \
    "X-Other: not signed\r\n"
#define BODY "One line.\r\n.\r\n..dots\r\nblanks  \t here \r\n\r\n\r\n"

static struct signature_key *key_of(const char *pem)
{
    struct signature_key *key = NULL;

    assert_int_equal(signature_key_read_private(slice_of(pem), &key, NULL), 0);
    return key;
}

/* A mail signed by n of: RSA with selector s1, Ed25519 with s2. */
static char *sign(const char *mail, size_t n)
{
    struct signature_key *rsa = key_of(KEY_RSA2048_PEM);
    struct signature_key *ed25519 = key_of(KEY_ED25519_PEM);
    const struct dkim_signer signers[] = {
        { "sender.example", "s1", rsa }, { "sender.example", "s2", ed25519 }
    };
    char *whole = malloc(MAIL_BYTES);
    struct buffer out;

    buffer_init(&out, MAIL_BYTES);
    assert_int_equal(dkim_sign(slice_of(mail), signers, n, NOW, &out, NULL), 0);
    assert_true(snprintf(whole, MAIL_BYTES, "%s%s", buffer_text(&out), mail) <
                MAIL_BYTES);
    buffer_deinit(&out);
    signature_key_free(rsa);
    signature_key_free(ed25519);
    return whole;
}

/* Why signature `number` passes or not, at a time of arrival. */
static const char *reason_at(const char *mail, size_t number, utc_time arrival)
{
    struct slice text = slice_of(number == 0 ? RSA_RECORD : ED25519_RECORD);
    struct dkim_answer answer = { DKIM_LOOKUP_FOUND, &text, 1 };
    struct dkim_result result;
    const char *code = "none read";
    struct arena arena;
    struct dkim dkim;

    arena_init(&arena, 1 << 20);
    assert_int_equal(dkim_read(&arena, slice_of(mail), arrival, &dkim, NULL),
                     0);
    if (number < dkim.n_signatures) {
        assert_int_equal(dkim_judge(&dkim.signatures[number], &answer,
                                    DKIM_KEY_ACCEPT, &result, NULL),
                         0);
        code = result.reason->code;
    }
    arena_deinit(&arena);
    return code;
}

static const char *reason(const char *mail, size_t number)
{
    return reason_at(mail, number, NOW);
}

static void what_is_signed_is_verified(void **state)
{
    static const char *const mails[] = {
        HEADER "\r\n" BODY,
        HEADER "\r\n",
        HEADER,
        HEADER "\r\n\r\n\r\n",
        HEADER "\r\nno line end",
        "From: <tls@sender.example>\r\n\r\nx\r\n",
        "from:tls@sender.example\r\nSUBJECT :  a \t b \r\n\r\nx\r\n",
    };

    (void)state;
    for (size_t i = 0; i < ROWS(mails); i++) {
        char *mail = sign(mails[i], 2);

        ROW_TEXT(mails[i], reason(mail, 0), "pass");
        ROW_TEXT(mails[i], reason(mail, 1), "pass");
        ROW_TEXT(mails[i], reason(mail, 2), "none read");
        free(mail);
    }
}

static const struct {
    const char *name, *old, *new, *code;
} edits[] = {
    { "as it was", "One", "One", "pass" },
    { "body", "One", "Two", "body-changed" },
    { "blanks within", "blanks  \t here", "blanks here", "pass" },
    { "field not signed", "not signed", "changed", "pass" },
    { "folded otherwise", "example.com\r\n Sub", "example.com Sub", "pass" },
    { "recipient", "tls@example.com", "tls@example.org", "signature-wrong" },
    { "subject", "example.com\r\n", "example.org\r\n", "signature-wrong" },
    { "date", "00:10", "00:11", "signature-wrong" },
    { "message-id", "<1@", "<2@", "signature-wrong" },
    { "mime-version", "1.0", "1.1", "signature-wrong" },
    { "content-type", "=tlsrpt", "=other", "signature-wrong" },
    { "auto-submitted", "auto-gen", "auto-rep", "signature-wrong" },
    { "report domain", "Domain: example.com\r\nTLS",
      "Domain: example.org\r\nTLS", "signature-wrong" },
    { "report submitter", "-Submitter: s", "-Submitter: x", "signature-wrong" },
    { "tls-required", ": No", ": Yes", "signature-wrong" },
    { "second from", "From: Rep", "From: x@evil.example\r\nFrom: Rep",
      "signature-wrong" },
    { "second to", "From: Rep", "To: x\r\nFrom: Rep", "signature-wrong" },
    { "second subject", "From: Rep", "Subject: x\r\nFrom: Rep",
      "signature-wrong" },
    { "second date", "From: Rep", "Date: x\r\nFrom: Rep", "signature-wrong" },
    { "second content-type", "From: Rep", "Content-Type: x\r\nFrom: Rep",
      "signature-wrong" },
    { "second report domain", "From: Rep", "TLS-Report-Domain: x\r\nFrom: Rep",
      "signature-wrong" },
    { "second report submitter", "From: Rep",
      "TLS-Report-Submitter: x\r\nFrom: Rep", "signature-wrong" },
    { "its own time", "\tt=1800000000", "\tt=1800000001", "signature-wrong" },
};

static void what_is_changed_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(edits); i++) {
        char *mail = sign(HEADER "\r\n" BODY, 2);

        mail = signing_edit(mail, edits[i].old, edits[i].new);
        ROW_TEXT(edits[i].name, reason(mail, 0), edits[i].code);
        free(mail);
    }
}

static void tags_are_as_they_should_be(void **state)
{
    char *mail = sign(HEADER "\r\n" BODY, 2);
    char *line, *rest = mail;

    (void)state;
    assert_non_null(strstr(mail, "v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
                                 "\td=sender.example;\r\n\ts=s1;\r\n"
                                 "\tt=1800000000;\r\n"
                                 "\th=From:From:To:To:Subject:Subject:"));
    assert_non_null(strstr(mail, "a=ed25519-sha256"));
    assert_null(strstr(mail, "l="));
    assert_null(strstr(mail, "x="));
    /* It may be sent again as late as the outbox keeps it. */
    assert_string_equal(reason_at(mail, 0, NOW + 30 * 86400), "pass");
    while ((line = strsep(&rest, "\n")))
        assert_true(strlen(line) <= 79); /* with its CR */
    free(mail);
}

static void what_would_be_changed_on_its_way_is_refused(void **state)
{
    static const struct {
        const char *name, *mail;
    } rows[] = {
        { "bare LF", "From: a@b.example\n\nx\n" },
        { "bare CR", "From: a@b.example\r\n\r\nx\ry\r\n" },
        { "CR CR LF", "From: a@b.example\r\n\r\nx\r\r\n" },
        { "8-bit", "From: a@b.example\r\n\r\n\xc3\xbc\r\n" },
        { "no From", "To: a@b.example\r\n\r\nx\r\n" },
        { "no header", "{\"a\": 1}\r\n\r\nx\r\n" },
    };
    struct signature_key *key = key_of(KEY_ED25519_PEM);
    const struct dkim_signer signer = { "sender.example", "s2", key };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buffer out;
        struct err err = { .kind = ERR_NONE };

        buffer_init(&out, MAIL_BYTES);
        ROW_NUMBER(
            rows[i].name,
            dkim_sign(slice_of(rows[i].mail), &signer, 1, NOW, &out, &err), -1);
        ROW_NUMBER(rows[i].name, err.kind, ERR_INPUT);
        buffer_deinit(&out);
    }
    signature_key_free(key);
}

static const struct check {
    const char *name, *pem, *domain, *selector, *from;
    int rc;
    bool is_weak;
} checks[] = {
    { "2048 bits", KEY_RSA2048_PEM, "sender.example", "s1", "sender.example", 0,
      false },
    { "1024 bits", KEY_RSA1024_PEM, "sender.example", "s1", "sender.example", 0,
      true },
    { "512 bits", KEY_RSA512_PEM, "sender.example", "s1", "sender.example", -1,
      false },
    { "ed25519", KEY_ED25519_PEM, "sender.example", "s1", "sender.example", 0,
      false },
    { "organisational domain", KEY_ED25519_PEM, "sender.example", "a.b",
      "mail.sender.example", 0, false },
    { "another domain", KEY_ED25519_PEM, "sender.example", "s1",
      "other.example", -1, false },
    { "no selector", KEY_ED25519_PEM, "sender.example", "", "sender.example",
      -1, false },
    { "no selector but tags", KEY_ED25519_PEM, "sender.example", "a; l=0",
      "sender.example", -1, false },
    { "no domain", KEY_ED25519_PEM, "sender example", "s1", "sender.example",
      -1, false },
};

static void signers_nobody_believes_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(checks); i++) {
        const struct check *row = &checks[i];
        struct signature_key *key = key_of(row->pem);
        const struct dkim_signer signer = { row->domain, row->selector, key };
        bool is_weak = false;
        struct err err;

        ROW_NUMBER(row->name,
                   dkim_sign_check(&signer, row->from, &is_weak, &err),
                   row->rc);
        ROW_NUMBER(row->name, is_weak, row->is_weak);
        signature_key_free(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_is_verified),
        cmocka_unit_test(what_is_changed_is_seen),
        cmocka_unit_test(tags_are_as_they_should_be),
        cmocka_unit_test(what_would_be_changed_on_its_way_is_refused),
        cmocka_unit_test(signers_nobody_believes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
