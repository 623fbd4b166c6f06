/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "insight/insight.h"
#include "intake/limits.h"
#include "os/confine.h"
#include "service/limits.h"
#include "service/reader.h"
#include "store/position.h"
#include "unit/valgrind.h"

enum { MANY = 200, TEXT_BYTES = 600 };

/* What a reading gave, as text. */
struct taken {
    struct arena arena;
    struct buffer text;
    unsigned n_items;
    enum intake_unread unread;
    const char *code; /* of what is unread */
    unsigned fail_at; /* the item that cannot be taken; 0 = none */
};

static struct reader *reader;
static unsigned notes[3];
static char last_note[256];
static struct taken taken;

static void take_note(void *context, enum reader_note note, const char *text)
{
    (void)context;
    notes[note]++;
    snprintf(last_note, sizeof(last_note), "%s", text);
}

static int ready(void *context, size_t room_bytes, struct err *err)
{
    (void)context;
    (void)err;
    arena_reset(&taken.arena);
    taken.arena.max_bytes = INTAKE_ROWS_LEAST_BYTES + room_bytes;
    return 0;
}

static int take(void *context, const struct intake_item *item, struct err *err)
{
    (void)context;
    if (++taken.n_items == taken.fail_at)
        return err_set(err, ERR_STORE, "full");
    taken.unread = item->unread;
    taken.code = item->unread && item->n_findings
                     ? item->findings[item->n_findings - 1].code
                     : "";
    if (item->rows)
        buffer_add_format(&taken.text, "report %s;", item->rows->report_id);
    else
        buffer_add_format(&taken.text, "%s;", item->refused);
    return 0;
}

static const struct intake_sink sink = { .arena = &taken.arena,
                                         .ready = ready,
                                         .take = take };

static int setup(void **state)
{
    const struct reader_options options = { .note = take_note };
    struct err err;

    (void)state;
    memset(notes, 0, sizeof(notes));
    setenv("TLSRPT_TEST_CRASH", "crash-here", 1);
    setenv("TLSRPT_TEST_HANG", "hang-here", 1);
    arena_init(&taken.arena, INTAKE_ROWS_LEAST_BYTES);
    buffer_init(&taken.text, 1 << 20);
    taken.n_items = taken.fail_at = 0;
    return reader_open(&options, &reader, &err);
}

static int teardown(void **state)
{
    (void)state;
    reader_close(reader);
    arena_deinit(&taken.arena);
    buffer_deinit(&taken.text);
    return 0;
}

static const char *report(char text[static TEXT_BYTES], const char *id)
{
    snprintf(text, TEXT_BYTES,
             "{\"organization-name\":\"o\",\"report-id\":\"%s\","
             "\"date-range\":{\"start-datetime\":\"2026-10-01T00:00:00Z\","
             "\"end-datetime\":\"2026-10-01T23:59:59Z\"},\"policies\":["
             "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":"
             "\"a.example\"},\"summary\":{\"total-successful-session-count\":"
             "2}}]}",
             id);
    return text;
}

static struct intake_source_input input_of(const char *text)
{
    return (struct intake_source_input){ .label = "test",
                                         .octets = slice_of(text) };
}

/* Reads one. Returns: what was taken of it. */
static const char *read_text(const char *text)
{
    const struct intake_source_input input = input_of(text);
    struct err err;

    buffer_reset(&taken.text);
    if (reader_read(reader, &input, &sink, &err))
        fail_msg("%s", err.text);
    return buffer_text(&taken.text);
}

static const char *read_report(const char *id)
{
    char text[TEXT_BYTES];

    return read_text(report(text, id));
}

/* ---- Good ones ----------------------------------------------------------- */

static void a_report_is_read(void **state)
{
    (void)state;
    assert_string_equal(read_report("one"), "report one;");
    assert_string_equal(read_report("two"), "report two;");
    assert_int_equal(notes[READER_STARTED], 1);
    assert_int_equal(notes[READER_FAILED], 0);
    assert_non_null(strstr(last_note, "limits"));
}

