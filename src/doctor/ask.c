/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/ask.h"

#include "net/loop.h"
#include "net/timer.h"

enum { ALL_MS = 20000 };

struct asking {
    struct chart *chart;
    struct loop *loop;
    size_t n_open;
};

struct asked {
    struct asking *asking;
    struct ask_question *question;
    struct resolver_query *query;
};

static const struct slice *copy_records(struct chart *chart,
                                        const struct resolver_answer *answer)
{
    struct slice *records =
        arena_calloc(chart->arena, answer->n_records, sizeof(*records));

    if (!records) {
        chart->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < answer->n_records; i++) {
        const char *text = arena_copy(chart->arena, answer->records[i]);

        chart->failed |= !text;
        records[i] = slice_make(text, text ? answer->records[i].len : 0);
    }
    return records;
}

static void take(void *context, const struct resolver_answer *answer)
{
    struct asked *asked = context;
    struct asking *asking = asked->asking;
    struct identity_answer *out = &asked->question->answer;

    asked->query = NULL;
    asked->question->is_secure = answer->is_secure;
    switch (answer->status) {
    case RESOLVER_FOUND:
        out->lookup = IDENTITY_FOUND;
        out->records = copy_records(asking->chart, answer);
        out->n_records = out->records ? answer->n_records : 0;
        break;
    case RESOLVER_ABSENT: out->lookup = IDENTITY_ABSENT; break;
    default:
        out->why = chart_text(asking->chart, "%s",
                              answer->reason ? answer->reason : "no answer");
    }
    if (--asking->n_open == 0)
        loop_stop(asking->loop);
}

static void end(void *context)
{
    const struct asking *asking = context;

    loop_stop(asking->loop);
}

static int run(struct asking *asking, struct resolver *resolver,
               struct asked *asked, struct ask_question *questions, size_t n,
               struct err *err)
{
    struct timer *timer = NULL;
    int rc = 0;

    for (size_t i = 0; i < n; i++) {
        asked[i] =
            (struct asked){ .asking = asking, .question = &questions[i] };
        questions[i].answer = (struct identity_answer){
            .lookup = IDENTITY_UNANSWERED,
            .name = questions[i].name,
            .why = "no answer in time",
        };
        if (!questions[i].name) {
            questions[i].answer.lookup = IDENTITY_NOT_ASKED;
            continue;
        }
        asking->n_open++;
        if (resolver_ask(resolver, questions[i].name, questions[i].type, take,
                         &asked[i], &asked[i].query, err))
            asking->n_open--;
    }
    if (asking->n_open == 0)
        return 0;
    rc = timer_start(asking->loop, ALL_MS, end, asking, &timer, err);
    if (rc == 0)
        rc = loop_run(asking->loop, err);
    timer_cancel(timer);
    return rc;
}

int ask_all(struct chart *chart, const struct resolver_options *options,
            struct ask_question *questions, size_t n, bool *out_validates,
            struct err *err)
{
    struct asking asking = { .chart = chart };
    struct asked *asked = arena_calloc(chart->arena, n, sizeof(*asked));
    struct resolver *resolver = NULL;
    int rc;

    if (!asked)
        return arena_error(chart->arena, err);
    rc = loop_new(&asking.loop, err);
    if (rc == 0)
        rc = resolver_open(asking.loop, options, &resolver, err);
    if (rc == 0) {
        *out_validates = resolver_validates(resolver);
        rc = run(&asking, resolver, asked, questions, n, err);
    }
    resolver_close(resolver);
    loop_free(asking.loop);
    return rc;
}
