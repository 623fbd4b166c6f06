/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/self_test_mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "service/letters.h"

enum { ARENA_BYTES = 64 * 1024, GZIP_BYTES = 16 * 1024 };

static int draw_token(char token[static SELF_TEST_TOKEN_BYTES], struct err *err)
{
    uint64_t number;

    if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
        return err_system(err, "drawing a token");
    snprintf(token, SELF_TEST_TOKEN_BYTES, "%016" PRIx64, number);
    return 0;
}

static int read_address(struct arena *arena, const char *address,
                        struct outgoing_target *target, struct err *err)
{
    const char *uri = arena_printf(arena, "mailto:%s", address);

    if (!uri)
        return arena_error(arena, err);
    return outgoing_target_read(arena, slice_of(uri), target, err);
}

/* Whoever signs, the mail is written: whether the relay does is the question. */
static int write_letter(const struct outgoing_settings *settings, size_t number,
                        const struct outbox_load *load,
                        const struct outgoing_target *target, utc_time now,
                        struct letter *letter, struct err *err)
{
    struct letters *letters;
    int rc;

    if (letters_open(settings, &letters, err))
        return -1;
    letters_prove(letters, number, SELF_TEST_FRESH);
    rc = letters_write(letters, load, target, now, letter, err);
    letters_close(letters);
    return rc;
}

static int bring(const struct outgoing_settings *settings,
                 struct outbox_load *load, const struct outgoing_target *target,
                 struct letter *letter, struct self_test_mail *mail,
                 struct err *err)
{
    const struct courier courier = { .settings = settings, .stop_fd = -1 };
    struct courier_end end;

    load->mail = buffer_slice(&letter->octets);
    load->sender = buffer_slice(&letter->sender);
    load->recipient = buffer_slice(&letter->recipient);
    if (courier_bring(&courier, load, target, &end, err))
        return -1;
    mail->is_taken =
        (end.outcome.kind == ATTEMPT_SMTP && end.outcome.code / 100 == 2) ||
        (end.outcome.kind == ATTEMPT_EXIT && !end.outcome.code);
    snprintf(mail->answer, sizeof(mail->answer), "%s", end.answer);
    return 0;
}

/* What is under way while it is sent. */
struct sending {
    struct arena arena;
    struct buffer octets;
    struct letter letter;
    struct outbox_load load;
    struct outgoing_target target;
};

static int send_one(struct sending *s, const struct outgoing_settings *settings,
                    size_t number, const char *address, struct outbox *outbox,
                    const struct clock *clock, struct self_test_mail *mail,
                    struct err *err)
{
    const struct outgoing_identity *identity = &settings->identities[number];
    const utc_time now = clock_now(clock);
    const char *way = self_test_way(&s->arena, settings, identity);

    if (!way)
        return arena_error(&s->arena, err);
    if (draw_token(mail->token, err) ||
        read_address(&s->arena, address, &s->target, err) ||
        self_test_compose(&s->arena, identity, mail->token, now, &s->octets,
                          &s->load, err) ||
        write_letter(settings, number, &s->load, &s->target, now, &s->letter,
                     err) ||
        outbox_note_self_test(outbox, identity->name, mail->token, way, err))
        return -1;
    return bring(settings, &s->load, &s->target, &s->letter, mail, err);
}

int self_test_mail_send(const struct outgoing_settings *settings, size_t number,
                        const char *address, struct outbox *outbox,
                        const struct clock *clock,
                        struct self_test_mail *out_mail, struct err *err)
{
    struct self_test_mail mail = { .is_taken = false };
    struct sending s = { .arena = { 0 } };
    int rc;

    arena_init(&s.arena, ARENA_BYTES);
    buffer_init(&s.octets, GZIP_BYTES);
    letter_init(&s.letter);
    rc = send_one(&s, settings, number, address, outbox, clock, &mail, err);
    letter_deinit(&s.letter);
    buffer_deinit(&s.octets);
    arena_deinit(&s.arena);
    if (rc == 0)
        *out_mail = mail;
    return rc;
}
