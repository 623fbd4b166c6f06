/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * What the collector does with a datagram in memory: reading it, cleaning it,
 * making its keys, step by step.
 *
 * The baseline is memchr hopping from quote to quote, the least that any reader
 * of JSON must do. Every round reads fresh copies, since reading changes the
 * text; copying is timed apart and taken off.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "event/event.h"
#include "event/limits.h"

enum { ROUNDS = 15, N_EVENTS = 20000, OPEN_BYTES = 1024 };

/* Times memchr from quote to quote, at most: 0.3 to 0.6 us a datagram. */
static const double PROMISE = 3;

static const char success[] =
    "{\"dpv\": \"1\",\"d\": \"our.example\",\"pr\": \"v=TLSRPTv1; "
    "rua=mailto:tlsrpt@our.example\",\"policies\":[{\"policy-type\":2,"
    "\"policy-domain\": \"our.example\",\"policy-string\":[\"version: STSv1\","
    "\"mode: enforce\",\"mx: mx.our.example\",\"max_age: 604800\"],"
    "\"mx-host\":[\"mx.our.example\"],\"t\":0,\"f\":0}]}";

static const char failure[] =
    "{\"dpv\": \"1\",\"d\": \"our-domain.example\",\"pr\": \"v=TLSRPTv1; "
    "rua=mailto:tlsrpt@our-domain.example\",\"policies\":[{\"policy-type\":2,"
    "\"policy-domain\": \"our-domain.example\",\"policy-string\":["
    "\"version: STSv1\",\"mode: enforce\",\"mx: mx.our-domain.example\","
    "\"max_age: 604800\"],\"mx-host\":[\"mx.our-domain.example\"],"
    "\"failure-details\":[{\"c\":205,\"s\": \"192.0.2.25\","
    "\"n\": \"mx.our-domain.example\",\"h\": \"250-mx.our-domain.example\\r\\n"
    "250-PIPELINING\\r\\n250-STARTTLS\\r\\n250-SIZE 10240000\\r\\n"
    "250 8BITMIME\",\"r\": \"198.51.100.14\","
    "\"f\": \"unable_to_get_local_issuer_certificate\"}],\"t\":1,\"f\":1}]}";

enum step { STEP_COPY, STEP_HOP, STEP_READ, STEP_CLEAN, STEP_KEYS, STEP_COUNT };

static const char *const step_names[] = { "copy", "memchr", "read",
                                          "read, clean", "read, clean, keys" };

static volatile size_t sink;

static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

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

static void take(char *text, size_t len, enum step step, struct arena *arena,
                 struct buffer *keys)
{
    struct event event;
    struct err err;

    arena_reset(arena);
    if (event_read(arena, text, len, &event, &err) ||
        (step >= STEP_CLEAN && event_clean(arena, &event, NULL, &err))) {
        fprintf(stderr, "bench_event: %s\n", err.text);
        exit(1);
    }
    sink += event.n_policies;
    if (step < STEP_KEYS)
        return;
    buffer_reset(keys);
    event_policy_key(&event.policies[0], keys);
    if (event.policies[0].n_failures)
        event_detail_key(&event.policies[0].failures[0], keys);
    sink += keys->len;
}

static double time_us(const char *datagram, enum step step)
{
    char text[OPEN_BYTES];
    size_t len = strlen(datagram);
    struct arena arena;
    struct buffer keys;
    double start;

    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&keys, 65536);
    start = now_s();
    for (int i = 0; i < N_EVENTS; i++) {
        memcpy(text, datagram, len);
        if (step == STEP_HOP)
            hop(text, len);
        else if (step >= STEP_READ)
            take(text, len, step, &arena, &keys);
        else
            sink += (size_t)text[i % 100];
    }
    start = now_s() - start;
    arena_deinit(&arena);
    buffer_deinit(&keys);
    return start * 1e6 / N_EVENTS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Prints each step, each with those before it. Returns: whether reading keeps
 * the promise. */
static int measure(const char *name, const char *datagram)
{
    double times[STEP_COUNT][ROUNDS], copy, ratio;

    for (int round = 0; round < ROUNDS; round++)
        for (int step = 0; step < STEP_COUNT; step++)
            times[step][round] = time_us(datagram, (enum step)step);
    for (int step = 0; step < STEP_COUNT; step++)
        qsort(times[step], ROUNDS, sizeof(double), compare);
    copy = times[STEP_COPY][ROUNDS / 2];
    for (int step = STEP_HOP; step < STEP_COUNT; step++)
        printf("%s, %zu octets: %-18s %.3f us\n", name, strlen(datagram),
               step_names[step], times[step][ROUNDS / 2] - copy);
    ratio = (times[STEP_READ][ROUNDS / 2] - copy) /
            (times[STEP_HOP][ROUNDS / 2] - copy);
    printf("%s: reading takes %.1f times memchr, promised %.0f\n", name, ratio,
           PROMISE);
    return ratio <= PROMISE;
}

int main(void)
{
    int is_kept = measure("success", success) & measure("failure", failure);

    return is_kept ? 0 : 1;
}
