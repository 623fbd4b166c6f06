/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "doctor/elsewhere.h"
#include "service/collector.h"

enum {
    ANSWER_BYTES = 65536,
    ASKED = 16 /* nobody runs more; each may need seconds to say nothing */
};

/* By whatever paths. */
static bool is_same(const char *one, const char *other)
{
    const char *path = strchr(one, ':'), *other_path = strchr(other, ':');
    struct stat file, other_file;

    if (strcmp(one, other) == 0)
        return true;
    return path && other_path && stat(path + 1, &file) == 0 &&
           stat(other_path + 1, &other_file) == 0 &&
           file.st_dev == other_file.st_dev && file.st_ino == other_file.st_ino;
}

static bool is_looked_at(const char *url, const char *tally,
                         const struct outgoing_settings *sending)
{
    if (is_same(url, tally))
        return true;
    for (size_t i = 0; i < sending->n_identities; i++) {
        const struct outgoing_texts *urls = &sending->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++) {
            if (is_same(url, urls->items[j]))
                return true;
        }
    }
    return false;
}

/* What may not be asked is a collector's by its usual name. */
static bool is_usual(const char *url)
{
    const char *slash = strrchr(url, '/');

    return slash && strcmp(slash, "/tally.db") == 0;
}

static void look_at_one(struct chart *chart, const char *tally,
                        const char *other)
{
    struct buffer text;
    struct err err;

    buffer_init(&text, ANSWER_BYTES);
    if (collector_ask(other, &text, &err) == 0) {
        /* Others have sockets of such names, too. */
        if (strstr(buffer_text(&text), "tlsrpt_collect_received_total"))
            elsewhere_judge(chart, tally, other, true);
    } else if (err.system_errno == EACCES && is_usual(other)) {
        elsewhere_judge(chart, tally, other, false);
    }
    buffer_deinit(&text);
}

void elsewhere_look(struct chart *chart, const char *tally,
                    const struct outgoing_settings *sending)
{
    FILE *table = fopen("/proc/net/unix", "re");
    char *line = NULL;
    size_t capacity = 0;
    int n = 0;

    while (table && n < ASKED && getline(&line, &capacity, table) > 0) {
        const char *other = elsewhere_tally(chart, line);

        if (!other || is_looked_at(other, tally, sending))
            continue;
        look_at_one(chart, tally, other);
        n++;
    }
    free(line);
    if (table)
        fclose(table);
}
