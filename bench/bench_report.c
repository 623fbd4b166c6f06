/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Reading reports in memory, as a ratio against memchr over the same octets.
 *
 * The baseline is the least that any reader of JSON must do: find each quote.
 * It hops from quote to quote by memchr. A second baseline, one memchr for an
 * octet that does not occur, is printed beside it: the speed of memory, which
 * no reader reaches. Every round reads a fresh copy, since reading changes the
 * text; the copy is timed apart and taken off.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "report/report.h"

enum { ROUNDS = 15, ROUND_OCTETS = 8 * 1024 * 1024 };

/* Times memchr from quote to quote, at most. */
static const double PROMISE = 5;

/* Processor time: a busy machine must not speak in the ratio. */
static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void add_policy(struct buffer *text, int policy, int n_failures)
{
    buffer_add_format(
        text,
        "{\"policy\":{\"policy-type\":\"sts\",\"policy-string\":["
        "\"version: STSv1\",\"mode: enforce\",\"mx: mx%d.example.com\","
        "\"max_age: 604800\"],\"policy-domain\":\"d%d.example.com\","
        "\"mx-host\":[\"mx%d.example.com\"]},\"summary\":{"
        "\"total-successful-session-count\":%d,"
        "\"total-failure-session-count\":%d},\"failure-details\":[",
        policy, policy, policy, 5000 + policy, n_failures * 3);
    for (int i = 0; i < n_failures; i++)
        buffer_add_format(
            text,
            "%s{\"result-type\":\"certificate-expired\","
            "\"sending-mta-ip\":\"192.0.2.%d\","
            "\"receiving-mx-hostname\":\"mx%d.example.com\","
            "\"receiving-ip\":\"198.51.100.%d\","
            "\"failed-session-count\":3,"
            "\"failure-reason-code\":\"X509_V_ERR_CERT_HAS_EXPIRED\"}",
            i ? "," : "", i % 250, policy, i % 200);
    buffer_add_text(text, "]}");
}

static void make_report(struct buffer *text, int n_policies, int n_failures)
{
    buffer_reset(text);
    buffer_add_text(text,
                    "{\"organization-name\":\"Example Sender\",\"date-range\":{"
                    "\"start-datetime\":\"2026-10-01T00:00:00Z\","
                    "\"end-datetime\":\"2026-10-01T23:59:59Z\"},"
                    "\"contact-info\":\"tlsrpt@sender.example\","
                    "\"report-id\":\"2026-10-01T00:00:00Z_example.com\","
                    "\"policies\":[");
    for (int i = 0; i < n_policies; i++) {
        if (i)
            buffer_add_char(text, ',');
        add_policy(text, i, n_failures);
    }
    buffer_add_text(text, "]}");
}

static volatile size_t sink;

static void hop(const char *p, size_t len)
{
    const char *end = p + len;
    size_t n = 0;

    while ((p = memchr(p, '"', (size_t)(end - p)))) {
        n++;
        p++;
    }
    sink += n;
}

static void pass(const char *p, size_t len)
{
    sink += memchr(p, '\x01', len) != NULL;
}

static void read_one(char *text, size_t len, struct arena *arena)
{
    struct report_list list;
    struct err err;

    arena_reset(arena);
    if (report_read(arena, text, len, NULL, &list, &err)) {
        fprintf(stderr, "bench_report: %s\n", err.text);
        exit(1);
    }
    sink += list.n_reports;
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

/* Returns: the ratio that is promised. */
static double measure(const char *name, const struct buffer *text)
{
    size_t n = ROUND_OCTETS / text->len + 1;
    double by_hops[ROUNDS], by_pass[ROUNDS], reads[ROUNDS];
    char *copy = malloc(text->len);
    struct arena arena;
    double read_s;

    if (!copy)
        exit(1);
    arena_init(&arena, (size_t)1 << 30);
    for (int r = 0; r < ROUNDS; r++) {
        double t0 = now_s(), t1, t2, t3, t4;

        for (size_t i = 0; i < n; i++)
            hop(text->ptr, text->len);
        t1 = now_s();
        for (size_t i = 0; i < n; i++)
            pass(text->ptr, text->len);
        t2 = now_s();
        for (size_t i = 0; i < n; i++) {
            memcpy(copy, text->ptr, text->len);
            sink += (size_t)copy[i % text->len];
        }
        t3 = now_s();
        for (size_t i = 0; i < n; i++) {
            memcpy(copy, text->ptr, text->len);
            read_one(copy, text->len, &arena);
        }
        t4 = now_s();
        /* A round's parts follow each other closely: their ratio holds even
         * where the machine's speed drifts from round to round. */
        reads[r] = t4 - t3 - (t3 - t2);
        by_hops[r] = reads[r] / (t1 - t0);
        by_pass[r] = reads[r] / (t2 - t1);
    }
    read_s = median(reads);
    printf(
        "%-16s %8zu octets  read %8.2f us %6.0f MB/s  "
        "ratio to memchr by quotes %.2f (at most %.0f)  to one memchr %.0f\n",
        name, text->len, read_s / (double)n * 1e6,
        (double)text->len * (double)n / read_s / 1e6, median(by_hops), PROMISE,
        median(by_pass));
    arena_deinit(&arena);
    free(copy);
    return median(by_hops);
}

int main(void)
{
    static const struct {
        const char *name;
        int n_policies, n_failures;
    } shapes[] = {
        { "one policy", 1, 0 },         { "two policies", 2, 0 },
        { "12 failures", 2, 6 },        { "520 failures", 20, 26 },
        { "10,000 failures", 20, 500 },
    };
    struct buffer text;
    int status = 0;

    buffer_init(&text, (size_t)1 << 28);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        make_report(&text, shapes[i].n_policies, shapes[i].n_failures);
        status |= measure(shapes[i].name, &text) > PROMISE;
    }
    buffer_deinit(&text);
    return status;
}
