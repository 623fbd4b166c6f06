/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Texts in a row, as a list of the configuration gives them.
 */

#include <stddef.h>

struct settings_names {
    const char **items; /* n_items, and a NULL behind them; or NULL for none */
    size_t n_items;
};
