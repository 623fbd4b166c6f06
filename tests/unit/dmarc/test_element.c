/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include "base/buffer.h"
#include "row.h"

#define H READS_HEAD
#define P READS_POLICY
#define REC READS_RECORD

/* A full report of RFC 9990, each element once, and of RFC 7489 what is not in
 * it any more. */
static const char full[] =
    "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">"
    "<version>1.0</version><report_metadata><org_name>Sender</org_name>"
    "<email>dmarc@sender.example</email><extra_contact_info lang=\"en\">"
    "https://sender.example/</extra_contact_info><report_id>id-1</report_id>"
    "<date_range><end>1790899199</end><begin>1790812800</begin></date_range>"
    "<error>one</error><error>two</error><generator>G 1</generator>"
    "</report_metadata><policy_published><domain>example.org</domain>"
    "<adkim>s</adkim><aspf>r</aspf><p>quarantine</p><sp>reject</sp>"
    "<np>none</np><pct>50</pct><fo>1:d</fo><testing>y</testing>"
    "<discovery_method>treewalk</discovery_method></policy_published>"
    "<record><auth_results><spf><result>softfail</result><scope>mfrom</scope>"
    "<domain>bounce.example.net</domain><human_result>no</human_result></spf>"
    "<dkim><result>pass</result><selector>s1</selector>"
    "<domain>example.org</domain><human_result>2048-bit</human_result></dkim>"
    "<dkim><domain>example.net</domain><selector>s2</selector>"
    "<result>fail</result></dkim></auth_results>"
    "<identifiers><header_from>news.example.org</header_from>"
    "<envelope_from></envelope_from><envelope_to>example.com</envelope_to>"
    "</identifiers><row><policy_evaluated><spf>fail</spf><dkim>pass</dkim>"
    "<disposition>pass</disposition><reason><comment>c1</comment>"
    "<type>mailing_list</type></reason><reason><type>other</type></reason>"
    "</policy_evaluated><count>12</count><source_ip>2001:db8::1</source_ip>"
    "</row></record></feedback>";

static void reads_each_field(void **state)
{
    const struct dmarc_report *report;
    const struct dmarc_record *record;
    struct reads reads;

    (void)state;
    reads_init(&reads, SLICE(full));
    ROW_TEXT("findings", reads_findings(&reads), "");
    report = reads_report(&reads);
    ROW_TEXT("namespace", report->name_space,
             "urn:ietf:params:xml:ns:dmarc-2.0");
    ROW_TEXT("version", report->version, "1.0");
    ROW_TEXT("organisation", report->organization_name, "Sender");
    ROW_TEXT("email", report->email, "dmarc@sender.example");
    ROW_TEXT("extra", report->extra_contact_info, "https://sender.example/");
    ROW_TEXT("id", report->report_id, "id-1");
    ROW_TEXT("begin", report->start_text, "1790812800");
    ROW_TEXT("end", report->end_text, "1790899199");
    ROW_NUMBER("begin", report->start, 1790812800);
    ROW_NUMBER("end", report->end, 1790899199);
    ROW_NUMBER("errors", report->n_errors, 2);
    ROW_TEXT("error", report->errors[1], "two");
    ROW_TEXT("generator", report->generator, "G 1");
    ROW_TEXT("domain", report->policy.domain, "example.org");
    ROW_TEXT("adkim", report->policy.adkim, "s");
    ROW_TEXT("aspf", report->policy.aspf, "r");
    ROW_TEXT("p", report->policy.p, "quarantine");
    ROW_TEXT("sp", report->policy.sp, "reject");
    ROW_TEXT("np", report->policy.np, "none");
    ROW_NUMBER("pct", report->policy.pct, 50);
    ROW_TEXT("fo", report->policy.fo, "1:d");
    ROW_TEXT("testing", report->policy.testing, "y");
    ROW_TEXT("discovery", report->policy.discovery_method, "treewalk");
    ROW_NUMBER("records", report->n_records, 1);
    record = &report->records[0];
    ROW_TEXT("source", record->source_ip, "2001:db8::1");
    ROW_NUMBER("count", record->count, 12);
    ROW_TEXT("disposition", record->disposition, "pass");
    ROW_TEXT("dkim", record->dkim, "pass");
    ROW_TEXT("spf", record->spf, "fail");
    ROW_NUMBER("reasons", record->n_reasons, 2);
    ROW_TEXT("type", record->reasons[0].type, "mailing_list");
    ROW_TEXT("comment", record->reasons[0].comment, "c1");
    ROW_TEXT("type", record->reasons[1].type, "other");
    ROW_TEXT("comment", record->reasons[1].comment, NULL);
    ROW_TEXT("from", record->header_from, "news.example.org");
    ROW_TEXT("envelope from", record->envelope_from, "");
    ROW_TEXT("envelope to", record->envelope_to, "example.com");
    ROW_NUMBER("dkims", record->n_dkims, 2);
    ROW_TEXT("d=", record->dkims[0].domain, "example.org");
    ROW_TEXT("s=", record->dkims[0].selector, "s1");
    ROW_TEXT("result", record->dkims[1].result, "fail");
    ROW_TEXT("human", record->dkims[0].human_result, "2048-bit");
    ROW_TEXT("human", record->dkims[1].human_result, NULL);
    ROW_NUMBER("spfs", record->n_spfs, 1);
    ROW_TEXT("spf domain", record->spfs[0].domain, "bounce.example.net");
    ROW_TEXT("scope", record->spfs[0].scope, "mfrom");
    ROW_TEXT("result", record->spfs[0].result, "softfail");
    ROW_TEXT("human", record->spfs[0].human_result, "no");
    reads_deinit(&reads);
}

