/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim.h"

#include "base/domain.h"
#include "mail/dkim_author.h"
#include "mail/dkim_header.h"
#include "mail/dkim_signature.h"
#include "mail/limits.h"
#include "mail/preamble.h"
#include "record/tag_list.h"

/* A mail while its signatures are read. */
struct signed_mail {
    struct arena *arena;  /* for what is given out */
    struct arena scratch; /* for what is not */
    struct dkim_header header;
    struct slice body;
    struct dkim_sink sink; /* for digests of the header */
    utc_time arrival;
    struct dkim *dkim;
    struct dkim_signature_text texts[DKIM_MAX_SIGNATURES];
    size_t fields[DKIM_MAX_SIGNATURES]; /* where each signature stands */
    struct err *err;
};

static const struct slice signature_name = { "dkim-signature", 14 };

/* Gives the value of a field without the line end. */
static struct slice value_of(const struct dkim_field *field)
{
    struct slice s = slice_skip(field->octets, field->value);

    if (s.len && s.ptr[s.len - 1] == '\n')
        s.len--;
    if (s.len && s.ptr[s.len - 1] == '\r')
        s.len--;
    return s;
}

/* Finds the signature fields, from the top of the mail. */
static void find_signatures(struct signed_mail *r)
{
    const struct dkim_name *name = dkim_header_find(&r->header, signature_name);
    size_t n = name ? name->n_fields : 0;
    size_t at = name ? name->bottom : DKIM_HEADER_NONE;

    r->dkim->n_signatures = n < DKIM_MAX_SIGNATURES ? n : DKIM_MAX_SIGNATURES;
    r->dkim->n_ignored = n - r->dkim->n_signatures;
    for (; n; n--) {
        if (n <= DKIM_MAX_SIGNATURES)
            r->fields[n - 1] = at;
        at = r->header.fields[at].above;
    }
}

static int parse_signatures(struct signed_mail *r)
{
    struct dkim *dkim = r->dkim;

    dkim->signatures =
        arena_calloc(r->arena, dkim->n_signatures, sizeof(*dkim->signatures));
    if (!dkim->signatures)
        return arena_error(r->arena, r->err);
    for (size_t i = 0; i < dkim->n_signatures; i++) {
        struct dkim_signature *signature = &dkim->signatures[i];
        const struct dkim_field *field = &r->header.fields[r->fields[i]];

        if (dkim_signature_parse(r->arena, value_of(field), r->arrival,
                                 signature, &r->texts[i], r->err))
            return -1;
        if (r->texts[i].names.len) {
            signature->names.ptr = arena_copy(r->arena, r->texts[i].names);
            if (!signature->names.ptr)
                return arena_error(r->arena, r->err);
            signature->names.len = r->texts[i].names.len;
        }
        if (r->header.is_malformed)
            signature->fault = dkim_reason(DKIM_REASON_HEADER_MALFORMED);
    }
    return 0;
}

/* RFC 6376 section 3.7: the body first, which spares the rest if it differs. */
static int check_body(struct signed_mail *r)
{
    unsigned char digests[DKIM_CANON_COUNT][DIGEST_BYTES];
    unsigned wanted = 0;

    for (size_t i = 0; i < r->dkim->n_signatures; i++) {
        if (!r->dkim->signatures[i].fault)
            wanted |= 1u << r->dkim->signatures[i].body_canon;
    }
    if (wanted && dkim_body_digest(r->body, wanted, digests))
        return err_memory(r->err);
    for (size_t i = 0; i < r->dkim->n_signatures; i++) {
        struct dkim_signature *signature = &r->dkim->signatures[i];

        if (!signature->fault &&
            memcmp(digests[signature->body_canon], r->texts[i].body_digest,
                   DIGEST_BYTES) != 0)
            signature->fault = dkim_reason(DKIM_REASON_BODY_CHANGED);
    }
    return 0;
}

/*
 * Tells whether a field that is signed stands there once more: a signature
 * covers the last ones, while readers take the first. RFC 6376 section 8.15.
 * Only of fields that this program reads.
 */
