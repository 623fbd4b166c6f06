/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/domain.h"
#include "insight/authentication.h"
#include "insight/code.h"
#include "insight/sending.h"
#include "web/api_delivery.h"
#include "web/limits.h"
#include "web/scribe.h"

/* ---- Pieces -------------------------------------------------------------- */

static void write_files(struct json_writer *writer,
                        const struct insight_file *files, size_t n)
{
    json_key(writer, "files");
    json_begin_array(writer);
    for (size_t i = 0; i < n; i++)
        api_delivery_write_file(writer, &files[i]);
    json_end_array(writer);
}

/* The members of a day's sums, or of those of several days. */
static void write_sums(struct json_writer *writer,
                       const struct insight_ledger_day *day)
{
    json_member_int(writer, "sessions", day->sessions);
    json_member_int(writer, "failures", day->failures);
    json_member_int(writer, "success_evaluations", day->success_evaluations);
    json_member_int(writer, "failure_evaluations", day->failure_evaluations);
}

static void write_day(struct json_writer *writer,
                      const struct insight_ledger_day *day)
{
    json_member_day(writer, "day", day->day);
    write_sums(writer, day);
}

static void write_next(struct json_writer *writer,
                       const struct insight_sending_next *next)
{
    json_key(writer, "next_report");
    json_begin_object(writer);
    json_member_day(writer, "day", next->day);
    json_member_time(writer, "after", next->after);
    json_member_string(writer, "record", next->record);
    api_write_strings(writer, "destinations",
                      (const char *const *)next->destinations,
                      next->n_destinations);
    json_end_object(writer);
}

static void write_reason_names(struct json_writer *writer,
                               const struct insight_sending_reason *reason)
{
    json_member_string(writer, "result_type", reason->result_type);
    json_member_string(writer, "reason",
                       reason->reason[0] ? reason->reason : NULL);
    json_member_string(writer, "title", reason->advice->title);
    json_member_string(writer, "fault", reason->side);
    json_member_string(writer, "mx", reason->mx[0] ? reason->mx : NULL);
}

static struct store_sums sums_of(const struct insight_ledger_day *day)
{
    return (struct store_sums){ .sessions = day->sessions,
                                .failures = day->failures };
}

static void write_spark(struct json_writer *writer,
                        const struct insight_sending_domain *domain)
{
    json_key(writer, "days");
    json_begin_array(writer);
    for (size_t i = 0; i < domain->n_days; i++) {
        const struct store_sums sums = sums_of(&domain->days[i]);
        api_write_spark_day(writer, domain->days[i].day, &sums);
    }
    json_end_array(writer);
}

/* What is told of a domain in a list as on its own page. */
static void write_standing(struct json_writer *writer,
                           const struct insight_sending_domain *domain)
{
    const struct store_sums sums = sums_of(&domain->sum);
    json_member_string(writer, "domain", domain->domain);
    json_member_string(writer, "unicode", domain->unicode);
    json_member_string(writer, "state",
                       insight_state_name(domain->verdict.state));
    json_member_bool(writer, "is_noise", domain->verdict.is_noise);
    write_sums(writer, &domain->sum);
    api_write_share(writer, &sums);
    json_member_day(writer, "first_day", domain->first_day);
    json_member_day(writer, "last_day", domain->last_day);
    json_member_day(writer, "since", domain->since);
    json_member_bool(writer, "is_since_first", domain->is_since_first);
    json_member_bool(writer, "is_open", domain->is_open);
    json_key(writer, "so_far");
    json_begin_object(writer);
    write_day(writer, &domain->so_far);
    json_end_object(writer);
    write_next(writer, &domain->next);
}

/* ---- All domains --------------------------------------------------------- */

static void write_totals(struct json_writer *writer, const char *name,
                         const struct insight_ledger_day *day)
{
    json_key(writer, name);
    json_begin_object(writer);
    write_day(writer, day);
    json_member_int(writer, "unnamed", day->unnamed);
    json_member_int(writer, "domains", (int64_t)day->n_domains);
    json_member_int(writer, "failing", (int64_t)day->n_failing);
    json_member_int(writer, "more", (int64_t)day->n_more);
    json_end_object(writer);
}

