/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>

#include "charts.h"
#include "doctor/machine.h"
#include "row.h"

enum { NOW = 1800000000, DAY = 86400 };
#define MIB ((uint64_t)1 << 20)

static void the_queue_is_long_enough(void **state)
{
    static const struct {
        int64_t length;
        const char *want;
    } rows[] = { { 10, "queue:warning " },
                 { 511, "queue:warning " },
                 { 512, "queue:good " },
                 { 4096, "queue:good " },
                 { -1, "queue:unknown " } };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        machine_judge_queue(chart, rows[i].length);
        charts_compare(chart, rows[i].want, "queue");
    }
}

static void the_clock_is_synchronised_and_plausible(void **state)
{
    static const struct {
        const char *name, *want;
        struct machine_clock clock;
        utc_time now;
    } rows[] = {
        { "good", "clock:good ", { true, true, 1000 }, NOW },
        { "alone", "clock:warning ", { true, false, 1000 }, NOW },
        { "far off", "clock:warning ", { true, true, 16000000 }, NOW },
        { "silent", "clock:unknown ", { false, false, 0 }, NOW },
        { "years ago", "clock:error ", { true, true, 0 }, 1000 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        machine_judge_clock(chart, &rows[i].clock, rows[i].now, NOW - 10 * DAY);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void nothing_was_written_in_the_future(void **state)
{
    static const struct {
        utc_time stored;
        const char *want;
    } rows[] = { { NOW - DAY, "clock-stored:good " },
                 { NOW + 200, "clock-stored:good " },
                 { NOW + 400, "clock-stored:error " },
                 { UTC_NONE, "" } };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        machine_judge_stored(chart, "/s", rows[i].stored, NOW);
        charts_compare(chart, rows[i].want, "stored");
    }
}

static void disks_have_room(void **state)
{
    static const struct {
        const char *name, *want;
        struct machine_disk disk;
    } rows[] = {
        { "room",
          "disk-space:good disk-inodes:good ",
          { .free_bytes = 1000 * MIB, .all_inodes = 100, .free_inodes = 90 } },
        { "near the reserve",
          "disk-space:warning disk-inodes:good ",
          { .free_bytes = 300 * MIB, .all_inodes = 100, .free_inodes = 90 } },
        { "below it",
          "disk-space:error disk-inodes:good ",
          { .free_bytes = 100 * MIB, .all_inodes = 100, .free_inodes = 90 } },
        { "no inodes",
          "disk-space:good disk-inodes:warning ",
          { .free_bytes = 1000 * MIB, .all_inodes = 100, .free_inodes = 1 } },
        { "inodes not counted",
          "disk-space:good disk-inodes:good ",
          { .free_bytes = 1000 * MIB } },
        { "read-only",
          "disk-space:error disk-inodes:good ",
          { .free_bytes = 1000 * MIB, .is_read_only = true } },
        { "hidden", "disk-space:unknown ", { .system_errno = EACCES } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        machine_judge_disk(chart, "/f", &rows[i].disk, 256 * MIB);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void certificates_are_good_for_a_while(void **state)
{
    static const struct {
        const char *name, *want;
        utc_time begins_at, ends_at;
    } rows[] = {
        { "good", "certificate:good ", NOW - DAY, NOW + 60 * DAY },
        { "soon", "certificate:warning ", NOW - DAY, NOW + 13 * DAY },
        { "over", "certificate:error ", NOW - DAY, NOW },
        { "not yet", "certificate:error ", NOW + 1, NOW + 60 * DAY },
        { "says nothing", "certificate:good ", UTC_NONE, UTC_NONE },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        machine_judge_certificate(chart, "/c", rows[i].begins_at,
                                  rows[i].ends_at, NOW);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_queue_is_long_enough),
        cmocka_unit_test(the_clock_is_synchronised_and_plausible),
        cmocka_unit_test(nothing_was_written_in_the_future),
        cmocka_unit_test(disks_have_room),
        cmocka_unit_test(certificates_are_good_for_a_while),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
