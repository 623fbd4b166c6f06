/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service/limits.h"
#include "service/mailbox_delay.h"

/* Within a tenth of what it is about. */
static void assert_about(int64_t ms, int64_t about_ms)
{
    if (ms < about_ms - about_ms / 10 - 1 || ms > about_ms + about_ms / 10 + 1)
        fail_msg("%lld ms, expected about %lld", (long long)ms,
                 (long long)about_ms);
}

static void what_works_is_asked_at_intervals(void **state)
{
    struct mailbox_delay delay;

    (void)state;
    mailbox_delay_init(&delay, 60);
    for (int i = 0; i < 100; i++)
        assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_NONE), 60000);
    mailbox_delay_init(&delay, 0);
    assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_NONE),
                 SERVICE_MAILBOX_INTERVAL_S * 1000);
}

static void what_fails_is_asked_less_and_less(void **state)
{
    int64_t about_ms = SERVICE_MAILBOX_RETRY_MS;
    struct mailbox_delay delay;

    (void)state;
    mailbox_delay_init(&delay, 60);
    for (int i = 0; i < 40; i++) {
        assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_OTHER), about_ms);
        about_ms = about_ms * 2 < SERVICE_MAILBOX_RETRY_MAX_MS
                       ? about_ms * 2
                       : SERVICE_MAILBOX_RETRY_MAX_MS;
    }
    assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_NONE), 60000);
    assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_OTHER),
                 SERVICE_MAILBOX_RETRY_MS);
}

static void a_refused_password_is_tried_rarely(void **state)
{
    struct mailbox_delay delay;
    int64_t all_ms = 0;

    (void)state;
    mailbox_delay_init(&delay, 1);
    assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_LOGIN),
                 SERVICE_MAILBOX_LOGIN_RETRY_MS);
    assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_LOGIN),
                 SERVICE_MAILBOX_LOGIN_RETRY_MS * 2);
    for (int i = 0; i < 8; i++)
        all_ms += mailbox_delay_next(&delay, MAIL_TROUBLE_LOGIN);
    assert_true(all_ms > 4 * 3600 * 1000);
    assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_LOGIN),
                 SERVICE_MAILBOX_LOGIN_RETRY_MAX_MS);
    /* Another trouble begins anew. */
    assert_about(mailbox_delay_next(&delay, MAIL_TROUBLE_OTHER),
                 SERVICE_MAILBOX_RETRY_MS);
}

static void no_two_waits_are_the_same(void **state)
{
    struct mailbox_delay delay;
    int n_same = 0;
    int64_t last;

    (void)state;
    mailbox_delay_init(&delay, 300);
    last = mailbox_delay_next(&delay, MAIL_TROUBLE_NONE);
    for (int i = 0; i < 20; i++) {
        int64_t ms = mailbox_delay_next(&delay, MAIL_TROUBLE_NONE);

        n_same += ms == last;
        last = ms;
    }
    assert_true(n_same < 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_works_is_asked_at_intervals),
        cmocka_unit_test(what_fails_is_asked_less_and_less),
        cmocka_unit_test(a_refused_password_is_tried_rarely),
        cmocka_unit_test(no_two_waits_are_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
