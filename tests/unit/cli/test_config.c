/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/config.h"

static int load(void *context, const char *path, struct buffer *out,
                struct err *err)
{
    (void)path;
    (void)err;
    buffer_add_text(out, context);
    return 0;
}

static struct config config;

static void read_text(const char *text)
{
    struct err err;

    config_deinit(&config);
    assert_int_equal(
        config_read("/f", load, (void *)(uintptr_t)text, &config, &err), 0);
}

/* All problems, one a line: "line text". */
static const char *told(const char *text)
{
    static char out[4096];
    size_t n = 0;

    read_text(text);
    *out = '\0';
    for (size_t i = 0; i < config.problems.n_rows; i++)
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%u %s\n",
                              config.problems.rows[i].place.line,
                              config.problems.rows[i].text);
    return out;
}

static void all_is_put_in_its_place(void **state)
{
    const struct settings *s;

    (void)state;
    assert_string_equal(
        told("store = /var/x.db\n"
             "listen = '[::1]:8460'\n"
             "domains = { example.com } domains += .example.net\n"
             "tenant a { domains = { a.example }\n"
             "           recipients = { '+a', x@a.example } }\n"
             "lmtp p { listen = unix:/run/l tenant = a\n"
             "         proof = mark recipients = @a.example\n"
             "         destination = 'mailto:x@a.example' }\n"
             "lmtp q { listen = 127.0.0.1:24 }\n"
             "resolver { forward = { 127.0.0.1 } anchor = /k }\n"
             "retention { raw = 30d quarantine = forever }\n"
             "quota { unproven = 10MiB }\n"
             "reserve = 0 log { level = debug format = json }\n"),
        "");
    s = config.settings;
    assert_non_null(s);
    assert_string_equal(s->store_url, "sqlite:/var/x.db");
    assert_string_equal(s->listen, "[::1]:8460");
    assert_int_equal(s->domains.n_items, 2);
    assert_string_equal(s->domains.items[1], ".example.net");
    assert_int_equal(s->n_tenants, 1);
    assert_string_equal(s->tenants[0].name, "a");
    assert_string_equal(s->tenants[0].recipients.items[1], "x@a.example");
    assert_int_equal(s->n_lmtp, 2);
    assert_string_equal(s->lmtp[0].name, "p");
    assert_string_equal(s->lmtp[0].tenant, "a");
    assert_int_equal(s->lmtp[0].rule, INTAKE_MARK);
    assert_string_equal(s->lmtp[0].destination, "mailto:x@a.example");
    assert_string_equal(s->lmtp[0].recipients.items[0], "@a.example");
    assert_int_equal(s->lmtp[1].rule, INTAKE_REQUIRE);
    assert_null(s->lmtp[1].tenant);
    assert_string_equal(s->resolver.forward.items[0], "127.0.0.1");
    assert_true(s->retention.raw_s == 30 * 86400);
    assert_true(s->retention.facts_s == SETTINGS_FOREVER);
    assert_true(s->retention.quarantine_s == SETTINGS_FOREVER);
    assert_true(s->quota.unproven_bytes == 10 << 20);
    assert_true(s->reserve_bytes == 0);
    assert_int_equal(s->log.level, LOG_LEVEL_DEBUG);
    assert_int_equal(s->log.format, LOG_FORMAT_JSON);
}

