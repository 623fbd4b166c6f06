/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What a client takes, and what it has already.
 */

#include <stdbool.h>

/*
 * Tells whether an Accept-Encoding field (NULL = absent) takes gzip: named, or
 * by '*', with a weight above 0.
 * RFC: 9110 section 12.5.3.
 */
bool negotiate_takes_gzip(const char *field);

/*
 * Tells whether an If-None-Match field (NULL = absent) holds an entity tag, by
 * weak comparison. etag: quoted, with or without W/.
 * RFC: 9110 section 13.1.2.
 */
bool negotiate_has_tag(const char *field, const char *etag);
