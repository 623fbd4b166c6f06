/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charts.h"
#include "doctor/examine.h"
#include "row.h"

/* Units that are enabled stand in it, and the tally of the collector. */
static char folder[] = "/tmp/tlsrpt-stores-XXXXXX";

static const char *const enabled[] = {
    "multi-user.target.wants/tlsrpt-serve.service",
    "multi-user.target.wants/tlsrpt-collect.service",
    "multi-user.target.wants/tlsrpt-report.service",
};

static const char *place(const char *prefix, const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s%s/%s", prefix, folder, name);
    return path;
}

static int set_up(void **state)
{
    FILE *own;

    (void)state;
    if (!mkdtemp(folder) || mkdir(place("", "multi-user.target.wants"), 0700))
        return -1;
    for (size_t i = 0; i < ROWS(enabled); i++) {
        if (symlink("/lib/s", place("", enabled[i])))
            return -1;
    }
    own = fopen(place("", "own.db"), "w");
    return own ? fclose(own) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    charts_end();
    for (size_t i = 0; i < ROWS(enabled); i++) {
        if (unlink(place("", enabled[i])))
            return -1;
    }
    return rmdir(place("", "multi-user.target.wants")) ||
           unlink(place("", "own.db")) || rmdir(folder);
}

/* "file unit " for each row about a unit. */
static const char *units_on(const struct chart *chart)
{
    static const char cure[] = "systemctl edit ";
    static char text[1000];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < chart->n_rows; i++) {
        const struct chart_row *row = &chart->rows[i];
        const char *unit = strstr(row->next, cure);

        if (strcmp(row->check->id, "unit") != 0)
            continue;
        assert_non_null(unit);
        unit += sizeof(cure) - 1;
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %.*s ",
                                 strrchr(row->subject, '/') + 1,
                                 (int)strcspn(unit, ","), unit);
    }
    return text;
}

static void each_store_is_asked_about_by_who_writes_it(void **state)
{
    char reports[128], own[128], other_way[128], fetched[128], copied[128],
        sent[128];
    const char *tallies[] = { other_way, fetched, copied };
    struct outgoing_identity identity = {
        .tallies = { .items = tallies, .n_items = ROWS(tallies) }
    };
    struct outgoing_source sources[] = { { .name = "unplaced" },
                                         { .name = "far", .tally = fetched } };
    struct outgoing_settings sending = { .outbox_url = sent,
                                         .identities = &identity,
                                         .n_identities = 1,
                                         .sources = sources,
                                         .n_sources = ROWS(sources) };
    struct clock clock = clock_fixed(1767312000);
    struct doctor_options options = { .sending = &sending,
                                      .is_sending = true,
                                      .store_url = reports,
                                      .tally_url = own,
                                      .clock = &clock };
    struct examine examine = { .options = &options,
                               .chart = charts_new(),
                               .units = folder,
                               .is_collecting = true };

    (void)state;
    snprintf(reports, sizeof(reports), "%s", place("sqlite:", "r.db"));
    snprintf(own, sizeof(own), "%s", place("sqlite:", "own.db"));
    snprintf(other_way, sizeof(other_way), "%s", place("sqlite:", "./own.db"));
    snprintf(fetched, sizeof(fetched), "%s", place("sqlite:", "far.db"));
    snprintf(copied, sizeof(copied), "%s", place("sqlite:", "copy.db"));
    snprintf(sent, sizeof(sent), "%s", place("sqlite:", "outbox.db"));
    examine_stores(&examine);
    assert_string_equal(units_on(examine.chart),
                        "own.db tlsrpt-collect far.db tlsrpt-report "
                        "outbox.db tlsrpt-report ");

    /* A collector alone, and reports that come in. */
    options.is_sending = false;
    examine.is_receiving = true;
    examine.chart = charts_new();
    examine_stores(&examine);
    assert_string_equal(units_on(examine.chart),
                        "r.db tlsrpt-serve own.db tlsrpt-collect ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_store_is_asked_about_by_who_writes_it),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
