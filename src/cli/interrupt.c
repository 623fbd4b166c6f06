/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t is_set;

static void note(int number)
{
    (void)number;
    is_set = 1;
}

void interrupt_init(void)
{
    struct sigaction action = { .sa_handler = note,
                                .sa_flags = (int)SA_RESETHAND };

    is_set = 0;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_is_set(void)
{
    return is_set;
}
