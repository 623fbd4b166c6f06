/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "intake/aggregate.h"
#include "intake/limits.h"
#include "report/finding.h"
#include "unwrap/unwrap_finding.h"

/* One input on its way. */
struct passage {
    struct arena containers; /* names, header fields, findings of unwrap */
    struct arena reports;    /* what one candidate holds */
    size_t n_candidates;
    unsigned kinds; /* enum intake_kind */
    bool is_done;   /* a candidate's reading or its taker ended the whole */
    intake_function *function;
    void *context;
};

static int give_refusal(struct passage *passage,
                        const struct unwrap_candidate *candidate,
                        const char *reason, struct err *err)
{
    struct intake_result result = { .refused = reason,
                                    .findings = candidate->findings,
                                    .payload = passage->n_candidates };

    return passage->function(passage->context, &result, err);
}

/*
 * Ends a reading for want of memory: where the maximum of an arena was the
 * reason, the input is refused for it.
 */
static int give_shortage(struct passage *passage,
                         const struct unwrap_candidate *candidate,
                         const struct arena *arena, struct err *err)
{
    struct err reason;

    arena_error(arena, &reason);
    return reason.kind == ERR_LIMIT
               ? give_refusal(passage, candidate, reason.text, err)
               : err_memory(err);
}

/*
 * Puts what unwrap found before what reading found.
 * Returns: 0, -1 when out of memory.
 */
static int join_findings(struct finding_list *list,
                         const struct finding_list *containers,
                         struct arena *arena)
{
    struct finding *items;
    size_t n = containers->n_items + list->n_items;

    if (containers->n_items == 0)
        return 0;
    items = arena_calloc(arena, n, sizeof(*items));
    if (!items)
        return -1;
    memcpy(items, containers->items, containers->n_items * sizeof(*items));
    if (list->n_items)
        memcpy(items + containers->n_items, list->items,
               list->n_items * sizeof(*items));
    list->items = items;
    list->n_items = list->capacity = n;
    list->n_dropped += containers->n_dropped;
    return 0;
}

/* Gives one report with the findings of its containers before its own. */
static int give_one(struct passage *passage,
                    const struct unwrap_candidate *candidate,
                    struct intake_result result, struct finding_list *findings,
                    struct err *err)
{
    if (join_findings(findings, candidate->findings, &passage->reports))
        return give_shortage(passage, candidate, &passage->reports, err);
    result.findings = findings;
    result.submitter =
        candidate->mail ? candidate->mail->tls_report_submitter : NULL;
    result.payload = passage->n_candidates;
    result.room_bytes = arena_room(&passage->reports);
    return passage->function(passage->context, &result, err);
}

static int give_reports(struct passage *passage,
                        const struct unwrap_candidate *candidate,
                        const struct report_list *list, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < list->n_reports; i++) {
        struct report *report = &list->reports[i];
        struct intake_result result = { .report = report, .ordinal = i };

        rc = give_one(passage, candidate, result, &report->findings, err);
    }
    return rc;
}

static int give_dmarc(struct passage *passage,
                      const struct unwrap_candidate *candidate,
                      const struct dmarc_list *list, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < list->n_reports; i++) {
        struct dmarc_report *report = &list->reports[i];
        struct intake_result result = { .dmarc = report, .ordinal = i };

        rc = give_one(passage, candidate, result, &report->findings, err);
    }
    return rc;
}

static struct report_origin origin_of(const struct unwrap_candidate *candidate)
{
    struct report_origin origin = { .file_name = candidate->file_name };

    if (candidate->mail) {
        origin.tls_report_domain = candidate->mail->tls_report_domain;
        origin.tls_report_submitter = candidate->mail->tls_report_submitter;
        origin.mail_subject = candidate->mail->subject;
    }
    return origin;
}

