/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/rounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/log.h"
#include "collect/limits.h"
#include "store/tally.h"

enum { TODAY = 20779 }; /* days since 1970 */

/* Late enough for all of yesterday's sums. */
#define MORNING ((utc_time)TODAY * UTC_DAY_SECONDS + 7 * 3600)

/* A collector that closes nothing, and an outbox. */
struct room {
    char folder[32], url[64], outbox_url[64], host_url[64];
    const char *items[2];
    struct outgoing_settings settings;
    struct outgoing_identity identity;
    struct tally *tally;
    struct clock clock;
    struct rounds rounds;
    struct err err;
};

static void begin(struct room *room)
{
    room->rounds = (struct rounds){ .settings = &room->settings,
                                    .outbox = room->rounds.outbox,
                                    .clock = &room->clock };
    assert_int_equal(rounds_init(&room->rounds, &room->err), 0);
}

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof(*room));

    log_set_level(LOG_LEVEL_ERROR);
    snprintf(room->folder, sizeof(room->folder), "/tmp/rounds-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    room->clock = clock_fixed(MORNING);
    outgoing_settings_init(&room->settings);
    snprintf(room->url, sizeof(room->url), "sqlite:%s/tally.db", room->folder);
    snprintf(room->host_url, sizeof(room->host_url), "sqlite:%s/host.db",
             room->folder);
    snprintf(room->outbox_url, sizeof(room->outbox_url), "sqlite:%s/outbox.db",
             room->folder);
    assert_int_equal(tally_open(room->url, STORE_WRITE, &room->clock,
                                &room->tally, &room->err),
                     0);
    assert_int_equal(outbox_open(room->outbox_url, STORE_WRITE, &room->clock,
                                 &room->rounds.outbox, &room->err),
                     0);
    room->items[0] = room->url;
    room->items[1] = room->host_url;
    room->identity = (struct outgoing_identity){
        .name = "",
        .organization_name = "Example",
        .contact_info = "tls@mta.example.org",
        .tallies = { room->items, 1 },
        .is_signed_by_relay = true,
    };
    room->settings.identities = &room->identity;
    room->settings.n_identities = 1;
    begin(room);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    char text[64];

    outbox_close(room->rounds.outbox);
    tally_close(room->tally);
    snprintf(text, sizeof(text), "rm -r %s", room->folder);
    assert_int_equal(system(text), 0);
    free(room);
    return 0;
}

static void add(struct room *room, utc_day day)
{
    const struct tally_row row = {
        .day = day,
        .domain = SLICE("example.com"),
        .record = SLICE("v=TLSRPTv1; rua=mailto:tls@example.com"),
        .policy = SLICE("{\"policy-type\":\"no-policy-found\","
                        "\"policy-domain\":\"example.com\"}"),
        .detail = SLICE(""),
        .sessions = 3,
    };

    assert_int_equal(tally_begin(room->tally, &room->err), 0);
    assert_int_equal(tally_add(room->tally, &row, 0, &room->err), 0);
    assert_int_equal(tally_commit(room->tally, &room->err), 0);
}

static size_t compose(struct room *room)
{
    assert_int_equal(rounds_compose(&room->rounds, &room->err), 0);
    return room->rounds.n_reports;
}

static utc_day closed_day(struct room *room)
{
    utc_day day;

    assert_int_equal(tally_closed_day(room->tally, &day, &room->err), 0);
    return day;
}

static void days_are_composed_once_a_minute(void **state)
{
    struct room *room = *state;

    add(room, TODAY - 1);
    assert_int_equal(compose(room), 1);
    assert_int_equal(closed_day(room), TODAY - 1);
    add(room, TODAY);
    room->clock = clock_fixed(MORNING + UTC_DAY_SECONDS);
    assert_int_equal(compose(room), 2);
}

/* All that is told until then would be of a day to come. */
static void a_clock_that_leaps_closes_nothing(void **state)
{
    struct room *room = *state;

    add(room, TODAY - 1);
    assert_int_equal(compose(room), 1);
    add(room, TODAY);
    room->clock = clock_fixed(MORNING + 20 * UTC_DAY_SECONDS);
    assert_int_equal(compose(room), 1);
    assert_int_equal(closed_day(room), TODAY - 1);
    room->clock = clock_fixed(MORNING + 60);
    assert_int_equal(compose(room), 1);
    room->clock = clock_fixed(MORNING + UTC_DAY_SECONDS);
    assert_int_equal(compose(room), 2);
}

static void a_clock_that_keeps_saying_so_is_believed(void **state)
{
    struct room *room = *state;

    add(room, TODAY - 1);
    room->clock = clock_fixed(MORNING + 20 * UTC_DAY_SECONDS);
    room->settings.lookback_days = 30;
    assert_int_equal(compose(room), 0);
    room->rounds.watch.doubt_until_s -= COLLECT_DOUBT_S;
    assert_int_equal(compose(room), 1);
}

