/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    READ_BYTES = 4096,
    LAST_READS = 16,  /* what a pipe of Linux holds */
    SAYS_BYTES = 2000 /* kept of what it says on standard error: some lines */
};

/* One that runs. */
struct running {
    const char *name;
    const struct program_limits *limits;
    int64_t until_ms;
    pid_t pid;
    int pid_fd; /* readable when it has exited */
    int out_fd;
    int err_fd; /* its standard error; -1 where that is output, or has ended */
    int in_fd;  /* its standard input, or -1 for none */
    struct buffer says; /* the beginning of what came from err_fd */
    bool is_fed; /* it says what it likes, of which the beginning is kept */
};

static int spawn_failed(int number, const char *name, struct err *err)
{
    errno = number;
    return err_system(err, "running %.100s", name);
}

/* In a group of its own, with the signals of a new program. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    int number;

    sigemptyset(&none);
    sigfillset(&all);
    number = posix_spawnattr_setsigmask(attributes, &none);
    if (!number)
        number = posix_spawnattr_setsigdefault(attributes, &all);
    if (!number)
        number = posix_spawnattr_setpgroup(attributes, 0);
    if (!number)
        number = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                            POSIX_SPAWN_SETSIGDEF);
    return number;
}

static int set_files(posix_spawn_file_actions_t *files,
                     const struct running *running, int out_fd, int err_fd)
{
    int number =
        running->in_fd < 0
            ? posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY,
                                               0)
            : posix_spawn_file_actions_adddup2(files, running->in_fd, 0);

    if (!number)
        number = posix_spawn_file_actions_adddup2(files, out_fd, 1);
    if (!number)
        number = posix_spawn_file_actions_adddup2(files, err_fd, 2);
    if (!number)
        number = posix_spawn_file_actions_addclosefrom_np(files, 3);
    return number;
}

static int spawn(const char *const argv[], struct running *running, int out_fd,
                 int err_fd)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int number = posix_spawnattr_init(&attributes);

    if (number)
        return number;
    number = posix_spawn_file_actions_init(&files);
    if (!number) {
        number = set_attributes(&attributes);
        if (!number)
            number = set_files(&files, running, out_fd, err_fd);
        if (!number)
            number = posix_spawnp(&running->pid, argv[0], &files, &attributes,
                                  (char *const *)(uintptr_t)argv, environ);
        posix_spawn_file_actions_destroy(&files);
    }
    posix_spawnattr_destroy(&attributes);
    return number;
}

static void close_ends(int ends[static 2])
{
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
        ends[i] = -1;
    }
}

static int start(const char *const argv[], struct running *running,
                 struct err *err)
{
    int ends[2] = { -1, -1 }, says[2] = { -1, -1 };
    int number = 0;

    if (pipe2(ends, O_CLOEXEC) ||
        (!running->is_fed && pipe2(says, O_CLOEXEC | O_NONBLOCK)))
        number = errno;
    /* The program's own end waits, as programs expect. */
    if (!number && !running->is_fed && fcntl(says[1], F_SETFL, 0) < 0)
        number = errno;
    if (!number)
        number =
            spawn(argv, running, ends[1], running->is_fed ? ends[1] : says[1]);
    if (number) {
        close_ends(ends);
        close_ends(says);
        return spawn_failed(number, argv[0], err);
    }
    close(ends[1]);
    if (says[1] >= 0)
        close(says[1]);
    running->out_fd = ends[0];
    running->err_fd = says[0];
    /* Not waited for yet, so the number is still this program's. */
    running->pid_fd = (int)syscall(SYS_pidfd_open, running->pid, 0);
    return 0;
}

/*
 * Reads once from its standard error: the beginning is kept, and the rest thrown
 * away. Others wrote it, so it never goes into our log as it is; and one that says
 * more than we read must not keep us from its time.
 * Returns: whether there was something.
 */
static bool listen_to(struct running *running)
{
    char octets[READ_BYTES];
    const ssize_t n = read(running->err_fd, octets, sizeof(octets));
    const size_t room = running->says.max_bytes - running->says.len;

    if (n > 0)
        buffer_add(&running->says, octets, (size_t)n < room ? (size_t)n : room);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return n > 0;
    close(running->err_fd);
    running->err_fd = -1;
    return false;
}

/* What stands in the pipe when it has ended, and no more: what it started may have
 * left the group, and goes on. */
static void hear_out(struct running *running)
{
    for (int i = 0; i < LAST_READS && running->err_fd >= 0; i++) {
        if (!listen_to(running))
            break;
    }
    if (running->err_fd >= 0)
        close(running->err_fd);
}

