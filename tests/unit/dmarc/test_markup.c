/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "dmarc/markup.h"
#include "row.h"

/* Writes down what it is told; fails at the event that has this number. */
struct note {
    struct buffer text;
    int fails_at;
    int n_events;
};

static int event(struct note *note, struct err *err)
{
    if (++note->n_events == note->fails_at)
        return err_set(err, ERR_USAGE, "told to fail");
    return 0;
}

static void add_name(struct note *note, const struct markup_name *name)
{
    if (name->space.len)
        buffer_add_format(&note->text, "{%.*s}", (int)name->space.len,
                          name->space.ptr);
    buffer_add(&note->text, name->local.ptr, name->local.len);
}

static int take_start(void *context, const struct markup_name *name,
                      struct err *err)
{
    buffer_add_char(&((struct note *)context)->text, '<');
    add_name(context, name);
    return event(context, err);
}

static int take_attribute(void *context, const struct markup_name *name,
                          struct slice value, struct err *err)
{
    struct note *note = context;

    buffer_add_char(&note->text, '@');
    add_name(note, name);
    buffer_add_format(&note->text, "=%.*s", (int)value.len, value.ptr);
    return event(note, err);
}

static int take_declare(void *context, struct err *err)
{
    buffer_add_char(&((struct note *)context)->text, '#');
    return event(context, err);
}

static int take_text(void *context, struct slice text, struct err *err)
{
    struct note *note = context;

    buffer_add(&note->text, text.ptr, text.len);
    return event(note, err);
}

static int take_end(void *context, struct err *err)
{
    buffer_add_char(&((struct note *)context)->text, '>');
    return event(context, err);
}

static const struct markup_events events = { take_start, take_attribute,
                                             take_declare, take_text,
                                             take_end };

static void calls_for_tags_and_text(void **state)
{
    static const struct {
        const char *text, *told;
        size_t used;
    } rows[] = {
        { "<a/>", "<a>", 4 },
        { "<a/>rest", "<a>", 4 },
        { "<a></a ><b/>", "<a>", 8 },
        { " <!-- x --><a/>", "<a>", 15 },
        { "<a>x<b y='1' z=\"2\">t</b>u</a>\n", "<ax<b@y=1@z=2t>u>", 29 },
        { "<a xmlns='n' xmlns:p='m'><p:b p:c=''/></a>", "##<{n}a<{m}b@{m}c=>>",
          42 },
        { "<a>&lt;&#x41;<![CDATA[&]]></a>", "<a<A&>", 30 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct note note = { .fails_at = 0 };
        struct err err;
        size_t used = 0;

        buffer_init(&note.text, 1000);
        ROW_NUMBER(
            rows[i].text,
            markup_read(slice_of(rows[i].text), &events, &note, &used, &err),
            0);
        ROW_TEXT(rows[i].text, buffer_text(&note.text), rows[i].told);
        ROW_NUMBER(rows[i].text, used, rows[i].used);
        buffer_deinit(&note.text);
    }
}

static void stops_where_an_event_fails(void **state)
{
    static const struct slice text =
        SLICE("<a xmlns:n='m'><b c='d' e='f'>t</b><g/></a>");
    int n = 1;

    (void)state;
    for (;; n++) {
        struct note note = { .fails_at = n };
        struct err err = { .kind = ERR_NONE };
        size_t used = 77;
        int rc;

        buffer_init(&note.text, 1000);
        rc = markup_read(text, &events, &note, &used, &err);
        buffer_deinit(&note.text);
        assert_true(note.n_events <= n);
        if (rc == 0)
            break;
        assert_int_equal(rc, -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_int_equal(used, 77);
    }
    assert_int_equal(n, 11);
}

static void says_where_there_is_nothing(void **state)
{
    static const char *const texts[] = { "", " \n", "<!-- -->", "<?pi?>" };
    struct note note = { .fails_at = 0 };
    struct err err;
    size_t used;

    (void)state;
    buffer_init(&note.text, 1000);
    for (size_t i = 0; i < ROWS(texts); i++)
        ROW_NUMBER(texts[i],
                   markup_read(slice_of(texts[i]), &events, &note, &used, &err),
                   1);
    buffer_deinit(&note.text);
}

/* Between `head` and `tail` stands one letter as often as fits. */
static int read_long(const char *head, char filler, size_t bytes,
                     const char *tail, enum err_kind *out_kind)
{
    struct note note = { .fails_at = 0 };
    struct err err = { .kind = ERR_NONE };
    struct buffer text;
    size_t used;
    int rc;

    buffer_init(&note.text, 4 << 20);
    buffer_init(&text, 4 << 20);
    buffer_add_text(&text, head);
    for (size_t i = 0; i < bytes; i++)
        buffer_add_char(&text, filler);
    buffer_add_text(&text, tail);
    rc = markup_check(buffer_slice(&text), &err);
    if (rc == 0)
        rc = markup_read(buffer_slice(&text), &events, &note, &used, &err);
    *out_kind = err.kind;
    buffer_deinit(&text);
    buffer_deinit(&note.text);
    return rc;
}

static void tags_and_comments_have_a_limit(void **state)
{
    static const struct {
        const char *head;
        char filler;
        const char *tail;
        bool has_limit;
    } rows[] = {
        { "<a b='", 'x', "'/>", true },
        { "<a b='", '>', "'></a>", true },
        { "<a>", 'x', "</a>", true },
        { "<a><!-- ", 'x', " --></a>", true },
        { "<a><!-- ", '<', " --></a>", true },
        { "<a><?b ", '>', "?></a>", true },
        { "<a", 'x', "/>", true },
        { "<a><![CDATA[", '<', "]]></a>", false },
        { "<a><![CDATA[", 'x', "]]></a>", false },
        { "<a/>", ' ', "", false },
        { "<a/>", 'x', "", false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum err_kind kind;

        ROW_NUMBER(rows[i].head,
                   read_long(rows[i].head, rows[i].filler, 261000, rows[i].tail,
                             &kind),
                   0);
        ROW_NUMBER(rows[i].head,
                   read_long(rows[i].head, rows[i].filler, 263000, rows[i].tail,
                             &kind),
                   rows[i].has_limit ? -1 : 0);
        ROW_NUMBER(rows[i].head, kind,
                   rows[i].has_limit ? ERR_LIMIT : ERR_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_for_tags_and_text),
        cmocka_unit_test(stops_where_an_event_fails),
        cmocka_unit_test(says_where_there_is_nothing),
        cmocka_unit_test(tags_and_comments_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
