/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* policy-string and mx-host: lists in all the shapes senders give them. */

#include "base/domain.h"
#include "report/limits.h"
#include "report/value.h"

static int add_text(struct reading *reading, const char *text, struct err *err)
{
    const char **item = list_add(&reading->texts, reading->arena);

    if (!item)
        return arena_error(reading->arena, err);
    *item = text;
    return 0;
}

/* Where a line comes from. */
struct line_origin {
    const struct place *place;
    unsigned n_arrays; /* arrays inside strings that it was taken out of */
    bool is_joined;    /* others stood in one string with it; noted already */
};

static int read_line(struct reading *reading, struct line_origin origin,
                     struct slice text, struct err *err);

/* Reads the pieces of `s` that `separator` parts; empty ones are left out. */
static int read_pieces(struct reading *reading, struct line_origin origin,
                       struct slice s, char separator, struct err *err)
{
    while (s.len) {
        size_t len = slice_find(s, separator);
        struct slice piece = slice_trim(slice_make(s.ptr, len));

        s = slice_skip(s, len + 1);
        if (piece.len && read_line(reading, origin, piece, err))
            return -1;
    }
    return 0;
}

static int read_array(struct reading *reading, struct json_reader *json,
                      struct line_origin origin, struct err *err);

/* Reads the JSON array that begins at json, if one does. Returns: 0, 1, -1. */
static int read_inner_array(struct reading *reading, struct json_reader *json,
                            struct line_origin origin, struct err *err)
{
    size_t before = reading->texts.n_items;
    struct json_value value;
    struct err inner;

    if (json_read(json, &value, &inner) || value.type != JSON_ARRAY)
        return 1;
    if (read_array(reading, json, origin, &inner) == 0)
        return 0;
    reading->texts.n_items = before;
    return inner.kind == ERR_MEMORY || reading->arena->is_full
               ? arena_error(reading->arena, err)
               : 1;
}

/*
 * A string that begins with JSON arrays, one after the other. *out_used gets
 * how much of it they are, 0 where it holds none.
 */
static int read_inner_arrays(struct reading *reading, struct line_origin origin,
                             struct slice s, size_t *out_used, struct err *err)
{
    struct json_reader json;
    char *copy = arena_copy(reading->arena, s);
    int rc;

    *out_used = 0;
    if (!copy)
        return arena_error(reading->arena, err);
    json_reader_init(&json, copy, s.len, 2, reading->arena);
    origin.n_arrays++;
    do {
        rc = read_inner_array(reading, &json, origin, err);
        if (rc < 0)
            return -1;
        if (rc == 0)
            *out_used = json_offset(&json);
        s = slice_trim(slice_make(json.at, (size_t)(json.end - json.at)));
    } while (rc == 0 && s.len && s.ptr[0] == '[');
    if (*out_used)
        reading_note(reading, REPORT_FINDING_POLICY_STRING_JSON, origin.place,
                     (struct slice){ NULL, 0 });
    return 0;
}

/* What parts the lines within one string; 0 where it is one line. */
static char separator_of(struct slice s)
{
    if (slice_find(s, '\n') < s.len)
        return '\n';
    if (slice_find(s, ';') < s.len && slice_find(s, ':') < s.len)
        return ';';
    return 0;
}

/* Adds a line; the text is writable, and so is the octet behind it. */
static int add_line(struct reading *reading, struct slice s, struct err *err)
{
    if (s.ptr[s.len])
        ((char *)(uintptr_t)s.ptr)[s.len] = '\0';
    return add_text(reading, s.ptr, err);
}

static void note_joined(struct reading *reading, struct line_origin *origin,
                        struct slice s)
{
    if (!origin->is_joined)
        reading_note(reading, REPORT_FINDING_POLICY_STRING_JOINED,
                     origin->place, s);
    origin->is_joined = true;
}

/* Lines within one string, or one line. */
static int read_text(struct reading *reading, struct line_origin origin,
                     struct slice s, struct err *err)
{
    char separator = separator_of(s);

    if (!separator)
        return add_line(reading, s, err);
    note_joined(reading, &origin, s);
    return read_pieces(reading, origin, s, separator, err);
}

/*
 * One string: inner arrays, several lines, several tags, or one line. What
 * comes out could not be taken apart once more, so that the report as we write
 * it reads the same.
 */
static int read_line(struct reading *reading, struct line_origin origin,
                     struct slice text, struct err *err)
{
    struct slice s = slice_trim(text);
    size_t used;

    if (s.len == 0)
        return text.len ? 0 : add_line(reading, text, err);
    if (s.ptr[0] != '[')
        return read_text(reading, origin, s, err);
    if (origin.n_arrays >= REPORT_MAX_INNER_ARRAYS) {
        reading_note(reading, REPORT_FINDING_VALUE_TYPE, origin.place, s);
        return 0;
    }
    if (read_inner_arrays(reading, origin, s, &used, err))
        return -1;
    if (used == 0)
        return read_text(reading, origin, s, err);
    /* What follows the arrays is lines as well; it begins with none. */
    s = slice_trim(slice_skip(s, used));
    if (s.len == 0)
        return 0;
    note_joined(reading, &origin, s);
    return s.ptr[0] == '[' ? read_text(reading, origin, s, err)
                           : read_line(reading, origin, s, err);
}

