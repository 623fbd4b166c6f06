/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/plan.h"

#include <string.h>

#include "outgoing/limits.h"
#include "outgoing/match.h"
#include "record/tlsrpt.h"

/* A plan while it is made. */
struct planning {
    const struct outgoing_settings *settings;
    const struct outgoing_suppression *suppression;
    struct arena *arena;
    struct outgoing_plan plan;
    struct err *err;
};

static bool is_there(const struct outgoing_plan *plan, const char *uri)
{
    for (size_t i = 0; i < plan->n_lines; i++) {
        if (plan->lines[i].fate != OUTGOING_LEFT_OUT &&
            strcmp(plan->lines[i].target.uri, uri) == 0)
            return true;
    }
    return false;
}

static void add_line(struct planning *p, const struct outgoing_line *line)
{
    struct outgoing_plan *plan = &p->plan;

    if (plan->n_lines == OUTGOING_TARGETS_MAX ||
        is_there(plan, line->target.uri))
        return;
    plan->lines[plan->n_lines++] = *line;
    if (line->fate == OUTGOING_SENT && line->origin != OUTBOX_COPY)
        plan->n_sent++;
}

/* Adds a target that is to get the report, unless it is suppressed. */
static void add_target(struct planning *p, const struct outgoing_target *target,
                       enum outbox_origin origin, const char *why)
{
    const char *held = outgoing_suppression_find(p->suppression, target);

    add_line(p, &(struct outgoing_line){ .fate = held ? OUTGOING_HELD
                                                      : OUTGOING_SENT,
                                         .origin = origin,
                                         .target = *target,
                                         .why = held ? held : why });
}

static void leave_out(struct planning *p, const char *uri, const char *why)
{
    add_line(p,
             &(struct outgoing_line){
                 .fate = OUTGOING_LEFT_OUT,
                 .origin = OUTBOX_RECORD,
                 .target = { .uri = uri, .host = "", .local = "", .path = "" },
                 .why = why });
}

/* Adds the URIs of the operator. Those that cannot be read were told when the
 * settings were checked. */
static int add_uris(struct planning *p, const struct outgoing_texts *uris,
                    enum outbox_origin origin, const char *why)
{
    struct outgoing_target target;

    for (size_t i = 0; i < uris->n_items; i++) {
        struct err err;

        if (outgoing_target_read(p->arena, slice_of(uris->items[i]), &target,
                                 &err) == 0)
            add_target(p, &target, origin, why);
        else if (err.kind == ERR_MEMORY)
            return err_memory(p->err);
    }
    return 0;
}

/* ---- Rules --------------------------------------------------------------- */

static const struct outgoing_rule *find_domain_rule(const struct planning *p,
                                                    struct slice domain)
{
    const struct outgoing_settings *settings = p->settings;

    for (size_t i = 0; i < settings->n_rules; i++) {
        const struct outgoing_rule *rule = &settings->rules[i];

        for (size_t j = 0; j < rule->domains.n_items; j++) {
            if (outgoing_match_domain(slice_of(rule->domains.items[j]), domain))
                return rule;
        }
    }
    return NULL;
}

static const struct outgoing_rule *find_target_rule(
    const struct planning *p, const struct outgoing_target *target)
{
    const struct outgoing_settings *settings = p->settings;

    for (size_t i = 0; i < settings->n_rules; i++) {
        const struct outgoing_rule *rule = &settings->rules[i];

        for (size_t j = 0; j < rule->destinations.n_items; j++) {
            if (outgoing_match_target(slice_of(rule->destinations.items[j]),
                                      target))
                return rule;
        }
    }
    return NULL;
}

/* Adds a target that no rule has accepted: strangers name no host of ours. */
static void add_stranger(struct planning *p,
                         const struct outgoing_target *target)
{
    const char *doubt =
        p->settings->allows_private ? NULL : outgoing_target_doubt(target);

    if (doubt)
        leave_out(p, target->uri, doubt);
    else
        add_target(p, target, OUTBOX_RECORD, "");
}

/* Adds a target of the record as the first rule says that matches it. */
static int add_by_rule(struct planning *p, const struct outgoing_target *target)
{
    const struct outgoing_rule *rule = find_target_rule(p, target);
    const char *why =
        rule ? arena_printf(p->arena, "rule \"%s\"", rule->name) : "";

    if (!why)
        return arena_error(p->arena, p->err);
    if (!rule || rule->action == OUTGOING_APPEND) {
        add_stranger(p, target);
    } else if (rule->action == OUTGOING_ACCEPT) {
        add_target(p, target, OUTBOX_RECORD, why);
    } else {
        const char *what = rule->action == OUTGOING_DISCARD
                               ? "discards it"
                               : "sends it elsewhere";

        what = arena_printf(p->arena, "%s %s", why, what);
        if (!what)
            return arena_error(p->arena, p->err);
        leave_out(p, target->uri, what);
    }
    return rule ? add_uris(p, &rule->uris, OUTBOX_RULE, why) : 0;
}

