/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "row.h"

#define R READS_REPORT

static void whole_texts(void **state)
{
    static const struct {
        const char *name, *text, *findings;
        size_t n_reports;
    } rows[] = {
        { "plain", R, "", 1 },
        { "declared", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" R "\n", "",
          1 },
        { "a declaration that is broken", "<?xml encoding=utf-8 ?>" R, "", 1 },
        { "BOM", "\xef\xbb\xbf" R, "", 1 },
        { "blanks before", "\r\n \t" R, "", 1 },
        { "comments around",
          "<!-- a <b> & --><?pi x?>" R "<!-- b -->\n<!-- c -->", "", 1 },
        { "text before", "Please find:\n" R, "dmarc-text-before  \n", 1 },
        { "text behind", R "unused", "dmarc-text-after  \n", 1 },
        { "a tag behind", R "</xs:schema>", "dmarc-text-after  \n", 1 },
        { "another document before", "<a>b</a>" R, "dmarc-text-before  \n", 1 },
        { "another document behind", R "<a>b</a>", "dmarc-text-after  \n", 1 },
        { "two", R "\n<?xml version=\"1.0\"?>\n" R, "dmarc-reports-several  \n",
          2 },
        { "the second is broken", R "<feedback><record>",
          "dmarc-text-after  \n", 1 },
        { "others are in what is broken behind it", R "<a>" R,
          "dmarc-text-after  \n", 1 },
        { "inside of another element",
          "<xs:schema xmlns:xs=\"x\">" R "</xs:schema>",
          "dmarc-nested /schema/feedback \n", 1 },
        { "two inside of another", "<a>" R R "</a>",
          "dmarc-nested /a/feedback \ndmarc-reports-several  \n", 2 },
        { "UTF-16 declared", "<?xml version='1.0' encoding='UTF-16'?>" R,
          "dmarc-encoding  \n", 1 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct reads reads;

        reads_init(&reads, slice_of(rows[i].text));
        if (reads.rc)
            fail_msg("%s: %s", rows[i].name, reads.err.text);
        ROW_NUMBER(rows[i].name, reads.list.n_reports, rows[i].n_reports);
        ROW_TEXT(rows[i].name, reads_findings(&reads), rows[i].findings);
        ROW_TEXT(rows[i].name, reads_report(&reads)->report_id, "r1");
        reads_deinit(&reads);
    }
}

static void refusals(void **state)
{
    static const struct {
        const char *name, *text, *says;
        enum err_kind kind;
    } rows[] = {
        { "nothing", "", "no element", ERR_INPUT },
        { "a word", "unused", "no element", ERR_INPUT },
        { "a comment", "<!-- -->", "no element", ERR_INPUT },
        { "another format", "<html><body>x</body></html>", "no DMARC report",
          ERR_INPUT },
        { "an empty root", "<feedback/>", "no DMARC report", ERR_INPUT },
        { "a root with something else", "<feedback><a/></feedback>",
          "no DMARC report", ERR_INPUT },
        { "cut", "<feedback>" READS_HEAD, "ends before its last tag",
          ERR_INPUT },
        { "an outer element that does not end", "<a>" R, "well formed",
          ERR_INPUT },
        { "a bare <", "<feedback><a>b<c</a></feedback>", "well formed",
          ERR_INPUT },
        { "an entity", "<feedback>&nbsp;" READS_HEAD "</feedback>",
          "well formed", ERR_INPUT },
        { "attack: entities that expand",
          "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c "
          "\"&b;&b;&b;&b;&b;&b;\">]><feedback>&c;" READS_HEAD "</feedback>",
          "document type", ERR_LIMIT },
        { "attack: a file of ours",
          "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM "
          "\"file:///etc/passwd\">]><feedback>&b;" READS_HEAD "</feedback>",
          "document type", ERR_LIMIT },
        { "a declaration without end", "<?xml version='1.0'><a><?pi?>" R,
          "well formed", ERR_INPUT },
        { "attack: a DTD behind a report", R "<!DOCTYPE a><a/>",
          "document type", ERR_LIMIT },
        { "attack: an external DTD",
          "<!DOCTYPE a SYSTEM \"http://192.0.2.1/\">" R, "document type",
          ERR_LIMIT },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct reads reads;

        reads_init(&reads, slice_of(rows[i].text));
        ROW_NUMBER(rows[i].name, reads.rc, -1);
        ROW_NUMBER(rows[i].name, reads.err.kind, rows[i].kind);
        if (!strstr(reads.err.text, rows[i].says))
            fail_msg("%s: %s", rows[i].name, reads.err.text);
        ROW_NUMBER(rows[i].name, reads.list.n_reports, 0);
        reads_deinit(&reads);
    }
}

static void tells_where_xml_breaks(void **state)
{
    struct reads reads;

    (void)state;
    reads_init(&reads, SLICE("<feedback>\n<a>\n</b></feedback>"));
    assert_int_equal(reads.rc, -1);
    assert_non_null(strstr(reads.err.text, "line 3"));
    assert_int_equal(reads.err.offset, 17);
    reads_deinit(&reads);
}

/* Cut anywhere it is refused, never read in part, and nothing else happens. */
static void cut_at_every_offset(void **state)
{
    static const char text[] = "<?xml version=\"1.0\"?>" READS_REPORT;
    struct arena arena;

    (void)state;
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        char *exact = malloc(len + 1);
        struct dmarc_list list;
        struct err err;

        memcpy(exact, text, len);
        exact = realloc(exact, len ? len : 1);
        arena_init(&arena, 1 << 20);
        assert_int_equal(
            dmarc_read(&arena, slice_make(exact, len), NULL, &list, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        arena_deinit(&arena);
        free(exact);
    }
}

static void was_utf16_before(void **state)
{
    static const struct dmarc_origin origin = { .was_utf16 = true };
    static const struct slice text =
        SLICE("<?xml version='1.0' encoding='UTF-16'?>" READS_REPORT);
    struct dmarc_list list;
    struct arena arena;
    struct err err;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(dmarc_read(&arena, text, &origin, &list, &err), 0);
    assert_int_equal(list.reports[0].findings.n_items, 0);
    arena_deinit(&arena);
}

static void octets_that_are_no_utf8(void **state)
{
    struct reads reads;
    static const char text[] =
        "<?xml version='1.0' encoding='windows-1252'?><feedback>"
        "<report_metadata><org_name>B\xfc"
        "cher \x80</org_name><report_id>1</report_id></report_metadata>"
        "</feedback>";

    (void)state;
    reads_init(&reads, SLICE(text));
    ROW_TEXT("converted", reads_report(&reads)->organization_name,
             "B\xc3\xbc"
             "cher \xe2\x82\xac");
    assert_non_null(strstr(reads_findings(&reads), "dmarc-text-not-utf8"));
    reads_deinit(&reads);
}

static void many_documents_attack_time(void **state)
{
    static const char *const documents[] = { "<feedback><record/></feedback>",
                                             "<a/>", "<?xml <a/>" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct buffer text;
        struct reads reads;

        buffer_init(&text, 1 << 20);
        buffer_add_text(&text, i ? "" : "<b>");
        for (int n = 0; n < 1001; n++)
            buffer_add_text(&text, documents[i]);
        buffer_add_text(&text, i ? "" : "</b>");
        reads_init(&reads, buffer_slice(&text));
        ROW_NUMBER(documents[i], reads.rc, -1);
        ROW_NUMBER(documents[i], reads.err.kind, i < 2 ? ERR_LIMIT : ERR_INPUT);
        reads_deinit(&reads);
        buffer_deinit(&text);
    }
}

/* Short records that become long values stop at what the arena may hold. */
static void records_attack_memory(void **state)
{
    struct buffer text;
    struct dmarc_list list;
    struct arena arena;
    struct err err;

    (void)state;
    buffer_init(&text, 2 << 20);
    buffer_add_text(&text, "<feedback>");
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&text, "<record/>");
    buffer_add_text(&text, "</feedback>");
    arena_init(&arena, 4 << 20);
    assert_int_equal(dmarc_read(&arena, buffer_slice(&text), NULL, &list, &err),
                     -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_true(arena.held_bytes <= 4 << 20);
    arena_deinit(&arena);
    buffer_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_texts),
        cmocka_unit_test(refusals),
        cmocka_unit_test(tells_where_xml_breaks),
        cmocka_unit_test(cut_at_every_offset),
        cmocka_unit_test(was_utf16_before),
        cmocka_unit_test(octets_that_are_no_utf8),
        cmocka_unit_test(many_documents_attack_time),
        cmocka_unit_test(records_attack_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
