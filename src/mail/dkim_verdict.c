/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim.h"
#include "mail/limits.h"
#include "record/organisation.h"

enum { LEAST_RSA_BITS = 1024 /* RFC 8301 section 3.2 */ };

/* What decides when there are several: what may still pass before the rest. */
static const int ranks[DKIM_VERDICT_COUNT] = {
    [DKIM_NONE] = 0,      [DKIM_FAIL] = 1, [DKIM_UNVERIFIABLE] = 2,
    [DKIM_TEMPORARY] = 3, [DKIM_PASS] = 4,
};

static struct dkim_result result_of(enum dkim_reason_number number,
                                    unsigned key_bits)
{
    const struct dkim_reason *reason = dkim_reason(number);

    return (struct dkim_result){ reason->verdict, reason, key_bits };
}

/* Returns: why a key does not count for a signature; PASS where it does. */
static enum dkim_reason_number key_fault(const struct dkim_signature *signature,
                                         const struct dkim_key *key,
                                         enum dkim_key_rule rule)
{
    enum dkim_key_type type =
        signature->kind == SIGNATURE_RSA ? DKIM_KEY_RSA : DKIM_KEY_ED25519;

    if (key->fault)
        return DKIM_REASON_KEY_UNREADABLE;
    if (key->is_revoked)
        return DKIM_REASON_KEY_REVOKED;
    if (key->is_testing)
        return DKIM_REASON_KEY_TESTING;
    if (key->type != type)
        return DKIM_REASON_KEY_TYPE;
    if (!(key->hashes & DKIM_KEY_SHA256))
        return DKIM_REASON_KEY_HASH;
    if (!dkim_key_may_sign_reports(key, rule))
        return DKIM_REASON_KEY_SERVICE;
    if (key->is_strict && strcmp(signature->identity, signature->domain) != 0)
        return DKIM_REASON_KEY_IDENTITY;
    if (key->type == DKIM_KEY_RSA && key->bits < LEAST_RSA_BITS)
        return DKIM_REASON_KEY_SHORT;
    return DKIM_REASON_PASS;
}

static int judge_by_key(const struct dkim_signature *signature,
                        const struct dkim_key *key, enum dkim_key_rule rule,
                        struct dkim_result *out, struct err *err)
{
    enum dkim_reason_number number = key_fault(signature, key, rule);

    if (number == DKIM_REASON_PASS) {
        int rc = signature_verify(key->public_key, signature->digest,
                                  signature->value, err);

        if (rc < 0)
            return -1;
        if (rc > 0)
            number = DKIM_REASON_SIGNATURE_WRONG;
    }
    *out = result_of(number, key->bits);
    return 0;
}

static int judge_by_record(struct arena *arena,
                           const struct dkim_signature *signature,
                           struct slice record, enum dkim_key_rule rule,
                           struct dkim_result *out, struct err *err)
{
    struct dkim_key key;
    int rc;

    if (dkim_key_read(arena, record, &key, err))
        return -1;
    rc = judge_by_key(signature, &key, rule, out, err);
    dkim_key_deinit(&key);
    return rc;
}

/*
 * Tells whether a record decides rather than another one: a key that passes,
 * then one that can be used, then one that cannot.
 */
static bool is_better_key(const struct dkim_result *a,
                          const struct dkim_result *b)
{
    static const int key_ranks[DKIM_VERDICT_COUNT] = {
        [DKIM_UNVERIFIABLE] = 1,
        [DKIM_FAIL] = 2,
        [DKIM_NONE] = 3,
        [DKIM_PASS] = 4,
    };

    return key_ranks[a->verdict] > key_ranks[b->verdict];
}

static int judge_by_records(const struct dkim_signature *signature,
                            const struct dkim_answer *answer,
                            enum dkim_key_rule rule,
                            struct dkim_result *out_result, struct err *err)
{
    struct dkim_result best = result_of(DKIM_REASON_KEY_ABSENT, 0), result;
    struct arena arena;
    int rc = 0;

