/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "charts.h"
#include "crypt/signature.h"
#include "doctor/identity.h"
#include "keys.h"
#include "row.h"

#define RSA "p=" KEY_RSA2048_PUBLIC
#define ED25519 "k=ed25519; p=" KEY_ED25519_PUBLIC
#define GOOD "dkim-record:good dkim-service:good dkim-testing:good "

/* What DNS said: up to two texts. */
static struct identity_answer answer_of(enum identity_lookup lookup,
                                        const char *one, const char *two,
                                        struct slice records[2])
{
    records[0] = slice_of(one);
    records[1] = slice_of(two);
    return (struct identity_answer){ .lookup = lookup,
                                     .name = "s1._domainkey.example.org",
                                     .why = "no answer",
                                     .records = records,
                                     .n_records = (size_t)(one != NULL) +
                                                  (two != NULL) };
}

static const struct {
    const char *name, *pem;
    enum identity_lookup lookup;
    const char *one, *two, *want;
} keys[] = {
    { "rsa", KEY_RSA2048_PEM, IDENTITY_FOUND, "v=DKIM1; " RSA, NULL, GOOD },
    { "pkcs#1", KEY_RSA2048_PEM, IDENTITY_FOUND, "p=" KEY_RSA2048_PKCS1, NULL,
      GOOD },
    { "ed25519", KEY_ED25519_PEM, IDENTITY_FOUND, ED25519, NULL, GOOD },
    { "another key", KEY_ED25519_PEM, IDENTITY_FOUND, RSA, NULL,
      "dkim-record:error " },
    { "absent", KEY_RSA2048_PEM, IDENTITY_ABSENT, NULL, NULL,
      "dkim-record:error " },
    { "no answer", KEY_RSA2048_PEM, IDENTITY_UNANSWERED, NULL, NULL,
      "dkim-record:unknown " },
    { "two records", KEY_RSA2048_PEM, IDENTITY_FOUND, RSA, "v=spf1 -all",
      "dkim-record:error " },
    { "no key", KEY_RSA2048_PEM, IDENTITY_FOUND, "v=spf1 -all", NULL,
      "dkim-record:error " },
    { "revoked", KEY_RSA2048_PEM, IDENTITY_FOUND, "v=DKIM1; p=", NULL,
      "dkim-record:error " },
    { "for sha1 alone", KEY_RSA2048_PEM, IDENTITY_FOUND, "h=sha1; " RSA, NULL,
      "dkim-record:error " },
    { "for reports alone", KEY_RSA2048_PEM, IDENTITY_FOUND, "s=tlsrpt; " RSA,
      NULL, "dkim-record:good dkim-service:error dkim-testing:good " },
    { "for mail alone", KEY_RSA2048_PEM, IDENTITY_FOUND, "s=email; " RSA, NULL,
      "dkim-record:good dkim-service:warning dkim-testing:good " },
    { "for both", KEY_RSA2048_PEM, IDENTITY_FOUND, "s=email:tlsrpt; " RSA, NULL,
      GOOD },
    { "for telephony", KEY_RSA2048_PEM, IDENTITY_FOUND, "s=sip; " RSA, NULL,
      "dkim-record:good dkim-service:error dkim-testing:good " },
    { "a test", KEY_RSA2048_PEM, IDENTITY_FOUND, "t=y; " RSA, NULL,
      "dkim-record:good dkim-service:good dkim-testing:error " },
    { "a key that cannot be used", NULL, IDENTITY_FOUND, RSA, NULL, GOOD },
};

static void the_public_key_is_ours_and_for_reports(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(keys); i++) {
        struct signature_key *key = NULL;
        struct chart *chart = charts_new();
        struct slice records[2];
        const struct identity_answer answer =
            answer_of(keys[i].lookup, keys[i].one, keys[i].two, records);

        if (keys[i].pem)
            assert_int_equal(
                signature_key_read_private(slice_of(keys[i].pem), &key, NULL),
                0);
        identity_judge_key(chart, key, &answer);
        signature_key_free(key);
        charts_compare(chart, keys[i].want, keys[i].name);
    }
}

static void what_to_publish_is_told(void **state)
{
    struct signature_key *key = NULL;
    struct chart *chart = charts_new();
    struct slice records[2];
    const struct identity_answer answer =
        answer_of(IDENTITY_ABSENT, NULL, NULL, records);

    (void)state;
    assert_int_equal(
        signature_key_read_private(SLICE(KEY_ED25519_PEM), &key, NULL), 0);
    identity_judge_key(chart, key, &answer);
    signature_key_free(key);
    assert_string_equal(chart->rows[0].next,
                        "publish: v=DKIM1; k=ed25519; p=" KEY_ED25519_PUBLIC);
}

