/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * What a fetcher says: the list of a day and the sums of domains, as one text.
 * Whatever it is, names that come of a list may be arguments, and a day that is
 * gathered holds sums that a tally takes: a sound domain, a record, keys that are
 * JSON, counts that agree.
 */

#include <stdint.h>
#include <stdlib.h>

#include "base/count.h"
#include "fetch/details.h"
#include "fetch/domain_line.h"
#include "fetch/domain_list.h"
#include "fetch/limits.h"
#include "fetch/switched_off.h"
#include "json/reader.h"

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static const char *const asked[] = { "a.example", "b.example" };

static void check_list(struct slice text)
{
    struct domain_list list;
    struct arena arena;
    struct err err;
    struct day day;

    arena_init(&arena, (size_t)64 << 20);
    day_init(&day, 20700, FETCH_SOURCE_BYTES / 2);
    if (domain_list_read(&arena, text, &day, &list, &err) == 0) {
        for (size_t i = 0; i < list.n_names; i++)
            CHECK(domain_line_is_sound(slice_of(list.names[i])));
    }
    day_deinit(&day);
    arena_deinit(&arena);
}

static void check_key(struct slice key)
{
    struct json_reader reader;
    struct json_value value;
    struct arena arena;
    char *copy;

    arena_init(&arena, (size_t)64 << 20);
    copy = arena_copy(&arena, key);
    CHECK(copy);
    json_reader_init(&reader, copy, key.len, 16, &arena);
    CHECK(json_read(&reader, &value, NULL) == 0);
    CHECK(value.type == JSON_OBJECT);
    CHECK(json_skip(&reader, &value, NULL) == 0);
    CHECK(!reader.quirks);
    arena_deinit(&arena);
}

static void check_row(const struct tally_row *row)
{
    CHECK(domain_line_is_sound(row->domain));
    CHECK(row->sessions >= 0);
    CHECK(row->record.len > 0);
    CHECK(row->failures >= 0 && row->failures <= row->sessions);
    check_key(row->policy);
    if (row->detail.len)
        check_key(row->detail);
}

/* All sums, of sessions that are no more than `most`. Returns: sessions of all. */
static int64_t check_rows(const struct day *day, int64_t most)
{
    const struct day_row *rows =
        (const struct day_row *)(const void *)day->rows.items;
    int64_t sessions = 0;

    for (size_t i = 0; i < day->rows.n_items; i++) {
        check_row(&rows[i].row);
        sessions = count_add(sessions, rows[i].row.sessions);
    }
    CHECK(sessions <= most);
    return sessions;
}

/* As a tally takes it: a detail that is not told would be a policy there. */
static void check_joined(struct day *day)
{
    int64_t sessions = check_rows(day, COUNT_MAX);
    const struct day_row *rows;
    struct err err;

    CHECK(switched_off_join(day, &err) == 0);
    check_rows(day, sessions);
    rows = (const struct day_row *)(const void *)day->rows.items;
    for (size_t i = 0; i < day->rows.n_items; i++)
        CHECK(!rows[i].is_dropped);
}

static void check_details(const uint8_t *octets, size_t n)
{
    char *copy = malloc(n ? n : 1);
    size_t n_answered;
    struct err err;
    struct day day;

    CHECK(copy);
    if (n)
        memcpy(copy, octets, n);
    day_init(&day, 20700, FETCH_SOURCE_BYTES / 2);
    CHECK(details_read(copy, n, asked, 2, &day, &n_answered, &err) == 0 ||
          err.kind == ERR_LIMIT);
    CHECK(n_answered <= 2);
    check_joined(&day);
    day_deinit(&day);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    check_list(slice_make(octets, n));
    check_details(octets, n);
    return 0;
}
