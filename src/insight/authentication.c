/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/authentication.h"

#include <inttypes.h>
#include <string.h>

#include "base/count.h"
#include "base/domain.h"
#include "base/list.h"
#include "insight/sender.h"

/* What is known while the answer is made. */
struct making {
    struct arena *arena;
    struct insight_authentication *out;
    struct list mailers;
};

/* ---- Who sends ----------------------------------------------------------- */

static int add_mailer(void *context, const struct store_dmarc_group *group,
                      struct err *err)
{
    struct making *making = context;
    struct insight_mailer *mailer = list_add(&making->mailers, making->arena);

    if (!mailer)
        return arena_error(making->arena, err);
    *mailer = (struct insight_mailer){
        .sender = arena_copy(making->arena, slice_of(group->key)),
        .name = insight_mailer_service(group->key),
        .kind = insight_mailer_kind_of(making->out->domain, group->key,
                                       &group->sums),
        .which = insight_mailer_case(&group->sums),
        .sums = group->sums,
        .failing = insight_mailer_failing(&group->sums),
        .first_day = group->first_day,
        .last_day = group->last_day,
    };
    return mailer->sender ? 0 : arena_error(making->arena, err);
}

static int find_mailers(struct making *making, struct store *store,
                        struct store_range range, struct err *err)
{
    struct insight_authentication *out = making->out;
    const struct store_dmarc_breakdown senders = { STORE_DMARC_BY_SENDER,
                                                   out->domain, range,
                                                   INSIGHT_MAILERS_MAX };

    if (store_dmarc_each_group(store, &senders, add_mailer, making,
                               &out->n_mailers_all, err))
        return -1;
    if (making->mailers.n_items == 0)
        return 0;
    out->mailers = list_move(&making->mailers, making->arena, &out->n_mailers);
    return out->mailers ? 0 : arena_error(making->arena, err);
}

/* ---- Verdict ------------------------------------------------------------- */

struct insight_verdict insight_authentication_judge(
    const struct store_dmarc_sums *sums)
{
    int64_t lost = insight_mailer_lost(sums);
    int64_t delivered = 0;
    struct insight_verdict verdict;

    if (sums->messages == 0)
        return (struct insight_verdict){ .state = INSIGHT_UNKNOWN };
    verdict = insight_judge(sums->messages, lost);
    if (verdict.state == INSIGHT_TROUBLE || verdict.state == INSIGHT_WATCH)
        return verdict;
    /* What forgers send and receivers turn away is as it should be. */
    for (unsigned i = 0; i < DMARC_CASE_COUNT; i++) {
        if (dmarc_case_is_trouble((enum dmarc_case)i))
            delivered =
                count_add(delivered, sums->by_case[i] - sums->away_by_case[i]);
    }
    verdict = insight_judge(sums->messages, count_max(delivered, lost));
    if (verdict.state == INSIGHT_TROUBLE)
        verdict.state = INSIGHT_WATCH;
    return verdict;
}

static const char *make_sentence(struct arena *arena,
                                 const struct store_dmarc_sums *sums,
                                 int64_t failing, int64_t lost)
{
    if (sums->messages == 0)
        return "No message was reported in these days";
    if (failing == 0)
        return arena_printf(arena,
                            sums->messages == 1
                                ? "The one message passed DMARC, or failed "
                                  "with an excuse"
                                : "All %" PRId64 " messages passed DMARC, or "
                                  "failed with an excuse",
                            sums->messages);
    if (lost > 0)
        return arena_printf(arena,
                            "%" PRId64 " of %" PRId64 " messages failed "
                            "DMARC; %" PRId64 " that may be yours were "
                            "quarantined or rejected",
                            failing, sums->messages, lost);
    return arena_printf(arena,
                        "%" PRId64 " of %" PRId64 " messages failed DMARC%s",
                        failing, sums->messages,
                        sums->quarantined + sums->rejected > 0
                            ? "; receivers turned such messages away"
                            : "; receivers delivered them");
}

/* ---- What to do first ---------------------------------------------------- */

