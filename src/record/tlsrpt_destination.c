/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/tlsrpt_destination.h"

#include "base/address.h"
#include "base/domain.h"
#include "base/text.h"
#include "record/limits.h"
#include "record/uri.h"

enum { HTTPS_PORT = 443, PORT_MAX = 65535 };

/* A part decoded or made canonical, in the arena; NULL when out of memory. */
static const char *spell(struct arena *arena, struct slice part,
                         void (*write)(struct slice, struct buffer *))
{
    struct buffer buffer;
    const char *text = NULL;

    buffer_init(&buffer, 2 * RECORD_URI_BYTES);
    write(part, &buffer);
    if (!buffer.failed)
        text = arena_copy(arena, buffer_slice(&buffer));
    buffer_deinit(&buffer);
    return text;
}

/* Codes may hide what ends a text, or a line of the mail it gets into. */
static bool is_text(const char *text, struct slice part)
{
    for (size_t i = 0; i + 2 < part.len; i++) {
        if (part.ptr[i] == '%' && part.ptr[i + 1] == '0' &&
            part.ptr[i + 2] == '0')
            return false;
    }
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    }
    return text_utf8_prefix(slice_of(text)) == strlen(text);
}

/* *out_name: the domain as A-labels, NULL where it is none. */
static int read_domain(struct arena *arena, struct slice part,
                       const char **out_name, struct err *err)
{
    const char *text = spell(arena, part, uri_decode);
    const char *name = NULL;
    unsigned changes = 0;

    if (text)
        name = domain_normalise(arena, slice_of(text), &changes);
    if (!name)
        return arena_error(arena, err);
    if ((changes & (DOMAIN_BAD | DOMAIN_BLANKS)) || !is_text(text, part) ||
        !*name || *name == '*')
        name = NULL;
    *out_name = name;
    return 0;
}

static int read_mailto(struct arena *arena, const struct uri *uri,
                       struct tlsrpt_destination *out, struct err *err)
{
    size_t at = slice_find(uri->path, '@');
    struct slice local = slice_make(uri->path.ptr, at);
    struct slice domain = slice_skip(uri->path, at + 1);

    if (uri->has_authority || local.len == 0 || domain.len == 0 ||
        memchr(domain.ptr, '@', domain.len))
        return TLSRPT_DESTINATION_MAILTO;
    out->scheme = TLSRPT_MAILTO;
    out->local = spell(arena, local, uri_decode);
    if (!out->local)
        return arena_error(arena, err);
    if (read_domain(arena, domain, &out->host, err))
        return -1;
    return out->host && is_text(out->local, local) ? 0
                                                   : TLSRPT_DESTINATION_MAILTO;
}

/* *out_host: NULL where it is none. */
static int read_host(struct arena *arena, struct slice host,
                     const char **out_host, struct err *err)
{
    int form;

    if (*host.ptr != '[')
        return read_domain(arena, host, out_host, err);
    form = address_normalise(arena, host, out_host);
    if (form < 0)
        return arena_error(arena, err);
    if (form == ADDRESS_NO_ADDRESS || form == ADDRESS_EMPTY)
        *out_host = NULL;
    return 0;
}

/* Returns: the port, 0 where it is none. */
static unsigned read_port(struct slice digits)
{
    unsigned port = 0;

    if (digits.len == 0)
        return HTTPS_PORT;
    for (size_t i = 0; i < digits.len; i++) {
        port = port * 10 + (unsigned)(digits.ptr[i] - '0');
        if (port > PORT_MAX)
            return 0;
    }
    return port;
}

static int read_https(struct arena *arena, const struct uri *uri,
                      struct tlsrpt_destination *out, struct err *err)
{
    out->scheme = TLSRPT_HTTPS;
    out->port = read_port(uri->port);
    if (uri->host.len == 0 || uri->user.ptr || out->port == 0)
        return TLSRPT_DESTINATION_HTTPS;
    if (read_host(arena, uri->host, &out->host, err))
        return -1;
    out->path = spell(arena, uri->reference, uri_canonical);
    if (out->path && *out->path != '/')
        out->path = arena_printf(arena, "/%s", out->path);
    if (!out->path)
        return arena_error(arena, err);
    return out->host ? 0 : TLSRPT_DESTINATION_HTTPS;
}

int tlsrpt_destination_read(struct arena *arena, struct slice text,
                            struct tlsrpt_destination *out_destination,
                            size_t *out_fault, struct err *err)
{
    struct tlsrpt_destination met = { .uri = NULL };
    struct uri uri;
    int status;

    *out_fault = RECORD_URI_BYTES;
    if (text.len > RECORD_URI_BYTES || uri_parse(text, &uri, out_fault))
        return TLSRPT_DESTINATION_NO_URI;
    *out_fault = 0;
    met.uri = arena_copy(arena, text);
    if (!met.uri)
        return arena_error(arena, err);
    if (slice_equal_fold(uri.scheme, SLICE("mailto")))
        status = read_mailto(arena, &uri, &met, err);
    else if (slice_equal_fold(uri.scheme, SLICE("https")))
        status = read_https(arena, &uri, &met, err);
    else
        status = TLSRPT_DESTINATION_SCHEME;
    if (status == 0)
        *out_destination = met;
    return status;
}

void tlsrpt_destination_format_mailto(const char *address, char *out_uri,
                                      size_t out_bytes)
{
    /* A quoted local part may hold an "@", too. */
    const char *at = strrchr(address, '@');
    struct buffer buffer;

    out_uri[0] = '\0';
    if (!at)
        return;
    buffer_init(&buffer, out_bytes);
    buffer_add_format(&buffer, "mailto:");
    uri_encode(slice_make(address, (size_t)(at - address)), &buffer);
    buffer_add_char(&buffer, '@');
    uri_encode(slice_of(at + 1), &buffer);
    buffer_add_char(&buffer, '\0');
    if (!buffer.failed)
        memcpy(out_uri, buffer.ptr, buffer.len);
    buffer_deinit(&buffer);
}

bool tlsrpt_destination_equal(const struct tlsrpt_destination *a,
                              const struct tlsrpt_destination *b)
{
    if (a->scheme != b->scheme || strcmp(a->host, b->host) != 0)
        return false;
    if (a->scheme == TLSRPT_MAILTO)
        return slice_equal_fold(slice_of(a->local), slice_of(b->local));
    return a->port == b->port && strcmp(a->path, b->path) == 0;
}
