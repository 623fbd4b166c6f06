/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/schema.h"

/* What commits added to the sums of days, until it stands in rollup; see
 * tail.h. The id is the value of "change" before the commit. */
const char schema_tail[] = "CREATE TABLE tail ("
                           " id INTEGER PRIMARY KEY,"
                           " octets BLOB NOT NULL"
                           ") STRICT;";

/* A row that was damaged may still be read; NULL in rows of before. */
const char schema_checksum[] = "ALTER TABLE tail ADD COLUMN checksum INTEGER;";
