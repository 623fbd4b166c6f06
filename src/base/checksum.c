/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/checksum.h"

static uint64_t add_octet(uint64_t checksum, unsigned char octet)
{
    return (checksum ^ octet) * UINT64_C(0x100000001b3);
}

uint64_t checksum_add(uint64_t checksum, struct slice octets)
{
    for (size_t i = 0; i < octets.len; i++)
        checksum = add_octet(checksum, (unsigned char)octets.ptr[i]);
    return checksum;
}

uint64_t checksum_add_number(uint64_t checksum, uint64_t number)
{
    for (unsigned i = 0; i < 8; i++)
        checksum = add_octet(checksum, (unsigned char)(number >> 8 * i & 0xff));
    return checksum;
}
