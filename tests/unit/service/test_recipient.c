/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "row.h"
#include "service/recipient.h"

static const char *acme[] = { "tls@acme.example", "+acme" };
static const char *other[] = { "@other.example" };
static struct settings_tenant tenants[] = {
    { .name = "acme", .recipients = { acme, 2 } },
    { .name = "other", .recipients = { other, 1 } },
};
static const struct settings settings = { .tenants = tenants, .n_tenants = 2 };

#define R "Received: by mx.example\r\n"
#define END "\r\n\r\nDelivered-To: tls@acme.example\r\n"

/* A mail, whose it is by what its last MTA noted, and by To and Cc as well. */
static const struct {
    const char *name, *mail, *trace, *header;
} rows[] = {
    { "delivered", "Delivered-To: tls@acme.example\r\n" R END, "acme", "acme" },
    { "original", "X-Original-To: a+acme@b.example\r\n" R END, "acme", "acme" },
    { "envelope", "Envelope-to: a@b.example, x@other.example\r\n" R END,
      "other", "other" },
    { "case", "DELIVERED-TO: TLS@Acme.Example\r\n" R END, "acme", "acme" },
    { "angle", "Delivered-To: <tls@acme.example>\r\n" R END, "acme", "acme" },
    { "blank before the colon", "Delivered-To : tls@acme.example\n" R END,
      "acme", "acme" },
    { "folded", "Delivered-To:\r\n\ttls@acme.example\r\n" R END, "acme",
      "acme" },
    { "bare LF", "Return-Path: <>\nDelivered-To: tls@acme.example\n\n", "acme",
      "acme" },
    { "mbox line",
      "From a@b Sat Nov 21 00:10:00 2026\nDelivered-To: "
      "tls@acme.example\n\n",
      "acme", "acme" },
    { "behind an empty line", "\r\nDelivered-To: tls@acme.example\r\n" R END,
      "acme", "acme" },
    { "mbox line that was quoted",
      ">From a@b Sat Nov 21 00:10:00 2026\nDelivered-To: "
      "tls@acme.example\n\n",
      "acme", "acme" },
    { "the topmost",
      "X-Original-To: a@other.example\r\n"
      "Delivered-To: tls@acme.example\r\n" R END,
      "other", "other" },
    { "the topmost that means one",
      "Delivered-To: box@in.example\r\n"
      "X-Original-To: tls@acme.example\r\n" R END,
      "acme", "acme" },
    { "forged below", R "Delivered-To: tls@acme.example\r\n" R END, NULL,
      NULL },
    { "forged below what says another",
      "Delivered-To: box@in.example\r\n" R
      "Delivered-To: tls@acme.example\r\nTo: tls@acme.example" END,
      NULL, NULL },
    { "forged in a folded line",
      "X-Spam: a\r\n Delivered-To: tls@acme.example\r\n" R END, NULL, NULL },
    { "to", R "To: tls@acme.example" END, NULL, "acme" },
    { "cc", R "To: box@in.example\r\nCc: a@b.example, tls@acme.example" END,
      NULL, "acme" },
    { "to, above all", "To: tls@acme.example\r\n" R END, NULL, "acme" },
    { "to, with a name",
      R "To: \"a, <x@y>\" <tls@acme.example> (tls, reports)" END, NULL,
      "acme" },
    { "to, a group", R "To: reports: a@b.example, tls@acme.example;" END, NULL,
      "acme" },
    { "to, a name that looks like one",
      R "To: \"tls@acme.example\" <a@b.example>" END, NULL, NULL },
    { "to, in a comment", R "To: a@b.example (, tls@acme.example)" END, NULL,
      NULL },
    { "to, an open quote", R "To: \"a, tls@acme.example" END, NULL, NULL },
    { "to, an extension is no address", R "To: a+acme@b.example" END, NULL,
      NULL },
    { "to, a domain is no address", R "To: a@other.example" END, NULL, NULL },
    { "an empty note is one", "Delivered-To:\r\n" R "To: tls@acme.example" END,
      NULL, NULL },
    { "in the body", R "Subject: a" END, NULL, NULL },
    { "no mail", "{\"to\": 1}\nDelivered-To: tls@acme.example\n", NULL, NULL },
    { "text", "hello\nDelivered-To: tls@acme.example\n", NULL, NULL },
    { "nothing", "", NULL, NULL },
};

static const char *name_of(const char *mail, size_t len,
                           enum recipient_from from)
{
    char *copy = malloc(len + 1);
    const struct settings_tenant *met;

    assert_non_null(copy);
    memcpy(copy, mail, len);
    met = recipient_tenant(&settings, slice_make(copy, len), from);
    free(copy);
    return met ? met->name : "";
}

static void the_last_mta_says_whose_a_mail_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *mail = rows[i].mail;
        const char *trace = rows[i].trace, *header = rows[i].header;

        ROW_TEXT(rows[i].name, name_of(mail, strlen(mail), RECIPIENT_TRACE),
                 trace ? trace : "");
        ROW_TEXT(rows[i].name, name_of(mail, strlen(mail), RECIPIENT_HEADER),
                 header ? header : "");
        ROW_TEXT(rows[i].name, name_of(mail, strlen(mail), RECIPIENT_NONE), "");
    }
}

/* Each mail cut at every octet: nobody reads behind it, and what is cut off
   makes nobody the tenant that the whole does not. */
static void a_cut_mail_is_nobody_elses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (size_t n = 0; n <= strlen(rows[i].mail); n++) {
            const char *met = name_of(rows[i].mail, n, RECIPIENT_TRACE);

            if (*met)
                ROW_TEXT(rows[i].name, met, rows[i].trace);
        }
    }
}

static void lists_and_addresses_have_an_end(void **state)
{
    enum { MANY = 300000 };
    char *mail = malloc(MANY + 100);
    size_t n;

    (void)state;
    assert_non_null(mail);
    /* One address that is longer than any. */
    n = strlen("Delivered-To: ");
    memcpy(mail, "Delivered-To: ", n);
    memset(mail + n, 'a', 2000);
    memcpy(mail + n + 2000, "@other.example\r\n", 17);
    assert_string_equal(name_of(mail, n + 2016, RECIPIENT_HEADER), "");
    /* More addresses than are looked at. */
    n = strlen("To: ");
    memcpy(mail, "To: ", n);
    for (size_t i = 0; i < 250; i++, n += 4)
        memcpy(mail + n, "a@b,", 4);
    memcpy(mail + n, "tls@acme.example\r\n", 18);
    assert_string_equal(name_of(mail, n + 18, RECIPIENT_HEADER), "");
    /* A header that is larger than any. */
    for (n = 0; n < MANY; n += 6)
        memcpy(mail + n, "A: b\r\n", 6);
    memcpy(mail + n, "To: tls@acme.example\r\n", 22);
    assert_string_equal(name_of(mail, n + 22, RECIPIENT_HEADER), "");
    free(mail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_mta_says_whose_a_mail_is),
        cmocka_unit_test(a_cut_mail_is_nobody_elses),
        cmocka_unit_test(lists_and_addresses_have_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
