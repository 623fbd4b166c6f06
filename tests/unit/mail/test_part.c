/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "mail/limits.h"
#include "mail/look.h"
#include "mail/mail.h"

#define BASE64 "--b\nContent-Transfer-Encoding: base64\n\n"
#define NAMED "--b\nContent-Disposition: attachment;\n "
#define END "\n--b--\n"

static const struct look_row encodings[] = {
    { "base64", MULTI BASE64 "Zm9v\nYmFy\n" END, "1  - <foobar>;", 0 },
    { "base64 in capitals",
      MULTI "--b\nCONTENT-TRANSFER-ENCODING: BASE64\n\nZm9v" END, "1  - <foo>;",
      0 },
    { "base64 without padding", MULTI BASE64 "Zm9vYg" END, "1  - <foob>;",
      MAIL_BASE64_NO_PADDING },
    { "base64 with blanks", MULTI BASE64 "Zm9v \n\nYg==" END, "1  - <foob>;",
      MAIL_BASE64_BLANKS },
    { "base64 with text behind", MULTI BASE64 "Zm9vYg==\nscanned" END,
      "1  - <foob>;", MAIL_BASE64_FOREIGN },
    { "base64 that no field announces", MULTI "--b\n\nH4sI" END,
      "1  - <\x1f\x8b\x08>;", MAIL_BASE64_UNMARKED },
    { "raw gzip announced as base64", MULTI BASE64 "\x1f\x8b\x08" END,
      "1  - <\x1f\x8b\x08>;", MAIL_NOT_BASE64 },
    { "raw zip announced as base64", MULTI BASE64 "PK\x03\x04" END,
      "1  - <PK\x03\x04>;", MAIL_NOT_BASE64 },
    { "raw JSON announced as base64", MULTI BASE64 "\n{\"a\":1}" END,
      "1  - <\n{\"a\":1}>;", MAIL_NOT_BASE64 },
    { "a raw JSON array announced as base64", MULTI BASE64 "[ {}]" END,
      "1  - <[ {}]>;", MAIL_NOT_BASE64 },
    { "a banner before base64", MULTI BASE64 "[!]\nZm9v" END, "1  - <foo>;",
      MAIL_BASE64_FOREIGN },
    { "raw JSON announced as uuencode",
      MULTI "--b\nContent-Transfer-Encoding: x-uuencode\n\n{}" END,
      "1  - <{}>;", 0 },
    { "quoted-printable",
      MULTI "--b\nContent-Transfer-Encoding: quoted-printable\n\n"
            "{=22a=22:=\n 1}" END,
      "1  - <{\"a\": 1}>;", 0 },
    { "uuencode",
      MULTI "--b\nContent-Transfer-Encoding: x-uuencode\n\n"
            "begin 644 r\n#9F]O\n`\nend" END,
      "1  - <foo>;", 0 },
    { "8 bit", MULTI "--b\nContent-Transfer-Encoding: 8bit\n\n\x80\xff" END,
      "1  - <\x80\xff>;", 0 },
    { "no such encoding", MULTI "--b\nContent-Transfer-Encoding: rot\n\nx" END,
      "1  - <x>;", 0 },
    { "nothing", MULTI BASE64 END, "1  - <>;", 0 },
};

static void encodings_are_undone(void **state)
{
    (void)state;
    look_at_rows(encodings, sizeof encodings / sizeof *encodings);
}

static const struct look_row names[] = {
    { "media type in capitals", MULTI "--b\nContent-Type: Text/HTML\n\nx" END,
      "1 text/html - <x>;", 0 },
    { "media type that is none", MULTI "--b\nContent-Type: gzip\n\nx" END,
      "1 application/octet-stream - <x>;", 0 },
    { "no media type", MULTI "--b\nContent-ID: 1\n\nx" END, "1  - <x>;", 0 },
    { "file name", MULTI NAMED "filename=\"a!b!1!2.json.gz\"\n\nx" END,
      "1  a!b!1!2.json.gz <x>;", 0 },
    { "no quotes, other case, blank before",
      MULTI "--b\ncontent-disposition: ATTACHMENT ; FileName=r.json\n\nx" END,
      "1  r.json <x>;", 0 },
    { "RFC 2231 file name",
      MULTI NAMED "filename*0*=utf-8''b%C3%BC; filename*1=.json\n\nx" END,
      "1  b\xc3\xbc.json <x>;", 0 },
    { "encoded-word file name",
      MULTI NAMED "filename=\"=?utf-8?B?YiFjLmpzb24=?=\"\n\nx" END,
      "1  b!c.json <x>;", MAIL_ENCODED_NAME },
    { "file name of the media type alone",
      MULTI "--b\nContent-Type: text/plain; name=n.json\n\nx" END,
      "1 text/plain n.json <x>;", 0 },
    { "encoded-word name of the media type",
      MULTI
      "--b\nContent-Type: text/plain; name=\"=?utf-8?Q?n=2Ejson?=\"\n\nx" END,
      "1 text/plain n.json <x>;", MAIL_ENCODED_NAME },
};

static void names_and_types_are_decoded(void **state)
{
    (void)state;
    look_at_rows(names, sizeof names / sizeof *names);
}

static int look_at_type(void *context, const struct mail_header *header,
                        const struct mail_part *part, struct err *err)
{
    (void)header;
    (void)err;
    *(size_t *)context = strlen(part->media_type);
    return 0;
}

static void a_long_media_type_is_cut_before_it_is_kept(void **state)
{
    struct buffer mail;
    struct arena arena;
    size_t len = 0;

    (void)state;
    buffer_init(&mail, 1 << 20);
    buffer_add_text(&mail, "Content-Type: text/");
    for (size_t i = 0; i < 100000; i++)
        buffer_add_char(&mail, 'x');
    buffer_add_text(&mail, "\n\nbody");
    arena_init(&arena, 16 << 10);
    assert_int_equal(
        mail_read(&arena, buffer_slice(&mail), look_at_type, &len, NULL), 0);
    assert_int_equal(len, MAIL_MAX_NAME_BYTES);
    arena_deinit(&arena);
    buffer_deinit(&mail);
}

struct big {
    size_t len;
    bool is_cut;
};

static int look_at_size(void *context, const struct mail_header *header,
                        const struct mail_part *part, struct err *err)
{
    struct big *big = context;

    (void)header;
    (void)err;
    *big = (struct big){ .len = part->content.len, .is_cut = part->is_cut };
    return 0;
}

static void a_part_is_cut_at_the_cap(void **state)
{
    static const char head[] = "Subject: s\n\n";
    struct buffer mail;
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t more = 0; more < 2; more++) {
        size_t bytes = MAIL_MAX_PART_BYTES + more;
        struct big big = { .len = 0 };
        char *at;

        buffer_init(&mail, MAIL_MAX_MESSAGE_BYTES);
        buffer_add_text(&mail, head);
        at = buffer_reserve(&mail, bytes);
        assert_non_null(at);
        memset(at, '{', bytes);
        mail.len += bytes;
        assert_int_equal(
            mail_read(&arena, buffer_slice(&mail), look_at_size, &big, NULL),
            0);
        assert_int_equal(big.len, MAIL_MAX_PART_BYTES);
        assert_int_equal(big.is_cut, more);
        buffer_deinit(&mail);
    }
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_are_undone),
        cmocka_unit_test(names_and_types_are_decoded),
        cmocka_unit_test(a_long_media_type_is_cut_before_it_is_kept),
        cmocka_unit_test(a_part_is_cut_at_the_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
