/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/domain.h"
#include "intake/wire_dkim.h"
#include "mail/limits.h"
#include "unit/intake/wire_sample.h"
#include "unit/row.h"

static struct wire_sample sample;
static struct buffer out;
static struct arena arena;

static int setup(void **state)
{
    (void)state;
    wire_sample_init(&sample);
    buffer_init(&out, 1 << 20);
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_deinit(&arena);
    buffer_deinit(&out);
    return 0;
}

/* Returns: what came through; NULL where there is none or it is refused. */
static const struct dkim *through(const struct dkim *dkim, int *out_rc)
{
    struct wire_field_input input;
    const struct dkim *got;

    buffer_reset(&out);
    wire_dkim_put(&out, dkim);
    assert_false(out.failed);
    wire_field_init(&input, buffer_slice(&out));
    got = wire_dkim_take(&arena, &input);
    *out_rc = wire_field_end(&input);
    return got;
}

static void signatures_come_through_whole(void **state)
{
    int rc;
    const struct dkim *got = through(&sample.dkim, &rc);
    const struct dkim_signature *first = &got->signatures[0];

    (void)state;
    assert_int_equal(rc, 0);
    assert_int_equal(got->n_signatures, 2);
    assert_int_equal(got->n_ignored, 5);
    assert_string_equal(got->from_domain, "sender.example");
    assert_null(first->fault);
    assert_string_equal(first->domain, "sender.example");
    assert_string_equal(first->selector, "s1");
    assert_string_equal(first->identity, "mail.sender.example");
    assert_string_equal(first->query_name, "s1._domainkey.sender.example");
    assert_int_equal(first->kind, SIGNATURE_ED25519);
    assert_int_equal(first->header_canon, DKIM_RELAXED);
    assert_int_equal(first->body_canon, DKIM_SIMPLE);
    assert_int_equal(first->signed_at, 1790812800);
    assert_true(first->expires_at == UTC_NONE);
    assert_true(slice_equal(first->value, SLICE("signature")));
    assert_memory_equal(first->digest, sample.signatures[0].digest,
                        DIGEST_BYTES);
    assert_ptr_equal(got->signatures[1].fault,
                     dkim_reason(DKIM_REASON_BODY_LENGTH));
    assert_null(got->signatures[1].query_name);
}

static void no_mail_is_no_mail(void **state)
{
    int rc;

    (void)state;
    assert_null(through(NULL, &rc));
    assert_int_equal(rc, 0);
}

static char long_name[DOMAIN_MAX_BYTES + 2];
static struct dkim_signature many[DKIM_MAX_SIGNATURES + 1];

static const char *name_of(size_t len)
{
    memset(long_name, 'x', len);
    long_name[len] = '\0';
    return long_name;
}

static void break_fault(struct dkim_signature *s)
{
    s->fault = dkim_reason(DKIM_REASON_PASS);
}
static void break_later_fault(struct dkim_signature *s)
{
    s->fault = dkim_reason(DKIM_REASON_KEY_ABSENT);
}
static void break_kind(struct dkim_signature *s)
{
    s->kind = SIGNATURE_KIND_COUNT;
}
static void break_canon(struct dkim_signature *s)
{
    s->body_canon = DKIM_CANON_COUNT;
}
static void break_letters(struct dkim_signature *s)
{
    s->domain = "Sender.example";
}
static void break_blank(struct dkim_signature *s)
{
    s->selector = "s1 ";
}
static void break_star(struct dkim_signature *s)
{
    s->domain = "*.example";
}
static void break_empty(struct dkim_signature *s)
{
    s->selector = "";
}
static void break_absent(struct dkim_signature *s)
{
    s->domain = NULL;
}
static void break_length(struct dkim_signature *s)
{
    s->domain = name_of(DOMAIN_MAX_BYTES + 1);
}
static void break_query(struct dkim_signature *s)
{
    s->domain = name_of(DOMAIN_MAX_BYTES - 5);
}
static void break_time(struct dkim_signature *s)
{
    s->signed_at = -1;
}
static void break_late_time(struct dkim_signature *s)
{
    s->expires_at = INT64_MAX;
}
static void break_value(struct dkim_signature *s)
{
    s->value.len = 0;
}

static void what_breaks_a_rule_is_refused(void **state)
{
    static const struct {
        const char *name;
        void (*apply)(struct dkim_signature *signature);
    } rows[] = {
        { "a fault that is none", break_fault },
        { "a fault of the key", break_later_fault },
        { "an unknown kind", break_kind },
        { "an unknown canonicalisation", break_canon },
        { "upper case", break_letters },
        { "a blank", break_blank },
        { "a star", break_star },
        { "an empty selector", break_empty },
        { "no domain", break_absent },
        { "a domain that is too long", break_length },
        { "a query that is too long", break_query },
        { "a time before 1970", break_time },
        { "a time that no tag can hold", break_late_time },
        { "no signature", break_value },
    };
    int rc;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        wire_sample_init(&sample);
        rows[i].apply(&sample.signatures[0]);
        through(&sample.dkim, &rc);
        if (rc != -1)
            fail_msg("%s was taken", rows[i].name);
    }
}

static void more_signatures_than_are_read_are_refused(void **state)
{
    int rc;

    (void)state;
    for (size_t i = 0; i < ROWS(many); i++)
        many[i] = sample.signatures[0];
    sample.dkim.signatures = many;
    sample.dkim.n_signatures = DKIM_MAX_SIGNATURES;
    assert_int_equal(through(&sample.dkim, &rc)->n_signatures,
                     DKIM_MAX_SIGNATURES);
    assert_int_equal(rc, 0);
    sample.dkim.n_signatures++;
    through(&sample.dkim, &rc);
    assert_int_equal(rc, -1);
}

/* What nobody will check may be of any size. */
static void the_value_of_a_faulty_one_is_dropped(void **state)
{
    static char value[5000];
    int rc;

    (void)state;
    sample.signatures[1].value = slice_make(value, sizeof(value));
    assert_int_equal(through(&sample.dkim, &rc)->signatures[1].value.len, 0);
    assert_int_equal(rc, 0);
}

/* From is octets of a stranger, and not to make the whole mail unreadable. */
static void what_is_no_name_in_from_is_dropped(void **state)
{
    static const char *const rows[] = { "example\xff.com", "a b", "" };
    int rc;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        sample.dkim.from_domain = rows[i];
        assert_null(through(&sample.dkim, &rc)->from_domain);
        assert_int_equal(rc, 0);
    }
}

static void a_full_arena_is_no_crash(void **state)
{
    int rc;

    (void)state;
    arena_deinit(&arena);
    for (size_t bytes = 0; bytes < 6000; bytes += 100) {
        arena_init(&arena, bytes);
        through(&sample.dkim, &rc);
        assert_int_equal(rc, arena.is_full ? -1 : 0);
        arena_deinit(&arena);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signatures_come_through_whole),
        TEST(no_mail_is_no_mail),
        TEST(what_breaks_a_rule_is_refused),
        TEST(more_signatures_than_are_read_are_refused),
        TEST(the_value_of_a_faulty_one_is_dropped),
        TEST(what_is_no_name_in_from_is_dropped),
        TEST(a_full_arena_is_no_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