/* What was sent, and why it was not, is forgotten for good. */
static void a_clock_that_leaps_makes_nothing_forgotten(void **state)
{
    struct room *room = *state;
    const struct outbox_skip skip = {
        .day = TODAY - 1,
        .tenant = SLICE(""),
        .domain = SLICE("example.com"),
        .record = SLICE("v=TLSRPTv1; rua=mailto:tls@example.com"),
    };

    /* Nothing is to be delivered, which would be kept. */
    room->settings.is_failures_only = true;
    add(room, TODAY - 1);
    assert_int_equal(compose(room), 0);
    room->clock = clock_fixed(MORNING + 5000 * UTC_DAY_SECONDS);
    assert_int_equal(rounds_prune(&room->rounds, &room->err), 0);
    assert_int_equal(outbox_has_report(room->rounds.outbox, &skip, &room->err),
                     1);
}

static void a_start_long_after_the_last_day_is_doubted(void **state)
{
    struct room *room = *state;

    add(room, TODAY - 1);
    assert_int_equal(compose(room), 1);
    add(room, TODAY + 38);
    room->clock = clock_fixed(MORNING + 40 * UTC_DAY_SECONDS);
    begin(room);
    assert_int_equal(compose(room), 0);
    room->rounds.watch.doubt_until_s -= COLLECT_DOUBT_S;
    assert_int_equal(compose(room), 1);
}

/* Each call of it is in time, and there are more of them than anybody waits for. */
static void a_source_that_hangs_is_waited_for_no_longer_than_patience(
    void **state)
{
    struct room *room = *state;
    const char *argv[] = { "sleep", "1000", NULL };
    struct outgoing_source source = { .name = "mx2",
                                      .command = { argv, 2 },
                                      .tally = room->host_url,
                                      .time_s = 1000 };
    const struct gatherer_options options = { .settings = &room->settings,
                                              .clock = &room->clock };
    struct gatherer *gatherer;

    room->settings.sources = &source;
    room->settings.n_sources = 1;
    room->identity.tallies.n_items = 2;
    add(room, TODAY - 1);
    assert_int_equal(gatherer_start(&options, &gatherer, &room->err), 0);
    room->rounds.gatherer = gatherer;
    assert_int_equal(rounds_init(&room->rounds, &room->err), 0);
    assert_int_equal(compose(room), 0);
    room->rounds.gather_until_ms -= gatherer_wait_ms(&room->settings);
    assert_int_equal(compose(room), 1);
    gatherer_stop(gatherer);
}

/* A collector that starts later than the reporter is reported about as well. */
static void a_tally_that_comes_later_is_seen_before_anything_is_composed(
    void **state)
{
    struct room *room = *state;
    struct tally *tally;

    room->settings.awaited_tally = room->host_url;
    add(room, TODAY - 1);
    assert_int_equal(tally_open(room->host_url, STORE_WRITE, &room->clock,
                                &tally, &room->err),
                     0);
    assert_int_equal(compose(room), 0);
    assert_true(room->rounds.is_outdated);
    room->settings.awaited_tally = NULL;
    assert_int_equal(compose(room), 1);
    assert_false(room->rounds.is_outdated);
    tally_close(tally);
}

/* What was refused is asked for again, but not all the time: until then days are made
 * by the settings there are. */
static void refused_settings_are_not_asked_for_all_the_time(void **state)
{
    struct room *room = *state;
    struct tally *tally;

    room->settings.awaited_tally = room->host_url;
    add(room, TODAY - 1);
    assert_int_equal(tally_open(room->host_url, STORE_WRITE, &room->clock,
                                &tally, &room->err),
                     0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(compose(room), (size_t)i);
        assert_true(room->rounds.is_outdated);
        rounds_refuse(&room->rounds);
        assert_false(room->rounds.is_outdated);
        assert_int_equal(compose(room), 1);
        assert_false(room->rounds.is_outdated);
        room->rounds.awaits_from_ms = 0;
    }
    rounds_refuse(&room->rounds);
    rounds_renew(&room->rounds, &room->settings);
    assert_int_equal(compose(room), 1);
    assert_true(room->rounds.is_outdated);
    tally_close(tally);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(days_are_composed_once_a_minute),
        test(a_clock_that_leaps_closes_nothing),
        test(a_clock_that_keeps_saying_so_is_believed),
        test(a_clock_that_leaps_makes_nothing_forgotten),
        test(a_start_long_after_the_last_day_is_doubted),
        test(a_tally_that_comes_later_is_seen_before_anything_is_composed),
        test(refused_settings_are_not_asked_for_all_the_time),
        test(a_source_that_hangs_is_waited_for_no_longer_than_patience),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
