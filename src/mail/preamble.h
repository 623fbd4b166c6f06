/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What stands before the header of a mail in files: a BOM, empty lines, an mbox
 * "From " line.
 *
 * What reads a mail, what verifies it and what looks for its recipient must begin
 * at the same octet.
 */

#include "base/slice.h"

/* Gives a message from where its header begins. */
struct slice preamble_skip(struct slice s);
