/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "row.h"
#include "service/known.h"

static bool has_domain(void *context, const char *domain)
{
    (void)context;
    return strcmp(domain, "ours.example") == 0;
}

/* What DNS says in these tests, by name. */
static const struct {
    const char *name;
    enum answers_status status;
    const char *record;
} zone[] = {
    { "_smtp._tls.asks.example", ANSWERS_FOUND,
      "v=TLSRPTv1;rua=mailto:tls@in.example,https://in.example/v1" },
    { "_smtp._tls.broken.example", ANSWERS_FOUND,
      "v=TLSRPTv1;rua=mailto:tls@in.example;x" },
    { "_smtp._tls.slow.example", ANSWERS_PENDING, NULL },
    { "_dmarc.asks.example", ANSWERS_FOUND,
      "v=DMARC1; p=none; rua=mailto:dmarc@in.example!10m" },
    { "_dmarc.slow.example", ANSWERS_PENDING, NULL },
    { "_smtp._tls.bogus.example", ANSWERS_TEMPORARY, NULL },
    { "s._domainkey.asks.example", ANSWERS_FOUND, "p=" },
    { "s._domainkey.slow.example", ANSWERS_PENDING, NULL },
    { "s._domainkey.bogus.example", ANSWERS_TEMPORARY, NULL },
};

static struct answers_answer find(void *context, const char *name,
                                  struct arena *arena)
{
    static struct slice record;
    size_t *n_asked = context;

    (void)arena;
    ++*n_asked;
    for (size_t i = 0; i < ROWS(zone); i++) {
        if (strcmp(zone[i].name, name) != 0)
            continue;
        record = slice_of(zone[i].record);
        return (struct answers_answer){ zone[i].status, &record,
                                        zone[i].status == ANSWERS_FOUND };
    }
    return (struct answers_answer){ .status = ANSWERS_ABSENT };
}

static const struct {
    const char *domain, *destination;
    enum intake_known known;
    bool is_ours;
    unsigned n_asked;
} claims[] = {
    { "ours.example", "", INTAKE_KNOWN, true, 0 },
    { "ours.example", "mailto:tls@in.example", INTAKE_KNOWN, true, 0 },
    { "asks.example", "", INTAKE_KNOWN, false, 0 },
    { "asks.example", "mailto:tls@in.example", INTAKE_KNOWN, true, 1 },
    { "asks.example", "https://IN.example:443/v1", INTAKE_KNOWN, true, 1 },
    { "asks.example", "mailto:other@in.example", INTAKE_KNOWN, false, 1 },
    { "asks.example", "in.example", INTAKE_KNOWN, false, 1 },
    { "a.asks.example", "mailto:tls@in.example", INTAKE_KNOWN, false, 1 },
    { "broken.example", "mailto:tls@in.example", INTAKE_KNOWN, false, 1 },
    { "slow.example", "mailto:tls@in.example", INTAKE_PENDING, false, 1 },
    { "bogus.example", "mailto:tls@in.example", INTAKE_FAILING, false, 1 },
    { "nothing.example", "mailto:tls@in.example", INTAKE_KNOWN, false, 1 },
    { "example", "mailto:tls@in.example", INTAKE_KNOWN, false, 0 },
    { "*.example", "mailto:tls@in.example", INTAKE_KNOWN, false, 0 },
    { "no name.example", "mailto:tls@in.example", INTAKE_KNOWN, false, 0 },
    { "", "mailto:tls@in.example", INTAKE_KNOWN, false, 0 },
};

static void a_report_is_ours_by_list_or_by_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(claims); i++) {
        const struct intake_origin origin = { .destination =
                                                  claims[i].destination,
                                              .is_live = true };
        size_t n_asked = 0;
        struct known known = { .find = find,
                               .has_domain = has_domain,
                               .context = &n_asked };
        struct intake_judges judges = known_judges(&known);
        bool is_ours = !claims[i].is_ours;

        ROW_NUMBER(
            claims[i].domain,
            judges.claims(judges.context, &origin, claims[i].domain, &is_ours),
            claims[i].known);
        ROW_NUMBER(claims[i].domain, is_ours, claims[i].is_ours);
        ROW_NUMBER(claims[i].domain, n_asked, claims[i].n_asked);
    }
}

