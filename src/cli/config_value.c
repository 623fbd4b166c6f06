/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/domain.h"
#include "cli/suggest.h"

/* The port of https that a URI does not name. */
enum { HTTPS_PORT = 443 };

struct unit {
    const char *name;
    int64_t factor;
};

/* The largest first, as they are written. */
static const struct unit duration_units[] = {
    { "w", 7 * 86400 }, { "d", 86400 }, { "h", 3600 },
    { "min", 60 },      { "s", 1 },     { 0 },
};

static const struct unit size_units[] = {
    { "TiB", INT64_C(1) << 40 },
    { "TB", INT64_C(1000000000000) },
    { "GiB", INT64_C(1) << 30 },
    { "GB", 1000000000 },
    { "MiB", 1 << 20 },
    { "MB", 1000000 },
    { "KiB", 1024 },
    { "kB", 1000 },
    { "B", 1 },
    { 0 },
};

/* Takes digits off the front. Returns: how many, 0 also where they overflow. */
static size_t take_digits(const char *text, int64_t *out_number)
{
    size_t n = 0;

    *out_number = 0;
    for (; text[n] >= '0' && text[n] <= '9'; n++)
        if (__builtin_mul_overflow(*out_number, 10, out_number) ||
            __builtin_add_overflow(*out_number, text[n] - '0', out_number))
            return 0;
    return n;
}

/* Writes in the largest unit that leaves no rest. */
static const char *format_units(int64_t value, const struct unit *units,
                                char out[static 32])
{
    while (units->factor > 1 && (value == 0 || value % units->factor))
        units++;
    snprintf(out, 32, "%" PRId64 "%s", value / units->factor, units->name);
    return out;
}

static int refuse_range(const char *text, int64_t min, int64_t max,
                        const struct unit *units, struct err *err)
{
    char least[32], most[32];

    format_units(min, units, least);
    if (max == INT64_MAX)
        return err_set(err, ERR_USAGE, "is \"%.64s\", but must be %s at least",
                       text, least);
    return err_set(err, ERR_USAGE, "is \"%.64s\", but must be from %s to %s",
                   text, least, format_units(max, units, most));
}

/* Reads a number and one of some units. Returns: 1 where it is out of range. */
static int read_units(const char *text, const struct unit *units, int64_t min,
                      int64_t max, const char *example, int64_t *out_value,
                      struct err *err)
{
    int64_t value;
    size_t n = take_digits(text, &value);
    const char *name = text + n;

    while (n && units->name && strcmp(units->name, name) != 0 &&
           !(value == 0 && *name == '\0'))
        units++;
    if (n == 0 || !units->name)
        return err_set(err, ERR_USAGE,
                       "is \"%.64s\", but must be a number with its unit, "
                       "e.g. %s",
                       text, example);
    if (__builtin_mul_overflow(value, units->factor, &value) || value < min ||
        value > max)
        return 1;
    *out_value = value;
    return 0;
}

int config_value_duration(const char *text, int64_t min_s, int64_t max_s,
                          int64_t *out_s, struct err *err)
{
    int rc;

    if (max_s == INT64_MAX && strcmp(text, "forever") == 0) {
        *out_s = INT64_MAX;
        return 0;
    }
    rc = read_units(text, duration_units, min_s, max_s,
                    max_s == INT64_MAX ? "90d or 12h, or forever"
                                       : "90d, 12h, 5min or 30s",
                    out_s, err);
    return rc > 0 ? refuse_range(text, min_s, max_s, duration_units, err) : rc;
}

int config_value_size(const char *text, int64_t min_bytes, int64_t max_bytes,
                      int64_t *out_bytes, struct err *err)
{
    int rc = read_units(text, size_units, min_bytes, max_bytes,
                        "512KiB, 10MiB or 1GB", out_bytes, err);

    return rc > 0 ? refuse_range(text, min_bytes, max_bytes, size_units, err)
                  : rc;
}

int config_value_count(const char *text, int64_t min, int64_t max,
                       int64_t *out_count, struct err *err)
{
    int64_t count;
    size_t n = take_digits(text, &count);

    if (n == 0 || text[n] || count < min || count > max)
        return err_set(err, ERR_USAGE,
                       "is \"%.64s\", but must be a whole number from %" PRId64
                       " to %" PRId64,
                       text, min, max);
    *out_count = count;
    return 0;
}

int config_value_flag(const char *text, bool *out_flag, struct err *err)
{
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return err_set(err, ERR_USAGE, "is \"%.64s\", but must be yes or no",
                       text);
    *out_flag = *text == 'y';
    return 0;
}

