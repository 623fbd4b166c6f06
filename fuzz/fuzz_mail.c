/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Reads octets as a mail: parts come in order within the limits, names and
 * header fields are valid UTF-8, decoded octets may be read and written.
 */

#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "mail/limits.h"
#include "mail/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int is_right)
{
    if (!is_right)
        abort();
}

static void check_text(const char *text)
{
    struct slice s = slice_of(text);

    check(text_utf8_prefix(s) == s.len);
}

static int take(void *context, const struct mail_header *header,
                const struct mail_part *part, struct err *err)
{
    unsigned *n = context;
    unsigned sum = 0;

    (void)err;
    check(part->number == ++*n && *n <= 2 * MAIL_MAX_PARTS + 1);
    check(part->media_type && !part->is_cut);
    check_text(part->file_name);
    check_text(header->subject);
    check_text(header->from);
    check_text(header->tls_report_domain);
    check_text(header->tls_report_submitter);
    for (size_t i = 0; i < part->content.len; i++)
        sum += (unsigned char)part->content.ptr[i];
    if (part->writable)
        memset(part->writable, (int)(sum & 0xff), part->content.len);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice octets = slice_make(data, size);
    struct arena arena;
    struct err err = { .kind = ERR_NONE };
    unsigned n = 0;

    mail_is_message(octets);
    arena_init(&arena, (size_t)1 << 26);
    if (mail_read(&arena, octets, take, &n, &err) != 0)
        check(err.kind == ERR_LIMIT);
    arena_deinit(&arena);
    return 0;
}
