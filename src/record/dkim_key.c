/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/dkim_key.h"

#include "base/text.h"
#include "crypt/base64.h"
#include "crypt/signature.h"
#include "record/finding.h"
#include "record/tag_list.h"

enum { SHORT_BITS = 1024, WEAK_BITS = 2048, LONG_BITS = 4096 };

/* A record while it is read. */
struct record {
    struct arena *arena;
    struct tag_list tags;
    struct dkim_key *key;
};

/* A word of a value and the bit that it sets. */
struct word {
    struct slice text;
    unsigned bit;
};

static void add(struct record *r, enum record_finding finding, size_t offset,
                struct slice value)
{
    const struct finding_kind *kind = record_finding_kind(finding);
    const char *where = arena_printf(r->arena, "octet %zu", offset);

    /* Kept apart, because a finding may be dropped for lack of memory. */
    if (kind->severity == FINDING_CRITICAL && !r->key->fault)
        r->key->fault = kind;
    value.len = text_utf8_prefix(value);
    finding_list_add(&r->key->findings, kind, where ? where : "", value);
}

/* Adds a finding about a tag, at its value. */
static void add_at(struct record *r, enum record_finding finding,
                   const struct tag *tag)
{
    add(r, finding, tag_list_offset(&r->tags, tag->value), tag->value);
}

/* Returns: the bits of the words of a list with colons, other_bit for others. */
static unsigned read_words(struct slice value, const struct word *words,
                           size_t n, unsigned other_bit)
{
    struct slice item;
    unsigned bits = 0;

    while (tag_list_take_item(&value, &item)) {
        unsigned bit = other_bit;

        for (size_t i = 0; i < n; i++) {
            if (slice_equal(item, words[i].text))
                bit = words[i].bit;
        }
        bits |= bit;
    }
    return bits;
}

static void read_version(struct record *r)
{
    const struct tag *tag = tag_list_find(&r->tags, SLICE("v"));

    if (!tag)
        return;
    if (!slice_equal(tag->value, SLICE("DKIM1")))
        add_at(r, RECORD_DKIM_VERSION, tag);
    else if (tag != r->tags.tags)
        add_at(r, RECORD_DKIM_VERSION_PLACE, tag);
}

static void read_type(struct record *r)
{
    const struct tag *tag = tag_list_find(&r->tags, SLICE("k"));

    r->key->type = DKIM_KEY_RSA;
    if (!tag || slice_equal(tag->value, SLICE("rsa")))
        return;
    if (slice_equal(tag->value, SLICE("ed25519"))) {
        r->key->type = DKIM_KEY_ED25519;
        return;
    }
    r->key->type = DKIM_KEY_UNKNOWN;
    add_at(r, RECORD_DKIM_TYPE_UNKNOWN, tag);
}

static void read_hashes(struct record *r)
{
    static const struct word words[] = {
        { { "sha256", 6 }, DKIM_KEY_SHA256 },
        { { "sha1", 4 }, DKIM_KEY_SHA1 },
    };
    const struct tag *tag = tag_list_find(&r->tags, SLICE("h"));

    r->key->hashes = DKIM_KEY_SHA256 | DKIM_KEY_SHA1 | DKIM_KEY_OTHER_HASH;
    if (!tag)
        return;
    r->key->hashes = read_words(tag->value, words, 2, DKIM_KEY_OTHER_HASH);
    if (r->key->hashes & DKIM_KEY_SHA256)
        return;
    add_at(r,
           r->key->hashes & DKIM_KEY_SHA1 ? RECORD_DKIM_HASH_SHA1
                                          : RECORD_DKIM_HASH_NONE,
           tag);
}

static void read_services(struct record *r)
{
    static const struct word words[] = {
        { { "*", 1 }, DKIM_KEY_ANY },
        { { "email", 5 }, DKIM_KEY_EMAIL },
        { { "tlsrpt", 6 }, DKIM_KEY_TLSRPT },
    };
    const struct tag *tag = tag_list_find(&r->tags, SLICE("s"));
    unsigned bits = DKIM_KEY_ANY;

    if (tag)
        bits = read_words(tag->value, words, 3, DKIM_KEY_OTHER_SERVICE);
    r->key->services = bits;
    r->key->has_services = tag != NULL;
    if (bits & DKIM_KEY_ANY)
        return;
    if (!(bits & (DKIM_KEY_EMAIL | DKIM_KEY_TLSRPT)))
        add_at(r, RECORD_DKIM_SERVICE_NONE, tag);
    else if (!(bits & DKIM_KEY_EMAIL))
        add_at(r, RECORD_DKIM_SERVICE_TLSRPT_ONLY, tag);
    else if (!(bits & DKIM_KEY_TLSRPT))
        add_at(r, RECORD_DKIM_SERVICE_NO_TLSRPT, tag);
}

