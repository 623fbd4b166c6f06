/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/switched_off.h"

#include <stdio.h>
#include <string.h>

#include "fetch/day.h"
#include "fetch/limits.h"
#include "store/tally_sample.h"

#include "row.h"

#define RECORD "v=TLSRPTv1;rua=mailto:a@b.example"
#define OFF                                                                    \
    "{\"policy-type\":2,\"policy-string\":[\"version: STSv1\",\"mode: none\"]}"
#define OFF_ALONE "{\"policy-type\":2,\"policy-string\":[\"mode: none\"]}"
#define STS                                                                    \
    "{\"policy-type\":2,\"policy-string\":[\"version: STSv1\","                \
    "\"mode: testing\"]}"
#define TLSA "{\"policy-type\":1,\"policy-string\":[\"3 1 1 AB\"]}"
#define NONE "{\"policy-type\":9}"

enum { SUMS = 8 };

struct sum {
    const char *policy;  /* NULL: no more */
    const char *failure; /* its number; NULL: the policy itself */
    int64_t sessions;
    int64_t failures;
};

static void add(struct day *day, const char *domain, const struct sum *sum)
{
    char failure[32] = "";
    struct day_sum row = { .domain = slice_of(domain),
                           .record = SLICE(RECORD),
                           .policy = slice_of(sum->policy),
                           .sessions = sum->sessions,
                           .failures = sum->failures };
    struct err err;

    if (sum->failure)
        snprintf(failure, sizeof(failure), "{\"c\":%s}", sum->failure);
    row.failure = slice_of(failure);
    assert_int_equal(day_add(day, &row, &err), 0);
    assert_int_equal(day->n_bad, 0);
}

/* What is left: "TYPE[/RESULT] SESSIONS/FAILURES;" of each row. */
static void show(const struct day *day, char *out, size_t size)
{
    const struct day_row *rows = (const void *)day->rows.items;
    size_t n = 0;

    *out = '\0';
    for (size_t i = 0; i < day->rows.n_items; i++)
        n += (size_t)snprintf(
            out + n, size - n, "%s%s%.*s %lld/%lld;",
            rows[i].type == 1   ? "tlsa"
            : rows[i].type == 2 ? "sts"
                                : "none",
            rows[i].row.detail.len ? "/" : "",
            /* From {"result-type":" on, without the quote and brace behind it. */
            rows[i].row.detail.len ? (int)rows[i].row.detail.len - 18 : 0,
            rows[i].row.detail.len ? rows[i].row.detail.ptr + 16 : "",
            (long long)rows[i].row.sessions, (long long)rows[i].row.failures);
}