static void sections_with_structs_of_others_are_filled(void **state)
{
    const struct settings *s;

    (void)state;
    assert_string_equal(
        told(
            "https in { listen = 127.0.0.1:1 host = R.example:8443 proof = mark\n"
            "  trusted_proxies = { ::1 } path /a { tenant = t } }\n"
            "mailbox m { url = 'imaps://u@h.example/X'\n"
            "  token_command = { /bin/x, y } interval = 2min after = flag }\n"
            "folder d { kind = drop path = /d max_size = 1MiB }\n"
            "folder e { kind = maildir path = /e tenant = t\n"
            "  destination = a@b.example after = delete }\n"
            "folder f { kind = mbox path = /f proof = mark }\n"
            "tenant t { }\n"),
        "");
    s = config.settings;
    assert_string_equal(s->https[0].name, "in");
    assert_string_equal(s->https[0].options.name, "r.example:8443");
    assert_int_equal(s->https[0].options.rule, INTAKE_MARK);
    assert_int_equal(s->https[0].options.n_proxies, 1);
    assert_string_equal(s->https[0].options.proxies[0], "::1");
    assert_int_equal(s->https[0].options.n_paths, 1);
    assert_string_equal(s->https[0].options.paths[0].path, "/a");
    assert_string_equal(s->https[0].options.paths[0].tenant, "t");
    assert_false(s->https[0].options.paths[0].is_secret);
    assert_string_equal(s->mailboxes[0].name, "m");
    assert_string_equal(s->mailboxes[0].token_command.items[1], "y");
    assert_null(s->mailboxes[0].token_command.items[2]);
    assert_int_equal(s->mailboxes[0].interval_s, 120);
    assert_int_equal(s->mailboxes[0].after, MAILBOX_FLAG);
    assert_int_equal(s->mailboxes[0].rule, INTAKE_REQUIRE);
    assert_int_equal(s->n_folders, 3);
    assert_string_equal(s->folders[0].name, "d");
    assert_int_equal(s->folders[0].origin.way, INTAKE_WAY_FILE);
    assert_int_equal(s->folders[0].origin.rule, INTAKE_MARK);
    assert_true(s->folders[0].max_bytes == 1 << 20);
    assert_int_equal(s->folders[0].after, FOLDER_AFTER_DEFAULT);
    assert_string_equal(s->folders[0].origin.tenant, "");
    assert_int_equal(s->folders[1].origin.way, INTAKE_WAY_MAIL);
    assert_int_equal(s->folders[1].origin.rule, INTAKE_REQUIRE);
    assert_int_equal(s->folders[1].after, FOLDER_DELETE);
    assert_string_equal(s->folders[1].origin.tenant, "t");
    assert_string_equal(s->folders[1].origin.destination, "mailto:a@b.example");
    assert_true(s->folders[1].origin.is_live);
    assert_int_equal(s->folders[2].origin.rule, INTAKE_MARK);
}

