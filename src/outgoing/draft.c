/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/draft.h"

#include <stdlib.h>
#include <string.h>

#include "outgoing/fold.h"
#include "outgoing/key.h"
#include "outgoing/limits.h"

/* Counts are exact for every reader of JSON: RFC 7493 section 2.2. */
#define EXACT_MAX ((INT64_C(1) << 53) - 1)

static int64_t add(int64_t a, int64_t b)
{
    const int64_t sum = count_add(a, b);

    return sum > EXACT_MAX ? EXACT_MAX : sum;
}

int outgoing_draft_init(struct outgoing_draft *draft, struct err *err)
{
    *draft = (struct outgoing_draft){ .domain = "" };
    arena_init(&draft->arena, OUTGOING_DRAFT_BYTES);
    draft->digest = digest_new();
    return draft->digest ? 0 : err_memory(err);
}

void outgoing_draft_deinit(struct outgoing_draft *draft)
{
    arena_deinit(&draft->arena);
    digest_free(draft->digest);
    free(draft->policies);
    free(draft->failures);
}

/* ---- Rows ---------------------------------------------------------------- */

static void digest_text(struct digest *digest, struct slice text)
{
    const uint64_t len = text.len;

    digest_add(digest, slice_make(&len, sizeof(len)));
    digest_add(digest, text);
}

int outgoing_draft_begin(struct outgoing_draft *draft,
                         const struct tally_row *row, struct err *err)
{
    unsigned char unused[DIGEST_BYTES];
    const char *domain, *record;

    arena_reset(&draft->arena);
    digest_finish(draft->digest, unused);
    draft->day = row->day;
    draft->n_policies = 0;
    draft->n_failures = 0;
    draft->policy_key = (struct slice){ NULL, 0 };
    draft->is_odd = draft->is_odd_detail = false;
    draft->n_folded = 0;
    domain = arena_copy(&draft->arena, row->domain);
    record = arena_copy(&draft->arena, row->record);
    if (!domain || !record)
        return arena_error(&draft->arena, err);
    draft->domain = domain;
    draft->record = slice_make(record, row->record.len);
    return 0;
}

bool outgoing_draft_takes(const struct outgoing_draft *draft,
                          const struct tally_row *row)
{
    return draft->day == row->day &&
           slice_equal(slice_of(draft->domain), row->domain) &&
           slice_equal(draft->record, row->record);
}

/* Makes room for one more item of an array that outlives reports. */
static void *grow(void *items, size_t n, size_t *capacity, size_t bytes)
{
    void *grown;

    if (n < *capacity)
        return items;
    grown = reallocarray(items, *capacity ? *capacity * 2 : 16, bytes);
    if (grown)
        *capacity = *capacity ? *capacity * 2 : 16;
    return grown;
}

/* Moves the details of the last policy to it. */
static int end_policy(struct outgoing_draft *draft, struct err *err)
{
    struct report_policy *policy;
    struct report_failure *failures;

    if (draft->n_policies == 0)
        return 0;
    policy = &draft->policies[draft->n_policies - 1];
    if (draft->is_odd_detail)
        draft->n_failures =
            outgoing_fold_same(draft->failures, draft->n_failures);
    if (outgoing_fold_rest(&draft->arena, draft->failures, &draft->n_failures,
                           OUTGOING_DETAILS_MAX, &draft->n_folded, err))
        return -1;
    failures =
        arena_calloc(&draft->arena, draft->n_failures + 1, sizeof(*failures));
    if (!failures)
        return arena_error(&draft->arena, err);
    if (draft->n_failures)
        memcpy(failures, draft->failures,
               draft->n_failures * sizeof(*failures));
    policy->failures = failures;
    policy->n_failures = draft->n_failures;
    draft->n_failures = 0;
    draft->is_odd_detail = false;
    return 0;
}

static int begin_policy(struct outgoing_draft *draft,
                        const struct tally_row *row, struct err *err)
{
    const char *key = arena_copy(&draft->arena, row->policy);
    struct report_policy *policies;
    bool is_odd;

    if (end_policy(draft, err))
        return -1;
    policies = grow(draft->policies, draft->n_policies, &draft->capacity,
                    sizeof(*policies));
    if (!policies)
        return err_memory(err);
    draft->policies = policies;
    if (!key)
        return arena_error(&draft->arena, err);
    if (outgoing_key_policy(&draft->arena, row->policy, draft->domain,
                            &policies[draft->n_policies], &is_odd, err))
        return -1;
    draft->n_policies++;
    draft->policy_key = slice_make(key, row->policy.len);
    draft->is_odd |= is_odd;
    return 0;
}

static int add_detail(struct outgoing_draft *draft, const struct tally_row *row,
                      struct err *err)
{
    struct report_failure *failures =
        grow(draft->failures, draft->n_failures, &draft->failure_capacity,
             sizeof(*failures));
    bool is_odd;

    if (!failures)
        return err_memory(err);
    draft->failures = failures;
    if (outgoing_key_detail(&draft->arena, row->detail,
                            &failures[draft->n_failures], &is_odd, err))
        return -1;
    failures[draft->n_failures++].sessions = add(row->sessions, 0);
    draft->is_odd_detail |= is_odd;
    return 0;
}

