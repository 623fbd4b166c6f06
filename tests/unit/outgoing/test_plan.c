/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "row.h"

#define V "v=TLSRPTv1;"

static const char *const a_domain[] = { "a.example" };
static const char *const below[] = { ".example" };
static const char *const at_big[] = { "@big.example" };
static const char *const all[] = { "*" };
static const char *const own[] = { "mailto:us@our.example" };
static const char *const folder[] = { "directory:/sent" };

#define TEXTS(array)                                                           \
    {                                                                          \
        (const char **)(array), 1                                              \
    }

static const struct outgoing_rule discard_a = { .name = "d",
                                                .domains = TEXTS(a_domain),
                                                .action = OUTGOING_DISCARD };
static const struct outgoing_rule accept_a = { .name = "ok",
                                               .domains = TEXTS(a_domain),
                                               .action = OUTGOING_ACCEPT };
static const struct outgoing_rule replace_all = { .name = "r",
                                                  .domains = TEXTS(below),
                                                  .action = OUTGOING_REPLACE,
                                                  .uris = TEXTS(own) };
static const struct outgoing_rule append_all = { .name = "p",
                                                 .domains = TEXTS(all),
                                                 .action = OUTGOING_APPEND,
                                                 .uris = TEXTS(folder) };
static const struct outgoing_rule no_big = { .name = "big",
                                             .destinations = TEXTS(at_big),
                                             .action = OUTGOING_DISCARD };
static const struct outgoing_rule big_to_us = { .name = "us",
                                                .destinations = TEXTS(at_big),
                                                .action = OUTGOING_REPLACE,
                                                .uris = TEXTS(own) };
static const struct outgoing_rule big_and_us = { .name = "and",
                                                 .destinations = TEXTS(at_big),
                                                 .action = OUTGOING_APPEND,
                                                 .uris = TEXTS(own) };

/* lines: "s|h|l" (sent, held, left out) "r|u|c" (record, rule, copy) ":uri;" */
static const struct {
    const char *name, *record;
    const struct outgoing_rule *rules[3];
    bool has_copy;
    const char *lines;
    const char *reason; /* begins so; NULL none */
} rows[] = {
    { "as the record says",
      V "rua=mailto:t@a.example,https://r.example/in",
      { NULL },
      false,
      "sr:mailto:t@a.example;sr:https://r.example/in;",
      NULL },
    { "one URI is bad",
      V "rua=ftp://x/,mailto:t@a.example",
      { NULL },
      false,
      "sr:mailto:t@a.example;lr:ftp://x/;",
      NULL },
    { "twice",
      V "rua=mailto:t@a.example,mailto:t@A.example",
      { NULL },
      false,
      "sr:mailto:t@a.example;lr:mailto:t@A.example;",
      NULL },
    { "hosts of our own network",
      V "rua=https://relay/in,https://localhost:8443/,mailto:root@localhost,"
        "https://10.0.0.1/,https://[::1]/,https://0x7f.1/,"
        "https://db.internal/,mailto:t@a.example",
      { NULL },
      false,
      "lr:https://relay/in;lr:https://localhost:8443/;"
      "lr:mailto:root@localhost;lr:https://10.0.0.1/;lr:https://[::1]/;"
      "lr:https://0x7f.1/;lr:https://db.internal/;sr:mailto:t@a.example;",
      NULL },
    { "none but such",
      V "rua=https://relay/in",
      { NULL },
      false,
      "lr:https://relay/in;",
      "no destination is left to send it to" },
    { "broken",
      V ";rua=mailto:t@a.example",
      { NULL },
      false,
      "",
      "the record cannot be used: " },
    { "no destination of use",
      V "rua=ftp://x/",
      { NULL },
      true,
      "lr:ftp://x/;",
      "the record cannot be used: " },
    { "the domain is discarded",
      V "rua=mailto:t@a.example",
      { &discard_a },
      true,
      "",
      "rule \"d\" discards it" },
    { "the first rule decides",
      V "rua=mailto:t@a.example",
      { &accept_a, &discard_a },
      false,
      "sr:mailto:t@a.example;",
      NULL },
    { "replaced",
      V "rua=mailto:t@a.example",
      { &replace_all },
      false,
      "su:mailto:us@our.example;",
      NULL },
    { "replaced although broken",
      V ";",
      { &replace_all },
      false,
      "su:mailto:us@our.example;",
      NULL },
    { "appended",
      V "rua=mailto:t@a.example",
      { &append_all },
      false,
      "sr:mailto:t@a.example;su:directory:/sent;",
      NULL },
    { "appended although broken",
      V ";",
      { &append_all },
      false,
      "su:directory:/sent;",
      NULL },
    { "a destination is discarded",
      V "rua=mailto:t@a.example,mailto:t@big.example",
      { &no_big },
      false,
      "sr:mailto:t@a.example;lr:mailto:t@big.example;",
      NULL },
    { "the only destination is discarded",
      V "rua=mailto:t@big.example",
      { &no_big },
      true,
      "lr:mailto:t@big.example;",
      "no destination is left" },
    { "a destination is replaced",
      V "rua=mailto:t@big.example",
      { &big_to_us },
      false,
      "lr:mailto:t@big.example;su:mailto:us@our.example;",
      NULL },
    { "a destination has another beside",
      V "rua=mailto:t@big.example",
      { &big_and_us },
      false,
      "sr:mailto:t@big.example;su:mailto:us@our.example;",
      NULL },
    { "a copy",
      V "rua=mailto:t@a.example",
      { NULL },
      true,
      "sr:mailto:t@a.example;sc:directory:/sent;",
      NULL },
    { "held",
      V "rua=mailto:t@held.example,mailto:t@a.example",
      { NULL },
      false,
      "hr:mailto:t@held.example;sr:mailto:t@a.example;",
      NULL },
};

static void write_lines(const struct outgoing_plan *plan, struct buffer *out)
{
    for (size_t i = 0; i < plan->n_lines; i++)
        buffer_add_format(out, "%c%c:%s;", "shl"[plan->lines[i].fate],
                          "ruc"[plan->lines[i].origin],
                          plan -> lines[i].target.uri);
}

static void plans_are_made_of_records_and_rules(void **state)
{
    struct outgoing_suppressed held = { .pattern = SLICE("held.example"),
                                        .why = "bounced" };
    const struct outgoing_suppression suppression = { .rows = &held,
                                                      .n_rows = 1 };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct outgoing_rule rules[3];
        struct outgoing_settings settings;
        struct outgoing_plan plan;
        struct buffer lines;
        struct arena arena;
        struct err err;

        outgoing_settings_init(&settings);
        settings.rules = rules;
        for (size_t j = 0; j < 3 && rows[i].rules[j]; j++)
            rules[settings.n_rules++] = *rows[i].rules[j];
        if (rows[i].has_copy)
            settings.copies = (struct outgoing_texts)TEXTS(folder);
        arena_init(&arena, 1 << 20);
        buffer_init(&lines, 1 << 16);
        ROW_NUMBER(rows[i].name,
                   outgoing_plan_make(&settings, &suppression, &arena,
                                      SLICE("a.example"),
                                      slice_of(rows[i].record), &plan, &err),
                   0);
        write_lines(&plan, &lines);
        ROW_TEXT(rows[i].name, buffer_text(&lines), rows[i].lines);
        ROW_NUMBER(rows[i].name, plan.reason != NULL, rows[i].reason != NULL);
        if (plan.reason)
            ROW_NUMBER(
                plan.reason,
                slice_starts(slice_of(plan.reason), slice_of(rows[i].reason)),
                true);
        buffer_deinit(&lines);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_made_of_records_and_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
