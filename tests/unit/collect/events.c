/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/events.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD "v=TLSRPTv1; rua=mailto:t@example.com"

utc_time events_now(const struct clock *clock)
{
    return atomic_load(&((const struct events_clock *)clock)->now);
}

char *events_success(char text[static EVENTS_BYTES], const char *domain)
{
    snprintf(text, EVENTS_BYTES,
             "{\"dpv\": \"1\",\"d\": \"%s\",\"pr\": \"" RECORD "\","
             "\"policies\":[{\"policy-type\":2,\"policy-domain\": \"%s\","
             "\"policy-string\":[\"version: STSv1\"],\"t\":0,\"f\":0}]}",
             domain, domain);
    return text;
}

char *events_failure(char text[static EVENTS_BYTES], const char *domain,
                     int code, const char *reason)
{
    snprintf(text, EVENTS_BYTES,
             "{\"dpv\": \"1\",\"d\": \"%s\",\"pr\": \"" RECORD "\","
             "\"policies\":[{\"policy-type\":2,\"policy-domain\": \"%s\","
             "\"policy-string\":[\"version: STSv1\"],\"failure-details\":["
             "{\"c\":%d,\"n\": \"mx.example.com\",\"f\": \"%s\"}],"
             "\"t\":1,\"f\":1}]}",
             domain, domain, code, reason);
    return text;
}

enum book_outcome events_add(struct book *book, utc_day day, const char *text)
{
    char copy[EVENTS_BYTES];
    size_t len = strlen(text);

    memcpy(copy, text, len);
    return book_add(book, day, copy, len);
}

/* ---- Dumps -------------------------------------------------------------- */

struct lines {
    char *line[4096];
    size_t n;
};

/* The value of a member, as it stands in a key. */
static void copy_member(struct slice json, const char *member, char out[40])
{
    char text[EVENTS_BYTES];
    const char *at;

    snprintf(text, sizeof(text), "%.*s", (int)json.len, json.ptr);
    at = strstr(text, member);
    snprintf(out, 40, "-");
    if (at)
        sscanf(at + strlen(member), "\":\"%39[^\"]", out);
}

static void add_line(struct lines *lines, utc_day day,
                     const struct fold_key *key, int64_t sessions,
                     int64_t failures)
{
    char type[40], result[40], reason[40];
    bool is_known = slice_equal(key->record, slice_of(RECORD));

    assert_true(lines->n < sizeof(lines->line) / sizeof(*lines->line));
    copy_member(key->policy, "policy-type", type);
    copy_member(key->detail, "result-type", result);
    copy_member(key->detail, "failure-reason-code", reason);
    assert_true(asprintf(&lines->line[lines->n++],
                         "%d %.*s %s %s %s %s %lld/%lld\n", (int)day,
                         (int)key->domain.len, key->domain.ptr,
                         is_known          ? "R"
                         : key->record.len ? "other"
                                           : "-",
                         type, result, reason, (long long)sessions,
                         (long long)failures) > 0);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(struct lines *lines)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    assert_non_null(out);
    qsort(lines->line, lines->n, sizeof(*lines->line), compare);
    for (size_t i = 0; i < lines->n; i++) {
        fputs(lines->line[i], out);
        free(lines->line[i]);
    }
    fclose(out);
    free(lines);
    return text;
}

static int from_book(void *context, const struct book_sum *sum, struct err *err)
{
    (void)err;
    add_line(context, sum->day, &sum->key, sum->sessions, sum->failures);
    return 0;
}

char *events_dump_book(const struct book *book)
{
    struct lines *lines = calloc(1, sizeof(*lines));

    assert_non_null(lines);
    assert_int_equal(book_each(book, from_book, lines, NULL), 0);
    return join(lines);
}

static int from_tally(void *context, const struct tally_row *row,
                      struct err *err)
{
    const struct fold_key key = { .domain = row->domain,
                                  .record = row->record,
                                  .policy = row->policy,
                                  .detail = row->detail };

    (void)err;
    add_line(context, row->day, &key, row->sessions, row->failures);
    return 0;
}

static void read_tally(const char *url, utc_day day, tally_function *function,
                       void *context)
{
    struct tally *tally;
    struct err err;

    if (tally_open(url, STORE_READ, &clock_system, &tally, &err))
        fail_msg("%s", err.text);
    assert_int_equal(tally_each(tally, day, function, context, &err), 0);
    tally_close(tally);
}

char *events_dump_tally(const char *url, utc_day day)
{
    struct lines *lines = calloc(1, sizeof(*lines));

    assert_non_null(lines);
    read_tally(url, day, from_tally, lines);
    return join(lines);
}

static int add_up(void *context, const struct tally_row *row, struct err *err)
{
    (void)err;
    if (row->detail.len == 0)
        *(int64_t *)context += row->sessions;
    return 0;
}

int64_t events_sessions(const char *url, utc_day day)
{
    int64_t n = 0;

    read_tally(url, day, add_up, &n);
    return n;
}
