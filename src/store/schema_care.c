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
