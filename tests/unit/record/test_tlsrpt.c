/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "record/limits.h"
#include "record/tlsrpt.h"
#include "row.h"

#define V "v=TLSRPTv1;"
#define TO "rua=mailto:tls@our.example"

/* The records that the grammar allows; n: destinations that can be used. */
static const struct {
    const char *name, *record;
    unsigned n;
    const char *findings; /* "code@octet " for each */
} valid[] = {
    { "1 the usual form", V TO, 1, "" },
    { "2 blank behind the separator", V " " TO, 1, "" },
    { "3 closing separator", V TO ";", 1, "" },
    { "4 closing separator and blank", V " " TO "; ", 1, "" },
    { "5 tabs", V "\t" TO "\t;", 1, "" },
    { "6 blanks mixed, https", V " \t rua=https://in.our.example/v1/tlsrpt", 1,
      "" },
    { "7 a list", V TO ",mailto:two@other.example", 2, "" },
    { "8 blanks around the comma", V TO " , \t https://in.other.example/x", 2,
      "" },
    { "9 a mixed list",
      V " rua=https://one.example/a,https://two.example/b,mailto:c@c.example",
      3, "" },
    { "10 a field behind", V TO ";more=1", 1, "tlsrpt-extension@38 " },
    { "11 a field before", V "more=1;" TO, 1, "tlsrpt-extension@11 " },
    { "12 names of other octets", V "a-1=x;b_2=y;c.3=z;" TO, 1,
      "tlsrpt-extension@11 tlsrpt-extension@17 tlsrpt-extension@23 " },
    { "13 a name of 32", V "b2345678901234567890123456789012=x;" TO, 1,
      "tlsrpt-extension@11 " },
    { "14 a name that begins with a digit", V "4you=yes;" TO, 1,
      "tlsrpt-extension@11 " },
    { "15 other octets in values", V "text=x,y!z:(a)/b?c;" TO, 1,
      "tlsrpt-extension@11 " },
    { "16 a comma encoded", V "rua=mailto:tls%2creports@our.example", 1, "" },
    { "17 an exclamation mark encoded", V "rua=mailto:tls%21@our.example", 1,
      "" },
    { "18 a semicolon encoded", V "rua=https://in.our.example/a%3Bb", 1, "" },
    { "19 a query", V "rua=https://in.our.example/a?of=our.example&n=1", 1,
      "" },
    { "20 a port", V "rua=https://in.our.example:8443/a", 1, "" },
    { "21 an address", V "rua=https://[2001:db8::1]/a", 1, "" },
    { "22 mailto in capitals", V "rua=MailTo:TLS@Our.EXAMPLE", 1, "" },
    { "23 https in capitals", V "rua=HTTPS://IN.OUR.EXAMPLE/A", 1, "" },
    { "24 a plus address", V "rua=mailto:tls+reports@our.example", 1, "" },
    { "25 header fields", V TO "?subject=reports", 1, "" },
    { "26 an A-label", V "rua=mailto:tls@xn--strae-oqa.example", 1, "" },
    { "27 rua twice", V TO ";rua=https://in.our.example/a", 2,
      "tlsrpt-rua-twice@38 " },
    { "28 another scheme", V "rua=ftp://in.our.example/a,mailto:a@our.example",
      1, "tlsrpt-scheme@15 " },
    { "29 a destination twice", V TO ",mailto:tls@OUR.example", 1,
      "tlsrpt-destination-twice@38 " },
    { "30 rua in capitals beside it", V "RUA=no;" TO, 1,
      "tlsrpt-rua-case@11 " },
    { "31 blanks before a later separator", V TO " ; more=1", 1,
      "tlsrpt-extension@40 " },
    { "32 a quoted local part", V "rua=mailto:%22tls%20rpt%22@our.example", 1,
      "" },
    { "33 no path", V "rua=https://in.our.example", 1, "" },
    { "34 a fragment", V "rua=https://in.our.example/a#b", 1, "" },
    { "35 a name that begins with rua", V TO ";rua2=mailto:b@our.example", 1,
      "tlsrpt-extension@38 " },
    { "36 http", V "rua=http://in.our.example/a", 0,
      "tlsrpt-scheme@15 tlsrpt-unusable@0 " },
    { "37 no host", V "rua=https:///a", 0,
      "tlsrpt-https@15 tlsrpt-unusable@0 " },
    { "38 no address", V "rua=mailto:", 0,
      "tlsrpt-mailto@15 tlsrpt-unusable@0 " },
    { "39 mailto with slashes", V "rua=mailto://tls@our.example", 0,
      "tlsrpt-mailto@15 tlsrpt-unusable@0 " },
    { "40 https without slashes", V "rua=https:in.our.example", 0,
      "tlsrpt-https@15 tlsrpt-unusable@0 " },
    { "41 a semicolon cuts the path", V "rua=https://in.our.example/a;b=1", 1,
      "tlsrpt-uri-cut@40 " },
    { "42 the version again", V "v=TLSRPTv2;" TO, 1,
      "tlsrpt-version-again@11 " },
    { "43 a blank behind the version", "v=TLSRPTv1 ;" TO, 1,
      "tlsrpt-version-blank@10 " },
    { "44 of two strings",
      V "rua=mailto:t"
        "ls@our.example",
      1, "" },
    { "a list is not cut by its neighbour", V "rua=https://a.example/b ;c=1", 1,
      "tlsrpt-extension@36 " },
    { "a path is not cut by a mailbox behind it",
      V "rua=https://a.example/b,mailto:a@b.example;c=1", 2,
      "tlsrpt-extension@54 " },
    { "a user", V "rua=https://me:pw@in.our.example/a", 0,
      "tlsrpt-https@15 tlsrpt-unusable@0 " },
    { "a port that is none", V "rua=https://in.our.example:65536/a", 0,
      "tlsrpt-https@15 tlsrpt-unusable@0 " },
    { "no domain", V "rua=mailto:tls", 0,
      "tlsrpt-mailto@15 tlsrpt-unusable@0 " },
    { "an address literal", V "rua=mailto:tls@%5B192.0.2.1%5D", 0,
      "tlsrpt-mailto@15 tlsrpt-unusable@0 " },
};

