/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox_list.h"

#include "store/outbox_handle.h"
#include "store/sql.h"

/* ---- Deliveries ---------------------------------------------------------- */

#define LISTED                                                                 \
    "SELECT " OUTBOX_DELIVERY_COLUMNS                                          \
    ", r.report_id, r.success_sessions, r.failure_sessions"                    \
    " FROM delivery d JOIN report r ON r.id = d.report_id"

/* Each form has the index it goes by: the planner knows no sizes. */
static const char *text_of(const struct outbox_listing *listing)
{
    if (listing->domain.len)
        return LISTED " WHERE r.domain = ?4 AND d.id < ?1 AND (?3 = ?5 OR"
                      " d.state = ?3) ORDER BY d.id DESC LIMIT ?2";
    if (listing->state != OUTBOX_STATE_COUNT)
        return LISTED " WHERE d.state = ?3 AND d.id < ?1"
                      " ORDER BY d.id DESC LIMIT ?2";
    return LISTED " WHERE d.id < ?1 ORDER BY d.id DESC LIMIT ?2";
}

static void bind_listing(sqlite3_stmt *each,
                         const struct outbox_listing *listing)
{
    sql_bind_integer(each, 1,
                     listing->before > 0 ? listing->before : INT64_MAX);
    sql_bind_integer(each, 2, (int64_t)listing->limit);
    if (listing->domain.len || listing->state != OUTBOX_STATE_COUNT)
        sql_bind_integer(each, 3, listing->state);
    if (listing->domain.len) {
        outbox_bind(each, 4, listing->domain);
        sql_bind_integer(each, 5, OUTBOX_STATE_COUNT);
    }
}

int outbox_each_listed(struct outbox *outbox,
                       const struct outbox_listing *listing,
                       outbox_listed_function *function, void *context,
                       struct err *err)
{
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(outbox->store, text_of(listing), err);
    int status;

    if (!each)
        return -1;
    bind_listing(each, listing);
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        const int at = OUTBOX_N_DELIVERY_COLUMNS;
        const struct outbox_listed listed = {
            .delivery = outbox_delivery_row(each),
            .report_id = outbox_column(each, at),
            .success_sessions = sqlite3_column_int64(each, at + 1),
            .failure_sessions = sqlite3_column_int64(each, at + 2),
        };

        status = function(context, &listed, err);
        if (status)
            break;
    }
    return status;
}

/* ---- Days ---------------------------------------------------------------- */

int outbox_each_day(struct outbox *outbox, size_t n,
                    outbox_day_function *function, void *context,
                    struct err *err)
{
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        outbox->store,
        "SELECT day, composed_at, n_reports, n_skipped, n_deliveries FROM day"
        " ORDER BY day DESC LIMIT ?1",
        err);
    int status;

    if (!each)
        return -1;
    sql_bind_integer(each, 1, (int64_t)n);
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        const struct outbox_day day = {
            .day = sqlite3_column_int(each, 0),
            .composed_at = sqlite3_column_int64(each, 1),
            .n_reports = sqlite3_column_int64(each, 2),
            .n_skipped = sqlite3_column_int64(each, 3),
            .n_deliveries = sqlite3_column_int64(each, 4),
        };

        status = function(context, &day, err);
        if (status)
            break;
    }
    return status;
}

/* ---- What was passed over ------------------------------------------------ */

int outbox_each_skip_reason(struct outbox *outbox, utc_day day,
                            outbox_skip_reason_function *function,
                            void *context, struct err *err)
{
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(outbox->store,
                    "SELECT reason, count(*) FROM skip WHERE day = ?1"
                    " GROUP BY reason ORDER BY count(*) DESC, reason",
                    err);
    int status;

    if (!each)
        return -1;
    sql_bind_integer(each, 1, day);
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        const struct outbox_skip_reason reason = {
            outbox_column(each, 0), sqlite3_column_int64(each, 1)
        };

        status = function(context, &reason, err);
        if (status)
            break;
    }
    return status;
}

int outbox_each_skip_of(struct outbox *outbox, struct slice domain, size_t n,
                        outbox_skip_function *function, void *context,
                        struct err *err)
{
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(outbox->store,
                    "SELECT day, tenant, domain, record, reason FROM skip"
                    " WHERE domain = ?1 ORDER BY day DESC, tenant, record"
                    " LIMIT ?2",
                    err);
    int status;

    if (!each)
        return -1;
    outbox_bind(each, 1, domain);
    sql_bind_integer(each, 2, (int64_t)n);
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        const struct outbox_skip row = outbox_skip_row(each);

        status = function(context, &row, err);
        if (status)
            break;
    }
    return status;
}

int outbox_last_change(struct outbox *outbox, int64_t *out_change,
                       struct err *err)
{
    return store_change(outbox->store, out_change, err);
}
