/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/repute.h"

#include "base/map.h"
#include "service/limits.h"

void repute_init(struct repute *repute)
{
    *repute = (struct repute){ .next = 0 };
}

/* Two hosts that meet share their repute, which costs some seconds at worst. Never
 * 0. */
static uint64_t hash_of(struct slice host)
{
    const uint64_t hash = map_hash(host);

    return hash ? hash : 1;
}

/* Returns: its place, REPUTE_HOSTS where it is not known. */
static size_t find(const struct repute *repute, uint64_t hash)
{
    size_t i = 0;

    while (i < REPUTE_HOSTS && repute->hosts[i] != hash)
        i++;
    return i;
}

void repute_note(struct repute *repute, struct slice host, int64_t took_ms)
{
    const uint64_t hash = hash_of(host);
    const size_t place = find(repute, hash);

    if (took_ms > SERVICE_CREW_QUICK_MS) {
        if (place < REPUTE_HOSTS)
            repute->hosts[place] = 0;
    } else if (place == REPUTE_HOSTS) {
        repute->hosts[repute->next] = hash;
        repute->next = (repute->next + 1) % REPUTE_HOSTS;
    }
}

bool repute_is_quick(const struct repute *repute, struct slice host)
{
    return find(repute, hash_of(host)) < REPUTE_HOSTS;
}
