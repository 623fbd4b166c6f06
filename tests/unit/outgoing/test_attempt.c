/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "outgoing/attempt.h"
#include "row.h"

enum { FIRST = 1800000000, DAY = 86400, NO_JITTER = ATTEMPT_JITTER_PCT };

static const struct {
    const char *name;
    struct attempt_outcome outcome;
    enum attempt_fate first, second; /* of the first try, of one later */
} rows[] = {
    { "250", { ATTEMPT_SMTP, 250, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "251", { ATTEMPT_SMTP, 251, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "421", { ATTEMPT_SMTP, 421, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "451", { ATTEMPT_SMTP, 451, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "550", { ATTEMPT_SMTP, 550, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "552", { ATTEMPT_SMTP, 552, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "530", { ATTEMPT_SMTP, 530, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "535", { ATTEMPT_SMTP, 535, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "538", { ATTEMPT_SMTP, 538, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "odd reply", { ATTEMPT_SMTP, 0, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "relay 554", { ATTEMPT_SESSION, 554, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "relay 535", { ATTEMPT_SESSION, 535, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "200", { ATTEMPT_HTTP, 200, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "201", { ATTEMPT_HTTP, 201, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "202", { ATTEMPT_HTTP, 202, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "204", { ATTEMPT_HTTP, 204, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "301", { ATTEMPT_HTTP, 301, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "302", { ATTEMPT_HTTP, 302, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "307", { ATTEMPT_HTTP, 307, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "308", { ATTEMPT_HTTP, 308, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "400", { ATTEMPT_HTTP, 400, 0 }, ATTEMPT_AGAIN, ATTEMPT_REFUSED },
    { "403", { ATTEMPT_HTTP, 403, 0 }, ATTEMPT_AGAIN, ATTEMPT_REFUSED },
    { "404", { ATTEMPT_HTTP, 404, 0 }, ATTEMPT_AGAIN, ATTEMPT_REFUSED },
    { "408", { ATTEMPT_HTTP, 408, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "410", { ATTEMPT_HTTP, 410, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "413", { ATTEMPT_HTTP, 413, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "425", { ATTEMPT_HTTP, 425, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "429", { ATTEMPT_HTTP, 429, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "500", { ATTEMPT_HTTP, 500, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "503", { ATTEMPT_HTTP, 503, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "999", { ATTEMPT_HTTP, 999, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "exit 0", { ATTEMPT_EXIT, 0, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "exit 1", { ATTEMPT_EXIT, 1, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "exit 65", { ATTEMPT_EXIT, 65, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "exit 67", { ATTEMPT_EXIT, 67, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "exit 75", { ATTEMPT_EXIT, 75, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "exit 78", { ATTEMPT_EXIT, 78, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "killed", { ATTEMPT_EXIT, -1, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "written", { ATTEMPT_FILE, 0, 0 }, ATTEMPT_DELIVERED, ATTEMPT_DELIVERED },
    { "not written", { ATTEMPT_FILE, 28, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "name", { ATTEMPT_NAME, 0, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "connect", { ATTEMPT_CONNECT, 0, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "tls", { ATTEMPT_TLS, 0, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "time", { ATTEMPT_TIME, 0, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "ours", { ATTEMPT_OURS, 0, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
    { "address", { ATTEMPT_ADDRESS, 0, 0 }, ATTEMPT_REFUSED, ATTEMPT_REFUSED },
    { "unusable",
      { ATTEMPT_UNUSABLE, 0, 0 },
      ATTEMPT_REFUSED,
      ATTEMPT_REFUSED },
    { "stopped", { ATTEMPT_STOPPED, 0, 0 }, ATTEMPT_AGAIN, ATTEMPT_AGAIN },
};

static struct attempt_next decide(const struct attempt_outcome *outcome,
                                  int64_t age_s, int64_t tries, int64_t retry_s)
{
    const struct attempt_history history = { .now = FIRST + age_s,
                                             .first_try_at = FIRST,
                                             .tries = tries,
                                             .retry_s = retry_s,
                                             .random = NO_JITTER };

    return attempt_decide(outcome, &history);
}

static void every_outcome_leads_somewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        ROW_NUMBER(rows[i].name, decide(&rows[i].outcome, 0, 1, DAY).fate,
                   rows[i].first);
        ROW_NUMBER(rows[i].name, decide(&rows[i].outcome, 300, 2, DAY).fate,
                   rows[i].second);
    }
}

static void delays_double_up_to_four_hours(void **state)
{
    static const int minutes[] = { 5, 10, 20, 40, 80, 160, 240, 240, 240 };

    (void)state;
    for (size_t i = 0; i < ROWS(minutes); i++)
        assert_int_equal(attempt_delay((int64_t)i + 1), minutes[i] * 60);
    assert_int_equal(attempt_delay(INT64_MAX), ATTEMPT_MAX_DELAY_S);
    assert_int_equal(attempt_delay(0), ATTEMPT_FIRST_DELAY_S);
}

/* All of a life: R-SND-34 and -35. */
static void it_is_tried_for_a_day_and_no_longer(void **state)
{
    const struct attempt_outcome later = { ATTEMPT_SMTP, 451, 0 };
    struct attempt_next next = { .at = FIRST };
    utc_time last = FIRST;
    int64_t tries = 0;

    (void)state;
    do {
        last = next.at;
        next = decide(&later, last - FIRST, ++tries, DAY);
    } while (next.fate == ATTEMPT_AGAIN);
    assert_int_equal(next.fate, ATTEMPT_GIVEN_UP);
    assert_true(last > FIRST + DAY - ATTEMPT_MAX_DELAY_S);
    assert_true(last < FIRST + DAY);
    assert_int_equal(tries, 11);
}

static void jitter_stays_within_a_fifth(void **state)
{
    const struct attempt_outcome later = { ATTEMPT_TIME, 0, 0 };
    struct attempt_history history = {
        .now = FIRST, .first_try_at = FIRST, .tries = 1, .retry_s = DAY
    };
    bool is_low = false, is_high = false;

    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        int64_t delay_s;

        history.random = i * 2654435761u;
        delay_s = attempt_decide(&later, &history).at - FIRST;
        assert_in_range(delay_s, 240, 360);
        is_low |= delay_s < 270;
        is_high |= delay_s > 330;
    }
    assert_true(is_low && is_high);
}

static void retry_after_is_honoured_within_the_day(void **state)
{
    struct attempt_outcome busy = { ATTEMPT_HTTP, 503, 3600 };
    struct attempt_next next = decide(&busy, 0, 1, DAY);

    (void)state;
    assert_int_equal(next.fate, ATTEMPT_AGAIN);
    assert_int_equal(next.at, FIRST + 3600);
    busy.retry_after_s = 10; /* sooner than we would: not believed */
    assert_int_equal(decide(&busy, 0, 1, DAY).at, FIRST + 300);
    /* Beyond it there is a last try at its end, and then none. */
    busy.retry_after_s = DAY + 1;
    assert_int_equal(decide(&busy, 0, 1, DAY).fate, ATTEMPT_AGAIN);
    assert_int_equal(decide(&busy, 0, 1, DAY).at, FIRST + DAY);
    busy.retry_after_s = INT64_MAX;
    assert_int_equal(decide(&busy, 3600, 2, DAY).fate, ATTEMPT_AGAIN);
    assert_int_equal(decide(&busy, 3600, 2, DAY).at, FIRST + DAY);
    assert_int_equal(decide(&busy, DAY, 2, DAY).fate, ATTEMPT_GIVEN_UP);
    assert_int_equal(decide(&busy, DAY + 60, 2, DAY).fate, ATTEMPT_GIVEN_UP);
    assert_int_equal(decide(&busy, 0, 1, 0).fate, ATTEMPT_GIVEN_UP);
}

static void without_retries_there_is_none(void **state)
{
    const struct attempt_outcome later = { ATTEMPT_CONNECT, 0, 0 };
    const struct attempt_outcome stopped = { ATTEMPT_STOPPED, 0, 0 };

    (void)state;
    assert_int_equal(decide(&later, 0, 1, 0).fate, ATTEMPT_GIVEN_UP);
    /* It was not the other side that failed. */
    assert_int_equal(decide(&stopped, 0, 1, 0).fate, ATTEMPT_AGAIN);
    assert_int_equal(decide(&stopped, 0, 1, 0).at, FIRST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_leads_somewhere),
        cmocka_unit_test(delays_double_up_to_four_hours),
        cmocka_unit_test(it_is_tried_for_a_day_and_no_longer),
        cmocka_unit_test(jitter_stays_within_a_fifth),
        cmocka_unit_test(retry_after_is_honoured_within_the_day),
        cmocka_unit_test(without_retries_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
