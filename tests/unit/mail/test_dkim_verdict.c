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

#define P2048 "p=" KEY_RSA2048_PUBLIC
#define ED25519 "k=ed25519; p=" KEY_ED25519_PUBLIC

/* A signature of a mail that is as it was sent. */
struct read_mail {
    struct arena arena;
    struct dkim dkim;
};

static void read_mail(struct read_mail *mail, const char *tags, const char *pem)
{
    char *text = signing_make(tags, SIGNING_HEADER, SIGNING_BODY, pem);

    arena_init(&mail->arena, 1 << 20);
    assert_int_equal(
        dkim_read(&mail->arena, slice_of(text), UTC_NONE, &mail->dkim, NULL),
        0);
    free(text);
}

static const struct {
    const char *name;
    const char *record;                       /* NULL: none found */
    const char *reasons[DKIM_KEY_RULE_COUNT]; /* accept, known, strict */
    unsigned bits;
} keys[] = {
    { "ordinary", P2048, { "pass", "pass", "key-service" }, 2048 },
    { "PKCS#1",
      "p=" KEY_RSA2048_PKCS1,
      { "pass", "pass", "key-service" },
      2048 },
    { "s=*", "s=*;" P2048, { "pass", "pass", "key-service" }, 2048 },
    { "s=email",
      "s=email;" P2048,
      { "pass", "key-service", "key-service" },
      2048 },
    { "s=tlsrpt", "s=tlsrpt;" P2048, { "pass", "pass", "pass" }, 2048 },
    { "s=email:tlsrpt",
      "s=email:tlsrpt;" P2048,
      { "pass", "pass", "pass" },
      2048 },
    { "s=sip",
      "s=sip;" P2048,
      { "key-service", "key-service", "key-service" },
      2048 },
    { "h=sha256",
      "s=tlsrpt;h=sha256;" P2048,
      { "pass", "pass", "pass" },
      2048 },
    { "h=sha1",
      "s=tlsrpt;h=sha1;" P2048,
      { "key-hash", "key-hash", "key-hash" },
      2048 },
    { "testing",
      "t=y;" P2048,
      { "key-testing", "key-testing", "key-testing" },
      2048 },
    /* RFC 6376 section 3.6.1: even should the signature fail to verify. */
    { "testing another key",
      "t=y; p=" KEY_RSA1024_PUBLIC,
      { "key-testing", "key-testing", "key-testing" },
      1024 },
    { "another key",
      "s=tlsrpt;p=" KEY_RSA1024_PUBLIC,
      { "signature-wrong", "signature-wrong", "signature-wrong" },
      1024 },
    { "key of another type",
      "s=tlsrpt;" ED25519,
      { "key-type", "key-type", "key-type" },
      256 },
    { "short key",
      "s=tlsrpt; p=" KEY_RSA512_PUBLIC,
      { "key-short", "key-short", "key-short" },
      512 },
    { "strict about i=",
      "s=tlsrpt; t=s;" P2048,
      { "pass", "pass", "pass" },
      2048 },
    { "revoked",
      "v=DKIM1; p=",
      { "key-revoked", "key-revoked", "key-revoked" },
      0 },
    { "of another version",
      "v=DKIM2; " P2048,
      { "key-unreadable", "key-unreadable", "key-unreadable" },
      2048 },
    { "no key in it",
      "v=DKIM1",
      { "key-unreadable", "key-unreadable", "key-unreadable" },
      0 },
    { "cut",
      "p=MIGf",
      { "key-unreadable", "key-unreadable", "key-unreadable" },
      0 },
    { "other type",
      "k=dsa; " P2048,
      { "key-unreadable", "key-unreadable", "key-unreadable" },
      0 },
};

static struct dkim_result judge(const struct dkim_signature *signature,
                                const struct slice *records, size_t n,
                                enum dkim_key_rule rule)
{
    struct dkim_answer answer = { DKIM_LOOKUP_FOUND, records, n };
    struct dkim_result result;

    assert_int_equal(dkim_judge(signature, &answer, rule, &result, NULL), 0);
    assert_int_equal(result.verdict, result.reason->verdict);
    return result;
}

