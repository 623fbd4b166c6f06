/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "oracle.h"

#include <dlfcn.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static __typeof__(&json_loadb) load;
static __typeof__(&json_dumps) dump;
static __typeof__(&json_delete) delete;

static void *find(void *library, const char *name)
{
    void *function = library ? dlsym(library, name) : NULL;

    if (!function) {
        fprintf(stderr, "jansson: %s\n", dlerror());
        exit(1);
    }
    return function;
}

static void open_library(void)
{
    void *library = dlopen("libjansson.so.4", RTLD_NOW | RTLD_LOCAL);

    load = (__typeof__(load))find(library, "json_loadb");
    dump = (__typeof__(dump))find(library, "json_dumps");
    delete = (__typeof__(delete))find(library, "json_delete");
}

char *oracle_dump(struct slice text, bool *out_is_beyond)
{
    json_error_t error;
    json_t *value;
    char *dumped;

    if (!load)
        open_library();
    value = load(text.ptr ? text.ptr : "", text.len,
                 JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    *out_is_beyond =
        !value && json_error_code(&error) == json_error_numeric_overflow;
    if (!value)
        return NULL;
    dumped =
        dump(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    if (value->refcount != (size_t)-1)
        delete (value);
    return dumped;
}
