/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* Counts as senders write them: digits, fractions, exponents, signs. */

#include "json/reader.h"

/* Beyond it exponents are not told apart: no text has so many digits. */
#define MAX_EXPONENT INT64_C(1000000000000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number as written: digits, of which the first n_whole stand before the
 * point once the exponent is applied. */
struct decimal {
    struct slice whole;    /* before the point */
    struct slice fraction; /* behind it */
    int64_t n_whole;
    bool is_negative;
};

static char digit_at(const struct decimal *d, size_t i)
{
    return i < d->whole.len ? d->whole.ptr[i]
                            : d->fraction.ptr[i - d->whole.len];
}

static bool is_zero(const struct decimal *d)
{
    for (size_t i = 0; i < d->whole.len + d->fraction.len; i++) {
        if (digit_at(d, i) != '0')
            return false;
    }
    return true;
}

/* The digits before the point. Returns: false where they are beyond 2^63-1. */
static bool sum_digits(const struct decimal *d, int64_t *out)
{
    int64_t n_digits = (int64_t)(d->whole.len + d->fraction.len), value = 0;

    for (int64_t i = 0; i < d->n_whole; i++) {
        int digit = i < n_digits ? digit_at(d, (size_t)i) - '0' : 0;

        if (i >= n_digits && value == 0)
            break;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            *out = INT64_MAX;
            return false;
        }
    }
    *out = value;
    return true;
}

/* Takes "e+12" off the front. Returns: 0, -1 where it is none. */
static int take_exponent(struct slice *s, int64_t *out)
{
    bool negative = false;
    int64_t value = 0;

    *out = 0;
    if (s->len == 0)
        return 0;
    if (s->ptr[0] != 'e' && s->ptr[0] != 'E')
        return -1;
    *s = slice_skip(*s, 1);
    if (s->len && (s->ptr[0] == '+' || s->ptr[0] == '-')) {
        negative = s->ptr[0] == '-';
        *s = slice_skip(*s, 1);
    }
    if (s->len == 0)
        return -1;
    for (; s->len; *s = slice_skip(*s, 1)) {
        if (!is_digit(s->ptr[0]))
            return -1;
        if (value < MAX_EXPONENT)
            value = value * 10 + (s->ptr[0] - '0');
    }
    *out = negative ? -value : value;
    return 0;
}

static struct slice take_digits(struct slice *s)
{
    struct slice digits = { s->ptr, 0 };

    while (s->len && is_digit(s->ptr[0])) {
        digits.len++;
        *s = slice_skip(*s, 1);
    }
    return digits;
}

/* Digits alone, few enough never to overflow: the usual count. */
static bool read_plain(struct slice s, int64_t *out)
{
    int64_t value = 0;

    if (s.len == 0 || s.len > 18)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]))
            return false;
        value = value * 10 + (s.ptr[i] - '0');
    }
    *out = value;
    return true;
}

/* Takes a number apart. Returns: 0, -1 where it is none. */
static int take_decimal(struct slice s, struct decimal *d, bool *is_float)
{
    int64_t exponent;

    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
        d->is_negative = s.ptr[0] == '-';
        s = slice_skip(s, 1);
    }
    d->whole = take_digits(&s);
    if (d->whole.len == 0)
        return -1;
    *is_float = s.len > 0;
    if (s.len && s.ptr[0] == '.') {
        s = slice_skip(s, 1);
        d->fraction = take_digits(&s);
    }
    if (take_exponent(&s, &exponent))
        return -1;
    d->n_whole = (int64_t)d->whole.len + exponent;
    return 0;
}

enum json_integer_form json_integer(struct slice text, int64_t *out)
{
    struct decimal d = { .n_whole = 0 };
    bool is_float;

    if (read_plain(text, out))
        return JSON_INTEGER_PLAIN;
    *out = 0;
    if (take_decimal(slice_trim(text), &d, &is_float))
        return JSON_INTEGER_BAD;
    if (d.is_negative && !is_zero(&d))
        return JSON_INTEGER_NEGATIVE;
    if (!sum_digits(&d, out))
        return JSON_INTEGER_OVERFLOW;
    return is_float ? JSON_INTEGER_FLOAT : JSON_INTEGER_PLAIN;
}
