/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/api.h"

#include "web/api_write.h"
#include "web/route.h"

static const struct route routes[] = {
    { "/api/v1/overview", REQUEST_RANGE | REQUEST_DETAILS, api_overview },
    { "/api/v1/domains/*", REQUEST_RANGE, api_domain },
    { "/api/v1/domains/*/authentication", REQUEST_RANGE | REQUEST_LIMIT,
      api_domain_authentication },
    { "/api/v1/authentication", REQUEST_RANGE, api_authentication },
    { "/api/v1/authentication/reports",
      REQUEST_RANGE | REQUEST_DOMAIN | REQUEST_ORGANIZATION | REQUEST_SOURCE |
          REQUEST_KIND | REQUEST_LIMIT | REQUEST_CURSOR,
      api_authentication_reports },
    { "/api/v1/organizations", REQUEST_RANGE | REQUEST_DOMAIN,
      api_organizations },
    { "/api/v1/reports",
      REQUEST_RANGE | REQUEST_DOMAIN | REQUEST_ORGANIZATION | REQUEST_KEY |
          REQUEST_KIND | REQUEST_LIMIT | REQUEST_CURSOR,
      api_reports },
    { "/api/v1/reports/*", 0, api_report },
    { "/api/v1/reports/*/raw", 0, api_report_raw },
    { "/api/v1/quarantine", REQUEST_BEFORE | REQUEST_LIMIT, api_quarantine },
    { "/api/v1/quarantine/*/raw", 0, api_quarantine_raw },
    { "/api/v1/sending",
      REQUEST_RANGE | REQUEST_LIMIT | REQUEST_CURSOR | REQUEST_UNTAGGED,
      api_sending },
    { "/api/v1/sending/domains/*", REQUEST_RANGE | REQUEST_UNTAGGED,
      api_sending_domain },
    { "/api/v1/outbox",
      REQUEST_DOMAIN | REQUEST_STATE | REQUEST_LIMIT | REQUEST_BEFORE |
          REQUEST_UNTAGGED,
      api_outbox },
    { "/api/v1/explain/*", 0, api_explain },
    { "/api/v1/status", 0, api_status },
};

const struct route *api_routes(size_t *out_n)
{
    *out_n = sizeof routes / sizeof routes[0];
    return routes;
}

int api_find_report(const struct api_call *call,
                    struct store_origin *out_origin, struct err *err)
{
    int64_t id;
    int r = 1;
    if (request_number_parse(call->capture, &id) == 0)
        r = store_find_report(call->store, id, call->arena, out_origin, err);
    if (r <= 0)
        return r;
    err_set(err, ERR_INPUT, "there is no report of this number");
    return 404;
}

int api_unknown_domain(struct err *err)
{
    err_set(err, ERR_INPUT, "no report was ever about this domain");
    return 404;
}

int api_status(const struct api_call *call, struct api_answer *answer,
               struct err *err)
{
    struct json_writer writer;
    int64_t change;
    if (store_change(call->store, &change, err) < 0)
        return -1;
    json_writer_init(&writer, &answer->body);
    json_begin_object(&writer);
    json_member_string(&writer, "version", TLSRPT_VERSION);
    json_member_int(&writer, "store_change", change);
    json_member_day(&writer, "today", call->request->today);
    json_end_object(&writer);
    return 0;
}

int api_organizations(const struct api_call *call, struct api_answer *answer,
                      struct err *err)
{
    struct json_writer writer;
    api_write_begin(&writer, call, answer);
    if (api_write_groups(&writer, "organizations", call, STORE_BY_ORGANIZATION,
                         call->request->filter.domain, api_write_organization,
                         err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}