static void a_signature_is_as_good_as_its_key(void **state)
{
    struct read_mail mail;

    (void)state;
    read_mail(&mail, SIGNING_TAGS, KEY_RSA2048_PEM);
    for (size_t i = 0; i < ROWS(keys); i++) {
        struct slice record = slice_of(keys[i].record);

        for (int rule = 0; rule < DKIM_KEY_RULE_COUNT; rule++) {
            struct dkim_result result = judge(mail.dkim.signatures, &record, 1,
                                              (enum dkim_key_rule)rule);

            ROW_TEXT(keys[i].name, result.reason->code, keys[i].reasons[rule]);
            ROW_NUMBER(keys[i].name, result.key_bits, keys[i].bits);
        }
    }
    arena_deinit(&mail.arena);
}

static void short_rsa_keys_prove_nothing(void **state)
{
    struct slice short_key = SLICE("p=" KEY_RSA512_PUBLIC);
    struct slice least_key = SLICE("p=" KEY_RSA1024_PUBLIC);
    struct read_mail mail;

    (void)state;
    read_mail(&mail, SIGNING_TAGS, KEY_RSA512_PEM);
    ROW_TEXT("512", judge(mail.dkim.signatures, &short_key, 1, 0).reason->code,
             "key-short");
    arena_deinit(&mail.arena);
    read_mail(&mail, SIGNING_TAGS, KEY_RSA1024_PEM);
    ROW_TEXT("1024", judge(mail.dkim.signatures, &least_key, 1, 0).reason->code,
             "pass");
    arena_deinit(&mail.arena);
}

/* RFC 6376 section 3.6.1: with t=s the domains are the same. */
static void a_strict_key_is_for_its_domain_alone(void **state)
{
    static const struct {
        const char *tags, *reason;
    } rows[] = {
        { SIGNING_TAGS "; i=@sender.example", "pass" },
        { SIGNING_TAGS "; i=a@Sender.Example", "pass" },
        { SIGNING_TAGS "; i=@mail.sender.example", "key-identity" },
    };
    struct slice strict = SLICE("t=s; " P2048), loose = SLICE(P2048);

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct read_mail mail;

        read_mail(&mail, rows[i].tags, KEY_RSA2048_PEM);
        ROW_TEXT(rows[i].tags,
                 judge(mail.dkim.signatures, &strict, 1, 0).reason->code,
                 rows[i].reason);
        ROW_TEXT(rows[i].tags,
                 judge(mail.dkim.signatures, &loose, 1, 0).reason->code,
                 "pass");
        arena_deinit(&mail.arena);
    }
}

/* R-DKIM-23: several records are allowed, and each is tried. */
static void the_best_of_several_records_decides(void **state)
{
    static const struct {
        const char *name, *records[3], *reason;
    } rows[] = {
        { "none", { NULL }, "key-absent" },
        { "another record first", { "v=spf1 -all", P2048 }, "pass" },
        { "another key first", { "p=" KEY_RSA1024_PUBLIC, P2048 }, "pass" },
        { "the right one first", { P2048, "p=" }, "pass" },
        { "revoked and another record",
          { "v=spf1 -all", "p=" },
          "key-unreadable" },
        { "revoked and another key",
          { "p=", "p=" KEY_RSA1024_PUBLIC },
          "signature-wrong" },
        { "testing and another key",
          { "p=" KEY_RSA1024_PUBLIC, "t=y;" P2048 },
          "key-testing" },
        { "three, none right", { "p=", ED25519, "x" }, "key-type" },
    };
    struct read_mail mail;

    (void)state;
    read_mail(&mail, SIGNING_TAGS, KEY_RSA2048_PEM);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice records[3];
        size_t n = 0;

        for (; n < 3 && rows[i].records[n]; n++)
            records[n] = slice_of(rows[i].records[n]);
        ROW_TEXT(rows[i].name,
                 judge(mail.dkim.signatures, records, n, 0).reason->code,
                 rows[i].reason);
    }
    arena_deinit(&mail.arena);
}

static void records_beyond_the_limit_are_not_tried(void **state)
{
    struct slice records[DKIM_MAX_KEY_RECORDS + 1];
    struct read_mail mail;

    (void)state;
    for (size_t i = 0; i < ROWS(records); i++)
        records[i] = SLICE("p=" KEY_RSA1024_PUBLIC);
    read_mail(&mail, SIGNING_TAGS, KEY_RSA2048_PEM);
    records[DKIM_MAX_KEY_RECORDS] = SLICE(P2048);
    ROW_TEXT(
        "beyond",
        judge(mail.dkim.signatures, records, ROWS(records), 0).reason->code,
        "signature-wrong");
    records[DKIM_MAX_KEY_RECORDS - 1] = SLICE(P2048);
    ROW_TEXT(
        "last",
        judge(mail.dkim.signatures, records, ROWS(records), 0).reason->code,
        "pass");
    arena_deinit(&mail.arena);
}

