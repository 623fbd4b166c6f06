/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/gatherer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "store/tally.h"

enum { TODAY = 20779 }; /* 2026-11-22 */

#define LIST                                                                   \
    "echo 'TLSRPT FETCHER v1devel-c domain list\n2026-11-22 00:00:10\n"        \
    "2026-11-21\n.'"

/* Two hosts, a shell each. */
struct room {
    char folder[40], urls[2][80];
    const char *argv[2][5];
    struct outgoing_source sources[2];
    struct outgoing_settings settings;
    struct clock clock;
    struct err err;
};

static void set_script(struct room *room, int which, const char *script)
{
    room->argv[which][2] = script;
}

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof(*room));

    log_set_level(LOG_LEVEL_ERROR);
    snprintf(room->folder, sizeof(room->folder), "/tmp/gatherer-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    for (size_t i = 0; i < 2; i++) {
        snprintf(room->urls[i], sizeof(room->urls[i]), "sqlite:%s/%zu.db",
                 room->folder, i);
        room->argv[i][0] = "sh";
        room->argv[i][1] = "-c";
        room->argv[i][3] = "there";
        set_script(room, (int)i, LIST);
        room->sources[i] = (struct outgoing_source){
            .name = i ? "two" : "one",
            .command = { room->argv[i], 4 },
            .tally = room->urls[i],
        };
    }
    outgoing_settings_init(&room->settings);
    room->settings.lookback_days = 1;
    room->settings.sources = room->sources;
    room->settings.n_sources = 2;
    room->clock = clock_fixed((utc_time)TODAY * UTC_DAY_SECONDS + 30);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    struct room *room = *state;
    char path[128];

    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < 3; j++) {
            snprintf(path, sizeof(path), "%s%s", room->urls[i] + 7,
                     suffixes[j]);
            unlink(path);
        }
    }
    rmdir(room->folder);
    free(room);
    return 0;
}

static utc_day closed_day(struct room *room, int which)
{
    struct tally *tally;
    utc_day day;

    assert_int_equal(tally_open(room->urls[which], STORE_READ, &room->clock,
                                &tally, &room->err),
                     0);
    assert_int_equal(tally_closed_day(tally, &day, &room->err), 0);
    tally_close(tally);
    return day;
}

static void look(struct room *room)
{
    assert_int_equal(
        gatherer_look(&room->settings, &room->clock, -1, &room->err), 0);
}

static void all_days_that_are_owed_are_fetched(void **state)
{
    struct room *room = *state;

    look(room);
    assert_int_equal(closed_day(room, 0), TODAY - 1);
    assert_int_equal(closed_day(room, 1), TODAY - 1);
}

static void one_that_fails_keeps_no_other(void **state)
{
    struct room *room = *state;

    set_script(room, 0, "exit 1");
    look(room);
    assert_int_equal(closed_day(room, 0), UTC_DAY_NONE);
    assert_int_equal(closed_day(room, 1), TODAY - 1);
    set_script(room, 0, LIST);
    look(room);
    assert_int_equal(closed_day(room, 0), TODAY - 1);
}

static void a_later_day_waits_for_an_earlier_one(void **state)
{
    struct room *room = *state;

    set_script(room, 0, "[ $1 = 2026-11-21 ] && " LIST);
    look(room);
    assert_int_equal(closed_day(room, 0), UTC_DAY_NONE);
}

static void days_before_the_first_are_let_be(void **state)
{
    struct room *room = *state;

    room->sources[0].first = TODAY - 1;
    set_script(room, 0, "[ $1 = 2026-11-21 ] && " LIST);
    look(room);
    assert_int_equal(closed_day(room, 0), TODAY - 1);
}

/* What is closed by it would not be asked for until the years are over. */
static void a_clock_far_off_closes_nothing(void **state)
{
    struct room *room = *state;

    look(room);
    room->clock = clock_fixed((utc_time)(TODAY + 5000) * UTC_DAY_SECONDS);
    look(room);
    assert_int_equal(closed_day(room, 0), TODAY - 1);
}

/* Each call is in time, and all of them would take a quarter of an hour. */
static void one_with_much_to_say_slowly_is_not_waited_for(void **state)
{
    struct room *room = *state;

    room->settings.patience_s = 0;
    room->sources[0].time_s = room->sources[1].time_s = 4;
    set_script(room, 0,
               "[ $2 ] && exec sleep 1; echo 'TLSRPT FETCHER v1devel-c domain "
               "list\n2026-11-22 00:00:10\n2026-11-21'; seq -f 'd%.0f.example' "
               "900; echo .");
    log_set_level(LOG_LEVEL_ERROR);
    look(room);
    assert_int_equal(closed_day(room, 0), UTC_DAY_NONE);
    assert_int_equal(closed_day(room, 1), TODAY - 1);
}

static void it_says_when_all_have_looked_and_ends_those_that_hang(void **state)
{
    struct room *room = *state;
    const struct gatherer_options options = { .settings = &room->settings,
                                              .clock = &room->clock };
    struct gatherer *gatherer;

    assert_true(gatherer_has_looked(NULL));
    set_script(room, 0, "sleep 1000 & wait");
    assert_int_equal(gatherer_start(&options, &gatherer, &room->err), 0);
    assert_false(gatherer_has_looked(gatherer));
    gatherer_stop(gatherer);
    set_script(room, 0, LIST);
    assert_int_equal(gatherer_start(&options, &gatherer, &room->err), 0);
    while (!gatherer_has_looked(gatherer))
        usleep(1000);
    gatherer_stop(gatherer);
    assert_int_equal(closed_day(room, 0), TODAY - 1);
}

static void a_tally_that_cannot_be_made_keeps_no_other(void **state)
{
    struct room *room = *state;

    room->sources[1].tally = "sqlite:/proc/none/x.db";
    look(room);
    assert_int_equal(closed_day(room, 0), TODAY - 1);
    room->sources[1].tally = room->urls[1];
    look(room);
    assert_int_equal(closed_day(room, 1), TODAY - 1);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(all_days_that_are_owed_are_fetched),
        test(one_that_fails_keeps_no_other),
        test(a_later_day_waits_for_an_earlier_one),
        test(days_before_the_first_are_let_be),
        test(a_clock_far_off_closes_nothing),
        test(one_with_much_to_say_slowly_is_not_waited_for),
        test(it_says_when_all_have_looked_and_ends_those_that_hang),
        test(a_tally_that_cannot_be_made_keeps_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