int config_value_word(const char *text, const char *const *words,
                      unsigned *out_index, struct err *err)
{
    struct suggest suggest;
    char all[160] = "";
    size_t n = 0;

    suggest_init(&suggest, text);
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *out_index = i;
            return 0;
        }
        suggest_add(&suggest, words[i]);
        n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s",
                              i == 0         ? ""
                              : words[i + 1] ? ", "
                                             : " or ",
                              words[i]);
        if (n >= sizeof(all))
            n = sizeof(all) - 1;
    }
    if (suggest.nearest)
        return err_set(err, ERR_USAGE,
                       "is \"%.64s\", but must be %s; did you mean %s?", text,
                       all, suggest.nearest);
    return err_set(err, ERR_USAGE, "is \"%.64s\", but must be %s", text, all);
}

/* ---- Names --------------------------------------------------------------- */

static int refuse_domain(const char *text, struct err *err)
{
    return err_set(err, ERR_USAGE, "has \"%.100s\", which is no domain name",
                   text);
}

/* Normalises a name that must be one. Returns: NULL with err. */
static const char *normalise(struct arena *arena, const char *text,
                             struct err *err)
{
    unsigned changes;
    const char *name = domain_normalise(arena, slice_of(text), &changes);

    if (!name)
        err_memory(err);
    else if (*name == '\0' || changes & DOMAIN_BAD || strchr(name, '*')) {
        refuse_domain(text, err);
        return NULL;
    }
    return name;
}

int config_value_domain(struct arena *arena, const char *text,
                        const char **out_domain, struct err *err)
{
    bool has_dot = *text == '.';
    const char *name;

    if (strncmp(text, "*.", 2) == 0)
        return err_set(err, ERR_USAGE,
                       "has \"%.100s\"; write %.100s for a domain and all "
                       "below",
                       text, text + 1);
    name = normalise(arena, text + has_dot, err);
    if (!name)
        return -1;
    if (has_dot)
        name = arena_printf(arena, ".%s", name);
    if (!name)
        return arena_error(arena, err);
    *out_domain = name;
    return 0;
}

/* Digits alone. Returns: 0 where they are no port. */
static unsigned parse_port(const char *digits)
{
    unsigned port = 0;

    for (; *digits >= '0' && *digits <= '9' && port <= UINT16_MAX; digits++)
        port = port * 10 + (unsigned)(*digits - '0');
    return *digits || port > UINT16_MAX ? 0 : port;
}

int config_value_authority(struct arena *arena, const char *text,
                           const char **out_authority, struct err *err)
{
    const size_t len = strcspn(text, ":");
    const char *host = arena_copy(arena, slice_make(text, len));
    unsigned port = HTTPS_PORT;

    if (!host)
        return arena_error(arena, err);
    if (text[len])
        port = parse_port(text + len + 1);
    if (*host == '.' || port == 0)
        return err_set(err, ERR_USAGE,
                       "is \"%.100s\", but must be a name, or name:port", text);
    host = normalise(arena, host, err);
    if (!host)
        return -1;
    if (port != HTTPS_PORT)
        host = arena_printf(arena, "%s:%u", host, port);
    if (!host)
        return arena_error(arena, err);
    *out_authority = host;
    return 0;
}

/* Folds ASCII letters of text in place. */
static void fold(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text + ('a' - 'A'));
}

static bool has_blank(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == '<' || *text == '>' ||
            *text == ',')
            return true;
    return false;
}

int config_value_recipient(struct arena *arena, const char *text,
                           const char **out_recipient, struct err *err)
{
    const char *at = strrchr(text, '@'), *domain;
    char *folded;

    if (has_blank(text) || (*text == '+' ? at || !text[1] : !at))
        return err_set(err, ERR_USAGE,
                       "has \"%.100s\"; write user@example.com, @example.com "
                       "or \"+extension\"",
                       text);
    if (*text == '+') {
        folded = arena_copy(arena, slice_of(text));
    } else {
        domain = normalise(arena, at + 1, err);
        if (!domain)
            return -1;
        folded = arena_printf(arena, "%.*s@%s", (int)(at - text), text, domain);
    }
    if (!folded)
        return arena_error(arena, err);
    fold(folded);
    *out_recipient = folded;
    return 0;
}

int config_value_path(const char *text, struct err *err)
{
    if (*text != '/')
        return err_set(err, ERR_USAGE,
                       "is \"%.100s\", but must be an absolute path, that is "
                       "begin with /",
                       text);
    return 0;
}

const char *config_value_format_duration(int64_t s, char out[static 32])
{
    if (s == INT64_MAX) {
        snprintf(out, 32, "forever");
        return out;
    }
    return format_units(s, duration_units, out);
}

const char *config_value_format_size(int64_t bytes, char out[static 32])
{
    return format_units(bytes, size_units, out);
}
