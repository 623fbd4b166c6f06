/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/details.h"

#include "base/list.h"
#include "fetch/limits.h"
#include "json/reader.h"

enum { DEPTH_MAX = 16 };

/* A failure of a policy, until the policy has been read. */
struct failure {
    struct slice text;
    int64_t count;
};

/* A text while it is read. */
struct reading {
    struct json_reader json;
    struct arena arena; /* strings that grow, failures */
    struct day *day;
    const char *domain; /* asked for */
    struct slice record;
    struct list failures;
    struct err why; /* what cannot be read */
    struct err *err;
    bool is_ended; /* for our own failure, in err */
};

/* Says that the object makes no sense. Returns: -1. */
static int refuse(struct reading *reading, const char *what)
{
    return err_set(&reading->why, ERR_INPUT, "%s", what);
}

static bool is_named(struct slice name, const char *expected)
{
    return slice_equal(name, slice_of(expected));
}

/* Counts that are no plain number cannot be true: -1, which day_add refuses. */
static int64_t read_count(const struct json_value *value)
{
    int64_t count;

    if (value->type != JSON_NUMBER ||
        json_integer(slice_make(value->text, value->len), &count) !=
            JSON_INTEGER_PLAIN)
        return -1;
    return count;
}

/* ---- A policy ------------------------------------------------------------ */

static int read_failures(struct reading *reading,
                         const struct json_value *value)
{
    struct json_value count;
    struct slice name;
    int rc;

    if (value->type != JSON_OBJECT)
        return refuse(reading, "\"failures\" is no object");
    while ((rc = json_object_next(&reading->json, &name, &count,
                                  &reading->why)) == 0) {
        struct failure *failure = list_add(&reading->failures, &reading->arena);

        if (!failure)
            return arena_error(&reading->arena, &reading->why);
        *failure = (struct failure){ name, read_count(&count) };
        if (json_skip(&reading->json, &count, &reading->why))
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

static int add(struct reading *reading, const struct day_sum *sum)
{
    if (day_add(reading->day, sum, reading->err) == 0)
        return 0;
    reading->is_ended = true;
    return -1;
}

static int add_policy(struct reading *reading, struct day_sum *sum)
{
    const struct failure *failures =
        (const struct failure *)(const void *)reading->failures.items;

    if (add(reading, sum))
        return -1;
    sum->failures = 0;
    for (size_t i = 0; i < reading->failures.n_items; i++) {
        sum->failure = failures[i].text;
        sum->sessions = failures[i].count;
        if (sum->failure.len == 0)
            day_note_bad(reading->day, reading->domain,
                         "a failure without a text");
        else if (add(reading, sum))
            return -1;
    }
    return 0;
}

static int read_policy(struct reading *reading, struct slice policy,
                       const struct json_value *value)
{
    struct day_sum sum = { .domain = slice_of(reading->domain),
                           .record = reading->record,
                           .policy = policy,
                           .sessions = -1 };
    struct json_value member;
    struct slice name;
    int rc;

    if (value->type != JSON_OBJECT)
        return refuse(reading, "the sums of a policy are no object");
    reading->failures.n_items = 0;
    while ((rc = json_object_next(&reading->json, &name, &member,
                                  &reading->why)) == 0) {
        if (is_named(name, "cntrtotal"))
            sum.sessions = read_count(&member);
        else if (is_named(name, "cntrfailure"))
            sum.failures = read_count(&member);
        if (is_named(name, "failures")
                ? read_failures(reading, &member)
                : json_skip(&reading->json, &member, &reading->why))
            return -1;
    }
    return rc < 0 ? -1 : add_policy(reading, &sum);
}

/* ---- A domain ------------------------------------------------------------ */

static int read_record(struct reading *reading, const struct json_value *value)
{
    struct json_value sums;
    struct slice policy;
    int rc;

    if (value->type != JSON_OBJECT)
        return refuse(reading, "the policies of a record are no object");
    while ((rc = json_object_next(&reading->json, &policy, &sums,
                                  &reading->why)) == 0) {
        if (read_policy(reading, policy, &sums))
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

static int read_records(struct reading *reading, const struct json_value *value)
{
    struct json_value policies;
    int rc;

    if (value->type != JSON_OBJECT)
        return refuse(reading, "\"policies\" is no object");
    while ((rc = json_object_next(&reading->json, &reading->record, &policies,
                                  &reading->why)) == 0) {
        if (read_record(reading, &policies))
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

/* The name comes first: what is before it is about nobody. */
static int read_domain(struct reading *reading)
{
    bool is_about_it = false;
    struct json_value value;
    struct slice name;
    int rc = json_read(&reading->json, &value, &reading->why);

    if (rc)
        return rc < 0 ? -1 : refuse(reading, "nothing was said of it");
    if (value.type != JSON_OBJECT)
        return refuse(reading, "what was said of it is no object");
    while ((rc = json_object_next(&reading->json, &name, &value,
                                  &reading->why)) == 0) {
        if (is_named(name, "d"))
            is_about_it =
                value.type == JSON_STRING &&
                is_named(slice_make(value.text, value.len), reading->domain);
        else if (is_named(name, "policies") && !is_about_it)
            return refuse(reading, "what was said is about another domain");
        if (is_named(name, "policies")
                ? read_records(reading, &value)
                : json_skip(&reading->json, &value, &reading->why))
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

int details_read(char *text, size_t len, const char *const *domains,
                 size_t n_domains, struct day *day, size_t *out_n,
                 struct err *err)
{
    struct reading reading = { .day = day, .err = err };
    int status = 0;
    size_t n = 0, n_rows = 0;

    arena_init(&reading.arena, FETCH_DETAILS_BYTES);
    list_init(&reading.failures, sizeof(struct failure));
    json_reader_init(&reading.json, text, len, DEPTH_MAX, &reading.arena);
    while (status == 0 && n < n_domains) {
        reading.domain = domains[n];
        n_rows = day->rows.n_items;
        status = read_domain(&reading);
        n += status == 0;
    }
    if (status && !reading.is_ended) {
        /* Half of its sums would make a false report. */
        day->rows.n_items = n_rows;
        day_note_bad(day, domains[n], reading.why.text);
        status = 0;
    }
    list_deinit(&reading.failures);
    arena_deinit(&reading.arena);
    *out_n = n;
    return status;
}
