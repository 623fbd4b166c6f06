/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox_proof.h"

#include "store/outbox_sample.h"

/* What is known of a tenant. */
static struct outbox_proof find(struct outbox_sample *sample,
                                struct arena *arena, const char *tenant)
{
    struct outbox_proof proof;

    outbox_sample_ok(sample, outbox_find_proof(sample->outbox, tenant, arena,
                                               &proof, &sample->err));
    return proof;
}

static void note(struct outbox_sample *sample, const char *tenant,
                 const char *token, const char *way)
{
    outbox_sample_ok(sample, outbox_note_self_test(sample->outbox, tenant,
                                                   token, way, &sample->err));
}

static void a_proof_is_of_the_self_test_sent_last(void **state)
{
    struct outbox_sample *sample = *state;
    const utc_time start = sample->clock.fixed;
    struct outbox_proof proof;
    struct arena arena;

    arena_init(&arena, 1 << 16);
    assert_int_equal(
        outbox_find_proof(sample->outbox, "", &arena, &proof, &sample->err), 1);
    note(sample, "", "one", "smtp://a as x@y");
    proof = find(sample, &arena, "");
    assert_string_equal(proof.token, "one");
    assert_int_equal(proof.sent_at, start);
    assert_int_equal(proof.proven_at, UTC_NONE);

    sample->clock = clock_fixed(start + 60);
    assert_int_equal(
        outbox_note_proof(sample->outbox, "", "two", "d", "s", &sample->err),
        1);
    outbox_sample_ok(sample, outbox_note_proof(sample->outbox, "", "one", "d",
                                               "s", &sample->err));
    outbox_sample_reopen(sample);
    proof = find(sample, &arena, "");
    assert_int_equal(proof.proven_at, start + 60);
    assert_string_equal(proof.proven_way, "smtp://a as x@y");
    assert_string_equal(proof.domain, "d");
    assert_string_equal(proof.selector, "s");
    arena_deinit(&arena);
}

static void a_proof_stays_while_another_is_under_way(void **state)
{
    struct outbox_sample *sample = *state;
    struct outbox_proof proof;
    struct arena arena;

    arena_init(&arena, 1 << 16);
    note(sample, "", "one", "here");
    outbox_sample_ok(sample, outbox_note_proof(sample->outbox, "", "one", "d",
                                               "s", &sample->err));
    note(sample, "", "two", "there");
    proof = find(sample, &arena, "");
    assert_string_equal(proof.token, "two");
    assert_string_equal(proof.way, "there");
    assert_string_equal(proof.proven_way, "here");
    assert_int_not_equal(proof.proven_at, UTC_NONE);
    arena_deinit(&arena);
}

static void tenants_have_their_own(void **state)
{
    struct outbox_sample *sample = *state;
    struct arena arena;

    arena_init(&arena, 1 << 16);
    note(sample, "", "one", "here");
    note(sample, "acme", "two", "there");
    outbox_sample_ok(sample, outbox_note_proof(sample->outbox, "acme", "two",
                                               "d", "s", &sample->err));
    assert_int_equal(find(sample, &arena, "").proven_at, UTC_NONE);
    assert_string_equal(find(sample, &arena, "acme").proven_way, "there");
    arena_deinit(&arena);
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, outbox_sample_open, outbox_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_proof_is_of_the_self_test_sent_last),
        test(a_proof_stays_while_another_is_under_way),
        test(tenants_have_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