/* Memory that reading may take beside a text of len octets. */
static size_t reading_max_bytes(size_t len)
{
    return len / 2 > INTAKE_READ_LEAST_BYTES ? len / 2
                                             : INTAKE_READ_LEAST_BYTES;
}

/* Why a text is refused, and where; a place that takes memory is left out. */
static void note_refusal(struct passage *passage,
                         const struct unwrap_candidate *candidate,
                         enum report_finding finding, uint64_t octet)
{
    char text[80];
    const char *where = NULL;

    if (octet) {
        snprintf(text, sizeof(text), "%.50s%soctet %" PRIu64, candidate->place,
                 candidate->place[0] ? ", " : "", octet);
        where = arena_copy(&passage->containers, slice_of(text));
    }
    finding_list_add(candidate->findings, report_finding_kind(finding),
                     where ? where : candidate->place, slice_make(NULL, 0));
}

static int read_tls(struct passage *passage, struct unwrap_candidate *candidate,
                    struct err *err)
{
    struct report_origin origin = origin_of(candidate);
    struct report_list list;
    struct err reason;

    if (report_read(&passage->reports, candidate->text, candidate->len, &origin,
                    &list, &reason) == 0)
        return give_reports(passage, candidate, &list, err);
    if (reason.kind == ERR_MEMORY)
        return err_memory(err);
    /* What the JSON reader says does not begin with what it was read as. */
    if (reason.kind == ERR_INPUT && strncmp(reason.text, "JSON", 4) != 0) {
        err_prefix(&reason, "not JSON (RFC 8259)");
        note_refusal(passage, candidate, REPORT_FINDING_JSON_DAMAGED,
                     reason.offset);
    } else if (reason.kind == ERR_INPUT) {
        note_refusal(passage, candidate, REPORT_FINDING_POLICIES_MISSING, 0);
    }
    return give_refusal(passage, candidate, reason.text, err);
}

static int read_dmarc(struct passage *passage,
                      struct unwrap_candidate *candidate, struct err *err)
{
    struct dmarc_list list;
    struct err reason;

    if (aggregate_read(&passage->reports, candidate, &list, &reason) == 0)
        return give_dmarc(passage, candidate, &list, err);
    if (reason.kind == ERR_MEMORY)
        return err_memory(err);
    return give_refusal(passage, candidate, reason.text, err);
}

/*
 * Tells whether a candidate is a report of the other kind than was asked for.
 * Its text may be spoilt then.
 * Returns: 1 or 0; -1 with err (ERR_MEMORY).
 */
static int is_other_kind(struct passage *passage,
                         struct unwrap_candidate *candidate, struct err *err)
{
    struct report_list reports;
    struct dmarc_list list;
    struct err reason;
    int rc;

    if (candidate->is_xml)
        rc = dmarc_read(&passage->reports,
                        slice_make(candidate->text, candidate->len), NULL,
                        &list, &reason);
    else
        rc = report_read(&passage->reports, candidate->text, candidate->len,
                         NULL, &reports, &reason);
    if (rc && reason.kind == ERR_MEMORY)
        return err_memory(err);
    arena_reset(&passage->reports);
    return rc == 0;
}

static int refuse_kind(struct passage *passage,
                       struct unwrap_candidate *candidate, struct err *err)
{
    finding_list_add(candidate->findings,
                     unwrap_finding_kind(candidate->is_xml ? UNWRAP_DMARC_REPORT
                                                           : UNWRAP_TLS_REPORT),
                     candidate->place, slice_make(NULL, 0));
    return give_refusal(passage, candidate,
                        candidate->is_xml
                            ? "DMARC aggregate report, not a TLS report"
                            : "TLS report, not a DMARC aggregate report",
                        err);
}

static int read_candidate(struct passage *passage,
                          struct unwrap_candidate *candidate, struct err *err)
{
    bool is_dmarc = candidate->is_xml;
    int rc = 0;

