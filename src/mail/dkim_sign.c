/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim_sign.h"

#include <inttypes.h>

#include "base/domain.h"
#include "crypt/base64.h"
#include "mail/dkim_body.h"
#include "mail/dkim_header.h"
#include "mail/limits.h"
#include "record/organisation.h"

/* What is signed where it stands in the mail: RFC 6376 section 5.4.1. */
static const struct {
    struct slice name;
    bool is_guarded; /* named once more than it occurs: section 8.15 */
} signed_fields[] = {
    { { "From", 4 }, true },
    { { "To", 2 }, true },
    { { "Subject", 7 }, true },
    { { "Date", 4 }, true },
    { { "Message-ID", 10 }, false },
    { { "MIME-Version", 12 }, false },
    { { "Content-Type", 12 }, true },
    { { "Auto-Submitted", 14 }, false },
    { { "TLS-Report-Domain", 17 }, true },
    { { "TLS-Report-Submitter", 20 }, true },
    { { "TLS-Required", 12 }, false },
};

enum {
    N_SIGNED_FIELDS = sizeof(signed_fields) / sizeof(*signed_fields),
    LINE_CHARACTERS = 72,
    /* A field: names, two digests of base64, h= of some hundred octets. */
    FIELD_MAX_BYTES = 16 * 1024
};

/* A mail while it is signed. */
struct signing {
    struct arena scratch;
    struct dkim_header header;
    struct dkim_sink sink;
    unsigned char body_digest[DIGEST_BYTES];
    utc_time now;
    struct err *err;
};

static int check_names(const struct dkim_signer *signer, struct err *err)
{
    if (!domain_is_plain(slice_of(signer->domain)))
        return err_set(err, ERR_USAGE, "\"%.100s\" is no domain to sign by",
                       signer->domain);
    if (!domain_is_plain(slice_of(signer->selector)))
        return err_set(err, ERR_USAGE, "\"%.100s\" is no selector of DKIM",
                       signer->selector);
    return 0;
}

static int check_alignment(const char *domain, const char *from_domain,
                           struct err *err)
{
    enum organisation_alignment alignment = ORGANISATION_APART;
    struct arena arena;
    int rc;

    arena_init(&arena, DKIM_MAX_RECORD_BYTES);
    rc = organisation_compare(&arena, slice_of(domain), slice_of(from_domain),
                              &alignment, err);
    arena_deinit(&arena);
    if (rc == 0 && alignment == ORGANISATION_APART)
        return err_set(err, ERR_USAGE,
                       "a signature by %.100s does not count for mail from "
                       "%.100s",
                       domain, from_domain);
    return rc;
}

int dkim_sign_check(const struct dkim_signer *signer, const char *from_domain,
                    bool *out_is_weak, struct err *err)
{
    bool is_rsa = signature_key_kind(signer->key) == SIGNATURE_RSA;
    unsigned bits = signature_key_bits(signer->key);

    if (is_rsa && bits < DKIM_SIGN_MIN_RSA_BITS)
        return err_set(err, ERR_USAGE,
                       "the RSA key has %u bits, and by less than %d nobody "
                       "believes a signature",
                       bits, DKIM_SIGN_MIN_RSA_BITS);
    if (check_names(signer, err) ||
        check_alignment(signer->domain, from_domain, err))
        return -1;
    *out_is_weak = is_rsa && bits < DKIM_SIGN_GOOD_RSA_BITS;
    return 0;
}

/* Whatever a relay would rewrite breaks the signature: RFC 6376 section 5.3. */
static int check_wire(struct slice message, struct err *err)
{
    char before = 0;

    if (message.len > MAIL_MAX_MESSAGE_BYTES)
        return err_set(err, ERR_LIMIT, "mail is larger than 80 MiB");
    for (size_t i = 0; i < message.len; i++) {
        char c = message.ptr[i];

        if ((unsigned char)c > 126 || c == 0)
            return err_set(err, ERR_INPUT, "mail to be signed is not 7-bit");
        if ((c == '\n') != (before == '\r'))
            return err_set(err, ERR_INPUT,
                           "mail to be signed has a bare CR or LF");
        before = c;
    }
    return 0;
}

/* ---- One signature ------------------------------------------------------- */

/* Adds a name to h=, folding before it where the line gets long. */
static void add_name(struct buffer *out, size_t *column, struct slice name)
{
    bool is_first = *column == 0;

    if (is_first) {
        buffer_add_text(out, "\th=");
        *column = 3;
    } else if (*column + name.len + 2 > LINE_CHARACTERS) {
        buffer_add_text(out, ":\r\n\t ");
        *column = 2;
    } else {
        buffer_add_char(out, ':');
        *column += 1;
    }
    buffer_add(out, name.ptr, name.len);
    *column += name.len;
}

