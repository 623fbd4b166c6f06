/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Repute: which hosts answered lately, and soon.
 *
 * Several hosts that fall silent would otherwise hold all threads that deliver:
 * those that are not known to answer get some of them, so that the rest is left to
 * those that are. Some hundred hosts are remembered, the last ones.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { REPUTE_HOSTS = 512 };

struct repute {
    uint64_t hosts[REPUTE_HOSTS]; /* hashes of this process; 0: none */
    size_t next;                  /* the place that is taken next */
};

/* Begins with nobody known. */
void repute_init(struct repute *repute);

/* Notes how long a host took, in milliseconds, whatever it answered. */
void repute_note(struct repute *repute, struct slice host, int64_t took_ms);

/* Tells whether a host took little time when it was last met. */
bool repute_is_quick(const struct repute *repute, struct slice host);
