/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/counters.h"

#include <inttypes.h>

#include "base/utc.h"

void counters_note_batch(struct counters *counters, unsigned n)
{
    unsigned place = 0;

    while (n >> place && place < COUNTERS_FULLNESS - 1)
        place++;
    counter_add(&counters->batches, 1);
    counter_add(&counters->fullness[place], 1);
}

void counters_note_pause(struct counters *counters, uint64_t us)
{
    unsigned place = 0;

    for (uint64_t bound = 100; us >= bound && place < COUNTERS_PAUSES - 1;
         bound *= 10)
        place++;
    counter_add(&counters->pauses[place], 1);
    counter_add(&counters->pause_us, us);
    counter_raise(&counters->pause_max_us, us);
}

/* ---- Text --------------------------------------------------------------- */

static uint64_t value_of(const counter *at)
{
    return atomic_load_explicit(at, memory_order_relaxed);
}

static void write_head(struct buffer *out, const char *name, const char *type,
                       const char *help)
{
    buffer_add_format(out,
                      "# HELP tlsrpt_collect_%s %s\n"
                      "# TYPE tlsrpt_collect_%s %s\n",
                      name, help, name, type);
}

static void write_count(struct buffer *out, const char *name, const char *help,
                        uint64_t value)
{
    write_head(out, name, "counter", help);
    buffer_add_format(out, "tlsrpt_collect_%s %" PRIu64 "\n", name, value);
}

static void write_gauge(struct buffer *out, const char *name, const char *help,
                        int64_t value)
{
    write_head(out, name, "gauge", help);
    buffer_add_format(out, "tlsrpt_collect_%s %" PRId64 "\n", name, value);
}

static void write_seconds(struct buffer *out, const char *name,
                          const char *type, const char *help, uint64_t us)
{
    write_head(out, name, type, help);
    buffer_add_format(out, "tlsrpt_collect_%s %" PRIu64 ".%06" PRIu64 "\n",
                      name, us / 1000000, us % 1000000);
}

/* Buckets are cumulative, and the last one holds all. */
static void write_fullness(const struct counters *counters, struct buffer *out)
{
    uint64_t n = value_of(&counters->fullness[0]);

    write_head(out, "batch_datagrams", "histogram",
               "Datagrams taken by one receive; 64 is full");
    for (unsigned i = 1; i < COUNTERS_FULLNESS; i++) {
        n += value_of(&counters->fullness[i]);
        buffer_add_format(
            out,
            "tlsrpt_collect_batch_datagrams_bucket{le=\"%u\"} %" PRIu64 "\n",
            i + 1 < COUNTERS_FULLNESS ? (1u << i) - 1 : 64, n);
    }
    buffer_add_format(out,
                      "tlsrpt_collect_batch_datagrams_bucket{le=\"+Inf\"}"
                      " %" PRIu64 "\n"
                      "tlsrpt_collect_batch_datagrams_sum %" PRIu64 "\n"
                      "tlsrpt_collect_batch_datagrams_count %" PRIu64 "\n",
                      n, value_of(&counters->received), n);
}

static void write_pauses(const struct counters *counters, struct buffer *out)
{
    static const char *const bounds[COUNTERS_PAUSES] = { "0.0001", "0.001",
                                                         "0.01", "0.1",
                                                         "+Inf" };
    uint64_t n = 0;
    uint64_t us = value_of(&counters->pause_us);

    write_head(out, "pause_seconds", "histogram",
               "Time from one batch to the next receive");
    for (unsigned i = 0; i < COUNTERS_PAUSES; i++) {
        n += value_of(&counters->pauses[i]);
        buffer_add_format(
            out, "tlsrpt_collect_pause_seconds_bucket{le=\"%s\"} %" PRIu64 "\n",
            bounds[i], n);
    }
    buffer_add_format(out,
                      "tlsrpt_collect_pause_seconds_sum %" PRIu64 ".%06" PRIu64
                      "\n"
                      "tlsrpt_collect_pause_seconds_count %" PRIu64 "\n",
                      us / 1000000, us % 1000000, n);
    write_seconds(out, "pause_max_seconds", "gauge",
                  "The longest of these times",
                  value_of(&counters->pause_max_us));
}

static void write_datagrams(const struct counters *c, struct buffer *out)
{
    write_count(out, "received_total", "Datagrams received",
                value_of(&c->received));
    write_count(out, "summed_total", "Datagrams that were session events",
                value_of(&c->summed));
    write_count(out, "odd_total",
                "Of these, datagrams of another version of the format",
                value_of(&c->odd));
    write_count(out, "malformed_total", "Datagrams that were no session event",
                value_of(&c->malformed));
    write_count(out, "truncated_total", "Datagrams that were too long",
                value_of(&c->truncated));
    write_count(out, "lost_total", "Datagrams lost because memory ran out",
                value_of(&c->lost));
    write_count(out, "folded_total",
                "Sums that were folded because a domain had too many",
                value_of(&c->folded));
    write_count(out, "receive_errors_total", "Receives that failed",
                value_of(&c->receive_errors));
}

static void write_commits(const struct counters *c, struct buffer *out)
{
    uint64_t committed = value_of(&c->committed);
    uint64_t summed = value_of(&c->summed);

    write_count(out, "committed_total", "Datagrams whose sums are stored",
                committed);
    write_gauge(out, "uncommitted", "Datagrams whose sums are in memory alone",
                (int64_t)(summed > committed ? summed - committed : 0));
    write_count(out, "gone_total",
                "Datagrams stored in a tally that was moved or removed then",
                value_of(&c->gone));
    write_count(out, "commits_total", "Commits", value_of(&c->commits));
    write_count(out, "commit_failures_total",
                "Commits that failed and were tried again",
                value_of(&c->commit_failures));
    write_seconds(out, "commit_seconds_total", "counter", "Time in commits",
                  value_of(&c->commit_us));
    write_seconds(out, "commit_max_seconds", "gauge", "The longest commit",
                  value_of(&c->commit_max_us));
    write_count(out, "rows_total", "Sums added to the tally",
                value_of(&c->rows));
    write_count(out, "late_total",
                "Sums of a closed day, added to the day after it",
                value_of(&c->late));
}

void counters_write(const struct counters *c, struct buffer *out)
{
    int64_t closed = atomic_load(&c->closed_day);

    write_datagrams(c, out);
    write_fullness(c, out);
    write_pauses(c, out);
    write_commits(c, out);
    if (closed != UTC_DAY_NONE)
        write_gauge(out, "closed_day",
                    "The last closed day, as days since 1970-01-01", closed);
    write_gauge(out, "queue_length",
                "net.unix.max_dgram_qlen when the socket was made; -1 unknown",
                atomic_load(&c->queue_length));
    write_gauge(out, "start_time_seconds", "When the collector started",
                atomic_load(&c->started_at));
}
