/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Case: what is the matter with the messages of a record.
 *
 * A receiver says what passed and aligned; beside it stand the single results,
 * which tell why the rest did not: a broken signature, a service under its own
 * name, a forwarder, or nobody.
 */

#include "dmarc/dmarc.h"

/* Worst first. Stored by number: never renumber, and below 16. */
enum dmarc_case {
    DMARC_CASE_UNKNOWN = 0, /* fails, and nothing it shows passed */
    DMARC_CASE_BROKEN = 1,  /* fails with a signature of the domain itself */
    DMARC_CASE_OTHER = 2,   /* fails, but passed as another domain */
    DMARC_CASE_STRICT = 3,  /* fails, but passed as a relative of the domain */
    DMARC_CASE_DNS = 4,     /* fails for an error in the DNS */
    DMARC_CASE_SILENT = 5,  /* fails, and the report does not say why */
    DMARC_CASE_FORWARDED = 6, /* fails, and the receiver knew it forwards */
    DMARC_CASE_NO_DKIM = 7,   /* passes by SPF alone */
    DMARC_CASE_NO_SPF = 8,    /* passes by DKIM alone */
    DMARC_CASE_WELL = 9,      /* passes by both */
    DMARC_CASE_COUNT
};

/* What is the matter with the messages of one record. */
enum dmarc_case dmarc_case_of(const struct dmarc_report *report,
                              const struct dmarc_record *record);

/* "unknown", "broken", "other", "strict", "dns", "silent", "forwarded",
 * "no-dkim", "no-spf", "well": names for programs. */
const char *dmarc_case_name(enum dmarc_case which);

/* Tells whether a case means that messages fail without an excuse. */
bool dmarc_case_is_trouble(enum dmarc_case which);

/*
 * Who sent the messages of a record, by what passed: a domain that is not the
 * report's own, where DKIM or else SPF passed as it; else the policy's domain
 * where something of it passed.
 * Returns: a domain as reported, "" where nothing passed.
 */
const char *dmarc_case_sender(const struct dmarc_report *report,
                              const struct dmarc_record *record);
