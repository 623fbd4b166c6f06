/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "charts.h"
#include "doctor/deliveries.h"
#include "row.h"

enum { NOW = 1800000000, HOUR = 3600 };

static const char mail[] = "mailto:t@a.example", web[] = "https://a.example/",
                  folder[] = "directory:/copies";

/* A delivery, first and last tried so many seconds ago. */
struct met {
    int n;
    enum outbox_state state;
    const char *uri, *host;
    int64_t first_s, last_s;
};

static struct deliveries *gather(const struct met *met, size_t n)
{
    static struct deliveries deliveries;

    deliveries_init(&deliveries, NOW);
    for (size_t i = 0; i < n; i++) {
        const struct outbox_delivery delivery = {
            .state = met[i].state,
            .uri = slice_of(met[i].uri),
            .host = slice_of(met[i].host),
            .first_try_at =
                met[i].first_s < 0 ? UTC_NONE : NOW - met[i].first_s,
            .last_try_at = met[i].last_s < 0 ? UTC_NONE : NOW - met[i].last_s,
            .answer = SLICE("451 later"),
        };

        for (int j = 0; j < met[i].n; j++)
            deliveries_add(&deliveries, &delivery);
    }
    return &deliveries;
}

static void a_way_that_fails_is_told(void **state)
{
    static const struct {
        const char *name, *want;
        struct met met[3];
    } rows[] = {
        { "nothing", "", { { .n = 0 } } },
        { "not tried yet",
          "",
          { { 9, OUTBOX_WAITING, mail, "a.example", -1, -1 } } },
        { "tried just now",
          "",
          { { 9, OUTBOX_WAITING, mail, "a.example", 600, 300 } } },
        { "a relay that refuses all for hours",
          "outbox:error ",
          { { 1, OUTBOX_WAITING, mail, "a.example", 2 * HOUR, 60 } } },
        { "refused for good",
          "outbox:error ",
          { { 2, OUTBOX_REFUSED, mail, "a.example", 60, 60 } } },
        { "given up",
          "outbox:error ",
          { { 2, OUTBOX_GIVEN_UP, mail, "a.example", 25 * HOUR, HOUR } } },
        { "long ago",
          "",
          { { 2, OUTBOX_REFUSED, mail, "a.example", 30 * HOUR, 25 * HOUR } } },
        { "most are refused",
          "outbox:warning ",
          { { 2, OUTBOX_REFUSED, mail, "a.example", 60, 60 },
            { 1, OUTBOX_DELIVERED, mail, "b.example", 60, 60 } } },
        { "most are taken",
          "",
          { { 2, OUTBOX_REFUSED, mail, "a.example", 60, 60 },
            { 2, OUTBOX_DELIVERED, mail, "b.example", 60, 60 } } },
        { "what was taken long ago is no comfort",
          "outbox:error ",
          { { 2, OUTBOX_REFUSED, mail, "a.example", 60, 60 },
            { 9, OUTBOX_DELIVERED, mail, "b.example", 25 * HOUR,
              25 * HOUR } } },
        { "nor what another way took",
          "outbox:error ",
          { { 2, OUTBOX_REFUSED, mail, "a.example", 60, 60 },
            { 9, OUTBOX_DELIVERED, web, "b.example", 60, 60 },
            { 9, OUTBOX_DELIVERED, folder, "", 60, 60 } } },
        { "an endpoint that fails is its owner's",
          "outbox:note ",
          { { 9, OUTBOX_WAITING, web, "a.example", 2 * HOUR, 60 } } },
        { "all endpoints fail",
          "outbox:error ",
          { { 1, OUTBOX_WAITING, web, "a.example", 2 * HOUR, 60 },
            { 1, OUTBOX_WAITING, web, "b.example", 2 * HOUR, 60 } } },
        { "a folder",
          "outbox:error ",
          { { 1, OUTBOX_WAITING, folder, "", 2 * HOUR, 60 } } },
        { "dropped by hand",
          "",
          { { 9, OUTBOX_DROPPED, mail, "a.example", 60, 60 } } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        const bool is_told =
            deliveries_judge(chart, "o", "smtp://r", gather(rows[i].met, 3));

        charts_compare(chart, rows[i].want, rows[i].name);
        ROW_NUMBER(rows[i].name, is_told, *rows[i].want != '\0');
    }
}

static void whose_answer_it_is_is_told(void **state)
{
    static const struct met met[] = {
        { 2, OUTBOX_WAITING, mail, "old.example", 7200, 3600 },
        { 1, OUTBOX_WAITING, mail, "new.example", 7100, 60 },
        { 1, OUTBOX_WAITING, mail, "old.example", 7200, 600 },
    };
    struct chart *chart = charts_new();

    (void)state;
    deliveries_judge(chart, "o", "smtp://r", gather(met, ROWS(met)));
    assert_string_equal(
        chart->rows[0].evidence,
        "by mail: 4 tried in vain since 2027-01-15T06:00:00Z, 0 taken in the"
        " last 24 hours; the last answer, at 2027-01-15T07:59:00Z, is of"
        " smtp://r, about a mail to new.example: 451 later");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_way_that_fails_is_told),
        cmocka_unit_test(whose_answer_it_is_is_told),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
