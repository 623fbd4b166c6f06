/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* Needs libc alone: see tlsrpt_event.h. */

#include "tlsrpt_event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- JSON ---------------------------------------------------------------- */

/* Where the text goes; len counts on when it is full. */
struct output {
    char *text;
    size_t size;
    size_t len;
};

static void put(struct output *out, const char *octets, size_t n)
{
    if (out->len < out->size) {
        size_t room = out->size - out->len;

        memcpy(out->text + out->len, octets, n < room ? n : room);
    }
    out->len += n;
}

static void put_text(struct output *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_number(struct output *out, size_t number)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put(out, digits + at, sizeof(digits) - at);
}

/* Tells how many octets a UTF-8 character has; 0 where it is none. RFC 3629
 * section 4. */
static size_t utf8_len(const unsigned char *s)
{
    size_t n = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

    if (s[0] < 0x80)
        return 1;
    if (n == 0 || s[0] > 0xf4)
        return 0;
    /* Overlong forms, surrogates, beyond U+10FFFF. */
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) /* the closing NUL ends it, too */
            return 0;
    }
    return n;
}

static void put_control(struct output *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

    put(out, escape, sizeof(escape));
}

static void put_string(struct output *out, const char *string)
{
    const unsigned char *s = (const unsigned char *)string;

    put_text(out, "\"");
    while (*s) {
        size_t n = utf8_len(s);

        if (n == 0)
            put_text(out, "\xef\xbf\xbd");
        else if (*s < 0x20 || *s == 0x7f)
            put_control(out, *s);
        else {
            if (*s == '"' || *s == '\\')
                put_text(out, "\\");
            put(out, (const char *)s, n);
        }
        s += n ? n : 1;
    }
    put_text(out, "\"");
}

/* A member with the comma before it; what is NULL is left out. */
static void put_member(struct output *out, const char *name, const char *value)
{
    if (!value)
        return;
    put_text(out, ",");
    put_string(out, name);
    put_text(out, ":");
    put_string(out, value);
}

static void put_list(struct output *out, const char *name,
                     const char *const *texts, size_t n)
{
    if (n == 0)
        return;
    put_text(out, ",");
    put_string(out, name);
    for (size_t i = 0; i < n; i++) {
        put_text(out, i ? "," : ":[");
        put_string(out, texts[i]);
    }
    put_text(out, "]");
}

/* Numbers of the format are not below zero. */
static size_t number_of(int number)
{
    return number < 0 ? 0 : (size_t)number;
}

static void put_failure(struct output *out,
                        const struct tlsrpt_event_failure *failure)
{
    put_text(out, "{\"c\":");
    put_number(out, number_of(failure->result));
    put_member(out, "s", failure->sending_mta_ip);
    put_member(out, "n", failure->receiving_mx_hostname);
    put_member(out, "h", failure->receiving_mx_helo);
    put_member(out, "r", failure->receiving_ip);
    put_member(out, "a", failure->additional_information);
    put_member(out, "f", failure->failure_reason_code);
    put_text(out, "}");
}

static void put_policy(struct output *out,
                       const struct tlsrpt_event_policy *policy)
{
    put_text(out, "{\"policy-type\":");
    put_number(out, number_of(policy->type));
    put_member(out, "policy-domain", policy->domain);
    put_list(out, "policy-string", policy->strings, policy->n_strings);
    put_list(out, "mx-host", policy->mx_hosts, policy->n_mx_hosts);
    for (size_t i = 0; i < policy->n_failures; i++) {
        put_text(out, i ? "," : ",\"failure-details\":[");
        put_failure(out, &policy->failures[i]);
    }
    put_text(out, policy->n_failures ? "],\"t\":" : ",\"t\":");
    put_number(out, policy->n_failures);
    put_text(out, policy->is_failure ? ",\"f\":1}" : ",\"f\":0}");
}

size_t tlsrpt_event_format(const struct tlsrpt_event *event, char *text,
                           size_t size)
{
    struct output out = { .text = text, .size = size ? size - 1 : 0 };

    put_text(&out, "{\"dpv\":\"1\"");
    put_member(&out, "d", event->domain);
    put_member(&out, "pr", event->record);
    for (size_t i = 0; i < event->n_policies; i++) {
        put_text(&out, i ? "," : ",\"policies\":[");
        put_policy(&out, &event->policies[i]);
    }
    put_text(&out, event->n_policies ? "]}" : "}");
    if (size)
        text[out.len < out.size ? out.len : out.size] = '\0';
    return out.len;
}

/* ---- Sending ------------------------------------------------------------- */

static int set_wait(int fd, int wait_ms)
{
    const struct timeval wait = { .tv_sec = wait_ms / 1000,
                                  .tv_usec = wait_ms % 1000 * 1000 };

    /* Without a time a send waits for as long as it takes. */
    if (wait_ms <= 0)
        return 0;
    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
}

/* A socket without a name for each event: the collector may be started anew in
 * between. */
static int send_to(const struct sockaddr_un *address, const char *text,
                   size_t len, int wait_ms)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t n = -1;
    int problem;

    if (fd < 0)
        return -errno;
    if (set_wait(fd, wait_ms) == 0) {
        do {
            n = sendto(fd, text, len, wait_ms ? 0 : MSG_DONTWAIT,
                       (const struct sockaddr *)address, sizeof(*address));
        } while (n < 0 && errno == EINTR);
    }
    problem = n < 0 ? -errno : 0;
    close(fd);
    return problem;
}

int tlsrpt_event_send(const char *path, const struct tlsrpt_event *event,
                      int wait_ms)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t path_len = path ? strlen(path) : 0, len;
    char *text;
    int rc;

    if (!event->domain || !*event->domain || !event->record ||
        !*event->record || event->n_policies == 0)
        return TLSRPT_EVENT_INCOMPLETE;
    if (path_len == 0 || path_len >= sizeof(address.sun_path))
        return TLSRPT_EVENT_PATH;
    memcpy(address.sun_path, path, path_len);
    len = tlsrpt_event_format(event, NULL, 0);
    text = malloc(len + 1);
    if (!text)
        return -ENOMEM;
    tlsrpt_event_format(event, text, len + 1);
    rc = send_to(&address, text, len, wait_ms);
    free(text);
    return rc;
}

const char *tlsrpt_event_problem(int rc)
{
    switch (-rc) {
    case 0: return "the event was handed over";
    case -TLSRPT_EVENT_INCOMPLETE:
        return "the event has no domain, no record or no policy";
    case -TLSRPT_EVENT_PATH:
        return "the path of the socket is empty or over 107 octets";
    case ENOENT: return "there is no socket at that path";
    case ECONNREFUSED: return "no collector listens on the socket";
    case EAGAIN: return "the collector's queue is full";
    case EACCES: return "no permission to write to the socket";
    case EMSGSIZE: return "the event is larger than a datagram may be";
    case EPROTOTYPE: return "that socket is not one for datagrams";
    case ENOMEM: return "out of memory";
    default: return "the system refused to send, see errno";
    }
}
