/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/mail_link.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "net/limits.h"

struct mail_link {
    CURL *curl;
    curl_socket_t socket;
    int stop_fd;
    bool is_stopped;
    struct buffer input;
    size_t taken; /* of the input */
    char error[CURL_ERROR_SIZE];
};

static bool is_readable(int fd)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };

    return fd >= 0 && poll(&one, 1, 0) > 0;
}

/* libcurl calls this about once a second while it waits. */
static int look_for_stop(void *context, curl_off_t a, curl_off_t b,
                         curl_off_t c, curl_off_t d)
{
    struct mail_link *link = context;

    (void)a, (void)b, (void)c, (void)d;
    link->is_stopped = link->is_stopped || is_readable(link->stop_fd);
    return link->is_stopped;
}

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct setting {
    CURL *curl;
    CURLcode code; /* sticky */
};

#define SET(setting, option, value)                                            \
    do {                                                                       \
        if ((setting)->code == CURLE_OK)                                       \
            (setting)->code =                                                  \
                curl_easy_setopt((setting)->curl, option, value);              \
    } while (0)

static void set_security(struct setting *s,
                         const struct mail_link_options *options)
{
    const struct mail_url *url = options->url;

    SET(s, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(s, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(s, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (!options->is_plain)
        SET(s, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (options->ca_file) {
        SET(s, CURLOPT_CAINFO, options->ca_file);
        SET(s, CURLOPT_CAPATH, NULL);
    }
    SET(s, CURLOPT_PROTOCOLS_STR,
        url->protocol == MAIL_IMAP ? "imap,imaps" : "pop3,pop3s");
    /* No surroundings of the process choose where a password goes. */
    SET(s, CURLOPT_PROXY, "");
    SET(s, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

/* The secret as text with its NUL; libcurl copies it. */
static void set_login(struct setting *s,
                      const struct mail_link_options *options)
{
    struct buffer secret;

    buffer_init(&secret, NET_SECRET_BYTES);
    buffer_add(&secret, options->secret.ptr, options->secret.len);
    SET(s, CURLOPT_USERNAME, options->url->user);
    if (options->is_token) {
        SET(s, CURLOPT_XOAUTH2_BEARER, buffer_text(&secret));
        SET(s, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
    } else {
        SET(s, CURLOPT_PASSWORD, buffer_text(&secret));
    }
    if (secret.failed)
        s->code = CURLE_OUT_OF_MEMORY;
    if (secret.ptr)
        explicit_bzero(secret.ptr, secret.capacity);
    buffer_deinit(&secret);
}

static void set_address(struct setting *s, const struct mail_url *url)
{
    bool is_imap = url->protocol == MAIL_IMAP;
    char text[MAIL_URL_HOST_BYTES + 32];

    snprintf(text, sizeof(text),
             strchr(url->host, ':') ? "%s://[%s]:%u/" : "%s://%s:%u/",
             is_imap ? (url->is_tls ? "imaps" : "imap")
                     : (url->is_tls ? "pop3s" : "pop3"),
             url->host, url->port);
    SET(s, CURLOPT_URL, text);
}

static void set_behaviour(struct setting *s, struct mail_link *link)
{
    SET(s, CURLOPT_CONNECT_ONLY, 1L);
    SET(s, CURLOPT_NOSIGNAL, 1L);
    /* An end does not wait for a name server that does not answer. */
    SET(s, CURLOPT_QUICK_EXIT, 1L);
    SET(s, CURLOPT_CONNECTTIMEOUT, (long)NET_MAIL_CONNECT_S);
    SET(s, CURLOPT_TIMEOUT, (long)NET_MAIL_LOGIN_S);
    SET(s, CURLOPT_TCP_KEEPALIVE, 1L);
    SET(s, CURLOPT_ERRORBUFFER, link->error);
    SET(s, CURLOPT_NOPROGRESS, 0L);
    SET(s, CURLOPT_XFERINFOFUNCTION, look_for_stop);
    SET(s, CURLOPT_XFERINFODATA, link);
}

/* Sentences without numbers that change from time to time: a reason that is
 * told once must not look new each time. */
static int explain(const struct mail_link *link, CURLcode code, struct err *err)
{
    switch (code) {
    case CURLE_LOGIN_DENIED:
        return err_set(err, ERR_SYSTEM,
                       "the server refused the user or the password or token");
    case CURLE_USE_SSL_FAILED:
        return err_set(err, ERR_SYSTEM, "the server offers no STARTTLS");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return err_set(err, ERR_SYSTEM, "TLS: %.200s",
                       link->error[0] ? link->error : curl_easy_strerror(code));
    case CURLE_OUT_OF_MEMORY: return err_memory(err);
    default:
        return err_set(err, ERR_SYSTEM, "%.200s", curl_easy_strerror(code));
    }
}

static int connect_link(struct mail_link *link,
                        const struct mail_link_options *options,
                        enum mail_trouble *out_trouble, struct err *err)
{
    struct setting setting = { .curl = link->curl };

    set_address(&setting, options->url);
    set_behaviour(&setting, link);
    set_security(&setting, options);
    set_login(&setting, options);
    if (setting.code == CURLE_OK)
        setting.code = curl_easy_perform(link->curl);
    if (setting.code == CURLE_OK)
        setting.code =
            curl_easy_getinfo(link->curl, CURLINFO_ACTIVESOCKET, &link->socket);
    if (setting.code == CURLE_OK)
        return 0;
    *out_trouble = link->is_stopped                     ? MAIL_TROUBLE_STOPPED
                   : setting.code == CURLE_LOGIN_DENIED ? MAIL_TROUBLE_LOGIN
                                                        : MAIL_TROUBLE_OTHER;
    return explain(link, setting.code, err);
}

int mail_link_open(const struct mail_link_options *options,
                   struct mail_link **out_link, enum mail_trouble *out_trouble,
                   struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct mail_link *link;

    *out_trouble = MAIL_TROUBLE_OTHER;
    if (options->is_plain && !mail_url_is_loopback(options->url))
        return err_set(err, ERR_USAGE,
                       "without TLS only a server of this machine is asked");
    pthread_once(&once, init_curl);
    link = calloc(1, sizeof(*link));
    if (!link)
        return err_memory(err);
    link->stop_fd = options->stop_fd;
    buffer_init(&link->input, options->max_bytes);
    link->curl = curl_easy_init();
    if (!link->curl) {
        mail_link_close(link);
        return err_memory(err);
    }
    if (connect_link(link, options, out_trouble, err)) {
        mail_link_close(link);
        return -1;
    }
    *out_link = link;
    return 0;
}

/* Waits until the socket can be read or written. */
static int wait_socket(struct mail_link *link, short events, struct err *err)
{
    struct pollfd polls[] = { { .fd = link->socket, .events = events },
                              { .fd = link->stop_fd, .events = POLLIN } };
    int n;

    do
        n = poll(polls, 2, NET_MAIL_SILENCE_S * 1000);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_system(err, "waiting for the server");
    if (n == 0)
        return err_set(err, ERR_SYSTEM, "the server was silent for %d s",
                       NET_MAIL_SILENCE_S);
    if (polls[1].revents) {
        link->is_stopped = true;
        return err_set(err, ERR_SYSTEM, "stopped");
    }
    return 0;
}

int mail_link_send(struct mail_link *link, struct slice octets, struct err *err)
{
    while (octets.len) {
        size_t sent = 0;
        CURLcode code =
            curl_easy_send(link->curl, octets.ptr, octets.len, &sent);

        octets = slice_skip(octets, sent);
        if (code == CURLE_AGAIN && wait_socket(link, POLLOUT, err))
            return -1;
        if (code != CURLE_OK && code != CURLE_AGAIN)
            return err_set(err, ERR_SYSTEM, "the server ended the connection");
    }
    return 0;
}

struct slice mail_link_input(const struct mail_link *link)
{
    return slice_skip(buffer_slice(&link->input), link->taken);
}

void mail_link_take(struct mail_link *link, size_t bytes)
{
    link->taken += bytes;
    if (link->taken < link->input.len)
        return;
    link->taken = 0;
    buffer_reset(&link->input);
}

/* Moves what is left to the front, so that the maximum is that of one reply. */
static void compact(struct mail_link *link)
{
    struct slice left = mail_link_input(link);

    if (link->taken == 0)
        return;
    memmove(link->input.ptr, left.ptr, left.len);
    link->input.len = left.len;
    link->taken = 0;
}

int mail_link_wait(struct mail_link *link, struct err *err)
{
    compact(link);
    for (;;) {
        size_t room = link->input.max_bytes - link->input.len;
        size_t n = 0;
        CURLcode code;
        char *at;

        if (room > NET_READ_BYTES)
            room = NET_READ_BYTES;
        if (room == 0)
            return err_set(err, ERR_LIMIT,
                           "a reply of the server has more than %zu octets",
                           link->input.max_bytes);
        at = buffer_reserve(&link->input, room);
        if (!at)
            return err_memory(err);
        /* TLS may hold octets that no poll sees: read first, then wait. */
        code = curl_easy_recv(link->curl, at, room, &n);
        link->input.len += n;
        if (code == CURLE_OK && n > 0)
            return 0;
        if (code != CURLE_AGAIN)
            return err_set(err, ERR_SYSTEM, "the server ended the connection");
        if (wait_socket(link, POLLIN, err))
            return -1;
    }
}

bool mail_link_is_stopped(const struct mail_link *link)
{
    return link->is_stopped;
}

void mail_link_close(struct mail_link *link)
{
    if (!link)
        return;
    curl_easy_cleanup(link->curl);
    buffer_deinit(&link->input);
    free(link);
}
