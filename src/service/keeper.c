/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/confine.h"
#include "service/limits.h"

struct keeper {
    int fd;
    pid_t pid;
};

/* What the keeper answers; the worker's socket goes with it. */
struct answer {
    pid_t pid;
    int last_status;
    int error; /* errno where no worker could be started */
};

/* The keeper's own side. */
struct keeping {
    const struct keeper_options *options;
    int fd;       /* to the parent */
    pid_t worker; /* 0 = none */
};

/* A message with room for one file descriptor. */
struct parcel {
    struct iovec part;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct msghdr message;
};

static void init_parcel(struct parcel *parcel, struct answer *answer)
{
    *parcel = (struct parcel){ .part = { .iov_base = answer,
                                         .iov_len = sizeof(*answer) } };
    parcel->message =
        (struct msghdr){ .msg_iov = &parcel->part,
                         .msg_iovlen = 1,
                         .msg_control = parcel->control,
                         .msg_controllen = sizeof(parcel->control) };
}

/* ---- In the keeper ------------------------------------------------------- */

/* Returns: the status of the worker that was there, -1 where there was none. */
static int end_worker(struct keeping *keeping)
{
    int status = -1;

    if (keeping->worker == 0)
        return -1;
    kill(keeping->worker, SIGKILL);
    while (waitpid(keeping->worker, &status, 0) < 0 && errno == EINTR)
        ;
    keeping->worker = 0;
    return status;
}

/* Returns: the parent's side of the socket to a new worker, -1 with errno. */
static int start_worker(struct keeping *keeping)
{
    pid_t self = getpid();
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
        return -1;
    keeping->worker = fork();
    if (keeping->worker == 0) {
        close(fds[0]);
        close(keeping->fd);
        keeping->options->run(keeping->options->context, fds[1], self);
        _exit(0);
    }
    close(fds[1]);
    if (keeping->worker > 0)
        return fds[0];
    keeping->worker = 0;
    close(fds[0]);
    return -1;
}

static bool send_answer(int fd, struct answer *answer, int worker_fd)
{
    struct parcel parcel;
    struct cmsghdr *header;

    init_parcel(&parcel, answer);
    if (worker_fd < 0) {
        parcel.message.msg_control = NULL;
        parcel.message.msg_controllen = 0;
    } else {
        header = CMSG_FIRSTHDR(&parcel.message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &worker_fd, sizeof(int));
    }
    return sendmsg(fd, &parcel.message, MSG_NOSIGNAL) == sizeof(*answer);
}

/* One worker for each octet, until the parent is gone. */
static void keep(struct keeping *keeping)
{
    bool is_answered = true;
    char octet;

    while (is_answered && read(keeping->fd, &octet, 1) == 1) {
        struct answer answer = { .last_status = end_worker(keeping) };
        int fd = start_worker(keeping);

        answer.pid = keeping->worker;
        answer.error = fd < 0 ? errno : 0;
        is_answered = send_answer(keeping->fd, &answer, fd);
        if (fd >= 0)
            close(fd);
    }
    end_worker(keeping);
}

/* Lets go of all that the parent had open, so that nobody waits for its end in
   vain. A sanitizer writes what it found to stderr. */
static void drop_files(int keep_fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (!confine_is_relaxed())
        dup2(null, STDERR_FILENO);
    dup2(keep_fd, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0u, 0);
}

/* Signals are for the parent, which ends this by the socket; one that dies
   without it takes this with it. */
static void run_keeper(const struct keeper_options *options, int fd,
                       pid_t parent)
{
    static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGUSR1 };
    struct keeping keeping = { .options = options, .fd = STDERR_FILENO + 1 };

    for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
        signal(ignored[i], SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_NAME, "tlsrpt-keeper", 0, 0, 0);
    if (getppid() != parent)
        _exit(0);
    drop_files(fd);
    if (options->prepare)
        options->prepare(options->context);
    keep(&keeping);
    _exit(0);
}

/* ---- In the parent ------------------------------------------------------- */

int keeper_start(const struct keeper_options *options,
                 struct keeper **out_keeper, struct err *err)
{
    const struct timeval patience = { .tv_sec = SERVICE_KEEPER_S };
    struct keeper *keeper = calloc(1, sizeof(*keeper));
    pid_t parent = getpid();
    int fds[2];

    if (!keeper)
        return err_memory(err);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds)) {
        free(keeper);
        return err_system(err, "opening a socket to the keeper");
    }
    setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    keeper->fd = fds[0];
    keeper->pid = fork();
    if (keeper->pid == 0)
        run_keeper(options, fds[1], parent);
    close(fds[1]);
    if (keeper->pid < 0) {
        err_system(err, "forking the keeper");
        close(keeper->fd);
        free(keeper);
        return -1;
    }
    *out_keeper = keeper;
    return 0;
}

/* Returns: the file descriptor in a message, -1 where there is none. */
static int find_fd(struct msghdr *message)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    int fd = -1;

    if (header && header->cmsg_level == SOL_SOCKET &&
        header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&fd, CMSG_DATA(header), sizeof(int));
    return fd;
}

int keeper_next(struct keeper *keeper, struct keeper_worker *out_worker,
                struct err *err)
{
    struct answer answer;
    struct parcel parcel;
    ssize_t n;

    init_parcel(&parcel, &answer);
    if (send(keeper->fd, "n", 1, MSG_NOSIGNAL) != 1)
        return err_set(err, ERR_SYSTEM, "the keeper of the reader is gone");
    do
        n = recvmsg(keeper->fd, &parcel.message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != sizeof(answer))
        return err_set(err, ERR_SYSTEM, "the keeper of the reader is gone");
    errno = answer.error;
    if (answer.error)
        return err_system(err, "starting a reader");
    *out_worker = (struct keeper_worker){ .fd = find_fd(&parcel.message),
                                          .pid = answer.pid,
                                          .last_status = answer.last_status };
    return 0;
}

bool keeper_is_gone(struct keeper *keeper)
{
    /* Once it has been waited for, there is nobody to be waited for. */
    if (keeper->pid > 0 && waitpid(keeper->pid, NULL, WNOHANG) != 0)
        keeper->pid = 0;
    return keeper->pid == 0;
}

void keeper_stop(struct keeper *keeper)
{
    if (!keeper)
        return;
    close(keeper->fd);
    while (keeper->pid > 0 && waitpid(keeper->pid, NULL, 0) < 0 &&
           errno == EINTR)
        ;
    free(keeper);
}
