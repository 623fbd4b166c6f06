/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/domain_list.h"
#include "fetch/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "row.h"

#define HEAD "TLSRPT FETCHER v1devel-c domain list\n2026-10-02 00:00:05\n"

static const struct {
    const char *name, *text;
    int status;
    const char *expected; /* DAY: each name and a blank */
    int64_t n_bad;
} lists[] = {
    { "usual", HEAD "2026-10-01\na.example\nb.example\n.\n", 0,
      "2026-10-01: a.example b.example ", 0 },
    { "empty", HEAD "2026-10-01\n.\n", 0, "2026-10-01: ", 0 },
    { "with CR",
      "TLSRPT FETCHER v1devel-c domain list\r\n"
      "2026-10-02 00:00:05\r\n2026-10-01\r\na.example\r\n.\r\n",
      0, "2026-10-01: a.example ", 0 },
    { "no day is complete", HEAD ".\n", 0, ": ", 0 },
    { "no day is complete, and there are domains", HEAD "a.example\n.\n", 0,
      ": ", 0 },
    { "text behind the end", HEAD "2026-10-01\na.example\n.\n-x\n", 0,
      "2026-10-01: a.example ", 0 },
    { "what is no domain", HEAD "2026-10-01\n-x\na.example\n\na b\n.\n", 0,
      "2026-10-01: a.example ", 3 },
    { "one twice", HEAD "2026-10-01\na.example\na.example\n.\n", 0,
      "2026-10-01: a.example ", 1 },
    { "a clock that is no time",
      "TLSRPT FETCHER v1devel-c domain list\nnoon\n2026-10-01\n.\n", 0,
      "2026-10-01: ", 0 },
    { "another version", "TLSRPT FETCHER v2 domain list\n.\n", -1, NULL, 0 },
    { "nothing", "", -1, NULL, 0 },
    { "a login's greeting", "Welcome\n" HEAD, -1, NULL, 0 },
    { "the head alone", HEAD, -1, NULL, 0 },
    { "no day", HEAD "-\n.\n", -1, NULL, 0 },
    { "cut short", HEAD "2026-10-01\na.example\n", -1, NULL, 0 },
};

static void print(const struct domain_list *list, char *out, size_t bytes)
{
    char day[UTC_DAY_BYTES];
    size_t n = (size_t)snprintf(out, bytes,
                                "%s: ", utc_day_format(list->complete, day));

    for (size_t i = 0; i < list->n_names; i++)
        n += (size_t)snprintf(out + n, bytes - n, "%s ", list->names[i]);
}

static void lists_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(lists); i++) {
        struct domain_list list;
        struct arena arena;
        struct err err = { .text = "" };
        struct day day;
        char seen[200] = "";
        int status;

        arena_init(&arena, 1 << 20);
        day_init(&day, 20700, FETCH_SOURCE_BYTES / 2);
        status = domain_list_read(&arena, slice_of(lists[i].text), &day, &list,
                                  &err);
        if (status == 0)
            print(&list, seen, sizeof(seen));
        if (status != lists[i].status || day.n_bad != lists[i].n_bad ||
            (status == 0 && strcmp(seen, lists[i].expected) != 0))
            fail_msg("%s: %d, \"%s\", %lld bad; %s", lists[i].name, status,
                     seen, (long long)day.n_bad, err.text);
        day_deinit(&day);
        arena_deinit(&arena);
    }
}

static void the_clock_there_is_told(void **state)
{
    struct domain_list list;
    struct arena arena;
    struct err err;
    struct day day;

    (void)state;
    arena_init(&arena, 1 << 20);
    day_init(&day, 20700, FETCH_SOURCE_BYTES / 2);
    assert_int_equal(domain_list_read(&arena, SLICE(HEAD "2026-10-01\n.\n"),
                                      &day, &list, &err),
                     0);
    assert_int_equal(list.time, INT64_C(1790899205));
    day_deinit(&day);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(the_clock_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
