/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/leaf.h"

#include "base/address.h"
#include "base/domain.h"

static const struct schema_row *row_of(struct feedback *feedback)
{
    return feedback_top(feedback)->row;
}

/*
 * Copies text, unless the value that the row had last is the same.
 * Returns: the copy, NULL when out of memory.
 */
static const char *copy(struct feedback *feedback, struct slice text)
{
    size_t n, at = (size_t)(row_of(feedback) - schema_rows(&n));
    const char *last = feedback->last[at];

    if (last && slice_equal(slice_of(last), text))
        return last;
    last = arena_copy(feedback->arena, text);
    feedback->last[at] = last;
    return last;
}

static int read_text(struct feedback *feedback, struct slice text,
                     const char **field, struct err *err)
{
    *field = copy(feedback, text);
    return *field ? 0 : arena_error(feedback->arena, err);
}

static int read_texts(struct feedback *feedback, struct slice text,
                      struct err *err)
{
    const char **item = list_add(&feedback->errors, feedback->arena);

    if (!item)
        return arena_error(feedback->arena, err);
    return read_text(feedback, text, item, err);
}

/* Tells whether ` words ` holds word between blanks. */
static bool is_known(const char *words, struct slice word)
{
    const char *at = words;

    if (slice_find(word, ' ') < word.len)
        return false;
    while ((at = memmem(at, strlen(at), word.ptr, word.len))) {
        if (at[-1] == ' ' && at[word.len] == ' ')
            return true;
        at++;
    }
    return false;
}

static int read_word(struct feedback *feedback, struct slice text,
                     const char **field, struct err *err)
{
    char folded[64];
    bool has_capitals = false;

    if (text.len > sizeof(folded)) {
        feedback_note(feedback, DMARC_FINDING_VALUE_UNKNOWN, text);
        return read_text(feedback, text, field, err);
    }
    for (size_t i = 0; i < text.len; i++) {
        bool is_capital = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';

        folded[i] = (char)(text.ptr[i] + (is_capital ? 'a' - 'A' : 0));
        has_capitals = has_capitals || is_capital;
    }
    if (has_capitals)
        feedback_note(feedback, DMARC_FINDING_VALUE_CASE, text);
    if (!is_known(row_of(feedback)->words, slice_make(folded, text.len)))
        feedback_note(feedback, DMARC_FINDING_VALUE_UNKNOWN, text);
    return read_text(feedback, slice_make(folded, text.len), field, err);
}

static int read_domain(struct feedback *feedback, struct slice text,
                       const char **field, struct err *err)
{
    unsigned changes;
    size_t n, at = (size_t)(row_of(feedback) - schema_rows(&n));

    if (feedback->last[at] && slice_equal(slice_of(feedback->last[at]), text)) {
        *field = feedback->last[at];
        return 0;
    }
    *field = domain_normalise(feedback->arena, text, &changes);
    if (!*field)
        return arena_error(feedback->arena, err);
    if (changes & DOMAIN_BAD)
        feedback_note(feedback, DMARC_FINDING_DOMAIN_BAD, text);
    else if (changes)
        feedback_note(feedback, DMARC_FINDING_DOMAIN_FORM, text);
    else
        feedback->last[at] = *field;
    return 0;
}

static int read_address(struct feedback *feedback, struct slice text,
                        const char **field, struct err *err)
{
    int form = address_normalise(feedback->arena, text, field);

    if (form < 0)
        return arena_error(feedback->arena, err);
    if (form == ADDRESS_DECORATED)
        feedback_note(feedback, DMARC_FINDING_ADDRESS_FORM, text);
    else if (form == ADDRESS_NO_ADDRESS)
        feedback_note(feedback, DMARC_FINDING_ADDRESS_BAD, text);
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* How an integer was written. */
enum integer_form {
    INTEGER_PLAIN,
    INTEGER_ODD, /* sign, fraction, separators */
    INTEGER_NEGATIVE,
    INTEGER_TOO_LARGE,
    INTEGER_BAD
};

/*
 * Reads what people take for a number: "5", "+5", "5.0", "1,000". Stops at
 * COUNT_MAX. Nothing but zeros may follow a point.
 */
static enum integer_form read_integer(struct slice text, int64_t *out_number)
{
    enum integer_form form = INTEGER_PLAIN;
    bool is_negative = false, is_fraction = false, has_digit = false;
    bool is_large = false;
    int64_t number = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (is_digit(c) && !is_fraction) {
            is_large = is_large || number > (COUNT_MAX - (c - '0')) / 10;
            number = is_large ? COUNT_MAX : number * 10 + (c - '0');
            has_digit = true;
            continue;
        }
        form = INTEGER_ODD;
        if (c == '-' && i == 0)
            is_negative = true;
        else if (c == '.' && has_digit && !is_fraction)
            is_fraction = true;
        else if (!(c == '+' && i == 0) && !(c == ',' && has_digit) &&
                 !(is_digit(c) && is_fraction))
            return INTEGER_BAD;
    }
    if (!has_digit)
        return INTEGER_BAD;
    *out_number = number;
    return is_negative && number > 0 ? INTEGER_NEGATIVE
           : is_large                ? INTEGER_TOO_LARGE
                                     : form;
}

