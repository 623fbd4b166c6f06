/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/role.h"

static const char *name_of(const char *path)
{
    return path ? path : "its place";
}

static void judge_config(struct chart *chart, const struct role_view *view)
{
    const bool is_empty =
        !view->is_receiving && !view->is_collecting && !view->is_reporting;

    if (view->config)
        chart_add(chart, CHART_ROLE, CHART_NOTE, "configuration", "",
                  "there is none at %s", view->config);
    if (is_empty)
        chart_add(chart, CHART_ROLE, CHART_NOTE, "first",
                  "for reports about your domains: tlsrpt import FILE..., then"
                  " tlsrpt serve; for reports to others: tlsrpt collect where"
                  " mail goes out, then the section report of tlsrpt.conf(5)",
                  "nothing is set up here yet");
}

void role_judge(struct chart *chart, const struct role_view *view)
{
    if (view->is_receiving)
        chart_add(chart, CHART_ROLE, CHART_GOOD, "receiving", "", "into %s",
                  name_of(view->store_path));
    else
        chart_add(chart, CHART_ROLE, CHART_NOTE, "receiving", "",
                  "no: there is no store at %s, and no source is configured",
                  name_of(view->store_path));
    if (view->is_collecting)
        chart_add(chart, CHART_ROLE, CHART_GOOD, "collecting", "", "into %s",
                  name_of(view->tally_path));
    else
        chart_add(chart, CHART_ROLE, CHART_NOTE, "collecting", "",
                  "no: there is no tally at %s, and no socket is configured",
                  name_of(view->tally_path));
    if (view->is_reporting)
        chart_add(chart, CHART_ROLE, CHART_GOOD, "reporting", "",
                  "as the section report says");
    else
        chart_add(chart, CHART_ROLE, CHART_NOTE, "reporting", "",
                  "no: there is no section report in the configuration");
    judge_config(chart, view);
}
