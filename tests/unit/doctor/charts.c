/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "charts.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 20 };

static struct arena arena;
static struct chart chart;
static char text[4000];

struct chart *charts_new(void)
{
    arena_deinit(&arena);
    arena_init(&arena, ARENA_BYTES);
    chart_init(&chart, &arena);
    return &chart;
}

void charts_end(void)
{
    arena_deinit(&arena);
}

const char *charts_text(const struct chart *of)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < of->n_rows; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s:%s ",
                                 of->rows[i].check->id,
                                 chart_severity_name(of->rows[i].severity));
    return text;
}

void charts_compare(const struct chart *of, const char *want, const char *name)
{
    assert_false(of->failed);
    if (strcmp(charts_text(of), want) != 0)
        fail_msg("%s: expected \"%s\", got \"%s\"", name, want, text);
}
