/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/courier.h"

#include <errno.h>
#include <stdio.h>

#include "base/buffer.h"
#include "net/post.h"
#include "net/submit.h"
#include "os/program.h"
#include "os/secret.h"
#include "service/copy_file.h"
#include "service/limits.h"

enum {
    ADDRESS_BYTES = 512,
    OWN_WORDS = 5, /* -i -f SENDER -- RECIPIENT */
    MAX_WORDS = 64
};

static void say(struct courier_end *end, enum attempt_kind kind, int code,
                const char *text)
{
    end->outcome.kind = kind;
    end->outcome.code = code;
    snprintf(end->answer, sizeof(end->answer), "%.380s", text);
}

static int seconds(const struct courier *courier)
{
    return (int)courier->settings->attempt_s;
}

/* ---- By SMTP ------------------------------------------------------------- */

/* What was said before a recipient was named is about us. */
static enum attempt_kind kind_of(const struct submit_answer *answer)
{
    switch (answer->end) {
    case SUBMIT_ANSWERED:
        return answer->reply.stage <= SUBMIT_SENDER ? ATTEMPT_SESSION
                                                    : ATTEMPT_SMTP;
    case SUBMIT_NAME: return ATTEMPT_NAME;
    case SUBMIT_NO_TLS: return ATTEMPT_TLS;
    case SUBMIT_TIME: return ATTEMPT_TIME;
    case SUBMIT_STOPPED: return ATTEMPT_STOPPED;
    default: return ATTEMPT_CONNECT;
    }
}

/* Tells whether it wants us, or our login, no more: RFC 4954 section 6. */
static bool is_about_us(const struct submit_answer *answer)
{
    const int code = answer->reply.code;

    return answer->end == SUBMIT_ANSWERED && code / 100 == 5 &&
           (answer->reply.stage <= SUBMIT_SENDER || code == 530 ||
            code == 535 || code == 538);
}

static int submit(const struct courier *courier, const struct submit_url *url,
                  struct slice secret, const char *sender,
                  const char *recipient, const struct outbox_load *load,
                  struct courier_end *end, struct err *err)
{
    const struct outgoing_relay *relay = &courier->settings->relay;
    const char *at = strrchr(sender, '@');
    const struct submit_options options = {
        .url = url,
        .helo = at ? at + 1 : "localhost",
        .user = relay->user,
        .secret = secret,
        .ca_file = relay->ca_file,
        .is_plain = relay->is_plain,
        .total_s = seconds(courier),
        .stop_fd = courier->stop_fd,
    };
    const struct submit_mail mail = { .sender = sender,
                                      .recipients = &recipient,
                                      .n_recipients = 1,
                                      .octets = load->mail };
    struct submit_answer answer;
    char text[COURIER_ANSWER_BYTES];

    if (submit_send(&options, &mail, &answer, err))
        return -1;
    snprintf(text, sizeof(text), "%s%.340s",
             is_about_us(&answer) ? "the relay refuses us: " : "", answer.note);
    say(end, kind_of(&answer), answer.reply.code, text);
    end->is_mail = answer.may_have_it;
    return 0;
}

static int bring_to_relay(const struct courier *courier, const char *sender,
                          const char *recipient, const struct outbox_load *load,
                          struct courier_end *end, struct err *err)
{
    const struct outgoing_relay *relay = &courier->settings->relay;
    struct submit_url url;
    struct buffer secret;
    struct err why;
    int rc = 0;

    buffer_init(&secret, SECRET_MAX_BYTES);
    if (submit_url_parse(relay->url, relay->user != NULL, &url, &why) ||
        (relay->user && relay->password_file &&
         secret_read(relay->password_file, &secret, &why))) {
        say(end, ATTEMPT_OURS, 0, why.text);
    } else {
        rc = submit(courier, &url, buffer_slice(&secret), sender, recipient,
                    load, end, err);
    }
    secret_forget(&secret);
    return rc;
}

/* ---- By a sendmail command ----------------------------------------------- */

/* Programs of the system take and make lines with LF alone. */
static int drop_cr(struct slice mail, struct buffer *out, struct err *err)
{
    while (mail.len) {
        struct slice line = slice_line(mail);
        size_t text = line.len;

        mail = slice_skip(mail, line.len);
        if (text > 1 && line.ptr[text - 2] == '\r')
            text -= 2;
        buffer_add(out, line.ptr, text);
        if (text < line.len)
            buffer_add_char(out, '\n');
    }
    return out->failed ? err_memory(err) : 0;
}

/* The first line of what it said, as plain text. */
static void tell_exit(struct courier_end *end, const struct buffer *said,
                      int status, const struct err *why)
{
    struct slice line = slice_trim(slice_line(slice_trim(buffer_slice(said))));
    char text[200];
    size_t n = 0;

    for (; n < line.len && n + 1 < sizeof(text); n++)
        text[n] = line.ptr[n] >= 0x20 && line.ptr[n] < 0x7f ? line.ptr[n] : '?';
    text[n] = '\0';
    end->outcome.kind = ATTEMPT_EXIT;
    end->outcome.code = status;
    snprintf(end->answer, sizeof(end->answer), "%s%s%s",
             status == 0 ? "the sendmail command took it" : why->text,
             n ? ": " : "", text);
}

