/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;

    if (!err)
        return -1;
    err->kind = kind;
    err->system_errno = 0;
    err->offset = 0;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return -1;
}

int err_system(struct err *err, const char *format, ...)
{
    int number = errno;
    size_t used;
    va_list args;

    if (!err)
        return -1;
    err->kind = ERR_SYSTEM;
    err->system_errno = number;
    err->offset = 0;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, ": %s",
             strerrordesc_np(number) ? strerrordesc_np(number) : "unknown");
    return -1;
}

int err_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, "out of memory");
}

int err_prefix(struct err *err, const char *format, ...)
{
    char context[ERR_TEXT_BYTES / 2];
    char text[ERR_TEXT_BYTES];
    va_list args;
    size_t used;

    if (!err)
        return -1;
    va_start(args, format);
    vsnprintf(context, sizeof(context), format, args);
    va_end(args);
    memcpy(text, err->text, sizeof(text));
    snprintf(err->text, sizeof(err->text), "%s: ", context);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, "%s", text);
    return -1;
}
