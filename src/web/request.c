/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/request.h"

#include <string.h>

#include "base/domain.h"
#include "insight/ledger.h"
#include "web/limits.h"

/* What is being read, and where it goes. */
struct reading {
    struct request *request;
    struct arena *arena;
    bool is_all;   /* from=all */
    unsigned seen; /* bits by row of the table below */
};

typedef int parameter_function(struct reading *reading, const char *value,
                               struct err *err);

static int bad_value(struct err *err, const char *name, const char *expected)
{
    return err_set(err, ERR_INPUT, "%s must be %s", name, expected);
}

static int read_from(struct reading *reading, const char *value,
                     struct err *err)
{
    reading->is_all = strcmp(value, "all") == 0;
    if (reading->is_all)
        return 0;
    if (utc_day_parse(slice_of(value), &reading->request->filter.range.from) <
        0)
        return bad_value(err, "from", "a day as 2026-11-01, or all");
    return 0;
}

static int read_to(struct reading *reading, const char *value, struct err *err)
{
    if (utc_day_parse(slice_of(value), &reading->request->filter.range.to) < 0)
        return bad_value(err, "to", "a day as 2026-11-01");
    return 0;
}

static int read_domain(struct reading *reading, const char *value,
                       struct err *err)
{
    /* What is no domain name can stand in a report all the same. */
    reading->request->filter.domain =
        domain_normalise(reading->arena, slice_of(value), NULL);
    return reading->request->filter.domain ? 0 : err_memory(err);
}

static int read_organization(struct reading *reading, const char *value,
                             struct err *err)
{
    (void)err;
    reading->request->filter.organization = value;
    return 0;
}

static int read_source(struct reading *reading, const char *value,
                       struct err *err)
{
    (void)err;
    reading->request->source = value;
    return 0;
}

static int read_result_type(struct reading *reading, const char *value,
                            struct err *err)
{
    if (value[0] == '\0')
        return bad_value(err, "result_type",
                         "a key such as "
                         "certificate-expired");
    reading->request->filter.result_type = value;
    return 0;
}

static int read_mx(struct reading *reading, const char *value, struct err *err)
{
    (void)err;
    reading->request->filter.mx = value;
    return 0;
}

static int read_policy_type(struct reading *reading, const char *value,
                            struct err *err)
{
    static const char *const types[] = { "sts", "tlsa", "no-policy-found",
                                         "other" };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(value, types[i]) == 0) {
            reading->request->filter.policy_type = types[i];
            return 0;
        }
    }
    return bad_value(err, "policy_type", "sts, tlsa, no-policy-found or other");
}

static int read_flag(const char *name, const char *value, bool *out,
                     struct err *err)
{
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        return bad_value(err, name, "0 or 1");
    *out = value[0] == '1';
    return 0;
}

static int read_failed(struct reading *reading, const char *value,
                       struct err *err)
{
    return read_flag("failed", value, &reading->request->filter.failed_only,
                     err);
}

static int read_conflicts(struct reading *reading, const char *value,
                          struct err *err)
{
    bool is_set = false;
    if (read_flag("conflicts", value, &is_set, err) < 0)
        return -1;
    if (is_set)
        reading->request->filter.standing = STORE_CONFLICTING;
    return 0;
}

static int read_standing(struct reading *reading, const char *value,
                         struct err *err)
{
    for (unsigned i = 0; i < STORE_STANDING_COUNT; i++) {
        enum store_standing standing = (enum store_standing)i;
        if (strcmp(value, store_standing_name(standing)) == 0) {
            reading->request->filter.standing = standing;
            return 0;
        }
    }
    return bad_value(err, "standing",
                     "counted, conflict, unproven or unclaimed");
}

static int read_state(struct reading *reading, const char *value,
                      struct err *err)
{
    for (unsigned i = 0; i < OUTBOX_STATE_COUNT; i++) {
        enum outbox_state state = (enum outbox_state)i;
        if (strcmp(value, outbox_state_name(state)) == 0) {
            reading->request->state = state;
            return 0;
        }
    }
    return bad_value(err, "state",
                     "waiting, delivered, refused, given-up, suppressed or "
                     "dropped");
}

static int read_limit(struct reading *reading, const char *value,
                      struct err *err)
{
    int64_t limit;
    if (request_number_parse(value, &limit) < 0 || limit > WEB_MAX_ROWS)
        return bad_value(err, "limit", "a number from 1 to 200");
    reading->request->limit = (size_t)limit;
    return 0;
}

