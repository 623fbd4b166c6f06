/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Scanning: the two loops that touch every octet of a text.
 *
 * Sixteen octets at a step where the machine has SSE2 (every amd64), one
 * otherwise. Never reads behind `end`.
 */

#include <stdbool.h>
#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Octets that end a run of plain string text: quote, backslash, control, and
 * everything that is not ASCII. */
static inline bool scan_is_plain(char c)
{
    unsigned char u = (unsigned char)c;

    return u >= 0x20 && u < 0x80 && u != '"' && u != '\\';
}

/* Returns the first octet from p that is not plain string text, or end. */
static inline char *scan_plain(char *p, char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(0x20);

    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        /* signed: below 0x20 are controls and all that is not ASCII */
        __m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote),
                                                 _mm_cmpeq_epi8(v, backslash)),
                                    _mm_cmplt_epi8(v, blank));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);

        if (mask)
            return p + __builtin_ctz(mask);
        p += 16;
    }
#endif
    while (p < end && scan_is_plain(*p))
        p++;
    return p;
}

/* Returns the first octet from p that is no JSON blank, or end. */
static inline char *scan_blanks(char *p, char *end)
{
    /* Most texts are compact: the usual octet here is no blank. */
    while (p < end && (unsigned char)*p <= ' ' &&
           (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}