/* Those that it does not; none: they do not count as records at all. */
static const struct {
    const char *name, *record;
    bool is_none;
    const char *findings;
} invalid[] = {
    { "1 nothing", "", true, "tlsrpt-version@0 " },
    { "2 the version alone", "v=TLSRPTv1", false, "tlsrpt-field-missing@10 " },
    { "3 no field", V, false, "tlsrpt-field-missing@11 " },
    { "4 no rua", V " more=1", false,
      "tlsrpt-extension@12 tlsrpt-rua-missing@18 " },
    { "5 empty rua", V " rua=", false, "tlsrpt-uri-missing@16 " },
    { "6 the next version", "v=TLSRPTv2; " TO, true, "tlsrpt-version@9 " },
    { "7 the tenth version", "v=TLSRPTv10; " TO, true, "tlsrpt-version@10 " },
    { "8 lower case", "v=tlsrptv1; " TO, true, "tlsrpt-version@2 " },
    { "9 upper case", "V=TLSRPTv1; " TO, true, "tlsrpt-version@0 " },
    { "10 a blank before", " " V TO, true, "tlsrpt-version@0 " },
    { "11 blanks around the first =", "v = TLSRPTv1; " TO, true,
      "tlsrpt-version@1 " },
    { "12 blanks around =", V " rua = mailto:tls@our.example", false,
      "tlsrpt-field-name@15 " },
    { "13 rua in capitals", V " RUA=mailto:tls@our.example", false,
      "tlsrpt-rua-case@12 tlsrpt-rua-missing@38 " },
    { "14 no separator", "v=TLSRPTv1 " TO, false, "tlsrpt-separator@10 " },
    { "15 a comma", "v=TLSRPTv1," TO, false, "tlsrpt-separator@10 " },
    { "16 a colon", "v=TLSRPTv1:" TO, false, "tlsrpt-separator@10 " },
    { "17 two strings without one", "v=TLSRPTv1" TO, false,
      "tlsrpt-separator@10 " },
    { "18 version last", TO "; v=TLSRPTv1", true, "tlsrpt-version@0 " },
    { "19 no scheme", V " rua=tls@our.example", false, "tlsrpt-uri@16 " },
    { "20 nothing behind the comma", V " " TO ",", false,
      "tlsrpt-uri-missing@39 " },
    { "21 nothing before the comma", V " rua=,mailto:tls@our.example", false,
      "tlsrpt-uri-missing@16 " },
    { "22 nothing between commas", V " " TO ",,mailto:b@b.example", false,
      "tlsrpt-uri-missing@39 " },
    { "23 a blank between", V " " TO " mailto:b@b.example", false,
      "tlsrpt-uri@38 " },
    { "24 the second without a scheme", V " " TO ",b@b.example", false,
      "tlsrpt-uri@39 " },
    { "25 a size as DMARC had it", V " " TO "!10m", false, "tlsrpt-uri@38 " },
    { "26 an exclamation mark", V " rua=mailto:tls!a@our.example", false,
      "tlsrpt-uri@26 " },
    { "27 a semicolon in a path", V " rua=https://in.our.example/a;v1", false,
      "tlsrpt-field-equals@43 " },
    { "28 an empty field", V "; " TO, false, "tlsrpt-field-empty@11 " },
    { "29 an empty field at the end", V " " TO ";;", false,
      "tlsrpt-field-empty@39 " },
    { "30 an empty value", V " " TO "; more=", false,
      "tlsrpt-field-value@45 " },
    { "31 an empty name", V " " TO "; =1", false, "tlsrpt-field-name@40 " },
    { "32 a name alone", V " " TO "; more", false, "tlsrpt-field-equals@44 " },
    { "33 two =", V " " TO "; more=1=2", false, "tlsrpt-field-value@46 " },
    { "34 a blank in a value", V " " TO "; more=1 2", false,
      "tlsrpt-field-value@46 " },
    { "35 a name that begins with _", V " " TO "; _more=1", false,
      "tlsrpt-field-name@40 " },
    { "36 a name of 33", V " " TO "; b23456789012345678901234567890123=1",
      false, "tlsrpt-field-name@72 " },
    { "37 a name with %", V " " TO "; mo%re=1", false,
      "tlsrpt-field-name@42 " },
    { "38 a blank in an address", V " rua=mailto:tls a@our.example", false,
      "tlsrpt-uri@26 " },
    { "39 a broken code", V " rua=mailto:tls%xy@our.example", false,
      "tlsrpt-uri@26 " },
    { "40 a cut code", V " rua=https://in.our.example/%2", false,
      "tlsrpt-uri@39 " },
    { "41 an accent", V " rua=mailto:\xc3\xa9t\xc3\xa9@our.example", false,
      "tlsrpt-octet@23 " },
    { "42 quotes around", "\"" V " " TO "\"", true, "tlsrpt-version@0 " },
    { "43 quotes around the URI", V " rua=\"mailto:tls@our.example\"", false,
      "tlsrpt-uri@16 " },
    { "44 angle brackets", V " rua=<mailto:tls@our.example>", false,
      "tlsrpt-uri@16 " },
    { "45 a backslash", "v=TLSRPTv1\\; " TO, false, "tlsrpt-separator@10 " },
    { "46 a blank at the end", V " " TO " ", false, "tlsrpt-blank-at-end@38 " },
    { "47 CR at the end", V " " TO "\r", false, "tlsrpt-octet@38 " },
    { "a blank behind rua=", V "rua= mailto:tls@our.example", false,
      "tlsrpt-uri@15 " },
    { "a blank at the end of a last field", V TO ";a=1\t", false,
      "tlsrpt-extension@38 tlsrpt-blank-at-end@41 " },
    { "a blank behind the version alone", "v=TLSRPTv1 ", false,
      "tlsrpt-separator@10 " },
    { "blanks behind the separator alone", V "  ", false,
      "tlsrpt-field-missing@11 " },
    { "what was used before the fault is not", V TO ";x", false,
      "tlsrpt-field-equals@39 " },
};

