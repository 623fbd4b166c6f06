/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "intake/judge.h"

enum { NOW = 1790000000 };

/* What DNS says, and what it was asked. */
struct dns {
    enum intake_known key, claim;
    unsigned n_keys, n_claims;
    const char *destination; /* that the claim was asked with */
};

static enum intake_known find_key(void *context, const char *query_name,
                                  struct arena *arena,
                                  struct dkim_answer *out_answer)
{
    struct dns *dns = context;

    (void)arena;
    assert_string_equal(query_name, "s._domainkey.sender.example");
    dns->n_keys++;
    *out_answer = (struct dkim_answer){ .lookup = DKIM_LOOKUP_ABSENT };
    return dns->key;
}

static enum intake_known claims(void *context,
                                const struct intake_origin *origin,
                                const char *domain, bool *out_is_ours)
{
    struct dns *dns = context;

    dns->n_claims++;
    dns->destination = origin->destination;
    *out_is_ours = strcmp(domain, "ours.example") == 0;
    return dns->claim;
}

/* Holds the judgement until the next one. */
static struct arena arena;

static struct dkim_signature signature = {
    .domain = "sender.example",
    .query_name = "s._domainkey.sender.example",
};

static const struct dkim signed_mail = { .signatures = &signature,
                                         .n_signatures = 1 };
static const struct dkim unsigned_mail = { .from_domain = "sender.example" };

/* What is ours.example is not acme's. */
static bool is_foreign(void *context, const char *tenant, const char *domain)
{
    (void)context;
    assert_string_not_equal(tenant, "");
    return strcmp(tenant, "acme") == 0 && strcmp(domain, "ours.example") == 0;
}

static const char *tenant = "";

static struct intake_judgement judge_subjects(
    struct dns *dns, enum intake_way way, enum intake_rule rule,
    const struct dkim *dkim, const struct store_subject *subjects, size_t n)
{
    const struct intake_judges judges = { .find_key = find_key,
                                          .claims = claims,
                                          .is_foreign = is_foreign,
                                          .context = dns };
    const struct intake_origin origin = { .source = "x",
                                          .tenant = tenant,
                                          .destination = "mailto:a@b.example",
                                          .way = way,
                                          .rule = rule,
                                          .is_live = true };
    const struct store_report rows = { .subjects = subjects, .n_subjects = n };
    const struct intake_item item = { .rows = &rows,
                                      .contact_domain = "sender.example",
                                      .submitter_domain = "",
                                      .dkim = dkim };
    struct intake_judgement judgement;
    struct err err;

    arena_reset(&arena);
    assert_int_equal(
        intake_judge(&judges, &origin, &item, &arena, &judgement, &err), 0);
    return judgement;
}

static struct intake_judgement judge(struct dns *dns, enum intake_way way,
                                     enum intake_rule rule,
                                     const struct dkim *dkim)
{
    static const struct store_subject ours = { "ours.example", 1, 0 };

    return judge_subjects(dns, way, rule, dkim, &ours, 1);
}

static void unsigned_mail_counts_where_it_is_marked(void **state)
{
    struct dns dns = { INTAKE_KNOWN, INTAKE_KNOWN, 0, 0, NULL };
    struct intake_judgement judgement;

    (void)state;
    judgement = judge(&dns, INTAKE_WAY_MAIL, INTAKE_MARK, &unsigned_mail);
    assert_int_equal(judgement.standing, STORE_COUNTED);
    assert_int_equal(judgement.proof, STORE_PROOF_FILE);
    assert_string_equal(judgement.verdict, "none");
    judgement = judge(&dns, INTAKE_WAY_MAIL, INTAKE_REQUIRE, &unsigned_mail);
    assert_int_equal(judgement.standing, STORE_UNPROVEN);
    assert_int_equal(judgement.proof, STORE_PROOF_NONE);
    assert_int_equal(dns.n_keys, 0);
}

static void https_counts_by_its_secret_alone(void **state)
{
    struct dns dns = { INTAKE_KNOWN, INTAKE_KNOWN, 0, 0, NULL };

    (void)state;
    assert_int_equal(
        judge(&dns, INTAKE_WAY_HTTPS, INTAKE_REQUIRE, NULL).standing,
        STORE_UNPROVEN);
    assert_int_equal(judge(&dns, INTAKE_WAY_HTTPS, INTAKE_MARK, NULL).standing,
                     STORE_COUNTED);
    assert_int_equal(
        judge(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_REQUIRE, NULL).standing,
        STORE_COUNTED);
    assert_int_equal(
        judge(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_REQUIRE, NULL).proof,
        STORE_PROOF_SECRET_PATH);
}

/* Who was told the path of one tenant could tell tales about the others. */
static void a_tenants_secret_proves_nothing_about_others(void **state)
{
    struct dns dns = { INTAKE_KNOWN, INTAKE_KNOWN, 0, 0, NULL };
    struct intake_judgement judgement;

    (void)state;
    tenant = "acme";
    judgement = judge(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_REQUIRE, NULL);
    assert_int_equal(judgement.proof, STORE_PROOF_HTTPS);
    assert_int_equal(judgement.standing, STORE_UNPROVEN);
    tenant = "ours";
    judgement = judge(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_REQUIRE, NULL);
    assert_int_equal(judgement.proof, STORE_PROOF_SECRET_PATH);
    assert_int_equal(judgement.standing, STORE_COUNTED);
    tenant = "";
}