static void add_step(struct insight_authentication *out, const char *title,
                     const char *text, const char *sender, int64_t messages)
{
    if (title && out->n_steps < INSIGHT_STEPS_MAX)
        out->steps[out->n_steps++] =
            (struct insight_step){ title, text, sender, messages };
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static void add_mailer_step(struct insight_authentication *out,
                            const struct insight_mailer *mailer,
                            struct arena *arena)
{
    const char *title;

    if (mailer->failing == 0 || mailer->kind == INSIGHT_MAILER_FORWARDER)
        return;
    if (mailer->kind == INSIGHT_MAILER_NOBODY)
        title = arena_printf(arena,
                             "Look through the addresses that nothing vouches "
                             "for (%" PRId64 " message%s)",
                             mailer->failing, plural(mailer->failing));
    else
        title = arena_printf(arena, "Mend %s (%" PRId64 " message%s fail)",
                             mailer->name ? mailer->name : mailer->sender,
                             mailer->failing, plural(mailer->failing));
    add_step(out, title, insight_sender_fix(mailer->which), mailer->sender,
             mailer->failing);
}

/* Own servers and services first: there mail is lost that somebody wanted. */
static void add_mailer_steps(struct insight_authentication *out,
                             struct arena *arena)
{
    for (size_t i = 0; i < out->n_mailers; i++) {
        if (out->mailers[i].kind != INSIGHT_MAILER_NOBODY &&
            out->n_steps < INSIGHT_STEPS_MAX - 2)
            add_mailer_step(out, &out->mailers[i], arena);
    }
    for (size_t i = 0; i < out->n_mailers; i++) {
        if (out->mailers[i].kind == INSIGHT_MAILER_NOBODY)
            add_mailer_step(out, &out->mailers[i], arena);
    }
}

static bool publishes(const char *policy, const char *tag)
{
    size_t len = strlen(tag);

    return strncmp(policy, tag, len) == 0 &&
           (policy[len] == '\0' || policy[len] == ';');
}

static void add_policy_step(struct insight_authentication *out)
{
    bool is_enough = out->totals.sums.messages > 0;

    if (publishes(out->policy, "p=none") && out->failing == 0 && is_enough)
        add_step(out, "Publish p=quarantine",
                 "Nothing failed without an excuse. When some weeks look like "
                 "this, p=quarantine keeps forgeries out of the inbox.",
                 NULL, out->totals.sums.messages);
    else if (publishes(out->policy, "p=none") && out->failing > 0)
        add_step(out, "Then leave p=none",
                 "The policy is none: receivers deliver what fails. Mend or "
                 "rule out each sender, then publish p=quarantine.",
                 NULL, out->failing);
    else if (publishes(out->policy, "p=quarantine") && out->failing == 0 &&
             is_enough)
        add_step(out, "Publish p=reject",
                 "Nothing failed without an excuse. With p=reject a forger's "
                 "message is turned away before anybody sees it.",
                 NULL, out->totals.sums.messages);
}

/* ---- The whole ----------------------------------------------------------- */

static int keep_policy(void *context, const struct store_dmarc_policy *policy,
                       struct err *err)
{
    struct making *making = context;

    making->out->policy = arena_copy(making->arena, slice_of(policy->text));
    return making->out->policy ? 1 : arena_error(making->arena, err);
}

static int judge(struct insight_authentication *out, struct arena *arena,
                 struct err *err)
{
    int64_t lost = insight_mailer_lost(&out->totals.sums);

    out->failing = insight_mailer_failing(&out->totals.sums);
    out->verdict = insight_authentication_judge(&out->totals.sums);
    out->sentence = make_sentence(arena, &out->totals.sums, out->failing, lost);
    add_mailer_steps(out, arena);
    add_policy_step(out);
    return out->sentence ? 0 : arena_error(arena, err);
}

static int find_all(struct making *making, struct store *store,
                    struct store_range range, struct err *err)
{
    struct insight_authentication *out = making->out;

    out->unicode = domain_unicode(making->arena, out->domain);
    if (!out->unicode)
        return arena_error(making->arena, err);
    if (store_dmarc_totals(store, out->domain, range, &out->totals, err) ||
        store_dmarc_each_policy(store, out->domain, range, keep_policy, making,
                                err) < 0 ||
        find_mailers(making, store, range, err))
        return -1;
    return judge(out, making->arena, err);
}

int insight_authentication_ever(struct store *store, const char *domain,
                                int64_t *out_dmarc, int64_t *out_tls,
                                struct err *err)
{
    const struct store_range all = { UTC_DAY_NONE, UTC_DAY_NONE };
    struct store_dmarc_totals dmarc;
    struct store_totals tls;

    if (store_dmarc_totals(store, domain, all, &dmarc, err) ||
        store_totals(store, domain, all, &tls, err))
        return -1;
    *out_dmarc = dmarc.sums.reports;
    *out_tls = tls.sums.reports;
    return 0;
}

int insight_authentication_find(struct store *store, const char *domain,
                                struct store_range range, struct arena *arena,
                                struct insight_authentication *out,
                                struct err *err)
{
    struct making making = { .arena = arena, .out = out };
    int status;

    *out = (struct insight_authentication){ .domain = domain, .policy = "" };
    if (insight_authentication_ever(store, domain, &out->reports_ever,
                                    &out->tls_reports_ever, err))
        return -1;
    if (out->reports_ever == 0 && out->tls_reports_ever == 0)
        return 1;
    list_init(&making.mailers, sizeof(struct insight_mailer));
    status = find_all(&making, store, range, err);
    list_deinit(&making.mailers);
    return status;
}

/* ---- All domains --------------------------------------------------------- */

/* Rows on their way. */
struct listing {
    const char *wanted; /* or NULL */
    struct arena *arena;
    struct list rows;
};

static int add_row(void *context, const struct store_dmarc_group *group,
                   struct err *err)
{
    struct listing *listing = context;
    struct insight_authentication_row *row;

    if (listing->wanted && strcmp(listing->wanted, group->key) != 0)
        return 0;
    row = list_add(&listing->rows, listing->arena);
    if (!row)
        return arena_error(listing->arena, err);
    row->domain = arena_copy(listing->arena, slice_of(group->key));
    if (row->domain)
        row->unicode = domain_unicode(listing->arena, row->domain);
    row->sums = group->sums;
    row->verdict = insight_authentication_judge(&group->sums);
    row->last_day = group->last_day;
    return row->unicode ? 0 : arena_error(listing->arena, err);
}

int insight_authentication_rows(struct store *store, const char *domain,
                                struct store_range range, struct arena *arena,
                                struct insight_authentication_row **out_rows,
                                size_t *out_n, struct err *err)
{
    struct listing listing = { .wanted = domain, .arena = arena };
    const struct store_dmarc_breakdown domains = { .dimension =
                                                       STORE_DMARC_BY_DOMAIN,
                                                   .range = range };
    int status;

    *out_rows = NULL;
    *out_n = 0;
    list_init(&listing.rows, sizeof(**out_rows));
    status =
        store_dmarc_each_group(store, &domains, add_row, &listing, NULL, err);
    if (status == 0 && listing.rows.n_items) {
        *out_rows = list_move(&listing.rows, arena, out_n);
        status = *out_rows ? 0 : arena_error(arena, err);
    }
    list_deinit(&listing.rows);
    return status;
}
