/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/uri.h"
#include "row.h"

/* Parts in order, with "-" for those that are not there. */
static const struct {
    const char *text, *parts;
    size_t fault;
} rows[] = {
    { "https://u:p@h.example:1/p/q?r#s", "https|u:p|h.example|1|/p/q|r|/p/q?r",
      0 },
    { "mailto:a@b", "mailto|-|-|-|a@b|-|a@b", 0 },
    { "a:", "a|-|-|-||-|", 0 },
    { "a+b-c.d9:/x", "a+b-c.d9|-|-|-|/x|-|/x", 0 },
    { "x://", "x|-||-||-|", 0 },
    { "x://h:?", "x|-|h||||?", 0 },
    { "x://[::1]:2", "x|-|[::1]|2||-|", 0 },
    { "x://@h", "x||h|-||-|", 0 },
    { "x:/%41?a?b/c", "x|-|-|-|/%41|a?b/c|/%41?a?b/c", 0 },
    { "", NULL, 0 },
    { "abc", NULL, 0 },
    { "1a:b", NULL, 0 },
    { ":b", NULL, 0 },
    { "a b:c", NULL, 0 },
    { "x:a b", NULL, 3 },
    { "x:%4", NULL, 2 },
    { "x:%4g", NULL, 2 },
    { "x:a#b#c", NULL, 5 },
    { "x:[", NULL, 2 },
    { "x://[::1", NULL, 4 },
    { "x://[]/", NULL, 4 },
    { "x://h:12x/", NULL, 8 },
    { "x://h\\", NULL, 5 },
    { "x:\xc3\xa9", NULL, 2 },
};

static void add(struct buffer *out, struct slice part)
{
    if (out->len)
        buffer_add_char(out, '|');
    buffer_add(out, part.ptr ? part.ptr : "-", part.ptr ? part.len : 1);
}

static void references_are_taken_apart(void **state)
{
    struct buffer got;

    (void)state;
    buffer_init(&got, 200);
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t fault = 99;
        struct uri uri;
        int status = uri_parse(slice_of(rows[i].text), &uri, &fault);

        ROW_NUMBER(rows[i].text, status, rows[i].parts ? 0 : 1);
        if (status) {
            ROW_NUMBER(rows[i].text, fault, rows[i].fault);
            continue;
        }
        buffer_reset(&got);
        add(&got, uri.scheme);
        add(&got, uri.user);
        add(&got, uri.host);
        add(&got, uri.port);
        add(&got, uri.path);
        add(&got, uri.query);
        add(&got, uri.reference);
        ROW_TEXT(rows[i].text, buffer_text(&got), rows[i].parts);
    }
    buffer_deinit(&got);
}

static void codes_are_undone(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100);
    uri_decode(SLICE("a%2C%00%e9+"), &buffer);
    ROW_OCTETS("all", buffer_slice(&buffer), SLICE("a,\0\xe9+"));
    buffer_reset(&buffer);
    uri_encode(SLICE("a+b,!%\xe9~"), &buffer);
    ROW_OCTETS("encoded", buffer_slice(&buffer), SLICE("a+b%2C%21%25%E9~"));
    buffer_reset(&buffer);
    uri_canonical(SLICE("%61%2c%3B%21%7e%2f%e9/%25"), &buffer);
    ROW_OCTETS("canonical", buffer_slice(&buffer), SLICE("a,;!~%2F%E9/%25"));
    buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_taken_apart),
        cmocka_unit_test(codes_are_undone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