static void what_dns_does_not_say_is_told_apart(void **state)
{
    struct dkim_answer absent = { DKIM_LOOKUP_ABSENT, NULL, 0 };
    struct dkim_answer temporary = { DKIM_LOOKUP_TEMPORARY, NULL, 0 };
    struct dkim_result result;
    struct read_mail mail;

    (void)state;
    read_mail(&mail, SIGNING_TAGS, KEY_RSA2048_PEM);
    assert_int_equal(
        dkim_judge(mail.dkim.signatures, &absent, 0, &result, NULL), 0);
    assert_int_equal(result.verdict, DKIM_UNVERIFIABLE);
    assert_string_equal(result.reason->code, "key-absent");
    assert_int_equal(
        dkim_judge(mail.dkim.signatures, &temporary, 0, &result, NULL), 0);
    assert_int_equal(result.verdict, DKIM_TEMPORARY);
    arena_deinit(&mail.arena);
}

static void a_fault_needs_no_answer(void **state)
{
    struct dkim_result result;
    struct read_mail mail;

    (void)state;
    read_mail(&mail, SIGNING_TAGS "; l=5", KEY_RSA2048_PEM);
    assert_null(mail.dkim.signatures[0].query_name);
    assert_int_equal(dkim_judge(mail.dkim.signatures, NULL, 0, &result, NULL),
                     0);
    assert_int_equal(result.verdict, DKIM_FAIL);
    assert_string_equal(result.reason->code, "body-length");
    arena_deinit(&mail.arena);
}

/* Signatures as "domain:reason " each; "-" is a domain that cannot be read. */
static const struct {
    const char *name, *signatures;
    struct dkim_senders senders;
    const char *reason;
    int signature; /* its number, or -1 */
    enum dkim_origin origin;
} choices[] = {
    { "no signature", "", { "a.example", NULL, NULL }, "unsigned", -1, 0 },
    { "contact-info",
      "a.example:pass",
      { "a.example", NULL, NULL },
      "pass",
      0,
      DKIM_ORIGIN_CONTACT },
    { "contact-info, relaxed",
      "mail.a.example:pass",
      { "Smtp.A.example", NULL, NULL },
      "pass",
      0,
      DKIM_ORIGIN_CONTACT },
    { "contact-info under a suffix",
      "a.co.uk:pass",
      { "b.co.uk", NULL, NULL },
      "not-aligned",
      0,
      0 },
    { "submitter",
      "a.example:pass",
      { "", "a.example", NULL },
      "pass",
      0,
      DKIM_ORIGIN_SUBMITTER },
    { "submitter beside contact-info",
      "a.example:pass",
      { "b.example", "a.example", NULL },
      "pass",
      0,
      DKIM_ORIGIN_SUBMITTER },
    { "contact-info before submitter",
      "b.example:pass a.example:pass",
      { "a.example", "b.example", NULL },
      "pass",
      1,
      DKIM_ORIGIN_CONTACT },
    { "submitter that passes before contact-info that fails",
      "a.example:body-changed b.example:pass",
      { "a.example", "b.example", NULL },
      "pass",
      1,
      DKIM_ORIGIN_SUBMITTER },
    { "From where the others are absent",
      "a.example:pass",
      { NULL, "", "a.example" },
      "pass",
      0,
      DKIM_ORIGIN_FROM },
    { "From beside contact-info",
      "a.example:pass",
      { "b.example", NULL, "a.example" },
      "not-aligned",
      0,
      0 },
    { "From beside submitter",
      "a.example:pass",
      { NULL, "b.example", "a.example" },
      "not-aligned",
      0,
      0 },
    { "nothing to be aligned with",
      "a.example:pass",
      { NULL, NULL, NULL },
      "not-aligned",
      0,
      0 },
    { "somebody else's",
      "b.example:pass",
      { "a.example", NULL, NULL },
      "not-aligned",
      0,
      0 },
    { "somebody else's broken",
      "b.example:body-changed",
      { "a.example", NULL, NULL },
      "not-aligned",
      0,
      0 },
    { "first broken, second good",
      "a.example:body-changed a.example:pass",
      { "a.example", NULL, NULL },
      "pass",
      1,
      DKIM_ORIGIN_CONTACT },
    { "forwarder passes, sender fails",
      "list.example:pass a.example:signature-wrong",
      { "a.example", NULL, NULL },
      "signature-wrong",
      1,
      DKIM_ORIGIN_CONTACT },
    { "unreadable beside good",
      "-:syntax a.example:pass",
      { "a.example", NULL, NULL },
      "pass",
      1,
      DKIM_ORIGIN_CONTACT },
    { "unreadable alone",
      "-:syntax",
      { "a.example", NULL, NULL },
      "not-aligned",
      0,
      0 },
    { "later before gone",
      "a.example:key-absent a.example:key-temporary",
      { "a.example", NULL, NULL },
      "key-temporary",
      1,
      DKIM_ORIGIN_CONTACT },
    { "gone before failed",
      "a.example:body-changed a.example:key-revoked",
      { "a.example", NULL, NULL },
      "key-revoked",
      1,
      DKIM_ORIGIN_CONTACT },
    { "failed before testing",
      "a.example:key-testing a.example:expired",
      { "a.example", NULL, NULL },
      "expired",
      1,
      DKIM_ORIGIN_CONTACT },
    { "testing alone",
      "a.example:key-testing",
      { "a.example", NULL, NULL },
      "key-testing",
      0,
      DKIM_ORIGIN_CONTACT },
    { "the first of equals",
      "a.example:expired a.example:body-changed",
      { "a.example", NULL, NULL },
      "expired",
      0,
      DKIM_ORIGIN_CONTACT },
    { "an address is no domain",
      "192.0.2.1:pass",
      { "192.0.2.1", NULL, NULL },
      "not-aligned",
      0,
      0 },
    { "u-labels",
      "xn--bcher-kva.example:pass",
      { "mail.b\xc3\xbc"
        "cher.example",
        NULL, NULL },
      "pass",
      0,
      DKIM_ORIGIN_CONTACT },
};

