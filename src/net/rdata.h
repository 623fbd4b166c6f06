/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Rdata: the data of a DNS record, as it stands in an answer.
 */

#include "base/slice.h"

/*
 * Joins the strings of a TXT record, with nothing between them.
 * out: room for rdata.len octets.
 * Returns: 0; -1 where rdata is none (outputs untouched).
 * RFC: 1035 section 3.3.14.
 */
int rdata_join_text(struct slice rdata, char *out, size_t *out_len);
