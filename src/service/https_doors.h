/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * HTTPS doors: all places where reports are taken by HTTPS, as settings name
 * them; opened and closed where new settings differ.
 *
 * A place is where it listens: what else is said of it is exchanged while it
 * serves. Workload: some doors, exchanged some times a year.
 */

#include <stddef.h>

#include "base/err.h"
#include "service/receiver.h"
#include "service/settings.h"

struct https_doors;

/*
 * Opens all doors of settings, with threads of their own (block signals before).
 * receiver must outlive them. host: by which they are reached where settings do
 * not say; copied.
 * Returns: 0, -1 with err.
 */
int https_doors_open(struct receiver *receiver, const struct settings *settings,
                     const char *host, struct https_doors **out_doors,
                     struct err *err);

/* Where the door of a section of the settings is reached, as a URL. */
const char *https_doors_url(const struct https_doors *doors, size_t index);

/*
 * Goes by new settings, from one thread at a time. A door that listens where it
 * did stays open, and so do its connections; new ones are opened before those
 * that are no longer named are closed, after what they were given is answered.
 * What needs a restart is logged.
 * Returns: 0, -1 with err: what could not be opened stays where it was.
 */
int https_doors_use(struct https_doors *doors, const struct settings *settings,
                    struct err *err);

/* Closes all, while the receiver still runs. NULL is allowed. */
void https_doors_close(struct https_doors *doors);
