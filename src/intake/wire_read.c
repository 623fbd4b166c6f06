/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/count.h"
#include "base/domain.h"
#include "dmarc/dmarc.h"
#include "intake/limits.h"
#include "intake/read.h"
#include "intake/wire.h"
#include "intake/wire_dkim.h"
#include "intake/wire_dmarc.h"
#include "intake/wire_field.h"
#include "policy/policy_type.h"
#include "report/report.h"
#include "unwrap/limits.h"
#include "unwrap/unwrap.h"

enum {
    /* A text has no other limit than that of its item. */
    TEXT_BYTES = INTAKE_WIRE_ITEM_BYTES,
    /* The least that one of each takes on the wire. */
    FINDING_BYTES = 5 + 5 + 4,
    POLICY_BYTES = 1 + 8 + 8 + 5 * 5,
    SUBJECT_BYTES = 8 + 8 + 5,
    SHARE_BYTES = 4 + 8 + 5,
    /* Of one item what does not grow with it: signatures with the names of their
       keys, and what an arena leaves free of its blocks. */
    ITEM_BYTES = 2 * 1024 * 1024
};

/* The years that a date can have (base/utc.h), and a day for odd spellings. */
#define TIME_MIN (INT64_C(-62135596800) - UTC_DAY_SECONDS)
#define TIME_MAX (INT64_C(253402300799) + UTC_DAY_SECONDS)

/* An item on its way in. */
struct taking {
    struct wire_field_input input;
    struct arena *arena;
};

/* Room for n things; the whole is bad where there is none, and so is asked
   once. */
static void *room(struct taking *taking, size_t n, size_t bytes)
{
    void *memory = arena_calloc(taking->arena, n, bytes);

    wire_field_check(&taking->input, memory);
    return memory;
}

/* ---- Findings ------------------------------------------------------------ */

/* The code of a finding that this program knows. Returns: it, or NULL. */
static const char *known_code(const char *code)
{
    typedef const struct finding_kind *kinds_function(size_t * out_n);
    static kinds_function *const tables[] = {
        report_finding_kinds,
        unwrap_finding_kinds,
        dmarc_finding_kinds,
    };

    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        size_t n;
        const struct finding_kind *rows = tables[i](&n);
        const struct finding_kind *kind =
            finding_kind_find(rows, n, slice_of(code));

        if (kind)
            return kind->code;
    }
    return NULL;
}

static const struct store_finding *take_findings(struct taking *taking,
                                                 size_t *out_n)
{
    struct wire_field_input *input = &taking->input;
    size_t n = wire_field_take_count(input, FINDING_BYTES);
    struct store_finding *findings = room(taking, n, sizeof(*findings));

    *out_n = n;
    for (size_t i = 0; !input->is_bad && i < n; i++) {
        findings[i].code = known_code(wire_field_take_text(input, TEXT_BYTES));
        findings[i].where = wire_field_take_text(input, TEXT_BYTES);
        findings[i].value = wire_field_take_optional(input, TEXT_BYTES);
        wire_field_check(input, findings[i].code);
    }
    return n ? findings : NULL;
}

/* ---- Rows ---------------------------------------------------------------- */

static const char *take_domain(struct taking *taking)
{
    return wire_field_take_text(&taking->input, DOMAIN_TEXT_MAX_BYTES);
}

static int64_t take_sessions(struct taking *taking)
{
    return wire_field_take_i64(&taking->input, 0, COUNT_MAX);
}

static void take_policy(struct taking *taking, struct store_policy *policy)
{
    struct wire_field_input *input = &taking->input;

    policy->type = policy_type_name(
        (enum policy_type)wire_field_take_u8(input, POLICY_TYPE_COUNT));
    policy->success_sessions = take_sessions(taking);
    policy->failure_sessions = take_sessions(taking);
    policy->is_implausible = !count_is_plausible(policy->success_sessions) ||
                             !count_is_plausible(policy->failure_sessions);
    policy->type_text = wire_field_take_text(input, TEXT_BYTES);
    policy->policy_domain = take_domain(taking);
    policy->subject_domain = take_domain(taking);
    policy->policy_text = wire_field_take_text(input, TEXT_BYTES);
    policy->mx_hosts = wire_field_take_text(input, TEXT_BYTES);
}

/* The sums over policies are made here again. */
static void take_policies(struct taking *taking, struct store_report *rows)
{
    size_t n = wire_field_take_count(&taking->input, POLICY_BYTES);
    struct store_policy *policies = room(taking, n, sizeof(*policies));

    rows->policies = policies;
    rows->n_policies = n;
    for (size_t i = 0; !taking->input.is_bad && i < n; i++) {
        take_policy(taking, &policies[i]);
        if (policies[i].is_implausible)
            continue;
        rows->success_sessions =
            count_add(rows->success_sessions, policies[i].success_sessions);
        rows->failure_sessions =
            count_add(rows->failure_sessions, policies[i].failure_sessions);
    }
}

