/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/standing.h"

#include "store/damaged.h"
#include "store/dmarc_facts.h"
#include "store/facts.h"
#include "store/handle.h"
#include "store/lines.h"
#include "store/sql.h"

static int find_head(struct store *store, const unsigned char *key,
                     const struct store_report *report,
                     struct standing *standing, struct err *err)
{
    unsigned char hash[DIGEST_BYTES];
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_REPORT_COUNTED,
                "SELECT id, proof, content_hash, standing FROM report"
                " WHERE key = ?1 AND standing <> 1",
                err);
    int status;

    if (!find)
        return -1;
    sql_bind_octets(find, 1, key, DIGEST_BYTES);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status;
    standing->head_id = sqlite3_column_int64(find, 0);
    standing->head_proof = sqlite3_column_int64(find, 1);
    standing->head_standing = (enum store_standing)sqlite3_column_int(find, 3);
    sql_octets(find, 2, hash, DIGEST_BYTES);
    sqlite3_reset(find);
    if (memcmp(hash, report->content_hash, DIGEST_BYTES) == 0) {
        standing->same_id = standing->head_id;
        standing->same_standing = standing->head_standing;
    }
    return 0;
}

static int find_same(struct store *store, const unsigned char *key,
                     const struct store_report *report,
                     struct standing *standing, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_REPORT_SAME,
                "SELECT id FROM report WHERE key = ?1 AND content_hash = ?2"
                " AND standing = 1",
                err);
    int status;

    if (!find)
        return -1;
    sql_bind_octets(find, 1, key, DIGEST_BYTES);
    sql_bind_octets(find, 2, report->content_hash, DIGEST_BYTES);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status;
    standing->same_id = sqlite3_column_int64(find, 0);
    standing->same_standing = STORE_CONFLICTING;
    sqlite3_reset(find);
    return 0;
}

int standing_find(struct store *store, const unsigned char *key,
                  const struct store_report *report,
                  struct standing *out_standing, struct err *err)
{
    *out_standing = (struct standing){ 0 };
    if (find_head(store, key, report, out_standing, err))
        return -1;
    if (out_standing->head_id == 0 || out_standing->same_id)
        return 0;
    return find_same(store, key, report, out_standing, err);
}

bool standing_is_better(const struct standing *standing,
                        const struct store_report *report)
{
    /* What was kept aside by another author's report has nothing above it. */
    if (standing->head_standing == STORE_CONFLICTING)
        return true;
    if (report->standing != standing->head_standing)
        return report->standing < standing->head_standing;
    return report->proof > standing->head_proof;
}

static int move_row(struct store *store, int64_t id, enum store_standing to,
                    struct err *err)
{
    sqlite3_stmt *stand =
        sql_use(store, STATEMENT_REPORT_STAND,
                "UPDATE report SET standing = ?2 WHERE id = ?1", err);

    return sql_run_with(store, stand, err, id, to);
}

static int move_lines(struct store *store, const struct facts *facts,
                      int64_t report_id, enum store_standing from,
                      enum store_standing to, struct err *err)
{
    struct lines lines = { 0 };
    int status = lines_drop(store, facts, report_id, from, err);

    if (status == 0)
        status = lines_add(&lines, facts, report_id, to)
                     ? err_memory(err)
                     : lines_write(store, &lines, err);
    lines_deinit(&lines);
    return status;
}

/* Moves what hangs on a report. sign: 1 it begins to count, -1 it ends. */
static int move_tls(struct store *store, int64_t report_id, int sign,
                    enum store_standing from, enum store_standing to,
                    struct err *err)
{
    struct facts facts;
    int status;

    /* Lines that are taken out, or move, are in the table. */
    if (tail_take(store, err))
        return -1;
    status = facts_load(store, report_id, &facts, err);
    if (status == FACTS_DAMAGED)
        status = damaged_move(store, report_id, from, to, &facts, err);
    else if (status == 0)
        status = move_lines(store, &facts, report_id, from, to, err);
    else if (status > 0)
        return 0;
    if (status)
        return -1;
    return sign ? rollup_add(store, &facts, sign, err) : 0;
}

/* Returns: 0, 1 where it is no DMARC report, -1 with err. */
static int move_dmarc(struct store *store, int64_t report_id, int sign,
                      enum store_standing to, struct err *err)
{
    struct dmarc_facts facts;
    int status = dmarc_facts_load(store, report_id, &facts, err);

    if (status)
        return status;
    if (sign && dmarc_facts_sum(store, &facts, sign, err))
        return -1;
    return dmarc_facts_stand(store, report_id, to, err);
}

int standing_move(struct store *store, int64_t report_id,
                  enum store_standing from, enum store_standing to,
                  struct err *err)
{
    int sign = (to == STORE_COUNTED) - (from == STORE_COUNTED);
    int status;

    if (from == to)
        return 0;
    status = move_dmarc(store, report_id, sign, to, err);
    if (status > 0)
        status = move_tls(store, report_id, sign, from, to, err);
    return status ? -1 : move_row(store, report_id, to, err);
}
