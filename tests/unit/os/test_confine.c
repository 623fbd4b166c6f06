/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/confine.h"
#include "unit/valgrind.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

enum { MEMORY_BYTES = 512 * 1024 * 1024, CONFINE_FAILED = 99 };

/* What a worker tries. Returns: its exit status. */
typedef int attempt_function(void);

/* Tries in a confined child. Returns: how it ended. */
static int status_of(attempt_function *attempt)
{
    const struct confine_options options = { .memory_bytes = MEMORY_BYTES,
                                             .cpu_s = 1,
                                             .parent = getpid() };
    pid_t child = fork();
    int status = -1;

    assert_true(child >= 0);
    if (child == 0) {
        struct confine_applied applied;
        struct err err;

        if (confine_worker(&options, &applied, &err)) {
            fprintf(stderr, "%s\n", err.text);
            _exit(CONFINE_FAILED);
        }
        _exit(attempt());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static bool has_filter(void)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        const struct confine_options options = { .memory_bytes = MEMORY_BYTES,
                                                 .cpu_s = 1,
                                                 .parent = getppid() };
        struct confine_applied applied = { .has_filter = false };

        (void)confine_worker(&options, &applied, NULL);
        _exit(applied.has_filter);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* ---- What it is for ------------------------------------------------------ */

static int compute(void)
{
    char *memory = malloc(64 * 1024 * 1024);
    char text[64];

    if (!memory)
        return 1;
    memset(memory, 'x', 64 * 1024 * 1024);
    snprintf(text, sizeof(text), "%c%d", memory[4711], 12);
    memory = realloc(memory, 96 * 1024 * 1024);
    free(memory);
    return strcmp(text, "x12") == 0 ? 0 : 2;
}

static void it_can_compute(void **state)
{
    (void)state;
    assert_int_equal(status_of(compute), 0);
}

static int pipe_fds[2];

static int write_open(void)
{
    return write(pipe_fds[1], "x", 1) == 1 ? 0 : 1;
}

static void it_can_write_what_is_open(void **state)
{
    char octet = 0;

    (void)state;
    assert_int_equal(pipe(pipe_fds), 0);
    assert_int_equal(status_of(write_open), 0);
    assert_int_equal(read(pipe_fds[0], &octet, 1), 1);
    assert_int_equal(octet, 'x');
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

/* ---- What fails ---------------------------------------------------------- */

static int open_file(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? 0 : 1;
}

static int make_file(void)
{
    return open("/tmp/tlsrpt-confined", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) <
                   0
               ? 0
               : 1;
}

static int ask_file(void)
{
    struct stat stat_;

    return stat("/etc/passwd", &stat_) < 0 && access("/etc", R_OK) < 0 ? 0 : 1;
}

static int take_memory(void)
{
    return malloc((size_t)2 * MEMORY_BYTES) ? 1 : 0;
}

static void *idle(void *context)
{
    return context;
}

/* The thread is refused by clone3, and clone kills. */
static int start_thread(void)
{
    pthread_t thread;

    return pthread_create(&thread, NULL, idle, NULL) ? 0 : 1;
}

static void no_file_can_be_opened(void **state)
{
    (void)state;
    assert_int_equal(status_of(open_file), 0);
    assert_int_equal(status_of(make_file), 0);
    assert_int_equal(access("/tmp/tlsrpt-confined", F_OK), -1);
    if (has_filter())
        assert_int_equal(status_of(ask_file), 0);
}

static void memory_has_an_end(void **state)
{
    (void)state;
    if (!IS_SANITIZED)
        assert_int_equal(status_of(take_memory), 0);
}

static int burn(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
    return 0;
}

static void time_has_an_end(void **state)
{
    int status = status_of(burn);

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU);
}

/* ---- What kills ---------------------------------------------------------- */

static int open_inet(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? 0 : 1;
}

static int open_unix(void)
{
    return socket(AF_UNIX, SOCK_DGRAM, 0) < 0 ? 0 : 1;
}

static int start_process(void)
{
    return fork() < 0 ? 0 : 1;
}

static int run_program(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return 0;
}

static int kill_parent(void)
{
    return kill(getppid(), 0) < 0 ? 0 : 1;
}

static int trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? 0 : 1;
}

static int make_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? 0
               : 1;
}

static int make_ring(void)
{
    return syscall(SYS_io_uring_setup, 1, NULL) < 0 ? 0 : 1;
}

static void what_a_reader_never_does_kills_it(void **state)
{
    static const struct {
        const char *name;
        attempt_function *attempt;
        bool fails_with_sanitizer; /* instead of killing */
    } rows[] = {
        { "a network socket", open_inet, false },
        { "a local socket", open_unix, false },
        { "a program", run_program, false },
        { "tracing", trace, false },
        { "a ring of system calls", make_ring, false },
        { "a process", start_process, true },
        { "a thread", start_thread, true },
        { "a signal", kill_parent, true },
        { "memory to be run", make_code, true },
    };

    (void)state;
    if (!has_filter())
        skip();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int status = status_of(rows[i].attempt);
        bool is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;

        if (is_killed ||
            (IS_SANITIZED && rows[i].fails_with_sanitizer && status == 0))
            continue;
        fail_msg("%s: status %#x, expected SIGSYS", rows[i].name,
                 (unsigned)status);
    }
}

/* abort() is heard as such, so that a crash can be told from a violation. */
static int end_badly(void)
{
    abort();
}

static void an_abort_is_an_abort(void **state)
{
    int status = status_of(end_badly);

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_false(WCOREDUMP(status));
}

/* ---- Telling ------------------------------------------------------------- */

static void what_was_applied_is_told(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        const struct confine_options options = { .memory_bytes = MEMORY_BYTES,
                                                 .cpu_s = 1,
                                                 .parent = getppid() };
        struct confine_applied applied;

        if (confine_worker(&options, &applied, NULL))
            _exit(1);
        _exit(!strstr(applied.text, applied.has_filter ? "seccomp" : "no ") ||
              !strstr(applied.text, applied.landlock ? "Landlock " : "no ") ||
              !strstr(applied.text, "limits"));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_parent_that_is_gone_is_told(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        const struct confine_options options = { .memory_bytes = MEMORY_BYTES,
                                                 .cpu_s = 1,
                                                 .parent = getpid() };
        struct confine_applied applied;
        struct err err = { .kind = ERR_NONE };

        _exit(confine_worker(&options, &applied, &err) == -1 &&
                      err.kind == ERR_SYSTEM
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_can_compute),
        cmocka_unit_test(it_can_write_what_is_open),
        cmocka_unit_test(no_file_can_be_opened),
        cmocka_unit_test(memory_has_an_end),
        cmocka_unit_test(time_has_an_end),
        cmocka_unit_test(what_a_reader_never_does_kills_it),
        cmocka_unit_test(an_abort_is_an_abort),
        cmocka_unit_test(what_was_applied_is_told),
        cmocka_unit_test(a_parent_that_is_gone_is_told),
    };

    if (is_under_valgrind()) {
        puts("1..0 # SKIP a confined process cannot be under valgrind");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
