/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * dns_ask FORWARD ANCHOR [TIMEOUT_MS]: asks net/resolver for each line of
 * standard input, "NAME TYPE", and prints an answer a line in the order in which
 * they come: name, status, "secure" or "-", TTL, then the records or the reason.
 * "-" leaves an option out. "wait" on a line waits for what was asked so far,
 * "cancel NAME" gives a question up.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/resolver.h"

enum { MAX = 512 };

struct question {
    char name[300];
    struct resolver_query *query;
    bool is_open;
};

static struct question questions[MAX];
static size_t n_questions, n_open;
static struct loop *loop;

static void print_record(struct slice record)
{
    putchar('\t');
    for (size_t i = 0; i < record.len; i++) {
        unsigned char c = (unsigned char)record.ptr[i];

        printf(c < ' ' || c > '~' || c == '\\' ? "\\x%02x" : "%c", c);
    }
}

static void print(void *context, const struct resolver_answer *answer)
{
    static const char *const words[] = { "found", "absent", "temporary" };
    struct question *question = context;

    printf("%s\t%s\t%s\t%u", question->name, words[answer->status],
           answer->is_secure ? "secure" : "-", answer->ttl_s);
    if (answer->reason)
        print_record(slice_of(answer->reason));
    for (size_t i = 0; i < answer->n_records; i++)
        print_record(answer->records[i]);
    putchar('\n');
    fflush(stdout);
    question->is_open = false;
    if (--n_open == 0)
        loop_stop(loop);
}

static void cancel(const char *name)
{
    for (size_t i = 0; i < n_questions; i++) {
        if (questions[i].is_open && strcmp(questions[i].name, name) == 0) {
            resolver_cancel(questions[i].query);
            questions[i].is_open = false;
            n_open--;
        }
    }
}

static void ask(struct resolver *resolver, const char *name, unsigned type)
{
    struct question *question = &questions[n_questions++];
    struct err err;

    snprintf(question->name, sizeof(question->name), "%s", name);
    question->is_open = resolver_ask(resolver, name, type, print, question,
                                     &question->query, &err) == 0;
    if (question->is_open)
        n_open++;
    else
        printf("%s\t%s\n", name, err.text);
}

static void work(struct resolver *resolver)
{
    char line[600], name[300];
    unsigned type;

    while (fgets(line, sizeof(line), stdin) && n_questions < MAX) {
        if (strcmp(line, "wait\n") == 0 && n_open)
            (void)loop_run(loop, NULL);
        else if (sscanf(line, "cancel %299s", name) == 1)
            cancel(name);
        else if (sscanf(line, "%299s %u", name, &type) == 2)
            ask(resolver, name, type);
    }
    if (n_open)
        (void)loop_run(loop, NULL);
}

static const char *option(const char *word)
{
    return strcmp(word, "-") == 0 ? NULL : word;
}

int main(int argc, char **argv)
{
    struct resolver_options options = { .n_forwards = 0 };
    const char *forward;
    struct resolver *resolver;
    struct err err;

    if (argc < 3)
        return 2;
    forward = option(argv[1]);
    options.forwards = &forward;
    options.n_forwards = forward != NULL;
    options.anchor_file = option(argv[2]);
    options.timeout_ms = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    if (loop_new(&loop, &err))
        return 1;
    if (resolver_open(loop, &options, &resolver, &err)) {
        printf("%s\n", err.text);
        loop_free(loop);
        return 1;
    }
    work(resolver);
    resolver_close(resolver);
    loop_free(loop);
    return 0;
}
