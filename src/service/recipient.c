/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/recipient.h"

#include <string.h>

#include "mail/limits.h"
#include "mail/preamble.h"
#include "service/tenant.h"

enum {
    ADDRESSES = 200, /* of To and Cc; more are no report's */
    ADDRESS_BYTES = 512
};

/* What a field says by its name. */
enum kind { OTHER, TRACE, RECEIVED, ADDRESSEE };

struct reading {
    const struct settings *settings;
    enum recipient_from from;
    unsigned n_addresses; /* of To and Cc, looked at so far */
    bool has_trace;
    bool is_below; /* the first Received */
    const struct settings_tenant *traced, *addressed;
};

/* Gives a field with its folded lines. */
static struct slice whole_field(struct slice rest)
{
    size_t len = slice_line(rest).len;

    while (len < rest.len && (rest.ptr[len] == ' ' || rest.ptr[len] == '\t'))
        len += slice_line(slice_skip(rest, len)).len;
    return slice_make(rest.ptr, len);
}

/* Cuts the name off a field. Returns: whether it has one, as text and JSON have
   not. */
static bool take_name(struct slice *field, struct slice *out_name)
{
    size_t n = 0;

    while (n < field->len && field->ptr[n] > ' ' && field->ptr[n] < 127 &&
           !memchr(":{}[]()<>\"", field->ptr[n], 10))
        n++;
    *out_name = slice_make(field->ptr, n);
    *field = slice_skip(*field, n);
    while (field->len && (*field->ptr == ' ' || *field->ptr == '\t'))
        *field = slice_skip(*field, 1);
    if (n == 0 || field->len == 0 || *field->ptr != ':')
        return false;
    *field = slice_skip(*field, 1);
    return true;
}

static enum kind kind_of(struct slice name)
{
    static const struct {
        const char *name;
        enum kind kind;
    } rows[] = {
        { "Delivered-To", TRACE }, { "X-Original-To", TRACE },
        { "Envelope-To", TRACE },  { "Received", RECEIVED },
        { "To", ADDRESSEE },       { "Cc", ADDRESSEE },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (slice_equal_fold(name, slice_of(rows[i].name)))
            return rows[i].kind;
    }
    return OTHER;
}

/* ---- Addresses ----------------------------------------------------------- */

/* An address while it is taken from a list. */
struct taking {
    char text[ADDRESS_BYTES];
    size_t len;
    bool has_angle; /* what stands in <> is it */
    bool is_long;
};

static void put(struct taking *taking, char c)
{
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0')
        return;
    if (taking->len + 1 < sizeof(taking->text))
        taking->text[taking->len++] = c;
    else
        taking->is_long = true;
}

/* Measures what begins with a quote or a bracket of a comment: a name, in which
   anything may stand. */
static size_t measure_name(struct slice value)
{
    unsigned depth = 0;
    bool is_quoted = false;
    size_t n = 0;

    do {
        char c = value.ptr[n++];

        if (c == '\\' && n < value.len)
            n++;
        else if (c == '"' && depth == 0)
            is_quoted = !is_quoted;
        else if (c == '(' && !is_quoted)
            depth++;
        else if (c == ')' && depth)
            depth--;
    } while (n < value.len && (is_quoted || depth));
    return n;
}

static void take_char(struct taking *taking, char c, bool *is_inside)
{
    if (c == '<') {
        taking->len = 0;
        taking->has_angle = *is_inside = true;
    } else if (c == '>') {
        *is_inside = false;
    } else if (c == ':' && !taking->has_angle) {
        taking->len = 0; /* the name of a group */
    } else if (*is_inside || !taking->has_angle) {
        put(taking, c);
    }
}

/* Takes the next address of a list, which may be none. Returns: whether there is
   more of it. */
static bool take_address(struct slice *value, struct taking *taking)
{
    bool is_inside = false;

    *taking = (struct taking){ .len = 0 };
    while (value->len) {
        char c = *value->ptr;

        if (c == '"' || c == '(') {
            *value = slice_skip(*value, measure_name(*value));
            continue;
        }
        *value = slice_skip(*value, 1);
        if (!is_inside && (c == ',' || c == ';'))
            break;
        take_char(taking, c, &is_inside);
    }
    taking->text[taking->len] = '\0';
    if (taking->is_long)
        *taking->text = '\0';
    return value->len > 0;
}

/* ---- Fields -------------------------------------------------------------- */

static void read_trace(struct reading *reading, struct slice value)
{
    struct taking taking;
    bool has_more;

    reading->has_trace = true;
    do {
        has_more = take_address(&value, &taking);
        if (!reading->traced)
            reading->traced = tenant_find(reading->settings, taking.text);
    } while (has_more && !reading->traced);
}

static void read_addressees(struct reading *reading, struct slice value)
{
    struct taking taking;
    bool has_more = !reading->addressed;

    while (has_more && reading->n_addresses++ < ADDRESSES) {
        has_more = take_address(&value, &taking);
        reading->addressed =
            tenant_find_address(reading->settings, taking.text);
        has_more = has_more && !reading->addressed;
    }
}

static void read_field(struct reading *reading, enum kind kind,
                       struct slice value)
{
    if (kind == RECEIVED)
        reading->is_below = true;
    else if (kind == TRACE && !reading->is_below)
        read_trace(reading, value);
    else if (kind == ADDRESSEE && reading->from == RECIPIENT_HEADER)
        read_addressees(reading, value);
}

/* Tells whether what is below can still change the answer. */
static bool is_open(const struct reading *reading)
{
    if (reading->traced)
        return false;
    return !reading->is_below || (reading->from == RECIPIENT_HEADER &&
                                  !reading->has_trace && !reading->addressed);
}

static void read_header(struct reading *reading, struct slice rest)
{
    rest = preamble_skip(rest);
    if (rest.len > MAIL_MAX_HEADER_BYTES)
        rest.len = MAIL_MAX_HEADER_BYTES;
    while (rest.len && is_open(reading)) {
        struct slice field = whole_field(rest), name;

        rest = slice_skip(rest, field.len);
        if (!take_name(&field, &name))
            break;
        read_field(reading, kind_of(name), field);
    }
}

const struct settings_tenant *recipient_tenant(const struct settings *settings,
                                               struct slice octets,
                                               enum recipient_from from)
{
    struct reading reading = { .settings = settings, .from = from };

    if (from == RECIPIENT_NONE || settings->n_tenants == 0)
        return NULL;
    read_header(&reading, octets);
    return reading.has_trace ? reading.traced : reading.addressed;
}
