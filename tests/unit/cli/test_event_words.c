/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"
#include "cli/cmd.h"
#include "cli/event_words.h"
#include "row.h"
#include "json/writer.h"

enum { MAX_WORDS = 40 };

/* Takes the next word off. Returns: it, with a NUL behind; NULL at the end. */
static char *next_word(char **rest)
{
    char *word = *rest;

    if (!*word)
        return NULL;
    *rest += strcspn(word, " ");
    if (**rest)
        *(*rest)++ = '\0';
    return word;
}

/* Takes "option value option value ..." apart; a value has no blanks. */
static size_t split(const char *words, struct options_value *values)
{
    static char text[2048];
    char *rest = text;
    const char *name;
    size_t n = 0;

    snprintf(text, sizeof(text), "%s", words);
    while ((name = next_word(&rest))) {
        const struct command_option *option = cmd_event_options;

        while (option->name && strcmp(option->name, name) != 0)
            option++;
        assert_non_null(option->name);
        assert_true(n < MAX_WORDS);
        values[n++] = (struct options_value){ option, next_word(&rest) };
    }
    return n;
}

static int read_words(struct arena *arena, const char *words,
                      struct buffer *out, struct err *err)
{
    struct options_value values[MAX_WORDS];
    struct event event = { .domain = "d", .record = "r" };
    struct json_writer writer;
    int rc = event_words_read(arena, values, split(words, values), &event, err);

    if (rc == 0) {
        json_writer_init(&writer, out);
        event_write(&event, &writer);
    }
    return rc;
}

#define ALL(policies)                                                          \
    "{\"dpv\":\"1\",\"d\":\"d\",\"pr\":\"r\",\"policies\":[" policies "]}"

static const struct {
    const char *name, *words, *datagram;
} rows[] = {
    { "a success", "policy no-policy-found",
      ALL("{\"policy-type\":9,\"t\":0,\"f\":0}") },
    { "all of a policy",
      "policy sts policy-domain a policy-string b mx-host c policy-string d "
      "mx-host e",
      ALL("{\"policy-type\":2,\"policy-domain\":\"a\",\"policy-string\":[\"b\","
          "\"d\"],\"mx-host\":[\"c\",\"e\"],\"t\":0,\"f\":0}") },
    { "all of a failure",
      "policy 1 failure certificate-expired sending-mta-ip s "
      "receiving-mx-hostname n receiving-mx-helo h receiving-ip r "
      "additional-information a failure-reason-code f",
      ALL("{\"policy-type\":1,\"failure-details\":[{\"c\":204,\"s\":\"s\","
          "\"n\":\"n\",\"h\":\"h\",\"r\":\"r\",\"a\":\"a\",\"f\":\"f\"}],"
          "\"t\":1,\"f\":1}") },
    { "lists of one policy end where the next begins",
      "policy 1 policy-string a mx-host b failure 201 failure 202 receiving-ip "
      "x policy 2 policy-string c mx-host d failure 203 receiving-ip y",
      ALL("{\"policy-type\":1,\"policy-string\":[\"a\"],\"mx-host\":[\"b\"],"
          "\"failure-details\":[{\"c\":201},{\"c\":202,\"r\":\"x\"}],\"t\":2,"
          "\"f\":1},{\"policy-type\":2,\"policy-string\":[\"c\"],"
          "\"mx-host\":[\"d\"],\"failure-details\":[{\"c\":203,\"r\":\"y\"}],"
          "\"t\":1,\"f\":1}") },
    { "what describes the policy may stand behind its failures",
      "policy 2 failure 301 policy-domain a result success policy 9 result "
      "failure",
      ALL("{\"policy-type\":2,\"policy-domain\":\"a\",\"failure-details\":[{"
          "\"c\":301}],\"t\":1,\"f\":0},{\"policy-type\":9,\"t\":0,\"f\":1}") },
    { "numbers that nobody knows", "policy 77 failure 999",
      ALL("{\"policy-type\":77,\"failure-details\":[{\"c\":999}],\"t\":1,"
          "\"f\":1}") },
};

static void words_become_an_event(void **state)
{
    struct arena arena;
    struct buffer out;
    struct err err;

    (void)state;
    arena_init(&arena, 1 << 20);
    buffer_init(&out, 10000);
    for (size_t i = 0; i < ROWS(rows); i++) {
        buffer_reset(&out);
        err = (struct err){ .kind = ERR_NONE };
        if (read_words(&arena, rows[i].words, &out, &err))
            ROW_TEXT(rows[i].name, err.text, "");
        ROW_TEXT(rows[i].name, buffer_text(&out), rows[i].datagram);
    }
    buffer_deinit(&out);
    arena_deinit(&arena);
}

static void words_without_sense_are_told(void **state)
{
    static const struct {
        const char *words, *told;
    } bad[] = {
        { "", "--policy is missing" },
        { "policy dane", "--policy is tlsa, sts, no-policy-found or a number, "
                         "not 'dane'" },
        { "policy-domain a",
          "--policy-domain has to stand behind the --policy that it describes" },
        { "failure 201",
          "--failure has to stand behind the --policy that it describes" },
        { "policy 9 receiving-ip a",
          "--receiving-ip has to stand behind the --failure that it describes" },
        { "policy 9 failure 201 policy 9 receiving-ip a",
          "--receiving-ip has to stand behind the --failure that it describes" },
        { "policy 9 failure expired",
          "--failure is a result type of RFC 8460 or its number, not "
          "'expired'" },
        { "policy 9 result maybe",
          "--result is success or failure, not 'maybe'" },
        { "policy 9 policy-domain a policy-domain b",
          "--policy-domain is given twice for one policy or failure" },
        { "policy 9 failure 201 receiving-ip a receiving-ip b",
          "--receiving-ip is given twice for one policy or failure" },
    };
    struct arena arena;
    struct buffer out;
    struct err err;

    (void)state;
    arena_init(&arena, 1 << 20);
    buffer_init(&out, 10000);
    for (size_t i = 0; i < ROWS(bad); i++) {
        ROW_NUMBER(bad[i].words, read_words(&arena, bad[i].words, &out, &err),
                   -1);
        ROW_NUMBER(bad[i].words, err.kind, ERR_USAGE);
        ROW_TEXT(bad[i].words, err.text, bad[i].told);
    }
    buffer_deinit(&out);
    arena_deinit(&arena);
    arena_init(&arena, 0);
    assert_int_equal(read_words(&arena, "policy 9", &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_become_an_event),
        cmocka_unit_test(words_without_sense_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
