/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Collecting session events, as processor time a datagram, beside a loop that
 * receives the same and only counts.
 *
 * The collector is the whole of it: receiving, reading, cleaning, summing, and its
 * commits once a second to a file. The sender is another process, unconnected and
 * blocking, as fast as it can, once with one socket and once with a new one for
 * each datagram as Postfix has it. 2,000 and 10,000 domains, one session in ten
 * failed. Both receivers take turns; medians of the rounds are compared. The fewer
 * datagrams come a second, the more of its time is the commits'.
 */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "collect/collect.h"
#include "collect/limits.h"
#include "event/limits.h"
#include "net/datagram.h"

enum {
    ROUNDS = 3,
    /* Some seconds of them: a collector starts once and runs for weeks, and each
     * round has its start, with nothing known yet, and its end in it. */
    DATAGRAMS = 1000000,
    /* Of each there are successes, and three kinds of failures. */
    MAX_DOMAINS = 10000,
    VARIANTS = 4 * MAX_DOMAINS
};

/* Microseconds a datagram, and times the counting loop. */
static const double PROMISE_US = 3;
static const double PROMISE_RATIO = 1.5;

struct variants {
    int n_domains;
    char *text[VARIANTS];
    size_t len[VARIANTS];
};

static double processor_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* ---- The sender --------------------------------------------------------- */

static void make_variants(struct variants *variants)
{
    for (int i = 0; i < 4 * variants->n_domains; i++) {
        int domain = i % variants->n_domains;
        char failure[200] = "";

        if (i >= variants->n_domains)
            snprintf(failure, sizeof(failure),
                     "\"failure-details\":[{\"c\":204,\"s\": \"203.0.113.25\","
                     "\"n\": \"mx%d.d%d.example\",\"r\": \"198.51.100.%d\"}],",
                     i % 3, domain, i / variants->n_domains);
        free(variants->text[i]);
        variants->len[i] = (size_t)asprintf(
            &variants->text[i],
            "{\"dpv\": \"1\",\"d\": \"d%d.example\",\"pr\": \"v=TLSRPTv1; "
            "rua=mailto:tlsrpt@d%d.example\",\"policies\":[{\"policy-type\":2,"
            "\"policy-domain\": \"d%d.example\",\"policy-string\":[\"version: "
            "STSv1\",\"mode: enforce\",\"mx: *.d%d.example\",\"max_age: "
            "604800\"],\"mx-host\":[\"*.d%d.example\"],%s\"t\":%d,\"f\":%d}]}",
            domain, domain, domain, domain, domain, failure,
            i >= variants->n_domains, i >= variants->n_domains);
    }
}

static int open_sender(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    if (fd < 0)
        _exit(1);
    return fd;
}

/* Never returns. */
static void send_all(const struct variants *variants, const char *path,
                     bool is_new_each)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    unsigned random = 1, n = (unsigned)variants->n_domains;
    int fd = open_sender();

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    for (int i = 0; i < DATAGRAMS; i++) {
        unsigned at;

        random = random * 1103515245 + 12345;
        at = random >> 8;
        at = at % 10 ? at / 10 % n : n + at / 10 % (3 * n);
        if (is_new_each) {
            close(fd);
            fd = open_sender();
        }
        if (sendto(fd, variants->text[at], variants->len[at], 0,
                   (struct sockaddr *)&address, sizeof(address)) < 0)
            _exit(1);
    }
    _exit(0);
}

/* ---- The receivers ------------------------------------------------------ */

