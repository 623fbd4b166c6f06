/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "service/mailbox_batch.h"

/* A sink that notes what is put. */
struct sink {
    char seen[64];  /* numbers as letters; '|' where it was waited */
    unsigned fails; /* number of the mail that is not taken */
    unsigned loses; /* number of the mail that is taken and not kept */
};

static int put(void *context, struct mailbox_mail *mail, struct err *err)
{
    struct sink *sink = context;

    if (mail->number == sink->fails)
        return err_set(err, ERR_SYSTEM, "not taken");
    mail->is_kept = mail->number != sink->loses;
    sink->seen[strlen(sink->seen)] = (char)('a' + mail->number);
    return 0;
}

static int settle(void *context, struct err *err)
{
    struct sink *sink = context;

    (void)err;
    sink->seen[strlen(sink->seen)] = '|';
    return 0;
}

static const struct intake_origin origin = { .source = "imap x",
                                             .tenant = "",
                                             .destination = "" };

static void fill(struct mailbox_batch *batch, uint32_t n)
{
    for (uint32_t i = 1; i <= n; i++)
        assert_non_null(
            mailbox_batch_add(batch, strdup("octets"), 6, "label", i, &origin));
    assert_int_equal(batch->n, n);
    assert_int_equal(batch->bytes, 6 * n);
}

static void mails_are_put_in_order(void **state)
{
    struct sink sink = { 0 };
    struct mailbox_sink to = { put, settle, &sink };
    struct mailbox_batch batch = { 0 };
    struct err err;

    (void)state;
    fill(&batch, 4);
    assert_int_equal(mailbox_batch_keep(&batch, 3, &to, &err), 0);
    assert_int_equal(mailbox_batch_keep(&batch, 1, &to, &err), 0);
    assert_string_equal(sink.seen, "bcd|e|");
    mailbox_batch_clear(&batch);
    assert_int_equal(batch.bytes, 0);
    fill(&batch, 100);
    mailbox_batch_deinit(&batch);
}

static void what_is_not_kept_fails_the_batch(void **state)
{
    struct sink sink = { .loses = 2 };
    struct mailbox_sink to = { put, settle, &sink };
    struct mailbox_batch batch = { 0 };
    struct err err;

    (void)state;
    fill(&batch, 3);
    assert_int_equal(mailbox_batch_keep(&batch, 3, &to, &err), -1);
    assert_int_equal(err.kind, ERR_STORE);
    mailbox_batch_deinit(&batch);
}

/* What was put is waited for even then: it must not be freed before. */
static void a_sink_that_refuses_is_waited_for(void **state)
{
    struct sink sink = { .fails = 3 };
    struct mailbox_sink to = { put, settle, &sink };
    struct mailbox_batch batch = { 0 };
    struct err err;

    (void)state;
    fill(&batch, 4);
    assert_int_equal(mailbox_batch_keep(&batch, 4, &to, &err), -1);
    assert_string_equal(err.text, "not taken");
    assert_string_equal(sink.seen, "bc|");
    mailbox_batch_deinit(&batch);
}

static void a_place_is_that_of_the_source(void **state)
{
    struct mailbox_batch batch = { 0 };
    const struct store_position *position;
    struct err err;

    (void)state;
    fill(&batch, 2);
    assert_int_equal(mailbox_mail_place(batch.mails[0], "uid", "1 2", &err), 0);
    position = batch.mails[0]->delivery.position;
    assert_string_equal(position->source, "imap x");
    assert_string_equal(position->item, "uid");
    assert_string_equal(position->value, "1 2");
    assert_int_equal(mailbox_mail_place(batch.mails[1], "gone", NULL, &err), 0);
    assert_null(batch.mails[1]->delivery.position->value);
    mailbox_batch_deinit(&batch);
}

static void only_kept_reports_are_reports(void **state)
{
    struct mailbox_mail mail = { .is_kept = true };

    (void)state;
    assert_false(mailbox_mail_has_report(&mail));
    mail.delivery.outcome.n_refused = 1;
    assert_false(mailbox_mail_has_report(&mail));
    mail.delivery.outcome.n_reports[STORE_DUPLICATE] = 1;
    assert_true(mailbox_mail_has_report(&mail));
    mail.is_kept = false;
    assert_false(mailbox_mail_has_report(&mail));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mails_are_put_in_order),
        cmocka_unit_test(what_is_not_kept_fails_the_batch),
        cmocka_unit_test(a_sink_that_refuses_is_waited_for),
        cmocka_unit_test(a_place_is_that_of_the_source),
        cmocka_unit_test(only_kept_reports_are_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