static void what_is_no_live_source_asks_nothing(void **state)
{
    const struct intake_origin origin = { .destination =
                                              "mailto:tls@in.example" };
    size_t n_asked = 0;
    struct known known = { .find = find,
                           .has_domain = has_domain,
                           .context = &n_asked };
    bool is_ours = true;

    (void)state;
    assert_int_equal(known_claims(&known, &origin, "asks.example", &is_ours),
                     INTAKE_KNOWN);
    assert_false(is_ours);
    assert_int_equal(n_asked, 0);
}

static bool has_domains(void *context)
{
    (void)context;
    return false;
}

/* Judged by the daemon, where the import that read it could not. */
static void an_import_is_ours_where_no_domain_is_named(void **state)
{
    struct known known = { .find = find, .has_domain = has_domain };
    struct intake_origin origin = { .destination = "" };
    bool is_ours = true;

    (void)state;
    (void)known_claims(&known, &origin, "others.example", &is_ours);
    assert_false(is_ours);
    known.has_domains = has_domains;
    (void)known_claims(&known, &origin, "others.example", &is_ours);
    assert_true(is_ours);
    origin.is_live = true;
    (void)known_claims(&known, &origin, "others.example", &is_ours);
    assert_false(is_ours);
}

static void keys_are_found_absent_or_waited_for(void **state)
{
    size_t n_asked = 0;
    struct known known = { .find = find,
                           .has_domain = has_domain,
                           .context = &n_asked };
    struct intake_judges judges = known_judges(&known);
    struct dkim_answer answer = { .n_records = 99 };

    (void)state;
    assert_int_equal(judges.find_key(judges.context,
                                     "s._domainkey.asks.example", NULL,
                                     &answer),
                     INTAKE_KNOWN);
    assert_int_equal(answer.lookup, DKIM_LOOKUP_FOUND);
    assert_int_equal(answer.n_records, 1);
    ROW_OCTETS("record", answer.records[0], SLICE("p="));
    assert_int_equal(judges.find_key(judges.context,
                                     "no._domainkey.asks.example", NULL,
                                     &answer),
                     INTAKE_KNOWN);
    assert_int_equal(answer.lookup, DKIM_LOOKUP_ABSENT);
    assert_int_equal(judges.find_key(judges.context,
                                     "s._domainkey.slow.example", NULL,
                                     &answer),
                     INTAKE_PENDING);
    assert_int_equal(judges.find_key(judges.context,
                                     "s._domainkey.bogus.example", NULL,
                                     &answer),
                     INTAKE_FAILING);
}

/* Another record asks for DMARC reports. */
static void a_dmarc_report_is_asked_for_elsewhere(void **state)
{
    static const struct {
        const char *domain, *destination;
        enum intake_known known;
        bool is_ours;
        unsigned n_asked;
    } rows[] = {
        { "ours.example", "mailto:tls@in.example", INTAKE_KNOWN, true, 0 },
        { "asks.example", "mailto:dmarc@in.example", INTAKE_KNOWN, true, 1 },
        { "asks.example", "mailto:tls@in.example", INTAKE_KNOWN, false, 1 },
        { "slow.example", "mailto:dmarc@in.example", INTAKE_PENDING, false, 1 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct intake_origin origin = { .destination =
                                                  rows[i].destination,
                                              .is_live = true };
        size_t n_asked = 0;
        struct known known = { .find = find,
                               .has_domain = has_domain,
                               .context = &n_asked };
        struct intake_judges judges = known_judges(&known);
        bool is_ours = !rows[i].is_ours;

        ROW_NUMBER(rows[i].domain,
                   judges.claims_dmarc(judges.context, &origin, rows[i].domain,
                                       &is_ours),
                   rows[i].known);
        if (rows[i].known == INTAKE_KNOWN)
            ROW_NUMBER(rows[i].destination, is_ours, rows[i].is_ours);
        ROW_NUMBER(rows[i].domain, n_asked, rows[i].n_asked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dmarc_report_is_asked_for_elsewhere),
        cmocka_unit_test(a_report_is_ours_by_list_or_by_record),
        cmocka_unit_test(what_is_no_live_source_asks_nothing),
        cmocka_unit_test(an_import_is_ours_where_no_domain_is_named),
        cmocka_unit_test(keys_are_found_absent_or_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