static void flatten(const struct tlsrpt_record *record, char *out, size_t bytes)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < record->findings.n_items; i++) {
        const struct finding *f = &record->findings.items[i];
        const char *where = f->where;

        if (strncmp(where, "octet ", 6) == 0)
            where += 6;
        used += (size_t)snprintf(out + used, bytes - used, "%s@%s ",
                                 f->kind->code, where);
    }
}

static void check(const char *name, struct arena *arena, const char *text,
                  enum tlsrpt_verdict verdict, unsigned n, const char *findings)
{
    struct tlsrpt_record record;
    char got[400];

    assert_int_equal(tlsrpt_record_read(arena, slice_of(text), &record, NULL),
                     0);
    flatten(&record, got, sizeof(got));
    ROW_TEXT(name, got, findings);
    ROW_NUMBER(name, record.verdict, verdict);
    ROW_NUMBER(name, record.n_destinations, n);
}

static void records_within_the_grammar_are_read(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1000000);
    for (size_t i = 0; i < ROWS(valid); i++)
        check(valid[i].name, &arena, valid[i].record,
              valid[i].n ? TLSRPT_VALID : TLSRPT_UNUSABLE, valid[i].n,
              valid[i].findings);
    arena_deinit(&arena);
}

static void faults_are_told_with_their_octet(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 1000000);
    for (size_t i = 0; i < ROWS(invalid); i++)
        check(invalid[i].name, &arena, invalid[i].record,
              invalid[i].is_none ? TLSRPT_NONE : TLSRPT_INVALID, 0,
              invalid[i].findings);
    arena_deinit(&arena);
}

