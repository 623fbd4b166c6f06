/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/tallies.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const char *insight_file_state_name(enum insight_file_state state)
{
    static const char *const names[INSIGHT_FILE_STATE_COUNT] = {
        [INSIGHT_FILE_READ] = "read",
        [INSIGHT_FILE_ABSENT] = "absent",
        [INSIGHT_FILE_FAILED] = "failed",
    };

    return names[state];
}

const char *insight_file_path(const struct insight_file *file)
{
    const char *colon = strchr(file->url, ':');

    return colon ? colon + 1 : file->url;
}

void insight_file_fail(struct insight_file *file, const struct err *err)
{
    file->state = INSIGHT_FILE_FAILED;
    file->why = *err;
}

void insight_tallies_open(struct insight_tallies *tallies,
                          const char *const *urls, size_t n,
                          const struct clock *clock)
{
    tallies->n = n < INSIGHT_TALLIES_MAX ? n : INSIGHT_TALLIES_MAX;
    for (size_t i = 0; i < tallies->n; i++) {
        struct insight_file *file = &tallies->files[i];
        struct err err;

        *file = (struct insight_file){ .url = urls[i] };
        tallies->open[i] = NULL;
        if (access(insight_file_path(file), F_OK) != 0 && errno == ENOENT)
            file->state = INSIGHT_FILE_ABSENT;
        else if (tally_open(urls[i], STORE_GLANCE, clock, &tallies->open[i],
                            &err))
            insight_file_fail(file, &err);
    }
}

void insight_tallies_close(struct insight_tallies *tallies)
{
    for (size_t i = 0; i < tallies->n; i++)
        tally_close(tallies->open[i]);
    tallies->n = 0;
}
