/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/tlsrpt.h"

#include "base/text.h"
#include "record/finding.h"
#include "record/limits.h"

#define VERSION "v=TLSRPTv1"

/* A record while it is read. */
struct reading {
    struct arena *arena;
    struct err *err;
    struct slice text; /* all of it */
    struct tlsrpt_record *record;
    bool has_rua;
};

/* A field and what stands around it. */
struct field {
    struct slice text;  /* without blanks at its end */
    bool is_behind_uri; /* nothing but a semicolon between it and a URI */
};

static size_t place(const struct reading *r, const char *at)
{
    return (size_t)(at - r->text.ptr);
}

/* Adds a finding. A critical one is the end of a record. Returns: 1. */
static int add(struct reading *r, enum record_finding finding, size_t offset,
               struct slice value)
{
    const struct finding_kind *kind = record_finding_kind(finding);
    const char *where = arena_printf(r->arena, "octet %zu", offset);

    value.len = text_utf8_prefix(value);
    finding_list_add(&r->record->findings, kind, where ? where : "", value);
    return 1;
}

/* The same, for what stands in the text. */
static int add_at(struct reading *r, enum record_finding finding,
                  struct slice value)
{
    return add(r, finding, place(r, value.ptr), value);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct slice skip_blanks(struct slice s)
{
    while (s.len && is_blank(*s.ptr))
        s = slice_skip(s, 1);
    return s;
}

static struct slice trim_end(struct slice s)
{
    while (s.len && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static bool is_named(const struct tlsrpt_record *record,
                     const struct tlsrpt_destination *destination)
{
    for (size_t i = 0; i < record->n_destinations; i++) {
        if (tlsrpt_destination_equal(&record->destinations[i], destination))
            return true;
    }
    return false;
}

static void keep(struct reading *r, struct slice text,
                 const struct tlsrpt_destination *destination)
{
    struct tlsrpt_record *record = r->record;

    if (is_named(record, destination))
        (void)add_at(r, RECORD_TLSRPT_DESTINATION_TWICE, text);
    else if (record->n_destinations == RECORD_TLSRPT_DESTINATIONS)
        (void)add_at(r, RECORD_TLSRPT_DESTINATIONS_MANY, text);
    else
        record->destinations[record->n_destinations++] = *destination;
}

/* Returns: 0; 1 where the record is broken; -1 with err. */
static int read_uri(struct reading *r, struct slice text)
{
    struct tlsrpt_destination destination;
    size_t fault = 0;
    int status;

    if (text.len == 0)
        return add_at(r, RECORD_TLSRPT_URI_MISSING, text);
    if (text.len > RECORD_URI_BYTES)
        return add_at(r, RECORD_TLSRPT_URI_LARGE, text);
    /* Legal in URIs, but not in those of a record (a comma ends one here). */
    fault = slice_find(text, '!');
    if (fault < text.len)
        return add_at(r, RECORD_TLSRPT_URI, slice_skip(text, fault));
    status =
        tlsrpt_destination_read(r->arena, text, &destination, &fault, r->err);
    switch (status) {
    case TLSRPT_DESTINATION_FINE: keep(r, text, &destination); return 0;
    case TLSRPT_DESTINATION_NO_URI:
        return add_at(r, RECORD_TLSRPT_URI, slice_skip(text, fault));
    case TLSRPT_DESTINATION_SCHEME:
        (void)add_at(r, RECORD_TLSRPT_SCHEME, text);
        return 0;
    case TLSRPT_DESTINATION_MAILTO:
        (void)add_at(r, RECORD_TLSRPT_MAILTO, text);
        return 0;
    case TLSRPT_DESTINATION_HTTPS:
        (void)add_at(r, RECORD_TLSRPT_HTTPS, text);
        return 0;
    default: return -1;
    }
}

static int read_rua(struct reading *r, struct slice name, struct slice value)
{
    bool is_first = true;
    bool is_last = false;
    int status = 0;

    if (r->has_rua)
        (void)add_at(r, RECORD_TLSRPT_RUA_TWICE, name);
    r->has_rua = true;
    /* Blanks stand around commas alone; the end was trimmed with the field. */
    while (status == 0 && !is_last) {
        size_t len = slice_find(value, ',');
        struct slice item = slice_make(value.ptr, len);

        is_last = len == value.len;
        value = slice_skip(value, len + 1);
        if (!is_first)
            item = skip_blanks(item);
        status = read_uri(r, trim_end(item));
        is_first = false;
    }
    return status;
}

static bool is_name_octet(char c, bool is_first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           (!is_first && (c == '_' || c == '-' || c == '.'));
}

/* Returns: the first octet that makes it no name; s.len where it is one. */
static size_t bad_name_octet(struct slice s)
{
    size_t i = 0;

    while (i < s.len && i < RECORD_TLSRPT_NAME_BYTES &&
           is_name_octet(s.ptr[i], i == 0))
        i++;
    return i;
}

/* Returns: the first octet that a value may not hold; s.len where none. */
static size_t bad_value_octet(struct slice s)
{
    size_t i = 0;

    while (i < s.len && s.ptr[i] > ' ' && s.ptr[i] != '=' && s.ptr[i] != ';')
        i++;
    return i;
}

static int read_extension(struct reading *r, const struct field *field,
                          struct slice name, struct slice value)
{
    size_t bad = bad_value_octet(value);

    if (value.len == 0 || bad < value.len)
        return add_at(r, RECORD_TLSRPT_FIELD_VALUE, slice_skip(value, bad));
    if (slice_equal(name, SLICE("v")))
        (void)add_at(r, RECORD_TLSRPT_VERSION_AGAIN, name);
    else if (slice_equal_fold(name, SLICE("rua")))
        (void)add_at(r, RECORD_TLSRPT_FIELD_CASE, name);
    else if (field->is_behind_uri)
        (void)add_at(r, RECORD_TLSRPT_URI_CUT, name);
    else
        (void)add_at(r, RECORD_TLSRPT_EXTENSION, name);
    return 0;
}

/* Returns: 0; 1 where the record is broken; -1 with err. */
static int read_field(struct reading *r, const struct field *field)
{
    size_t equals = slice_find(field->text, '=');
    struct slice name = slice_make(field->text.ptr, equals);
    struct slice value = slice_skip(field->text, equals + 1);
    size_t bad = bad_name_octet(name);

    if (field->text.len == 0)
        return add_at(r, RECORD_TLSRPT_FIELD_EMPTY, field->text);
    if (name.len == 0 || bad < name.len)
        return add_at(r, RECORD_TLSRPT_FIELD_NAME,
                      slice_skip(field->text, bad));
    if (equals == field->text.len)
        return add_at(r, RECORD_TLSRPT_FIELD_EQUALS,
                      slice_skip(field->text, equals));
    if (slice_equal(name, SLICE("rua")))
        return read_rua(r, name, value);
    return read_extension(r, field, name, value);
}

/* Whether a field is an https URI with a path, which a bare semicolon cuts. */
static bool ends_in_path(struct slice field)
{
    size_t begin = field.len;

    if (!slice_starts(field, SLICE("rua=")))
        return false;
    while (begin > 4 && field.ptr[begin - 1] != ',' &&
           !is_blank(field.ptr[begin - 1]))
        begin--;
    field = slice_skip(field, begin);
    return slice_starts_fold(field, SLICE("https://")) &&
           memchr(field.ptr + 8, '/', field.len - 8);
}

/* Reads what stands behind a semicolon. *rest begins there. */
static int read_next(struct reading *r, struct slice *rest, bool *is_behind_uri)
{
    struct slice text = skip_blanks(*rest);
    size_t len = slice_find(text, ';');
    struct slice whole = slice_make(text.ptr, len);
    const struct field field = {
        .text = trim_end(whole),
        .is_behind_uri = *is_behind_uri && text.ptr == rest->ptr,
    };
    int status = read_field(r, &field);

    if (status)
        return status;
    if (len == text.len && field.text.len < whole.len)
        return add_at(r, RECORD_TLSRPT_BLANK_AT_END,
                      slice_skip(whole, field.text.len));
    *is_behind_uri = field.text.len == whole.len && ends_in_path(field.text);
    *rest = slice_skip(text, len);
    return 0;
}

/* Reads what stands behind the version. */
static int read_fields(struct reading *r, struct slice rest)
{
    bool is_behind_uri = false;
    bool has_field = false;
    int status = 0;

    while (status == 0 && rest.len) {
        rest = slice_skip(rest, 1); /* the semicolon */
        if (has_field && skip_blanks(rest).len == 0)
            break;
        if (!has_field && skip_blanks(rest).len == 0)
            return add_at(r, RECORD_TLSRPT_FIELD_MISSING, rest);
        status = read_next(r, &rest, &is_behind_uri);
        has_field = true;
    }
    return status;
}

/* Reads the separator behind the version. */
static int read_separator(struct reading *r, struct slice *rest)
{
    struct slice text = skip_blanks(*rest);

    if (rest->len == 0)
        return add_at(r, RECORD_TLSRPT_FIELD_MISSING, *rest);
    if (text.len == 0 || *text.ptr != ';')
        return add_at(r, RECORD_TLSRPT_SEPARATOR, *rest);
    if (text.ptr != rest->ptr)
        (void)add_at(r, RECORD_TLSRPT_VERSION_BLANK, *rest);
    *rest = text;
    return 0;
}

/* Printable ASCII, blanks and tabs alone are taken. */
static int check_octets(struct reading *r)
{
    for (size_t i = 0; i < r->text.len; i++) {
        char c = r->text.ptr[i];

        if ((c < ' ' && c != '\t') || c > '~')
            return add(r, RECORD_TLSRPT_OCTET, i, slice_skip(r->text, i));
    }
    return 0;
}

static size_t common_prefix(struct slice a, struct slice b)
{
    size_t i = 0;

    while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
        i++;
    return i;
}

/* Tells whether the text is of this version, and where it ceases to be. */
static bool is_ours(struct slice text, size_t *out_where)
{
    *out_where = common_prefix(text, SLICE(VERSION));
    if (*out_where < SLICE(VERSION).len)
        return false;
    return text.len == *out_where || text.ptr[*out_where] < '0' ||
           text.ptr[*out_where] > '9';
}

static int read_text(struct reading *r)
{
    struct slice rest = slice_skip(r->text, SLICE(VERSION).len);
    int status = check_octets(r);

    if (status == 0)
        status = read_separator(r, &rest);
    if (status == 0)
        status = read_fields(r, rest);
    if (status == 0 && !r->has_rua)
        status =
            add(r, RECORD_TLSRPT_RUA_MISSING, r->text.len, slice_make(NULL, 0));
    return status;
}

static int judge(struct reading *r)
{
    struct tlsrpt_record *record = r->record;
    size_t where;
    int status;

    if (!is_ours(r->text, &where)) {
        record->verdict = TLSRPT_NONE;
        (void)add(r, RECORD_TLSRPT_VERSION, where, slice_skip(r->text, where));
        return 0;
    }
    record->verdict = TLSRPT_INVALID;
    if (r->text.len > RECORD_TLSRPT_BYTES) {
        (void)add(r, RECORD_TLSRPT_LARGE, RECORD_TLSRPT_BYTES,
                  slice_make(NULL, 0));
        return 0;
    }
    status = read_text(r);
    if (status)
        return status < 0 ? -1 : 0;
    record->verdict = record->n_destinations ? TLSRPT_VALID : TLSRPT_UNUSABLE;
    if (record->n_destinations == 0)
        (void)add(r, RECORD_TLSRPT_UNUSABLE, 0, slice_make(NULL, 0));
    return 0;
}

/* Readies a record without a verdict. */
static int begin(struct arena *arena, struct tlsrpt_record *record,
                 struct err *err)
{
    *record = (struct tlsrpt_record){ .verdict = TLSRPT_NONE };
    finding_list_init(&record->findings, arena);
    record->destinations = arena_calloc(arena, RECORD_TLSRPT_DESTINATIONS,
                                        sizeof(*record->destinations));
    return record->destinations ? 0 : arena_error(arena, err);
}

static int read_into(struct arena *arena, struct slice text,
                     struct tlsrpt_record *record, struct err *err)
{
    struct reading r = {
        .arena = arena, .err = err, .text = text, .record = record
    };

    if (!text.ptr)
        r.text = SLICE("");
    if (judge(&r))
        return -1;
    if (record->verdict == TLSRPT_INVALID)
        record->n_destinations = 0;
    return 0;
}

int tlsrpt_record_read(struct arena *arena, struct slice text,
                       struct tlsrpt_record *out_record, struct err *err)
{
    struct tlsrpt_record record;

    if (begin(arena, &record, err) || read_into(arena, text, &record, err))
        return -1;
    *out_record = record;
    return 0;
}

/* Finds the only text that begins as a record does; spellings of the same one,
 * which aliases lead to, are one. Returns: how many there are; *out_text the
 * first. */
static size_t filter(const struct slice *texts, size_t n,
                     struct slice *out_text)
{
    size_t n_left = 0;

    for (size_t i = 0; i < n; i++) {
        if (!slice_starts(texts[i], SLICE(VERSION ";")))
            continue;
        if (n_left && slice_equal(texts[i], *out_text))
            continue;
        if (n_left++ == 0)
            *out_text = texts[i];
    }
    return n_left;
}

static void add_about_set(struct tlsrpt_record *record,
                          enum record_finding finding, struct slice value)
{
    value.len = text_utf8_prefix(value);
    finding_list_add(&record->findings, record_finding_kind(finding), "",
                     value);
}

int tlsrpt_record_choose(struct arena *arena, const struct slice *texts,
                         size_t n, struct tlsrpt_record *out_record,
                         struct err *err)
{
    struct slice text = { NULL, 0 };
    size_t n_left = filter(texts, n, &text);
    struct tlsrpt_record record;

    if (begin(arena, &record, err))
        return -1;
    if (n == 1) {
        if (read_into(arena, texts[0], &record, err))
            return -1;
    } else if (n_left != 1) {
        add_about_set(&record,
                      n_left ? RECORD_TLSRPT_SEVERAL : RECORD_TLSRPT_ABSENT,
                      slice_make(NULL, 0));
    } else {
        for (size_t i = 0; i < n; i++) {
            if (!slice_equal(texts[i], text))
                add_about_set(&record, RECORD_TLSRPT_FOREIGN, texts[i]);
        }
        if (read_into(arena, text, &record, err))
            return -1;
    }
    *out_record = record;
    return 0;
}

bool tlsrpt_record_names(const struct tlsrpt_record *record,
                         const struct tlsrpt_destination *destination)
{
    return record->verdict == TLSRPT_VALID && is_named(record, destination);
}
