/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/submit.h"
#include "row.h"

static void urls_are_read(void **state)
{
    static const struct {
        const char *text;
        bool has_login;
        const char *host; /* NULL: refused */
        unsigned port;
        bool is_tls;
    } rows[] = {
        { "smtp://mail.example", false, "mail.example", 25, false },
        { "smtp://mail.example/", false, "mail.example", 25, false },
        { "smtp://mail.example", true, "mail.example", 587, false },
        { "smtps://mail.example", false, "mail.example", 465, true },
        { "SMTP://127.0.0.1:2525", false, "127.0.0.1", 2525, false },
        { "smtp://[::1]:25", false, "::1", 25, false },
        { "smtp://[::1]", true, "::1", 587, false },
        { "smtp://mail.example:0", false, NULL, 0, false },
        { "smtp://mail.example:65536", false, NULL, 0, false },
        { "smtp://mail.example:", false, NULL, 0, false },
        { "smtp://mail.example:x", false, NULL, 0, false },
        { "smtp://[::1]x", false, NULL, 0, false },
        { "smtp://", false, NULL, 0, false },
        { "smtp://user@mail.example", false, NULL, 0, false },
        { "smtp://mail.example/path", false, NULL, 0, false },
        { "mail.example", false, NULL, 0, false },
        { "https://mail.example", false, NULL, 0, false },
        { "", false, NULL, 0, false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct submit_url url;
        struct err err;
        int rc = submit_url_parse(rows[i].text, rows[i].has_login, &url, &err);

        ROW_NUMBER(rows[i].text, rc, rows[i].host ? 0 : -1);
        if (rc) {
            ROW_NUMBER(rows[i].text, err.kind, ERR_USAGE);
            continue;
        }
        ROW_TEXT(rows[i].text, url.host, rows[i].host);
        ROW_NUMBER(rows[i].text, url.port, rows[i].port);
        ROW_NUMBER(rows[i].text, url.is_tls, rows[i].is_tls);
    }
}

/* What it does on the wire is held by tests/scenario/deliver. */
static void recipients_are_bounded(void **state)
{
    const struct submit_options options = { .helo = "us", .stop_fd = -1 };
    const struct submit_mail none = { .sender = "" };
    const struct submit_mail many = { .sender = "",
                                      .n_recipients =
                                          SUBMIT_MAX_RECIPIENTS + 1 };
    struct submit_answer answer;
    struct err err;

    (void)state;
    assert_int_equal(submit_send(&options, &none, &answer, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(submit_send(&options, &many, &answer, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_read),
        cmocka_unit_test(recipients_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