/* Distinct sessions are never more than the evaluations that they are made of. */
static void take_subjects(struct taking *taking, struct store_report *rows)
{
    size_t n = wire_field_take_count(&taking->input, SUBJECT_BYTES);
    struct store_subject *subjects = room(taking, n, sizeof(*subjects));
    int64_t max = count_add(rows->success_sessions, rows->failure_sessions);
    int64_t sessions = 0;

    rows->subjects = subjects;
    rows->n_subjects = n;
    wire_field_check(&taking->input, n > 0 || rows->n_policies == 0);
    for (size_t i = 0; !taking->input.is_bad && i < n; i++) {
        subjects[i].sessions = take_sessions(taking);
        subjects[i].failures = take_sessions(taking);
        subjects[i].domain = take_domain(taking);
        sessions = count_add(sessions, subjects[i].sessions);
        wire_field_check(&taking->input,
                         subjects[i].failures <= subjects[i].sessions &&
                             sessions <= max);
    }
}

static const struct store_share *take_shares(struct taking *taking,
                                             const struct store_report *rows,
                                             size_t *out_n)
{
    struct wire_field_input *input = &taking->input;
    size_t n = wire_field_take_count(input, SHARE_BYTES);
    struct store_share *shares = room(taking, n, sizeof(*shares));

    *out_n = n;
    for (size_t i = 0; !input->is_bad && i < n; i++) {
        size_t subject = wire_field_take_u32(input, (uint32_t)rows->n_subjects);

        shares[i].failures = take_sessions(taking);
        shares[i].key = wire_field_take_text(input, TEXT_BYTES);
        if (!input->is_bad)
            shares[i].domain = rows->subjects[subject].domain;
    }
    return shares;
}

static utc_time take_time(struct taking *taking)
{
    utc_time time = wire_field_take_i64(&taking->input, UTC_NONE, TIME_MAX);

    wire_field_check(&taking->input, time == UTC_NONE || time >= TIME_MIN);
    return time;
}

/* The day follows from the range. */
static void take_range(struct taking *taking, struct store_report *rows)
{
    struct wire_field_input *input = &taking->input;
    struct report report = { .n_policies = 0 };

    rows->start = report.start = take_time(taking);
    rows->end = report.end = take_time(taking);
    wire_field_check(input, rows->start == UTC_NONE || rows->end == UTC_NONE ||
                                rows->start <= rows->end);
    rows->start_odd = wire_field_take_optional(input, TEXT_BYTES);
    rows->end_odd = wire_field_take_optional(input, TEXT_BYTES);
    if (!input->is_bad)
        rows->day = report_day(&report);
}

static void take_rows(struct taking *taking, struct store_report *rows)
{
    struct wire_field_input *input = &taking->input;
    const void *hash = wire_field_take_octets(input, DIGEST_BYTES);

    if (hash)
        memcpy(rows->content_hash, hash, DIGEST_BYTES);
    rows->payload = wire_field_take_u32(input, UNWRAP_MAX_CANDIDATES + 1);
    rows->ordinal = wire_field_take_u32(input, UNWRAP_MAX_BYTES);
    rows->organization = wire_field_take_text(input, TEXT_BYTES);
    rows->organization_key = wire_field_take_optional(input, TEXT_BYTES);
    rows->contact_info = wire_field_take_text(input, TEXT_BYTES);
    rows->report_id = wire_field_take_text(input, TEXT_BYTES);
    take_range(taking, rows);
    take_policies(taking, rows);
    take_subjects(taking, rows);
    rows->results = take_shares(taking, rows, &rows->n_results);
    rows->mxs = take_shares(taking, rows, &rows->n_mxs);
    rows->findings = take_findings(taking, &rows->n_findings);
    rows->dmarc = wire_dmarc_take(taking->arena, input, rows);
    rows->reader_version = INTAKE_READER_VERSION;
}

/* ---- Item ---------------------------------------------------------------- */

static void take_item(struct taking *taking, struct intake_item *item)
{
    struct wire_field_input *input = &taking->input;
    struct store_report *rows;

    item->dkim = wire_dkim_take(taking->arena, input);
    item->contact_domain = item->submitter_domain = "";
    if (wire_field_take_u8(input, 2)) {
        rows = room(taking, 1, sizeof(*rows));
        item->contact_domain = wire_field_take_text(input, TEXT_BYTES);
        item->submitter_domain = wire_field_take_text(input, TEXT_BYTES);
        if (rows)
            take_rows(taking, rows);
        item->rows = rows;
    } else {
        item->refused = wire_field_take_text(input, TEXT_BYTES);
        item->findings = take_findings(taking, &item->n_findings);
        wire_field_check(input, item->refused[0]);
    }
}

size_t wire_item_bytes(size_t payload_bytes)
{
    /* A finding has 24 octets of memory for 14, a policy 72 for 42, a row of
       DMARC 48 for 27, all others less. */
    return 2 * payload_bytes + ITEM_BYTES;
}

int wire_read_item(struct arena *arena, struct slice payload,
                   const struct intake_item **out_item, struct err *err)
{
    struct taking taking = { .arena = arena };
    struct intake_item *item = arena_calloc(arena, 1, sizeof(*item));

    if (!item)
        return arena_error(arena, err);
    wire_field_init(&taking.input, payload);
    take_item(&taking, item);
    if (wire_field_end(&taking.input) == 0) {
        *out_item = item;
        return 0;
    }
    return err_set(err, arena->is_full ? ERR_LIMIT : ERR_INPUT,
                   "the reader wrote what it must not");
}