static const struct {
    const char *name;
    struct sum sums[SUMS];
    const char *left;
} cases[] = {
    { "alone it is no-policy-found", { { OFF, NULL, 5, 0 } }, "none 5/0;" },
    { "beside tlsa it is the same sessions",
      { { OFF, NULL, 5, 0 }, { TLSA, NULL, 5, 0 } },
      "tlsa 5/0;" },
    { "in whatever order",
      { { TLSA, NULL, 5, 0 }, { OFF, NULL, 5, 0 } },
      "tlsa 5/0;" },
    { "what is beyond those stays",
      { { OFF, NULL, 7, 0 }, { TLSA, NULL, 5, 0 } },
      "none 2/0;tlsa 5/0;" },
    { "less than those is none",
      { { OFF, NULL, 3, 0 }, { TLSA, NULL, 5, 0 } },
      "tlsa 5/0;" },
    { "a policy that was switched on during the day",
      { { OFF, NULL, 4, 0 }, { STS, NULL, 3, 0 } },
      "none 4/0;sts 3/0;" },
    { "all three",
      { { OFF, NULL, 4, 0 }, { STS, NULL, 3, 0 }, { TLSA, NULL, 5, 0 } },
      "none 2/0;sts 3/0;tlsa 5/0;" },
    { "what had no policy is another session",
      { { OFF, NULL, 5, 0 }, { NONE, NULL, 2, 0 }, { TLSA, NULL, 5, 0 } },
      "none 2/0;tlsa 5/0;" },
    { "failures of MTA-STS are none",
      { { OFF, NULL, 5, 3 }, { OFF, "301", 2, 0 }, { OFF, "303", 1, 0 } },
      "none 5/0;" },
    { "other failures stay",
      { { OFF, NULL, 5, 3 }, { OFF, "201", 1, 0 }, { OFF, "302", 2, 0 } },
      "none 5/1;none/starttls-not-supported 1/0;" },
    { "a failure without details stays", { { OFF, NULL, 5, 3 } }, "none 5/3;" },
    { "failures of MTA-STS stay where it is in force",
      { { STS, NULL, 5, 3 }, { STS, "301", 3, 0 } },
      "sts 5/3;sts/sts-policy-fetch-error 3/0;" },
    { "failures are the same as those beside it",
      { { OFF, NULL, 7, 2 },
        { OFF, "201", 2, 0 },
        { TLSA, NULL, 5, 2 },
        { TLSA, "201", 2, 0 } },
      "none 2/0;tlsa 5/2;tlsa/starttls-not-supported 2/0;" },
    { "but for those beyond",
      { { OFF, NULL, 7, 3 }, { OFF, "201", 3, 0 }, { TLSA, NULL, 5, 2 } },
      "none 2/1;none/starttls-not-supported 1/0;tlsa 5/2;" },
    { "several that are switched off",
      { { OFF, NULL, 3, 1 }, { OFF_ALONE, NULL, 4, 1 }, { TLSA, NULL, 5, 1 } },
      "none 2/1;tlsa 5/1;" },
    { "a detail that is not told takes from none of them",
      { { OFF, NULL, 3, 1 }, { OFF, "301", 1, 0 }, { OFF_ALONE, NULL, 4, 0 } },
      "none 3/0;none 4/0;" },
    { "nor where it comes before them",
      { { OFF, "301", 3, 0 }, { OFF, NULL, 5, 3 } },
      "none 5/0;" },
    { "sessions that failed are given where the failures are",
      { { OFF, NULL, 5, 0 },
        { OFF_ALONE, NULL, 3, 2 },
        { OFF_ALONE, "201", 2, 0 },
        { TLSA, NULL, 5, 0 } },
      "none 1/0;none 2/2;none/starttls-not-supported 2/0;tlsa 5/0;" },
};

static void sessions_under_both_count_once(void **state)
{
    char left[512];
    struct err err;

    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        struct day day;

        day_init(&day, TALLY_SAMPLE_DAY, FETCH_SOURCE_BYTES / 2);
        for (size_t j = 0; j < SUMS && cases[i].sums[j].policy; j++)
            add(&day, "a.example", &cases[i].sums[j]);
        assert_int_equal(switched_off_join(&day, &err), 0);
        show(&day, left, sizeof(left));
        if (strcmp(left, cases[i].left) != 0)
            fail_msg("%s: expected %s, got %s", cases[i].name, cases[i].left,
                     left);
        day_deinit(&day);
    }
}

static void domains_are_kept_apart(void **state)
{
    static const struct sum off = { OFF, NULL, 5, 0 };
    static const struct sum tlsa = { TLSA, NULL, 5, 0 };
    char left[512];
    struct err err;
    struct day day;

    (void)state;
    day_init(&day, TALLY_SAMPLE_DAY, FETCH_SOURCE_BYTES / 2);
    add(&day, "a.example", &off);
    add(&day, "b.example", &off);
    add(&day, "c.example", &tlsa);
    /* One domain, however it is written. */
    add(&day, "B.Example.", &tlsa);
    assert_int_equal(switched_off_join(&day, &err), 0);
    show(&day, left, sizeof(left));
    assert_string_equal(left, "none 5/0;tlsa 5/0;tlsa 5/0;");
    day_deinit(&day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_under_both_count_once),
        cmocka_unit_test(domains_are_kept_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
