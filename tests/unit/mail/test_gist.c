/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/gist.h"

static const struct {
    const char *name, *message, *want;
} rows[] = {
    { "content fields alone",
      "Received: a\n b\nCONTENT-TYPE: c\n\td\nX: y\nContent-Length: 3\n\n"
      "X: body\n",
      "CONTENT-TYPE: c\n\td\nContent-Length: 3\n\nX: body\n" },
    { "CR LF", "Subject: a\r\nContent-Type: c\r\n d\r\nX: y\r\n\r\nbody\r\n",
      "Content-Type: c\r\n d\r\n\r\nbody\r\n" },
    { "misspelt, here and in a part",
      "X: y\nContentType: a\n\n--b\ncontenttype: c\n\nX: y\n",
      "Content-Type: a\n\n--b\nContent-Type: c\n\nX: y\n" },
    { "misspelt in text", "ContentType: a\n\ncontenttype: b\n",
      "Content-Type: a\n\ncontenttype: b\n" },
    { "misspelt in an enclosed message",
      "ContentType: message/rfc822\n\nContentType: a\n\nContentType: b\n",
      "Content-Type: message/rfc822\n\nContent-Type: a\n\nContentType: b\n" },
    { "no field is asked for", "X: y\n\nbody", "\nbody" },
    { "no body", "X: y\nContent-Type: c", "Content-Type: c" },
    { "a boundary ends the header", "Content-Type: c\nX: y\n--b\nX: y\n",
      "Content-Type: c\n--b\nX: y\n" },
    { "nothing", "", "" },
};

static void the_copy_is_what_gmime_needs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice message = slice_of(rows[i].message);
        struct outline outline;
        struct buffer out;
        struct gist gist;

        assert_int_equal(outline_read(message, &outline, NULL), 0);
        buffer_init(&out, 1024);
        gist_read(message, &outline, &out, &gist);
        if (strcmp(buffer_text(&out), rows[i].want) != 0)
            fail_msg("%s: got %s", rows[i].name, buffer_text(&out));
        buffer_deinit(&out);
    }
}

static void expect_field(const struct gist *gist, enum gist_field field,
                         const char *want)
{
    assert_true(slice_equal(gist->fields[field], slice_of(want)));
    assert_true(!gist->fields[field].ptr == !want);
}

static void four_fields_are_found(void **state)
{
    struct outline outline = { .is_misspelt = false };
    struct gist gist;

    (void)state;
    gist_read(
        SLICE("Subjects: no\r\nSUBJECT : one\r\n two\r\nSubject: three\r\n"
              "from:\r\nMessage-ID: <1@a>\r\nTLS-Report-Domain:a\r\n"
              "TLS-Report-Domains: b\r\n\r\n"
              "TLS-Report-Submitter: body"),
        &outline, NULL, &gist);
    expect_field(&gist, GIST_SUBJECT, "one\r\n two");
    expect_field(&gist, GIST_FROM, "");
    expect_field(&gist, GIST_TLS_REPORT_DOMAIN, "a");
    expect_field(&gist, GIST_TLS_REPORT_SUBMITTER, NULL);
}

static void a_full_buffer_is_told(void **state)
{
    struct outline outline = { .is_misspelt = true };
    struct buffer out;
    struct gist gist;

    (void)state;
    buffer_init(&out, 8);
    gist_read(SLICE("Subject: s\n\nbody"), &outline, &out, &gist);
    assert_true(out.failed);
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_copy_is_what_gmime_needs),
        cmocka_unit_test(four_fields_are_found),
        cmocka_unit_test(a_full_buffer_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