/* Waits for one of our descriptors. Returns: 0, 1 stopped, -1 with err. */
static int wait_for(struct running *running, int fd, struct err *err)
{
    for (;;) {
        struct pollfd polls[] = {
            { .fd = fd, .events = POLLIN },
            { .fd = running->limits->stop_fd, .events = POLLIN },
            { .fd = running->err_fd, .events = POLLIN },
        };
        int64_t left_ms = running->until_ms - clock_monotonic_ms();
        int n;

        if (left_ms <= 0)
            return err_set(err, ERR_LIMIT, "%.100s took longer than %d ms",
                           running->name, running->limits->time_ms);
        n = poll(polls, 3, (int)left_ms);
        if (n < 0 && errno != EINTR)
            return err_system(err, "waiting for %.100s", running->name);
        if (n > 0 && polls[2].revents)
            (void)listen_to(running);
        if (n > 0 && polls[1].revents)
            return 1;
        if (n > 0 && polls[0].revents)
            return 0;
    }
}

static void keep(const struct running *running, struct buffer *out,
                 const char *octets, size_t n)
{
    size_t room = out->max_bytes - out->len;

    buffer_add(out, octets, running->is_fed && n > room ? room : n);
}

/* Returns: 0 at the end of its output, 1 stopped, -1 with err. */
static int read_all(struct running *running, struct buffer *out,
                    struct err *err)
{
    for (;;) {
        char octets[READ_BYTES];
        int rc = wait_for(running, running->out_fd, err);
        ssize_t n;

        if (rc)
            return rc;
        n = read(running->out_fd, octets, sizeof(octets));
        if (n < 0 && errno != EINTR)
            return err_system(err, "reading from %.100s", running->name);
        if (n == 0)
            return 0;
        if (n > 0)
            keep(running, out, octets, (size_t)n);
        explicit_bzero(octets, sizeof(octets)); /* it may be a secret */
        if (out->failed)
            return err_set(err, ERR_LIMIT, "%.100s said more than %zu octets",
                           running->name, out->max_bytes);
    }
}

/* Kills whatever is left of the group and buries the program.
 * Returns: its status of waitpid. */
static int bury(struct running *running)
{
    int status = 0;

    kill(-running->pid, SIGKILL);
    while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
        ;
    hear_out(running);
    close(running->out_fd);
    if (running->pid_fd >= 0)
        close(running->pid_fd);
    return status;
}

static int judge(const char *name, int status, struct err *err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status))
        return err_set(err, ERR_SYSTEM, "%.100s failed with status %d", name,
                       WEXITSTATUS(status));
    return err_set(err, ERR_SYSTEM, "%.100s was ended by signal %d", name,
                   WTERMSIG(status));
}

/* Runs it to its end. *out_status is set where it ran at all. */
static int run(const char *const argv[], struct running *running,
               struct buffer *out, int *out_status, struct err *err)
{
    int rc, status;

    if (start(argv, running, err))
        return -1;
    *out_status = PROGRAM_KILLED;
    rc = read_all(running, out, err);
    /* It may close its output long before it exits. */
    if (rc == 0 && running->pid_fd >= 0)
        rc = wait_for(running, running->pid_fd, err);
    status = bury(running);
    if (rc)
        return rc;
    if (WIFEXITED(status))
        *out_status = WEXITSTATUS(status);
    return judge(argv[0], status, err);
}

/* The log escapes what steers a terminal or would look like a line of ours. */
static void tell_says(struct running *running)
{
    const struct slice says = slice_trim(buffer_slice(&running->says));
    char text[SAYS_BYTES + 1];

    snprintf(text, sizeof(text), "%.*s", (int)says.len,
             says.len ? says.ptr : "");
    if (*text)
        log_line(LOG_LEVEL_WARNING, "program-says", "program", running->name,
                 "text", text, NULL);
    buffer_deinit(&running->says);
}

int program_run(const char *const argv[], const struct program_limits *limits,
                struct buffer *out, struct err *err)
{
    struct running running = { .name = argv[0],
                               .limits = limits,
                               .err_fd = -1,
                               .in_fd = -1,
                               .until_ms =
                                   clock_monotonic_ms() + limits->time_ms };
    int status, rc;

    buffer_init(&running.says, SAYS_BYTES);
    rc = run(argv, &running, out, &status, err);
    tell_says(&running);
    return rc;
}

/* Writes octets into a file in memory, to be read from its beginning. */
static int make_input(struct slice input, struct err *err)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    while (fd >= 0 && input.len) {
        ssize_t n = write(fd, input.ptr, input.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            err_system(err, "writing what a program is fed");
            close(fd);
            return -1;
        }
        input = slice_skip(input, (size_t)n);
    }
    if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
        err_system(err, "making what a program is fed");
    return fd;
}

int program_feed(const char *const argv[], const struct program_limits *limits,
                 struct slice input, struct buffer *out, int *out_status,
                 struct err *err)
{
    struct running running = { .name = argv[0],
                               .limits = limits,
                               .err_fd = -1,
                               .in_fd = make_input(input, err),
                               .is_fed = true,
                               .until_ms =
                                   clock_monotonic_ms() + limits->time_ms };
    int rc;

    *out_status = PROGRAM_NEVER_RAN;
    if (running.in_fd < 0)
        return -1;
    rc = run(argv, &running, out, out_status, err);
    close(running.in_fd);
    return rc;
}
