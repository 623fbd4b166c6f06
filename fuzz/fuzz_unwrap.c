/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Opens octets as import does, names included: whatever they are, there is at
 * least one candidate, each is a text or a refusal with a critical finding, and
 * texts may be written to. The first octet picks the file name.
 */

#include <stdint.h>
#include <stdlib.h>

#include "unwrap/limits.h"
#include "unwrap/unwrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_right)
{
    if (!is_right)
        abort();
}

static bool has_critical(const struct finding_list *list)
{
    for (size_t i = 0; i < list->n_items; i++) {
        if (list->items[i].kind->severity == FINDING_CRITICAL)
            return true;
    }
    return false;
}

static int take(void *context, struct unwrap_candidate *candidate,
                struct err *err)
{
    size_t *n = context;

    (void)err;
    ++*n;
    check(!candidate->text == !!candidate->refused);
    check(candidate->len <= UNWRAP_MAX_BYTES);
    if (candidate->text)
        memset(candidate->text, 'x', candidate->len);
    else
        check(has_critical(candidate->findings) ||
              candidate->findings->n_dropped);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { NULL, "r.json", "r.json.gz", "r.zip" };
    struct arena arena;
    struct err err;
    size_t n = 0;

    if (size == 0)
        return 0;
    arena_init(&arena, (size_t)1 << 26);
    check(unwrap_each(&arena, slice_make(data + 1, size - 1),
                      names[data[0] % 4], take, &n, &err) == 0);
    check(n > 0 && n <= UNWRAP_MAX_CANDIDATES + 1);
    arena_deinit(&arena);
    return 0;
}
