/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/wire_dkim.h"

#include "base/domain.h"
#include "mail/dkim.h"
#include "mail/limits.h"

/* The octets of a signature without texts and value. */
enum { SIGNATURE_LEAST_BYTES = 4 + 4 * 4 + 2 * 8 + 4 + DIGEST_BYTES };

/* No time that a tag can hold is later: it has 15 digits at most. */
#define TIME_END INT64_C(1000000000000000)

/* Tells whether a text is a name as dkim_signature_parse leaves it. */
static bool is_name(const char *text)
{
    size_t len = 0;

    for (; text[len]; len++) {
        char c = text[len];

        if (len == DOMAIN_MAX_BYTES || c <= ' ' || c >= 127 || c == '*' ||
            (c >= 'A' && c <= 'Z'))
            return false;
    }
    return len > 0;
}

/* ---- Putting ------------------------------------------------------------- */

/* The number of a fault, from 1; 0 = none. */
static uint8_t fault_number(const struct dkim_reason *fault)
{
    return fault ? (uint8_t)(fault - dkim_reason(0) + 1) : 0;
}

static void put_signature(struct buffer *out,
                          const struct dkim_signature *signature)
{
    struct slice value = signature->value;

    wire_field_put_u8(out, fault_number(signature->fault));
    wire_field_put_u8(out, (uint8_t)signature->kind);
    wire_field_put_u8(out, (uint8_t)signature->header_canon);
    wire_field_put_u8(out, (uint8_t)signature->body_canon);
    wire_field_put_text(out, signature->domain);
    wire_field_put_text(out, signature->selector);
    wire_field_put_text(out, signature->identity);
    wire_field_put_i64(out, signature->signed_at);
    wire_field_put_i64(out, signature->expires_at);
    wire_field_put_octets(out, signature->digest, DIGEST_BYTES);
    /* With a fault nobody asks for it, and it may have any size. */
    if (signature->fault)
        value.len = 0;
    wire_field_put_size(out, value.len);
    wire_field_put_octets(out, value.ptr, value.len);
}

void wire_dkim_put(struct buffer *out, const struct dkim *dkim)
{
    const char *from;

    wire_field_put_u8(out, dkim != NULL);
    if (!dkim)
        return;
    /* What is no name in From may be anything, and is nobody's. */
    from = dkim->from_domain;
    wire_field_put_text(out, from && is_name(from) ? from : NULL);
    wire_field_put_size(out, dkim->n_ignored);
    wire_field_put_size(out, dkim->n_signatures);
    for (size_t i = 0; i < dkim->n_signatures; i++)
        put_signature(out, &dkim->signatures[i]);
}

/* ---- Taking -------------------------------------------------------------- */

/* Takes a name, or NULL. */
static const char *take_name(struct wire_field_input *input)
{
    const char *name = wire_field_take_optional(input, DOMAIN_MAX_BYTES);

    wire_field_check(input, !name || is_name(name));
    return name;
}

static utc_time take_time(struct wire_field_input *input)
{
    utc_time time = wire_field_take_i64(input, UTC_NONE, TIME_END);

    wire_field_check(input, time == UTC_NONE || time >= 0);
    return time;
}

static const struct dkim_reason *take_fault(struct wire_field_input *input)
{
    unsigned number = wire_field_take_u8(input, DKIM_REASON_COUNT + 1);
    const struct dkim_reason *fault =
        number ? dkim_reason((enum dkim_reason_number)(number - 1)) : NULL;

    wire_field_check(input, !fault || fault->verdict == DKIM_FAIL);
    return fault;
}

/* One without a fault can be judged: it has all that this needs. */
static void make_query_name(struct arena *arena, struct wire_field_input *input,
                            struct dkim_signature *signature)
{
    static const char infix[] = "._domainkey.";
    const char *selector = signature->selector, *domain = signature->domain;
    bool is_good =
        selector && domain && signature->identity && signature->value.len &&
        strlen(selector) + strlen(infix) + strlen(domain) <= DOMAIN_MAX_BYTES;

    if (is_good)
        signature->query_name =
            arena_printf(arena, "%s%s%s", selector, infix, domain);
    wire_field_check(input, signature->query_name);
}

static void take_signature(struct arena *arena, struct wire_field_input *input,
                           struct dkim_signature *signature)
{
    const void *digest;
    size_t len;

    signature->fault = take_fault(input);
    signature->kind = wire_field_take_u8(input, SIGNATURE_KIND_COUNT);
    signature->header_canon = wire_field_take_u8(input, DKIM_CANON_COUNT);
    signature->body_canon = wire_field_take_u8(input, DKIM_CANON_COUNT);
    signature->domain = take_name(input);
    signature->selector = take_name(input);
    signature->identity = take_name(input);
    signature->signed_at = take_time(input);
    signature->expires_at = take_time(input);
    digest = wire_field_take_octets(input, DIGEST_BYTES);
    if (digest)
        memcpy(signature->digest, digest, DIGEST_BYTES);
    len = wire_field_take_u32(input, SIGNATURE_MAX_BYTES + 1);
    signature->value = slice_make(wire_field_take_octets(input, len), len);
    if (!input->is_bad && !signature->fault)
        make_query_name(arena, input, signature);
}

const struct dkim *wire_dkim_take(struct arena *arena,
                                  struct wire_field_input *input)
{
    struct dkim *dkim;
    size_t n;

    if (!wire_field_take_u8(input, 2))
        return NULL;
    dkim = arena_calloc(arena, 1, sizeof(*dkim));
    if (!dkim) {
        wire_field_check(input, false);
        return NULL;
    }
    dkim->from_domain = take_name(input);
    dkim->n_ignored = wire_field_take_u32(input, MAIL_MAX_FIELDS + 1);
    n = wire_field_take_count(input, SIGNATURE_LEAST_BYTES);
    wire_field_check(input, n <= DKIM_MAX_SIGNATURES);
    dkim->signatures = arena_calloc(arena, n, sizeof(*dkim->signatures));
    wire_field_check(input, dkim->signatures);
    for (; !input->is_bad && dkim->n_signatures < n; dkim->n_signatures++)
        take_signature(arena, input, &dkim->signatures[dkim->n_signatures]);
    return dkim;
}