static const struct {
    const char *name, *text, *findings;
} odd_rows[] = {
    { "nothing odd", "<feedback>" H P REC "</feedback>", "" },
    { "an old namespace",
      "<feedback xmlns='http://dmarc.org/dmarc-xml/0.1'>" H P REC "</feedback>",
      "" },
    { "another namespace",
      "<a:feedback xmlns:a='x'><a:record/>" H P REC "</a:feedback>",
      "dmarc-namespace-unknown /feedback x\n"
      "dmarc-source-missing /feedback/record[1]/row/source_ip \n"
      "dmarc-count-missing /feedback/record[1]/row/count \n"
      "dmarc-evaluated-missing "
      "/feedback/record[1]/row/policy_evaluated/dkim \n"
      "dmarc-evaluated-missing "
      "/feedback/record[1]/row/policy_evaluated/spf \n"
      "dmarc-header-from-missing "
      "/feedback/record[1]/identifiers/header_from \n" },
    { "an element nobody knows", "<feedback>" H P REC "<a>b</a></feedback>",
      "dmarc-element-unknown /feedback/a \n+ /feedback/a b\n" },
    { "with others in it and attributes",
      "<feedback>" H P REC "<a c='d'><b>e</b>f</a></feedback>",
      "dmarc-element-unknown /feedback/a \n+ /feedback/a/@c d\n"
      "+ /feedback/a/b e\n+ /feedback/a f\n" },
    { "an attribute", "<feedback a='b'>" H P REC "</feedback>",
      "+ /feedback/@a b\n" },
    { "an extension",
      "<feedback xmlns:v='urn:v'>" H P
      "<extension><v:record>1</v:record><x/></extension>" REC
      "<extension/><v:record>2</v:record></feedback>",
      "+ /feedback/extension[1]/record 1\n"
      "+ /feedback/extension[1]/x \n+ /feedback/record 2\n" },
    { "an element twice", "<feedback>" H P P REC "</feedback>",
      "dmarc-element-twice /feedback/policy_published[2] \n"
      "+ /feedback/policy_published[2]/domain example.org\n"
      "+ /feedback/policy_published[2]/p none\n" },
    { "a value twice",
      "<feedback>" H "<policy_published><domain>example.org</domain>"
      "<p>none</p><p>reject</p></policy_published>" REC "</feedback>",
      "dmarc-element-twice /feedback/policy_published/p[2] \n"
      "+ /feedback/policy_published/p[2] reject\n" },
    { "capitals and hyphens in names",
      "<Feedback>" H P "<record><row><source-ip>192.0.2.1</source-ip>"
      "<Count>3</Count><policy_evaluated><dkim>fail</dkim><spf>fail</spf>"
      "</policy_evaluated></row><identities><header_from>example.org"
      "</header_from></identities></record></Feedback>",
      "dmarc-element-name /feedback Feedback\n"
      "dmarc-element-name /feedback/record[1]/row/source_ip source-ip\n"
      "dmarc-element-name /feedback/record[1]/row/count Count\n"
      "dmarc-element-name /feedback/record[1]/identifiers identities\n" },
    { "text between elements", "<feedback>" H "11\n" P REC "</feedback>",
      "dmarc-text-between /feedback 11\n" },
    { "an element in a value",
      "<feedback>" H "<policy_published><domain>exam<a>b</a>ple.org"
      "</domain><p>none</p></policy_published>" REC "</feedback>",
      "dmarc-element-unknown /feedback/policy_published/domain/a \n"
      "+ /feedback/policy_published/domain/a b\n" },
    { "a report in a value",
      "<feedback>" H P REC "<version><feedback>" H
      "</feedback></version></feedback>",
      "dmarc-element-unknown /feedback/version/feedback \n"
      "+ /feedback/version/feedback/report_metadata/org_name S\n"
      "+ /feedback/version/feedback/report_metadata/email a@s.example\n"
      "+ /feedback/version/feedback/report_metadata/report_id r1\n"
      "+ /feedback/version/feedback/report_metadata/date_range/begin "
      "1790812800\n"
      "+ /feedback/version/feedback/report_metadata/date_range/end "
      "1790899199\n" },
    { "CDATA and references",
      "<feedback>" H "<policy_published><domain><![CDATA[example]]>&#46;org"
      "</domain><p>none</p></policy_published>" REC "</feedback>",
      "" },
};

