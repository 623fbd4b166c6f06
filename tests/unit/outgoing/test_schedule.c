/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 20700, SPREAD = 4 * 3600 };

#define MIDNIGHT ((utc_time)(DAY + 1) * UTC_DAY_SECONDS)

static void draw_all(int64_t cap, const char *host, utc_time *at, size_t n,
                     uint64_t seed)
{
    struct outgoing_schedule schedule;
    struct err err;

    outgoing_schedule_init(&schedule, DAY, MIDNIGHT, SPREAD, cap, seed);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(
            outgoing_schedule_draw(&schedule, slice_of(host), &at[i], &err), 0);
    outgoing_schedule_deinit(&schedule);
}

static void starts_are_spread_over_the_whole(void **state)
{
    utc_time at[1000];
    unsigned quarters[4] = { 0 };

    (void)state;
    draw_all(0, "a.example", at, 1000, 7);
    for (size_t i = 0; i < 1000; i++) {
        assert_true(at[i] >= MIDNIGHT + 1);
        assert_true(at[i] < MIDNIGHT + 1 + SPREAD);
        quarters[(at[i] - MIDNIGHT - 1) * 4 / SPREAD]++;
    }
    for (size_t i = 0; i < 4; i++)
        assert_in_range(quarters[i], 150, 350);
}

static void one_host_gets_no_more_than_its_cap(void **state)
{
    enum { N = 2000, CAP = 3 };
    static utc_time at[N];
    static unsigned minutes[SPREAD / 60 + N];

    (void)state;
    memset(minutes, 0, sizeof(minutes));
    draw_all(CAP, "a.example", at, N, 8);
    for (size_t i = 0; i < N; i++) {
        const size_t minute = (size_t)(at[i] - MIDNIGHT - 1) / 60;

        assert_true(minute < SPREAD / 60 + N / CAP);
        assert_true(++minutes[minute] <= CAP);
    }
    /* 720 fit into the spread, the others come behind it. */
    for (size_t i = 0; i < SPREAD / 60; i++)
        assert_int_equal(minutes[i], CAP);
}

static void hosts_have_times_of_their_own(void **state)
{
    utc_time a[2], b[2];

    (void)state;
    draw_all(1, "a.example", a, 2, 9);
    draw_all(1, "a.example", b, 2, 9);
    assert_int_equal(a[0], b[0]);
    assert_int_not_equal(a[0] / 60, a[1] / 60);
    draw_all(1, "a.example", b, 2, 10);
    assert_int_not_equal(a[0], b[0]);
}

static void a_late_run_starts_from_now(void **state)
{
    struct outgoing_schedule schedule;
    struct err err;
    utc_time at;

    (void)state;
    outgoing_schedule_init(&schedule, DAY, MIDNIGHT + 50000, 0, 30, 1);
    assert_int_equal(outgoing_schedule_draw(&schedule, SLICE("a"), &at, &err),
                     0);
    assert_int_equal(at, MIDNIGHT + 50000);
    outgoing_schedule_deinit(&schedule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_are_spread_over_the_whole),
        cmocka_unit_test(one_host_gets_no_more_than_its_cap),
        cmocka_unit_test(hosts_have_times_of_their_own),
        cmocka_unit_test(a_late_run_starts_from_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
