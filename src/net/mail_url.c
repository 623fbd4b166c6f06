/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/mail_url.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"

static const struct scheme {
    const char *name;
    enum mail_protocol protocol;
    bool is_tls;
    uint16_t port;
} schemes[] = {
    { "imaps://", MAIL_IMAP, true, 993 },
    { "imap://", MAIL_IMAP, false, 143 },
    { "pop3s://", MAIL_POP3, true, 995 },
    { "pop3://", MAIL_POP3, false, 110 },
};

enum { N_SCHEMES = sizeof(schemes) / sizeof(*schemes) };

static const struct scheme *find_scheme(struct slice text)
{
    for (size_t i = 0; i < N_SCHEMES; i++)
        if (slice_starts_fold(text, slice_of(schemes[i].name)))
            return &schemes[i];
    return NULL;
}

bool mail_url_is(const char *text)
{
    return find_scheme(slice_of(text)) != NULL;
}

/* Takes %XX away. Returns: 0; -1 where it is not text that fits. */
static int decode(struct slice in, char *out, size_t out_bytes)
{
    size_t n = 0;

    for (size_t i = 0; i < in.len; i++) {
        int c = (unsigned char)in.ptr[i];

        if (c == '%') {
            int high = in.len - i > 2 ? text_hex_value(in.ptr[i + 1]) : -1;
            int low = in.len - i > 2 ? text_hex_value(in.ptr[i + 2]) : -1;

            if (high < 0 || low < 0)
                return -1;
            c = high * 16 + low;
            i += 2;
        }
        if (c < ' ' || c == 0x7f || n + 1 >= out_bytes)
            return -1;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return text_utf8_prefix(slice_make(out, n)) == n ? 0 : -1;
}

/* Octets of a host's name or address; anything else is no host. */
static bool is_host(struct slice host)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";

    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] == '\0' || !strchr(letters, host.ptr[i]))
            return false;
    return host.len > 0 && host.len < MAIL_URL_HOST_BYTES;
}

static int parse_port(struct slice text, uint16_t *out_port)
{
    unsigned port = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || port > 6553)
            return -1;
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
    }
    if (port == 0 || port > 65535)
        return -1;
    *out_port = (uint16_t)port;
    return 0;
}

/* host, host:port, [address], [address]:port */
static int parse_host(struct slice text, struct mail_url *url, struct err *err)
{
    struct slice host, port;

    if (text.len && text.ptr[0] == '[') {
        port = slice_skip(text, 1);
        host = slice_cut(&port, ']');
        if (port.len && port.ptr[0] != ':')
            host = (struct slice){ 0 };
        port = slice_skip(port, 1);
    } else {
        port = text;
        host = slice_cut(&port, ':');
        if (slice_find(port, ':') < port.len) /* an address needs brackets */
            host = (struct slice){ 0 };
    }
    if (!is_host(host))
        return err_set(err, ERR_USAGE, "\"%.*s\" is no host", (int)text.len,
                       text.ptr);
    if (port.len && parse_port(port, &url->port))
        return err_set(err, ERR_USAGE, "\"%.*s\" is no port", (int)port.len,
                       port.ptr);
    snprintf(url->host, sizeof(url->host), "%.*s", (int)host.len, host.ptr);
    return 0;
}

/* The user's name ends at the last '@'. */
static int parse_user(struct slice *rest, struct mail_url *url, struct err *err)
{
    size_t at = rest->len;
    struct slice user;

    while (at > 0 && rest->ptr[at - 1] != '@')
        at--;
    if (at < 2)
        return err_set(err, ERR_USAGE,
                       "a mailbox is written as imaps://user@host/Folder");
    user = slice_make(rest->ptr, at - 1);
    *rest = slice_skip(*rest, at);
    if (slice_find(user, ':') < user.len)
        return err_set(err, ERR_USAGE,
                       "no password may stand in a URL; put it into a file");
    if (decode(user, url->user, sizeof(url->user)))
        return err_set(err, ERR_USAGE, "\"%.*s\" is no user", (int)user.len,
                       user.ptr);
    return 0;
}

static int parse_folder(struct slice path, struct mail_url *url,
                        struct err *err)
{
    if (url->protocol == MAIL_POP3) {
        if (path.len)
            return err_set(err, ERR_USAGE,
                           "POP3 has one folder; leave out "
                           "what stands behind the host");
        return 0;
    }
    if (path.len == 0)
        path = SLICE("INBOX");
    if (decode(path, url->folder, sizeof(url->folder)))
        return err_set(err, ERR_USAGE, "\"%.*s\" is no folder",
                       path.len > 200 ? 200 : (int)path.len, path.ptr);
    return 0;
}

int mail_url_parse(const char *text, struct mail_url *out_url, struct err *err)
{
    struct slice rest = slice_of(text);
    const struct scheme *scheme = find_scheme(rest);
    struct mail_url url;
    struct slice authority;

    if (!scheme || rest.len > MAIL_URL_BYTES)
        return err_set(err, ERR_USAGE,
                       "\"%.100s\" is no imaps:, imap:, pop3s: or pop3: URL",
                       text);
    url = (struct mail_url){ .protocol = scheme->protocol,
                             .is_tls = scheme->is_tls,
                             .port = scheme->port };
    rest = slice_skip(rest, strlen(scheme->name));
    authority = slice_cut(&rest, '/');
    if (authority.len > 600)
        return err_set(err, ERR_USAGE, "the URL is too long");
    if (parse_user(&authority, &url, err) || parse_host(authority, &url, err) ||
        parse_folder(rest, &url, err))
        return -1;
    *out_url = url;
    return 0;
}

static size_t encode(const char *text, const char *plain, char *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~";
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (strchr(letters, *text) || strchr(plain, *text)) {
            out[n++] = *text;
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    out[n] = '\0';
    return n;
}

static const struct scheme *scheme_of(const struct mail_url *url)
{
    const struct scheme *scheme = schemes;

    while (scheme->protocol != url->protocol || scheme->is_tls != url->is_tls)
        scheme++;
    return scheme;
}

const char *mail_url_format(const struct mail_url *url,
                            char out[static MAIL_URL_BYTES])
{
    const struct scheme *scheme = scheme_of(url);
    bool has_colon = strchr(url->host, ':') != NULL;
    size_t n = strlen(scheme->name);

    memcpy(out, scheme->name, n);
    n += encode(url->user, "@", out + n);
    n += (size_t)snprintf(out + n, MAIL_URL_BYTES - n,
                          has_colon ? "@[%s]" : "@%s", url->host);
    if (url->port != scheme->port)
        n += (size_t)snprintf(out + n, MAIL_URL_BYTES - n, ":%u", url->port);
    if (url->protocol == MAIL_IMAP) {
        out[n++] = '/';
        encode(url->folder, "/", out + n);
    }
    return out;
}

bool mail_url_is_loopback(const struct mail_url *url)
{
    return strcmp(url->host, "localhost") == 0 ||
           strcmp(url->host, "::1") == 0 ||
           (strncmp(url->host, "127.", 4) == 0 &&
            strspn(url->host, "0123456789.") == strlen(url->host));
}