static void read_flags(struct record *r)
{
    enum { TESTING = 1, STRICT = 2 };
    static const struct word words[] = {
        { { "y", 1 }, TESTING },
        { { "s", 1 }, STRICT },
    };
    const struct tag *tag = tag_list_find(&r->tags, SLICE("t"));
    unsigned bits = tag ? read_words(tag->value, words, 2, 0) : 0;

    r->key->is_testing = bits & TESTING;
    r->key->is_strict = bits & STRICT;
    if (bits & TESTING)
        add_at(r, RECORD_DKIM_TESTING, tag);
}

/* Says what the size of an RSA key is worth: RFC 8301 section 3.2. */
static void judge_bits(struct record *r, const struct tag *tag)
{
    unsigned bits = r->key->bits;

    if (r->key->type != DKIM_KEY_RSA)
        return;
    if (bits < SHORT_BITS)
        add_at(r, RECORD_DKIM_KEY_SHORT, tag);
    else if (bits < WEAK_BITS)
        add_at(r, RECORD_DKIM_KEY_WEAK, tag);
    else if (bits > LONG_BITS)
        add_at(r, RECORD_DKIM_KEY_LONG, tag);
}

/* The octets are made a key here, so that a bad one is told at once. */
static int take_key(struct record *r, const struct tag *tag,
                    struct slice octets, struct err *err)
{
    enum signature_kind kind =
        r->key->type == DKIM_KEY_RSA ? SIGNATURE_RSA : SIGNATURE_ED25519;
    struct err met = { .kind = ERR_NONE };

    if (signature_key_read(kind, octets, &r->key->public_key, &met)) {
        if (met.kind == ERR_MEMORY)
            return err_memory(err);
        add_at(r, RECORD_DKIM_KEY_UNREADABLE, tag);
        return 0;
    }
    r->key->bits = signature_key_bits(r->key->public_key);
    judge_bits(r, tag);
    return 0;
}

static int decode_key(struct record *r, const struct tag *tag, struct err *err)
{
    char out[RECORD_MAX_BYTES];
    unsigned oddities;
    size_t len = base64_decode(tag->value, out, &oddities);

    if (!(oddities & BASE64_FOREIGN))
        return take_key(r, tag, slice_make(out, len), err);
    add_at(r, RECORD_DKIM_KEY_BASE64, tag);
    return 0;
}

static int read_key(struct record *r, struct err *err)
{
    const struct tag *tag = tag_list_find(&r->tags, SLICE("p"));

    if (!tag) {
        add(r, RECORD_DKIM_KEY_MISSING, 0, slice_make(NULL, 0));
    } else if (tag->value.len == 0) {
        r->key->is_revoked = true;
        add_at(r, RECORD_DKIM_KEY_REVOKED, tag);
    } else if (r->key->type != DKIM_KEY_UNKNOWN) {
        return decode_key(r, tag, err);
    }
    return 0;
}

static int read_tags(struct record *r, struct err *err)
{
    const struct tag *granularity = tag_list_find(&r->tags, SLICE("g"));

    read_version(r);
    read_type(r);
    read_hashes(r);
    read_services(r);
    read_flags(r);
    if (granularity)
        add_at(r, RECORD_DKIM_TAG_OBSOLETE, granularity);
    return read_key(r, err);
}

/* A record that begins with another version is none of ours, whatever it is. */
static int read_record(struct record *r, struct slice text, struct err *err)
{
    enum tag_list_fault fault;
    size_t offset;

    if (text.len > RECORD_MAX_BYTES) {
        add(r, RECORD_DKIM_TOO_LARGE, RECORD_MAX_BYTES, slice_make(NULL, 0));
        return 0;
    }
    fault = tag_list_parse(text, &r->tags, &offset);
    if (fault == TAG_LIST_FINE)
        return read_tags(r, err);
    read_version(r);
    add(r, fault == TAG_LIST_TWICE ? RECORD_DKIM_TAG_TWICE : RECORD_DKIM_SYNTAX,
        offset, slice_skip(text, offset));
    return 0;
}

int dkim_key_read(struct arena *arena, struct slice record,
                  struct dkim_key *out_key, struct err *err)
{
    struct dkim_key key = { .type = DKIM_KEY_UNKNOWN };
    struct record r = { .arena = arena, .key = &key };

    finding_list_init(&key.findings, arena);
    if (read_record(&r, record, err)) {
        dkim_key_deinit(&key);
        return -1;
    }
    *out_key = key;
    return 0;
}

void dkim_key_deinit(struct dkim_key *key)
{
    if (!key)
        return;
    signature_key_free(key->public_key);
    key->public_key = NULL;
}

bool dkim_key_may_sign_reports(const struct dkim_key *key,
                               enum dkim_key_rule rule)
{
    switch (rule) {
    case DKIM_KEY_STRICT: return key->services & DKIM_KEY_TLSRPT;
    case DKIM_KEY_KNOWN:
        return key->services & (DKIM_KEY_ANY | DKIM_KEY_TLSRPT);
    default:
        return key->services &
               (DKIM_KEY_ANY | DKIM_KEY_TLSRPT | DKIM_KEY_EMAIL);
    }
}
