/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "row.h"
#include "service/answers.h"
#include "service/limits.h"

struct asked {
    char last[300];
    size_t n;
};

struct fixture {
    struct answers *answers;
    struct asked asked;
    struct arena arena;
};

static void ask(void *context, const char *name)
{
    struct asked *asked = context;

    snprintf(asked->last, sizeof(asked->last), "%s", name);
    asked->n++;
}

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof(*f));
    arena_init(&f->arena, 1000000);
    assert_int_equal(answers_new(ask, &f->asked, &f->answers, NULL), 0);
}

static void end(struct fixture *f)
{
    answers_free(f->answers);
    arena_deinit(&f->arena);
}

static enum answers_status find(struct fixture *f, int64_t now_s,
                                const char *name)
{
    return answers_find(f->answers, now_s * 1000, name, &f->arena).status;
}

static void tell(struct fixture *f, int64_t now_s, const char *name,
                 enum answers_status status, unsigned ttl_s)
{
    const struct slice records[] = { SLICE("one"), SLICE("") };
    const struct answers_answer answer = {
        .status = status,
        .records = status == ANSWERS_FOUND ? records : NULL,
        .n_records = status == ANSWERS_FOUND ? 2 : 0,
    };

    answers_tell(f->answers, now_s * 1000, name, &answer, ttl_s);
}

static void a_name_is_asked_for_once_and_then_known(void **state)
{
    struct answers_answer answer;
    struct fixture f;

    (void)state;
    begin(&f);
    assert_int_equal(find(&f, 0, "a.example"), ANSWERS_PENDING);
    assert_string_equal(f.asked.last, "a.example");
    assert_int_equal(find(&f, 1, "a.example"), ANSWERS_PENDING);
    assert_int_equal(find(&f, 1000, "a.example"), ANSWERS_PENDING);
    assert_int_equal(f.asked.n, 1);
    assert_int_equal(find(&f, 0, "b.example"), ANSWERS_PENDING);
    assert_int_equal(f.asked.n, 2);
    tell(&f, 1000, "a.example", ANSWERS_FOUND, 300);
    tell(&f, 1000, "c.example", ANSWERS_FOUND, 300); /* nobody asked */
    answer = answers_find(f.answers, 1000000, "a.example", &f.arena);
    assert_int_equal(answer.status, ANSWERS_FOUND);
    assert_int_equal(answer.n_records, 2);
    ROW_OCTETS("first", answer.records[0], SLICE("one"));
    assert_int_equal(answer.records[1].len, 0);
    assert_int_equal(f.asked.n, 2);
    assert_int_equal(find(&f, 1000, "b.example"), ANSWERS_PENDING);
    end(&f);
}

static const struct {
    const char *name;
    enum answers_status status;
    unsigned ttl_s;
    int64_t kept_s;
} rows[] = {
    { "found", ANSWERS_FOUND, 300, 300 },
    { "found, for a moment", ANSWERS_FOUND, 0, SERVICE_ANSWER_LEAST_S },
    { "found, for ever", ANSWERS_FOUND, 4294967295, SERVICE_ANSWER_MOST_S },
    { "absent", ANSWERS_ABSENT, 300, 300 },
    { "absent, for a moment", ANSWERS_ABSENT, 0, SERVICE_ANSWER_LEAST_S },
    { "absent, for long", ANSWERS_ABSENT, 86400, SERVICE_ABSENCE_MOST_S },
    { "not told", ANSWERS_TEMPORARY, 86400, SERVICE_ANSWER_TEMPORARY_S },
};

static void answers_are_kept_within_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct fixture f;

        begin(&f);
        (void)find(&f, 0, "x");
        tell(&f, 10, "x", rows[i].status, rows[i].ttl_s);
        ROW_NUMBER(rows[i].name, find(&f, 10 + rows[i].kept_s - 1, "x"),
                   rows[i].status);
        ROW_NUMBER(rows[i].name, f.asked.n, 1);
        ROW_NUMBER(rows[i].name, find(&f, 10 + rows[i].kept_s, "x"),
                   ANSWERS_PENDING);
        ROW_NUMBER(rows[i].name, f.asked.n, 2);
        tell(&f, 100000, "x", ANSWERS_ABSENT, 60);
        ROW_NUMBER(rows[i].name, find(&f, 100000, "x"), ANSWERS_ABSENT);
        end(&f);
    }
}

