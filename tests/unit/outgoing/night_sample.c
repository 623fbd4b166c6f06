/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/night_sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/tally.h"

static int see(void *context, const struct outgoing_item *item, struct err *err)
{
    static const char *const verdicts[] = { "made", "stands", "skipped" };
    struct night_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%s:%s:%s;", item->domain,
                      verdicts[item->verdict], item->reason);
    buffer_reset(&sample->json);
    buffer_add(&sample->json, item->json.ptr, item->json.len);
    return 0;
}

static void ready_settings(struct night_sample *sample)
{
    outgoing_settings_init(&sample->settings);
    for (size_t i = 0; i < 2; i++) {
        sample->tallies[i] = sample->urls[i];
        sample->identities[i] =
            (struct outgoing_identity){ .name = i ? "acme" : "",
                                        .organization_name = "Example Ltd",
                                        .contact_info = "tls@mta.example.org",
                                        .is_signed_by_relay = true };
        sample->identities[i].tallies =
            (struct outgoing_texts){ &sample->tallies[i], 1 };
    }
    sample->settings.identities = sample->identities;
    sample->settings.n_identities = 1;
    sample->night = (struct outgoing_night){ .settings = &sample->settings,
                                             .outbox = sample->outbox,
                                             .clock = &sample->clock,
                                             .day = NIGHT_DAY,
                                             .seed = 1,
                                             .function = see,
                                             .context = sample };
}

int night_sample_open(void **state)
{
    struct night_sample *sample = calloc(1, sizeof(*sample));
    struct tally *tally;

    if (!sample)
        return -1;
    snprintf(sample->folder, sizeof(sample->folder), "/tmp/night-XXXXXX");
    if (!mkdtemp(sample->folder))
        return -1;
    snprintf(sample->outbox_url, sizeof(sample->outbox_url),
             "sqlite:%s/outbox.db", sample->folder);
    sample->clock = clock_fixed(NIGHT_NOW);
    for (size_t i = 0; i < NIGHT_TALLIES; i++) {
        snprintf(sample->urls[i], sizeof(sample->urls[i]),
                 "sqlite:%s/tally%zu.db", sample->folder, i);
        if (tally_open(sample->urls[i], STORE_WRITE, &sample->clock, &tally,
                       &sample->err))
            return -1;
        tally_close(tally);
    }
    buffer_init(&sample->seen, 1 << 20);
    buffer_init(&sample->json, 64 << 20);
    *state = sample;
    if (outbox_open(sample->outbox_url, STORE_WRITE, &sample->clock,
                    &sample->outbox, &sample->err))
        return -1;
    ready_settings(sample);
    return 0;
}

int night_sample_close(void **state)
{
    struct night_sample *sample = *state;
    char command[96];
    int status;

    outbox_close(sample->outbox);
    buffer_deinit(&sample->seen);
    buffer_deinit(&sample->json);
    snprintf(command, sizeof(command), "rm -r %s", sample->folder);
    status = system(command);
    free(sample);
    return status;
}

static void check(const struct night_sample *sample, int status)
{
    if (status)
        fail_msg("%s", sample->err.text);
}

void night_sample_add(struct night_sample *sample, int which,
                      const char *domain, const char *record,
                      const char *policy, const char *detail, int64_t sessions,
                      int64_t failures)
{
    char usual[300];
    struct tally *tally;
    struct tally_row row = { .day = NIGHT_DAY,
                             .domain = slice_of(domain),
                             .policy = slice_of(policy),
                             .detail = slice_of(detail),
                             .sessions = sessions,
                             .failures = failures };

    snprintf(usual, sizeof(usual), "v=TLSRPTv1;rua=mailto:tls@%s", domain);
    row.record = slice_of(record ? record : usual);
    check(sample, tally_open(sample->urls[which], STORE_WRITE, &sample->clock,
                             &tally, &sample->err));
    check(sample, tally_begin(tally, &sample->err));
    check(sample, tally_add(tally, &row, 0, &sample->err));
    check(sample, tally_commit(tally, &sample->err));
    tally_close(tally);
}

void night_sample_mails(struct night_sample *sample, const char *host, int n)
{
    const struct outbox_report report = { .day = NIGHT_DAY - 1,
                                          .domain = slice_of(host),
                                          .record = SLICE("v"),
                                          .octets = SLICE("x") };
    const struct outbox_destination to = { .uri = SLICE("mailto:x@x"),
                                           .host = slice_of(host) };

    sample->clock = clock_fixed(NIGHT_NOW - 3600);
    check(sample,
          outbox_put_report(sample->outbox, &report, &to, 1, &sample->err));
    for (int i = 0; i < n; i++)
        check(sample, outbox_note_start(sample->outbox, 1, true, &sample->err));
    sample->clock = clock_fixed(NIGHT_NOW);
}

void night_sample_run(struct night_sample *sample, const char *expected)
{
    buffer_reset(&sample->seen);
    check(sample,
          outgoing_night_run(&sample->night, &sample->counts, &sample->err));
    assert_string_equal(buffer_text(&sample->seen), expected);
}

static int see_delivery(void *context, const struct outbox_delivery *delivery,
                        struct err *err)
{
    struct night_sample *sample = context;

    (void)err;
    buffer_add_format(&sample->seen, "%.*s>%.*s:%s;", (int)delivery->domain.len,
                      delivery->domain.ptr, (int)delivery->uri.len,
                      delivery->uri.ptr, outbox_state_name(delivery->state));
    return 0;
}

void night_sample_deliveries(struct night_sample *sample, const char *expected)
{
    const struct outbox_filter all = { .day = UTC_DAY_NONE };

    buffer_reset(&sample->seen);
    check(sample, outbox_each_delivery(sample->outbox, &all, see_delivery,
                                       sample, &sample->err));
    assert_string_equal(buffer_text(&sample->seen), expected);
}
