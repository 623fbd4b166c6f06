/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/reading.h"

#include <gmime/gmime.h>

#include "base/text.h"
#include "mail/limits.h"

static struct slice cut(struct slice text)
{
    if (text.len > MAIL_MAX_NAME_BYTES)
        text.len = MAIL_MAX_NAME_BYTES;
    return text;
}

static char *copy_repaired(struct arena *arena, struct slice text)
{
    struct buffer clean;
    char *copy;

    buffer_init(&clean, 3 * (size_t)MAIL_MAX_NAME_BYTES);
    text_add_utf8(&clean, text);
    copy = clean.failed ? NULL : arena_copy(arena, buffer_slice(&clean));
    buffer_deinit(&clean);
    return copy;
}

int reading_keep_text(struct reading *r, struct slice text, const char **out)
{
    char *copy;

    if (!text.ptr)
        return 0;
    text = cut(text);
    if (text_utf8_prefix(text) == text.len)
        copy = arena_copy(r->arena, text);
    else
        copy = copy_repaired(r->arena, text);
    if (!copy)
        return err_memory(r->err);
    *out = copy;
    return 0;
}

/* A line end in a folded field goes, the blank behind it stays. out has room
 * for raw and a NUL. */
static void unfold(struct slice raw, char *out)
{
    for (size_t i = 0; i < raw.len && raw.ptr[i]; i++) {
        if (raw.ptr[i] != '\r' && raw.ptr[i] != '\n')
            *out++ = raw.ptr[i];
    }
    *out = '\0';
}

void reading_prepare_library(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        g_mime_init();
        g_once_init_leave(&done, 1);
    }
}

int reading_keep_field(struct reading *r, struct slice raw, const char **out)
{
    char text[MAIL_MAX_NAME_BYTES + 1];
    char *decoded;
    int result;

    if (!raw.ptr)
        return 0;
    unfold(cut(raw), text);
    if (!strstr(text, "=?"))
        return reading_keep_text(r, slice_of(text), out);
    reading_prepare_library();
    decoded = g_mime_utils_header_decode_text(NULL, text);
    result = reading_keep_text(r, slice_of(decoded), out);
    g_free(decoded);
    return result;
}
