/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/suggest.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

unsigned suggest_distance(const char *a, const char *b)
{
    unsigned cost[3][NAME_MAX_BYTES + 1];
    size_t a_len = strnlen(a, NAME_MAX_BYTES);
    size_t b_len = strnlen(b, NAME_MAX_BYTES);

    for (unsigned j = 0; j <= b_len; j++)
        cost[0][j] = j;
    /* Three rows of the usual table: a swap looks two rows back. */
    for (unsigned i = 1; i <= a_len; i++) {
        unsigned *row = cost[i % 3], *above = cost[(i + 2) % 3];
        const unsigned *second = cost[(i + 1) % 3];

        row[0] = i;
        for (unsigned j = 1; j <= b_len; j++) {
            unsigned change = above[j - 1] + (a[i - 1] != b[j - 1]);

            row[j] = min3(above[j] + 1, row[j - 1] + 1, change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && second[j - 2] + 1 < row[j])
                row[j] = second[j - 2] + 1;
        }
    }
    return cost[a_len % 3][b_len];
}

void suggest_init(struct suggest *suggest, const char *wanted)
{
    /* A third of the letters may be wrong, at least one. */
    suggest->wanted = wanted;
    suggest->nearest = NULL;
    suggest->distance = (unsigned)(strnlen(wanted, NAME_MAX_BYTES) / 3 + 2);
}

void suggest_add(struct suggest *suggest, const char *name)
{
    unsigned distance = suggest_distance(suggest->wanted, name);
    size_t len = strlen(suggest->wanted);

    /* The beginning of a name means the name. */
    if (len >= 2 && strncmp(suggest->wanted, name, len) == 0)
        distance = 0;
    if (distance < suggest->distance) {
        suggest->distance = distance;
        suggest->nearest = name;
    }
}