/* Makes signatures and results of their text. Returns: how many. */
static size_t make_signatures(const char *text,
                              struct dkim_signature *signatures,
                              struct dkim_result *results, char domains[][100])
{
    size_t n = 0;
    int read = 0;
    char code[40];

    while (sscanf(text, " %99[^:]:%39s%n", domains[n], code, &read) == 2) {
        const struct dkim_reason *reason = dkim_reason_find(slice_of(code));

        assert_non_null(reason);
        signatures[n] = (struct dkim_signature){
            .domain = strcmp(domains[n], "-") ? domains[n] : NULL
        };
        results[n] = (struct dkim_result){ reason->verdict, reason, 0 };
        n++;
        text += read;
    }
    return n;
}

static void the_best_signature_of_the_sender_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(choices); i++) {
        struct dkim_signature signatures[4];
        struct dkim_result results[4];
        struct dkim dkim = { .signatures = signatures };
        struct dkim_choice choice;
        struct arena arena;
        char domains[4][100];

        arena_init(&arena, 1 << 20);
        dkim.n_signatures = make_signatures(choices[i].signatures, signatures,
                                            results, domains);
        assert_int_equal(dkim_choose(&arena, &dkim, results,
                                     &choices[i].senders, &choice, NULL),
                         0);
        ROW_TEXT(choices[i].name, choice.result.reason->code,
                 choices[i].reason);
        ROW_NUMBER(choices[i].name, choice.result.verdict,
                   choice.result.reason->verdict);
        ROW_NUMBER(choices[i].name,
                   choice.signature ? choice.signature - signatures : -1,
                   choices[i].signature);
        ROW_NUMBER(choices[i].name, choice.origin, choices[i].origin);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_is_as_good_as_its_key),
        cmocka_unit_test(short_rsa_keys_prove_nothing),
        cmocka_unit_test(a_strict_key_is_for_its_domain_alone),
        cmocka_unit_test(the_best_of_several_records_decides),
        cmocka_unit_test(records_beyond_the_limit_are_not_tried),
        cmocka_unit_test(what_dns_does_not_say_is_told_apart),
        cmocka_unit_test(a_fault_needs_no_answer),
        cmocka_unit_test(the_best_signature_of_the_sender_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
