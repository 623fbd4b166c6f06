/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_slot.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "cli/config_value.h"
#include "net/endpoint.h"
#include "outgoing/pattern.h"
#include "record/tlsrpt_destination.h"
#include "service/limits.h"
#include "service/settings.h"

/* ---- Putting ------------------------------------------------------------- */

static int put_copy(struct arena *arena, const char *value, const char **slot,
                    struct err *err)
{
    const char *copy = arena_copy(arena, slice_of(value));

    if (!copy)
        return arena_error(arena, err);
    *slot = copy;
    return 0;
}

static int refuse_empty(struct err *err)
{
    return err_set(err, ERR_USAGE, "is empty; write a value or drop the line");
}

static int put_store(struct arena *arena, const char *value, const char **slot,
                     struct err *err)
{
    const char *url;

    if (strncmp(value, "sqlite:/", 8) == 0)
        return put_copy(arena, value, slot, err);
    if (*value != '/')
        return err_set(err, ERR_USAGE,
                       "is \"%.100s\", but must be sqlite:/PATH or an absolute "
                       "path",
                       value);
    url = arena_printf(arena, "sqlite:%s", value);
    if (!url)
        return arena_error(arena, err);
    *slot = url;
    return 0;
}

static int put_listen(struct arena *arena, const char *value, const char **slot,
                      struct err *err)
{
    struct endpoint endpoint;
    struct err why;

    if (endpoint_parse(value, &endpoint, &why))
        return err_set(err, ERR_USAGE,
                       "is \"%.100s\", but must be an address and port as "
                       "127.0.0.1:24 or [::1]:24, or unix:/PATH",
                       value);
    return put_copy(arena, value, slot, err);
}

static bool is_loopback(const struct endpoint *endpoint)
{
    const struct sockaddr_in *v4 = (const void *)&endpoint->storage;
    const struct sockaddr_in6 *v6 = (const void *)&endpoint->storage;

    if (endpoint->storage.ss_family == AF_INET)
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    return endpoint->storage.ss_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static int put_loopback(struct arena *arena, const char *value,
                        const char **slot, struct err *err)
{
    struct endpoint endpoint;
    struct err why;

    if (strncmp(value, "localhost:", 10) != 0 &&
        (endpoint_parse(value, &endpoint, &why) || !is_loopback(&endpoint)))
        return err_set(
            err, ERR_USAGE,
            "is \"%.100s\", but must be a loopback address and "
            "port, e.g. " SETTINGS_LISTEN
            ": there is no sign-in yet, so use ssh -L from elsewhere",
            value);
    return put_copy(arena, value, slot, err);
}

static int put_mail_uri(struct arena *arena, const char *value,
                        const char **slot, struct err *err)
{
    static const char scheme[] = "mailto:";
    char uri[SERVICE_DESTINATION_BYTES];
    const char *address;
    size_t n = strncmp(value, scheme, sizeof(scheme) - 1) == 0
                   ? sizeof(scheme) - 1
                   : 0;

    if (value[n] == '+' || value[n] == '@' ||
        config_value_recipient(arena, value + n, &address, err))
        return err_set(err, ERR_USAGE,
                       "is \"%.100s\", but must be an address as "
                       "tls-reports@example.com",
                       value);
    /* With the scheme it is a URI, in which codes stand already. */
    if (n == 0)
        tlsrpt_destination_format_mailto(address, uri, sizeof(uri));
    address = n ? arena_printf(arena, "%s%s", scheme, address)
                : arena_copy(arena, slice_of(uri));
    if (!address)
        return arena_error(arena, err);
    *slot = address;
    return 0;
}

static int put_pattern(struct arena *arena, const char *value,
                       enum outgoing_pattern_kind kind, const char **slot,
                       struct err *err)
{
    struct err why;

    if (outgoing_pattern_read(arena, slice_of(value), kind, slot, &why) == 0)
        return 0;
    return err_set(err, why.kind, "cannot be used: %s", why.text);
}

static int put_word(const struct config_key *key, const char *value,
                    unsigned *slot, struct err *err)
{
    unsigned index;

    if (config_value_word(value, key->words, &index, err))
        return -1;
    *slot = key->values ? key->values[index] : index;
    return 0;
}

static int put_seconds(const struct config_key *key, const char *value,
                       unsigned *slot, struct err *err)
{
    int64_t seconds;

    if (config_value_duration(value, key->min, key->max, &seconds, err))
        return -1;
    *slot = (unsigned)seconds;
    return 0;
}

int config_slot_put(const struct config_key *key, struct arena *arena,
                    const char *value, void *slot, struct err *err)
{
    if (*value == '\0')
        return refuse_empty(err);
    switch (key->kind) {
    case CONFIG_TEXT:
    case CONFIG_TENANT: return put_copy(arena, value, slot, err);
    case CONFIG_STORE: return put_store(arena, value, slot, err);
    case CONFIG_LISTEN: return put_listen(arena, value, slot, err);
    case CONFIG_LOOPBACK: return put_loopback(arena, value, slot, err);
    case CONFIG_PATH:
    case CONFIG_SECRET:
        return config_value_path(value, err)
                   ? -1
                   : put_copy(arena, value, slot, err);
    case CONFIG_DOMAIN: return config_value_domain(arena, value, slot, err);
    case CONFIG_HOST:
        if (*value == '.')
            return err_set(err, ERR_USAGE, "is \"%.100s\", but must be a name",
                           value);
        return config_value_domain(arena, value, slot, err);
    case CONFIG_AUTHORITY:
        return config_value_authority(arena, value, slot, err);
    case CONFIG_RECIPIENT:
        return config_value_recipient(arena, value, slot, err);
    case CONFIG_DOMAINS:
        return put_pattern(arena, value, OUTGOING_PATTERN_DOMAIN, slot, err);
    case CONFIG_TARGETS:
        return put_pattern(arena, value, OUTGOING_PATTERN_TARGET, slot, err);
    case CONFIG_MAIL_URI: return put_mail_uri(arena, value, slot, err);
    case CONFIG_DURATION:
        return config_value_duration(value, key->min, key->max, slot, err);
    case CONFIG_SECONDS: return put_seconds(key, value, slot, err);
    case CONFIG_SIZE:
        return config_value_size(value, key->min, key->max, slot, err);
    case CONFIG_COUNT:
        return config_value_count(value, key->min, key->max, slot, err);
    case CONFIG_FLAG: return config_value_flag(value, slot, err);
    case CONFIG_WORD: return put_word(key, value, slot, err);
    }
    return err_set(err, ERR_USAGE, "has no kind");
}

/* ---- Showing ------------------------------------------------------------- */

void config_slot_quote(struct buffer *out, const char *text)
{
    buffer_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buffer_add_char(out, '\\');
        buffer_add_char(out, *text);
    }
    buffer_add_char(out, '"');
}

