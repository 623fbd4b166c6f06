/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_sample.h"

#include <stdio.h>
#include <string.h>

void dmarc_sample_fill(struct dmarc_sample *sample, const char *organization,
                       const char *domain, int32_t day, int64_t messages,
                       int64_t failed)
{
    *sample = (struct dmarc_sample){
        .rows = { { .source = "192.0.2.1",
                    .sender = domain,
                    .header_from = domain,
                    .dkim = true,
                    .spf = true,
                    .fault = 9,
                    .messages = messages - failed },
                  { .source = "192.0.2.1",
                    .header_from = domain,
                    .disposition = STORE_REJECTED,
                    .messages = failed } },
        .dmarc = { .domain = domain,
                   .policy = "p=reject",
                   .n_rows = failed ? 2 : 1 },
        .report = { .input = "test",
                    .organization = organization,
                    .organization_key = organization,
                    .contact_info = "",
                    .report_id = "1",
                    .start = (int64_t)day * UTC_DAY_SECONDS,
                    .end = (int64_t)day * UTC_DAY_SECONDS + 86399,
                    .day = day,
                    .proof = STORE_PROOF_FILE,
                    .reader_version = 1 },
    };
    if (day == UTC_DAY_NONE)
        sample->report.start = sample->report.end = UTC_NONE;
}

enum store_outcome dmarc_sample_put_open(struct sample_store *store,
                                         struct dmarc_sample *sample)
{
    enum store_outcome outcome = STORE_OUTCOME_COUNT;
    char content[512] = "";
    size_t used = 0;

    sample->dmarc.rows = sample->rows;
    sample->report.dmarc = &sample->dmarc;
    for (size_t i = 0; i < sample->dmarc.n_rows; i++)
        used += (size_t)snprintf(content + used, sizeof(content) - used,
                                 "%s %d %d %d %lld\n", sample->rows[i].source,
                                 (int)sample->rows[i].disposition,
                                 sample->rows[i].dkim, sample->rows[i].spf,
                                 (long long)sample->rows[i].messages);
    assert_int_equal(
        digest_compute(slice_of(content), sample->report.content_hash), 0);
    if (store_put_raw(store->store, slice_of(content), sample->report.raw_hash,
                      &store->err) < 0)
        fail_msg("raw: %s", store->err.text);
    assert_ok(store, store_put_report(store->store, &sample->report, &outcome,
                                      &store->err));
    return outcome;
}

enum store_outcome dmarc_sample_put(struct sample_store *store,
                                    struct dmarc_sample *sample)
{
    enum store_outcome outcome;

    assert_ok(store, store_begin(store->store, &store->err));
    outcome = dmarc_sample_put_open(store, sample);
    assert_ok(store, store_commit(store->store, &store->err));
    return outcome;
}

/* A small generator, so that all machines make the same reports. */
static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % below;
}

void dmarc_sample_make(size_t i, struct dmarc_sample *sample)
{
    static const char *const domains[] = { "a.example", "b.example", "" };
    static const char *const organizations[] = { "one", "two", "three" };
    static const char *const sources[] = { "192.0.2.1", "192.0.2.2",
                                           "2001:db8::1", "" };
    static const char *const senders[] = { "a.example", "bulk.example", "" };
    static const char *const policies[] = { "p=none", "p=reject", "" };
    static char ids[DMARC_SAMPLE_MANY][8];
    uint64_t state = i * 977 + 1;
    int32_t day = draw(&state, 9) ? SAMPLE_DAY + (int32_t)draw(&state, 150)
                                  : UTC_DAY_NONE;

    dmarc_sample_fill(sample, organizations[draw(&state, 3)],
                      domains[draw(&state, 3)], day, 1, 0);
    snprintf(ids[i], sizeof(ids[i]), "%zu", i);
    sample->report.report_id = ids[i];
    sample->dmarc.policy = policies[draw(&state, 3)];
    sample->dmarc.n_rows = draw(&state, DMARC_SAMPLE_ROWS + 1);
    for (size_t j = 0; j < sample->dmarc.n_rows; j++) {
        struct store_dmarc_row *row = &sample->rows[j];

        *row = (struct store_dmarc_row){
            .source = sources[draw(&state, 4)],
            .sender = senders[draw(&state, 3)],
            .header_from = domains[draw(&state, 3)],
            .disposition = (enum store_disposition)draw(&state, 3),
            .dkim = draw(&state, 2) == 0,
            .spf = draw(&state, 2) == 0,
            .fault = draw(&state, STORE_DMARC_CASES),
            .messages = draw(&state, 1000)
        };
    }
}

void dmarc_sample_put_many(struct sample_store *store,
                           enum store_outcome expected)
{
    assert_ok(store, store_begin(store->store, &store->err));
    for (size_t i = 0; i < DMARC_SAMPLE_MANY; i++) {
        struct dmarc_sample sample;

        dmarc_sample_make(i, &sample);
        assert_int_equal(dmarc_sample_put_open(store, &sample), expected);
    }
    assert_ok(store, store_commit(store->store, &store->err));
}

void dmarc_sample_add(struct store_dmarc_sums *sums,
                      const struct store_dmarc_row *row)
{
    sums->messages += row->messages;
    sums->passed += row->dkim || row->spf ? row->messages : 0;
    sums->dkim += row->dkim ? row->messages : 0;
    sums->spf += row->spf ? row->messages : 0;
    sums->quarantined +=
        row->disposition == STORE_QUARANTINED ? row->messages : 0;
    sums->rejected += row->disposition == STORE_REJECTED ? row->messages : 0;
    sums->by_case[row->fault] += row->messages;
    if (row->disposition != STORE_DELIVERED)
        sums->away_by_case[row->fault] += row->messages;
}

bool dmarc_sample_is_in(int32_t day, struct store_range range)
{
    if (range.from == UTC_DAY_NONE && range.to == UTC_DAY_NONE)
        return true;
    return day != UTC_DAY_NONE && day >= range.from && day <= range.to;
}

void dmarc_sample_assert_sums(const struct store_dmarc_sums *sums,
                              const struct store_dmarc_sums *expected)
{
    assert_int_equal(sums->reports, expected->reports);
    assert_int_equal(sums->messages, expected->messages);
    assert_int_equal(sums->passed, expected->passed);
    assert_int_equal(sums->dkim, expected->dkim);
    assert_int_equal(sums->spf, expected->spf);
    assert_int_equal(sums->quarantined, expected->quarantined);
    assert_int_equal(sums->rejected, expected->rejected);
    for (int i = 0; i < STORE_DMARC_CASES; i++)
        assert_int_equal(sums->by_case[i], expected->by_case[i]);
    for (int i = 0; i < STORE_DMARC_CASES; i++)
        assert_int_equal(sums->away_by_case[i], expected->away_by_case[i]);
}
