/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/sql.h"
#include "store/tally_handle.h"

/* Domains of a day, by number, in the order of their octets. */
struct domains {
    int64_t *ids; /* heap */
    size_t n;
    size_t capacity;
};

static int append(struct domains *domains, int64_t id)
{
    if (domains->n == domains->capacity) {
        size_t capacity = domains->capacity ? domains->capacity * 2 : 1024;
        int64_t *ids = reallocarray(domains->ids, capacity, sizeof(*ids));

        if (!ids)
            return -1;
        domains->ids = ids;
        domains->capacity = capacity;
    }
    domains->ids[domains->n++] = id;
    return 0;
}

static int list_domains(struct tally *tally, utc_day day,
                        struct domains *domains, struct err *err)
{
    sqlite3_stmt *next =
        sql_use(tally->store, STATEMENT_TALLY_DOMAINS,
                "SELECT e.domain_id FROM extent e JOIN text t"
                " ON t.id = e.domain_id WHERE e.day = ?1 ORDER BY t.text",
                err);
    int status;

    if (!next)
        return -1;
    sql_bind_integer(next, 1, day);
    while ((status = sql_step(tally->store, next, err)) > 0) {
        if (append(domains, sqlite3_column_int64(next, 0))) {
            sqlite3_reset(next);
            return err_memory(err);
        }
    }
    return status;
}

static struct slice text_of(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return slice_make(text, (size_t)sqlite3_column_bytes(statement, column));
}

static int each_of_domain(struct tally *tally, utc_day day, int64_t domain_id,
                          tally_function *function, void *context,
                          struct err *err)
{
    sqlite3_stmt *next = sql_use(
        tally->store, STATEMENT_TALLY_EACH,
        "SELECT d.text, r.text, p.text, f.text, t.sessions, t.failures"
        " FROM tally t JOIN text d ON d.id = t.domain_id"
        " JOIN text r ON r.id = t.record_id JOIN text p ON p.id = t.policy_id"
        " JOIN text f ON f.id = t.detail_id"
        " WHERE t.day = ?1 AND t.domain_id = ?2 AND t.sessions > 0"
        " ORDER BY r.text, p.text, f.text",
        err);
    int status;

    if (!next)
        return -1;
    sql_bind_integers(next, day, domain_id);
    while ((status = sql_step(tally->store, next, err)) > 0) {
        struct tally_row row = {
            .day = day,
            .domain = text_of(next, 0),
            .record = text_of(next, 1),
            .policy = text_of(next, 2),
            .detail = text_of(next, 3),
            .sessions = sqlite3_column_int64(next, 4),
            .failures = sqlite3_column_int64(next, 5),
        };

        status = function(context, &row, err);
        if (status) {
            sqlite3_reset(next);
            return status;
        }
    }
    return status;
}

int tally_each(struct tally *tally, utc_day day, tally_function *function,
               void *context, struct err *err)
{
    struct domains domains = { 0 };
    int status = list_domains(tally, day, &domains, err);

    for (size_t i = 0; i < domains.n && status == 0; i++)
        status =
            each_of_domain(tally, day, domains.ids[i], function, context, err);
    free(domains.ids);
    return status;
}

int tally_each_of(struct tally *tally, utc_day day, struct slice domain,
                  tally_function *function, void *context, struct err *err)
{
    sqlite3_stmt *find = sql_use(tally->store, STATEMENT_TALLY_DOMAIN_FIND,
                                 "SELECT id FROM text WHERE text = ?1", err);
    int64_t id;
    int status;

    if (!find)
        return -1;
    tally_bind(find, 1, domain);
    status = sql_step(tally->store, find, err);
    if (status <= 0)
        return status;
    id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return each_of_domain(tally, day, id, function, context, err);
}

int tally_next_day(struct tally *tally, utc_day after, utc_day *out_day,
                   struct err *err)
{
    sqlite3_stmt *ask = sql_use(
        tally->store, STATEMENT_TALLY_NEXT_DAY,
        "SELECT day FROM extent WHERE day > ?1 ORDER BY day LIMIT 1", err);
    int status;

    if (!ask)
        return -1;
    sql_bind_integer(ask, 1, after);
    status = sql_step(tally->store, ask, err);
    if (status < 0)
        return -1;
    *out_day = status ? (utc_day)sqlite3_column_int(ask, 0) : UTC_DAY_NONE;
    sqlite3_reset(ask);
    return 0;
}
