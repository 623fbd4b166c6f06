/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/submit.h"

#include <stdio.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "net/limits.h"
#include "net/transfer.h"

/* One try. */
struct attempt {
    const struct submit_options *options;
    const struct submit_mail *mail;
    struct transfer_stop stop;
    struct submit_talk talk;
    struct slice left; /* of the mail, to be sent */
    struct curl_slist *recipients;
    char error[CURL_ERROR_SIZE];
};

/* ---- URL ----------------------------------------------------------------- */

static int url_error(const char *text, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "\"%.100s\" is no relay: smtp://host[:port] or "
                   "smtps://host[:port]",
                   text);
}

/* Takes the host off *rest, out of brackets where it has them. */
static struct slice take_host(struct slice *rest)
{
    struct slice host;

    if (!rest->ptr)
        return *rest;
    if (rest->len && *rest->ptr == '[') {
        *rest = slice_skip(*rest, 1);
        return slice_cut(rest, ']');
    }
    host = slice_make(rest->ptr, slice_find(*rest, ':'));
    *rest = slice_skip(*rest, host.len);
    return host;
}

static int parse_port(struct slice s, uint16_t *out_port)
{
    unsigned port = 0;

    if (s.len == 0 || s.len > 5)
        return -1;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        port = port * 10 + (unsigned)(s.ptr[i] - '0');
    }
    if (port == 0 || port > UINT16_MAX)
        return -1;
    *out_port = (uint16_t)port;
    return 0;
}

static bool is_host(struct slice s)
{
    if (!s.ptr)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' ||
              c == '_'))
            return false;
    }
    return s.len > 0 && s.len < SUBMIT_HOST_BYTES;
}

int submit_url_parse(const char *text, bool has_login,
                     struct submit_url *out_url, struct err *err)
{
    struct slice rest = slice_of(text), host;
    struct submit_url url = { .port = has_login ? 587 : 25 };

    if (slice_starts_fold(rest, SLICE("smtps://"))) {
        url.is_tls = true;
        url.port = 465;
        rest = slice_skip(rest, 8);
    } else if (slice_starts_fold(rest, SLICE("smtp://"))) {
        rest = slice_skip(rest, 7);
    } else {
        return url_error(text, err);
    }
    if (slice_ends_fold(rest, SLICE("/")))
        rest.len--;
    host = take_host(&rest);
    if (!is_host(host))
        return url_error(text, err);
    memcpy(url.host, host.ptr, host.len);
    if (rest.len &&
        (*rest.ptr != ':' || parse_port(slice_skip(rest, 1), &url.port)))
        return url_error(text, err);
    *out_url = url;
    return 0;
}

/* ---- Sending ------------------------------------------------------------- */

static size_t give_content(char *out, size_t size, size_t n, void *context)
{
    struct attempt *attempt = context;
    size_t bytes = size * n;

    if (bytes > attempt->left.len)
        bytes = attempt->left.len;
    if (bytes)
        memcpy(out, attempt->left.ptr, bytes);
    attempt->left = slice_skip(attempt->left, bytes);
    return bytes;
}

/* What both sides say, line by line; the content and the password are not told
 * as lines of either kind that is looked at. */
static int follow(CURL *curl, curl_infotype type, char *octets, size_t bytes,
                  void *context)
{
    struct attempt *attempt = context;
    struct slice rest = slice_make(octets, bytes);

    (void)curl;
    while (rest.len &&
           (type == CURLINFO_HEADER_OUT || type == CURLINFO_HEADER_IN)) {
        struct slice line = slice_line(rest);

        rest = slice_skip(rest, line.len);
        if (type == CURLINFO_HEADER_OUT)
            submit_talk_command(&attempt->talk, line);
        else
            submit_talk_reply(&attempt->talk, line);
    }
    return 0;
}

/* The secret as text with its NUL; libcurl copies it. */
static void set_login(struct transfer_setting *s,
                      const struct submit_options *options)
{
    struct buffer secret;

    if (!options->user)
        return;
    buffer_init(&secret, NET_SECRET_BYTES);
    buffer_add(&secret, options->secret.ptr, options->secret.len);
    TRANSFER_SET(s, CURLOPT_USERNAME, options->user);
    TRANSFER_SET(s, CURLOPT_PASSWORD, buffer_text(&secret));
    if (secret.failed)
        s->code = CURLE_OUT_OF_MEMORY;
    if (secret.ptr)
        explicit_bzero(secret.ptr, secret.capacity);
    buffer_deinit(&secret);
}

