/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/aggregate.h"

#include "unwrap/unwrap_finding.h"

/* What becomes of a finding; those that are not here stay. */
static const struct {
    enum unwrap_finding tls;
    enum unwrap_finding dmarc; /* UNWRAP_FINDING_COUNT: nothing is odd */
} rows[] = {
    { UNWRAP_NAME_MISMATCH, UNWRAP_DMARC_NAME },
    { UNWRAP_CONTAINER_ZIP, UNWRAP_DMARC_ZIP },
    { UNWRAP_CONTAINER_NESTED, UNWRAP_DMARC_NESTED },
    { UNWRAP_NOT_COMPRESSED, UNWRAP_FINDING_COUNT },
    /* XML may be in UTF-16 and begin with a mark: XML 1.0 section 4.3.3. */
    { UNWRAP_BOM, UNWRAP_FINDING_COUNT },
    { UNWRAP_UTF16, UNWRAP_FINDING_COUNT },
    /* No RFC says how the mail must be built. */
    { UNWRAP_MEDIA_TYPE, UNWRAP_FINDING_COUNT },
    { UNWRAP_MEDIA_TYPE_NO_SUFFIX, UNWRAP_FINDING_COUNT },
    { UNWRAP_MAIL_NO_FIELDS, UNWRAP_FINDING_COUNT },
    { UNWRAP_SUBJECT_FORM, UNWRAP_FINDING_COUNT },
    { UNWRAP_MAIL_NOT_REPORT, UNWRAP_FINDING_COUNT },
    { UNWRAP_MAIL_NOT_MULTIPART, UNWRAP_FINDING_COUNT },
    { UNWRAP_MAIL_REPORTS_SEVERAL, UNWRAP_FINDING_COUNT },
};

/* Returns: the finding's kind for a DMARC report, NULL where it is none. */
static const struct finding_kind *kind_of(const struct finding *finding)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (finding->kind == unwrap_finding_kind(rows[i].tls))
            return rows[i].dmarc == UNWRAP_FINDING_COUNT
                       ? NULL
                       : unwrap_finding_kind(rows[i].dmarc);
    }
    return finding->kind;
}

/* Returns: whether a finding said that the text was UTF-16. */
static bool look_through(struct finding_list *list)
{
    bool was_utf16 = false;
    size_t n = 0;

    for (size_t i = 0; i < list->n_items; i++) {
        struct finding finding = list->items[i];

        was_utf16 =
            was_utf16 || finding.kind == unwrap_finding_kind(UNWRAP_UTF16);
        finding.kind = kind_of(&finding);
        if (finding.kind)
            list->items[n++] = finding;
    }
    list->n_items = n;
    return was_utf16;
}

int aggregate_read(struct arena *arena, struct unwrap_candidate *candidate,
                   struct dmarc_list *out_list, struct err *err)
{
    struct dmarc_origin origin = { .was_utf16 =
                                       look_through(candidate->findings) };

    return dmarc_read(arena, slice_make(candidate->text, candidate->len),
                      &origin, out_list, err);
}
