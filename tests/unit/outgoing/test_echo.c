/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/echo.h"
#include "outgoing/night_sample.h"

static struct outgoing_echo begin(struct night_sample *sample)
{
    struct outgoing_echo echo = { .settings = &sample->settings,
                                  .outbox = sample->outbox,
                                  .clock = &sample->clock,
                                  .day = NIGHT_DAY };

    outgoing_echo_begin(&echo, &sample->identities[0]);
    return echo;
}

static bool judge(struct outgoing_echo *echo, const char *domain,
                  int64_t sessions)
{
    struct err err = { .kind = ERR_NONE };
    bool is_echo;

    if (outgoing_echo_judge(echo, domain, sessions, &is_echo, &err))
        fail_msg("%s", err.text);
    return is_echo;
}

static void sessions_are_held_against_mails(void **state)
{
    struct night_sample *sample = *state;
    struct outgoing_echo echo;

    night_sample_mails(sample, "a.example", 2);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 2, 1);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_TLSA, "", 2, 0);
    night_sample_add(sample, 0, "b.example", NULL, NIGHT_STS, "", 2, 0);
    echo = begin(sample);
    assert_true(judge(&echo, "a.example", 2));
    assert_false(judge(&echo, "a.example", 3));
    assert_false(judge(&echo, "b.example", 2));
    outgoing_echo_deinit(&echo);
}

/* Two under either record are four, and our mails were three. */
static void all_records_of_the_day_count(void **state)
{
    struct night_sample *sample = *state;
    struct outgoing_echo echo;

    night_sample_mails(sample, "a.example", 3);
    night_sample_add(sample, 0, "a.example", "v=TLSRPTv1;rua=mailto:x@a",
                     NIGHT_STS, "", 2, 0);
    night_sample_add(sample, 0, "a.example", "v=TLSRPTv1;rua=mailto:y@a",
                     NIGHT_TLSA, "", 2, 0);
    echo = begin(sample);
    assert_false(judge(&echo, "a.example", 2));
    outgoing_echo_deinit(&echo);
}

/* A first MX that is broken makes two of each mail. */
static void a_mail_may_make_several_sessions(void **state)
{
    struct night_sample *sample = *state;
    struct outgoing_echo echo;

    night_sample_mails(sample, "a.example", 2);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 4, 2);
    echo = begin(sample);
    assert_false(judge(&echo, "a.example", 4));
    sample->settings.sessions_per_mail = 2;
    assert_true(judge(&echo, "a.example", 4));
    outgoing_echo_deinit(&echo);
}

static void mails_that_nobody_here_sees_do_not_count(void **state)
{
    struct night_sample *sample = *state;
    struct outgoing_echo echo;

    night_sample_mails(sample, "a.example", 2);
    night_sample_add(sample, 0, "a.example", NULL, NIGHT_STS, "", 1, 0);
    echo = begin(sample);
    assert_true(judge(&echo, "a.example", 1));
    sample->identities[0].has_mails_elsewhere = true;
    assert_false(judge(&echo, "a.example", 1));
    outgoing_echo_deinit(&echo);
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, night_sample_open, night_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(sessions_are_held_against_mails),
        test(all_records_of_the_day_count),
        test(a_mail_may_make_several_sessions),
        test(mails_that_nobody_here_sees_do_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
