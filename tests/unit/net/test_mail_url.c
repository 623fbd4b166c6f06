/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/mail_url.h"
#include "row.h"

static void urls_are_read_and_written(void **state)
{
    static const struct {
        const char *text;
        const char *user; /* NULL: refused */
        const char *host;
        unsigned port;
        const char *folder;
        const char *written; /* NULL: as text */
    } rows[] = {
        { "imaps://tls@mail.example/INBOX", "tls", "mail.example", 993, "INBOX",
          NULL },
        { "imaps://tls@mail.example", "tls", "mail.example", 993, "INBOX",
          "imaps://tls@mail.example/INBOX" },
        { "IMAP://tls@example.com@mail.example:1143/TLS%20reports/new",
          "tls@example.com", "mail.example", 1143, "TLS reports/new",
          "imap://tls@example.com@mail.example:1143/TLS%20reports/new" },
        { "pop3s://a%2Fb@[::1]:42", "a/b", "::1", 42, "",
          "pop3s://a%2Fb@[::1]:42" },
        { "pop3s://a%40b@127.0.0.1/", "a@b", "127.0.0.1", 995, "",
          "pop3s://a@b@127.0.0.1" },
        { "imaps://u@h/Entw%C3%BCrfe", "u", "h", 993, "Entw\u00fcrfe", NULL },
        { "imaps://u:secret@h/INBOX", NULL, "", 0, "", NULL },
        { "imaps://h/INBOX", NULL, "", 0, "", NULL },
        { "imaps://@h/INBOX", NULL, "", 0, "", NULL },
        { "imaps://u@/INBOX", NULL, "", 0, "", NULL },
        { "imaps://u@h:0/", NULL, "", 0, "", NULL },
        { "imaps://u@h:65536/", NULL, "", 0, "", NULL },
        { "imaps://u@h:x/", NULL, "", 0, "", NULL },
        { "imaps://u@::1/", NULL, "", 0, "", NULL },
        { "imaps://u@[::1/", "u", "::1", 993, "INBOX",
          "imaps://u@[::1]/INBOX" },
        { "imaps://u@[::1]x/", NULL, "", 0, "", NULL },
        { "imaps://u@h h/", NULL, "", 0, "", NULL },
        { "imaps://u@h%0d/", NULL, "", 0, "", NULL },
        { "imaps://u%0d%0a@h/", NULL, "", 0, "", NULL },
        { "imaps://u@h/a%0Ab", NULL, "", 0, "", NULL },
        { "imaps://u@h/a%00b", NULL, "", 0, "", NULL },
        { "imaps://u@h/a%4", NULL, "", 0, "", NULL },
        { "imaps://u@h/a%zz", NULL, "", 0, "", NULL },
        { "imaps://u@h/%ff", NULL, "", 0, "", NULL },
        { "pop3s://u@h/INBOX", NULL, "", 0, "", NULL },
        { "https://u@h/", NULL, "", 0, "", NULL },
        { "", NULL, "", 0, "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *row = rows[i].text;
        char text[MAIL_URL_BYTES];
        struct mail_url url, again;
        struct err err;

        ROW_NUMBER(row, mail_url_parse(row, &url, &err), rows[i].user ? 0 : -1);
        if (!rows[i].user)
            continue;
        ROW_TEXT(row, url.user, rows[i].user);
        ROW_TEXT(row, url.host, rows[i].host);
        ROW_NUMBER(row, url.port, rows[i].port);
        ROW_TEXT(row, url.folder, rows[i].folder);
        ROW_TEXT(row, mail_url_format(&url, text),
                 rows[i].written ? rows[i].written : row);
        ROW_NUMBER(row, mail_url_parse(text, &again, &err), 0);
        assert_string_equal(again.user, url.user);
        assert_string_equal(again.folder, url.folder);
    }
}

static void long_names_are_refused(void **state)
{
    char text[3000] = "imaps://";
    struct mail_url url;
    struct err err;

    (void)state;
    memset(text + 8, 'x', 300);
    memcpy(text + 308, "@h/", 4);
    assert_int_equal(mail_url_parse(text, &url, &err), -1);
    memcpy(text + 8, "u@h/", 4);
    memset(text + 12, 'x', 2900);
    assert_int_equal(mail_url_parse(text, &url, &err), -1);
}

static void schemes_are_known(void **state)
{
    (void)state;
    assert_true(mail_url_is("imaps://"));
    assert_true(mail_url_is("POP3://x"));
    assert_false(mail_url_is("imaps:"));
    assert_false(mail_url_is("mail/imaps://x"));
}

static void loopback_is_known_by_name(void **state)
{
    static const struct {
        const char *host;
        bool is;
    } rows[] = {
        { "localhost", true },     { "127.0.0.1", true },
        { "127.9.9.9", true },     { "::1", true },
        { "127.evil.com", false }, { "localhost.evil", false },
        { "mail.example", false }, { "128.0.0.1", false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mail_url url = { 0 };

        snprintf(url.host, sizeof(url.host), "%s", rows[i].host);
        ROW_NUMBER(rows[i].host, mail_url_is_loopback(&url), rows[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_read_and_written),
        cmocka_unit_test(long_names_are_refused),
        cmocka_unit_test(schemes_are_known),
        cmocka_unit_test(loopback_is_known_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
