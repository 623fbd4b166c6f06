/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/schema.h"

/*
 * A DMARC report is a row of report as any other (kind 1), with a row of dmarc
 * instead of subjects, and one of dmarc_row for each way in which messages of a
 * source fared. Standing, day and domain are repeated in both, so that each
 * index holds what its question needs.
 */
const char schema_dmarc[] =
    "ALTER TABLE report ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE dmarc ("
    " report_id INTEGER PRIMARY KEY,"
    " domain_id INTEGER NOT NULL,"
    " standing INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " organization_id INTEGER NOT NULL,"
    " policy_id INTEGER NOT NULL,"
    " is_implausible INTEGER NOT NULL,"
    " messages INTEGER NOT NULL,"
    " passed INTEGER NOT NULL,"
    " dkim INTEGER NOT NULL,"
    " spf INTEGER NOT NULL,"
    " quarantined INTEGER NOT NULL,"
    " rejected INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX dmarc_day ON dmarc (standing, day, report_id, messages,"
    " passed);"
    "CREATE INDEX dmarc_domain ON dmarc (standing, domain_id, day, report_id,"
    " organization_id, policy_id, messages, passed, dkim, spf, quarantined,"
    " rejected);"
    "CREATE INDEX dmarc_organization ON dmarc (standing, organization_id, day,"
    " report_id, messages, passed);"
    "CREATE TABLE dmarc_row ("
    " report_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " standing INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " organization_id INTEGER NOT NULL,"
    " source_id INTEGER NOT NULL,"
    " sender_id INTEGER NOT NULL,"
    " from_id INTEGER NOT NULL,"
    " fate INTEGER NOT NULL,"
    " messages INTEGER NOT NULL,"
    " passed INTEGER NOT NULL,"
    " PRIMARY KEY (report_id, number)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX dmarc_row_source ON dmarc_row (standing, domain_id,"
    " source_id, day, report_id, organization_id, messages, passed);";
