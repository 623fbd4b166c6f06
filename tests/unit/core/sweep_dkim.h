/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The entry points of verifying DKIM, run once each by the sweep of
 * test_sweep.c. Returns of all: 0, -1 when it was said that memory is out.
 */

/* Reads a key record with several findings. */
int sweep_dkim_key(void);

/* Compares a name with U-labels and one with A-labels. */
int sweep_organisation(void);

/* Reads a mail with two signatures, judges them and chooses. */
int sweep_dkim(void);

/* Reads a private key. */
int sweep_private_key(void);
