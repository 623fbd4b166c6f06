/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What the sweep runs of the room event, apart for the size of its source.
 */

/* Reads a datagram, cleans it, makes keys of it. Returns: 0, -1 when it said that
 * memory is out. */
int sweep_event(void);