static void what_is_no_report_is_refused(void **state)
{
    (void)state;
    assert_non_null(strstr(read_text("hello"), "not JSON"));
    assert_non_null(strstr(read_text(""), ";"));
}

static void several_reports_of_one_input_are_read(void **state)
{
    char one[TEXT_BYTES], both[2 * TEXT_BYTES];

    (void)state;
    snprintf(both, sizeof(both), "%s", report(one, "a"));
    snprintf(both + strlen(both), TEXT_BYTES, "%s", report(one, "b"));
    assert_string_equal(read_text(both), "report a;report b;");
}

static void inputs_told_ahead_come_in_order(void **state)
{
    static char texts[MANY][TEXT_BYTES];
    size_t told = 0;

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        char id[16], want[32];

        snprintf(id, sizeof(id), "n%zu", i);
        report(texts[i], id);
        snprintf(want, sizeof(want), "report n%zu;", i);
        memcpy(texts[i] + TEXT_BYTES - sizeof(want), want, sizeof(want));
    }
    for (size_t i = 0; i < MANY; i++) {
        for (; told < MANY; told++) {
            const struct intake_source_input input = input_of(texts[told]);

            if (reader_ahead(reader, &input))
                break;
        }
        assert_string_equal(read_text(texts[i]), texts[i] + TEXT_BYTES - 32);
    }
}

static void one_that_was_told_and_is_not_asked_for_is_left_out(void **state)
{
    char a[TEXT_BYTES], b[TEXT_BYTES], c[TEXT_BYTES];
    const struct intake_source_input first = input_of(report(a, "a")),
                                     second = input_of(report(b, "b"));

    (void)state;
    assert_int_equal(reader_ahead(reader, &first), 0);
    assert_int_equal(reader_ahead(reader, &second), 0);
    assert_string_equal(read_text(b), "report b;");
    assert_int_equal(reader_ahead(reader, &first), 0);
    assert_string_equal(read_text(report(c, "c")), "report c;");
    assert_int_equal(reader_ahead(reader, &first), 0);
    reader_give_up(reader);
    assert_string_equal(read_text(b), "report b;");
}

/* Nobody asks for it, so it would stay when it is freed. */
static void where_a_source_stands_is_not_on_its_way(void **state)
{
    static const struct store_position position = { .source = "test" };
    const struct intake_source_input stands = { .label = "test",
                                                .position = &position };
    char text[TEXT_BYTES];
    const struct intake_source_input input = input_of(report(text, "x"));

    (void)state;
    assert_int_equal(reader_ahead(reader, &stands), 0);
    for (int i = 0; i < SERVICE_AHEAD_INPUTS; i++)
        assert_int_equal(reader_ahead(reader, &input), 0);
    assert_int_equal(reader_ahead(reader, &input), 1);
    assert_int_equal(reader_ahead(reader, &stands), 0);
}

static void a_large_input_comes_through(void **state)
{
    size_t bytes = 40 * 1024 * 1024;
    char *text = malloc(bytes + 1), *at = text;
    char head[TEXT_BYTES];

    (void)state;
    at += snprintf(at, TEXT_BYTES, "%s", report(head, "large"));
    memset(at, ' ', bytes - (size_t)(at - text));
    text[bytes] = '\0';
    assert_string_equal(read_text(text), "report large;");
    free(text);
}

static void a_worker_is_replaced_after_its_share(void **state)
{
    (void)state;
    for (int i = 0; i < SERVICE_READER_INPUTS + 10; i++)
        assert_string_equal(read_report("x"), "report x;");
    assert_int_equal(notes[READER_FAILED], 0);
}