    if (candidate->refused)
        return give_refusal(passage, candidate, candidate->refused, err);
    arena_reset(&passage->reports);
    passage->reports.max_bytes = reading_max_bytes(candidate->len);
    if (!(passage->kinds & (is_dmarc ? INTAKE_KIND_DMARC : INTAKE_KIND_TLS))) {
        rc = is_other_kind(passage, candidate, err);
        is_dmarc = !is_dmarc; /* what is neither is read as what is wanted */
    }
    if (rc)
        return rc < 0 ? -1 : refuse_kind(passage, candidate, err);
    return is_dmarc ? read_dmarc(passage, candidate, err)
                    : read_tls(passage, candidate, err);
}

static int take_candidate(void *context, struct unwrap_candidate *candidate,
                          struct err *err)
{
    struct passage *passage = context;
    int rc = read_candidate(passage, candidate, err);

    passage->n_candidates++;
    passage->is_done = rc != 0;
    return rc;
}

static void begin_passage(struct passage *passage, unsigned kinds,
                          intake_function *function, void *context)
{
    *passage = (struct passage){ .kinds = kinds,
                                 .function = function,
                                 .context = context };
    arena_init(&passage->containers, INTAKE_CONTAINER_MAX_BYTES);
    arena_init(&passage->reports, INTAKE_READ_LEAST_BYTES);
}

/*
 * rc: what unwrapping returned. Where it was not a candidate that ended it, and
 * the containers took more than they may, that is a refusal like any other.
 */
static int end_passage(struct passage *passage, const char *name, int rc,
                       struct err *err)
{
    struct finding_list none;

    if (rc < 0 && !passage->is_done && passage->containers.is_full) {
        finding_list_init(&none, &passage->containers);
        rc = give_shortage(
            passage,
            &(struct unwrap_candidate){ .file_name = name, .findings = &none },
            &passage->containers, err);
    }
    arena_deinit(&passage->reports);
    arena_deinit(&passage->containers);
    return rc;
}

int intake_read_kinds(struct slice octets, char *writable, const char *name,
                      unsigned kinds, intake_function *function, void *context,
                      struct err *err)
{
    struct passage passage;
    int rc;

    begin_passage(&passage, kinds, function, context);
    if (writable)
        rc = unwrap_each_in_place(&passage.containers, writable, octets.len,
                                  name, take_candidate, &passage, err);
    else
        rc = unwrap_each(&passage.containers, octets, name, take_candidate,
                         &passage, err);
    return end_passage(&passage, name, rc, err);
}

int intake_read(struct slice octets, const char *name,
                intake_function *function, void *context, struct err *err)
{
    return intake_read_kinds(octets, NULL, name, INTAKE_KIND_TLS, function,
                             context, err);
}

int intake_read_in_place(char *octets, size_t len, const char *name,
                         intake_function *function, void *context,
                         struct err *err)
{
    return intake_read_kinds(slice_make(octets, len), octets, name,
                             INTAKE_KIND_TLS, function, context, err);
}

/* The search for the text of one candidate. */
struct search {
    size_t wanted;
    size_t at;
    struct buffer *out;
    bool is_found;
};

static int take_wanted(void *context, struct unwrap_candidate *candidate,
                       struct err *err)
{
    struct search *search = context;

    if (search->at++ != search->wanted || !candidate->text)
        return 0;
    search->is_found = true;
    buffer_add(search->out, candidate->text, candidate->len);
    return search->out->failed ? err_memory(err) : 1;
}

int intake_payload(struct slice octets, const char *name, size_t payload,
                   struct buffer *out, struct err *err)
{
    struct search search = { .wanted = payload, .out = out };
    struct arena arena;
    int rc;

    arena_init(&arena, INTAKE_CONTAINER_MAX_BYTES);
    rc = unwrap_each(&arena, octets, name, take_wanted, &search, err);
    arena_deinit(&arena);
    if (rc < 0)
        return -1;
    return search.is_found ? 0 : 1;
}
