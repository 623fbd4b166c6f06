/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/elsewhere.h"

#include <string.h>

static const char scheme[] = "sqlite:";

/* Where the path begins; NULL where there is none, or nobody listens. */
static const char *find_path(const char *line)
{
    static const char listening[] = "00010000";
    const char *flags = NULL;

    /* Num RefCount Protocol Flags Type St Inode Path */
    for (int column = 0; column < 7; column++) {
        line += strspn(line, " ");
        if (column == 3)
            flags = line;
        line += strcspn(line, " \n");
    }
    line += strspn(line, " ");
    if (!flags || strncmp(flags, listening, sizeof(listening) - 1) != 0)
        return NULL;
    return *line == '/' ? line : NULL;
}

const char *elsewhere_tally(struct chart *chart, const char *line)
{
    static const char suffix[] = ".status";
    const char *path = find_path(line);
    const size_t len = path ? strcspn(path, "\n") : 0;

    if (len < sizeof(suffix) || memcmp(path + len + 1 - sizeof(suffix), suffix,
                                       sizeof(suffix) - 1) != 0)
        return NULL;
    return chart_text(chart, "%s%.*s", scheme, (int)(len + 1 - sizeof(suffix)),
                      path);
}

void elsewhere_judge(struct chart *chart, const char *tally, const char *other,
                     bool is_told)
{
    if (is_told)
        chart_add(chart, CHART_COLLECTOR, CHART_WARNING, other,
                  chart_text(chart,
                             "write tally = \"%s\" into the section collect, or"
                             " start it without --store",
                             other),
                  "a collector sums here; what reports and shows goes by %s",
                  tally);
    else
        chart_add(chart, CHART_COLLECTOR, CHART_UNKNOWN, other,
                  "run it as root, or as the user of the service",
                  "a collector seems to sum here, and may not be asked; this"
                  " looks at %s",
                  tally);
}
