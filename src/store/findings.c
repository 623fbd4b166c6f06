/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/findings.h"

#include "store/handle.h"
#include "store/sql.h"

#define PUT(table, owner)                                                      \
    "INSERT INTO " table " (" owner ", number, code, place, value)"            \
    " VALUES (?1, ?2, ?3, ?4, ?5)"
#define EACH(table, owner)                                                     \
    "SELECT code, place, value FROM " table " WHERE " owner                    \
    " = ?1 ORDER BY number"

int findings_put(struct store *store, enum store_findings_of of, int64_t id,
                 const struct store_finding *findings, size_t n,
                 struct err *err)
{
    sqlite3_stmt *put =
        of == STORE_FINDINGS_OF_REPORT
            ? sql_use(store, STATEMENT_FINDING_PUT, PUT("finding", "report_id"),
                      err)
            : sql_use(store, STATEMENT_QUARANTINE_FINDING_PUT,
                      PUT("quarantine_finding", "quarantine_id"), err);

    if (!put)
        return -1;
    for (size_t i = 0; i < n; i++) {
        sql_bind_integers(put, id, (int64_t)i);
        sql_bind_text(put, 3, findings[i].code);
        sql_bind_text(put, 4, findings[i].where);
        sql_bind_text(put, 5, findings[i].value);
        if (sql_run(store, put, err))
            return -1;
    }
    return 0;
}

int store_each_finding(struct store *store, enum store_findings_of of,
                       int64_t id, store_finding_function *function,
                       void *context, struct err *err)
{
    sqlite3_stmt *each =
        of == STORE_FINDINGS_OF_REPORT
            ? sql_use(store, STATEMENT_FINDING_EACH,
                      EACH("finding", "report_id"), err)
            : sql_use(store, STATEMENT_QUARANTINE_FINDING_EACH,
                      EACH("quarantine_finding", "quarantine_id"), err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, id);
    while ((status = sql_step(store, each, err)) > 0) {
        struct store_finding finding = { .code = sql_text(each, 0),
                                         .where = sql_text(each, 1),
                                         .value = sql_text(each, 2) };

        if (!*finding.value)
            finding.value = NULL;
        status = function(context, &finding, err);
        if (status)
            break;
    }
    sqlite3_reset(each);
    return status;
}