size_t config_slot_list(const struct config_key *key, const void *item,
                        const char *const **out_items)
{
    const char *at = item;
    size_t n = 0;

    memcpy(out_items, at + key->offset, sizeof(*out_items));
    if (key->count_offset)
        memcpy(&n, at + key->count_offset, sizeof(n));
    else
        while (*out_items && (*out_items)[n])
            n++;
    return n;
}

static bool show_list(const struct config_key *key, const void *item,
                      struct buffer *out)
{
    const char *const *items;
    size_t n = config_slot_list(key, item, &items);

    if (n == 0)
        return false;
    buffer_add_text(out, "{ ");
    for (size_t i = 0; i < n; i++) {
        buffer_add_text(out, i ? ", " : "");
        config_slot_quote(out, items[i]);
    }
    buffer_add_text(out, " }");
    return true;
}

static bool show_text(const char *text, struct buffer *out)
{
    if (!text || !*text)
        return false;
    config_slot_quote(out, text);
    return true;
}

/* A word by its own name; "" where the value is none of them. */
static const char *word_of(const struct config_key *key, unsigned value)
{
    for (unsigned i = 0; key->words[i]; i++)
        if ((key->values ? key->values[i] : i) == value)
            return key->words[i];
    return "";
}

bool config_slot_show(const struct config_key *key, const void *item,
                      struct buffer *out)
{
    const void *slot = (const char *)item + key->offset;
    const int64_t *number = slot;
    size_t before = out->len;
    char room[32];

    if (key->is_list)
        return show_list(key, item, out);
    switch (key->kind) {
    case CONFIG_DURATION:
        buffer_add_text(out, config_value_format_duration(*number, room));
        break;
    case CONFIG_SECONDS:
        buffer_add_text(
            out, config_value_format_duration(*(const unsigned *)slot, room));
        break;
    case CONFIG_SIZE:
        buffer_add_text(out, config_value_format_size(*number, room));
        break;
    case CONFIG_COUNT: buffer_add_format(out, "%" PRId64, *number); break;
    case CONFIG_FLAG:
        buffer_add_text(out, *(const bool *)slot ? "yes" : "no");
        break;
    case CONFIG_WORD:
        buffer_add_text(out, word_of(key, *(const unsigned *)slot));
        break;
    default: return show_text(*(const char *const *)slot, out);
    }
    return out->len > before;
}
