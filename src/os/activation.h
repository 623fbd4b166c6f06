/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Socket activation: sockets that the service manager made for us.
 *
 * Their queues outlive a restart of ours, so that what is sent meanwhile waits.
 * The protocol (sd_listen_fds) is two variables and descriptors from 3 on, so no
 * library is linked for it.
 */

#include "base/err.h"

/*
 * Takes the one Unix datagram socket that we were started with.
 * pid_text, count_text: values of LISTEN_PID and LISTEN_FDS, NULL where not set.
 * Returns: the descriptor (the caller's, now close-on-exec); -1 where we were
 * started with none; -2 with err where with another one, or with several.
 */
int activation_take_datagram(const char *pid_text, const char *count_text,
                             struct err *err);