    arena_init(&arena, DKIM_MAX_RECORD_BYTES);
    for (size_t i = 0; i < answer->n_records && i < DKIM_MAX_KEY_RECORDS &&
                       best.verdict != DKIM_PASS && rc == 0;
         i++) {
        rc = judge_by_record(&arena, signature, answer->records[i], rule,
                             &result, err);
        if (rc == 0 && (i == 0 || is_better_key(&result, &best)))
            best = result;
    }
    arena_deinit(&arena);
    if (rc == 0)
        *out_result = best;
    return rc;
}

int dkim_judge(const struct dkim_signature *signature,
               const struct dkim_answer *answer, enum dkim_key_rule rule,
               struct dkim_result *out_result, struct err *err)
{
    if (signature->fault) {
        *out_result = (struct dkim_result){ signature->fault->verdict,
                                            signature->fault, 0 };
        return 0;
    }
    if (answer->lookup == DKIM_LOOKUP_FOUND)
        return judge_by_records(signature, answer, rule, out_result, err);
    *out_result = result_of(answer->lookup == DKIM_LOOKUP_ABSENT
                                ? DKIM_REASON_KEY_ABSENT
                                : DKIM_REASON_KEY_TEMPORARY,
                            0);
    return 0;
}

/*
 * Finds by which of the sender's domains a domain is aligned.
 * Returns: 0, -1 with err.
 */
static int find_origin(struct arena *arena, const char *domain,
                       const struct dkim_senders *senders,
                       enum dkim_origin *out_origin, struct err *err)
{
    bool has_contact = senders->contact_domain && *senders->contact_domain;
    bool has_submitter =
        senders->submitter_domain && *senders->submitter_domain;
    const struct {
        enum dkim_origin origin;
        const char *domain;
    } rows[] = {
        { DKIM_ORIGIN_CONTACT, has_contact ? senders->contact_domain : NULL },
        { DKIM_ORIGIN_SUBMITTER,
          has_submitter ? senders->submitter_domain : NULL },
        { DKIM_ORIGIN_FROM,
          has_contact || has_submitter ? NULL : senders->from_domain },
    };

    *out_origin = DKIM_ORIGIN_NONE;
    for (size_t i = 0; domain && i < sizeof rows / sizeof *rows; i++) {
        enum organisation_alignment alignment;

        if (!rows[i].domain)
            continue;
        if (organisation_compare(arena, slice_of(domain),
                                 slice_of(rows[i].domain), &alignment, err))
            return -1;
        if (alignment != ORGANISATION_APART) {
            *out_origin = rows[i].origin;
            return 0;
        }
    }
    return 0;
}

/*
 * Tells whether a decides rather than b: the sender's own, then by rank, then by
 * the domain that says more.
 */
static bool is_better(const struct dkim_choice *a, const struct dkim_choice *b)
{
    bool a_is_own = a->origin != DKIM_ORIGIN_NONE;
    bool b_is_own = b->origin != DKIM_ORIGIN_NONE;

    if (a_is_own != b_is_own)
        return a_is_own;
    if (a->result.verdict != b->result.verdict)
        return ranks[a->result.verdict] > ranks[b->result.verdict];
    return a->origin < b->origin;
}

int dkim_choose(struct arena *arena, const struct dkim *dkim,
                const struct dkim_result *results,
                const struct dkim_senders *senders,
                struct dkim_choice *out_choice, struct err *err)
{
    struct dkim_choice best = { .result = result_of(DKIM_REASON_UNSIGNED, 0) };

    for (size_t i = 0; i < dkim->n_signatures; i++) {
        struct dkim_choice one = { results[i], &dkim->signatures[i],
                                   DKIM_ORIGIN_NONE };

        if (find_origin(arena, one.signature->domain, senders, &one.origin,
                        err))
            return -1;
        if (i == 0 || is_better(&one, &best))
            best = one;
    }
    if (best.signature && best.origin == DKIM_ORIGIN_NONE)
        best.result = result_of(DKIM_REASON_NOT_ALIGNED, best.result.key_bits);
    *out_choice = best;
    return 0;
}