static const struct {
    const char *name;
    const char *texts[4];
    enum tlsrpt_verdict verdict;
    const char *findings;
} sets[] = {
    { "none", { NULL }, TLSRPT_NONE, "tlsrpt-absent@ " },
    { "a two",
      { V TO, V "rua=mailto:b@b.example" },
      TLSRPT_NONE,
      "tlsrpt-several@ " },
    { "b beside another kind",
      { "v=DMARC1; p=none", V TO },
      TLSRPT_VALID,
      "tlsrpt-foreign@ " },
    { "c beside another version",
      { V TO, "v=TLSRPTv2;" TO },
      TLSRPT_VALID,
      "tlsrpt-foreign@ " },
    { "d blank, beside another kind",
      { "v=TLSRPTv1 ;" TO, "v=spf1 -all" },
      TLSRPT_NONE,
      "tlsrpt-absent@ " },
    { "e beside a broken one",
      { V TO, V "x" },
      TLSRPT_NONE,
      "tlsrpt-several@ " },
    { "f others alone",
      { "v=spf1 -all", "hello" },
      TLSRPT_NONE,
      "tlsrpt-absent@ " },
    { "g the same twice", { V TO, V TO }, TLSRPT_VALID, "" },
    { "blank, alone",
      { "v=TLSRPTv1 ;" TO },
      TLSRPT_VALID,
      "tlsrpt-version-blank@10 " },
    { "another kind alone",
      { "v=spf1 -all" },
      TLSRPT_NONE,
      "tlsrpt-version@2 " },
    { "the one is broken",
      { "hello", V "x" },
      TLSRPT_INVALID,
      "tlsrpt-foreign@ tlsrpt-field-equals@12 " },
};