static void write_days(struct json_writer *writer,
                       const struct insight_ledger_answer *ledger)
{
    json_key(writer, "days");
    json_begin_array(writer);
    for (size_t i = 0; i < ledger->n_days; i++) {
        const struct insight_ledger_day *day = &ledger->days[i];
        json_begin_object(writer);
        write_day(writer, day);
        json_member_bool(writer, "is_closed", day->is_closed);
        json_member_int(writer, "domains", (int64_t)day->n_domains);
        json_member_int(writer, "failing", (int64_t)day->n_failing);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static int write_row(struct json_writer *writer, const struct api_call *call,
                     struct insight_tallies *tallies,
                     const struct insight_ledger_answer *ledger,
                     const char *name, struct err *err)
{
    const struct insight_sending_question question = {
        .domain = name,
        .range = call->request->filter.range,
        .today = ledger->today,
        .depth = INSIGHT_SENDING_ROW,
    };
    struct insight_sending_domain domain;
    int r = insight_sending_find(tallies, &question, call->arena, &domain, err);
    if (r != 0)
        return r < 0 ? -1 : 0;
    json_begin_object(writer);
    write_standing(writer, &domain);
    write_spark(writer, &domain);
    json_key(writer, "worst");
    if (domain.n_reasons > 0) {
        json_begin_object(writer);
        write_reason_names(writer, &domain.reasons[0]);
        json_end_object(writer);
    } else {
        json_null(writer);
    }
    json_end_object(writer);
    return 0;
}

/* A tally that fails by now leaves the rows behind it out; the next answer says
   why, because the scribe meets it, too. */
static int write_rows(struct json_writer *writer, const struct api_call *call,
                      const struct insight_ledger_answer *ledger,
                      struct err *err)
{
    struct insight_tallies tallies;
    int r = 0;
    insight_tallies_open(&tallies, call->sending->tallies,
                         call->sending->n_tallies, call->sending->clock);
    json_key(writer, "domains");
    json_begin_array(writer);
    for (size_t i = 0; r == 0 && i < ledger->n_domains; i++)
        r = write_row(writer, call, &tallies, ledger, ledger->domains[i].domain,
                      err);
    insight_tallies_close(&tallies);
    if (r < 0 && err->kind != ERR_STORE)
        return -1;
    json_end_array(writer);
    return 0;
}

int api_sending(const struct api_call *call, struct api_answer *answer,
                struct err *err)
{
    const struct insight_ledger_question question = {
        .range = call->request->filter.range,
        .cursor = call->request->cursor,
        .limit = call->request->limit,
    };
    struct insight_ledger_answer ledger;
    struct json_writer writer;
    if (insight_ledger_ask(scribe_ledger(call->sending->scribe), &question,
                           call->arena, &ledger, err) < 0)
        return -1;
    api_write_begin(&writer, call, answer);
    json_member_bool(&writer, "is_ready", ledger.is_ready);
    json_member_time(&writer, "as_of",
                     ledger.is_ready ? ledger.as_of : UTC_NONE);
    write_files(&writer, ledger.files, ledger.n_files);
    json_member_string(&writer, "sentence",
                       insight_sending_sentence(&ledger, call->arena));
    json_member_string(&writer, "note",
                       insight_sending_note(&ledger, call->arena));
    api_write_states(&writer, ledger.n_by_state);
    write_totals(&writer, "totals", &ledger.sum);
    write_totals(&writer, "so_far", &ledger.so_far);
    write_days(&writer, &ledger);
    if (write_rows(&writer, call, &ledger, err) < 0)
        return -1;
    json_member_string(&writer, "next_cursor",
                       ledger.cursor[0] ? ledger.cursor : NULL);
    json_end_object(&writer);
    return 0;
}

/* ---- One domain ---------------------------------------------------------- */

static void write_reasons(struct json_writer *writer,
                          const struct insight_sending_domain *domain)
{
    json_key(writer, "reasons");
    json_begin_array(writer);
    for (size_t i = 0; i < domain->n_reasons; i++) {
        const struct insight_sending_reason *reason = &domain->reasons[i];
        json_begin_object(writer);
        write_reason_names(writer, reason);
        json_member_int(writer, "failures", reason->failures);
        json_member_day(writer, "first_day", reason->first_day);
        json_member_day(writer, "last_day", reason->last_day);
        insight_code_write_advice(writer, reason->advice, reason->look);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_policies(struct json_writer *writer,
                           const struct insight_sending_domain *domain)
{
    json_key(writer, "policies");
    json_begin_array(writer);
    for (size_t i = 0; i < domain->n_policies; i++) {
        const struct insight_sending_policy *policy = &domain->policies[i];
        json_begin_object(writer);
        json_member_string(writer, "type", policy->type);
        json_member_string(writer, "domain", policy->domain);
        json_member_string(writer, "text", policy->text);
        json_member_int(writer, "success_evaluations", policy->successes);
        json_member_int(writer, "failure_evaluations", policy->failures);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_domain(struct json_writer *writer,
                         const struct insight_sending_domain *domain)
{
    json_member_string(writer, "sentence", domain->sentence);
    write_standing(writer, domain);
    json_key(writer, "days");
    json_begin_array(writer);
    for (size_t i = 0; i < domain->n_days; i++) {
        json_begin_object(writer);
        write_day(writer, &domain->days[i]);
        json_end_object(writer);
    }
    json_end_array(writer);
    write_reasons(writer, domain);
    write_policies(writer, domain);
}

static int write_skip(void *context, const struct outbox_skip *skip,
                      struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_day(writer, "day", skip->day);
    json_key(writer, "reason");
    json_string_slice(writer, skip->reason);
    json_end_object(writer);
    return 0;
}

/* The deliveries of a domain; *out_n: how many. Ends its array also after -1. */
static int write_deliveries(struct json_writer *writer,
                            const struct api_call *call, struct slice domain,
                            struct outbox *outbox, size_t *out_n,
                            struct err *err)
{
    const struct outbox_listing listing = { .state = OUTBOX_STATE_COUNT,
                                            .domain = domain,
                                            .limit = WEB_DOMAIN_DELIVERIES };
    struct api_delivery_list list = { .writer = writer,
                                      .retry_s = call->sending->retry_s,
                                      .limit = WEB_DOMAIN_DELIVERIES };
    json_key(writer, "deliveries");
    json_begin_array(writer);
    const int r = outbox ? outbox_each_listed(outbox, &listing,
                                              api_delivery_write, &list, err)
                         : 0;
    json_end_array(writer);
    *out_n = list.n;
    return r < 0 ? -1 : 0;
}

/* Likewise what was passed over. */
static int write_skips(struct json_writer *writer, struct slice domain,
                       struct outbox *outbox, struct err *err)
{
    json_key(writer, "skipped");
    json_begin_array(writer);
    const int r =
        outbox ? outbox_each_skip_of(outbox, domain, WEB_DOMAIN_DELIVERIES,
                                     write_skip, writer, err)
               : 0;
    json_end_array(writer);
    return r < 0 ? -1 : 0;
}

/* What the outbox has of a domain; *out_n: how much. One that fails half-way is
   told, and so is what was read before. */
static int write_fate(struct json_writer *writer, const struct api_call *call,
                      const char *name, struct insight_file *out_file,
                      size_t *out_n, struct err *err)
{
    const struct slice domain = slice_of(name);
    struct outbox *outbox;
    api_delivery_open(call->sending, out_file, &outbox);
    int r = write_deliveries(writer, call, domain, outbox, out_n, err);
    if (write_skips(writer, domain, r == 0 ? outbox : NULL, err) < 0)
        r = -1;
    outbox_close(outbox);
    if (r < 0 && err->kind != ERR_STORE)
        return -1;
    if (r < 0)
        insight_file_fail(out_file, err);
    json_key(writer, "outbox");
    api_delivery_write_file(writer, out_file);
    return 0;
}

static bool is_any_failed(const struct insight_tallies *tallies)
{
    bool is_any = false;
    for (size_t i = 0; i < tallies->n; i++)
        is_any |= tallies->files[i].state == INSIGHT_FILE_FAILED;
    return is_any;
}

/* Writes both sides: what was sent, what was reported about it. *out_known:
   whether either has anything, or may have it in a file that cannot be read. */
static int write_both(struct json_writer *writer, const struct api_call *call,
                      const struct insight_sending_question *question,
                      bool *out_known, struct err *err)
{
    struct insight_sending_domain domain;
    struct insight_tallies tallies;
    struct insight_file file;
    size_t n = 0;
    insight_tallies_open(&tallies, call->sending->tallies,
                         call->sending->n_tallies, call->sending->clock);
    const int r =
        insight_sending_find(&tallies, question, call->arena, &domain, err);
    const bool is_failed = is_any_failed(&tallies);
    write_files(writer, tallies.files, tallies.n);
    insight_tallies_close(&tallies);
    if (r < 0)
        return -1;
    json_member_bool(writer, "is_known", r == 0);
    if (r == 0)
        write_domain(writer, &domain);
    if (write_fate(writer, call, question->domain, &file, &n, err) < 0)
        return -1;
    *out_known =
        r == 0 || n > 0 || is_failed || file.state == INSIGHT_FILE_FAILED;
    return 0;
}

int api_sending_domain(const struct api_call *call, struct api_answer *answer,
                       struct err *err)
{
    const struct insight_sending_question question = {
        .domain = domain_normalise(call->arena, slice_of(call->capture), NULL),
        .range = call->request->filter.range,
        .today = call->request->today,
        .depth = INSIGHT_SENDING_WHOLE,
    };
    struct json_writer writer;
    int64_t dmarc, tls;
    bool is_known;
    if (!question.domain)
        return err_memory(err);
    if (insight_authentication_ever(call->store, question.domain, &dmarc, &tls,
                                    err) < 0)
        return -1;
    api_write_begin(&writer, call, answer);
    api_write_reports_ever(&writer, dmarc, tls);
    if (write_both(&writer, call, &question, &is_known, err) < 0)
        return -1;
    json_end_object(&writer);
    if (is_known || dmarc > 0 || tls > 0)
        return 0;
    err_set(err, ERR_INPUT,
            "nothing was sent to this domain, and no report was about it");
    return 404;
}
