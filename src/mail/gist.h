/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Gist of a message: the outermost header, and the message as gmime needs it.
 *
 * gmime makes several objects of each header field, and a delivered mail has 30
 * to 80 of which four are asked for. So these four are found here, and gmime is
 * given a copy with the Content fields alone, which halves the time for a report
 * mail. A field spelt "ContentType" is corrected in the copy. The body stays as
 * it is. What is verified (DKIM) is the message itself.
 */

#include "base/buffer.h"
#include "mail/outline.h"

enum gist_field {
    GIST_SUBJECT,
    GIST_FROM,
    GIST_TLS_REPORT_DOMAIN,
    GIST_TLS_REPORT_SUBMITTER,
    GIST_FIELD_COUNT
};

struct gist {
    /* Values as they stand, folded and encoded, without blanks around; of
     * fields that are there twice the first. ptr is NULL where absent. */
    struct slice fields[GIST_FIELD_COUNT];
};

/*
 * Finds the header fields of a message and appends its copy for gmime.
 * outline: of this message. copy: may be NULL where only the fields are wanted;
 * its sticky failure tells when the message did not fit.
 */
void gist_read(struct slice message, const struct outline *outline,
               struct buffer *copy, struct gist *out_gist);