static int read_cursor(struct reading *reading, const char *value,
                       struct err *err)
{
    /* Only who gave it out knows its form; here its length alone is checked. */
    if (strlen(value) >= INSIGHT_LEDGER_CURSOR_BYTES)
        return bad_value(err, "cursor", "a next_cursor of an answer before");
    reading->request->cursor = value[0] != '\0' ? value : NULL;
    return 0;
}

static int read_before(struct reading *reading, const char *value,
                       struct err *err)
{
    if (request_number_parse(value, &reading->request->before) < 0)
        return bad_value(err, "before", "a next_before of an answer before");
    return 0;
}

static int read_details(struct reading *reading, const char *value,
                        struct err *err)
{
    if (strcmp(value, "all") != 0)
        return bad_value(err, "details", "all, or be left out");
    reading->request->all_details = true;
    return 0;
}

static const struct parameter {
    const char *name;
    unsigned known;
    parameter_function *read;
} parameters[] = {
    { "from", REQUEST_RANGE, read_from },
    { "to", REQUEST_RANGE, read_to },
    { "domain", REQUEST_DOMAIN, read_domain },
    { "organization", REQUEST_ORGANIZATION, read_organization },
    { "source", REQUEST_SOURCE, read_source },
    { "result_type", REQUEST_KEY, read_result_type },
    { "mx", REQUEST_KEY, read_mx },
    { "policy_type", REQUEST_KEY, read_policy_type },
    { "failed", REQUEST_KIND, read_failed },
    { "conflicts", REQUEST_KIND, read_conflicts },
    { "standing", REQUEST_KIND, read_standing },
    { "state", REQUEST_STATE, read_state },
    { "limit", REQUEST_LIMIT, read_limit },
    { "cursor", REQUEST_CURSOR, read_cursor },
    { "before", REQUEST_BEFORE, read_before },
    { "details", REQUEST_DETAILS, read_details },
};

static int read_parameter(struct reading *reading, unsigned known,
                          const struct target_parameter *given, struct err *err)
{
    for (unsigned i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        const struct parameter *parameter = &parameters[i];
        if (!(known & parameter->known) ||
            strcmp(given->name, parameter->name) != 0)
            continue;
        if (reading->seen & 1u << i)
            return err_set(err, ERR_INPUT, "%s is given twice",
                           parameter->name);
        reading->seen |= 1u << i;
        return parameter->read(reading, given->value, err);
    }
    return err_set(err, ERR_INPUT, "the parameter \"%.60s\" is not known here",
                   given->name);
}

/* Fills in the days that were not named. */
static int complete_range(const struct reading *reading, struct err *err)
{
    struct store_range *range = &reading->request->filter.range;
    if (reading->is_all) {
        if (range->to != UTC_DAY_NONE)
            return err_set(err, ERR_INPUT,
                           "to has no meaning with from=all; leave it out");
        return 0;
    }
    if (range->to == UTC_DAY_NONE)
        range->to = range->from > reading->request->today
                        ? range->from
                        : reading->request->today;
    if (range->from == UTC_DAY_NONE)
        range->from = range->to - (WEB_DEFAULT_DAYS - 1);
    if (range->from > range->to)
        return err_set(err, ERR_INPUT, "from is a later day than to");
    return 0;
}

static int check_key(const struct store_filter *filter, struct err *err)
{
    int n = (filter->result_type != NULL) + (filter->mx != NULL) +
            (filter->policy_type != NULL);
    if (n > 1)
        return err_set(err, ERR_INPUT,
                       "only one of result_type, mx and policy_type can be "
                       "given");
    return 0;
}

int request_read(const struct target *target, unsigned known, utc_day today,
                 struct arena *arena, struct request *out_request,
                 struct err *err)
{
    struct request request = {
        .filter.range = { UTC_DAY_NONE, UTC_DAY_NONE },
        .today = today,
        .limit = WEB_DEFAULT_ROWS,
        .state = OUTBOX_STATE_COUNT,
    };
    struct reading reading = { .request = &request, .arena = arena };
    for (size_t i = 0; i < target->n_parameters; i++)
        if (read_parameter(&reading, known, &target->parameters[i], err) < 0)
            return -1;
    if (complete_range(&reading, err) < 0 ||
        check_key(&request.filter, err) < 0)
        return -1;
    *out_request = request;
    return 0;
}

int request_number_parse(const char *text, int64_t *out)
{
    int64_t number = 0;
    size_t len = strlen(text);
    if (len == 0 || len > 16 || text[0] == '0')
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    if (number > INT64_C(1) << 53)
        return -1;
    *out = number;
    return 0;
}