int outgoing_draft_add(struct outgoing_draft *draft,
                       const struct tally_row *row, struct err *err)
{
    const int64_t sums[] = { row->sessions, row->failures };
    struct report_policy *policy;

    digest_text(draft->digest, row->policy);
    digest_text(draft->digest, row->detail);
    digest_add(draft->digest, slice_make(sums, sizeof(sums)));
    if ((draft->n_policies == 0 ||
         !slice_equal(draft->policy_key, row->policy)) &&
        begin_policy(draft, row, err))
        return -1;
    if (row->detail.len)
        return row->sessions > 0 ? add_detail(draft, row, err) : 0;
    policy = &draft->policies[draft->n_policies - 1];
    policy->failure_sessions = add(policy->failure_sessions, row->failures);
    if (row->sessions > row->failures)
        policy->success_sessions =
            add(policy->success_sessions, row->sessions - row->failures);
    return 0;
}

/* ---- The end ------------------------------------------------------------- */

static bool is_same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool are_same_texts(const char *const *a, size_t n_a,
                           const char *const *b, size_t n_b)
{
    if (n_a != n_b)
        return false;
    for (size_t i = 0; i < n_a; i++) {
        if (!is_same_text(a[i], b[i]))
            return false;
    }
    return true;
}

static bool is_same_policy(const struct report_policy *a,
                           const struct report_policy *b)
{
    return a->type == b->type && is_same_text(a->domain, b->domain) &&
           are_same_texts(a->strings, a->n_strings, b->strings, b->n_strings) &&
           are_same_texts(a->mx_hosts, a->n_mx_hosts, b->mx_hosts,
                          b->n_mx_hosts);
}

/* Adds policy b to a, details and all. */
static int join(struct outgoing_draft *draft, struct report_policy *a,
                const struct report_policy *b, struct err *err)
{
    const size_t n = a->n_failures + b->n_failures;
    struct report_failure *both =
        arena_calloc(&draft->arena, n + 1, sizeof(*both));

    if (!both)
        return arena_error(&draft->arena, err);
    memcpy(both, a->failures, a->n_failures * sizeof(*both));
    memcpy(both + a->n_failures, b->failures, b->n_failures * sizeof(*both));
    a->failures = both;
    a->n_failures = outgoing_fold_same(both, n);
    a->success_sessions = add(a->success_sessions, b->success_sessions);
    a->failure_sessions = add(a->failure_sessions, b->failure_sessions);
    return outgoing_fold_rest(&draft->arena, both, &a->n_failures,
                              OUTGOING_DETAILS_MAX, &draft->n_folded, err);
}

/* Joins policies that became the same when they were put in a legal form. */
static int join_same(struct outgoing_draft *draft, struct err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < draft->n_policies; i++) {
        const struct report_policy policy = draft->policies[i];
        size_t same = 0;

        while (same < n && !is_same_policy(&draft->policies[same], &policy))
            same++;
        if (same == n)
            draft->policies[n++] = policy;
        else if (join(draft, &draft->policies[same], &policy, err))
            return -1;
    }
    draft->n_policies = n;
    return 0;
}

/* Sessions that failed without a word why: said as such, because a report of
 * failures without details helps nobody. */
static int give_detail(struct outgoing_draft *draft,
                       struct report_policy *policy, struct err *err)
{
    struct report_failure *failure;

    if (policy->failure_sessions == 0 || policy->n_failures)
        return 0;
    failure = arena_calloc(&draft->arena, 1, sizeof(*failure));
    if (!failure)
        return arena_error(&draft->arena, err);
    failure->result_type = "validation-failure";
    failure->failure_reason_code = "unspecified";
    failure->sessions = policy->failure_sessions;
    policy->failures = failure;
    policy->n_failures = 1;
    return 0;
}

int outgoing_draft_end(struct outgoing_draft *draft, struct err *err)
{
    size_t n = 0;

    if (end_policy(draft, err) || (draft->is_odd && join_same(draft, err)))
        return -1;
    for (size_t i = 0; i < draft->n_policies; i++) {
        struct report_policy *policy = &draft->policies[i];

        if (give_detail(draft, policy, err))
            return -1;
        if (policy->success_sessions || policy->failure_sessions ||
            policy->n_failures)
            draft->policies[n++] = *policy;
    }
    draft->n_policies = n;
    return 0;
}

struct outgoing_sums outgoing_draft_sums(const struct outgoing_draft *draft)
{
    int64_t by_type[POLICY_TYPE_COUNT] = { 0 };
    struct outgoing_sums sums = { 0 };

    for (size_t i = 0; i < draft->n_policies; i++) {
        const struct report_policy *policy = &draft->policies[i];

        sums.successes = add(sums.successes, policy->success_sessions);
        sums.failures = add(sums.failures, policy->failure_sessions);
        sums.has_details |= policy->n_failures > 0;
        by_type[policy->type] =
            add(by_type[policy->type],
                add(policy->success_sessions, policy->failure_sessions));
    }
    sums.sessions =
        add(by_type[POLICY_TYPE_NONE],
            count_max(by_type[POLICY_TYPE_STS], by_type[POLICY_TYPE_TLSA]));
    return sums;
}
