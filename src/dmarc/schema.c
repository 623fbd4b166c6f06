/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/schema.h"

#include "dmarc/dmarc.h"

#define HOLDS(around, element, inner)                                          \
    {                                                                          \
        .parent = SCHEMA_##around, .name = (element),                          \
        .type = SCHEMA_CONTAINER, .node = SCHEMA_##inner                       \
    }
#define LIST(around, element, inner)                                           \
    {                                                                          \
        .parent = SCHEMA_##around, .name = (element),                          \
        .type = SCHEMA_CONTAINER, .node = SCHEMA_##inner, .may_repeat = true   \
    }
#define FIELD(around, element, kind, owner, member)                            \
    {                                                                          \
        .parent = SCHEMA_##around, .name = (element), .type = SCHEMA_##kind,   \
        .offset = offsetof(struct owner, member)                               \
    }
#define EMPTY(around, element, kind, owner, member)                            \
    {                                                                          \
        .parent = SCHEMA_##around, .name = (element), .type = SCHEMA_##kind,   \
        .offset = offsetof(struct owner, member), .may_be_empty = true         \
    }
#define WORD(around, element, owner, member, list)                             \
    {                                                                          \
        .parent = SCHEMA_##around, .name = (element), .type = SCHEMA_WORD,     \
        .offset = offsetof(struct owner, member), .words = (list)              \
    }

#define POLICIES " none quarantine reject "
#define MODES " r s "
#define YES_NO " y n "
#define PASS_FAIL " pass fail "

/* clang-format off */
static const struct schema_row rows[] = {
    HOLDS(ROOT, "feedback", FEEDBACK),
    EMPTY(FEEDBACK, "version", TEXT, dmarc_report, version),
    HOLDS(FEEDBACK, "report_metadata", METADATA),
    HOLDS(FEEDBACK, "policy_published", POLICY),
    LIST(FEEDBACK, "record", RECORD),
    LIST(FEEDBACK, "extension", EXTENSION),

    EMPTY(METADATA, "org_name", TEXT, dmarc_report, organization_name),
    EMPTY(METADATA, "email", TEXT, dmarc_report, email),
    EMPTY(METADATA, "extra_contact_info", TEXT, dmarc_report,
          extra_contact_info),
    EMPTY(METADATA, "report_id", TEXT, dmarc_report, report_id),
    HOLDS(METADATA, "date_range", DATE_RANGE),
    { .parent = SCHEMA_METADATA, .name = "error", .type = SCHEMA_TEXTS,
      .may_repeat = true, .may_be_empty = true },
    EMPTY(METADATA, "generator", TEXT, dmarc_report, generator),
    FIELD(DATE_RANGE, "begin", BEGIN, dmarc_report, start_text),
    FIELD(DATE_RANGE, "end", END, dmarc_report, end_text),

    FIELD(POLICY, "domain", DOMAIN, dmarc_policy, domain),
    WORD(POLICY, "adkim", dmarc_policy, adkim, MODES),
    WORD(POLICY, "aspf", dmarc_policy, aspf, MODES),
    WORD(POLICY, "p", dmarc_policy, p, POLICIES),
    WORD(POLICY, "sp", dmarc_policy, sp, POLICIES),
    WORD(POLICY, "np", dmarc_policy, np, POLICIES),
    FIELD(POLICY, "pct", PERCENT, dmarc_policy, pct),
    EMPTY(POLICY, "fo", TEXT, dmarc_policy, fo),
    WORD(POLICY, "testing", dmarc_policy, testing, YES_NO),
    WORD(POLICY, "discovery_method", dmarc_policy, discovery_method,
         " psl treewalk "),

    HOLDS(RECORD, "row", ROW),
    HOLDS(RECORD, "identifiers", IDENTIFIERS),
    HOLDS(RECORD, "auth_results", RESULTS),
    FIELD(ROW, "source_ip", ADDRESS, dmarc_record, source_ip),
    FIELD(ROW, "count", MESSAGES, dmarc_record, count),
    HOLDS(ROW, "policy_evaluated", EVALUATED),
    WORD(EVALUATED, "disposition", dmarc_record, disposition,
         POLICIES "pass "),
    WORD(EVALUATED, "dkim", dmarc_record, dkim, PASS_FAIL),
    WORD(EVALUATED, "spf", dmarc_record, spf, PASS_FAIL),
    LIST(EVALUATED, "reason", REASON),
    WORD(REASON, "type", dmarc_reason, type,
         " forwarded sampled_out trusted_forwarder mailing_list local_policy "
         "policy_test_mode other "),
    EMPTY(REASON, "comment", TEXT, dmarc_reason, comment),
    FIELD(IDENTIFIERS, "header_from", DOMAIN, dmarc_record, header_from),
    EMPTY(IDENTIFIERS, "envelope_from", DOMAIN, dmarc_record, envelope_from),
    EMPTY(IDENTIFIERS, "envelope_to", DOMAIN, dmarc_record, envelope_to),

    LIST(RESULTS, "dkim", DKIM),
    LIST(RESULTS, "spf", SPF),
    EMPTY(DKIM, "domain", DOMAIN, dmarc_dkim, domain),
    EMPTY(DKIM, "selector", TEXT, dmarc_dkim, selector),
    WORD(DKIM, "result", dmarc_dkim, result,
         " none pass fail policy neutral temperror permerror "),
    EMPTY(DKIM, "human_result", TEXT, dmarc_dkim, human_result),
    EMPTY(SPF, "domain", DOMAIN, dmarc_spf, domain),
    WORD(SPF, "scope", dmarc_spf, scope, " mfrom helo "),
    WORD(SPF, "result", dmarc_spf, result,
         " none neutral pass fail softfail policy temperror permerror "),
    EMPTY(SPF, "human_result", TEXT, dmarc_spf, human_result),
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

_Static_assert(ROWS <= (size_t)SCHEMA_MAX_ROWS, "a bit for each row");

const struct schema_row *schema_rows(size_t *out_n)
{
    *out_n = ROWS;
    return rows;
}

static char fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c == '-' ? '_' : c;
}

static bool is_nearly(struct slice local, const char *name)
{
    size_t i = 0;

    while (i < local.len && name[i] && fold(local.ptr[i]) == name[i])
        i++;
    return i == local.len && !name[i];
}

static const struct schema_row *find_nearly(enum schema_node parent,
                                            struct slice local)
{
    if (slice_equal_fold(local, SLICE("identities")))
        local = SLICE("identifiers");
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].parent == parent && is_nearly(local, rows[i].name))
            return &rows[i];
    }
    return NULL;
}

const struct schema_row *schema_find(enum schema_node parent,
                                     struct slice local, bool *out_is_odd)
{
    const struct schema_row *row;

    *out_is_odd = false;
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].parent == parent &&
            slice_equal(local, slice_of(rows[i].name)))
            return &rows[i];
    }
    row = find_nearly(parent, local);
    *out_is_odd = row != NULL;
    return row;
}

bool schema_is_space(struct slice uri)
{
    static const struct slice known[] = {
        { "urn:ietf:params:xml:ns:dmarc-2.0", 32 },
        { "http://dmarc.org/dmarc-xml/0.1", 30 },
        { "http://dmarc.org/dmarc-xml/0.2", 30 },
    };

    if (uri.len == 0)
        return true;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (slice_equal(uri, known[i]))
            return true;
    }
    return false;
}
