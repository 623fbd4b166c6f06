/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Puts session events into a tally: `tally_make URL DAY`, a datagram a line on
 * stdin. What a collector does, without socket and clock.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/event.h"
#include "event/limits.h"
#include "store/tally.h"

static int add_policy(struct tally *tally, const struct event *event,
                      const struct event_policy *policy, utc_day day,
                      struct err *err)
{
    struct tally_row row = { .day = day,
                             .domain = slice_of(event->domain),
                             .record = slice_of(event->record),
                             .sessions = 1,
                             .failures = policy->is_failure };
    struct buffer key, detail;
    int status;

    buffer_init(&key, 1 << 20);
    buffer_init(&detail, 1 << 20);
    event_policy_key(policy, &key);
    row.policy = buffer_slice(&key);
    status = tally_add(tally, &row, 0, err);
    row.failures = 0;
    for (size_t i = 0; status == 0 && i < policy->n_failures; i++) {
        buffer_reset(&detail);
        event_detail_key(&policy->failures[i], &detail);
        row.detail = buffer_slice(&detail);
        status = tally_add(tally, &row, 0, err);
    }
    buffer_deinit(&key);
    buffer_deinit(&detail);
    return status;
}

static int add_event(struct tally *tally, char *line, utc_day day,
                     struct err *err)
{
    struct arena arena;
    struct event event;
    int status;

    arena_init(&arena, EVENT_ARENA_BYTES);
    status = event_read(&arena, line, strcspn(line, "\n"), &event, err);
    if (status == 0)
        status = event_clean(&arena, &event, NULL, err);
    for (size_t i = 0; status == 0 && i < event.n_policies; i++)
        status = add_policy(tally, &event, &event.policies[i], day, err);
    arena_deinit(&arena);
    return status;
}

static int add_all(struct tally *tally, utc_day day, struct err *err)
{
    char *line = NULL;
    size_t room = 0;
    int status = tally_begin(tally, err);

    while (status == 0 && getline(&line, &room, stdin) > 0)
        status = add_event(tally, line, day, err);
    free(line);
    return status ? status : tally_commit(tally, err);
}

int main(int argc, char **argv)
{
    struct tally *tally = NULL;
    struct err err = { .text = "usage: tally_make URL DAY" };
    utc_day day;
    int status = -1;

    if (argc == 3 && utc_day_parse(slice_of(argv[2]), &day) == 0)
        status = tally_open(argv[1], STORE_WRITE, &clock_system, &tally, &err);
    if (status == 0)
        status = add_all(tally, day, &err);
    if (status == 0)
        status = tally_close_day(tally, day, &err);
    if (status)
        fprintf(stderr, "tally_make: %s\n", err.text);
    tally_close(tally);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
