/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/post.h"

#include <stdio.h>
#include <sys/socket.h>

#include "net/limits.h"
#include "net/public_address.h"
#include "net/transfer.h"

/* One try. */
struct attempt {
    const struct post_request *request;
    struct transfer_stop stop;
    struct curl_slist *fields;
    size_t body_bytes;  /* of the answer */
    unsigned n_refused; /* addresses that may not be connected to */
    unsigned n_taken;   /* others */
    char reason[CURL_ERROR_SIZE];
    char error[CURL_ERROR_SIZE];
};

/* The address that is connected to is judged, not a name that may change. */
static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct attempt *attempt = context;
    struct sockaddr_storage storage = { .ss_family = 0 };
    const struct sockaddr *to = (const struct sockaddr *)&storage;
    size_t bytes =
        address->addrlen < sizeof(storage) ? address->addrlen : sizeof(storage);

    (void)purpose;
    memcpy(&storage, &address->addr, bytes);
    if (!attempt->request->allows_private &&
        (!public_address_is(to) || public_address_is_own(to))) {
        attempt->n_refused++;
        return CURL_SOCKET_BAD;
    }
    attempt->n_taken++;
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

/* Nobody reads the answer; beyond the maximum it is not even waited for. */
static size_t take_body(char *octets, size_t size, size_t n, void *context)
{
    struct attempt *attempt = context;

    (void)octets;
    attempt->body_bytes += size * n;
    return attempt->body_bytes > NET_POST_ANSWER_BYTES ? 0 : size * n;
}

/* Keeps the status line, without its version. */
static size_t take_field(char *octets, size_t size, size_t n, void *context)
{
    struct attempt *attempt = context;
    struct slice line = slice_trim(slice_make(octets, size * n));

    if (slice_starts(line, SLICE("HTTP/"))) {
        line = slice_skip(line, slice_find(line, ' ') + 1);
        snprintf(attempt->reason, sizeof(attempt->reason), "%.*s",
                 (int)(line.len < 100 ? line.len : 100), line.ptr);
    }
    return size * n;
}

static void add_field(struct attempt *attempt, struct transfer_setting *s,
                      const char *field)
{
    struct curl_slist *list = curl_slist_append(attempt->fields, field);

    if (list)
        attempt->fields = list;
    else
        s->code = CURLE_OUT_OF_MEMORY;
}

static void set_request(struct attempt *attempt, struct transfer_setting *s)
{
    const struct post_request *request = attempt->request;
    char field[128];

    snprintf(field, sizeof(field), "Content-Type: %s", request->media_type);
    add_field(attempt, s, field);
    add_field(attempt, s, "Expect:");
    TRANSFER_SET(s, CURLOPT_HTTPHEADER, attempt->fields);
    TRANSFER_SET(s, CURLOPT_URL, request->url);
    TRANSFER_SET(s, CURLOPT_PROTOCOLS_STR, "https");
    TRANSFER_SET(s, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    TRANSFER_SET(s, CURLOPT_PATH_AS_IS, 1L);
    TRANSFER_SET(s, CURLOPT_USERAGENT, "tlsrpt/" TLSRPT_VERSION);
    TRANSFER_SET(s, CURLOPT_POST, 1L);
    TRANSFER_SET(s, CURLOPT_POSTFIELDSIZE_LARGE,
                 (curl_off_t)request->octets.len);
    TRANSFER_SET(s, CURLOPT_POSTFIELDS, request->octets.ptr);
    TRANSFER_SET(s, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    TRANSFER_SET(s, CURLOPT_OPENSOCKETDATA, attempt);
    TRANSFER_SET(s, CURLOPT_WRITEFUNCTION, take_body);
    TRANSFER_SET(s, CURLOPT_WRITEDATA, attempt);
    TRANSFER_SET(s, CURLOPT_HEADERFUNCTION, take_field);
    TRANSFER_SET(s, CURLOPT_HEADERDATA, attempt);
}

static enum post_end end_of(const struct attempt *attempt, CURLcode code)
{
    if (attempt->stop.is_stopped)
        return POST_STOPPED;
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED: return POST_URL;
    case CURLE_COULDNT_RESOLVE_HOST: return POST_NAME;
    case CURLE_OPERATION_TIMEDOUT: return POST_TIME;
    default: break;
    }
    if (attempt->n_refused && !attempt->n_taken)
        return POST_ADDRESS;
    return transfer_is_tls(code) ? POST_TLS : POST_CONNECT;
}

static void fill(struct attempt *attempt, CURL *curl, CURLcode code,
                 struct post_answer *answer)
{
    curl_off_t retry_after_s = 0;
    long status = 0;

    /* With a status, an end in the middle of the answer makes no difference. */
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && !attempt->stop.is_stopped) {
        curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after_s);
        answer->end = POST_ANSWERED;
        answer->status = (int)status;
        answer->retry_after_s = retry_after_s;
        snprintf(answer->note, sizeof(answer->note), "HTTP %.100s",
                 attempt->reason);
        return;
    }
    answer->end = end_of(attempt, code);
    if (answer->end == POST_ADDRESS)
        snprintf(answer->note, sizeof(answer->note),
                 "the host has no public address of another machine");
    else
        snprintf(answer->note, sizeof(answer->note), "%.200s",
                 attempt->error[0] ? attempt->error : curl_easy_strerror(code));
}

/* Returns: what libcurl says. *answer is filled. */
static CURLcode try(const struct post_request *request, bool is_strict,
                    struct post_answer *answer)
{
    struct attempt attempt = { .request = request,
                               .stop = { .fd = request->stop_fd } };
    struct transfer_setting s = { .curl = transfer_new() };

    if (!s.curl)
        return CURLE_OUT_OF_MEMORY;
    transfer_set_common(&s, NET_TRANSFER_CONNECT_S,
                        request->total_s ? request->total_s : NET_POST_TOTAL_S,
                        &attempt.stop, attempt.error);
    transfer_set_trust(&s, request->ca_file, is_strict);
    set_request(&attempt, &s);
    if (s.code == CURLE_OK)
        s.code = curl_easy_perform(s.curl);
    *answer = (struct post_answer){ .is_unproven = !is_strict };
    fill(&attempt, s.curl, s.code, answer);
    curl_easy_cleanup(s.curl);
    curl_slist_free_all(attempt.fields);
    return s.code;
}

int post_send(const struct post_request *request,
              struct post_answer *out_answer, struct err *err)
{
    struct post_answer strict, any;
    CURLcode code = try(request, true, &strict);

    if (code == CURLE_OUT_OF_MEMORY)
        return err_memory(err);
    *out_answer = strict;
    if (strict.end != POST_TLS || !transfer_is_distrust(code) ||
        request->requires_certificate)
        return 0;
    code = try(request, false, &any);
    if (code == CURLE_OUT_OF_MEMORY)
        return err_memory(err);
    *out_answer = any;
    snprintf(out_answer->note, sizeof(out_answer->note), "%.80s (%.140s)",
             any.note, strict.note);
    return 0;
}
