/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * dkim_verify MAIL KEYS [NAME=VALUE...]: verifies a mail for the scenario
 * dkim_signers. KEYS has a line for each record, "query name", tab, record; a
 * record "!temporary" is a look-up without an answer, a name that is not there
 * does not exist. Values: arrival (seconds), rule (0 to 2), contact, submitter.
 * Prints a line for each signature, "VERDICT REASON QUERY-NAME", and one for the
 * mail, "mail VERDICT REASON".
 */

#include <stdio.h>
#include <stdlib.h>

#include "mail/dkim.h"
#include "mail/limits.h"

enum { MAX_FILE_BYTES = 1 << 22 };

struct options {
    utc_time arrival;
    enum dkim_key_rule rule;
    struct dkim_senders senders;
};

static struct slice read_file(const char *path)
{
    char *text = malloc(MAX_FILE_BYTES);
    FILE *f = fopen(path, "rb");
    struct slice s = { text, 0 };

    if (!text || !f) {
        fprintf(stderr, "dkim_verify: cannot read %s\n", path);
        exit(4);
    }
    s.len = fread(text, 1, MAX_FILE_BYTES, f);
    fclose(f);
    return s;
}

/* Finds the records of a name. Returns: how many. */
static size_t look_up(struct slice keys, const char *name, size_t max,
                      struct slice *records)
{
    size_t n = 0;

    while (keys.len && n < max) {
        struct slice line = slice_line(keys);
        size_t tab = slice_find(line, '\t');

        keys = slice_skip(keys, line.len);
        if (slice_equal(slice_make(line.ptr, tab), slice_of(name)))
            records[n++] = slice_trim(slice_skip(line, tab + 1));
    }
    return n;
}

static struct dkim_result judge(const struct dkim_signature *signature,
                                struct slice keys, enum dkim_key_rule rule)
{
    struct slice records[DKIM_MAX_KEY_RECORDS];
    struct dkim_answer answer = { .records = records };
    struct dkim_result result;

    if (signature->query_name)
        answer.n_records =
            look_up(keys, signature->query_name, DKIM_MAX_KEY_RECORDS, records);
    if (answer.n_records == 0)
        answer.lookup = DKIM_LOOKUP_ABSENT;
    else if (slice_equal(records[0], SLICE("!temporary")))
        answer.lookup = DKIM_LOOKUP_TEMPORARY;
    if (dkim_judge(signature, &answer, rule, &result, NULL))
        exit(4);
    return result;
}

static void verify(struct slice mail, struct slice keys,
                   struct options *options)
{
    struct dkim_result results[DKIM_MAX_SIGNATURES];
    struct dkim_choice choice;
    struct arena arena;
    struct dkim dkim;

    arena_init(&arena, MAX_FILE_BYTES);
    if (dkim_read(&arena, mail, options->arrival, &dkim, NULL))
        exit(4);
    for (size_t i = 0; i < dkim.n_signatures; i++) {
        const char *name = dkim.signatures[i].query_name;

        results[i] = judge(&dkim.signatures[i], keys, options->rule);
        printf("%s %s %s\n", dkim_reason_verdict_name(results[i].verdict),
               results[i].reason->code, name ? name : "-");
    }
    options->senders.from_domain = dkim.from_domain;
    if (dkim_choose(&arena, &dkim, results, &options->senders, &choice, NULL))
        exit(4);
    printf("mail %s %s\n", dkim_reason_verdict_name(choice.result.verdict),
           choice.result.reason->code);
    arena_deinit(&arena);
}

static void read_option(struct options *options, const char *text)
{
    const char *value = strchr(text, '=');

    if (!value)
        exit(2);
    value++;
    if (strncmp(text, "arrival=", 8) == 0)
        options->arrival = strtoll(value, NULL, 10);
    else if (strncmp(text, "rule=", 5) == 0)
        options->rule = (enum dkim_key_rule)strtol(value, NULL, 10);
    else if (strncmp(text, "contact=", 8) == 0)
        options->senders.contact_domain = value;
    else if (strncmp(text, "submitter=", 10) == 0)
        options->senders.submitter_domain = value;
    else
        exit(2);
}

int main(int argc, char **argv)
{
    struct options options = { .arrival = UTC_NONE, .rule = DKIM_KEY_ACCEPT };
    struct slice mail, keys;

    if (argc < 3)
        return 2;
    for (int i = 3; i < argc; i++)
        read_option(&options, argv[i]);
    mail = read_file(argv[1]);
    keys = read_file(argv[2]);
    verify(mail, keys, &options);
    free((void *)mail.ptr);
    free((void *)keys.ptr);
    return 0;
}
