/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim_signature.h"

#include "base/domain.h"
#include "crypt/base64.h"
#include "record/tag_list.h"

enum { MAX_TIME_DIGITS = 15 /* RFC 6376 section 3.5 asks for 12 */ };

/* A signature while it is parsed. */
struct parse {
    struct arena *arena;
    struct tag_list tags;
    struct dkim_signature *signature;
    struct dkim_signature_text *text;
    utc_time arrival;
    struct err *err;
};

/*
 * Reads one tag (value.ptr is NULL where it is absent). What is wrong with it is
 * the fault of the signature. Returns: 0, -1 with p->err.
 */
typedef int tag_function(struct parse *p, struct slice value);

static int fault(struct parse *p, enum dkim_reason_number reason)
{
    if (!p->signature->fault)
        p->signature->fault = dkim_reason(reason);
    return 0;
}

static int read_version(struct parse *p, struct slice value)
{
    return slice_equal(value, SLICE("1")) ? 0 : fault(p, DKIM_REASON_VERSION);
}

static int read_algorithm(struct parse *p, struct slice value)
{
    if (slice_equal(value, SLICE("rsa-sha256")))
        p->signature->kind = SIGNATURE_RSA;
    else if (slice_equal(value, SLICE("ed25519-sha256")))
        p->signature->kind = SIGNATURE_ED25519;
    else if (slice_equal(value, SLICE("rsa-sha1")))
        return fault(p, DKIM_REASON_ALGORITHM_SHA1);
    else
        return fault(p, DKIM_REASON_ALGORITHM);
    return 0;
}

static bool read_canon(struct slice value, enum dkim_canon *out)
{
    bool is_relaxed = slice_equal(value, SLICE("relaxed"));

    *out = is_relaxed ? DKIM_RELAXED : DKIM_SIMPLE;
    return is_relaxed || slice_equal(value, SLICE("simple"));
}

/* Without the part behind the slash the body is simple, whatever the header. */
static int read_canons(struct parse *p, struct slice value)
{
    struct dkim_signature *signature = p->signature;
    size_t slash = slice_find(value, '/');
    bool is_known = true;

    if (!value.ptr)
        return 0;
    if (slash < value.len)
        is_known =
            read_canon(slice_skip(value, slash + 1), &signature->body_canon);
    value.len = slash;
    is_known &= read_canon(value, &signature->header_canon);
    return is_known ? 0 : fault(p, DKIM_REASON_CANONICALIZATION);
}

static int read_query(struct parse *p, struct slice value)
{
    struct slice item;

    if (!value.ptr)
        return 0;
    while (tag_list_take_item(&value, &item)) {
        if (slice_equal(item, SLICE("dns/txt")))
            return 0;
    }
    return fault(p, DKIM_REASON_QUERY);
}

/*
 * Reads a domain name as A-labels; *out stays NULL where it is none.
 * Returns: 0, -1 with p->err.
 */
static int read_name(struct parse *p, struct slice value, const char **out)
{
    unsigned changes;
    const char *name = domain_normalise(p->arena, value, &changes);

    if (!name)
        return arena_error(p->arena, p->err);
    if (*name && !(changes & (DOMAIN_BAD | DOMAIN_ROOT_DOT)) &&
        !strchr(name, '*'))
        *out = name;
    return 0;
}

/* RFC 6376 section 3.5: a domain name has two labels at least. */
static int read_domain(struct parse *p, struct slice value)
{
    if (read_name(p, value, &p->signature->domain))
        return -1;
    if (p->signature->domain && !strchr(p->signature->domain, '.'))
        p->signature->domain = NULL;
    return p->signature->domain ? 0 : fault(p, DKIM_REASON_DOMAIN);
}

static int read_selector(struct parse *p, struct slice value)
{
    if (read_name(p, value, &p->signature->selector))
        return -1;
    return p->signature->selector ? 0 : fault(p, DKIM_REASON_DOMAIN);
}

/* Tells whether a name is the domain or below it. */
static bool is_within(const char *name, const char *domain)
{
    size_t n = strlen(name), d = strlen(domain);

    if (n < d || strcmp(name + n - d, domain) != 0)
        return false;
    return n == d || name[n - d - 1] == '.';
}

/* Only the domain counts: what stands before the "@" is the signer's affair. */
static int read_identity(struct parse *p, struct slice value)
{
    struct dkim_signature *signature = p->signature;
    size_t at = value.len;

    signature->identity = signature->domain;
    if (!value.ptr || !signature->domain)
        return 0;
    while (at && value.ptr[at - 1] != '@')
        at--;
    signature->identity = NULL;
    if (at && read_name(p, slice_skip(value, at), &signature->identity))
        return -1;
    if (!signature->identity ||
        !is_within(signature->identity, signature->domain))
        return fault(p, DKIM_REASON_IDENTITY);
    return 0;
}

/* Decodes a tag into the arena. Returns: 0, -1 with p->err. */
static int decode(struct parse *p, struct slice value, size_t max_bytes,
                  struct slice *out)
{
    unsigned oddities;
    char *octets;

    /* Four octets for three, and a fold behind each if need be. */
    if (value.len > 6 * max_bytes)
        return fault(p, DKIM_REASON_BASE64);
    octets = arena_alloc(p->arena, base64_room(value.len));
    if (!octets)
        return arena_error(p->arena, p->err);
    *out = slice_make(octets, base64_decode(value, octets, &oddities));
    if ((oddities & BASE64_FOREIGN) || out->len == 0 || out->len > max_bytes)
        return fault(p, DKIM_REASON_BASE64);
    return 0;
}

