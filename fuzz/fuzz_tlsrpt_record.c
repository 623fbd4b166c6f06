/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Reads octets as a TLSRPT record, and their lines as a set of TXT records:
 * places are within the record, a verdict has its reason, and a destination is
 * the same when it is read again.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "record/tlsrpt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_LINES = 16 };

static void check(int is_right)
{
    if (!is_right)
        abort();
}

static void check_finding(const struct finding *finding, size_t size)
{
    size_t offset = SIZE_MAX;

    if (finding->where[0]) {
        check(sscanf(finding->where, "octet %zu", &offset) == 1);
        check(offset <= size);
    }
    check(!finding->value ||
          text_utf8_prefix(slice_of(finding->value)) == strlen(finding->value));
}

static void check_destination(struct arena *arena,
                              const struct tlsrpt_record *record,
                              const struct tlsrpt_destination *destination)
{
    struct tlsrpt_destination again;
    size_t fault;

    check(tlsrpt_destination_read(arena, slice_of(destination->uri), &again,
                                  &fault, NULL) == 0);
    check(tlsrpt_destination_equal(&again, destination));
    check(tlsrpt_record_names(record, &again));
    check(again.host[0] != '\0');
    check(again.scheme != TLSRPT_HTTPS || again.path[0] == '/');
    check(again.scheme != TLSRPT_MAILTO || again.local[0] != '\0');
}

static void check_record(struct arena *arena,
                         const struct tlsrpt_record *record, size_t size)
{
    size_t n_critical = 0;

    for (size_t i = 0; i < record->findings.n_items; i++) {
        check_finding(&record->findings.items[i], size);
        n_critical +=
            record->findings.items[i].kind->severity == FINDING_CRITICAL;
    }
    check(n_critical == (record->verdict == TLSRPT_INVALID ||
                         record->verdict == TLSRPT_NONE));
    check((record->n_destinations != 0) == (record->verdict == TLSRPT_VALID));
    for (size_t i = 0; i < record->n_destinations; i++)
        check_destination(arena, record, &record->destinations[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice whole = slice_make(data, size);
    struct slice lines[MAX_LINES];
    struct tlsrpt_record record;
    struct arena arena;
    size_t n = 0;

    arena_init(&arena, (size_t)1 << 24);
    check(tlsrpt_record_read(&arena, whole, &record, NULL) == 0);
    check_record(&arena, &record, size);
    while (whole.len && n < MAX_LINES)
        lines[n++] = slice_cut(&whole, '\n');
    check(tlsrpt_record_choose(&arena, lines, n, &record, NULL) == 0);
    check_record(&arena, &record, size);
    arena_deinit(&arena);
    return 0;
}
