/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The domain of a From field.
 *
 * Only for this room. Of the raw field, because that is what was signed; where
 * it is not clear which address is meant there is none. RFC: 5322 section 3.4.
 */

#include "base/slice.h"

/*
 * Finds the domain of the only address in the value of a From field.
 * Returns: the domain as it stands; empty where there are several addresses, or
 * none.
 */
struct slice dkim_author_domain(struct slice value);