/* Where more is always under way there is a moment for it, too. */
static void a_worker_that_is_always_busy_is_replaced(void **state)
{
    static char texts[2][TEXT_BYTES];
    const struct intake_source_input inputs[] = {
        input_of(report(texts[0], "a")), input_of(report(texts[1], "b"))
    };
    unsigned n_refused = 0;

    (void)state;
    assert_int_equal(reader_ahead(reader, &inputs[0]), 0);
    for (int i = 0; i < SERVICE_READER_INPUTS + 10; i++) {
        n_refused += reader_ahead(reader, &inputs[(i + 1) % 2]) != 0;
        reader_send(reader);
        assert_string_equal(read_text(texts[i % 2]),
                            i % 2 ? "report b;" : "report a;");
    }
    assert_int_equal(n_refused, 1);
    assert_int_equal(notes[READER_FAILED], 0);
}

/* ---- Bad ones ------------------------------------------------------------ */

static void a_crash_is_tried_again_and_left_unread(void **state)
{
    (void)state;
    assert_string_equal(read_text("crash-here"),
                        "not read: the reader crashes on it;");
    assert_string_equal(taken.code, "reader-crashed");
    assert_int_equal(notes[READER_FAILED], SERVICE_READER_STRIKES);
    assert_string_equal(last_note, "was ended by SIGABRT, reading test");
    assert_string_equal(read_report("after"), "report after;");
}

static void what_takes_too_long_is_left_unread(void **state)
{
    int64_t began_ms = clock_monotonic_ms();

    (void)state;
    /* Ten times as long under a sanitizer. */
    if (confine_is_relaxed())
        return;
    assert_string_equal(read_text("hang-here"),
                        "not read: reading it takes too long;");
    assert_string_equal(taken.code, "reader-late");
    assert_true(clock_monotonic_ms() - began_ms < 20000);
    assert_string_equal(last_note, "took too long, reading test");
    assert_string_equal(read_report("after"), "report after;");
}

/* Others do not wait for what may be read aside. */
static void a_first_look_is_short(void **state)
{
    char text[TEXT_BYTES], hang[] = "hang-here";
    const struct intake_source_input next = input_of(report(text, "next")),
                                     slow = input_of(hang);
    int64_t began_ms = clock_monotonic_ms();

    (void)state;
    reader_set_first_look(reader, true);
    assert_int_equal(reader_ahead(reader, &slow), 0);
    assert_int_equal(reader_ahead(reader, &next), 0);
    assert_non_null(strstr(read_text(hang), "not read yet"));
    assert_int_equal(taken.unread, INTAKE_UNREAD_YET);
    assert_string_equal(taken.code, "read-later");
    assert_string_equal(read_text(text), "report next;");
    assert_int_equal(taken.unread, INTAKE_READ);
    assert_int_equal(notes[READER_FAILED], 1);
    /* A usual time-out alone takes a second of a processor. */
    assert_true(clock_monotonic_ms() - began_ms <
                (confine_is_relaxed() ? 30000 : 3000));
    assert_non_null(strstr(read_text("crash-here"), "crashes on it"));
    assert_int_equal(taken.unread, INTAKE_UNREAD);
}

static void *cancel_soon(void *context)
{
    const struct timespec moment = { .tv_nsec = 50000000 };

    nanosleep(&moment, NULL);
    reader_cancel(context);
    return NULL;
}

