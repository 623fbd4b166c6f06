/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The findings of the room: names for the rows of unwrap_finding_kinds().
 */

#include "base/finding.h"

enum unwrap_finding {
    /* Containers. */
    UNWRAP_NOT_COMPRESSED,
    UNWRAP_NAME_MISMATCH,
    UNWRAP_CONTAINER_ZIP,
    UNWRAP_CONTAINER_NESTED,
    UNWRAP_GZIP_MEMBERS,
    UNWRAP_GZIP_PADDING,
    UNWRAP_BOM,
    UNWRAP_UTF16,
    /* The mail part around the report. */
    UNWRAP_MEDIA_TYPE,
    UNWRAP_MEDIA_TYPE_NO_SUFFIX,
    UNWRAP_HEADER_SPELLING,
    UNWRAP_BASE64_ODD,
    UNWRAP_NAME_ENCODED_WORD,
    /* The mail around it. */
    UNWRAP_MAIL_NO_FIELDS,
    UNWRAP_SUBJECT_FORM,
    UNWRAP_MAIL_FORWARDED,
    UNWRAP_MAIL_NOT_REPORT,
    UNWRAP_MAIL_NOT_MULTIPART,
    UNWRAP_MAIL_BOUNDARY_MISSING,
    UNWRAP_MAIL_LINE_ENDS,
    UNWRAP_MAIL_REPORTS_SEVERAL,
    /* The same of a DMARC report, for which other rules hold. */
    UNWRAP_DMARC_NAME,
    UNWRAP_DMARC_NESTED,
    UNWRAP_DMARC_ZIP,
    /* Reasons of a refusal. */
    UNWRAP_DMARC_REPORT,
    UNWRAP_INPUT_EMPTY,
    UNWRAP_TLS_REPORT,
    UNWRAP_FAILURE_REPORT,
    UNWRAP_DELIVERY_STATUS,
    UNWRAP_MAIL_NO_REPORT,
    UNWRAP_CONTAINER_NO_REPORT,
    UNWRAP_CONTAINER_DAMAGED,
    UNWRAP_CONTAINER_LIMIT,
    UNWRAP_CONTAINER_UNKNOWN,
    /* It was not read at all. */
    UNWRAP_READER_CRASHED,
    UNWRAP_READER_LATE,
    UNWRAP_READ_LATER,
    UNWRAP_FINDING_COUNT
};

/* The row of one finding. */
const struct finding_kind *unwrap_finding_kind(enum unwrap_finding finding);
