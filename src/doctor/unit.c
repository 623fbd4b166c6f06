/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4400, LINE_BYTES = 4400 };

/* StateDirectory= of the units. */
static const char own[] = "/var/lib/tlsrpt";

/* Whether folder is `above`, or lies below it. */
static bool is_below(const char *folder, const char *above, size_t len)
{
    while (len > 1 && above[len - 1] == '/')
        len--;
    return len && strncmp(folder, above, len) == 0 &&
           (folder[len] == '\0' || folder[len] == '/' || len == 1);
}

/* "ReadWritePaths=-/a /b": signs before a path say what to do without it. */
static bool line_gives(const char *line, const char *folder)
{
    static const char key[] = "ReadWritePaths=";

    line += strspn(line, " \t");
    if (strncmp(line, key, sizeof(key) - 1) != 0)
        return false;
    line += sizeof(key) - 1;
    while (*(line += strspn(line, " \t\n-+")) != '\0') {
        const size_t len = strcspn(line, " \t\n");

        if (is_below(folder, line, len))
            return true;
        line += len;
    }
    return false;
}

static bool file_gives(const char *path, const char *folder)
{
    FILE *file = fopen(path, "re");
    char line[LINE_BYTES];
    bool gives = false;

    while (file && !gives && fgets(line, sizeof(line), file))
        gives = line_gives(line, folder);
    if (file)
        fclose(file);
    return gives;
}

static bool drop_in_gives(const char *etc, const char *unit, const char *folder)
{
    char path[PATH_BYTES];
    struct dirent *entry;
    bool gives = false;
    DIR *drop_ins;

    snprintf(path, sizeof(path), "%s/%s.service.d", etc, unit);
    drop_ins = opendir(path);
    while (drop_ins && !gives && (entry = readdir(drop_ins))) {
        snprintf(path, sizeof(path), "%s/%s.service.d/%s", etc, unit,
                 entry->d_name);
        gives = entry->d_name[0] != '.' && file_gives(path, folder);
    }
    if (drop_ins)
        closedir(drop_ins);
    return gives;
}

enum unit_reach unit_look(const char *etc, const char *unit, const char *folder)
{
    char path[PATH_BYTES];
    struct stat link;

    snprintf(path, sizeof(path), "%s/multi-user.target.wants/%s.service", etc,
             unit);
    if (lstat(path, &link) != 0)
        return UNIT_ABSENT;
    if (is_below(folder, own, sizeof(own) - 1) ||
        drop_in_gives(etc, unit, folder))
        return UNIT_MAY;
    /* A unit of one's own has other bounds. */
    snprintf(path, sizeof(path), "%s/%s.service", etc, unit);
    return lstat(path, &link) == 0 ? UNIT_MAY : UNIT_MAY_NOT;
}

void unit_judge(struct chart *chart, const char *unit, const char *folder,
                const char *path, enum unit_reach reach)
{
    if (reach == UNIT_MAY_NOT)
        chart_add(chart, CHART_UNIT, CHART_WARNING, path,
                  chart_text(chart,
                             "systemctl edit %s, and write: [Service]"
                             " ReadWritePaths=%s",
                             unit, folder),
                  "could not see that %s.service may write there: it is not"
                  " below %s, nor in ReadWritePaths= of a drop-in in"
                  " /etc/systemd/system",
                  unit, own);
}
