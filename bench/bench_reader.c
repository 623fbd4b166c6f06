/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * What it costs to read in a confined worker.
 *
 * usage: bench_reader [REPORTS]
 *
 * Gives as many small report mails (20,000) to a receiver with a worker and to
 * one that reads in its own process, three times in turn, and prints for each
 * the median of processor time a report, of all processes, and of time of day;
 * then the ratio.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "service/reader.h"
#include "service/receiver.h"
#include "store/store.h"

enum { ROUNDS = 3, MAIL_BYTES = 2048 };

struct given {
    struct receiver_delivery delivery;
    char octets[MAIL_BYTES];
};

struct cost {
    double cpu_us, wall_us; /* a report */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t n_done, n_kept;

static void must(int status, const struct err *err)
{
    if (status >= 0)
        return;
    fprintf(stderr, "bench_reader: %s\n", err->text);
    exit(1);
}

static void done(struct receiver_delivery *delivery, bool is_kept)
{
    (void)delivery;
    pthread_mutex_lock(&lock);
    n_done++;
    n_kept += is_kept;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void make_mails(struct given *given, size_t n)
{
    static const struct intake_origin origin = { .source = "lmtp",
                                                 .tenant = "",
                                                 .destination = "",
                                                 .way = INTAKE_WAY_MAIL };

    for (size_t i = 0; i < n; i++) {
        snprintf(given[i].octets, MAIL_BYTES,
                 "From: tls@sender.example\r\nTo: reports@example.com\r\n"
                 "Subject: Report Domain: example.com Submitter: "
                 "sender.example\r\nTLS-Report-Domain: example.com\r\n"
                 "TLS-Report-Submitter: sender.example\r\n"
                 "MIME-Version: 1.0\r\n"
                 "Content-Type: application/tlsrpt+json\r\n\r\n"
                 "{\"organization-name\":\"Sender Ltd\",\"report-id\":"
                 "\"r%zu@sender.example\",\"contact-info\":"
                 "\"tls@sender.example\",\"date-range\":{\"start-datetime\":"
                 "\"2026-10-01T00:00:00Z\",\"end-datetime\":"
                 "\"2026-10-01T23:59:59Z\"},\"policies\":[{\"policy\":{"
                 "\"policy-type\":\"sts\",\"policy-domain\":\"example.com\","
                 "\"policy-string\":[\"version: STSv1\",\"mode: enforce\","
                 "\"mx: mx1.example.com\",\"max_age: 86400\"]},\"summary\":{"
                 "\"total-successful-session-count\":%zu,"
                 "\"total-failure-session-count\":2},\"failure-details\":[{"
                 "\"result-type\":\"certificate-expired\","
                 "\"failed-session-count\":2,\"sending-mta-ip\":"
                 "\"192.0.2.1\",\"receiving-mx-hostname\":"
                 "\"mx1.example.com\"}]}]}\r\n",
                 i, i);
        given[i].delivery =
            (struct receiver_delivery){ .octets = slice_of(given[i].octets),
                                        .label = "bench",
                                        .origin = &origin,
                                        .done = done };
    }
}

static void give_all(struct receiver *receiver, struct given *given, size_t n)
{
    n_done = n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        while (receiver_give(receiver, &given[i].delivery)) {
            pthread_mutex_lock(&lock);
            if (n_done < i)
                pthread_cond_wait(&changed, &lock);
            pthread_mutex_unlock(&lock);
        }
    }
    pthread_mutex_lock(&lock);
    while (n_done < n)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    if (n_kept < n) {
        fprintf(stderr, "bench_reader: %zu of %zu kept\n", n_kept, n);
        exit(1);
    }
}

static double seconds(struct timeval tv)
{
    return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

/* Of this process and of those that have ended. */
static double cpu_s(void)
{
    struct rusage self, ended;

    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &ended);
    return seconds(self.ru_utime) + seconds(self.ru_stime) +
           seconds(ended.ru_utime) + seconds(ended.ru_stime);
}

static double wall_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void drop_store(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm" };

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        char name[96];

        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
}

static struct cost measure(bool has_worker, struct given *given, size_t n)
{
    const struct reader_options reader_options = { .note = NULL };
    struct receiver_options options = { .clock = &clock_system };
    char path[64], url[80];
    struct receiver *receiver;
    struct reader *reader = NULL;
    struct cost cost;
    struct err err;
    double cpu, wall;

    snprintf(path, sizeof(path), "/tmp/bench-reader-%ld.db", (long)getpid());
    snprintf(url, sizeof(url), "sqlite:%s", path);
    drop_store(path);
    cpu = cpu_s();
    wall = wall_s();
    if (has_worker)
        must(reader_open(&reader_options, &reader, &err), &err);
    options.store_url = url;
    options.reader = reader;
    must(receiver_start(&options, &receiver, &err), &err);
    give_all(receiver, given, n);
    receiver_stop(receiver);
    reader_close(reader);
    cost.wall_us = (wall_s() - wall) * 1e6 / (double)n;
    cost.cpu_us = (cpu_s() - cpu) * 1e6 / (double)n;
    drop_store(path);
    return cost;
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

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    struct given *given = calloc(n, sizeof(*given));
    double cpu[2][ROUNDS], wall[2][ROUNDS], cpu_us[2], wall_us[2];

    if (!given)
        return 1;
    make_mails(given, n);
    for (int round = 0; round < ROUNDS; round++) {
        for (int has_worker = 0; has_worker < 2; has_worker++) {
            struct cost cost = measure(has_worker, given, n);

            cpu[has_worker][round] = cost.cpu_us;
            wall[has_worker][round] = cost.wall_us;
        }
    }
    for (int i = 0; i < 2; i++) {
        cpu_us[i] = median(cpu[i]);
        wall_us[i] = median(wall[i]);
        printf("%-10s %6.1f us CPU a report, %6.1f us of time\n",
               i ? "worker" : "in process", cpu_us[i], wall_us[i]);
    }
    printf("ratio      %6.2f CPU, %.2f time\n", cpu_us[1] / cpu_us[0],
           wall_us[1] / wall_us[0]);
    free(given);
    return 0;
}
