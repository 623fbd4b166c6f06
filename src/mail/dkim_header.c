/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim_header.h"

#include "base/list.h"
#include "mail/limits.h"

/* A header while it is read. */
struct walk {
    struct arena *arena;
    struct dkim_header *header;
    struct list fields, names;
    struct err *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_empty_line(struct slice line)
{
    return slice_equal(line, SLICE("\n")) || slice_equal(line, SLICE("\r\n"));
}

static char *copy_folded(struct arena *arena, struct slice name)
{
    char *copy = arena_copy(arena, name);

    for (size_t i = 0; copy && i < name.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + ('a' - 'A'));
    }
    return copy;
}

/*
 * Narrower than RFC 5322 section 2.2, by the brackets and quotes that JSON has: no
 * field has them, and what is read as text must not be taken for a field.
 */
static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c && strchr("-_.!#$%&'*+/^`|~", c));
}

/*
 * Measures the name of a field; blanks may stand before the colon, RFC 5322
 * section 4.5.8. A boundary is no field: readers of mail end the header at one,
 * and would see other fields than those that are signed.
 */
static bool measure_name(struct dkim_field *field)
{
    struct slice s = field->octets;
    size_t n = 0, colon;

    while (n < s.len && is_name_char(s.ptr[n]))
        n++;
    colon = n;
    while (colon < s.len && is_blank(s.ptr[colon]))
        colon++;
    field->name_len = n;
    field->value = colon + 1;
    return n > 0 && colon < s.len && s.ptr[colon] == ':' &&
           !slice_starts(s, SLICE("--"));
}

/* Puts the field that was added last at the end of the chain of its name. */
static int chain(struct walk *w, struct dkim_field *field, size_t number)
{
    struct slice name = slice_make(field->octets.ptr, field->name_len);
    char *key = copy_folded(w->arena, name);
    int64_t *place;
    struct dkim_name *entry;

    if (!key)
        return arena_error(w->arena, w->err);
    place = map_put(&w->header->numbers, slice_make(key, name.len));
    if (!place)
        return err_memory(w->err);
    if (*place == 0) {
        entry = list_add(&w->names, w->arena);
        if (!entry)
            return arena_error(w->arena, w->err);
        entry->bottom = DKIM_HEADER_NONE;
        *place = (int64_t)w->names.n_items;
    }
    entry = (struct dkim_name *)(void *)w->names.items + (*place - 1);
    field->above = entry->bottom;
    entry->bottom = number;
    entry->n_fields++;
    return 0;
}

static int add_field(struct walk *w, struct slice octets)
{
    struct dkim_field *field;

    if (w->fields.n_items == MAIL_MAX_FIELDS)
        return err_set(w->err, ERR_LIMIT,
                       "mail has more than 20000 header fields");
    field = list_add(&w->fields, w->arena);
    if (!field)
        return arena_error(w->arena, w->err);
    field->octets = octets;
    field->above = DKIM_HEADER_NONE;
    if (measure_name(field))
        return chain(w, field, w->fields.n_items - 1);
    w->header->is_malformed = true;
    return 0;
}

/* Gives a field with its folded lines. */
static struct slice whole_field(struct slice s)
{
    size_t len = slice_line(s).len;

    while (len < s.len && is_blank(s.ptr[len]))
        len += slice_line(slice_skip(s, len)).len;
    return slice_make(s.ptr, len);
}

static int read_fields(struct walk *w, struct slice message, struct slice *body)
{
    struct slice rest = message;

    while (rest.len && !is_empty_line(slice_line(rest))) {
        struct slice field = whole_field(rest);

        rest = slice_skip(rest, field.len);
        if (message.len - rest.len > MAIL_MAX_HEADER_BYTES)
            return err_set(w->err, ERR_LIMIT,
                           "mail header is larger than 256 KiB");
        if (add_field(w, field))
            return -1;
    }
    *body = slice_skip(rest, slice_line(rest).len);
    return 0;
}

