/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/schema.h"

/*
 * What the care of the store asks: who needs a raw, and what of a source stands
 * aside, the oldest first.
 */
const char schema_care[] =
    "CREATE INDEX report_raw ON report (raw_id);"
    "CREATE INDEX pending_raw ON pending (raw_id);"
    "CREATE INDEX report_aside ON report (standing, origin_id, id,"
    " raw_id)"
    " WHERE standing >= 2;"
    "CREATE INDEX quarantine_origin ON quarantine (origin_id, id, raw_id);";

/*
 * The same octets may come by several ways, which prove differently and are claimed
 * differently: each waits to be judged. So it is with what is refused, and read
 * later: each way stands there once, with the address that it came to.
 */
const char schema_ways[] =
    "CREATE TABLE pending_by_way ("
    " id INTEGER PRIMARY KEY,"
    " report_id INTEGER NOT NULL,"
    " raw_id INTEGER NOT NULL,"
    " payload INTEGER NOT NULL,"
    " ordinal INTEGER NOT NULL,"
    " origin_id INTEGER NOT NULL,"
    " destination TEXT NOT NULL,"
    " input TEXT NOT NULL,"
    " arrived_at INTEGER NOT NULL,"
    " judge_at INTEGER NOT NULL,"
    " tries INTEGER NOT NULL,"
    " UNIQUE (report_id, raw_id, payload, ordinal, origin_id, destination)"
    ") STRICT;"
    "INSERT INTO pending_by_way SELECT * FROM pending;"
    "DROP TABLE pending;"
    "ALTER TABLE pending_by_way RENAME TO pending;"
    "CREATE INDEX pending_due ON pending (judge_at);"
    "CREATE INDEX pending_raw ON pending (raw_id);"
    "ALTER TABLE quarantine ADD COLUMN destination TEXT NOT NULL DEFAULT '';"
    "DROP INDEX quarantine_raw;"
    "CREATE UNIQUE INDEX quarantine_raw ON quarantine (raw_id, reason,"
    " origin_id, destination);";

/*
 * What waits is given up by the time that it has waited, which is not the age of the
 * mail: that may have been read long after it came. What waited before begins with
 * its next try. A raw that nothing refers to may have been put a moment ago, and that
 * is told by when; 0 is long ago.
 */
const char schema_since[] =
    "ALTER TABLE pending ADD COLUMN since INTEGER NOT NULL DEFAULT 0;"
    "UPDATE pending SET since = judge_at;"
    "ALTER TABLE raw ADD COLUMN put_at INTEGER NOT NULL DEFAULT 0;";
