/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/target.h"

#include <string.h>

#include "record/tlsrpt_destination.h"

static const struct slice directory = { "directory:", 10 };

/* The last label, which says what a name is. */
static const char *last_label(const char *host)
{
    const char *dot = strrchr(host, '.');

    return dot ? dot + 1 : host;
}

bool outgoing_target_is_address(const char *host)
{
    const char *last = last_label(host);

    return strchr(host, ':') || (*last >= '0' && *last <= '9');
}

/* RFC 6761, RFC 6762, and what ICANN keeps for private use. */
static bool is_private(const char *host)
{
    static const char *const names[] = { "localhost", "localdomain", "local",
                                         "internal" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(last_label(host), names[i]) == 0)
            return true;
    }
    return false;
}

const char *outgoing_target_doubt(const struct outgoing_target *target)
{
    if (target->scheme == OUTGOING_DIRECTORY)
        return NULL;
    if (outgoing_target_is_address(target->host))
        return "its host is an address, not a name";
    if (is_private(target->host))
        return "its host is one of our own network";
    if (!strchr(target->host, '.'))
        return "its host has no dot, so it is one of our own network";
    return NULL;
}

static int refuse(struct slice uri, const char *why, struct err *err)
{
    return err_set(err, ERR_USAGE, "\"%.*s\" %s",
                   (int)(uri.len < 150 ? uri.len : 150), uri.ptr, why);
}

static int read_directory(struct arena *arena, struct slice uri,
                          struct outgoing_target *out, struct err *err)
{
    const char *text = arena_copy(arena, uri);

    if (!text)
        return arena_error(arena, err);
    if (text[directory.len] != '/')
        return refuse(uri, "must name a folder from the root on", err);
    *out = (struct outgoing_target){ .scheme = OUTGOING_DIRECTORY,
                                     .uri = text,
                                     .host = "",
                                     .local = "",
                                     .path = text + directory.len };
    return 0;
}

int outgoing_target_read(struct arena *arena, struct slice uri,
                         struct outgoing_target *out_target, struct err *err)
{
    struct tlsrpt_destination met;
    size_t fault;
    int status;

    if (slice_starts(uri, directory))
        return read_directory(arena, uri, out_target, err);
    status = tlsrpt_destination_read(arena, uri, &met, &fault, err);
    if (status < 0)
        return -1;
    switch ((enum tlsrpt_destination_fault)status) {
    case TLSRPT_DESTINATION_FINE: break;
    case TLSRPT_DESTINATION_MAILTO:
        return refuse(uri, "is not one usable mail address", err);
    case TLSRPT_DESTINATION_HTTPS:
        return refuse(uri, "has no usable host", err);
    default: return refuse(uri, "is no URI of mailto, https or directory", err);
    }
    *out_target = (struct outgoing_target){
        .scheme =
            met.scheme == TLSRPT_MAILTO ? OUTGOING_MAILTO : OUTGOING_HTTPS,
        .uri = met.uri,
        .host = met.host,
        .local = met.local ? met.local : "",
        .path = met.path ? met.path : "",
        .port = met.scheme == TLSRPT_MAILTO ? 0 : met.port,
    };
    return 0;
}
