/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "row.h"
#include "said.h"
#include "service/nights.h"
#include "store/tally.h"

enum { TODAY = 20779 }; /* days since 1970 */

#define MIDNIGHT ((utc_time)TODAY * UTC_DAY_SECONDS)

/* Two collectors and an outbox. */
struct room {
    char folder[32], urls[2][64], outbox_url[64];
    const char *items[2];
    struct outgoing_settings settings;
    struct outgoing_identity identity;
    struct tally *tallies[2];
    struct outbox *outbox;
    struct clock clock;
    struct nights nights;
};

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof(*room));

    log_set_level(LOG_LEVEL_ERROR);
    snprintf(room->folder, sizeof(room->folder), "/tmp/nights-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    room->clock = clock_fixed(MIDNIGHT + 60);
    outgoing_settings_init(&room->settings);
    for (int i = 0; i < 2; i++) {
        snprintf(room->urls[i], sizeof(room->urls[i]), "sqlite:%s/tally%d.db",
                 room->folder, i);
        assert_int_equal(tally_open(room->urls[i], STORE_WRITE, &room->clock,
                                    &room->tallies[i], NULL),
                         0);
        room->items[i] = room->urls[i];
    }
    snprintf(room->outbox_url, sizeof(room->outbox_url), "sqlite:%s/outbox.db",
             room->folder);
    assert_int_equal(outbox_open(room->outbox_url, STORE_WRITE, &room->clock,
                                 &room->outbox, NULL),
                     0);
    room->identity = (struct outgoing_identity){
        .name = "",
        .organization_name = "Example",
        .contact_info = "tls@mta.example.org",
        .tallies = { room->items, 2 },
        .is_signed_by_relay = true,
    };
    room->settings.identities = &room->identity;
    room->settings.n_identities = 1;
    room->nights = (struct nights){ .settings = &room->settings,
                                    .outbox = room->outbox,
                                    .clock = &room->clock };
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    char text[64];

    outbox_close(room->outbox);
    tally_close(room->tallies[0]);
    tally_close(room->tallies[1]);
    snprintf(text, sizeof(text), "rm -r %s", room->folder);
    assert_int_equal(system(text), 0);
    free(room);
    return 0;
}

static void add_about(struct room *room, int collector, utc_day day,
                      const char *domain)
{
    const struct tally_row row = {
        .day = day,
        .domain = slice_of(domain),
        .record = SLICE("v=TLSRPTv1; rua=mailto:tls@example.com"),
        .policy = SLICE("{\"policy-type\":\"no-policy-found\","
                        "\"policy-domain\":\"example.com\"}"),
        .detail = SLICE(""),
        .sessions = 3,
    };

    assert_int_equal(tally_begin(room->tallies[collector], NULL), 0);
    assert_int_equal(tally_add(room->tallies[collector], &row, 0, NULL), 0);
    assert_int_equal(tally_commit(room->tallies[collector], NULL), 0);
}

static void add(struct room *room, int collector, utc_day day)
{
    add_about(room, collector, day, "example.com");
}

static void close_day(struct room *room, int collector, utc_day day)
{
    assert_int_equal(tally_close_day(room->tallies[collector], day, NULL), 0);
}

static size_t compose(struct room *room)
{
    struct err err;
    size_t n = 0;

    assert_int_equal(nights_compose(&room->nights, &n, &err), 0);
    return n;
}

/* Nobody else tells of sessions that were folded beyond all names. */
static void what_is_in_no_report_is_told(void **state)
{
    struct room *room = *state;
    struct said said;
    const char *text;

    log_set_level(LOG_LEVEL_NOTICE);
    for (int day = TODAY - 2; day < TODAY; day++) {
        add(room, 0, day);
        if (day == TODAY - 1)
            add_about(room, 0, day, "");
        close_day(room, 0, day);
        close_day(room, 1, day);
        said_begin(&said);
        assert_int_equal(compose(room), 1);
        text = said_end(&said);
        assert_non_null(strstr(text, "day-composed "));
        assert_int_equal(strstr(text, "sessions_without_domain=3") != NULL,
                         day == TODAY - 1);
    }
}

static void a_day_waits_for_all_collectors(void **state)
{
    struct room *room = *state;

    add(room, 0, TODAY - 1);
    add(room, 1, TODAY - 1);
    assert_int_equal(compose(room), 0);
    close_day(room, 0, TODAY - 1);
    assert_int_equal(compose(room), 0);
    close_day(room, 1, TODAY - 1);
    assert_int_equal(compose(room), 1);
    assert_int_equal(compose(room), 0);
}

static void for_an_hour_and_no_longer(void **state)
{
    struct room *room = *state;

    add(room, 0, TODAY - 1);
    close_day(room, 0, TODAY - 1);
    room->clock = clock_fixed(MIDNIGHT + OUTGOING_PATIENCE_S - 1);
    assert_int_equal(compose(room), 0);
    room->clock = clock_fixed(MIDNIGHT + OUTGOING_PATIENCE_S);
    assert_int_equal(compose(room), 1);
}

/* A reporter that was down for days makes them all up, and nothing of today. */
static void days_that_were_missed_are_made_up(void **state)
{
    struct room *room = *state;

    for (utc_day day = TODAY - 9; day <= TODAY; day++)
        add(room, day % 2, day);
    room->settings.lookback_days = 3;
    close_day(room, 0, TODAY - 1);
    close_day(room, 1, TODAY - 1);
    assert_int_equal(compose(room), 4);
    assert_int_equal(compose(room), 0);
    room->clock = clock_fixed(MIDNIGHT + 2 * UTC_DAY_SECONDS);
    assert_int_equal(compose(room), 1);
}

