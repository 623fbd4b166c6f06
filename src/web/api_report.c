/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "insight/explain.h"
#include "intake/read.h"
#include "intake/render.h"
#include "policy/policy_type.h"
#include "web/api_write.h"
#include "web/limits.h"

/* A stored report that is being read again. */
struct rereading {
    const struct api_call *call;
    const struct store_origin *origin;
    struct json_writer *writer;
    bool is_found;
};

/* How it came, and what that proves. */
static void write_arrival(struct json_writer *writer,
                          const struct store_origin *origin)
{
    const struct store_arrival *arrival = &origin->arrival;
    json_member_string(writer, "standing",
                       store_standing_name(origin->standing));
    json_member_string(writer, "source", arrival->source);
    json_member_string(writer, "tenant", arrival->tenant);
    json_key(writer, "dkim");
    if (arrival->verdict[0] == '\0') {
        json_null(writer);
        return;
    }
    json_begin_object(writer);
    json_member_string(writer, "verdict", arrival->verdict);
    json_member_string(writer, "reason", arrival->reason);
    json_member_string(writer, "signer", arrival->signer);
    json_member_time(writer, "judge_at",
                     arrival->judge_at ? arrival->judge_at : UTC_NONE);
    json_end_object(writer);
}

static void write_origin(struct json_writer *writer, utc_day day,
                         const struct store_origin *origin)
{
    json_member_int(writer, "id", origin->id);
    json_member_string(writer, "kind", origin->is_dmarc ? "dmarc" : "tls");
    json_member_string(writer, "input", origin->input);
    json_member_time(writer, "stored_at", origin->stored_at);
    json_member_string(writer, "proof", api_write_proof(origin->proof));
    json_member_bool(writer, "is_conflict",
                     origin->standing == STORE_CONFLICTING);
    write_arrival(writer, origin);
    json_key(writer, "other_id");
    if (origin->other_id != 0)
        json_int(writer, origin->other_id);
    else
        json_null(writer);
    json_member_int(writer, "reader_version", origin->reader_version);
    api_write_hash(writer, "raw_sha256", origin->raw_hash);
    json_member_day(writer, "day", day);
}

/* The sentence that stands above the failures of a policy. */
static const char *policy_sentence(const struct report *report,
                                   const struct report_policy *policy,
                                   struct arena *arena)
{
    const char *who = report->organization_name ? report->organization_name
                                                : "A sender without a name";
    const char *whom = policy->subject_domain[0] != '\0'
                           ? policy->subject_domain
                           : "an unnamed domain";
    int64_t sessions =
        count_add(policy->success_sessions, policy->failure_sessions);
    return arena_printf(arena,
                        "%s reports %" PRId64 " session%s with %s under %s: "
                        "%" PRId64 " succeeded, %" PRId64 " failed.",
                        who, sessions, sessions == 1 ? "" : "s", whom,
                        policy->type == POLICY_TYPE_OTHER
                            ? "a policy of another type"
                            : policy_type_name(policy->type),
                        policy->success_sessions, policy->failure_sessions);
}

static void write_sentence(struct json_writer *writer, const char *name,
                           struct buffer *text)
{
    json_member_string(writer, name, buffer_text(text));
    buffer_reset(text);
}

static void write_failure(struct json_writer *writer,
                          const struct rereading *rereading,
                          const struct report *report, size_t policy_index,
                          const struct insight_explain_group *group,
                          struct buffer *text)
{
    const struct report_policy *policy = &report->policies[policy_index];
    const struct advice *advice = group->advice;
    struct advice_failure failure =
        insight_explain_failure(report, policy, group, rereading->call->arena);
    char where[64];
    json_begin_object(writer);
    json_member_int(writer, "sessions", group->sessions);
    json_member_string(writer, "result_type", group->result_key);
    json_member_string(writer, "title", advice->title);
    advice_add_sentence(text, &failure);
    write_sentence(writer, "sentence", text);
    advice_add_consequence(text, advice, &failure);
    write_sentence(writer, "consequence", text);
    snprintf(where, sizeof where, "/policies/%zu/failure-details/%zu",
             policy_index, group->index);
    json_member_string(writer, "where", where);
    json_member_string(writer, "side", advice->side);
    api_write_strings(writer, "causes", advice->causes, ADVICE_MAX_CAUSES);
    advice_add_look(text, advice, &failure);
    write_sentence(writer, "look", text);
    json_member_string(writer, "fix", advice->fix);
    json_member_string(writer, "rfc", advice->rfc);
    json_end_object(writer);
}

static int write_policy(struct json_writer *writer,
                        const struct rereading *rereading,
                        const struct report *report, size_t index,
                        struct err *err)
{
    struct arena *arena = rereading->call->arena;
    struct insight_explain_group *groups;
    struct buffer text;
    size_t n;
    if (insight_explain_policy(&report->policies[index], arena, &groups, &n,
                               err) < 0)
        return -1;
    json_begin_object(writer);
    json_member_int(writer, "policy", (int64_t)index);
    json_member_string(
        writer, "text",
        policy_sentence(report, &report->policies[index], arena));
    json_key(writer, "failures");
    json_begin_array(writer);
    buffer_init(&text, WEB_SENTENCE_BYTES);
    for (size_t i = 0; i < n && i < WEB_MAX_EXPLAINED; i++)
        write_failure(writer, rereading, report, index, &groups[i], &text);
    buffer_deinit(&text);
    json_end_array(writer);
    if (n > WEB_MAX_EXPLAINED)
        json_member_int(writer, "more", (int64_t)(n - WEB_MAX_EXPLAINED));
    json_end_object(writer);
    return 0;
}