/* The least that receiving can be. */
static void count_all(int fd)
{
    enum { STRIDE = EVENT_MAX_BYTES + COLLECT_BUFFER_SKEW };
    static struct mmsghdr messages[COLLECT_BATCH];
    static struct iovec vectors[COLLECT_BATCH];
    char *buffers = malloc((size_t)COLLECT_BATCH * STRIDE);
    int n = 0;

    for (size_t i = 0; buffers && i < COLLECT_BATCH; i++) {
        vectors[i] = (struct iovec){ buffers + i * STRIDE, EVENT_MAX_BYTES };
        messages[i].msg_hdr =
            (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
    }
    while (buffers && n < DATAGRAMS) {
        int got = recvmmsg(fd, messages, COLLECT_BATCH, MSG_WAITFORONE, NULL);

        if (got > 0)
            n += got;
    }
    free(buffers);
}

static void collect_all(int fd, const char *folder)
{
    char url[64];
    const struct collect_options options = { .fd = fd,
                                             .url = url,
                                             .queue_length =
                                                 datagram_queue_length(fd),
                                             .clock = &clock_system };
    struct collect *collect;
    struct err err;

    snprintf(url, sizeof(url), "sqlite:%s/y.db", folder);
    if (collect_start(&options, &collect, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    while (collect_counters(collect)->summed < DATAGRAMS)
        usleep(20000);
    if (collect_counters(collect)->malformed) {
        fprintf(stderr, "some were not read\n");
        exit(1);
    }
    if (collect_stop(collect, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

/* Microseconds a datagram of one round. *out_rate: datagrams a second. */
static double run_round(const struct variants *variants, const char *folder,
                        bool is_collector, bool is_new_each, double *out_rate)
{
    char path[48];
    const struct datagram_options options = { .path = path };
    struct err err;
    int64_t begin_us;
    double begin_s;
    pid_t child;
    int fd;

    snprintf(path, sizeof(path), "%s/s", folder);
    fd = datagram_open(&options, &err);
    if (fd < 0)
        exit(1);
    child = fork();
    if (child == 0)
        send_all(variants, path, is_new_each);
    begin_s = processor_s();
    begin_us = clock_monotonic_us();
    if (is_collector)
        collect_all(fd, folder);
    else
        count_all(fd);
    *out_rate = DATAGRAMS / ((double)(clock_monotonic_us() - begin_us) / 1e6);
    begin_s = processor_s() - begin_s;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(fd);
    return begin_s / DATAGRAMS * 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof(*values), compare);
    return values[ROUNDS / 2];
}

/* Returns: whether the promise is kept. */
static bool run_kind(const struct variants *variants, const char *folder,
                     bool is_new_each)
{
    double counts[ROUNDS], collects[ROUNDS], rates[2][ROUNDS];
    double count_us, collect_us;

    for (int i = 0; i < ROUNDS; i++) {
        counts[i] =
            run_round(variants, folder, false, is_new_each, &rates[0][i]);
        collects[i] =
            run_round(variants, folder, true, is_new_each, &rates[1][i]);
    }
    count_us = median(counts);
    collect_us = median(collects);
    printf(
        "%d domains, %s: counting loop %.2f us, collector %.2f us a datagram: %.2f "
        "times (%.0f and %.0f thousand a second)\n",
        variants->n_domains, is_new_each ? "a new socket each" : "one socket",
        count_us, collect_us, collect_us / count_us, median(rates[0]) / 1000,
        median(rates[1]) / 1000);
    return collect_us <= PROMISE_US && collect_us / count_us <= PROMISE_RATIO;
}

/* The queue that the packages set, in a network of our own where we may have
 * one. */
static void set_queue(void)
{
    int fd = unshare(CLONE_NEWNET)
                 ? -1
                 : open("/proc/sys/net/unix/max_dgram_qlen", O_WRONLY);

    if (fd < 0 || write(fd, "512", 3) != 3)
        puts("a queue of 512 cannot be had: as it is");
    if (fd >= 0)
        close(fd);
    printf("net.unix.max_dgram_qlen is %ld\n", datagram_queue_length(-1));
}

/* bench_collect [DOMAINS]: that many alone, with a new socket each. */
int main(int argc, char **argv)
{
    static struct variants variants;
    char folder[] = "/tmp/bench-collect-XXXXXX", command[64];
    bool is_kept = true;

    if (!mkdtemp(folder))
        return 1;
    set_queue();
    if (argc > 1) {
        variants.n_domains = (int)strtol(argv[1], NULL, 10);
        if (variants.n_domains < 1 || variants.n_domains > MAX_DOMAINS)
            return 2;
        make_variants(&variants);
        is_kept = run_kind(&variants, folder, true);
    }
    for (int n = argc > 1 ? MAX_DOMAINS + 1 : 2000; n <= MAX_DOMAINS; n *= 5) {
        variants.n_domains = n;
        make_variants(&variants);
        is_kept &= run_kind(&variants, folder, false);
        is_kept &= run_kind(&variants, folder, true);
    }
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    printf("promised: at most %.0f us and %.1f times: %s\n", PROMISE_US,
           PROMISE_RATIO, is_kept ? "kept" : "NOT KEPT");
    return system(command) || !is_kept;
}
