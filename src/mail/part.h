/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Part: a leaf of a mail as gmime has it, made into a struct mail_part. Only
 * for this room.
 */

#include <gmime/gmime.h>

#include "mail/reading.h"

/*
 * Fills media type, name, content and oddities of a leaf part. What octets are
 * counts more than what header fields say of their encoding.
 * Owns: the content is valid until the next call.
 * Returns: 0, -1 with r->err.
 */
int part_read(struct reading *r, GMimePart *leaf, struct mail_part *part);
