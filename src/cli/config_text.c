/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { NAMES_MAX_BYTES = 64 * 1024, WORD_MAX_BYTES = 8192 };

/* What a word would be. */
enum expected {
    EXPECTED_NAME,
    EXPECTED_TITLE, /* behind a name; an equal sign or a brace may stand, too */
    EXPECTED_VALUE,
    EXPECTED_ITEM /* of a list */
};

/* One file while it is read. */
struct reading {
    struct config_text *text;
    config_text_load_function *load;
    void *context;
    struct config_problems *problems;
    const struct reading *outer; /* the file that includes this one */
    struct slice rest;
    struct config_place place;
    unsigned braces[CONFIG_SECTION_DEPTH]; /* lines of those open */
    unsigned depth;
    enum expected expected;
    bool is_include; /* the next string names a file */
};

static int read_file(struct reading *reading, const char *path);

void config_text_init(struct config_text *text)
{
    *text = (struct config_text){ .is_balanced = true };
    buffer_init(&text->plain, CONFIG_TEXT_MAX_BYTES);
    arena_init(&text->arena, NAMES_MAX_BYTES);
}

void config_text_deinit(struct config_text *text)
{
    if (!text)
        return;
    buffer_deinit(&text->plain);
    arena_deinit(&text->arena);
    free(text->lines);
}

struct config_place config_text_place(const struct config_text *text,
                                      unsigned number)
{
    if (text->n_lines == 0)
        return (struct config_place){ "", 0 };
    if (number < 1)
        number = 1;
    return text
        ->lines[number <= text->n_lines ? number - 1 : text->n_lines - 1];
}

/* Ends a line of the plain text. */
static void end_line(struct reading *reading)
{
    struct config_text *text = reading->text;

    if (text->n_lines == text->lines_capacity) {
        size_t capacity = text->lines_capacity ? 2 * text->lines_capacity : 64;
        struct config_place *lines =
            reallocarray(text->lines, capacity, sizeof(*lines));

        if (!lines) {
            text->plain.failed = true;
            return;
        }
        text->lines = lines;
        text->lines_capacity = capacity;
    }
    text->lines[text->n_lines++] = reading->place;
    buffer_add_char(&text->plain, '\n');
}

#define PROBLEM(reading, ...)                                                  \
    config_problems_add((reading)->problems, CONFIG_ERROR, (reading)->place,   \
                        __VA_ARGS__)

/* ---- Includes ------------------------------------------------------------ */

/* The folder of the current file before a relative path. */
static const char *resolve(struct reading *reading, const char *path)
{
    const char *file = reading->place.file, *slash = strrchr(file, '/');

    if (*path == '/' || !slash)
        return arena_copy(&reading->text->arena, slice_of(path));
    return arena_printf(&reading->text->arena, "%.*s/%s", (int)(slash - file),
                        file, path);
}

static int include(struct reading *reading, const char *path)
{
    unsigned depth = 1;

    for (const struct reading *outer = reading->outer; outer;
         outer = outer->outer)
        depth++;
    if (reading->depth > 0) {
        PROBLEM(reading, "include stands inside a section; put it outside");
        return 0;
    }
    if (depth > CONFIG_INCLUDE_DEPTH) {
        PROBLEM(reading,
                "files include each other more than %d deep; does one "
                "include itself?",
                CONFIG_INCLUDE_DEPTH);
        return 0;
    }
    path = resolve(reading, path);
    if (!path)
        return -1;
    end_line(reading);
    return read_file(reading, path);
}

/* ---- Tokens -------------------------------------------------------------- */

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c && strchr("_.:/@%-", c));
}

/* Writes a string so that libconfuse reads just that. */
static int take_string(struct reading *reading, struct slice value)
{
    struct buffer *plain = &reading->text->plain;

    if (reading->is_include) {
        char path[WORD_MAX_BYTES + 1];

        reading->is_include = false;
        memcpy(path, value.ptr, value.len);
        path[value.len] = '\0';
        return include(reading, path);
    }
    buffer_add_char(plain, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
            buffer_add_char(plain, '\\');
        buffer_add_char(plain, value.ptr[i]);
    }
    buffer_add_char(plain, '\'');
    if (reading->expected == EXPECTED_NAME)
        PROBLEM(reading, "a name stands without quotes");
    if (reading->expected == EXPECTED_VALUE)
        reading->expected = EXPECTED_NAME;
    return 0;
}

static void check_string(struct reading *reading, struct slice value,
                         char quote)
{
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7f) {
            PROBLEM(reading, "a string holds a control character; delete it");
            return;
        }
        if (quote == '"' && value.ptr[i] == '$' && i + 1 < value.len &&
            value.ptr[i + 1] == '{') {
            PROBLEM(reading, "variables are not expanded: write the value "
                             "itself, or '${' in single quotes");
            return;
        }
    }
}