static void sections_are_looked_at_as_a_whole(void **state)
{
    static const char *const rows[][2] = {
        { "https i { listen = 127.0.0.1:1 certificate = /x }",
          "1 the https that ends here: certificate and key go together\n" },
        { "https i { listen = 127.0.0.1:1 path x { } }",
          "1 the https that ends here: \"x\" is no path; write it as "
          "/v1/tlsrpt\n" },
        { "https i { listen = 127.0.0.1:1 path a { secret_file = /none/x } }",
          "1 secret_file: cannot read /none/x: No such file or directory\n"
          "1 the https that ends here: cannot read /none/x: No such file or "
          "directory\n" },
        { "folder f { kind = mbox path = /f after = move }",
          "1 the folder that ends here: an mbox is always left as it is; drop "
          "the line with after\n" },
        { "folder f { kind = mbox path = f }",
          "1 path is \"f\", but must be an absolute path, that is begin with "
          "/\n" },
        { "folder a { kind = drop path = /f }\nfolder b { kind = mbox path = /f "
          "}",
          "2 path \"/f\" stands already at /f:1; keep one of them\n" },
        { "https i { listen = 127.0.0.1:1 host = .x.example }",
          "1 host is \".x.example\", but must be a name, or name:port\n" },
        { "https i { listen = 127.0.0.1:1 host = x.example:0 }",
          "1 host is \"x.example:0\", but must be a name, or name:port\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(told(rows[i][0]), rows[i][1]);
        assert_null(config.settings);
    }
    assert_non_null(strstr(told("mailbox m { url = 'http://x' }"),
                           "1 the mailbox that ends here: "));
}

static void a_pattern_that_matches_nothing_is_refused(void **state)
{
    (void)state;
    assert_non_null(strstr(
        told("report { rule r { domains = { '*.example.com' } } }"),
        "1 domains cannot be used: \"*.example.com\" would match nothing;"
        " write a dot before the domain for it and all below, as"
        " .example.com\n"));
    assert_non_null(
        strstr(told("report { rule r { domains = { 'a@example.com' } } }"),
               "1 domains cannot be used: "));
    assert_non_null(
        strstr(told("report { rule r { destinations = { 'a@b@c' } } }"),
               "1 destinations cannot be used: "));
    assert_null(
        strstr(told("report { rule r { destinations = { 'a@example.com' } } }"),
               "destinations"));
}

static void an_empty_file_gives_the_defaults(void **state)
{
    (void)state;
    assert_string_equal(told(""), "");
    assert_null(config.settings->store_url);
    assert_string_equal(config.settings->listen, SETTINGS_LISTEN);
    assert_int_equal(config.settings->n_lmtp, 0);
    assert_int_equal(config.settings->log.level, LOG_LEVEL_NOTICE);
}

static void every_problem_is_told_with_its_line(void **state)
{
    (void)state;
    assert_string_equal(
        told("stor = x\nlisten = 0.0.0.0:80\nlog { lev = x }\n"
             "retention { raw = 5 }\nzzzz { a = { b } }\n"),
        "1 there is no stor here; did you mean store?\n"
        "2 listen is \"0.0.0.0:80\", but must be a loopback address and port, "
        "e.g. 127.0.0.1:8460: there is no sign-in yet, so use ssh -L from "
        "elsewhere\n"
        "3 there is no lev here; did you mean level?\n"
        "4 raw is \"5\", but must be a number with its unit, e.g. 90d or 12h, "
        "or forever\n"
        "5 there is no zzzz here; see tlsrpt.conf(5)\n");
    assert_null(config.settings);
}

static void what_stands_twice_is_refused(void **state)
{
    static const char *const rows[][2] = {
        { "store = /a\nstore = /b",
          "2 store stands twice; keep one of them\n" },
        { "store = /a store = /a", "1 store stands twice; keep one of them\n" },
        { "domains = a.example\ndomains = b.example",
          "2 domains stands twice; use += to add to the first\n" },
        { "domains = { a.example, b.example }\ndomains = { c.example }",
          "2 domains stands twice; use += to add to the first\n" },
        { "domains = a.example\ndomains = {}",
          "1 domains stands twice; use += to add to the first\n" },
        { "log { level = info }\nlog { }",
          "2 a second section log ends here; put all into the first\n" },
        { "domains = { a.example,\nA.example }",
          "2 domains \"a.example\" stands already at /f:1; keep one of them\n" },
        { "tenant a { recipients = '+x' }\ntenant b { recipients = '+X' }",
          "2 recipients \"+x\" stands already at /f:1; keep one of them\n" },
        { "lmtp a { listen = 127.0.0.1:1 }\nlisten = 127.0.0.1:1",
          "1 listen \"127.0.0.1:1\" stands already at /f:2; keep one of "
          "them\n" },
        { "tenant a {}\ntenant a {}",
          "2 found duplicate title 'a'; give each section of a name a title "
          "of its own\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(told(rows[i][0]), rows[i][1]);
}

static void shapes_that_are_wrong_are_refused(void **state)
{
    static const char *const rows[][2] = {
        { "listen 127.0.0.1:80",
          "1 missing equal sign after option 'listen'; write NAME = VALUE\n" },
        { "\nlog = info",
          "2 missing opening brace for section 'log'; write NAME { ... }\n" },
        { "lmtp {\n}",
          "1 missing title for section 'lmtp'; write NAME \"TITLE\" { ... }\n" },
        { "store = { /a }",
          "1 unexpected token '{'; a list is { \"a\", \"b\" }\n" },
        { "store += /a", "1 attempt to append to non-list option 'store'; "
                         "write = instead of +=\n" },
        { "domains = { a.example b.example }",
          "1 unexpected token 'b.example'; a list is { \"a\", \"b\" }\n" },
        { "lmtp a {\n}", "2 the section that ends here lacks listen\n" },
        { "log {\n",
          "1 this { is never closed; put } where the section ends\n" },
        { "lmtp \"\" { listen = 127.0.0.1:1 }",
          "1 the title of the lmtp that ends here must have 1 to 64 octets\n" },
        { "lmtp a { listen = 127.0.0.1:1\ntenant = b }",
          "2 there is no tenant \"b\"; write a section tenant \"b\" { ... }\n" },
        { "store = \"\"",
          "1 store is empty; write a value or drop the line\n" },
        { "<end> = yes",
          "1 < has no meaning here; put the value in quotes\n"
          "1 unexpected token '='; a list is { \"a\", \"b\" }\n" },
        { "reserve = 10 MiB",
          "1 there is no MiB here; see tlsrpt.conf(5)\n"
          "1 reserve is \"10\", but must be a number with its unit, e.g. "
          "512KiB, 10MiB or 1GB\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(told(rows[i][0]), rows[i][1]);
        assert_null(config.settings);
    }
}

/* What one reading leaves in libconfuse must not spoil the next. */
static void a_good_file_is_read_after_each_bad_one(void **state)
{
    static const char *const bad[] = {
        "log {", "store = \"x", "store = { 'x'",          "a { b { c = d",
        "}",     "store = '",   "tenant a {} tenant a {", "listen"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        read_text(bad[i]);
        assert_null(config.settings);
        assert_string_equal(told("store = /a\n"), "");
        assert_string_equal(config.settings->store_url, "sqlite:/a");
    }
}

static int teardown(void **state)
{
    (void)state;
    config_deinit(&config);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_put_in_its_place),
        cmocka_unit_test(sections_with_structs_of_others_are_filled),
        cmocka_unit_test(sections_are_looked_at_as_a_whole),
        cmocka_unit_test(a_pattern_that_matches_nothing_is_refused),
        cmocka_unit_test(an_empty_file_gives_the_defaults),
        cmocka_unit_test(every_problem_is_told_with_its_line),
        cmocka_unit_test(what_stands_twice_is_refused),
        cmocka_unit_test(shapes_that_are_wrong_are_refused),
        cmocka_unit_test(a_good_file_is_read_after_each_bad_one),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
