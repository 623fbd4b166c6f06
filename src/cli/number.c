/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *number_count(int64_t count, char text[static NUMBER_TEXT_BYTES])
{
    char digits[NUMBER_TEXT_BYTES];
    size_t len, used = 0;

    snprintf(digits, sizeof(digits), "%" PRId64, count);
    len = strlen(digits);
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-')
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return text;
}

const char *number_share(int64_t part, int64_t whole,
                         char text[static NUMBER_TEXT_BYTES])
{
    double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;
    double distance = percent > 50 ? 100 - percent : percent;
    int digits = 0;

    if (whole <= 0) {
        snprintf(text, NUMBER_TEXT_BYTES, "-");
        return text;
    }
    /* Two digits that count, at most three behind the point. */
    for (double step = 10;
         part > 0 && part < whole && distance < step && digits < 3; step /= 10)
        digits++;
    if (part > 0 && percent < 0.0005)
        snprintf(text, NUMBER_TEXT_BYTES, "<0.001 %%");
    else if (part < whole && percent > 99.9995)
        snprintf(text, NUMBER_TEXT_BYTES, ">99.999 %%");
    else
        snprintf(text, NUMBER_TEXT_BYTES, "%.*f %%", digits, percent);
    return text;
}