static int read_array(struct reading *reading, struct json_reader *json,
                      struct line_origin origin, struct err *err)
{
    struct json_value value;
    size_t index = 0;
    int rc;

    while ((rc = json_array_next(json, &value, err)) == 0) {
        struct place here = place_element(origin.place, index++);
        struct line_origin inner = origin;

        if (origin.n_arrays == 0)
            inner.place = &here;
        if (value.type == JSON_STRING) {
            rc = read_line(reading, inner, slice_make(value.text, value.len),
                           err);
        } else {
            reading_note(reading, REPORT_FINDING_VALUE_TYPE, &here,
                         (struct slice){ NULL, 0 });
            rc = json_skip(json, &value, err);
        }
        if (rc)
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

int value_read_lines(struct reading *reading, const struct place *place,
                     const struct json_value *value, struct err *err)
{
    struct line_origin origin = { .place = place };
    size_t before;

    if (value->type == JSON_ARRAY)
        return read_array(reading, &reading->json, origin, err);
    if (value->type != JSON_STRING) {
        reading_note(reading, REPORT_FINDING_VALUE_TYPE, place,
                     (struct slice){ NULL, 0 });
        return json_skip(&reading->json, value, err);
    }
    before = reading->report->findings.n_items;
    if (value->len &&
        read_line(reading, origin, slice_make(value->text, value->len), err))
        return -1;
    /* An inner array or joined lines say the more telling thing already. */
    if (reading->report->findings.n_items == before)
        reading_note(reading, REPORT_FINDING_POLICY_STRING_TEXT, place,
                     slice_make(value->text, value->len));
    return 0;
}

/* "mx: host" where "host" belongs. */
static bool has_label(struct slice s)
{
    return s.len > 3 && slice_equal_fold(slice_make(s.ptr, 3), SLICE("mx:"));
}

static struct slice drop_label(struct reading *reading,
                               const struct place *place, struct slice s)
{
    if (has_label(s))
        reading_note(reading, REPORT_FINDING_MX_HOST_LABEL, place, s);
    while (has_label(s))
        s = slice_trim(slice_skip(s, 3));
    return s;
}

/* A wildcard over two labels, where one may take it for a whole tree. */
static bool is_wide_wildcard(const char *name)
{
    const char *dot =
        name[0] == '*' && name[1] == '.' ? strchr(name + 2, '.') : NULL;

    return dot && !strchr(dot + 1, '.');
}

static int read_host(struct reading *reading, const struct place *place,
                     const char *text, struct err *err)
{
    struct slice s = drop_label(reading, place, slice_trim(slice_of(text)));
    const char *name;
    unsigned changes;

    if (s.len == 0)
        return 0;
    if (domain_is_plain(s) && s.ptr[s.len] == '\0')
        return add_text(reading, s.ptr, err);
    name = domain_normalise(reading->arena, s, &changes);
    if (!name)
        return arena_error(reading->arena, err);
    /* Fullwidth letters may have become a label only now. */
    name = drop_label(reading, place, slice_of(name)).ptr;
    if (!name[0])
        return 0;
    if (changes & DOMAIN_BAD)
        reading_note(reading, REPORT_FINDING_DOMAIN_BAD, place, s);
    else if (changes)
        reading_note(reading, REPORT_FINDING_DOMAIN_FORM, place, s);
    if (is_wide_wildcard(name))
        reading_note(reading, REPORT_FINDING_MX_WILDCARD, place,
                     slice_of(name));
    return add_text(reading, name, err);
}

int value_read_hosts(struct reading *reading, const struct place *place,
                     const struct json_value *value, struct err *err)
{
    struct json_value element;
    size_t index = 0;
    int rc;

    if (value->type == JSON_STRING) {
        reading_note(reading, REPORT_FINDING_MX_HOST_TEXT, place,
                     slice_make(value->text, value->len));
        return read_host(reading, place, value->text, err);
    }
    if (value->type != JSON_ARRAY) {
        reading_note(reading, REPORT_FINDING_VALUE_TYPE, place,
                     (struct slice){ NULL, 0 });
        return json_skip(&reading->json, value, err);
    }
    while ((rc = json_array_next(&reading->json, &element, err)) == 0) {
        struct place here = place_element(place, index++);

        if (element.type == JSON_STRING) {
            rc = read_host(reading, &here, element.text, err);
        } else {
            reading_note(reading, REPORT_FINDING_VALUE_TYPE, &here,
                         (struct slice){ NULL, 0 });
            rc = json_skip(&reading->json, &element, err);
        }
        if (rc)
            return -1;
    }
    return rc < 0 ? -1 : 0;
}