static void set_relay(struct transfer_setting *s,
                      const struct submit_options *options, bool may_tls)
{
    const struct submit_url *url = options->url;
    bool is_strict = !options->is_plain && (url->is_tls || options->user);
    char text[SUBMIT_HOST_BYTES + 300];

    snprintf(text, sizeof(text),
             strchr(url->host, ':') ? "%s://[%s]:%u/%.250s"
                                    : "%s://%s:%u/%.250s",
             url->is_tls && !options->is_plain ? "smtps" : "smtp", url->host,
             url->port, options->helo);
    TRANSFER_SET(s, CURLOPT_URL, text);
    TRANSFER_SET(s, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    TRANSFER_SET(s, CURLOPT_USE_SSL,
                 is_strict ? (long)CURLUSESSL_ALL
                 : may_tls ? (long)CURLUSESSL_TRY
                           : (long)CURLUSESSL_NONE);
    transfer_set_trust(s, options->ca_file, is_strict);
    set_login(s, options);
}

static void set_mail(struct attempt *attempt, struct transfer_setting *s)
{
    const struct submit_mail *mail = attempt->mail;

    for (size_t i = 0; i < mail->n_recipients; i++) {
        struct curl_slist *list =
            curl_slist_append(attempt->recipients, mail->recipients[i]);

        if (list)
            attempt->recipients = list;
        else
            s->code = CURLE_OUT_OF_MEMORY;
    }
    TRANSFER_SET(s, CURLOPT_MAIL_FROM, mail->sender);
    TRANSFER_SET(s, CURLOPT_MAIL_RCPT, attempt->recipients);
    TRANSFER_SET(s, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    TRANSFER_SET(s, CURLOPT_UPLOAD, 1L);
    TRANSFER_SET(s, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->octets.len);
    TRANSFER_SET(s, CURLOPT_READFUNCTION, give_content);
    TRANSFER_SET(s, CURLOPT_READDATA, attempt);
    TRANSFER_SET(s, CURLOPT_VERBOSE, 1L);
    TRANSFER_SET(s, CURLOPT_DEBUGFUNCTION, follow);
    TRANSFER_SET(s, CURLOPT_DEBUGDATA, attempt);
}

static enum submit_end end_of(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return SUBMIT_NAME;
    case CURLE_OPERATION_TIMEDOUT: return SUBMIT_TIME;
    default: return transfer_is_tls(code) ? SUBMIT_NO_TLS : SUBMIT_CONNECT;
    }
}

/*
 * A reply decides, however it went on: a mail that was taken is taken, also when
 * the connection breaks right behind it. But where something of the connection
 * failed, a reply that says go on tells nothing.
 */
static void fill(const struct attempt *attempt, CURLcode code, size_t i,
                 struct submit_answer *answer)
{
    const struct submit_reply *reply = submit_talk_verdict(&attempt->talk, i);
    bool is_taken = reply->stage == SUBMIT_CONTENT && reply->code / 100 == 2;

    answer->may_have_it =
        is_taken || (attempt->talk.stage == SUBMIT_CONTENT &&
                     attempt->talk.content.code == 0 && reply->code < 400);
    if (is_taken || reply->code >= 400) {
        answer->end = SUBMIT_ANSWERED;
        answer->reply = *reply;
        snprintf(answer->note, sizeof(answer->note), "%d %s%s%s", reply->code,
                 reply->text, is_taken ? "" : " (in reply to ",
                 is_taken ? "" : submit_stage_name(reply->stage));
        if (!is_taken && strlen(answer->note) + 1 < sizeof(answer->note))
            answer->note[strlen(answer->note)] = ')';
        return;
    }
    answer->end = attempt->stop.is_stopped ? SUBMIT_STOPPED : end_of(code);
    snprintf(answer->note, sizeof(answer->note), "%.200s (%s)",
             attempt->error[0] ? attempt->error : curl_easy_strerror(code),
             submit_stage_name(attempt->talk.stage));
}

/*
 * A QUIT is sent when the handle goes, and waited for without regard to any limit:
 * nothing comes any more, and after a failure nothing goes.
 */
static void part(CURL *curl, CURLcode code)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
        fd != CURL_SOCKET_BAD)
        shutdown(fd, code == CURLE_OK ? SHUT_RD : SHUT_RDWR);
    curl_easy_cleanup(curl);
}

/* Returns: what libcurl says. answers are filled. */
static CURLcode try(const struct submit_options *options,
                    const struct submit_mail *mail, bool may_tls,
                    struct submit_answer *answers)
{
    struct attempt attempt = { .options = options,
                               .mail = mail,
                               .stop = { .fd = options->stop_fd },
                               .left = mail->octets };
    int total_s = options->total_s ? options->total_s : NET_SUBMIT_TOTAL_S;
    struct transfer_setting s = { .curl = transfer_new() };

    if (!s.curl)
        return CURLE_OUT_OF_MEMORY;
    submit_talk_init(&attempt.talk);
    transfer_set_common(&s, NET_TRANSFER_CONNECT_S, total_s, &attempt.stop,
                        attempt.error);
    TRANSFER_SET(&s, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)total_s);
    set_relay(&s, options, may_tls);
    set_mail(&attempt, &s);
    if (s.code == CURLE_OK)
        s.code = curl_easy_perform(s.curl);
    for (size_t i = 0; i < mail->n_recipients; i++) {
        answers[i] = (struct submit_answer){ .end = SUBMIT_CONNECT };
        fill(&attempt, s.code, i, &answers[i]);
    }
    part(s.curl, s.code);
    curl_slist_free_all(attempt.recipients);
    return s.code;
}

int submit_send(const struct submit_options *options,
                const struct submit_mail *mail, struct submit_answer *answers,
                struct err *err)
{
    bool may_tls = !options->is_plain;
    CURLcode code;

    if (mail->n_recipients == 0 || mail->n_recipients > SUBMIT_MAX_RECIPIENTS)
        return err_set(err, ERR_USAGE, "a mail has 1 to %d recipients",
                       SUBMIT_MAX_RECIPIENTS);
    code = try(options, mail, may_tls, answers);
    /* Nothing was asked for that TLS would protect: then in the clear. */
    if (may_tls && !options->user && !options->url->is_tls &&
        answers[0].end == SUBMIT_NO_TLS)
        code = try(options, mail, false, answers);
    return code == CURLE_OUT_OF_MEMORY ? err_memory(err) : 0;
}