/* ---- The record ---------------------------------------------------------- */

/* What a destination is to a target. */
static struct outgoing_target target_of(
    const struct tlsrpt_destination *destination)
{
    const bool is_mail = destination->scheme == TLSRPT_MAILTO;

    return (struct outgoing_target){
        .scheme = is_mail ? OUTGOING_MAILTO : OUTGOING_HTTPS,
        .uri = destination->uri,
        .host = destination->host,
        .local = is_mail ? destination->local : "",
        .path = is_mail ? "" : destination->path,
        .port = is_mail ? 0 : destination->port,
    };
}

/* Findings that are about a URI which cannot be used; others are about what is
 * merely odd. */
static bool is_about_uri(const struct finding *finding)
{
    static const char *const codes[] = { "tlsrpt-scheme", "tlsrpt-mailto",
                                         "tlsrpt-https",
                                         "tlsrpt-destination-twice",
                                         "tlsrpt-destinations-many" };

    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        if (strcmp(finding->kind->code, codes[i]) == 0)
            return true;
    }
    return false;
}

static void tell_unusable(struct planning *p,
                          const struct tlsrpt_record *record)
{
    for (size_t i = 0; i < record->findings.n_items; i++) {
        const struct finding *finding = &record->findings.items[i];

        if (is_about_uri(finding))
            leave_out(p, finding->value ? finding->value : "",
                      finding->kind->message);
    }
}

/* The finding that ended the reading: the last critical one. */
static const char *say_fault(struct planning *p,
                             const struct tlsrpt_record *record)
{
    const struct finding *worst = NULL;

    for (size_t i = 0; i < record->findings.n_items; i++) {
        const struct finding *finding = &record->findings.items[i];

        if (finding->kind->severity == FINDING_CRITICAL ||
            (!worst && finding->kind->severity == FINDING_ERROR))
            worst = finding;
    }
    if (!worst)
        return "the record cannot be used";
    return arena_printf(p->arena, "the record cannot be used: %s%s%s",
                        worst->kind->message, *worst->where ? ", " : "",
                        worst->where);
}

static int add_record(struct planning *p, struct slice text)
{
    struct tlsrpt_record record;

    if (tlsrpt_record_read(p->arena, text, &record, p->err))
        return -1;
    for (size_t i = 0;
         record.verdict == TLSRPT_VALID && i < record.n_destinations; i++) {
        const struct outgoing_target target =
            target_of(&record.destinations[i]);

        if (add_by_rule(p, &target))
            return -1;
    }
    tell_unusable(p, &record);
    if (record.verdict == TLSRPT_VALID)
        return 0;
    p->plan.reason = say_fault(p, &record);
    return p->plan.reason ? 0 : arena_error(p->arena, p->err);
}

/* ---- The whole ----------------------------------------------------------- */

static int add_all(struct planning *p, struct slice domain, struct slice record)
{
    const struct outgoing_rule *rule = find_domain_rule(p, domain);
    const char *why =
        rule ? arena_printf(p->arena, "rule \"%s\"", rule->name) : NULL;

    if (rule && !why)
        return arena_error(p->arena, p->err);
    if (rule && rule->action == OUTGOING_DISCARD) {
        p->plan.reason =
            arena_printf(p->arena, "rule \"%s\" discards it", rule->name);
        return p->plan.reason ? 0 : arena_error(p->arena, p->err);
    }
    if ((!rule || rule->action != OUTGOING_REPLACE) && add_record(p, record))
        return -1;
    /* A domain whose record is broken did not ask; a rule may all the same. */
    if (rule && rule->uris.n_items) {
        p->plan.reason = NULL;
        return add_uris(p, &rule->uris, OUTBOX_RULE, why);
    }
    return 0;
}

/* Whether anything stands in the outbox for this report. */
static bool has_delivery(const struct outgoing_plan *plan)
{
    for (size_t i = 0; i < plan->n_lines; i++) {
        if (plan->lines[i].fate != OUTGOING_LEFT_OUT)
            return true;
    }
    return false;
}

int outgoing_plan_make(const struct outgoing_settings *settings,
                       const struct outgoing_suppression *suppression,
                       struct arena *arena, struct slice domain,
                       struct slice record, struct outgoing_plan *out_plan,
                       struct err *err)
{
    struct planning p = { .settings = settings,
                          .suppression = suppression,
                          .arena = arena,
                          .err = err };

    p.plan.lines =
        arena_calloc(arena, OUTGOING_TARGETS_MAX, sizeof(*p.plan.lines));
    if (!p.plan.lines)
        return arena_error(arena, err);
    if (add_all(&p, domain, record))
        return -1;
    if (!p.plan.reason && !has_delivery(&p.plan))
        p.plan.reason = "no destination is left to send it to";
    if (!p.plan.reason &&
        add_uris(&p, &settings->copies, OUTBOX_COPY, "blind copy"))
        return -1;
    *out_plan = p.plan;
    return 0;
}
