/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What is said on stderr while a test listens: a few log lines, no more than a
 * pipe holds.
 */

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

struct said {
    char text[20000];
    int before; /* stderr, until the test has listened */
    int ends[2];
};

/* Begins to listen. */
static inline void said_begin(struct said *said)
{
    assert_int_equal(pipe(said->ends), 0);
    said->before = dup(STDERR_FILENO);
    assert_true(dup2(said->ends[1], STDERR_FILENO) >= 0);
}

/* Ends it. Returns: what was said. */
static inline const char *said_end(struct said *said)
{
    ssize_t n;

    assert_true(dup2(said->before, STDERR_FILENO) >= 0);
    close(said->before);
    close(said->ends[1]);
    n = read(said->ends[0], said->text, sizeof(said->text) - 1);
    close(said->ends[0]);
    said->text[n > 0 ? n : 0] = '\0';
    return said->text;
}