static bool has_added_field(const struct dkim_header *header)
{
    static const struct {
        struct slice name, counts_as;
    } rows[] = {
        { { "from", 4 }, { "from", 4 } },
        { { "subject", 7 }, { "subject", 7 } },
        { { "mime-version", 12 }, { "mime-version", 12 } },
        { { "content-type", 12 }, { "content-type", 12 } },
        /* mail_read takes this for a misspelt Content-Type. */
        { { "contenttype", 11 }, { "content-type", 12 } },
        { { "content-transfer-encoding", 25 },
          { "content-transfer-encoding", 25 } },
        { { "tls-report-domain", 17 }, { "tls-report-domain", 17 } },
        { { "tls-report-submitter", 20 }, { "tls-report-submitter", 20 } },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct dkim_name *name = dkim_header_find(header, rows[i].name);
        const struct dkim_name *as =
            dkim_header_find(header, rows[i].counts_as);

        if (name && as && as->n_signed && name->n_signed < name->n_fields)
            return true;
    }
    return false;
}

/* Adds the fields that h= names: RFC 6376 section 5.4.2. */
static void add_fields(struct signed_mail *r, size_t number)
{
    const struct dkim_signature *signature = &r->dkim->signatures[number];
    struct slice rest = r->texts[number].names, name;

    dkim_header_rewind(&r->header);
    while (tag_list_take_item(&rest, &name)) {
        size_t at = dkim_header_take(&r->header, name);

        /* The signature itself was not there yet when it was made. */
        if (at == r->fields[number])
            at = dkim_header_take(&r->header, name);
        if (at != DKIM_HEADER_NONE)
            dkim_header_add(&r->sink, &r->header.fields[at],
                            signature->header_canon, false);
    }
}

/* Adds the signature field itself, with nothing behind "b=". */
static int add_itself(struct signed_mail *r, size_t number)
{
    struct dkim_field field = r->header.fields[r->fields[number]];
    struct slice whole = r->texts[number].whole;
    size_t before = (size_t)(whole.ptr - field.octets.ptr);
    size_t behind = field.octets.len - before - whole.len;
    char *copy = arena_alloc(&r->scratch, field.octets.len);

    if (!copy)
        return arena_error(&r->scratch, r->err);
    memcpy(copy, field.octets.ptr, before);
    memcpy(copy + before, whole.ptr + whole.len, behind);
    field.octets = slice_make(copy, before + behind);
    dkim_header_add(&r->sink, &field, r->dkim->signatures[number].header_canon,
                    true);
    return 0;
}

static int digest_header(struct signed_mail *r, size_t number)
{
    struct dkim_signature *signature = &r->dkim->signatures[number];

    if (signature->fault)
        return 0;
    add_fields(r, number);
    if (add_itself(r, number))
        return -1;
    dkim_sink_finish(&r->sink, signature->digest);
    if (has_added_field(&r->header))
        signature->fault = dkim_reason(DKIM_REASON_FIELD_ADDED);
    return 0;
}

static int find_author(struct signed_mail *r)
{
    const struct dkim_name *from = dkim_header_find(&r->header, SLICE("from"));
    struct slice domain;

    if (!from || from->n_fields != 1)
        return 0;
    domain = dkim_author_domain(value_of(&r->header.fields[from->bottom]));
    if (domain.len == 0)
        return 0;
    r->dkim->from_domain = domain_normalise(r->arena, domain, NULL);
    return r->dkim->from_domain ? 0 : arena_error(r->arena, r->err);
}

static int read_signatures(struct signed_mail *r)
{
    if (find_author(r))
        return -1;
    find_signatures(r);
    if (r->dkim->n_signatures == 0)
        return 0;
    if (dkim_sink_init(&r->sink))
        return err_memory(r->err);
    if (parse_signatures(r) || check_body(r))
        return -1;
    for (size_t i = 0; i < r->dkim->n_signatures; i++) {
        if (digest_header(r, i))
            return -1;
        if (r->dkim->signatures[i].fault)
            r->dkim->signatures[i].query_name = NULL;
    }
    return 0;
}

int dkim_read(struct arena *arena, struct slice message, utc_time arrival,
              struct dkim *out_dkim, struct err *err)
{
    struct dkim dkim = { .signatures = NULL };
    struct signed_mail r = {
        .arena = arena, .arrival = arrival, .dkim = &dkim, .err = err
    };
    int rc;

    if (message.len > MAIL_MAX_MESSAGE_BYTES)
        return err_set(err, ERR_LIMIT, "mail is larger than 80 MiB");
    arena_init(&r.scratch, DKIM_MAX_SCRATCH_BYTES);
    rc = dkim_header_read(&r.scratch, preamble_skip(message), &r.header,
                          &r.body, err);
    if (rc == 0)
        rc = read_signatures(&r);
    dkim_sink_deinit(&r.sink);
    dkim_header_deinit(&r.header);
    arena_deinit(&r.scratch);
    if (rc == 0)
        *out_dkim = dkim;
    return rc;
}
