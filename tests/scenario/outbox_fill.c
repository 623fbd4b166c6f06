/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * outbox_fill URL GZIP DAY DOMAIN=URI...: puts a report about each domain into an
 * outbox, due now, with the octets of a file, for tests/scenario/deliver.
 * outbox_fill URL: prints the deliveries as "ID STATE TRIES SECONDS ANSWER", where
 * SECONDS is how far off the next try is.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "outgoing/target.h"
#include "store/outbox.h"

enum { MAX_BYTES = 1 << 22 };

static void check(int rc, const struct err *err)
{
    if (rc == 0)
        return;
    fprintf(stderr, "outbox_fill: %s\n", rc < 0 ? err->text : "stands already");
    exit(4);
}

static struct slice read_file(const char *path)
{
    char *text = malloc(MAX_BYTES);
    FILE *f = fopen(path, "rb");
    struct slice s = { text, 0 };

    if (!text || !f)
        exit(4);
    s.len = fread(text, 1, MAX_BYTES, f);
    fclose(f);
    return s;
}

static void put(struct outbox *outbox, struct slice octets, utc_day day,
                char *pair, struct arena *arena)
{
    char *uri = strchr(pair, '=');
    struct outbox_destination destination = {
        .start_at = clock_now(&clock_system),
    };
    struct outbox_report report = { .day = day, .octets = octets };
    struct outgoing_target target;
    struct err err;

    if (!uri)
        exit(2);
    *uri++ = '\0';
    check(outgoing_target_read(arena, slice_of(uri), &target, &err), &err);
    destination.uri = slice_of(uri);
    destination.host = slice_of(target.host);
    report.domain = slice_of(pair);
    report.record = slice_of(arena_printf(arena, "v=TLSRPTv1; rua=%s", uri));
    report.tenant = SLICE("");
    report.report_id = slice_of(
        arena_printf(arena, "20261120.%s.4f2c91@mta.example.org", pair));
    report.file_name = slice_of(arena_printf(
        arena, "mta.example.org!%s!1795132800!1795219199!4f2c91.json.gz",
        pair));
    report.submitter = SLICE("mta.example.org");
    report.success_sessions = 7;
    check(outbox_put_report(outbox, &report, &destination, 1, &err), &err);
}

static int tell(void *context, const struct outbox_delivery *d, struct err *err)
{
    (void)context;
    (void)err;
    printf("%" PRId64 "\t%s\t%" PRId64 "\t%" PRId64 "\t%.*s\n", d->id,
           outbox_state_name(d->state), d->tries,
           d->next_at == UTC_NONE || d->last_try_at == UTC_NONE
               ? 0
               : d->next_at - d->last_try_at,
           (int)d->answer.len, d->answer.ptr);
    return 0;
}

int main(int argc, char **argv)
{
    const struct outbox_filter all = { .day = UTC_DAY_NONE };
    struct outbox *outbox;
    struct arena arena;
    struct err err;
    utc_day day = 0;

    if (argc < 2)
        return 2;
    check(outbox_open(argv[1], STORE_WRITE, &clock_system, &outbox, &err),
          &err);
    arena_init(&arena, 1 << 20);
    if (argc > 4 && utc_day_parse(slice_of(argv[3]), &day))
        return 2;
    for (int i = 4; i < argc; i++) {
        struct slice octets = read_file(argv[2]);

        put(outbox, octets, day, argv[i], &arena);
        free((void *)(uintptr_t)octets.ptr);
    }
    if (argc == 2)
        check(outbox_each_delivery(outbox, &all, tell, NULL, &err), &err);
    arena_deinit(&arena);
    outbox_close(outbox);
    return 0;
}
