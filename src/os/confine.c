/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/confine.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/landlock.h"

/*
 * A sanitizer maps terabytes of shadow, and asks the kernel what no program of
 * ours asks. With it memory has no limit and what is on no list fails; what is
 * forbidden by name kills as ever.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||     \
    __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* To compute and to speak over what is open. mmap and mprotect have rules of
   their own. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* What libraries try and can do without: a file of settings, a table, whether
   this is a terminal, how many processors there are. */
static const struct {
    int number, answer;
} refused[] = {
    { SCMP_SYS(open), EACCES },
    { SCMP_SYS(openat), EACCES },
    { SCMP_SYS(access), EACCES },
    { SCMP_SYS(faccessat), EACCES },
    { SCMP_SYS(faccessat2), EACCES },
    { SCMP_SYS(stat), EACCES },
    { SCMP_SYS(lstat), EACCES },
    { SCMP_SYS(newfstatat), EACCES },
    { SCMP_SYS(statx), EACCES },
    { SCMP_SYS(readlink), EACCES },
    { SCMP_SYS(readlinkat), EACCES },
    { SCMP_SYS(getcwd), EACCES },
    { SCMP_SYS(ioctl), ENOTTY },
    { SCMP_SYS(lseek), ESPIPE },
    { SCMP_SYS(fcntl), EPERM },
    { SCMP_SYS(prlimit64), EPERM },
    { SCMP_SYS(getrlimit), EPERM },
    { SCMP_SYS(sched_getaffinity), EPERM },
    { SCMP_SYS(uname), EPERM },
    /* The C library falls back to clone, which is forbidden. */
    { SCMP_SYS(clone3), ENOSYS },
};

/* What only somebody who has taken the worker over would try. All that is on no
   list is the same; these hold with a sanitizer, too. */
static const int forbidden[] = {
    SCMP_SYS(socket),         SCMP_SYS(socketpair), SCMP_SYS(connect),
    SCMP_SYS(bind),           SCMP_SYS(execve),     SCMP_SYS(execveat),
    SCMP_SYS(fork),           SCMP_SYS(vfork),      SCMP_SYS(ptrace),
    SCMP_SYS(io_uring_setup),
};

enum {
    N_ALLOWED = sizeof(allowed) / sizeof(*allowed),
    N_REFUSED = sizeof(refused) / sizeof(*refused),
    N_FORBIDDEN = sizeof(forbidden) / sizeof(*forbidden)
};

/* ---- Filter -------------------------------------------------------------- */

/* A call that this machine does not have needs no rule (EDOM), nor one whose
   rule is that of all others (EACCES). */
static int rule(scmp_filter_ctx filter, uint32_t action, int number)
{
    int rc = seccomp_rule_add(filter, action, number, 0);

    return rc == -EDOM || rc == -EACCES ? 0 : rc;
}

/* Memory that is run is not made any more. prot is the third argument. */
static int rule_memory(scmp_filter_ctx filter, int number)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* abort() is a signal to oneself. */
static int rule_abort(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp to_self = { .arg = 0,
                                          .op = SCMP_CMP_EQ,
                                          .datum_a = (unsigned)getpid() };

    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                            to_self);
}

static int add_rules(scmp_filter_ctx filter)
{
    int rc = 0;

    for (int i = 0; rc == 0 && i < N_ALLOWED; i++)
        rc = rule(filter, SCMP_ACT_ALLOW, allowed[i]);
    for (int i = 0; rc == 0 && i < N_REFUSED; i++)
        rc = rule(filter, SCMP_ACT_ERRNO((unsigned)refused[i].answer),
                  refused[i].number);
    for (int i = 0; IS_SANITIZED && rc == 0 && i < N_FORBIDDEN; i++)
        rc = rule(filter, SCMP_ACT_KILL_PROCESS, forbidden[i]);
    if (rc == 0)
        rc = rule_memory(filter, SCMP_SYS(mmap));
    if (rc == 0)
        rc = rule_memory(filter, SCMP_SYS(mprotect));
    return rc ? rc : rule_abort(filter);
}

/* Without a filter a kernel answers EINVAL to the question whether it has one. */
static bool has_filters(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

static int apply_filter(bool *out_has_filter, struct err *err)
{
    scmp_filter_ctx filter;
    int rc;

    *out_has_filter = false;
    if (!has_filters())
        return 0;
    filter = seccomp_init(IS_SANITIZED ? SCMP_ACT_ERRNO(EPERM)
                                       : SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return err_memory(err);
    /* A binary tree: the calls it makes are not the last of a long list. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    rc = add_rules(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    if (rc) {
        errno = -rc;
        return err_system(err, "loading a filter of system calls");
    }
    *out_has_filter = true;
    return 0;
}

/* ---- The rest ------------------------------------------------------------ */

static int set_limit(__rlimit_resource_t resource, rlim_t value,
                     const char *what, struct err *err)
{
    const struct rlimit limit = { .rlim_cur = value, .rlim_max = value };

    return setrlimit(resource, &limit) == 0
               ? 0
               : err_system(err, "limiting %s", what);
}

static int set_limits(const struct confine_options *options, struct err *err)
{
    if (!IS_SANITIZED &&
        set_limit(RLIMIT_AS, options->memory_bytes, "memory", err))
        return -1;
    return set_limit(RLIMIT_CPU, options->cpu_s, "time", err) ||
                   set_limit(RLIMIT_CORE, 0, "core files", err) ||
                   set_limit(RLIMIT_FSIZE, 0, "files", err) ||
                   set_limit(RLIMIT_NOFILE, 0, "open files", err)
               ? -1
               : 0;
}

/* It dies with its parent, is nobody's to look into, and gains nothing by what
   it would run. */
static int set_ties(const struct confine_options *options, struct err *err)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return err_system(err, "giving up privileges");
    /* A parent that ended before the first call is told by nobody. */
    if (getppid() != options->parent)
        return err_set(err, ERR_SYSTEM, "the parent is gone");
    return 0;
}

static void describe(struct confine_applied *applied)
{
    char landlock[32] = "no Landlock";

    if (applied->landlock)
        snprintf(landlock, sizeof(landlock), "Landlock %d", applied->landlock);
    snprintf(applied->text, sizeof(applied->text), "%s, %s, limits%s",
             applied->has_filter ? "seccomp" : "no seccomp", landlock,
             IS_SANITIZED ? ", less strict for a sanitizer" : "");
}

bool confine_is_relaxed(void)
{
    return IS_SANITIZED;
}

int confine_worker(const struct confine_options *options,
                   struct confine_applied *out_applied, struct err *err)
{
    struct confine_applied applied = { .landlock = 0 };

    /* The filter is last: it forbids what the others are made by. Landlock
       opens a file, so the limits come after it. */
    if (set_ties(options, err) || landlock_forbid_all(&applied.landlock, err) ||
        set_limits(options, err) || apply_filter(&applied.has_filter, err))
        return -1;
    describe(&applied);
    *out_applied = applied;
    return 0;
}