/* Writes h=, and digests the fields in the same order, from the last up. */
static void add_fields(struct signing *s, struct buffer *out)
{
    size_t column = 0;

    dkim_header_rewind(&s->header);
    for (size_t i = 0; i < N_SIGNED_FIELDS; i++) {
        struct slice name = signed_fields[i].name;

        for (;;) {
            size_t at = dkim_header_take(&s->header, name);

            if (at == DKIM_HEADER_NONE)
                break;
            add_name(out, &column, name);
            dkim_header_add(&s->sink, &s->header.fields[at], DKIM_RELAXED,
                            false);
        }
        if (signed_fields[i].is_guarded)
            add_name(out, &column, name);
    }
    buffer_add_text(out, ";\r\n");
}

static void add_tags(struct signing *s, const struct dkim_signer *signer,
                     struct buffer *out)
{
    bool is_rsa = signature_key_kind(signer->key) == SIGNATURE_RSA;

    buffer_add_format(out,
                      "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed;\r\n"
                      "\td=%s;\r\n\ts=%s;\r\n"
                      "\tt=%" PRId64 ";\r\n",
                      is_rsa ? "rsa-sha256" : "ed25519-sha256", signer->domain,
                      signer->selector, s->now);
    add_fields(s, out);
    buffer_add_text(out, "\tbh=");
    base64_encode(slice_make(s->body_digest, DIGEST_BYTES), 0, "", out);
    buffer_add_text(out, ";\r\n\tb=");
}

/* The field goes into the digest with nothing behind "b=", and last. */
static int add_signature(struct signing *s, const struct dkim_signer *signer,
                         struct buffer *out)
{
    static const size_t name_len = sizeof("DKIM-Signature") - 1;
    struct dkim_field field = { .name_len = name_len, .value = name_len + 1 };
    unsigned char digest[DIGEST_BYTES];
    char value[SIGNATURE_MAX_BYTES];
    size_t bytes;

    add_tags(s, signer, out);
    if (out->failed)
        return err_memory(s->err);
    field.octets = buffer_slice(out);
    dkim_header_add(&s->sink, &field, DKIM_RELAXED, true);
    dkim_sink_finish(&s->sink, digest);
    if (signature_make(signer->key, digest, value, &bytes, s->err))
        return -1;
    base64_encode(slice_make(value, bytes), LINE_CHARACTERS, "\r\n\t ", out);
    buffer_add_text(out, "\r\n");
    return out->failed ? err_memory(s->err) : 0;
}

static int add_all(struct signing *s, const struct dkim_signer *signers,
                   size_t n, struct buffer *out)
{
    struct buffer field;
    int rc = 0;

    buffer_init(&field, FIELD_MAX_BYTES);
    for (size_t i = 0; i < n && rc == 0; i++) {
        buffer_reset(&field);
        rc = add_signature(s, &signers[i], &field);
        if (rc == 0)
            buffer_add(out, field.ptr, field.len);
    }
    buffer_deinit(&field);
    if (rc == 0 && out->failed)
        return err_set(s->err, ERR_LIMIT, "no room for the signatures");
    return rc;
}

static int digest_body(struct signing *s, struct slice body)
{
    unsigned char digests[DKIM_CANON_COUNT][DIGEST_BYTES];

    if (dkim_body_digest(body, 1u << DKIM_RELAXED, digests) ||
        dkim_sink_init(&s->sink))
        return err_memory(s->err);
    memcpy(s->body_digest, digests[DKIM_RELAXED], DIGEST_BYTES);
    return 0;
}

static int sign(struct signing *s, struct slice message,
                const struct dkim_signer *signers, size_t n, struct buffer *out)
{
    struct slice body;

    if (dkim_header_read(&s->scratch, message, &s->header, &body, s->err))
        return -1;
    if (s->header.is_malformed)
        return err_set(s->err, ERR_INPUT,
                       "the header of a mail to be signed is broken");
    if (!dkim_header_find(&s->header, SLICE("from")))
        return err_set(s->err, ERR_INPUT,
                       "a mail to be signed says not from whom it is");
    if (digest_body(s, body))
        return -1;
    return add_all(s, signers, n, out);
}

int dkim_sign(struct slice message, const struct dkim_signer *signers,
              size_t n_signers, utc_time now, struct buffer *out,
              struct err *err)
{
    struct signing s = { .now = now, .err = err };
    int rc;

    if (check_wire(message, err))
        return -1;
    arena_init(&s.scratch, DKIM_MAX_SCRATCH_BYTES);
    rc = sign(&s, message, signers, n_signers, out);
    dkim_sink_deinit(&s.sink);
    dkim_header_deinit(&s.header);
    arena_deinit(&s.scratch);
    return rc;
}