/* Moves a list to the arena. Returns: 0, -1 when it does not fit. */
static int keep(struct walk *w, struct list *list, void **out, size_t *out_n)
{
    size_t n = list->n_items;

    *out = list_move(list, w->arena, out_n);
    return n && !*out ? arena_error(w->arena, w->err) : 0;
}

static int keep_all(struct walk *w)
{
    struct dkim_header *header = w->header;
    void *names = NULL, *fields = NULL;

    if (keep(w, &w->names, &names, &header->n_names) ||
        keep(w, &w->fields, &fields, &header->n_fields))
        return -1;
    header->names = names;
    header->fields = fields;
    return 0;
}

int dkim_header_read(struct arena *arena, struct slice message,
                     struct dkim_header *out_header, struct slice *out_body,
                     struct err *err)
{
    struct dkim_header header = { .fields = NULL };
    struct walk w = { .arena = arena, .header = &header, .err = err };
    struct slice body;
    int rc;

    map_init(&header.numbers);
    list_init(&w.fields, sizeof(struct dkim_field));
    list_init(&w.names, sizeof(struct dkim_name));
    rc = read_fields(&w, message, &body);
    if (rc == 0)
        rc = keep_all(&w);
    list_deinit(&w.fields);
    list_deinit(&w.names);
    if (rc) {
        dkim_header_deinit(&header);
        return -1;
    }
    *out_header = header;
    *out_body = body;
    return 0;
}

void dkim_header_deinit(struct dkim_header *header)
{
    map_deinit(&header->numbers);
}

struct dkim_name *dkim_header_find(const struct dkim_header *header,
                                   struct slice name)
{
    enum { SHORT = 128 };
    char key[SHORT];
    const int64_t *place;

    /* A longer name is looked for in vain: nobody signs such a field. */
    if (name.len > SHORT)
        return NULL;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        key[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    place = map_find(&header->numbers, slice_make(key, name.len));
    return place ? &header->names[*place - 1] : NULL;
}

void dkim_header_rewind(struct dkim_header *header)
{
    for (size_t i = 0; i < header->n_names; i++) {
        header->names[i].next = header->names[i].bottom;
        header->names[i].n_signed = 0;
    }
}

size_t dkim_header_take(struct dkim_header *header, struct slice name)
{
    struct dkim_name *entry = dkim_header_find(header, name);
    size_t number = entry ? entry->next : DKIM_HEADER_NONE;

    if (number != DKIM_HEADER_NONE) {
        entry->next = header->fields[number].above;
        entry->n_signed++;
    }
    return number;
}

/* Takes the next line off *rest, without its line end. */
static struct slice take_line(struct slice *rest)
{
    struct slice line = slice_line(*rest);

    *rest = slice_skip(*rest, line.len);
    if (line.len && line.ptr[line.len - 1] == '\n') {
        line.len--;
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
    }
    return line;
}

static void add_simple(struct dkim_sink *sink, struct slice rest)
{
    for (;;) {
        dkim_sink_add(sink, take_line(&rest));
        if (rest.len == 0)
            return;
        dkim_sink_add(sink, SLICE("\r\n"));
    }
}

static void add_relaxed(struct dkim_sink *sink, const struct dkim_field *field)
{
    struct slice rest = slice_skip(field->octets, field->value);
    bool gap = false, has_begun = false;

    for (size_t i = 0; i < field->name_len; i++) {
        char c = field->octets.ptr[i];

        c = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
        dkim_sink_add(sink, slice_make(&c, 1));
    }
    dkim_sink_add(sink, SLICE(":"));
    while (rest.len) {
        struct slice line = take_line(&rest);

        while (!has_begun && line.len && is_blank(*line.ptr))
            line = slice_skip(line, 1);
        has_begun |= line.len > 0;
        dkim_sink_add_words(sink, line, &gap);
    }
}

void dkim_header_add(struct dkim_sink *sink, const struct dkim_field *field,
                     enum dkim_canon canon, bool is_last)
{
    if (canon == DKIM_SIMPLE)
        add_simple(sink, field->octets);
    else
        add_relaxed(sink, field);
    if (!is_last)
        dkim_sink_add(sink, SLICE("\r\n"));
}