static void without_collectors_there_is_nothing(void **state)
{
    struct room *room = *state;
    struct outbox_day found;

    room->identity.tallies.n_items = 0;
    assert_int_equal(compose(room), 0);
    assert_int_equal(outbox_find_day(room->outbox, TODAY - 1, &found, NULL), 0);
}

static void sums_that_cannot_be_read_keep_the_day_open(void **state)
{
    struct room *room = *state;
    struct outgoing_identity identities[2] = { room->identity, room->identity };
    const char *gone = "sqlite:/nowhere/at/all";
    struct outbox_day found;

    identities[0].tallies = (struct outgoing_texts){ &gone, 1 };
    identities[1].name = "acme";
    room->settings.identities = identities;
    room->settings.n_identities = 2;
    add(room, 0, TODAY - 2);
    add(room, 0, TODAY - 1);
    close_day(room, 0, TODAY - 1);
    close_day(room, 1, TODAY - 1);
    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(compose(room), 1);
    room->clock = clock_fixed(MIDNIGHT + OUTGOING_PATIENCE_S);
    assert_int_equal(compose(room), 1);
    assert_int_equal(outbox_find_day(room->outbox, TODAY - 1, &found, NULL), 0);
    gone = room->urls[1];
    identities[1].tallies.n_items = 1;
    assert_int_equal(compose(room), 0);
    assert_int_equal(outbox_find_day(room->outbox, TODAY - 1, &found, NULL), 1);
}

static void run_sql(const struct room *room, int collector, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(
        sqlite3_open(room->urls[collector] + strlen("sqlite:"), &db),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* What came into it afterwards would be in no report. */
static void sums_that_cannot_be_closed_keep_the_day_open(void **state)
{
    struct room *room = *state;
    struct outbox_day found;

    add(room, 0, TODAY - 1);
    close_day(room, 1, TODAY - 1);
    run_sql(room, 0,
            "CREATE TRIGGER full BEFORE UPDATE ON setting "
            "BEGIN SELECT RAISE(ABORT, 'no'); END");
    room->clock = clock_fixed(MIDNIGHT + OUTGOING_PATIENCE_S);
    assert_int_equal(compose(room), 0);
    assert_int_equal(outbox_find_day(room->outbox, TODAY - 1, &found, NULL), 0);
    run_sql(room, 0, "DROP TRIGGER full");
    add(room, 0, TODAY - 1);
    assert_int_equal(compose(room), 1);
    assert_int_equal(outbox_find_day(room->outbox, TODAY - 1, &found, NULL), 1);
}

/* What comes after the hour is of the next day. */
static void a_late_day_takes_no_sums_any_more(void **state)
{
    struct room *room = *state;
    utc_day closed = UTC_DAY_NONE;

    add(room, 0, TODAY - 1);
    room->clock = clock_fixed(MIDNIGHT + OUTGOING_PATIENCE_S);
    assert_int_equal(nights_look(&room->nights, TODAY), NIGHTS_WAITS);
    assert_int_equal(compose(room), 1);
    assert_int_equal(tally_closed_day(room->tallies[0], &closed, NULL), 0);
    assert_int_equal(closed, TODAY - 1);
}

static void a_source_is_not_waited_for_before_its_first_day(void **state)
{
    struct room *room = *state;
    struct outgoing_source source = { .name = "mx2",
                                      .tally = room->urls[1],
                                      .first = TODAY - 1 };

    room->settings.sources = &source;
    room->settings.n_sources = 1;
    add(room, 0, TODAY - 1);
    close_day(room, 0, TODAY - 1);
    assert_int_equal(compose(room), 0);
    source.first = TODAY;
    assert_int_equal(compose(room), 1);
}

/* One that never gave anything, so that nothing late is fetched into the day. */
static void an_empty_tally_is_closed_with_the_others(void **state)
{
    struct room *room = *state;
    utc_day closed = UTC_DAY_NONE;

    close_day(room, 0, TODAY - 1);
    room->clock = clock_fixed(MIDNIGHT + OUTGOING_PATIENCE_S);
    assert_int_equal(compose(room), 0);
    assert_int_equal(tally_closed_day(room->tallies[1], &closed, NULL), 0);
    assert_int_equal(closed, TODAY - 1);
}

static void a_clock_far_off_closes_nothing(void **state)
{
    struct room *room = *state;
    const utc_day far = TODAY + NIGHTS_NEAR_DAYS;
    struct outbox_day found;
    utc_day closed;

    close_day(room, 0, TODAY - 1);
    close_day(room, 1, TODAY - 1);
    room->clock = clock_fixed(((utc_time)far + 1) * UTC_DAY_SECONDS +
                              OUTGOING_PATIENCE_S);
    room->settings.lookback_days = 0;
    assert_int_equal(compose(room), 0);
    assert_int_equal(outbox_find_day(room->outbox, far, &found, NULL), 0);
    assert_int_equal(tally_closed_day(room->tallies[0], &closed, NULL), 0);
    assert_int_equal(closed, TODAY - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_in_no_report_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_day_waits_for_all_collectors, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(for_an_hour_and_no_longer, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(days_that_were_missed_are_made_up,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_collectors_there_is_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            sums_that_cannot_be_read_keep_the_day_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            sums_that_cannot_be_closed_keep_the_day_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_late_day_takes_no_sums_any_more,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_source_is_not_waited_for_before_its_first_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_empty_tally_is_closed_with_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_far_off_closes_nothing, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