static void a_proof_is_as_good_as_it_is_fresh(void **state)
{
    static const struct {
        enum self_test_worth worth;
        const char *want;
    } rows[] = { { SELF_TEST_FRESH, "relay-proof:good " },
                 { SELF_TEST_OLD, "relay-proof:warning " },
                 { SELF_TEST_EXPIRED, "relay-proof:error " },
                 { SELF_TEST_OTHER, "relay-proof:error " },
                 { SELF_TEST_NONE, "relay-proof:error " } };
    const struct outbox_proof proof = { .proven_at = 0,
                                        .domain = "example.org",
                                        .selector = "s1" };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        identity_judge_proof(chart, "example.org", &proof, rows[i].worth);
        charts_compare(chart, rows[i].want, "worth");
        assert_int_equal(*chart->rows[0].next != '\0', i > 0);
    }
}

static void spf_lets_somebody_send(void **state)
{
    static const struct {
        const char *name;
        enum identity_lookup lookup;
        const char *one, *two, *want;
    } rows[] = {
        { "mx", IDENTITY_FOUND, "v=spf1 mx -all", NULL, "spf:good " },
        { "among others", IDENTITY_FOUND, "x=y", "V=SPF1 mx ~all",
          "spf:good " },
        { "nobody", IDENTITY_FOUND, "v=spf1  -all", NULL, "spf:error " },
        { "two", IDENTITY_FOUND, "v=spf1 mx -all", "v=spf1 a -all",
          "spf:warning " },
        { "another version", IDENTITY_FOUND, "v=spf10 mx -all", NULL,
          "spf:note " },
        { "none", IDENTITY_ABSENT, NULL, NULL, "spf:note " },
        { "no answer", IDENTITY_UNANSWERED, NULL, NULL, "spf:unknown " },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        struct slice records[2];
        const struct identity_answer answer =
            answer_of(rows[i].lookup, rows[i].one, rows[i].two, records);

        identity_judge_spf(chart, &answer);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void our_own_record_can_be_used(void **state)
{
    static const struct {
        const char *name;
        enum identity_lookup lookup;
        const char *one, *two, *want;
    } rows[] = {
        { "good", IDENTITY_FOUND, "v=TLSRPTv1; rua=mailto:t@example.org", NULL,
          "own-record:good " },
        { "broken", IDENTITY_FOUND, "v=TLSRPTv1; rua=t@example.org", NULL,
          "own-record:warning " },
        { "two", IDENTITY_FOUND, "v=TLSRPTv1;rua=mailto:a@example.org",
          "v=TLSRPTv1;rua=mailto:b@example.org", "own-record:warning " },
        { "none", IDENTITY_ABSENT, NULL, NULL, "own-record:note " },
        { "no answer", IDENTITY_UNANSWERED, NULL, NULL, "own-record:unknown " },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        struct slice records[2];
        const struct identity_answer answer =
            answer_of(rows[i].lookup, rows[i].one, rows[i].two, records);

        identity_judge_record(chart, &answer);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void the_contact_gets_mail(void **state)
{
    static const char real[] = "\0\012\2mx\7example\3org";
    static const struct slice mx_record = { real, sizeof(real) };
    static const struct slice null_record = { "\0\0", 3 };
    static const struct identity_answer
        none = { .lookup = IDENTITY_ABSENT, .name = "x" },
        silent = { .lookup = IDENTITY_UNANSWERED, .name = "x", .why = "no" },
        mx = { .name = "x", .records = &mx_record, .n_records = 1 },
        null = { .name = "x", .records = &null_record, .n_records = 1 };
    static const struct {
        const char *want;
        const struct identity_answer *mx, *a, *aaaa;
    } rows[] = {
        { "contact-mx:good ", &mx, &none, &none },
        { "contact-mx:warning ", &null, &mx, &mx },
        { "contact-mx:good ", &none, &none, &mx },
        { "contact-mx:warning ", &none, &none, &none },
        { "contact-mx:unknown ", &silent, &none, &none },
        { "contact-mx:unknown ", &none, &silent, &none },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        identity_judge_mx(chart, rows[i].mx, rows[i].a, rows[i].aaaa);
        charts_compare(chart, rows[i].want, "mx");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_public_key_is_ours_and_for_reports),
        cmocka_unit_test(what_to_publish_is_told),
        cmocka_unit_test(a_proof_is_as_good_as_it_is_fresh),
        cmocka_unit_test(spf_lets_somebody_send),
        cmocka_unit_test(our_own_record_can_be_used),
        cmocka_unit_test(the_contact_gets_mail),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