static int read_string(struct reading *reading)
{
    char value[WORD_MAX_BYTES], quote = *reading->rest.ptr;
    struct slice *rest = &reading->rest;
    size_t n = 0;

    *rest = slice_skip(*rest, 1);
    while (rest->len && *rest->ptr != quote && *rest->ptr != '\n') {
        char c = *rest->ptr;

        *rest = slice_skip(*rest, 1);
        if (c == '\\' && rest->len && (quote == '"' || *rest->ptr == quote)) {
            c = *rest->ptr;
            if (c != '\\' && c != quote)
                PROBLEM(reading,
                        "\\%c is no escape; \\\" and \\\\ are, and in "
                        "single quotes a backslash is itself",
                        is_word_char(c) ? c : '?');
            if (c == '\n')
                break;
            *rest = slice_skip(*rest, 1);
        }
        if (n < sizeof(value))
            value[n] = c;
        n++;
    }
    if (!rest->len || *rest->ptr != quote)
        PROBLEM(reading, "a string is not closed; put %c before the line ends",
                quote);
    else
        *rest = slice_skip(*rest, 1);
    if (n > sizeof(value)) {
        PROBLEM(reading, "a string is longer than %d octets", WORD_MAX_BYTES);
        n = 0;
    }
    check_string(reading, slice_make(value, n), quote);
    return take_string(reading, slice_make(value, n));
}

static int read_word(struct reading *reading)
{
    struct slice word = reading->rest;
    size_t n = 0;

    while (n < word.len && is_word_char(word.ptr[n]))
        n++;
    word.len = n;
    reading->rest = slice_skip(reading->rest, n);
    if (n > WORD_MAX_BYTES) {
        PROBLEM(reading, "a word is longer than %d octets", WORD_MAX_BYTES);
        return 0;
    }
    if (reading->is_include || reading->expected != EXPECTED_NAME)
        return take_string(reading, word);
    if (slice_equal(word, SLICE("include"))) {
        reading->is_include = true;
        return 0;
    }
    if (memchr(word.ptr, '/', n))
        PROBLEM(reading, "a name holds no slash");
    else
        buffer_add(&reading->text->plain, word.ptr, n);
    reading->expected = EXPECTED_TITLE;
    return 0;
}

static void open_brace(struct reading *reading)
{
    if (reading->depth == CONFIG_SECTION_DEPTH) {
        PROBLEM(reading, "sections are nested too deep");
        reading->text->is_balanced = false;
    } else {
        reading->braces[reading->depth++] = reading->place.line;
    }
    reading->expected =
        reading->expected == EXPECTED_VALUE ? EXPECTED_ITEM : EXPECTED_NAME;
}

static void close_brace(struct reading *reading)
{
    if (reading->depth == 0) {
        PROBLEM(reading, "this } closes nothing; delete it");
        reading->text->is_balanced = false;
    } else {
        reading->depth--;
    }
    reading->expected = EXPECTED_NAME;
}

static void refuse_octet(struct reading *reading, unsigned char octet)
{
    if (octet == ';' || octet == '*')
        PROBLEM(reading,
                "%c has no meaning here; a statement ends with its "
                "line, a comment begins with #",
                octet);
    else if (octet > 0x20 && octet < 0x7f)
        PROBLEM(reading, "%c has no meaning here; put the value in quotes",
                octet);
    else
        PROBLEM(reading, "a character outside ASCII; put the value in quotes");
    /* The rest of the word would only be told of again. */
    while (reading->rest.len && !strchr(" \t\r\n{}", *reading->rest.ptr))
        reading->rest = slice_skip(reading->rest, 1);
}

static void read_mark(struct reading *reading)
{
    struct buffer *plain = &reading->text->plain;
    bool is_append = slice_starts(reading->rest, SLICE("+="));
    char c = *reading->rest.ptr;

    if (!is_append && !strchr("{}=,", c)) {
        refuse_octet(reading, (unsigned char)c);
        return;
    }
    if (reading->is_include) {
        PROBLEM(reading, "write include \"FILE\", without %c", c);
        reading->is_include = false;
    }
    buffer_add(plain, reading->rest.ptr, is_append ? 2 : 1);
    reading->rest = slice_skip(reading->rest, is_append ? 2 : 1);
    if (c == '{')
        open_brace(reading);
    else if (c == '}')
        close_brace(reading);
    else if (c != ',')
        reading->expected = EXPECTED_VALUE;
}

static void skip_comment(struct reading *reading)
{
    size_t n = slice_find(reading->rest, '\n');

    reading->rest = slice_skip(reading->rest, n);
}

static int read_token(struct reading *reading)
{
    char c = *reading->rest.ptr;

    if (c == '\n') {
        end_line(reading);
        reading->place.line++;
    }
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        reading->rest = slice_skip(reading->rest, 1);
        if (c != '\n')
            buffer_add_char(&reading->text->plain, ' ');
        return 0;
    }
    if (c == '#') {
        skip_comment(reading);
        return 0;
    }
    if (slice_starts(reading->rest, SLICE("//")) ||
        slice_starts(reading->rest, SLICE("/*"))) {
        PROBLEM(reading, "comments begin with #, not with %.2s",
                reading->rest.ptr);
        skip_comment(reading);
        return 0;
    }
    if (c == '"' || c == '\'')
        return read_string(reading);
    if (is_word_char(c))
        return read_word(reading);
    read_mark(reading);
    return 0;
}