static int write_explanation(struct json_writer *writer,
                             const struct rereading *rereading,
                             const struct report *report, struct err *err)
{
    json_key(writer, "explanation");
    json_begin_array(writer);
    for (size_t i = 0; i < report->n_policies; i++)
        if (write_policy(writer, rereading, report, i, err) < 0)
            return -1;
    json_end_array(writer);
    return 0;
}

static int write_noise(struct json_writer *writer, const struct report *report,
                       struct arena *arena, struct err *err)
{
    struct report_totals totals;
    struct buffer text;
    if (report_totals_compute(report, arena, &totals) < 0)
        return err_memory(err);
    buffer_init(&text, WEB_SENTENCE_BYTES);
    insight_explain_noise(&text, totals.distinct_sessions,
                          totals.distinct_failures);
    json_member_string(writer, "noise",
                       text.len > 0 ? buffer_text(&text) : NULL);
    buffer_deinit(&text);
    return 0;
}

static int write_report(void *context, const struct intake_result *result,
                        struct err *err)
{
    struct rereading *rereading = context;
    const struct store_origin *origin = rereading->origin;
    struct json_writer *writer = rereading->writer;
    bool is_kind =
        origin->is_dmarc ? result->dmarc != NULL : result->report != NULL;
    if (!is_kind || result->payload != origin->payload ||
        result->ordinal != origin->ordinal || rereading->is_found)
        return 0;
    rereading->is_found = true;
    write_origin(writer,
                 result->dmarc ? dmarc_day(result->dmarc)
                               : report_day(result->report),
                 origin);
    json_key(writer, "report");
    intake_render_result(writer, origin->input, result);
    if (result->dmarc)
        return api_write_senders(writer, result->dmarc, rereading->call->arena,
                                 err);
    if (write_explanation(writer, rereading, result->report, err) < 0)
        return -1;
    return write_noise(writer, result->report, rereading->call->arena, err);
}

/* The text as it was unwrapped, cut between characters. */
static void write_text(struct json_writer *writer, struct buffer *text)
{
    bool is_cut = text->len > WEB_JSON_BYTES;
    struct slice shown = buffer_slice(text);
    if (is_cut) {
        shown.len = WEB_JSON_BYTES;
        while (shown.len > 0 && (shown.ptr[shown.len] & 0xc0) == 0x80)
            shown.len--;
    }
    json_key(writer, "json");
    json_string_slice(writer, shown);
    json_member_bool(writer, "json_truncated", is_cut);
}

static int write_payload(struct json_writer *writer, struct slice raw,
                         const char *name, size_t payload, struct err *err)
{
    struct buffer text;
    buffer_init(&text, WEB_RAW_BYTES);
    int r = intake_payload(raw, name, payload, &text, err);
    if (r == 0) {
        write_text(writer, &text);
    } else if (r > 0) {
        json_member_string(writer, "json", NULL);
        json_member_bool(writer, "json_truncated", false);
        r = 0;
    }
    buffer_deinit(&text);
    return r;
}

/* The file name in what an input was called: a hint when reading it. */
static const char *file_name(const char *input)
{
    const char *slash = strrchr(input, '/');
    return slash ? slash + 1 : input;
}

static int reread(struct rereading *rereading, struct slice raw,
                  struct err *err)
{
    const struct store_origin *origin = rereading->origin;
    const char *name = file_name(origin->input);
    struct json_writer *writer = rereading->writer;
    json_begin_object(writer);
    if (intake_read_kinds(raw, NULL, name, INTAKE_KIND_ALL, write_report,
                          rereading, err) < 0)
        return -1;
    if (!rereading->is_found) {
        /* A later version may read it otherwise; the raw octets still tell. */
        write_origin(writer, UTC_DAY_NONE, origin);
        json_member_string(writer, "report", NULL);
        json_key(writer, "explanation");
        json_begin_array(writer);
        json_end_array(writer);
        json_member_string(writer, "noise", NULL);
    }
    if (write_payload(writer, raw, name, origin->payload, err) < 0)
        return -1;
    json_end_object(writer);
    return 0;
}

static int answer_report(const struct api_call *call,
                         const struct store_origin *origin,
                         struct api_answer *answer, struct err *err)
{
    struct json_writer writer;
    struct rereading rereading = { .call = call,
                                   .origin = origin,
                                   .writer = &writer };
    struct buffer raw;
    json_writer_init(&writer, &answer->body);
    buffer_init(&raw, WEB_RAW_BYTES);
    int r = store_get_raw(call->store, origin->raw_hash, &raw, err);
    if (r >= 0)
        r = reread(&rereading, buffer_slice(&raw), err);
    buffer_deinit(&raw);
    if (r == 0 && answer->body.failed) {
        err_set(err, ERR_LIMIT,
                "this report is too large for a page; take its "
                "raw octets at /api/v1/reports/%" PRId64 "/raw",
                origin->id);
        return 413;
    }
    return r;
}

int api_report(const struct api_call *call, struct api_answer *answer,
               struct err *err)
{
    struct store_origin origin;
    int r = api_find_report(call, &origin, err);
    return r == 0 ? answer_report(call, &origin, answer, err) : r;
}