static void one_record_of_a_set_is_chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(sets); i++) {
        struct tlsrpt_record record;
        struct slice texts[4];
        struct arena arena;
        size_t n = 0;
        char got[400];

        for (; n < 4 && sets[i].texts[n]; n++)
            texts[n] = slice_of(sets[i].texts[n]);
        arena_init(&arena, 100000);
        assert_int_equal(tlsrpt_record_choose(&arena, texts, n, &record, NULL),
                         0);
        flatten(&record, got, sizeof(got));
        ROW_TEXT(sets[i].name, got, sets[i].findings);
        ROW_NUMBER(sets[i].name, record.verdict, sets[i].verdict);
        arena_deinit(&arena);
    }
}

static void beyond_the_limits_is_told(void **state)
{
    static char text[RECORD_TLSRPT_BYTES + 2];
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, V TO ";a=", strlen(V TO ";a="));
    check("too large", &arena, text, TLSRPT_INVALID, 0,
          "tlsrpt-too-large@4096 ");
    text[RECORD_TLSRPT_BYTES] = '\0';
    check("as large as may be", &arena, text, TLSRPT_VALID, 1,
          "tlsrpt-extension@38 ");
    memcpy(text, V "rua=mailto:", strlen(V "rua=mailto:"));
    memset(text + strlen(V "rua=mailto:"), 'a', strlen(TO));
    text[15 + RECORD_URI_BYTES + 1] = '\0';
    check("a URI too large", &arena, text, TLSRPT_INVALID, 0,
          "tlsrpt-uri-too-large@15 ");
    check("eleven", &arena,
          V "rua=mailto:a@x.e,mailto:b@x.e,mailto:c@x.e,mailto:d@x.e,"
            "mailto:e@x.e,mailto:f@x.e,mailto:g@x.e,mailto:h@x.e,"
            "mailto:i@x.e,mailto:j@x.e,mailto:k@x.e",
          TLSRPT_VALID, RECORD_TLSRPT_DESTINATIONS,
          "tlsrpt-destinations-many@145 ");
    arena_deinit(&arena);
}

static const struct {
    const char *record, *destination;
    bool is_named;
} names[] = {
    { V TO, "mailto:tls@our.example", true },
    { V TO, "MAILTO:tls@OUR.Example", true },
    { V TO, "mailto:TLS@our.example", true },
    { V TO, "mailto:tls@other.example", false },
    { V TO, "https://our.example/", false },
    { V TO ",https://in.our.example", "https://in.our.example/", true },
    { V "rua=https://in.our.example:443/a", "https://IN.our.example/a", true },
    { V "rua=https://in.our.example:444/a", "https://in.our.example/a", false },
    { V "rua=https://in.our.example/a", "https://in.our.example/A", false },
    { V "rua=mailto:t%2Cls@our.example", "mailto:t%2cls@our.example", true },
    { V "x", "mailto:tls@our.example", false },
    { V TO ";x", "mailto:tls@our.example", false },
};

static void a_record_names_its_destinations(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(names); i++) {
        struct tlsrpt_destination destination;
        struct tlsrpt_record record;
        struct arena arena;
        size_t fault;

        arena_init(&arena, 100000);
        assert_int_equal(tlsrpt_record_read(&arena, slice_of(names[i].record),
                                            &record, NULL),
                         0);
        assert_int_equal(tlsrpt_destination_read(&arena,
                                                 slice_of(names[i].destination),
                                                 &destination, &fault, NULL),
                         0);
        ROW_NUMBER(names[i].destination,
                   tlsrpt_record_names(&record, &destination),
                   names[i].is_named);
        arena_deinit(&arena);
    }
}

static void a_value_is_text_wherever_it_is_cut(void **state)
{
    struct tlsrpt_record record;
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    assert_int_equal(
        tlsrpt_record_read(&arena, SLICE(V "\xff\xfe"), &record, NULL), 0);
    assert_int_equal(record.verdict, TLSRPT_INVALID);
    assert_string_equal(record.findings.items[0].where, "octet 11");
    assert_string_equal(record.findings.items[0].value, "");
    arena_deinit(&arena);
}

