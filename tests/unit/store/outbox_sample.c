/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox_sample.h"

#include <stdio.h>
#include <stdlib.h>

#define START ((utc_time)(OUTBOX_SAMPLE_DAY + 1) * UTC_DAY_SECONDS)

int outbox_sample_open(void **state)
{
    struct outbox_sample *sample = calloc(1, sizeof(*sample));

    if (!sample)
        return -1;
    snprintf(sample->folder, sizeof(sample->folder), "/tmp/outbox-XXXXXX");
    if (!mkdtemp(sample->folder))
        return -1;
    snprintf(sample->url, sizeof(sample->url), "sqlite:%s/outbox.db",
             sample->folder);
    sample->clock = clock_fixed(START);
    buffer_init(&sample->seen, 1 << 20);
    *state = sample;
    return outbox_open(sample->url, STORE_WRITE, &sample->clock,
                       &sample->outbox, &sample->err);
}

int outbox_sample_close(void **state)
{
    struct outbox_sample *sample = *state;
    char command[96];
    int status;

    outbox_close(sample->outbox);
    buffer_deinit(&sample->seen);
    snprintf(command, sizeof(command), "rm -r %s", sample->folder);
    status = system(command);
    free(sample);
    return status;
}

void outbox_sample_reopen(struct outbox_sample *sample)
{
    outbox_close(sample->outbox);
    sample->outbox = NULL;
    outbox_sample_ok(sample,
                     outbox_open(sample->url, STORE_WRITE, &sample->clock,
                                 &sample->outbox, &sample->err));
}

struct outbox_report outbox_sample_report(const char *domain, utc_day day)
{
    return (struct outbox_report){ .day = day,
                                   .domain = slice_of(domain),
                                   .record = SLICE("v=TLSRPTv1;"),
                                   .tenant = SLICE("acme"),
                                   .report_id = SLICE("1@mta.example"),
                                   .file_name = SLICE("mta!d!1!2!a.json.gz"),
                                   .submitter = SLICE("mta.example"),
                                   .success_sessions = 3,
                                   .failure_sessions = 2,
                                   .json_bytes = 800,
                                   .octets = SLICE("\x1f\x8b\0\1") };
}

int64_t outbox_sample_put(struct outbox_sample *sample, const char *domain,
                          utc_time start_at)
{
    static int64_t id;
    char uri[128];
    struct outbox_report report =
        outbox_sample_report(domain, OUTBOX_SAMPLE_DAY);
    struct outbox_destination destination = { .host = slice_of(domain),
                                              .start_at = start_at };
    struct outbox_filter filter = { .day = UTC_DAY_NONE };

    snprintf(uri, sizeof(uri), "mailto:tls@%s", domain);
    destination.uri = slice_of(uri);
    outbox_sample_ok(sample, outbox_put_report(sample->outbox, &report,
                                               &destination, 1, &sample->err));
    outbox_sample_ok(sample,
                     outbox_each_delivery(sample->outbox, &filter,
                                          outbox_sample_see, sample, NULL));
    /* The last one listed is the one that was put. */
    id = 0;
    for (const char *at = buffer_text(&sample->seen); *at;) {
        id = strtoll(at, NULL, 10);
        at = strchr(at, ';') + 1;
    }
    buffer_reset(&sample->seen);
    return id;
}

void outbox_sample_ok(const struct outbox_sample *sample, int status)
{
    if (status)
        fail_msg("%s", sample->err.text);
}

int outbox_sample_see(void *context, const struct outbox_delivery *delivery,
                      struct err *err)
{
    struct outbox_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%lld:%s:%.*s;", (long long)delivery->id,
                      outbox_state_name(delivery->state),
                      (int)delivery->uri.len, delivery->uri.ptr);
    return 0;
}

void outbox_sample_saw(struct outbox_sample *sample, const char *expected)
{
    assert_string_equal(buffer_text(&sample->seen), expected);
    buffer_reset(&sample->seen);
}
