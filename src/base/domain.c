/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/domain.h"

#include <idn2.h>
#include <stdlib.h>

#include "base/text.h"

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '*';
}

static bool is_name(const char *s)
{
    size_t len = strlen(s), label = 0;

    if (len > DOMAIN_MAX_BYTES)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_name_char(s[i]))
            return false;
        label = s[i] == '.' ? 0 : label + 1;
        if (label > 63 || (s[i] == '.' && (i == 0 || s[i - 1] == '.')))
            return false;
    }
    return true;
}

/* Copies with ASCII letters folded. */
static char *copy_folded(struct arena *arena, struct slice s, unsigned *changes)
{
    char *copy = arena_copy(arena, s);

    for (size_t i = 0; copy && i < s.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] = (char)(copy[i] + ('a' - 'A'));
            *changes |= DOMAIN_FOLDED;
        }
    }
    return copy;
}

/* Takes off blanks and root dots, however they alternate. */
static struct slice trim_name(struct slice name, unsigned *changes)
{
    for (;;) {
        struct slice s = slice_trim(name);

        if (s.len != name.len)
            *changes |= DOMAIN_BLANKS;
        if (s.len < 2 || s.ptr[s.len - 1] != '.')
            return s;
        s.len--;
        *changes |= DOMAIN_ROOT_DOT;
        name = s;
    }
}

/* A-labels by IDNA 2008, without the transitional mappings of IDNA 2003. */
static const char *to_a_labels(struct arena *arena, const char *name,
                               unsigned *changes)
{
    char *ascii = NULL;
    const char *result = name;

    int rc =
        idn2_to_ascii_8z(name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

    if (rc == IDN2_MALLOC)
        return NULL;
    if (rc == IDN2_OK) {
        /* The mapping may leave blanks and dots that were no ASCII before. */
        struct slice s = trim_name(slice_of(ascii), changes);

        *changes |= DOMAIN_U_LABEL;
        result = copy_folded(arena, s, changes);
        idn2_free(ascii);
    } else {
        *changes |= DOMAIN_BAD;
    }
    return result;
}

const char *domain_normalise(struct arena *arena, struct slice name,
                             unsigned *out_changes)
{
    unsigned changes = 0;
    struct slice s = trim_name(name, &changes);
    const char *text;

    if (s.len > DOMAIN_TEXT_MAX_BYTES) {
        s = trim_name(text_cut(s, DOMAIN_TEXT_MAX_BYTES), &changes);
        changes |= DOMAIN_BAD;
    }
    text = copy_folded(arena, s, &changes);
    if (text && !is_ascii(s))
        text = to_a_labels(arena, text, &changes);
    if (text && !is_name(text))
        changes |= DOMAIN_BAD;
    if (out_changes)
        *out_changes = changes;
    return text;
}

bool domain_is_plain(struct slice s)
{
    char before = '.';

    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if ((unsigned)(c - 'a') > 25 && (unsigned)(c - '0') > 9 && c != '-' &&
            (c != '.' || before == '.'))
            return false;
        before = c;
    }
    return s.len <= 63 && before != '.';
}

enum script {
    SCRIPT_COMMON,
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_OTHER
};

/* Coarse on purpose: the scripts that imitate Latin letters are told apart. */
static enum script script_of(unsigned c)
{
    if (c < 0x80 && (c < 'a' || c > 'z'))
        return SCRIPT_COMMON;
    if (c < 0x250 || (c >= 0x1e00 && c < 0x1f00))
        return SCRIPT_LATIN;
    if ((c >= 0x370 && c < 0x400) || (c >= 0x1f00 && c < 0x2000))
        return SCRIPT_GREEK;
    if (c >= 0x400 && c < 0x530)
        return SCRIPT_CYRILLIC;
    return SCRIPT_OTHER;
}

/* Tells whether one label holds Latin, Greek or Cyrillic beside another. */
static bool mixes_scripts(struct slice s)
{
    bool seen[SCRIPT_OTHER + 1] = { false };

    while (s.len) {
        size_t n;
        unsigned c = text_decode_utf8(s, &n);

        if (c == '.')
            memset(seen, 0, sizeof(seen));
        else
            seen[script_of(c)] = true;
        if (seen[SCRIPT_LATIN] + seen[SCRIPT_GREEK] + seen[SCRIPT_CYRILLIC] +
                seen[SCRIPT_OTHER] >
            1)
            return true;
        s = slice_skip(s, n);
    }
    return false;
}

/*
 * Tells whether the A-labels of `unicode` are `name`. libidn2 decodes whatever
 * stands behind "xn--", direction overrides, controls and other dots included;
 * such labels are no U-labels (RFC 5890 section 2.3.2.1).
 */
static bool is_u_form_of(const char *unicode, const char *name)
{
    char *ascii = NULL;
    bool is_same = false;

    if (idn2_to_ascii_8z(unicode, &ascii,
                         IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK) {
        is_same = strcmp(ascii, name) == 0;
        idn2_free(ascii);
    }
    return is_same;
}

const char *domain_unicode(struct arena *arena, const char *name)
{
    char *unicode = NULL;
    const char *result = name;

    if (!strstr(name, "xn--"))
        return name;
    if (idn2_to_unicode_8z8z(name, &unicode, 0) != IDN2_OK)
        return name;
    if (!mixes_scripts(slice_of(unicode)) && is_u_form_of(unicode, name))
        result = arena_copy(arena, slice_of(unicode));
    idn2_free(unicode);
    return result ? result : name;
}