static void a_key_not_known_yet_is_asked_again(void **state)
{
    struct dns dns = { INTAKE_PENDING, INTAKE_KNOWN, 0, 0, NULL };
    struct intake_judgement judgement;

    (void)state;
    judgement = judge(&dns, INTAKE_WAY_MAIL, INTAKE_REQUIRE, &signed_mail);
    assert_int_equal(dns.n_keys, 1);
    assert_string_equal(judgement.verdict, "temporary");
    assert_string_equal(judgement.signer, "sender.example");
    assert_int_equal(judgement.known, INTAKE_PENDING);
    assert_int_equal(judgement.standing, STORE_UNPROVEN);

    dns.key = INTAKE_FAILING;
    judgement = judge(&dns, INTAKE_WAY_MAIL, INTAKE_REQUIRE, &signed_mail);
    assert_int_equal(judgement.known, INTAKE_FAILING);

    dns.key = INTAKE_KNOWN;
    judgement = judge(&dns, INTAKE_WAY_MAIL, INTAKE_REQUIRE, &signed_mail);
    assert_string_equal(judgement.verdict, "unverifiable");
    assert_int_equal(judgement.known, INTAKE_KNOWN);
}

static void reports_about_others_are_unclaimed(void **state)
{
    static const struct store_subject two[] = { { "ours.example", 1, 0 },
                                                { "theirs.example", 1, 0 } };
    struct dns dns = { INTAKE_KNOWN, INTAKE_KNOWN, 0, 0, NULL };

    (void)state;
    assert_int_equal(
        judge_subjects(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_MARK, NULL, two, 2)
            .standing,
        STORE_UNCLAIMED);
    assert_int_equal(
        judge_subjects(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_MARK, NULL, two, 1)
            .standing,
        STORE_COUNTED);
    /* Nobody can claim a report that names no domain. */
    assert_int_equal(
        judge_subjects(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_MARK, NULL, two, 0)
            .standing,
        STORE_UNCLAIMED);
    dns.claim = INTAKE_PENDING;
    assert_int_equal(
        judge(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_MARK, NULL).standing,
        STORE_UNCLAIMED);
    assert_int_equal(
        judge(&dns, INTAKE_WAY_SECRET_PATH, INTAKE_MARK, NULL).known,
        INTAKE_PENDING);
}

/* A report that names a thousand domains asks nothing of DNS. */
static void many_domains_are_not_looked_up(void **state)
{
    static struct store_subject many[30];
    struct dns dns = { INTAKE_KNOWN, INTAKE_KNOWN, 0, 0, NULL };

    (void)state;
    for (size_t i = 0; i < 30; i++)
        many[i].domain = "ours.example";
    judge_subjects(&dns, INTAKE_WAY_HTTPS, INTAKE_MARK, NULL, many, 20);
    assert_string_equal(dns.destination, "mailto:a@b.example");
    judge_subjects(&dns, INTAKE_WAY_HTTPS, INTAKE_MARK, NULL, many, 30);
    assert_string_equal(dns.destination, "");
}

static void trouble_is_waited_out(void **state)
{
    (void)state;
    assert_int_equal(intake_judge_again(INTAKE_KNOWN, NOW, 0, 0), 0);
    assert_int_equal(intake_judge_again(INTAKE_PENDING, NOW, 0, 0), NOW);
    assert_int_equal(intake_judge_again(INTAKE_PENDING, NOW, 0, 1), NOW + 5);
    assert_int_equal(intake_judge_again(INTAKE_PENDING, NOW, 0, 9),
                     NOW + 21600);
    assert_int_equal(intake_judge_again(INTAKE_FAILING, NOW, 0, 0), NOW + 60);
    assert_int_equal(intake_judge_again(INTAKE_FAILING, NOW, 0, 99),
                     NOW + 21600);
}

/* By time alone: some things have all that waits tried at once, again and again. */
static void trouble_is_given_up_after_five_days(void **state)
{
    const int64_t days = INT64_C(24) * 3600;

    (void)state;
    assert_int_equal(intake_judge_again(INTAKE_FAILING, NOW, 5 * days, 999),
                     NOW + 21600);
    assert_int_equal(intake_judge_again(INTAKE_FAILING, NOW, 5 * days + 1, 2),
                     0);
    /* An answer on its way may be the one that was waited for. */
    assert_int_equal(intake_judge_again(INTAKE_PENDING, NOW, 5 * days + 1, 99),
                     NOW + 20);
    assert_int_equal(intake_judge_again(INTAKE_PENDING, NOW, 10 * days + 1, 99),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsigned_mail_counts_where_it_is_marked),
        cmocka_unit_test(https_counts_by_its_secret_alone),
        cmocka_unit_test(a_tenants_secret_proves_nothing_about_others),
        cmocka_unit_test(a_key_not_known_yet_is_asked_again),
        cmocka_unit_test(reports_about_others_are_unclaimed),
        cmocka_unit_test(many_domains_are_not_looked_up),
        cmocka_unit_test(trouble_is_waited_out),
        cmocka_unit_test(trouble_is_given_up_after_five_days),
    };

    int failures;

    arena_init(&arena, 1 << 20);
    failures = cmocka_run_group_tests(tests, NULL, NULL);
    arena_deinit(&arena);
    return failures;
}
