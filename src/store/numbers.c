/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/numbers.h"

void numbers_put(struct buffer *out, int64_t number)
{
    uint64_t rest = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
    char octets[NUMBERS_BYTES];
    size_t n = 0;

    for (; rest >= 0x80; rest >>= 7)
        octets[n++] = (char)(rest | 0x80);
    octets[n++] = (char)rest;
    buffer_add(out, octets, n);
}

int numbers_take(struct slice *octets, int64_t *out_number)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < NUMBERS_BYTES && i < octets->len; i++) {
        unsigned char octet = (unsigned char)octets->ptr[i];

        number |= (uint64_t)(octet & 0x7f) << (7 * i);
        if (octet & 0x80)
            continue;
        *octets = slice_skip(*octets, i + 1);
        *out_number = (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
        return 0;
    }
    return -1;
}
