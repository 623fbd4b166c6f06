/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "mail/look.h"
#include "mail/mail.h"

struct seen {
    struct buffer text;
    unsigned oddities;
};

static int look(void *context, const struct mail_header *header,
                const struct mail_part *part, struct err *err)
{
    struct seen *seen = context;

    (void)header;
    (void)err;
    buffer_add_format(&seen->text, "%u %s %s <", part->number, part->media_type,
                      part->file_name ? part->file_name : "-");
    buffer_add(&seen->text, part->content.ptr, part->content.len);
    buffer_add_text(&seen->text, ">;");
    assert_false(part->is_cut);
    if (part->writable) {
        assert_ptr_equal(part->writable, part->content.ptr);
        memset(part->writable, 'x', part->content.len);
    }
    seen->oddities = part->oddities;
    return 0;
}

static void look_at(const struct look_row *row)
{
    struct err err = { .kind = ERR_NONE };
    struct seen seen = { .oddities = 0 };
    struct arena arena;

    arena_init(&arena, 1 << 20);
    buffer_init(&seen.text, 4096);
    if (mail_read(&arena, slice_of(row->mail), look, &seen, &err) != 0)
        fail_msg("%s: %s", row->name, err.text);
    if (strcmp(buffer_text(&seen.text), row->want) != 0 ||
        seen.oddities != row->oddities)
        fail_msg("%s: oddities %#x, got %s", row->name, seen.oddities,
                 buffer_text(&seen.text));
    buffer_deinit(&seen.text);
    arena_deinit(&arena);
}

void look_at_rows(const struct look_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        look_at(&rows[i]);
}
