/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/api_write.h"

#include "advice/advice.h"
#include "insight/code.h"

void api_write_begin(struct json_writer *writer, const struct api_call *call,
                     struct api_answer *answer)
{
    const struct store_range *range = &call->request->filter.range;
    json_writer_init(writer, &answer->body);
    json_begin_object(writer);
    json_key(writer, "range");
    json_begin_object(writer);
    json_member_day(writer, "from", range->from);
    json_member_day(writer, "to", range->to);
    json_member_day(writer, "today", call->request->today);
    json_end_object(writer);
}

void api_write_sums(struct json_writer *writer, const struct store_sums *sums)
{
    json_member_int(writer, "reports", sums->reports);
    json_member_int(writer, "sessions", sums->sessions);
    json_member_int(writer, "failures", sums->failures);
}

void api_write_sums_of(struct json_writer *writer, const char *name,
                       const struct store_sums *sums)
{
    json_key(writer, name);
    json_begin_object(writer);
    api_write_sums(writer, sums);
    json_end_object(writer);
}

void api_write_messages(struct json_writer *writer,
                        const struct store_dmarc_sums *sums)
{
    json_member_int(writer, "reports", sums->reports);
    json_member_int(writer, "messages", sums->messages);
    json_member_int(writer, "passed", sums->passed);
    json_member_int(writer, "failed", sums->messages - sums->passed);
    json_member_int(writer, "dkim", sums->dkim);
    json_member_int(writer, "spf", sums->spf);
    json_member_int(writer, "quarantined", sums->quarantined);
    json_member_int(writer, "rejected", sums->rejected);
}

void api_write_reports_ever(struct json_writer *writer, int64_t dmarc,
                            int64_t tls)
{
    json_key(writer, "reports_ever");
    json_begin_object(writer);
    json_member_int(writer, "dmarc", dmarc);
    json_member_int(writer, "tls", tls);
    json_end_object(writer);
}

void api_write_case(struct json_writer *writer, enum dmarc_case which)
{
    json_member_string(writer, "case", dmarc_case_name(which));
    json_member_bool(writer, "is_trouble", dmarc_case_is_trouble(which));
    json_member_string(writer, "meaning", insight_sender_meaning(which));
    json_member_string(writer, "fix", insight_sender_fix(which));
}

void api_write_share(struct json_writer *writer, const struct store_sums *sums)
{
    double share = sums->sessions > 0
                       ? (double)sums->failures / (double)sums->sessions
                       : 0.0;
    json_key(writer, "share");
    json_decimal(writer, share, 6);
}

void api_write_states(struct json_writer *writer,
                      const size_t n_by_state[INSIGHT_STATE_COUNT])
{
    static const enum insight_state order[] = { INSIGHT_TROUBLE, INSIGHT_WATCH,
                                                INSIGHT_UNKNOWN, INSIGHT_WELL };
    json_key(writer, "states");
    json_begin_object(writer);
    for (size_t i = 0; i < INSIGHT_STATE_COUNT; i++)
        json_member_int(writer, insight_state_name(order[i]),
                        (int64_t)n_by_state[order[i]]);
    json_end_object(writer);
}

void api_write_spark_day(struct json_writer *writer, utc_day day,
                         const struct store_sums *sums)
{
    char text[UTC_DAY_BYTES];
    json_begin_array(writer);
    json_string(writer, utc_day_format(day, text));
    json_int(writer, sums->sessions);
    json_int(writer, sums->failures);
    json_end_array(writer);
}

const char *api_write_proof(enum store_proof proof)
{
    switch (proof) {
    case STORE_PROOF_NONE: return "none";
    case STORE_PROOF_HTTPS: return "https";
    case STORE_PROOF_FILE: return "file";
    case STORE_PROOF_SECRET_PATH: return "secret-path";
    case STORE_PROOF_DKIM: return "dkim";
    }
    return "unknown";
}

void api_write_hash(struct json_writer *writer, const char *name,
                    const unsigned char hash[static DIGEST_BYTES])
{
    char text[DIGEST_HEX_BYTES];
    json_member_string(writer, name, digest_format(hash, text));
}

void api_write_strings(struct json_writer *writer, const char *name,
                       const char *const *texts, size_t n)
{
    json_key(writer, name);
    json_begin_array(writer);
    for (size_t i = 0; i < n && texts[i]; i++)
        json_string(writer, texts[i]);
    json_end_array(writer);
}

int api_write_finding(void *context, const struct store_finding *finding,
                      struct err *err)
{
    struct json_writer *writer = context;
    struct insight_code code = { .finding = NULL };
    (void)err;
    /* A later version may know other codes. */
    insight_code_find(finding->code, &code);
    const struct finding_kind *kind = code.finding;
    json_begin_object(writer);
    json_member_string(writer, "code", finding->code);
    json_member_string(writer, "severity",
                       kind ? finding_severity_name(kind->severity) : NULL);
    json_member_string(writer, "where", finding->where);
    json_member_string(writer, "message", kind ? kind->message : NULL);
    json_member_string(writer, "value", finding->value);
    json_member_string(writer, "fix", kind ? kind->fix : NULL);
    json_member_string(writer, "rfc", kind ? kind->rfc : NULL);
    json_end_object(writer);
    return 0;
}

void api_write_words(struct json_writer *writer, const char *name,
                     const char *words)
{
    struct slice rest = slice_of(words);
    json_key(writer, name);
    json_begin_array(writer);
    while (rest.len > 0) {
        struct slice word = slice_cut(&rest, ' ');
        if (word.len > 0)
            json_string_slice(writer, word);
    }
    json_end_array(writer);
}

static int write_day(void *context, const struct store_day *day,
                     struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_day(writer, "day", day->day);
    api_write_sums(writer, &day->sums);
    json_end_object(writer);
    return 0;
}

int api_write_days(struct json_writer *writer, const char *name,
                   struct store *store, const char *domain,
                   struct store_range range, struct err *err)
{
    json_key(writer, name);
    json_begin_array(writer);
    int r = store_each_day(store, domain, range, 1, write_day, writer, err);
    json_end_array(writer);
    return r;
}

int api_write_groups(struct json_writer *writer, const char *name,
                     const struct api_call *call,
                     enum store_dimension dimension, const char *domain,
                     store_group_function *function, struct err *err)
{
    json_key(writer, name);
    json_begin_array(writer);
    int r =
        store_each_group(call->store, dimension, domain,
                         call->request->filter.range, function, writer, err);
    json_end_array(writer);
    return r;
}

int api_write_organization(void *context, const struct store_group *group,
                           struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "key", group->key);
    json_member_string(writer, "label", group->label);
    api_write_sums(writer, &group->sums);
    api_write_share(writer, &group->sums);
    json_member_day(writer, "last_day", group->last_day);
    json_end_object(writer);
    return 0;
}

int api_write_result_type(void *context, const struct store_group *group,
                          struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "key", group->key);
    json_member_string(writer, "title", advice_find(group->key, NULL)->title);
    json_member_int(writer, "failures", group->sums.failures);
    json_member_day(writer, "first_day", group->first_day);
    json_member_day(writer, "last_day", group->last_day);
    json_end_object(writer);
    return 0;
}
