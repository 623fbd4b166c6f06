/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "mail/limits.h"
#include "mail/outline.h"

static struct outline outline_of(const char *message)
{
    struct outline outline = { 0 };

    assert_int_equal(outline_read(slice_of(message), &outline, NULL), 0);
    return outline;
}

static void what_costs_memory_is_counted(void **state)
{
    struct outline o = outline_of("From: a\r\n"
                                  "Content-Type: multipart/mixed;\r\n"
                                  " boundary=b\r\n"
                                  "\r\n"
                                  "Not: a field\r\n"
                                  "--b\r\n"
                                  "Content-Type:\r\n"
                                  "\tMessage/RFC822\r\n"
                                  "\r\n"
                                  "Subject: enclosed\r\n"
                                  "\r\n"
                                  "Not: a field\r\n"
                                  "--b--\r\n");

    (void)state;
    assert_int_equal(o.n_fields, 4);
    assert_int_equal(o.n_delimiters, 2);
    assert_int_equal(o.n_containers, 2);
    assert_true(o.has_crlf);
    assert_false(o.has_bare_lf);
    assert_false(o.is_misspelt);
}

static void parts_of_a_digest_are_messages(void **state)
{
    struct outline o = outline_of("Content-Type: multipart/digest; boundary=b\n"
                                  "\n"
                                  "--b\n"
                                  "\n"
                                  "Subject: of the message\n"
                                  "\n");

    (void)state;
    assert_int_equal(o.n_fields, 2);
    assert_true(o.has_bare_lf);
}

static void the_misspelt_field_is_seen(void **state)
{
    (void)state;
    assert_true(outline_of("contentTYPE: text/plain\n\n").is_misspelt);
    assert_false(outline_of("A: b\n\nContentType: x\n").is_misspelt);
}

/* Repeats `piece` n times behind `head` and reads the outline of it. */
static int read_many(const char *head, const char *piece, size_t n,
                     struct err *err)
{
    struct outline outline;
    struct buffer b;
    int result;

    buffer_init(&b, (size_t)200 << 20);
    buffer_add_text(&b, head);
    for (size_t i = 0; i < n; i++)
        buffer_add_text(&b, piece);
    assert_false(b.failed);
    result = outline_read(buffer_slice(&b), &outline, err);
    buffer_deinit(&b);
    return result;
}

static const struct {
    const char *name, *head, *piece;
    size_t good, bad; /* repetitions */
    const char *reason;
} limits[] = {
    { "one long header", "A: ", "x", MAIL_MAX_HEADER_BYTES - 4,
      MAIL_MAX_HEADER_BYTES, "256 KiB" },
    { "header fields", "", "A:\n", 20000, 20001, "20000 header fields" },
    { "parts", "A: b\n\n", "--\n", 1000, 1001, "1000 parts" },
    { "enclosed messages", "A: b\n\n--\n", "Content-Type: message/rfc822\n\n",
      1000, 1001, "1000 parts" },
    { "size", "A: b\n\n", "0123456789abcdef0123456789abcdef", 2600000, 2621440,
      "80 MiB" },
};

static void limits_hold_before_gmime_sees_a_mail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct err err = { .kind = ERR_NONE };

        if (read_many(limits[i].head, limits[i].piece, limits[i].good, &err))
            fail_msg("%s: refused within the limit: %s", limits[i].name,
                     err.text);
        if (!read_many(limits[i].head, limits[i].piece, limits[i].bad, &err))
            fail_msg("%s: taken beyond the limit", limits[i].name);
        assert_int_equal(err.kind, ERR_LIMIT);
        assert_non_null(strstr(err.text, limits[i].reason));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_costs_memory_is_counted),
        cmocka_unit_test(parts_of_a_digest_are_messages),
        cmocka_unit_test(the_misspelt_field_is_seen),
        cmocka_unit_test(limits_hold_before_gmime_sees_a_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
