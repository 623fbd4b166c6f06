/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/worst.h"

#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

/* The newest reports are one walk along share_day that the limit ends; the
 * shares of each stand together. */
static const char worst_text[] =
    "SELECT name.text FROM (SELECT report_id, failures FROM share"
    " INDEXED BY share_day WHERE standing = 0 AND domain_id = ?1"
    " AND label_id = ?2 AND day BETWEEN ?3 AND ?4 AND failures > 0"
    " ORDER BY day DESC, report_id DESC LIMIT ?5) AS seen"
    " CROSS JOIN share AS mx ON mx.report_id = seen.report_id"
    " AND mx.domain_id = ?1 AND mx.kind = ?6 AND mx.failures > 0"
    " JOIN name ON name.id = mx.label_id AND name.text <> ''"
    " GROUP BY name.text"
    " ORDER BY sum(min(mx.failures, seen.failures)) DESC, name.text LIMIT 1";

static int find(struct store *store, const int64_t *values, size_t n,
                struct arena *arena, const char **out_mx, struct err *err)
{
    sqlite3_stmt *find = sql_use(store, STATEMENT_WORST_MX, worst_text, err);
    const char *mx;
    int status;

    if (!find)
        return -1;
    sql_bind_all(find, values, n);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status;
    mx = arena_copy(arena, slice_of(sql_text(find, 0)));
    sqlite3_reset(find);
    *out_mx = mx;
    return mx ? 0 : err_memory(err);
}

int store_find_worst_mx(struct store *store, const char *domain,
                        struct store_range range, const char *result_type,
                        struct arena *arena, const char **out_mx,
                        struct err *err)
{
    int64_t domain_id = 0;
    int64_t label_id = 0;
    int status = dictionary_ask_domain(store, domain, &domain_id, err);

    if (status == 0)
        status = dictionary_find(store, DICTIONARY_RESULT_TYPE, result_type,
                                 &label_id, err);
    if (status < 0)
        return -1;
    *out_mx = NULL;
    if (status > 0)
        return 0;
    const int64_t values[] = { domain_id,
                               label_id,
                               range_of(range).from,
                               range_of(range).to,
                               STORE_WORST_REPORTS,
                               DICTIONARY_MX };
    return find(store, values, sizeof(values) / sizeof(*values), arena, out_mx,
                err);
}