static int read_value(struct parse *p, struct slice value)
{
    p->text->whole = tag_list_find(&p->tags, SLICE("b"))->whole;
    return decode(p, value, SIGNATURE_MAX_BYTES, &p->signature->value);
}

static int read_body_digest(struct parse *p, struct slice value)
{
    struct slice digest = { NULL, 0 };

    if (decode(p, value, DIGEST_BYTES, &digest))
        return -1;
    if (digest.len != DIGEST_BYTES)
        return fault(p, DKIM_REASON_BASE64);
    memcpy(p->text->body_digest, digest.ptr, DIGEST_BYTES);
    return 0;
}

static bool is_field_name(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] <= ' ' || s.ptr[i] >= 127)
            return false;
    }
    return s.len > 0;
}

static int read_names(struct parse *p, struct slice value)
{
    bool has_from = false;
    struct slice name;

    p->text->names = value;
    while (tag_list_take_item(&value, &name)) {
        if (!is_field_name(name))
            return fault(p, DKIM_REASON_FIELD_LIST);
        has_from |= slice_equal_fold(name, SLICE("from"));
    }
    return has_from ? 0 : fault(p, DKIM_REASON_FROM_UNSIGNED);
}

/* A body can be added to, and RFC 8460 section 3 forbids it. */
static int read_length(struct parse *p, struct slice value)
{
    return value.ptr ? fault(p, DKIM_REASON_BODY_LENGTH) : 0;
}

static int read_time(struct parse *p, struct slice value, utc_time *out)
{
    utc_time time = 0;

    if (!value.ptr)
        return 0;
    if (value.len == 0 || value.len > MAX_TIME_DIGITS)
        return fault(p, DKIM_REASON_TIME);
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return fault(p, DKIM_REASON_TIME);
        time = time * 10 + (value.ptr[i] - '0');
    }
    *out = time;
    return 0;
}

static int read_signed_at(struct parse *p, struct slice value)
{
    return read_time(p, value, &p->signature->signed_at);
}

/* Judged at the time when the mail came, however late it is read. */
static int read_expiry(struct parse *p, struct slice value)
{
    struct dkim_signature *signature = p->signature;

    read_time(p, value, &signature->expires_at);
    if (signature->expires_at == UTC_NONE)
        return 0;
    if (signature->signed_at != UTC_NONE &&
        signature->expires_at <= signature->signed_at)
        return fault(p, DKIM_REASON_TIME);
    if (p->arrival != UTC_NONE && p->arrival > signature->expires_at)
        return fault(p, DKIM_REASON_EXPIRED);
    return 0;
}

/* In this order a reason is given: what it is, whose it is, what it covers. */
static const struct {
    struct slice name;
    bool is_required;
    tag_function *read;
} readers[] = {
    { { "v", 1 }, true, read_version },
    { { "a", 1 }, true, read_algorithm },
    { { "d", 1 }, true, read_domain },
    { { "s", 1 }, true, read_selector },
    { { "c", 1 }, false, read_canons },
    { { "q", 1 }, false, read_query },
    { { "i", 1 }, false, read_identity },
    { { "h", 1 }, true, read_names },
    { { "l", 1 }, false, read_length },
    { { "t", 1 }, false, read_signed_at },
    { { "x", 1 }, false, read_expiry },
    { { "bh", 2 }, true, read_body_digest },
    { { "b", 1 }, true, read_value },
};

static int read_tags(struct parse *p)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        const struct tag *tag = tag_list_find(&p->tags, readers[i].name);

        if (!tag && readers[i].is_required)
            fault(p, DKIM_REASON_TAG_MISSING);
        else if (readers[i].read(p, tag ? tag->value : slice_make(NULL, 0)))
            return -1;
    }
    return 0;
}

/* Where the key is in DNS: RFC 6376 section 3.6.2.1. */
static int make_query_name(struct parse *p)
{
    struct dkim_signature *signature = p->signature;
    size_t len;

    if (signature->fault)
        return 0;
    len = strlen(signature->selector) + strlen("._domainkey.") +
          strlen(signature->domain);
    if (len > DOMAIN_MAX_BYTES)
        return fault(p, DKIM_REASON_DOMAIN);
    signature->query_name = arena_printf(
        p->arena, "%s._domainkey.%s", signature->selector, signature->domain);
    return signature->query_name ? 0 : arena_error(p->arena, p->err);
}

int dkim_signature_parse(struct arena *arena, struct slice value,
                         utc_time arrival, struct dkim_signature *out_signature,
                         struct dkim_signature_text *out_text, struct err *err)
{
    struct parse p = { .arena = arena,
                       .signature = out_signature,
                       .text = out_text,
                       .arrival = arrival,
                       .err = err };
    enum tag_list_fault found = tag_list_parse(value, &p.tags, NULL);

    *out_signature = (struct dkim_signature){ .signed_at = UTC_NONE,
                                              .expires_at = UTC_NONE };
    *out_text = (struct dkim_signature_text){ .names = { NULL, 0 } };
    if (found)
        return fault(&p, found == TAG_LIST_TWICE ? DKIM_REASON_TAG_TWICE
                                                 : DKIM_REASON_SYNTAX);
    if (read_tags(&p))
        return -1;
    return make_query_name(&p);
}
