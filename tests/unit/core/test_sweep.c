/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * Sweep: each entry point of the pure rooms is run with its first allocation
 * failing, then its second, and so on until none fails. It must say so, crash
 * nowhere and leave nothing allocated. What is allowed to cost a finding
 * instead (base/finding.h) must cost nothing else.
 */

#include "advice/advice.h"
#include "base/address.h"
#include "base/domain.h"
#include "base/finding.h"
#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "crypt/digest.h"
#include "dmarc/dmarc.h"
#include "fail.h"
#include "intake/render_dmarc.h"
#include "mail/mbox.h"
#include "policy/result_type.h"
#include "record/tlsrpt.h"
#include "report/distinct.h"
#include "report/report.h"
#include "row.h"
#include "sweep_dkim.h"
#include "sweep_event.h"
#include "unwrap/gzip.h"
#include "unwrap/unwrap.h"
#include "unwrap/utf16.h"
#include "json/reader.h"
#include "json/writer.h"

enum { MIB = 1024 * 1024, MANY_DETAILS = 1200 };

/* Runs one entry point once. Returns: 0, -1 when it said that memory is out. */
typedef int entry_function(void);

static int run_arena(void)
{
    struct arena arena;
    int rc = -1;

    arena_init(&arena, MIB);
    if (arena_alloc(&arena, 100) && arena_calloc(&arena, 3, 100) &&
        arena_copy(&arena, SLICE("abc")) && arena_printf(&arena, "%d", 1)) {
        arena_reset(&arena);
        rc = arena_alloc(&arena, 5000) ? 0 : -1;
    }
    arena_deinit(&arena);
    return rc;
}

static int run_take(void)
{
    struct arena arena;
    struct list list;
    size_t n;
    int rc = -1;

    arena_init(&arena, MIB);
    list_init(&list, 64);
    for (size_t i = 0; i < 2000; i++) {
        if (!list_add(&list, &arena))
            goto done;
    }
    if (list_move(&list, &arena, &n)) {
        assert_int_equal(n, 2000);
        rc = 0;
    }
done:
    list_deinit(&list);
    arena_deinit(&arena);
    return rc;
}

static int run_map(void)
{
    struct map map;
    char key[16];
    int rc = 0;

    map_init(&map);
    for (int i = 0; i < 200 && rc == 0; i++) {
        int64_t *value;

        snprintf(key, sizeof(key), "key%d", i);
        value = map_put(&map, slice_of(key));
        rc = value ? 0 : -1;
        if (value)
            *value = i;
        /* What was in the map before is there still. */
        assert_true(i == 0 || *map_find(&map, SLICE("key0")) == 0);
        assert_int_equal(map.n_entries, rc ? i : i + 1);
    }
    map_deinit(&map);
    return rc;
}

static int run_texts(void)
{
    static const struct slice hostile = { "=\x1b\xff,\"\n\xe2\x80\xae", 9 };
    struct buffer buffer;
    int rc;

    buffer_init(&buffer, MIB);
    for (int i = 0; i < 100; i++) {
        text_add_utf8(&buffer, hostile);
        text_add_terminal(&buffer, hostile);
        text_add_log(&buffer, hostile);
        text_add_csv(&buffer, hostile);
        buffer_add_format(&buffer, "%s", "x");
    }
    rc = buffer.failed ? -1 : 0;
    assert_non_null(buffer_text(&buffer));
    buffer_deinit(&buffer);
    return rc;
}

static int run_names(void)
{
    struct arena arena;
    const char *text = "untouched";
    int rc = -1;

    arena_init(&arena, MIB);
    if (domain_normalise(&arena,
                         SLICE("B\xc3\xbc"
                               "cher.example."),
                         NULL) &&
        domain_normalise(&arena, SLICE("a b"), NULL) &&
        address_normalise(&arena, SLICE("[::1]:25"), &text) >= 0 &&
        address_normalise(&arena, SLICE("words"), &text) >= 0 &&
        result_type_key(&arena, SLICE("New_Type"), NULL))
        rc = 0;
    arena_deinit(&arena);
    return rc;
}

/* Without memory a name is shown as it stands: that is no failure. */
static int run_unicode(void)
{
    struct arena arena;
    const char *shown;
    int rc;

    arena_init(&arena, MIB);
    shown = domain_unicode(&arena, "xn--bcher-kva.example");
    rc = strcmp(shown, "b\xc3\xbc"
                       "cher.example")
             ? -1
             : 0;
    assert_true(rc == 0 || strcmp(shown, "xn--bcher-kva.example") == 0);
    arena_deinit(&arena);
    return rc;
}

