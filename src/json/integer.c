/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* Counts as senders write them: digits, fractions, exponents, signs. */

#include "json/reader.h"

enum { MAX_EXPONENT = 400 /* beyond it every number saturates or is 0 */ };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct decimal {
    int64_t value;   /* digits before the point and, shifted in, behind it */
    bool overflowed; /* value stands for something larger */
    bool negative;
};

static void push_digit(struct decimal *d, char c)
{
    if (__builtin_mul_overflow(d->value, 10, &d->value) ||
        __builtin_add_overflow(d->value, c - '0', &d->value)) {
        d->value = INT64_MAX;
        d->overflowed = true;
    }
    if (d->overflowed)
        d->value = INT64_MAX;
}

/* Takes "e+12" off the front. Returns: 0, -1 where it is none. */
static int take_exponent(struct slice *s, int *out)
{
    bool negative = false;
    int value = 0;

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

/* Digits of the fraction that the exponent moves before the point. */
static void shift(struct decimal *d, struct slice fraction, int exponent)
{
    for (; exponent > 0; exponent--) {
        push_digit(d, fraction.len ? fraction.ptr[0] : '0');
        fraction = slice_skip(fraction, 1);
        if (d->value == 0 && fraction.len == 0)
            return;
    }
    for (; exponent < 0 && d->value; exponent++) {
        d->overflowed = false;
        d->value /= 10;
    }
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

enum json_integer_form json_integer(struct slice text, int64_t *out)
{
    struct slice s = slice_trim(text), whole, fraction = { NULL, 0 };
    struct decimal d = { 0 };
    bool has_point = false;
    int exponent;

    if (read_plain(text, out))
        return JSON_INTEGER_PLAIN;
    *out = 0;
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
        d.negative = s.ptr[0] == '-';
        s = slice_skip(s, 1);
    }
    whole = take_digits(&s);
    if (whole.len == 0)
        return JSON_INTEGER_BAD;
    for (size_t i = 0; i < whole.len; i++)
        push_digit(&d, whole.ptr[i]);
    if (s.len && s.ptr[0] == '.') {
        has_point = true;
        s = slice_skip(s, 1);
        fraction = take_digits(&s);
    }
    has_point = has_point || s.len;
    if (take_exponent(&s, &exponent))
        return JSON_INTEGER_BAD;
    shift(&d, fraction, exponent);
    if (d.negative && (d.value || fraction.len))
        return JSON_INTEGER_NEGATIVE;
    *out = d.value;
    if (d.overflowed)
        return JSON_INTEGER_OVERFLOW;
    return has_point ? JSON_INTEGER_FLOAT : JSON_INTEGER_PLAIN;
}
