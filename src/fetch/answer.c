/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/answer.h"

#include "fetch/domain_line.h"
#include "fetch/fetch.h"
#include "fetch/limits.h"
#include "fetch/wire_text.h"
#include "outgoing/draft.h"
#include "store/tally_merged.h"
#include "json/writer.h"

static int check_out(FILE *out, struct err *err)
{
    if (fflush(out) == 0 && !ferror(out))
        return 0;
    return err_system(err, "writing the answer");
}

/* ---- The list ------------------------------------------------------------ */

/* The last day that all have closed. Returns: 0, -1 with err. */
static int find_complete_day(const struct answer_source *source,
                             utc_day *out_day, struct err *err)
{
    utc_day complete = INT32_MAX;

    for (size_t i = 0; i < source->n_tallies; i++) {
        utc_day closed;

        if (tally_closed_day(source->tallies[i], &closed, err))
            return -1;
        if (closed < complete)
            complete = closed;
    }
    *out_day = complete < 0 ? 0 : complete;
    return 0;
}

static int write_domain(void *context, struct slice domain, struct err *err)
{
    FILE *out = context;

    (void)err;
    if (domain_line_is_sound(domain))
        fprintf(out, "%.*s\n", (int)domain.len, domain.ptr);
    return 0;
}

/* "2026-10-01T12:00:00Z" as the protocol has it. */
static void write_now(utc_time now, FILE *out)
{
    char text[UTC_TIME_BYTES];

    utc_format(now, text);
    fprintf(out, "%.10s %.8s\n", text, text + 11);
}

int answer_list(const struct answer_source *source, utc_day day, FILE *out,
                struct err *err)
{
    char text[UTC_DAY_BYTES];
    utc_day complete;

    if (find_complete_day(source, &complete, err))
        return -1;
    fprintf(out, "%s\n", FETCH_VERSION_LINE);
    write_now(clock_now(source->clock), out);
    fprintf(out, "%s\n", utc_day_format(complete, text));
    if (day <= complete &&
        tally_merged_domains(source->tallies, source->n_tallies, day,
                             write_domain, out, err))
        return -1;
    fprintf(out, "%s\n", FETCH_LAST_LINE);
    return check_out(out, err) ? -1 : day > complete;
}

/* ---- Details ------------------------------------------------------------- */

/* A domain on its way out. */
struct telling {
    struct outgoing_draft draft;
    bool has_draft;
    struct json_writer json;
    struct buffer name; /* of a member */
};

static void write_name(struct telling *telling)
{
    json_key_slice(&telling->json, buffer_slice(&telling->name));
    buffer_reset(&telling->name);
}

static void write_failures(struct telling *telling,
                           const struct report_policy *policy)
{
    json_key(&telling->json, "failures");
    json_begin_object(&telling->json);
    for (size_t i = 0; i < policy->n_failures; i++) {
        wire_text_failure(&policy->failures[i], &telling->name);
        write_name(telling);
        json_int(&telling->json, policy->failures[i].sessions);
    }
    json_end_object(&telling->json);
}

static void write_policy(struct telling *telling,
                         const struct report_policy *policy)
{
    wire_text_policy(policy, &telling->name);
    write_name(telling);
    json_begin_object(&telling->json);
    json_member_int(&telling->json, "cntrtotal",
                    policy->success_sessions + policy->failure_sessions);
    json_member_int(&telling->json, "cntrfailure", policy->failure_sessions);
    write_failures(telling, policy);
    json_end_object(&telling->json);
}

/* Writes what is gathered of one record. */
static int end_record(struct telling *telling, struct err *err)
{
    if (!telling->has_draft)
        return 0;
    telling->has_draft = false;
    if (outgoing_draft_end(&telling->draft, err))
        return -1;
    buffer_add(&telling->name, telling->draft.record.ptr,
               telling->draft.record.len);
    write_name(telling);
    json_begin_object(&telling->json);
    for (size_t i = 0; i < telling->draft.n_policies; i++)
        write_policy(telling, &telling->draft.policies[i]);
    json_end_object(&telling->json);
    return 0;
}

static int take_row(void *context, const struct tally_row *row, struct err *err)
{
    struct telling *telling = context;

    if (row->record.len == 0)
        return 0;
    if (!telling->has_draft || !outgoing_draft_takes(&telling->draft, row)) {
        if (end_record(telling, err) ||
            outgoing_draft_begin(&telling->draft, row, err))
            return -1;
        telling->has_draft = true;
    }
    return outgoing_draft_add(&telling->draft, row, err);
}

static void write_out(void *context, struct slice octets)
{
    FILE *out = context;

    fwrite(octets.ptr, 1, octets.len, out);
}

static int tell(struct telling *telling, const struct answer_source *source,
                utc_day day, struct slice domain, struct err *err)
{
    struct json_writer *json = &telling->json;

    json_begin_object(json);
    json_key(json, "d");
    json_string_slice(json, domain);
    json_key(json, "policies");
    json_begin_object(json);
    if (tally_merged_each_of(source->tallies, source->n_tallies, day, domain,
                             take_row, telling, err) ||
        end_record(telling, err))
        return -1;
    json_end_object(json);
    json_end_object(json);
    buffer_add_char(json->buffer, '\n');
    json_writer_flush(json);
    return json->buffer->failed || telling->name.failed ? err_memory(err) : 0;
}

int answer_details(const struct answer_source *source, utc_day day,
                   struct slice domain, FILE *out, struct err *err)
{
    struct telling telling = { .has_draft = false };
    struct buffer text;
    int status = outgoing_draft_init(&telling.draft, err);

    buffer_init(&text, JSON_WRITER_SINK_BYTES);
    buffer_init(&telling.name, FETCH_TEXT_BYTES);
    json_writer_init(&telling.json, &text);
    telling.json.sink = write_out;
    telling.json.context = out;
    if (status == 0)
        status = tell(&telling, source, day, domain, err);
    if (status == 0)
        status = check_out(out, err);
    outgoing_draft_deinit(&telling.draft);
    buffer_deinit(&telling.name);
    buffer_deinit(&text);
    return status ? -1 : 0;
}
