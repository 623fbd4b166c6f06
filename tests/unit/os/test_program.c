/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/program.h"

/* Runs sh -c text; the shell is the test's, not the program's. */
static int run(const char *text, int time_ms, int stop_fd, struct buffer *out,
               struct err *err)
{
    const char *const argv[] = { "sh", "-c", text, "sh", "a b", "$HOME", NULL };
    const struct program_limits limits = { .time_ms = time_ms,
                                           .stop_fd = stop_fd };

    buffer_init(out, 100);
    return program_run(argv, &limits, out, err);
}

static void output_is_taken(void **state)
{
    struct buffer out;
    struct err err;

    (void)state;
    assert_int_equal(run("echo \"$1,$2\"", 10000, -1, &out, &err), 0);
    assert_string_equal(buffer_text(&out), "a b,$HOME\n");
    buffer_deinit(&out);
}

static void a_failure_is_told(void **state)
{
    static const char *const nobody[] = { "/nowhere/at/all", NULL };
    const struct program_limits limits = { .time_ms = 1000, .stop_fd = -1 };
    struct buffer out;
    struct err err;

    (void)state;
    assert_int_equal(run("echo x; exit 3", 10000, -1, &out, &err), -1);
    assert_string_equal(err.text, "sh failed with status 3");
    buffer_deinit(&out);
    assert_int_equal(run("kill -9 $$", 10000, -1, &out, &err), -1);
    assert_string_equal(err.text, "sh was ended by signal 9");
    buffer_deinit(&out);
    assert_int_equal(program_run(nobody, &limits, &out, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
}

static void too_much_is_too_much(void **state)
{
    struct buffer out;
    struct err err;

    (void)state;
    assert_int_equal(run("yes", 10000, -1, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    buffer_deinit(&out);
}

static bool is_alive(const char *text)
{
    return kill((pid_t)strtol(text, NULL, 10), 0) == 0;
}

/* What it started goes with it: nothing is left that holds a socket or a time
 * slice. */
static void the_whole_group_ends(void **state)
{
    int64_t began = clock_monotonic_ms();
    struct buffer out;
    struct err err;

    (void)state;
    assert_int_equal(run("sleep 100 & echo $!; wait", 300, -1, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_true(clock_monotonic_ms() - began < 5000);
    for (int i = 0; i < 200 && is_alive(buffer_text(&out)); i++)
        usleep(10000);
    assert_false(is_alive(buffer_text(&out)));
    buffer_deinit(&out);
}

static void a_closed_output_is_not_the_end(void **state)
{
    struct buffer out;
    struct err err;

    (void)state;
    assert_int_equal(run("exec >&-; exit 4", 10000, -1, &out, &err), -1);
    assert_string_equal(err.text, "sh failed with status 4");
    buffer_deinit(&out);
    assert_int_equal(run("exec >&-; exec sleep 100", 200, -1, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    buffer_deinit(&out);
}

/* What it says elsewhere is text of strangers: one line of ours, escaped. */
static void what_it_says_besides_is_escaped(void **state)
{
    FILE *log = tmpfile();
    const int before = dup(2);
    char line[512] = "", rest[2];
    struct buffer out;
    struct err err;

    (void)state;
    assert_non_null(log);
    dup2(fileno(log), 2);
    assert_int_equal(
        run("printf 'a\\033[31mb\\n<3>level=error id=forged\\n' >&2; echo x",
            10000, -1, &out, &err),
        0);
    dup2(before, 2);
    close(before);
    assert_string_equal(buffer_text(&out), "x\n");
    rewind(log);
    assert_non_null(fgets(line, sizeof(line), log));
    assert_null(fgets(rest, sizeof(rest), log));
    assert_non_null(strstr(line, "id=program-says program=sh text="));
    assert_non_null(strstr(line, "forged"));
    assert_null(strchr(line, '\033'));
    fclose(log);
    buffer_deinit(&out);
}

/* It is not kept from going on, and not all of it is kept. */
static void much_that_it_says_besides_is_read(void **state)
{
    struct buffer out;
    struct err err;

    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(
        run("seq 100000 >&2; exec 2>&-; echo x", 60000, -1, &out, &err), 0);
    assert_string_equal(buffer_text(&out), "x\n");
    buffer_deinit(&out);
}

/* ---- Those that never fall silent ---------------------------------------- */

enum { MANY_READS = 100000 };

/* What reads find while it is on: never nothing, whoever is faster. */
static struct {
    bool is_on;
    int n_reads;
    int stop_fd; /* asked to stop by the first of them */
} flood;

static ssize_t read_flood(int fd, void *octets, size_t n)
{
    struct pollfd wanted = { .fd = fd, .events = POLLIN };
    const uint64_t one = 1;

    flood.is_on = ++flood.n_reads < MANY_READS;
    poll(&wanted, 1, 10000);
    if (flood.n_reads == 1)
        assert_int_equal(write(flood.stop_fd, &one, sizeof(one)), sizeof(one));
    return syscall(SYS_read, fd, octets, n);
}

/* In the place of that of the C library. */
ssize_t read(int fd, void *octets, size_t n)
{
    return flood.is_on ? read_flood(fd, octets, n)
                       : syscall(SYS_read, fd, octets, n);
}

/* Reading what it says is no reason to forget who wants to stop, nor, of one that has
 * left its group and was not killed with it, to listen for ever. */
static void one_that_never_falls_silent_can_be_stopped(void **state)
{
    static const char *const rows[] = { "exec yes >&2",
                                        "setsid sh -c 'exec yes >&2' & wait" };

    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buffer out;
        struct err err;

        flood.stop_fd = eventfd(0, EFD_CLOEXEC);
        flood.n_reads = 0;
        flood.is_on = true;
        assert_int_equal(run(rows[i], 100000, flood.stop_fd, &out, &err), 1);
        flood.is_on = false;
        assert_in_range(flood.n_reads, 1, 100);
        buffer_deinit(&out);
        close(flood.stop_fd);
    }
}

static void one_that_never_falls_silent_ends_in_time(void **state)
{
    struct buffer out;
    struct err err;

    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(run("exec yes >&2", 200, -1, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    buffer_deinit(&out);
}

static void it_can_be_stopped(void **state)
{
    int fd = eventfd(1, EFD_CLOEXEC);
    struct buffer out;
    struct err err;

    (void)state;
    assert_int_equal(run("sleep 100", 50000, fd, &out, &err), 1);
    buffer_deinit(&out);
    close(fd);
}

/* Signals that our threads block are not blocked there, and no descriptor of
 * ours is open. */
static void it_inherits_nothing(void **state)
{
    struct buffer out;
    sigset_t set;
    struct err err;
    int fd = dup(0); /* not close-on-exec */

    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    assert_int_equal(run("ls /proc/self/fd | tr '\\n' ' '; kill -TERM $$",
                         10000, -1, &out, &err),
                     -1);
    assert_string_equal(err.text, "sh was ended by signal 15");
    assert_string_equal(buffer_text(&out), "0 1 2 3 ");
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    buffer_deinit(&out);
    close(fd);
}

/* Feeds sh -c text; what it said is in out. */
static int feed(const char *text, struct slice input, int time_ms,
                struct buffer *out, int *out_status, struct err *err)
{
    const char *const argv[] = { "sh", "-c", text, NULL };
    const struct program_limits limits = { .time_ms = time_ms, .stop_fd = -1 };

    buffer_init(out, 100);
    return program_feed(argv, &limits, input, out, out_status, err);
}

static void input_is_fed(void **state)
{
    static const struct {
        const char *name, *text, *said;
        int rc, status;
    } rows[] = {
        { "read", "cat", "a\r\nb\r\n", 0, 0 },
        { "read by name", "cat /dev/stdin", "a\r\nb\r\n", 0, 0 },
        { "not read", "echo no; exit 75", "no\n", -1, 75 },
        { "told on standard error", "echo refused >&2; exit 67", "refused\n",
          -1, 67 },
        { "killed", "kill -9 $$", "", -1, -1 },
        { "says too much", "yes | head -c 1000", NULL, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buffer out;
        struct err err;
        int status;
        int rc = feed(rows[i].text, slice_of("a\r\nb\r\n"), 10000, &out,
                      &status, &err);

        if (rc != rows[i].rc || status != rows[i].status)
            fail_msg("%s: %d, status %d", rows[i].name, rc, status);
        if (rows[i].said)
            assert_string_equal(buffer_text(&out), rows[i].said);
        else
            assert_int_equal(out.len, 100);
        buffer_deinit(&out);
    }
}

static void a_large_input_is_fed_whole(void **state)
{
    enum { BYTES = 4 << 20 };
    char *octets = calloc(1, BYTES);
    struct buffer out;
    struct err err;
    int status;

    (void)state;
    memset(octets, 'x', BYTES);
    assert_int_equal(
        feed("wc -c", slice_make(octets, BYTES), 10000, &out, &status, &err),
        0);
    assert_string_equal(buffer_text(&out), "4194304\n");
    buffer_deinit(&out);
    free(octets);
}

/* Neither it nor what it started is left when its time is over. */
static void what_is_fed_ends_in_time(void **state)
{
    struct buffer out;
    struct err err;
    int status;

    (void)state;
    assert_int_equal(feed("sleep 100 & echo $!; wait", slice_of(""), 300, &out,
                          &status, &err),
                     -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(status, -1);
    for (int i = 0; i < 200 && is_alive(buffer_text(&out)); i++)
        usleep(10000);
    assert_false(is_alive(buffer_text(&out)));
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_is_taken),
        cmocka_unit_test(a_failure_is_told),
        cmocka_unit_test(too_much_is_too_much),
        cmocka_unit_test(the_whole_group_ends),
        cmocka_unit_test(a_closed_output_is_not_the_end),
        cmocka_unit_test(what_it_says_besides_is_escaped),
        cmocka_unit_test(much_that_it_says_besides_is_read),
        cmocka_unit_test(one_that_never_falls_silent_ends_in_time),
        cmocka_unit_test(one_that_never_falls_silent_can_be_stopped),
        cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(it_inherits_nothing),
        cmocka_unit_test(input_is_fed),
        cmocka_unit_test(a_large_input_is_fed_whole),
        cmocka_unit_test(what_is_fed_ends_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
