/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Where the store is.
 */

#include <stdbool.h>

#include "base/err.h"

enum { STORE_URL_BYTES = 4096 + 16 };

/* The folder of the services' stores: StateDirectory=tlsrpt in their units. */
#define STORE_URL_MACHINE "/var/lib/tlsrpt"

/*
 * Makes the URL of the store from --store (an URL or a plain path). Where option
 * is NULL it is below $XDG_DATA_HOME; else in STORE_URL_MACHINE, for those who
 * may write there, the services and root; else below $HOME. So all who act for
 * the machine find one store, whether or not a configuration names it.
 * Returns: 0, -1 with err (ERR_USAGE: no home folder, path too long).
 */
int store_url_find(const char *option, char out_url[static STORE_URL_BYTES],
                   struct err *err);

/* As store_url_find; machine: the folder in the place of STORE_URL_MACHINE. */
int store_url_find_within(const char *machine, const char *option,
                          char out_url[static STORE_URL_BYTES],
                          struct err *err);

/*
 * Makes the folders above the store's file where they are missing, for its
 * owner alone.
 * Returns: 0, -1 with err (ERR_SYSTEM).
 */
int store_url_make_folder(const char *url, struct err *err);