static void a_reading_is_given_up(void **state)
{
    const struct intake_source_input input = input_of("hang-here");
    int64_t began_ms = clock_monotonic_ms();
    pthread_t thread;
    struct err err;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, reader), 0);
    assert_int_equal(reader_read(reader, &input, &sink, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    pthread_join(thread, NULL);
    assert_int_equal(notes[READER_FAILED], 0);
    assert_true(clock_monotonic_ms() - began_ms < 10000);
}

static void after_a_rest_it_reads_on(void **state)
{
    (void)state;
    assert_string_equal(read_report("one"), "report one;");
    reader_rest(reader);
    assert_string_equal(read_report("two"), "report two;");
    assert_int_equal(notes[READER_FAILED], 0);
}

/* The one that crashes is blamed, not the one that waits for its answer. */
static void others_on_their_way_are_read(void **state)
{
    static char texts[20][TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < 20; i++) {
        struct intake_source_input input;

        report(texts[i], i == 7 ? "crash-here" : "good");
        input = input_of(texts[i]);
        assert_int_equal(reader_ahead(reader, &input), 0);
    }
    for (size_t i = 0; i < 20; i++)
        assert_string_equal(read_text(texts[i]),
                            i == 7 ? "not read: the reader crashes on it;"
                                   : "report good;");
    assert_int_equal(notes[READER_FAILED], SERVICE_READER_STRIKES);
}

static void a_failure_of_the_taker_ends_the_reading(void **state)
{
    char a[TEXT_BYTES], b[TEXT_BYTES];
    const struct intake_source_input first = input_of(report(a, "a")),
                                     second = input_of(report(b, "b"));
    struct err err;

    (void)state;
    taken.fail_at = 1;
    assert_int_equal(reader_ahead(reader, &first), 0);
    assert_int_equal(reader_ahead(reader, &second), 0);
    assert_int_equal(reader_read(reader, &first, &sink, &err), -1);
    assert_int_equal(err.kind, ERR_STORE);
    assert_string_equal(read_text(b), "report b;");
    assert_string_equal(read_text(a), "report a;");
}

/* ---- From outside -------------------------------------------------------- */

/* The only child of a process. Returns: its id, 0 = none. */
static pid_t child_of(pid_t parent)
{
    char path[64], line[32] = "";
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
    f = fopen(path, "r");
    if (!f)
        return 0;
    if (!fgets(line, sizeof(line), f))
        line[0] = '\0';
    fclose(f);
    return (pid_t)strtol(line, NULL, 10);
}

static pid_t find_keeper(void)
{
    pid_t keeper = child_of(getpid());

    assert_true(keeper > 0);
    return keeper;
}

static void a_worker_killed_between_inputs_is_replaced(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * SERVICE_READER_KILLS; i++) {
        pid_t worker = child_of(find_keeper());

        assert_true(worker > 0);
        kill(worker, SIGKILL);
        assert_string_equal(read_report("x"), "report x;");
    }
}

static void without_a_keeper_it_says_so(void **state)
{
    pid_t keeper = find_keeper();
    char text[TEXT_BYTES];
    const struct intake_source_input input = input_of(report(text, "x"));
    struct err err = { .kind = ERR_NONE };

    (void)state;
    kill(keeper, SIGKILL);
    /* Its worker goes with it, some time. */
    while (reader_read(reader, &input, &sink, &err) == 0)
        ;
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(notes[READER_LOST], 1);
    assert_int_equal(reader_read(reader, &input, &sink, &err), -1);
    assert_int_equal(notes[READER_LOST], 1);
}

static void nobody_is_left_behind(void **state)
{
    pid_t keeper = find_keeper(), worker = child_of(keeper);

    (void)state;
    assert_true(worker > 0);
    reader_close(reader);
    reader = NULL;
    assert_int_equal(kill(keeper, 0), -1);
    assert_int_equal(kill(worker, 0), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_is_read),
        TEST(what_is_no_report_is_refused),
        TEST(several_reports_of_one_input_are_read),
        TEST(inputs_told_ahead_come_in_order),
        TEST(one_that_was_told_and_is_not_asked_for_is_left_out),
        TEST(where_a_source_stands_is_not_on_its_way),
        TEST(a_large_input_comes_through),
        TEST(a_worker_is_replaced_after_its_share),
        TEST(a_worker_that_is_always_busy_is_replaced),
        TEST(a_crash_is_tried_again_and_left_unread),
        TEST(what_takes_too_long_is_left_unread),
        TEST(a_first_look_is_short),
        TEST(a_reading_is_given_up),
        TEST(after_a_rest_it_reads_on),
        TEST(others_on_their_way_are_read),
        TEST(a_failure_of_the_taker_ends_the_reading),
        TEST(a_worker_killed_between_inputs_is_replaced),
        TEST(without_a_keeper_it_says_so),
        TEST(nobody_is_left_behind),
    };

    if (is_under_valgrind()) {
        puts("1..0 # SKIP a confined process cannot be under valgrind");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