/* ---- The shared table of verdicts, where it lies beside the checkout ------ */

/* Undoes the escapes of the table, in place. */
static void unescape(char *text)
{
    static const char from[] = "\\tnr", to[] = "\\\t\n\r";
    char *out = text;

    for (const char *in = text; *in; in++) {
        const char *known = *in == '\\' && in[1] ? strchr(from, in[1]) : NULL;
        unsigned octet;

        if (known) {
            *out++ = to[known - from];
            in++;
        } else if (*in == '\\' && sscanf(in, "\\x%2x", &octet) == 1) {
            *out++ = (char)octet;
            in += 3;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
}

/* Takes ["a","b"] apart, which holds no escapes. */
static size_t split_set(struct slice set, struct slice *texts, size_t max)
{
    size_t n = 0;

    while (set.len && n < max) {
        (void)slice_cut(&set, '"');
        if (set.len)
            texts[n++] = slice_cut(&set, '"');
    }
    return n;
}

/* The worst finding, as the table's "valid+warn" has it. */
static const char *word_of(const struct tlsrpt_record *record)
{
    static const char *const words[] = { "valid", "unusable", "invalid",
                                         "none" };
    int worst = -1;

    for (size_t i = 0; i < record->findings.n_items; i++) {
        int severity = (int)record->findings.items[i].kind->severity;

        worst = severity > worst ? severity : worst;
    }
    if (record->verdict == TLSRPT_VALID && worst == FINDING_WARNING)
        return "valid+warn";
    if (record->verdict == TLSRPT_VALID && worst == FINDING_INFO)
        return "valid+info";
    return words[record->verdict];
}

/* Returns: whether the line was about a TLSRPT record. */
static bool check_line(char *line)
{
    struct slice rest = slice_of(line);
    struct slice kind = slice_cut(&rest, '\t');
    struct slice input = slice_cut(&rest, '\t');
    struct slice verdict = slice_cut(&rest, '\t');
    struct tlsrpt_record record;
    struct slice texts[8];
    struct arena arena;
    size_t n = 1;

    if (!slice_starts(kind, SLICE("tlsrpt-")))
        return false;
    line[input.ptr + input.len - line] = '\0';
    unescape(&line[input.ptr - line]);
    texts[0] = slice_of(input.ptr);
    if (slice_equal(kind, SLICE("tlsrpt-rrset")))
        n = split_set(texts[0], texts, ROWS(texts));
    arena_init(&arena, 100000);
    assert_int_equal(tlsrpt_record_choose(&arena, texts, n, &record, NULL), 0);
    ROW_OCTETS(input.ptr, slice_of(word_of(&record)), verdict);
    arena_deinit(&arena);
    return true;
}

static void the_shared_table_agrees(void **state)
{
    const char *root = getenv("SOURCE_ROOT");
    char path[4096], line[4096];
    size_t n = 0;
    FILE *file;

    (void)state;
    snprintf(path, sizeof(path),
             "%s/../shared/corpus/records/rfc-adjudicated.tsv",
             root ? root : ".");
    file = fopen(path, "r");
    if (!file)
        return; /* cmocka's skip counts as a failure in TAP */
    while (fgets(line, sizeof(line), file))
        n += check_line(line);
    fclose(file);
    assert_true(n > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_within_the_grammar_are_read),
        cmocka_unit_test(faults_are_told_with_their_octet),
        cmocka_unit_test(one_record_of_a_set_is_chosen),
        cmocka_unit_test(beyond_the_limits_is_told),
        cmocka_unit_test(a_record_names_its_destinations),
        cmocka_unit_test(a_value_is_text_wherever_it_is_cut),
        cmocka_unit_test(the_shared_table_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
