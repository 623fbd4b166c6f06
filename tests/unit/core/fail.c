/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fail.h"

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t n, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void __real_free(void *memory);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t n, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
void __wrap_free(void *memory);

static size_t n_left; /* allocations until one fails; 0: none will */
static bool has_failed;
static long live;

void fail_begin(size_t n)
{
    n_left = n;
    has_failed = false;
    live = 0;
}

bool fail_end(void)
{
    n_left = 0;
    return has_failed;
}

long fail_live(void)
{
    return live;
}

static bool is_turn(void)
{
    if (n_left && --n_left == 0)
        return has_failed = true;
    return false;
}

static void *count(void *memory)
{
    live += memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t bytes)
{
    return is_turn() ? NULL : count(__real_malloc(bytes));
}

void *__wrap_calloc(size_t n, size_t bytes)
{
    return is_turn() ? NULL : count(__real_calloc(n, bytes));
}

void *__wrap_realloc(void *memory, size_t bytes)
{
    if (is_turn())
        return NULL;
    return memory ? __real_realloc(memory, bytes)
                  : count(__real_realloc(NULL, bytes));
}

void __wrap_free(void *memory)
{
    live -= memory != NULL;
    __real_free(memory);
}
