/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/import_proof.h"

static struct import_proof *open_proof(const char *word,
                                       const struct settings *settings)
{
    static const char *const nobody[] = { "127.0.0.1@9" };
    const struct import_proof_options options = {
        .word = word,
        .resolver = { .forwards = nobody, .n_forwards = 1 },
        .settings = settings,
    };
    struct import_proof *proof;
    struct err err;

    assert_int_equal(import_proof_open(&options, &proof, &err), 0);
    return proof;
}

static void unasked_dns_is_left_alone_and_files_are_files(void **state)
{
    struct import_proof *proof = open_proof(NULL, NULL);
    struct intake_judges judges = import_proof_judges(proof);
    struct intake_source_input input = { .label = "a" };

    (void)state;
    assert_null(judges.find_key);
    assert_null(judges.claims);
    assert_int_equal(import_proof_rule(proof), INTAKE_MARK);
    import_proof_mark(proof, &input, 1000);
    assert_null(input.origin);
    assert_int_equal(input.now, 0);
    import_proof_close(proof);
}

static void a_rule_makes_files_mail_that_is_judged_now(void **state)
{
    static const struct {
        const char *word;
        enum intake_rule rule;
    } rows[] = { { "mark", INTAKE_MARK }, { "require", INTAKE_REQUIRE } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct import_proof *proof = open_proof(rows[i].word, NULL);
        const struct intake_origin mailbox = { .source = "box" };
        struct intake_source_input input = { .label = "a" };

        assert_non_null(import_proof_judges(proof).find_key);
        assert_int_equal(import_proof_rule(proof), rows[i].rule);
        import_proof_mark(proof, &input, 1000);
        assert_int_equal(input.origin->way, INTAKE_WAY_MAIL);
        assert_int_equal(input.origin->rule, rows[i].rule);
        assert_false(input.origin->is_live);
        assert_int_equal(input.now, 1000);
        input.origin = &mailbox;
        import_proof_mark(proof, &input, 1000);
        assert_ptr_equal(input.origin, &mailbox);
        import_proof_close(proof);
    }
}

static void another_word_is_refused(void **state)
{
    const struct import_proof_options options = { .word = "Require" };
    struct import_proof *proof = NULL;
    struct err err;

    (void)state;
    assert_int_equal(import_proof_open(&options, &proof, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_null(proof);
    import_proof_close(NULL);
}

static void domains_that_are_configured_are_ours_and_no_others(void **state)
{
    static const char *domains[] = { "example.com" };
    struct settings settings = { .domains = { domains, 1 } };
    struct import_proof *proof = open_proof(NULL, &settings);
    struct intake_judges judges = import_proof_judges(proof);
    const struct intake_origin origin = { .destination = "" };
    bool is_ours = false;

    (void)state;
    assert_int_equal(
        judges.claims(judges.context, &origin, "example.com", &is_ours),
        INTAKE_KNOWN);
    assert_true(is_ours);
    assert_int_equal(
        judges.claims(judges.context, &origin, "example.org", &is_ours),
        INTAKE_KNOWN);
    assert_false(is_ours);
    import_proof_close(proof);
    settings.domains.n_items = 0;
    proof = open_proof(NULL, &settings);
    assert_null(import_proof_judges(proof).claims);
    import_proof_close(proof);
}

static void a_mail_is_the_tenants_that_it_came_for(void **state)
{
    static const char *recipients[] = { "+acme" };
    static struct settings_tenant tenants[] = {
        { .name = "acme", .recipients = { recipients, 1 } },
    };
    const struct settings settings = { .tenants = tenants, .n_tenants = 1 };
    struct import_proof *proof = open_proof(NULL, &settings);
    const struct intake_origin mailbox = { .source = "",
                                           .tenant = "",
                                           .destination = "mailto:a@b",
                                           .way = INTAKE_WAY_MAIL };
    struct intake_source_input input = {
        .octets = SLICE("Delivered-To: tls+acme@in.example\n\n")
    };

    (void)state;
    import_proof_mark(proof, &input, 1000);
    assert_string_equal(input.origin->tenant, "acme");
    assert_int_equal(input.origin->way, INTAKE_WAY_FILE);
    input.origin = &mailbox;
    import_proof_mark(proof, &input, 1000);
    assert_string_equal(input.origin->tenant, "acme");
    assert_string_equal(input.origin->destination, "mailto:a@b");
    assert_int_equal(input.origin->way, INTAKE_WAY_MAIL);
    input.origin = &mailbox;
    input.octets = SLICE("Delivered-To: tls@in.example\n\n");
    import_proof_mark(proof, &input, 1000);
    assert_ptr_equal(input.origin, &mailbox);
    import_proof_close(proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unasked_dns_is_left_alone_and_files_are_files),
        cmocka_unit_test(a_rule_makes_files_mail_that_is_judged_now),
        cmocka_unit_test(another_word_is_refused),
        cmocka_unit_test(a_mail_is_the_tenants_that_it_came_for),
        cmocka_unit_test(domains_that_are_configured_are_ours_and_no_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
