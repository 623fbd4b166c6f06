/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Spare: which of many reports that conflict is not kept.
 *
 * For this room alone. A conflict shows that somebody sends what another has sent;
 * a few of them show it as well as a million, which anybody could send.
 */

#include "base/err.h"
#include "crypt/digest.h"

struct store;

/*
 * Drops some of the reports that conflict under a key (STORE_SPARES_MAX at most),
 * where they are too many (STORE_CONFLICTS_MAX): of the least proven the oldest.
 * They are counted. What waits to be judged stays, where it is not too much by
 * itself (STORE_CONFLICTS_ALL_MAX), and so does but_id, which came last.
 * Returns: 0, -1 with err.
 */
int spare_drop(struct store *store,
               const unsigned char key[static DIGEST_BYTES], int64_t but_id,
               struct err *err);
