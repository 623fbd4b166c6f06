/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Tree: a message parsed by gmime and walked from leaf to leaf, enclosed
 * messages included. Only for this room.
 */

#include "mail/reading.h"

/*
 * Parses r->message and calls r->function for each leaf part.
 * Returns: 0; what r->function returned; -1 with r->err.
 */
int tree_visit(struct reading *r);
