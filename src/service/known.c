/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/known.h"

#include "base/domain.h"
#include "record/dmarc_rua.h"
#include "record/tlsrpt.h"
#include "service/limits.h"

/* Where a kind of reports is asked for, and how its record is read. */
struct place {
    const char *prefix;

    /* Whether one of the records names a destination. Returns: 0, -1. */
    int (*names)(struct arena *arena, const struct answers_answer *met,
                 const struct tlsrpt_destination *destination,
                 bool *out_is_named);
};

struct intake_judges known_judges(struct known *known)
{
    return (struct intake_judges){ .find_key = known_find_key,
                                   .claims = known_claims,
                                   .claims_dmarc = known_claims_dmarc,
                                   .is_foreign = known_is_foreign,
                                   .context = known };
}

bool known_is_foreign(void *context, const char *tenant, const char *domain)
{
    const struct known *known = context;

    return known->is_foreign &&
           known->is_foreign(known->context, tenant, domain);
}

enum intake_known known_find_key(void *context, const char *query_name,
                                 struct arena *arena,
                                 struct dkim_answer *out_answer)
{
    const struct known *known = context;
    struct answers_answer met = known->find(known->context, query_name, arena);

    if (met.status == ANSWERS_PENDING)
        return INTAKE_PENDING;
    if (met.status == ANSWERS_TEMPORARY)
        return INTAKE_FAILING;
    *out_answer = (struct dkim_answer){
        .lookup = met.status == ANSWERS_FOUND ? DKIM_LOOKUP_FOUND
                                              : DKIM_LOOKUP_ABSENT,
        .records = met.records,
        .n_records = met.n_records,
    };
    return INTAKE_KNOWN;
}

static int names(struct arena *arena, const struct answers_answer *met,
                 const struct tlsrpt_destination *destination,
                 bool *out_is_named)
{
    struct tlsrpt_record record;

    if (tlsrpt_record_choose(arena, met->records, met->n_records, &record,
                             NULL))
        return -1;
    *out_is_named = tlsrpt_record_names(&record, destination);
    return 0;
}

static int names_dmarc(struct arena *arena, const struct answers_answer *met,
                       const struct tlsrpt_destination *destination,
                       bool *out_is_named)
{
    return dmarc_rua_names(arena, met->records, met->n_records, destination,
                           out_is_named, NULL);
}

static const struct place tls_place = { "_smtp._tls.", names };
static const struct place dmarc_place = { "_dmarc.", names_dmarc };

/* What is no destination is named by none. Returns: 0, -1. */
static int is_named(const struct place *place, struct arena *arena,
                    const struct answers_answer *met, const char *text,
                    bool *out_is_named)
{
    struct tlsrpt_destination destination;
    size_t fault;
    int status = tlsrpt_destination_read(arena, slice_of(text), &destination,
                                         &fault, NULL);

    *out_is_named = false;
    if (status)
        return status < 0 ? -1 : 0;
    return place->names(arena, met, &destination, out_is_named);
}

static enum intake_known ask(const struct known *known,
                             const struct place *place, struct arena *arena,
                             const char *destination, const char *domain,
                             bool *out_is_ours)
{
    const char *name = arena_printf(arena, "%s%s", place->prefix, domain);
    struct answers_answer met = { .status = ANSWERS_TEMPORARY };

    if (name)
        met = known->find(known->context, name, arena);
    if (met.status == ANSWERS_PENDING)
        return INTAKE_PENDING;
    if (met.status == ANSWERS_TEMPORARY)
        return INTAKE_FAILING;
    if (met.status == ANSWERS_FOUND &&
        is_named(place, arena, &met, destination, out_is_ours))
        return INTAKE_FAILING;
    return INTAKE_KNOWN;
}

/* What is no name of DNS, or of one label, has no record that is asked for. */
static bool may_have_record(struct arena *arena, const struct place *place,
                            const char *domain)
{
    size_t len = strlen(domain);
    unsigned changes;

    return len + strlen(place->prefix) <= DOMAIN_MAX_BYTES &&
           memchr(domain, '.', len) && *domain != '*' &&
           domain_normalise(arena, slice_of(domain), &changes) && changes == 0;
}

static enum intake_known claims(const struct known *known,
                                const struct place *place,
                                const struct intake_origin *origin,
                                const char *domain, bool *out_is_ours)
{
    enum intake_known status;
    struct arena arena;

    *out_is_ours = known->has_domain(known->context, domain) ||
                   (!origin->is_live && known->has_domains &&
                    !known->has_domains(known->context));
    if (*out_is_ours || !origin->is_live || !origin->destination[0])
        return INTAKE_KNOWN;
    arena_init(&arena, SERVICE_CLAIM_BYTES);
    status = may_have_record(&arena, place, domain)
                 ? ask(known, place, &arena, origin->destination, domain,
                       out_is_ours)
                 : INTAKE_KNOWN;
    arena_deinit(&arena);
    return status;
}

enum intake_known known_claims(void *context,
                               const struct intake_origin *origin,
                               const char *domain, bool *out_is_ours)
{
    return claims(context, &tls_place, origin, domain, out_is_ours);
}

enum intake_known known_claims_dmarc(void *context,
                                     const struct intake_origin *origin,
                                     const char *domain, bool *out_is_ours)
{
    return claims(context, &dmarc_place, origin, domain, out_is_ours);
}