static void odd_elements(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(odd_rows); i++) {
        struct reads reads;

        reads_init(&reads, slice_of(odd_rows[i].text));
        ROW_TEXT(odd_rows[i].name, reads_findings(&reads),
                 odd_rows[i].findings);
        ROW_TEXT(odd_rows[i].name, reads_report(&reads)->policy.domain,
                 "example.org");
        reads_deinit(&reads);
    }
}

static void a_long_value_is_cut_between_characters(void **state)
{
    struct reads reads;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, H P REC "<version>x");
    for (int i = 0; i < 4096; i++)
        buffer_add_text(&text, "\xc3\xbc");
    buffer_add_text(&text, "</version>");
    reads_init_inner(&reads, buffer_text(&text));
    assert_int_equal(strlen(reads_report(&reads)->version), 4095);
    ROW_TEXT("finding", reads_findings(&reads),
             "dmarc-text-cut /feedback/version \n");
    reads_deinit(&reads);
    buffer_deinit(&text);
}

static void of_many_unknown_things_the_first_are_kept(void **state)
{
    struct reads reads;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, H P REC "<extension>");
    for (int i = 0; i < 1003; i++)
        buffer_add_text(&text, "<a>b</a>");
    buffer_add_text(&text, "</extension>");
    reads_init_inner(&reads, buffer_text(&text));
    assert_int_equal(reads_report(&reads)->n_others, 1000);
    assert_int_equal(reads_report(&reads)->n_others_dropped, 3);
    reads_deinit(&reads);
    buffer_deinit(&text);
}

/* Lists that are the same from record to record are held once; others must not
 * be mixed up with them. */
static void each_record_has_its_own_lists(void **state)
{
    static const char *const results[] = { "pass", "pass", "fail", "", "pass" };
    const struct dmarc_record *records;
    struct reads reads;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, H P);
    for (size_t i = 0; i < 5; i++)
        buffer_add_format(&text,
                          "<record><auth_results>%s%s%s</auth_results>"
                          "</record>",
                          *results[i] ? "<dkim><result>" : "", results[i],
                          *results[i] ? "</result></dkim>" : "");
    reads_init_inner(&reads, buffer_text(&text));
    records = reads_report(&reads)->records;
    assert_ptr_equal(records[0].dkims, records[1].dkims);
    for (size_t i = 0; i < 5; i++) {
        ROW_NUMBER(results[i], records[i].n_dkims, *results[i] ? 1 : 0);
        if (*results[i])
            ROW_TEXT("result", records[i].dkims[0].result, results[i]);
    }
    reads_deinit(&reads);
    buffer_deinit(&text);
}

static void elements_may_nest_64_deep(void **state)
{
    struct buffer text;
    struct reads reads;

    (void)state;
    buffer_init(&text, 1 << 16);
    buffer_add_text(&text, H P REC);
    for (int i = 0; i < 63; i++)
        buffer_add_text(&text, "<a>");
    buffer_add_text(&text, "deep");
    for (int i = 0; i < 63; i++)
        buffer_add_text(&text, "</a>");
    reads_init_inner(&reads, buffer_text(&text));
    assert_int_equal(reads_report(&reads)->n_others, 1);
    ROW_TEXT("deep", reads_report(&reads)->others[0].value, "deep");
    reads_deinit(&reads);
    buffer_deinit(&text);
}

static void expect_limit(const char *repeated, int times, const char *says)
{
    struct buffer text;
    struct reads reads;

    buffer_init(&text, 16 << 20);
    buffer_add_text(&text, "<feedback>" H P REC);
    for (int i = 0; i < times; i++)
        buffer_add_text(&text, repeated);
    reads_init(&reads, buffer_slice(&text));
    assert_int_equal(reads.rc, -1);
    if (reads.err.kind != ERR_LIMIT || !strstr(reads.err.text, says))
        fail_msg("%s: %s", repeated, reads.err.text);
    reads_deinit(&reads);
    buffer_deinit(&text);
}

static void limits(void **state)
{
    (void)state;
    expect_limit("<a>", 64, "64 elements deep");
    expect_limit("<a/>", 100001, "100000 things");
    expect_limit("<version a='b'></version>", 50001, "100000 things");
    expect_limit("<extension xmlns='x'/>", 50001, "100000 things");
    expect_limit("<record/>", 250001, "250000 records");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_field),
        cmocka_unit_test(odd_elements),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(of_many_unknown_things_the_first_are_kept),
        cmocka_unit_test(each_record_has_its_own_lists),
        cmocka_unit_test(elements_may_nest_64_deep),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
