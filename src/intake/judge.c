/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/judge.h"

#include "intake/limits.h"
#include "store/dmarc.h"

static void worsen(struct intake_judgement *judgement, enum intake_known known)
{
    if (known == INTAKE_PENDING ||
        (known == INTAKE_FAILING && judgement->known == INTAKE_KNOWN))
        judgement->known = known;
}

/* What DNS says of a signature's key, or that it says nothing yet. */
static struct dkim_answer ask_key(const struct intake_judges *judges,
                                  const struct dkim_signature *signature,
                                  struct arena *arena,
                                  struct intake_judgement *judgement)
{
    struct dkim_answer answer = { .lookup = DKIM_LOOKUP_TEMPORARY };
    enum intake_known known = judges->find_key(
        judges->context, signature->query_name, arena, &answer);

    worsen(judgement, known);
    if (known != INTAKE_KNOWN)
        answer = (struct dkim_answer){ .lookup = DKIM_LOOKUP_TEMPORARY };
    return answer;
}

static int judge_signatures(const struct intake_judges *judges,
                            const struct intake_item *item, struct arena *arena,
                            struct dkim_result *results,
                            struct intake_judgement *judgement, struct err *err)
{
    for (size_t i = 0; i < item->dkim->n_signatures; i++) {
        const struct dkim_signature *signature = &item->dkim->signatures[i];
        struct dkim_answer answer;

        if (!signature->fault)
            answer = ask_key(judges, signature, arena, judgement);
        if (dkim_judge(signature, signature->fault ? NULL : &answer,
                       DKIM_KEY_ACCEPT, &results[i], err))
            return -1;
    }
    return 0;
}

/* A pass that is aligned with TLS-Report-Submitter alone shows who sent the
   mail, but anybody may name himself there: under a report's key it proves no
   more than a mail that was marked. */
static enum store_proof proof_of(const struct dkim_choice *choice)
{
    if (choice->result.verdict != DKIM_PASS)
        return STORE_PROOF_NONE;
    return choice->origin == DKIM_ORIGIN_SUBMITTER ? STORE_PROOF_FILE
                                                   : STORE_PROOF_DKIM;
}

static int judge_mail(const struct intake_judges *judges,
                      const struct intake_item *item, struct arena *arena,
                      struct intake_judgement *judgement, struct err *err)
{
    const struct dkim_senders senders = {
        .contact_domain = item->contact_domain,
        .submitter_domain = item->submitter_domain,
        .from_domain = item->dkim->from_domain,
    };
    struct dkim_result *results =
        arena_calloc(arena, item->dkim->n_signatures + 1, sizeof(*results));
    struct dkim_choice choice;

    if (!results)
        return arena_error(arena, err);
    if (judge_signatures(judges, item, arena, results, judgement, err) ||
        dkim_choose(arena, item->dkim, results, &senders, &choice, err))
        return -1;
    judgement->proof = proof_of(&choice);
    judgement->verdict = dkim_reason_verdict_name(choice.result.verdict);
    judgement->reason = choice.result.reason->code;
    if (choice.signature && choice.signature->domain)
        judgement->signer =
            arena_copy(arena, slice_of(choice.signature->domain));
    /* Only what may change the verdict is worth asking again. */
    if (choice.result.verdict != DKIM_TEMPORARY)
        judgement->known = INTAKE_KNOWN;
    else
        worsen(judgement, INTAKE_FAILING);
    return judgement->signer ? 0 : arena_error(arena, err);
}

/* Tells whether a report that came for a tenant is about a domain of another. */
static bool is_foreign(const struct intake_judges *judges,
                       const struct intake_origin *origin,
                       const struct store_report *rows)
{
    if (!judges->is_foreign || !origin->tenant[0])
        return false;
    if (rows->dmarc)
        return judges->is_foreign(judges->context, origin->tenant,
                                  rows->dmarc->domain);
    for (size_t i = 0; i < rows->n_subjects; i++) {
        if (judges->is_foreign(judges->context, origin->tenant,
                               rows->subjects[i].domain))
            return true;
    }
    return false;
}

/* The proof of what is not mail, or is not proven by a signature. Who was told the
 * path of one tenant is not trusted with the domains of others. */
