/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/mailbox_sweep.h"
#include "store/sample.h"

static const char *words[] = { "token", NULL };

#define TOKEN .token_command = { words, 1 }

static void options_that_make_no_sense_are_refused(void **state)
{
#define ROW(n, good, ...)                                                      \
    {                                                                          \
        .name = n, .is_good = good, .options = { __VA_ARGS__ }                 \
    }
    static const struct {
        const char *name;
        bool is_good;
        struct mailbox_options options;
    } rows[] = {
        ROW("imap", true, .url = "imaps://u@h/INBOX", .password_file = "/p"),
        ROW("token", true, .url = "pop3s://u@h", TOKEN),
        ROW("no secret", false, .url = "imaps://u@h/INBOX"),
        ROW("two secrets", false, .url = "imaps://u@h/INBOX",
            .password_file = "/p", TOKEN),
        ROW("no URL", false, .url = "u@h", .password_file = "/p"),
        ROW("plain here", true, .url = "imap://u@127.0.0.1",
            .password_file = "/p", .is_plain = true),
        ROW("plain elsewhere", false, .url = "imap://u@h",
            .password_file = "/p", .is_plain = true),
        ROW("plain and TLS", false, .url = "imaps://u@localhost",
            .password_file = "/p", .is_plain = true),
        ROW("flag", true, .url = "imaps://u@h", .password_file = "/p",
            .after = MAILBOX_FLAG),
        ROW("bad flag", false, .url = "imaps://u@h", .password_file = "/p",
            .after = MAILBOX_FLAG, .keyword = "a b"),
        ROW("POP3 flag", false, .url = "pop3s://u@h", .password_file = "/p",
            .after = MAILBOX_FLAG),
        ROW("move", true, .url = "imaps://u@h", .password_file = "/p",
            .after = MAILBOX_MOVE, .folder = "Done"),
        ROW("move nowhere", false, .url = "imaps://u@h", .password_file = "/p",
            .after = MAILBOX_MOVE),
        ROW("move here", false, .url = "imaps://u@h/Done",
            .password_file = "/p", .after = MAILBOX_MOVE, .folder = "Done"),
        ROW("move with a command", false, .url = "imaps://u@h",
            .password_file = "/p", .after = MAILBOX_MOVE, .folder = "a\r\nb"),
        ROW("POP3 move", false, .url = "pop3s://u@h", .password_file = "/p",
            .after = MAILBOX_MOVE, .folder = "Done"),
        ROW("POP3 delete", true, .url = "pop3s://u@h", .password_file = "/p",
            .after = MAILBOX_DELETE),
    };
#undef ROW

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct err err = { 0 };
        int rc = mailbox_check(&rows[i].options, &err);

        if (rc != (rows[i].is_good ? 0 : -1))
            fail_msg("%s: %d %s", rows[i].name, rc, err.text);
    }
}

static void put(struct sample_store *sample, const char *item,
                const char *value)
{
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_put_position(sample->store, "imap x", item, value,
                                         &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static void load(struct sample_store *sample, const char *url,
                 enum mailbox_after after, struct mailbox_sweep *sweep)
{
    const struct mailbox_options options = { .name = "imap x",
                                             .url = url,
                                             .password_file = "/p",
                                             .after = after,
                                             .folder = "Done" };
    static struct mailbox_options kept;

    kept = options;
    assert_ok(sample, mailbox_sweep_init(sweep, &kept, &sample->err));
    assert_ok(sample, mailbox_sweep_load(sweep, sample->store, &sample->err));
}

static void the_position_of_imap_is_read(void **state)
{
    static const char url[] = "imaps://u@h/INBOX";
    struct sample_store *sample = *state;
    struct mailbox_sweep sweep;

    load(sample, url, MAILBOX_MOVE, &sweep);
    assert_int_equal(sweep.imap.uidvalidity, 0);
    assert_int_equal(sweep.imap.passed, 0);
    mailbox_sweep_deinit(&sweep);

    put(sample, "imaps://u@h/INBOX uid", "7 100");
    put(sample, "imaps://u@h/INBOX settled", "7 90");
    put(sample, "imaps://u@h/INBOX2 uid", "7 4000");
    put(sample, "imaps://v@h/INBOX uid", "8 4000");
    load(sample, url, MAILBOX_LEAVE, &sweep);
    assert_int_equal(sweep.imap.uidvalidity, 7);
    assert_int_equal(sweep.imap.passed, 100);
    mailbox_sweep_deinit(&sweep);

    /* What was stored and perhaps not moved is looked at again. */
    load(sample, url, MAILBOX_MOVE, &sweep);
    assert_int_equal(sweep.imap.stored, 100);
    assert_int_equal(sweep.imap.passed, 90);
    mailbox_sweep_deinit(&sweep);

    /* Not by the numbers of another time. */
    put(sample, "imaps://u@h/INBOX settled", "6 90");
    load(sample, url, MAILBOX_MOVE, &sweep);
    assert_int_equal(sweep.imap.passed, 100);
    assert_false(sweep.imap.is_settling);
    mailbox_sweep_deinit(&sweep);
}

static void what_is_no_position_is_an_error(void **state)
{
    static const char *const bad[] = {
        "", "7", "7 ", "x 1", "7 1x", "7  ", "7 99999999999", " "
    };
    struct mailbox_imap imap = { 0 };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (mailbox_imap_load(&imap, "uid", bad[i], &err) != -1)
            fail_msg("\"%s\" is taken", bad[i]);
    assert_int_equal(mailbox_imap_load(&imap, "later", "x", &err), 0);
}

static void the_names_of_pop3_are_read(void **state)
{
    struct sample_store *sample = *state;
    struct mailbox_sweep sweep;

    put(sample, "pop3s://u@h a", "kept");
    put(sample, "pop3s://u@h b c", "other");
    put(sample, "pop3s://u@h2 d", "kept");
    load(sample, "pop3s://u@h", MAILBOX_DELETE, &sweep);
    assert_int_equal(*map_find(&sweep.pop3.uidls, SLICE("a")),
                     MAILBOX_UIDL_KEPT);
    assert_int_equal(*map_find(&sweep.pop3.uidls, SLICE("b c")),
                     MAILBOX_UIDL_OTHER);
    assert_null(map_find(&sweep.pop3.uidls, SLICE("d")));
    mailbox_sweep_deinit(&sweep);
}

static void the_destination_is_the_user(void **state)
{
    struct mailbox_options options = { .name = "x",
                                       .url = "imaps://t@example.com@h",
                                       .password_file = "/p" };
    struct mailbox_sweep sweep;
    struct err err;

    (void)state;
    assert_int_equal(mailbox_sweep_init(&sweep, &options, &err), 0);
    assert_string_equal(sweep.origin.destination, "mailto:t@example.com");
    assert_string_equal(sweep.origin.tenant, "");
    assert_true(sweep.origin.is_live);
    mailbox_sweep_deinit(&sweep);
    options.url = "imaps://t@h";
    assert_int_equal(mailbox_sweep_init(&sweep, &options, &err), 0);
    assert_string_equal(sweep.origin.destination, "");
    mailbox_sweep_deinit(&sweep);
    options.destination = "mailto:x@y";
    assert_int_equal(mailbox_sweep_init(&sweep, &options, &err), 0);
    assert_string_equal(sweep.origin.destination, "mailto:x@y");
    mailbox_sweep_deinit(&sweep);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_that_make_no_sense_are_refused),
        test(the_position_of_imap_is_read),
        cmocka_unit_test(what_is_no_position_is_an_error),
        test(the_names_of_pop3_are_read),
        cmocka_unit_test(the_destination_is_the_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