static void read_messages(struct feedback *feedback, struct slice text,
                          int64_t *field)
{
    static const enum dmarc_finding findings[] = {
        [INTEGER_ODD] = DMARC_FINDING_COUNT_FORM,
        [INTEGER_NEGATIVE] = DMARC_FINDING_COUNT_NEGATIVE,
        [INTEGER_TOO_LARGE] = DMARC_FINDING_COUNT_TOO_LARGE,
        [INTEGER_BAD] = DMARC_FINDING_COUNT_UNREADABLE,
    };
    int64_t count = 0;
    enum integer_form form = read_integer(text, &count);

    if (form != INTEGER_PLAIN)
        feedback_note(feedback, findings[form], text);
    if (form == INTEGER_NEGATIVE)
        count = 0;
    if (form != INTEGER_TOO_LARGE && !count_is_plausible(count))
        feedback_note(feedback, DMARC_FINDING_COUNT_IMPLAUSIBLE, text);
    *field = count;
    feedback->has_count = true;
}

static void read_percent(struct feedback *feedback, struct slice text,
                         int64_t *field)
{
    int64_t percent = 0;
    struct slice number = text;

    if (slice_ends_fold(number, SLICE("%")))
        number.len--;
    if (read_integer(number, &percent) > INTEGER_ODD || percent > 100)
        feedback_note(feedback, DMARC_FINDING_PERCENT_BAD, text);
    else
        *field = percent;
}

/*
 * Unix seconds, as the RFC has it; thousandths of them, and any form in which
 * people write a date.
 */
static void read_time(struct feedback *feedback, struct slice text,
                      utc_time *field)
{
    const int64_t last = INT64_C(253402300799); /* of the year 9999 */
    int64_t number = 0;
    enum integer_form form = read_integer(text, &number);

    if (form <= INTEGER_ODD && number > last && number / 1000 <= last) {
        form = INTEGER_ODD;
        number /= 1000;
    }
    if (form <= INTEGER_ODD && number <= last)
        *field = number;
    else if (form == INTEGER_BAD && utc_parse(text, field, NULL) == 0)
        form = INTEGER_ODD;
    if (*field == UTC_NONE)
        feedback_note(feedback, DMARC_FINDING_DATE_UNREADABLE, text);
    else if (form != INTEGER_PLAIN)
        feedback_note(feedback, DMARC_FINDING_DATE_FORM, text);
}

/* Notes an empty element, which counts as absent. */
static bool is_absent(struct feedback *feedback, struct slice text)
{
    const struct schema_row *row = row_of(feedback);

    if (text.len > 0 || row->may_be_empty)
        return false;
    feedback_note(feedback, DMARC_FINDING_VALUE_EMPTY, text);
    return true;
}

int leaf_read(struct feedback *feedback, struct slice text, void *field,
              struct err *err)
{
    text = slice_trim(text);
    if (is_absent(feedback, text))
        return 0;
    switch (row_of(feedback)->type) {
    case SCHEMA_TEXTS: return read_texts(feedback, text, err);
    case SCHEMA_WORD: return read_word(feedback, text, field, err);
    case SCHEMA_DOMAIN: return read_domain(feedback, text, field, err);
    case SCHEMA_ADDRESS: return read_address(feedback, text, field, err);
    case SCHEMA_MESSAGES: read_messages(feedback, text, field); return 0;
    case SCHEMA_PERCENT: read_percent(feedback, text, field); return 0;
    case SCHEMA_BEGIN:
        read_time(feedback, text, &feedback->report.start);
        return read_text(feedback, text, field, err);
    case SCHEMA_END:
        read_time(feedback, text, &feedback->report.end);
        return read_text(feedback, text, field, err);
    default: return read_text(feedback, text, field, err);
    }
}