/* ---- Files --------------------------------------------------------------- */

static int read_octets(struct reading *reading)
{
    if (text_utf8_prefix(reading->rest) < reading->rest.len ||
        slice_find(reading->rest, '\0') < reading->rest.len) {
        PROBLEM(reading, "the file is no UTF-8 text");
        return 0;
    }
    reading->place.line = 1;
    if (slice_starts(reading->rest, SLICE("\xef\xbb\xbf")))
        reading->rest = slice_skip(reading->rest, 3);
    while (reading->rest.len)
        if (read_token(reading))
            return -1;
    if (reading->is_include)
        PROBLEM(reading, "include names no file");
    if (reading->depth) {
        reading->place.line = reading->braces[reading->depth - 1];
        PROBLEM(reading, "this { is never closed; put } where the section "
                         "ends");
        reading->text->is_balanced = false;
    }
    end_line(reading);
    return 0;
}

static int load_and_read(struct reading *reading, struct buffer *octets)
{
    struct err err;

    if (reading->load(reading->context, reading->place.file, octets, &err)) {
        config_problems_add(reading->problems, CONFIG_ERROR,
                            reading->outer ? reading->outer->place
                                           : reading->place,
                            "%s", err.text);
        return err.kind == ERR_MEMORY ? -1 : 0;
    }
    reading->rest = buffer_slice(octets);
    return read_octets(reading);
}

/* path: stays as long as the text. */
static int read_file(struct reading *outer, const char *path)
{
    struct reading reading = *outer;
    struct buffer octets;
    int rc;

    reading.outer = outer->place.file ? outer : NULL;
    reading.place = (struct config_place){ path, 0 };
    reading.depth = 0;
    reading.expected = EXPECTED_NAME;
    reading.is_include = false;
    buffer_init(&octets, CONFIG_FILE_MAX_BYTES);
    rc = load_and_read(&reading, &octets);
    buffer_deinit(&octets);
    return rc;
}

int config_text_read(struct config_text *text, const char *path,
                     config_text_load_function *load, void *context,
                     struct config_problems *problems, struct err *err)
{
    struct reading reading = {
        .text = text, .load = load, .context = context, .problems = problems
    };
    const char *name = arena_copy(&text->arena, slice_of(path));

    if (!name || read_file(&reading, name) || text->plain.failed)
        return err_memory(err);
    return 0;
}

/* ---- Dropping a statement ------------------------------------------------ */

static char *skip_blanks(char *at)
{
    return at + strspn(at, " \n");
}

/* Behind a string in single quotes. */
static char *skip_string(char *at)
{
    for (at++; *at && *at != '\''; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

/* Behind a word or string. */
static char *skip_value(char *at)
{
    return *at == '\'' ? skip_string(at) : at + strcspn(at, " \n'{}=+,");
}

/* Behind the brace that closes the one here. */
static char *skip_braces(char *at)
{
    unsigned depth = 0;

    do {
        if (*at == '\'') {
            at = skip_string(at);
            continue;
        }
        depth += *at == '{';
        depth -= *at == '}';
        at++;
    } while (*at && depth);
    return at;
}

static char *skip_statement(char *at)
{
    bool is_assigned;
    char *title;

    at = skip_blanks(skip_value(at));
    if (*at == '+')
        at++;
    is_assigned = *at == '=';
    if (is_assigned)
        at = skip_blanks(at + 1);
    if (*at == '{')
        return skip_braces(at);
    /* A section with its title, or a word on its own. */
    title = skip_blanks(skip_value(at));
    if (is_assigned)
        return skip_value(at);
    return *title == '{' ? skip_braces(title) : at;
}

/* The name on a line, outside strings. */
static char *find_name(char *line, const char *name)
{
    size_t len = strlen(name);

    while (*line && *line != '\n') {
        char *end = skip_value(line);

        if (*line != '\'' && (size_t)(end - line) == len &&
            memcmp(line, name, len) == 0)
            return line;
        line = end > line ? end : line + 1;
    }
    return NULL;
}

bool config_text_drop(struct config_text *text, unsigned number,
                      const char *name)
{
    char *line = text->plain.ptr, *end;

    if (!buffer_text(&text->plain))
        return false;
    for (unsigned i = 1; line && i < number; i++) {
        line = strchr(line, '\n');
        line += line != NULL;
    }
    line = line ? find_name(line, name) : NULL;
    if (!line)
        return false;
    end = skip_statement(line);
    for (; line < end; line++)
        if (*line != '\n')
            *line = ' ';
    return true;
}