static int run_findings(void)
{
    static const struct finding_kind kinds[] = {
        { "a", FINDING_INFO, "", "", "" }, { "b", FINDING_INFO, "", "", "" },
        { "c", FINDING_INFO, "", "", "" }, { "d", FINDING_INFO, "", "", "" },
        { "e", FINDING_INFO, "", "", "" },
    };
    struct finding_list list;
    struct arena arena;
    int rc;

    arena_init(&arena, MIB);
    finding_list_init(&list, &arena);
    for (int i = 0; i < 50; i++)
        finding_list_add(&list, &kinds[i % 5], "", SLICE("value"));
    assert_int_equal(list.n_items + list.n_dropped, 50);
    rc = list.n_dropped ? -1 : 0;
    arena_deinit(&arena);
    return rc;
}

static int run_reader(void)
{
    char text[] = "[\"\xff\xff\xff\",{\"\xfe\":\"\\u0000\"},\"a\xff\"]";
    struct json_reader reader;
    struct json_value value;
    struct arena arena;
    struct err err = { .kind = ERR_NONE };
    int rc;

    arena_init(&arena, MIB);
    json_reader_init(&reader, text, sizeof(text) - 1, 10, &arena);
    rc = json_read(&reader, &value, &err);
    if (rc == 0)
        rc = json_skip(&reader, &value, &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    arena_deinit(&arena);
    return rc;
}

static int run_writer(void)
{
    struct json_writer writer;
    struct buffer buffer;
    int rc;

    buffer_init(&buffer, MIB);
    json_writer_init(&writer, &buffer);
    json_begin_array(&writer);
    for (int i = 0; i < 2000; i++)
        json_string(&writer, "a\n\xff");
    json_decimal(&writer, 0.5, 3);
    json_end_array(&writer);
    rc = buffer.failed ? -1 : 0;
    buffer_deinit(&buffer);
    return rc;
}

static int run_advice(void)
{
    static const struct advice_failure failure = {
        .result_type = "certificate-expired",
        .reason = "X509_V_ERR_CERT_HAS_EXPIRED",
        .policy_type = "sts",
        .domain = "example.org",
        .mx = "mx.example.org",
        .mx_address = "192.0.2.1",
        .organization = "Sender",
        .sessions = 3
    };
    const struct advice *advice = advice_find("certificate-expired", NULL);
    struct buffer buffer;
    int rc;

    buffer_init(&buffer, MIB);
    advice_add_sentence(&buffer, &failure);
    advice_add_consequence(&buffer, advice, &failure);
    advice_add_look(&buffer, advice, &failure);
    advice_add_noise(&buffer, 3, 1000000);
    rc = buffer.failed ? -1 : 0;
    buffer_deinit(&buffer);
    return rc;
}

static int run_gzip(void)
{
    static const char octets[100000] = "some octets";
    struct buffer packed, plain;
    struct gzip_facts facts;
    struct err err = { .kind = ERR_NONE };
    int rc;

    buffer_init(&packed, MIB);
    buffer_init(&plain, MIB);
    rc = gzip_deflate(slice_make(octets, sizeof(octets)), 6, &packed, &err);
    if (rc == 0)
        rc = gzip_inflate(buffer_slice(&packed), &plain, &facts, &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    buffer_deinit(&packed);
    buffer_deinit(&plain);
    return rc;
}

static int run_utf16(void)
{
    static const char octets[] = "\xff\xfe{\0}\0\0\xd8x\0";
    struct buffer out;
    int rc;

    buffer_init(&out, MIB);
    for (int i = 0; i < 100; i++)
        utf16_convert(slice_make(octets, sizeof(octets) - 1), &out);
    rc = out.failed ? -1 : 0;
    buffer_deinit(&out);
    return rc;
}

static int run_digest(void)
{
    struct digest *digest = digest_new();

    if (!digest)
        return -1;
    digest_add(digest, SLICE("some octets"));
    digest_free(digest);
    return 0;
}

static int run_mbox(void)
{
    struct slice message;
    struct mbox mbox;
    int rc;

    mbox_init(&mbox, SLICE("From a\nS: 1\n\n>From b\n\nFrom a\nS: 2\n"));
    do
        rc = mbox_next(&mbox, &message, NULL);
    while (rc == 0);
    mbox_deinit(&mbox);
    return rc < 0 ? -1 : 0;
}

/* Counts candidates, and findings that were dropped. */
struct opened {
    size_t n_texts, n_refused, n_dropped;
};

static int count_candidate(void *context, struct unwrap_candidate *candidate,
                           struct err *err)
{
    struct opened *opened = context;

    (void)err;
    opened->n_texts += candidate->text != NULL;
    opened->n_refused += candidate->refused != NULL;
    opened->n_dropped += candidate->findings->n_dropped;
    return 0;
}

static int run_unwrap(struct slice octets, size_t n_texts, size_t n_refused)
{
    struct opened opened = { 0, 0, 0 };
    struct err err = { .kind = ERR_NONE };
    struct arena arena;
    int rc;

    arena_init(&arena, MIB);
    rc = unwrap_each(&arena, octets, "r.json", count_candidate, &opened, &err);
    arena_deinit(&arena);
    if (rc == 0) {
        assert_int_equal(opened.n_texts, n_texts);
        assert_int_equal(opened.n_refused, n_refused);
    } else {
        assert_int_equal(err.kind, ERR_MEMORY);
    }
    return rc || opened.n_dropped ? -1 : 0;
}

/* Plain text, which is copied. */
static int run_plain(void)
{
    return run_unwrap(SLICE("\xef\xbb\xbf{}"), 1, 0);
}

static int run_refused(void)
{
    return run_unwrap(SLICE("\x1f\x8b\x08"), 0, 1);
}

static int run_nested_gzip(void)
{
    struct buffer once, twice;
    int rc = -1;

    buffer_init(&once, MIB);
    buffer_init(&twice, MIB);
    if (gzip_deflate(SLICE("\xff\xfe{\0}\0"), 6, &once, NULL) == 0 &&
        gzip_deflate(buffer_slice(&once), 6, &twice, NULL) == 0)
        rc = run_unwrap(buffer_slice(&twice), 1, 0);
    buffer_deinit(&once);
    buffer_deinit(&twice);
    return rc;
}

/* One stored entry "a" of two octets, "{}". */
static int run_zip(void)
{
    static const char zip[] =
        "PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\x43\xbf\xa6\xa3\2\0\0\0\2\0\0\0"
        "\1\0\0\0a{}"
        "PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\x43\xbf\xa6\xa3\2\0\0\0\2"
        "\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a"
        "PK\x05\x06\0\0\0\0\1\0\1\0\x2f\0\0\0\x21\0\0\0\0\0";

    return run_unwrap(slice_make(zip, sizeof(zip) - 1), 1, 0);
}

/* Reads, counts and writes a text: what is left of it once it is freed. */
struct outcome {
    struct buffer written; /* every report, as written */
    size_t n_findings;     /* dropped ones included */
};

static int use_reports(const struct report_list *list, struct arena *arena,
                       struct outcome *outcome)
{
    for (size_t i = 0; i < list->n_reports; i++) {
        const struct report *report = &list->reports[i];
        struct distinct_rows rows;
        struct report_totals totals;
        struct json_writer writer;

        if (report_totals_compute(report, arena, &totals) ||
            distinct_compute(report, arena, &rows))
            return -1;
        json_writer_init(&writer, &outcome->written);
        report_write(report, &writer);
        buffer_add_format(&outcome->written, " %lld %zu\n",
                          (long long)totals.distinct_sessions, rows.n_mxs);
        outcome->n_findings +=
            report->findings.n_items + report->findings.n_dropped;
    }
    return outcome->written.failed ? -1 : 0;
}

static int read_text(struct slice text, struct outcome *outcome)
{
    static const struct report_origin origin = {
        "Example.ORG.", "sender.example", "s!example.org!1!2.json.gz",
        "Report Domain: example.org Submitter: s"
    };
    struct err err = { .kind = ERR_NONE };
    struct report_list list = { .n_reports = 77 };
    struct arena arena;
    char *copy;
    int rc = -1;

    buffer_init(&outcome->written, 4 * MIB);
    outcome->n_findings = 0;
    arena_init(&arena, 16 * MIB);
    copy = arena_copy(&arena, text);
    if (copy) {
        rc = report_read(&arena, copy, text.len, &origin, &list, &err);
        assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
        assert_int_equal(list.n_reports == 77, rc != 0);
        if (rc == 0)
            rc = use_reports(&list, &arena, outcome);
    }
    arena_deinit(&arena);
    return rc;
}

/* As whole as without a failure: only findings may be fewer, and counted. */
static int run_text(struct slice text)
{
    struct outcome whole, outcome;
    bool was_failing = false;
    int rc = read_text(text, &outcome);

    if (rc == 0 && fail_end()) {
        was_failing = true;
        assert_int_equal(read_text(text, &whole), 0);
        assert_true(slice_equal(buffer_slice(&whole.written),
                                buffer_slice(&outcome.written)));
        assert_int_equal(whole.n_findings, outcome.n_findings);
        buffer_deinit(&whole.written);
    }
    buffer_deinit(&outcome.written);
    return was_failing ? -1 : rc;
}

/* Every leniency that allocates. */
static int run_odd_report(void)
{
    return run_text(SLICE(
        "\xef\xbb\xbf[{\"organization\":\"S\xff\",\"contact-info\":5,"
        "\"date-range\":{\"start-datetime\":\"2026-03-02 00:00\","
        "\"end-datetime\":\"1772323200\"},\"report-id\":true,\"policies\":["
        "{\"policy\":{\"policy-type\":\" STS\",\"policy-domain\":"
        "\"B\xc3\xbc"
        "cher.example.\",\"policy-string\":"
        "\"[\\\"a: 1;b: 2\\\"]\",\"mx-host\":[\"mx: MX1.Example.\",1]},"
        "\"summary\":{\"total-successful-session-count\":\"7\"},"
        "\"failure-details\":{\"result-type\":\"New_Type\","
        "\"sending-mta-ip\":\"[::1]\",\"receiving-mx-hostname\":\"MX.\","
        "\"receiving-mx-helo\":\"a\\r\\nb\",\"receiving-ip\":\"x\","
        "\"failed-session-count\":1e99,\"failure-reason-code\":\"a b\"}},"
        "{\"type\":\"tlsa\",\"domain\":\"mx.example.net\",\"policy-string\":"
        "[\"a: 1\\nb: 2;c: 3\"],\"mx-host-pattern\":\"*.example\","
        "\"success-aggregate\":-1},7]},"
        "{\"policy\":{\"policy-type\":\"tlsa\"},\"summary\":{},"
        "\"failure-details\":[{}],\"report-id\":\"20260301.example.org@s\"},"
        "{\"x\":[1,{\"y\":\"\\ud800\"}]}] rest"));
}

static int run_report_of_many_policies(void)
{
    static char text[8000];
    size_t used = 0;

    used += (size_t)snprintf(text, sizeof(text), "{\"policies\":[");
    for (int i = 0; i < 40; i++)
        used += (size_t)snprintf(
            text + used, sizeof(text) - used,
            "%s{\"policy\":{\"policy-type\":\"%s\",\"policy-domain\":"
            "\"d%d.example\"},\"failure-details\":[{\"result-type\":"
            "\"validation-failure\",\"failed-session-count\":1}]}",
            i ? "," : "", i % 2 ? "sts" : "tlsa", i % 7);
    used += (size_t)snprintf(text + used, sizeof(text) - used, "]}");
    return run_text(slice_make(text, used));
}

/* So many details that their array is handed over and not copied. */
static int run_report_of_many_details(void)
{
    static char text[MANY_DETAILS * 100];
    size_t used = 0;

    used += (size_t)snprintf(
        text, sizeof(text),
        "{\"organization-name\":\"S\",\"policies\":[{\"policy\":{"
        "\"policy-type\":\"sts\",\"policy-domain\":\"a.example\"},"
        "\"failure-details\":[");
    for (int i = 0; i < MANY_DETAILS; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "%s{\"result-type\":\"sts-policy-invalid\","
                                 "\"failed-session-count\":1}",
                                 i ? "," : "");
    used += (size_t)snprintf(text + used, sizeof(text) - used, "]}]}");
    return run_text(slice_make(text, used));
}

/* Returns: how often an allocation failed before none did. */
static int read_dmarc(struct slice text, struct buffer *out, size_t *out_n)
{
    struct dmarc_list list = { .n_reports = 77 };
    struct err err = { .kind = ERR_NONE };
    struct json_writer writer;
    struct arena arena;
    int rc;

    *out_n = 0;
    buffer_init(out, MIB);
    json_writer_init(&writer, out);
    arena_init(&arena, 16 * MIB);
    rc = dmarc_read(&arena, text, NULL, &list, &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    assert_int_equal(list.n_reports == 77, rc != 0);
    for (size_t i = 0; rc == 0 && i < list.n_reports; i++) {
        json_begin_object(&writer);
        render_dmarc_members(&writer, &list.reports[i]);
        json_end_object(&writer);
        *out_n += list.reports[i].findings.n_items +
                  list.reports[i].findings.n_dropped;
    }
    arena_deinit(&arena);
    return rc || out->failed ? -1 : 0;
}

/* As run_text: only findings may be fewer, and counted. */
static int run_dmarc(void)
{
    static const struct slice text = SLICE(
        "x<?xml version='1.0' encoding='latin1'?><feedback xmlns='urn:x' a='b'>"
        "<report_metadata><org_name>B\xfc</org_name><date_range><begin>x</begin>"
        "<end>1.5</end></date_range><error>e</error></report_metadata>y"
        "<policy_published><domain>B\xfc"
        "cher.example</domain><p>None</p><pct>x</pct></policy_published>"
        "<record><row><source-ip>[::1]:25</source-ip><count>-1</count>"
        "<policy_evaluated><dkim>pass</dkim><reason><type/></reason>"
        "</policy_evaluated></row><auth_results><dkim><domain>A.example."
        "</domain></dkim><spf><result>odd</result></spf></auth_results>"
        "<unknown b='c'>d</unknown></record><record/></feedback>"
        "<feedback><record/></feedback>");
    struct buffer whole, outcome;
    size_t n_whole, n_outcome;
    bool was_failing = false;
    int rc = read_dmarc(text, &outcome, &n_outcome);

    if (rc == 0 && fail_end()) {
        was_failing = true;
        assert_int_equal(read_dmarc(text, &whole, &n_whole), 0);
        assert_true(slice_equal(buffer_slice(&whole), buffer_slice(&outcome)));
        assert_int_equal(n_whole, n_outcome);
        buffer_deinit(&whole);
    }
    buffer_deinit(&outcome);
    return was_failing ? -1 : rc;
}

static size_t sweep(const char *name, entry_function *run)
{
    for (size_t n = 1;; n++) {
        bool has_failed;
        long live;
        int rc;

        fail_begin(n);
        rc = run();
        has_failed = fail_end();
        live = fail_live();
        ROW_NUMBER(name, live, 0);
        if (rc != (has_failed ? -1 : 0))
            fail_msg("%s: allocation %zu %s, the answer was %d", name, n,
                     has_failed ? "failed" : "was none", rc);
        if (!has_failed)
            return n - 1;
    }
}

/* A finding that is dropped costs nothing else. */
static int run_tlsrpt(void)
{
    const struct slice texts[] = {
        SLICE("v=spf1 -all"),
        SLICE("v=TLSRPTv1;more=1;rua=mailto:a%21@b.example,https://[::1],x:y"),
    };
    struct err err = { .kind = ERR_NONE };
    struct tlsrpt_record record;
    struct arena arena;
    int rc;

    arena_init(&arena, MIB);
    rc = tlsrpt_record_choose(&arena, texts, ROWS(texts), &record, &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    if (rc == 0) {
        assert_int_equal(record.verdict, TLSRPT_VALID);
        assert_int_equal(record.n_destinations, 2);
        rc = record.findings.n_dropped ? -1 : 0;
        /* A place that could not be said is the least that is lost. */
        for (size_t i = 1; i < record.findings.n_items && rc == 0; i++)
            rc = record.findings.items[i].where[0] ? 0 : -1;
    }
    arena_deinit(&arena);
    return rc;
}

static void each_failed_allocation_is_told(void **state)
{
    static const struct {
        const char *name;
        entry_function *run;
        size_t least; /* so many allocations there are at least */
    } rows[] = {
        { "arena", run_arena, 5 },
        { "list and what is taken over", run_take, 10 },
        { "map", run_map, 200 },
        { "escaping", run_texts, 2 },
        { "names and addresses", run_names, 5 },
        { "unicode form", run_unicode, 1 },
        { "findings", run_findings, 50 },
        { "json reader", run_reader, 3 },
        { "json writer", run_writer, 5 },
        { "advice", run_advice, 2 },
        { "gzip", run_gzip, 3 },
        { "utf-16", run_utf16, 2 },
        { "digest", run_digest, 1 },
        { "mbox", run_mbox, 1 },
        { "dkim key", sweep_dkim_key, 10 },
        { "organisation", sweep_organisation, 5 },
        { "tlsrpt record", run_tlsrpt, 15 },
        { "a session event", sweep_event, 20 },
        { "dkim", sweep_dkim, 20 },
        { "private key", sweep_private_key, 1 },
        { "plain text", run_plain, 2 },
        { "a refusal", run_refused, 3 },
        { "gzip in gzip", run_nested_gzip, 10 },
        { "zip", run_zip, 5 },
        { "a DMARC report with every oddity", run_dmarc, 100 },
        { "a report with every oddity", run_odd_report, 100 },
        { "a report of many policies", run_report_of_many_policies, 100 },
        { "a report of many details", run_report_of_many_details, 20 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t n = sweep(rows[i].name, rows[i].run);
        if (n < rows[i].least)
            fail_msg("%s: only %zu allocations, the sweep looks at nothing",
                     rows[i].name, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
