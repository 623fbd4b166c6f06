/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/counters.h"

#include <stdio.h>
#include <string.h>

#include "base/utc.h"
#include "collect/events.h"

static void a_batch_is_counted_by_its_size(void **state)
{
    static const struct {
        unsigned n;
        unsigned place;
    } rows[] = { { 1, 1 },  { 2, 2 },  { 3, 2 },  { 4, 3 }, { 15, 4 },
                 { 16, 5 }, { 32, 6 }, { 63, 6 }, { 64, 7 } };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct counters counters = { 0 };

        counters_note_batch(&counters, rows[i].n);
        assert_int_equal(counters.fullness[rows[i].place], 1);
        assert_int_equal(counters.batches, 1);
    }
}

static void a_pause_is_counted_by_its_length(void **state)
{
    static const uint64_t us[] = {
        0, 99, 100, 999, 1000, 10000, 100000, 9999999
    };
    static const unsigned places[] = { 0, 0, 1, 1, 2, 3, 4, 4 };

    (void)state;
    for (size_t i = 0; i < sizeof(us) / sizeof(*us); i++) {
        struct counters counters = { 0 };

        counters_note_pause(&counters, us[i]);
        assert_int_equal(counters.pauses[places[i]], 1);
        assert_int_equal(counters.pause_us, us[i]);
        assert_int_equal(counters.pause_max_us, us[i]);
    }
}

static void assert_line(struct buffer *text, const char *line)
{
    if (!strstr(buffer_text(text), line))
        fail_msg("no line %s in %s", line, buffer_text(text));
}

static void prometheus_can_read_it(void **state)
{
    struct counters counters = { 0 };
    struct buffer text;

    (void)state;
    buffer_init(&text, 65536);
    counter_add(&counters.received, 70);
    counter_add(&counters.summed, 69);
    counter_add(&counters.malformed, 1);
    counter_add(&counters.committed, 60);
    counter_add(&counters.gone, 3);
    counters_note_batch(&counters, 64);
    counters_note_batch(&counters, 6);
    counters_note_pause(&counters, 1500);
    atomic_store(&counters.closed_day, 20700);
    atomic_store(&counters.queue_length, -1);
    counters_write(&counters, &text);
    assert_line(&text, "\ntlsrpt_collect_received_total 70\n");
    assert_line(&text, "\ntlsrpt_collect_malformed_total 1\n");
    assert_line(&text, "\ntlsrpt_collect_uncommitted 9\n");
    assert_line(&text, "\ntlsrpt_collect_gone_total 3\n");
    assert_line(&text, "_bucket{le=\"3\"} 0\n");
    assert_line(&text, "_bucket{le=\"7\"} 1\n");
    assert_line(&text, "_bucket{le=\"63\"} 1\n");
    assert_line(&text, "_bucket{le=\"64\"} 2\n");
    assert_line(&text, "tlsrpt_collect_batch_datagrams_count 2\n");
    assert_line(&text, "tlsrpt_collect_pause_seconds_bucket{le=\"0.001\"} 0\n");
    assert_line(&text, "tlsrpt_collect_pause_seconds_bucket{le=\"0.01\"} 1\n");
    assert_line(&text, "tlsrpt_collect_pause_max_seconds 0.001500\n");
    assert_line(&text, "tlsrpt_collect_closed_day 20700\n");
    assert_line(&text, "tlsrpt_collect_queue_length -1\n");
    assert_false(text.failed);
    buffer_reset(&text);
    atomic_store(&counters.closed_day, UTC_DAY_NONE);
    counters_write(&counters, &text);
    assert_null(strstr(buffer_text(&text), "closed_day"));
    buffer_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_counted_by_its_size),
        cmocka_unit_test(a_pause_is_counted_by_its_length),
        cmocka_unit_test(prometheus_can_read_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
