/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/consent.h"

#include <stdlib.h>

#include "base/log.h"
#include "record/tlsrpt.h"
#include "service/inquiry.h"
#include "service/limits.h"

struct consent {
    struct inquiry *inquiry;
};

int consent_start(const struct resolver_options *options,
                  struct consent **out_consent, struct err *err)
{
    struct consent *consent = calloc(1, sizeof(*consent));

    if (!consent)
        return err_memory(err);
    if (inquiry_start(options, &consent->inquiry, err)) {
        free(consent);
        return -1;
    }
    if (!inquiry_validates(consent->inquiry))
        log_line(LOG_LEVEL_WARNING, "dns-not-validated", "missing",
                 RESOLVER_ROOT_ANCHOR, NULL);
    *out_consent = consent;
    return 0;
}

void consent_stop(struct consent *consent)
{
    if (!consent)
        return;
    inquiry_stop(consent->inquiry);
    free(consent);
}

/* Tells whether records name a destination; out of memory nobody knows. */
static enum consent_answer judge(struct arena *arena,
                                 const struct answers_answer *answer,
                                 struct slice uri)
{
    struct tlsrpt_destination destination;
    struct tlsrpt_record record;
    size_t fault;
    int rc = tlsrpt_destination_read(arena, uri, &destination, &fault, NULL);

    if (rc < 0 || tlsrpt_record_choose(arena, answer->records,
                                       answer->n_records, &record, NULL))
        return CONSENT_UNKNOWN;
    if (rc > 0 || record.verdict != TLSRPT_VALID ||
        !tlsrpt_record_names(&record, &destination))
        return CONSENT_WITHDRAWN;
    return CONSENT_GIVEN;
}

enum consent_answer consent_ask(struct consent *consent, struct arena *arena,
                                struct slice domain, struct slice uri)
{
    const char *name =
        arena_printf(arena, "_smtp._tls.%.*s", (int)domain.len, domain.ptr);
    struct answers_answer answer;

    if (!name)
        return CONSENT_UNKNOWN;
    answer = inquiry_find(consent->inquiry, name, SERVICE_CONSENT_MS, arena);
    if (answer.status == ANSWERS_ABSENT)
        return CONSENT_WITHDRAWN;
    if (answer.status != ANSWERS_FOUND)
        return CONSENT_UNKNOWN;
    return judge(arena, &answer, uri);
}