static void failures_can_be_forgotten(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    (void)find(&f, 0, "a");
    (void)find(&f, 0, "b");
    tell(&f, 0, "a", ANSWERS_TEMPORARY, 0);
    tell(&f, 0, "b", ANSWERS_ABSENT, 0);
    answers_forget_failures(f.answers);
    assert_int_equal(find(&f, 0, "a"), ANSWERS_PENDING);
    assert_int_equal(find(&f, 0, "b"), ANSWERS_ABSENT);
    assert_int_equal(f.asked.n, 3);
    end(&f);
}

static void what_was_used_last_stays_when_there_is_no_room(void **state)
{
    struct fixture f;
    char name[32];

    (void)state;
    begin(&f);
    (void)find(&f, 0, "pending");
    for (int i = 1; i < SERVICE_ANSWERS; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        (void)find(&f, 0, name);
        tell(&f, 0, name, ANSWERS_FOUND, 3600);
    }
    assert_int_equal(find(&f, 1, "n1"), ANSWERS_FOUND);
    assert_int_equal(f.asked.n, SERVICE_ANSWERS);
    assert_int_equal(find(&f, 1, "one more"), ANSWERS_PENDING);
    assert_int_equal(find(&f, 1, "n1"), ANSWERS_FOUND);
    assert_int_equal(find(&f, 1, "pending"), ANSWERS_PENDING);
    assert_int_equal(find(&f, 1, name), ANSWERS_FOUND);
    assert_int_equal(f.asked.n, SERVICE_ANSWERS + 1);
    assert_int_equal(find(&f, 1, "n2"), ANSWERS_PENDING);
    assert_int_equal(f.asked.n, SERVICE_ANSWERS + 2);
    end(&f);
}

static void what_is_pending_is_never_given_up(void **state)
{
    struct fixture f;
    char name[32];

    (void)state;
    begin(&f);
    for (int i = 0; i < SERVICE_ANSWERS; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        (void)find(&f, 0, name);
    }
    assert_int_equal(find(&f, 0, "too many"), ANSWERS_TEMPORARY);
    assert_int_equal(f.asked.n, SERVICE_ANSWERS);
    tell(&f, 0, "n0", ANSWERS_ABSENT, 60);
    assert_int_equal(find(&f, 0, "n0"), ANSWERS_ABSENT);
    assert_int_equal(find(&f, 0, "one more"), ANSWERS_PENDING);
    end(&f);
}

static void large_records_make_room_too(void **state)
{
    static char text[65536];
    const struct slice record = { text, sizeof(text) };
    const struct answers_answer answer = { ANSWERS_FOUND, &record, 1 };
    const int n = SERVICE_ANSWERS_BYTES / (int)sizeof(text);
    struct fixture f;
    char name[32];

    (void)state;
    begin(&f);
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        (void)find(&f, 0, name);
        answers_tell(f.answers, 0, name, &answer, 60);
    }
    assert_int_equal(find(&f, 0, "one more"), ANSWERS_PENDING);
    assert_int_equal(find(&f, 0, "n0"), ANSWERS_PENDING);
    assert_int_equal(find(&f, 0, name), ANSWERS_FOUND);
    end(&f);
}

static void no_room_for_the_copy_is_no_answer(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    (void)find(&f, 0, "a");
    tell(&f, 0, "a", ANSWERS_FOUND, 60);
    arena_deinit(&f.arena);
    arena_init(&f.arena, 1);
    assert_int_equal(find(&f, 0, "a"), ANSWERS_TEMPORARY);
    end(&f);
    answers_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_asked_for_once_and_then_known),
        cmocka_unit_test(answers_are_kept_within_bounds),
        cmocka_unit_test(failures_can_be_forgotten),
        cmocka_unit_test(what_was_used_last_stays_when_there_is_no_room),
        cmocka_unit_test(what_is_pending_is_never_given_up),
        cmocka_unit_test(large_records_make_room_too),
        cmocka_unit_test(no_room_for_the_copy_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