static int run_sendmail(const struct courier *courier, const char *const argv[],
                        struct slice mail, struct courier_end *end)
{
    const struct program_limits limits = {
        .time_ms =
            seconds(courier) ? seconds(courier) * 1000 : SERVICE_SENDMAIL_MS,
        .stop_fd = courier->stop_fd,
    };
    struct buffer said;
    struct err why;
    int status, rc;

    buffer_init(&said, SERVICE_SENDMAIL_SAYS_BYTES);
    rc = program_feed(argv, &limits, mail, &said, &status, &why);
    /* One that was killed may have handed it on before, one that never ran not. */
    end->is_mail = status == 0 || status == PROGRAM_KILLED;
    if (rc > 0)
        say(end, ATTEMPT_STOPPED, 0, "stopped");
    else if (rc < 0 && why.kind == ERR_LIMIT)
        say(end, ATTEMPT_TIME, 0, why.text);
    else
        tell_exit(end, &said, status, &why);
    buffer_deinit(&said);
    return 0;
}

static int bring_to_sendmail(const struct courier *courier, const char *sender,
                             const char *recipient,
                             const struct outbox_load *load,
                             struct courier_end *end, struct err *err)
{
    const struct outgoing_texts *words = &courier->settings->relay.sendmail;
    const char *argv[MAX_WORDS + OWN_WORDS + 1];
    size_t n = 0;
    struct buffer mail;
    int rc;

    for (; n < words->n_items && n < MAX_WORDS; n++)
        argv[n] = words->items[n];
    argv[n++] = "-i"; /* a dot ends nothing */
    argv[n++] = "-f";
    argv[n++] = sender;
    argv[n++] = "--";
    argv[n++] = recipient;
    argv[n] = NULL;
    buffer_init(&mail, load->mail.len + 1);
    rc = drop_cr(load->mail, &mail, err);
    if (rc == 0)
        rc = run_sendmail(courier, argv, buffer_slice(&mail), end);
    buffer_deinit(&mail);
    return rc;
}

static int bring_mail(const struct courier *courier,
                      const struct outbox_load *load, struct courier_end *end,
                      struct err *err)
{
    const struct outgoing_relay *relay = &courier->settings->relay;
    char sender[ADDRESS_BYTES], recipient[ADDRESS_BYTES];

    snprintf(sender, sizeof(sender), "%.*s", (int)load->sender.len,
             load->sender.ptr);
    snprintf(recipient, sizeof(recipient), "%.*s", (int)load->recipient.len,
             load->recipient.ptr);
    if (relay->url)
        return bring_to_relay(courier, sender, recipient, load, end, err);
    if (relay->sendmail.n_items)
        return bring_to_sendmail(courier, sender, recipient, load, end, err);
    say(end, ATTEMPT_OURS, 0, "no relay and no sendmail command to send by");
    return 0;
}

/* ---- Other ways ---------------------------------------------------------- */

static int bring_by_post(const struct courier *courier,
                         const struct outbox_load *load,
                         const struct outgoing_target *target,
                         struct courier_end *end, struct err *err)
{
    static const enum attempt_kind kinds[POST_END_COUNT] = {
        [POST_ANSWERED] = ATTEMPT_HTTP,   [POST_URL] = ATTEMPT_UNUSABLE,
        [POST_NAME] = ATTEMPT_NAME,       [POST_ADDRESS] = ATTEMPT_ADDRESS,
        [POST_CONNECT] = ATTEMPT_CONNECT, [POST_TLS] = ATTEMPT_TLS,
        [POST_TIME] = ATTEMPT_TIME,       [POST_STOPPED] = ATTEMPT_STOPPED,
    };
    const struct post_request request = {
        .url = target->uri,
        .media_type = "application/tlsrpt+gzip",
        .octets = load->report.octets,
        .ca_file = courier->settings->https_ca_file,
        .allows_private = courier->settings->allows_private,
        .requires_certificate = courier->settings->requires_certificate,
        .total_s = seconds(courier),
        .stop_fd = courier->stop_fd,
    };
    struct post_answer answer;

    if (post_send(&request, &answer, err))
        return -1;
    say(end, kinds[answer.end], answer.status, answer.note);
    end->outcome.retry_after_s = answer.retry_after_s;
    return 0;
}

static int bring_copy(const struct outbox_load *load,
                      const struct outgoing_target *target,
                      struct courier_end *end)
{
    struct err why;

    if (copy_file_write(target->path, load->report.file_name,
                        load->report.octets, &why))
        say(end, ATTEMPT_FILE, why.system_errno ? why.system_errno : EIO,
            why.text);
    else
        say(end, ATTEMPT_FILE, 0, "written");
    return 0;
}

int courier_bring(const struct courier *courier, const struct outbox_load *load,
                  const struct outgoing_target *target,
                  struct courier_end *out_end, struct err *err)
{
    struct courier_end end = { .is_mail = false };
    int rc = 0;

    switch (target->scheme) {
    case OUTGOING_MAILTO: rc = bring_mail(courier, load, &end, err); break;
    case OUTGOING_HTTPS:
        rc = bring_by_post(courier, load, target, &end, err);
        break;
    case OUTGOING_DIRECTORY: rc = bring_copy(load, target, &end); break;
    }
    if (rc == 0)
        *out_end = end;
    return rc;
}