static enum store_proof proof_by_way(const struct intake_judges *judges,
                                     const struct intake_origin *origin,
                                     const struct store_report *rows)
{
    if (origin->way == INTAKE_WAY_SECRET_PATH &&
        !is_foreign(judges, origin, rows))
        return STORE_PROOF_SECRET_PATH;
    if (origin->way == INTAKE_WAY_HTTPS ||
        origin->way == INTAKE_WAY_SECRET_PATH)
        return STORE_PROOF_HTTPS;
    return origin->rule == INTAKE_MARK ? STORE_PROOF_FILE : STORE_PROOF_NONE;
}

enum store_standing intake_standing(const struct intake_origin *origin,
                                    enum store_proof proof)
{
    if (origin->way == INTAKE_WAY_FILE || origin->rule == INTAKE_MARK ||
        proof >= STORE_PROOF_FILE)
        return STORE_COUNTED;
    return STORE_UNPROVEN;
}

/* A report about more domains than anybody has at a time is asked nothing of
   DNS: its destination is kept back. */
static void judge_claims(const struct intake_judges *judges,
                         const struct intake_origin *origin,
                         const struct store_report *rows,
                         struct intake_judgement *judgement)
{
    struct intake_origin asked = *origin;
    bool is_ours = rows->n_subjects > 0;

    if (rows->n_subjects > INTAKE_MAX_CLAIMS)
        asked.destination = "";
    for (size_t i = 0; is_ours && i < rows->n_subjects; i++) {
        enum intake_known known = judges->claims(
            judges->context, &asked, rows->subjects[i].domain, &is_ours);

        if (known != INTAKE_KNOWN)
            is_ours = false;
        worsen(judgement, known);
    }
    if (!is_ours)
        judgement->standing = STORE_UNCLAIMED;
}

/* A DMARC report is about one domain. */
static void judge_dmarc_claim(const struct intake_judges *judges,
                              const struct intake_origin *origin,
                              const struct store_dmarc *dmarc,
                              struct intake_judgement *judgement)
{
    bool is_ours = false;
    enum intake_known known =
        judges->claims_dmarc
            ? judges->claims_dmarc(judges->context, origin, dmarc->domain,
                                   &is_ours)
            : judges->claims(judges->context, origin, dmarc->domain, &is_ours);

    if (known != INTAKE_KNOWN || !is_ours)
        judgement->standing = STORE_UNCLAIMED;
    worsen(judgement, known);
}

int intake_judge(const struct intake_judges *judges,
                 const struct intake_origin *origin,
                 const struct intake_item *item, struct arena *arena,
                 struct intake_judgement *out_judgement, struct err *err)
{
    const enum store_proof by_way = proof_by_way(judges, origin, item->rows);
    struct intake_judgement judgement = {
        .verdict = "", .reason = "", .signer = "", .known = INTAKE_KNOWN
    };

    if (item->dkim && judges->find_key &&
        judge_mail(judges, item, arena, &judgement, err))
        return -1;
    if (judgement.proof < by_way)
        judgement.proof = by_way;
    judgement.standing = intake_standing(origin, judgement.proof);
    if (judges->claims && item->rows->dmarc)
        judge_dmarc_claim(judges, origin, item->rows->dmarc, &judgement);
    else if (judges->claims)
        judge_claims(judges, origin, item->rows, &judgement);
    *out_judgement = judgement;
    return 0;
}

int64_t intake_judge_again(enum intake_known known, int64_t now,
                           int64_t waited_s, int64_t tries)
{
    /* Seconds until the next try while DNS has trouble. */
    static const int64_t delays[] = { 60, 300, 1800, 7200, 21600 };
    const int64_t n = sizeof(delays) / sizeof(*delays);
    const bool is_over = waited_s > INTAKE_JUDGE_SECONDS;

    if (known == INTAKE_KNOWN)
        return 0;
    /* After a start nothing is known yet: an answer on its way is waited for, but
       not for ever. */
    if (is_over)
        return known == INTAKE_PENDING && waited_s <= 2 * INTAKE_JUDGE_SECONDS
                   ? now + INTAKE_JUDGE_LAST_S
                   : 0;
    /* An answer on its way wakes those that wait for it. */
    if (known == INTAKE_PENDING && tries < INTAKE_JUDGE_SOON)
        return now + 5 * tries;
    return now + delays[tries < n ? (tries < 0 ? 0 : tries) : n - 1];
}
