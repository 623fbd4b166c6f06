/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Descriptors: how many files and sockets the process may have open.
 *
 * Systems give a process 1,024 unless it asks, and more where it does. Asked
 * once, at the start of a daemon.
 */

/*
 * Asks for `wanted` descriptors, as far as the system allows.
 * Returns: how many there may be now; never fewer than before.
 */
unsigned descriptors_raise(unsigned wanted);
