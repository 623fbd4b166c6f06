/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Element: what happens when a tag opens or closes.
 *
 * Elements of the schema fill the report, record and result they stand in; all
 * others are kept with their text and attributes. Private to the room.
 */

#include "dmarc/markup.h"

/* The events of one document; their context is a struct feedback. */
extern const struct markup_events element_events;
