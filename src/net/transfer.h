/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Transfer: what every transfer by libcurl is held to.
 *
 * Only for this room. No surroundings of the process (proxies, .netrc, signals)
 * take part, and a descriptor ends it at once. Workload: some deliveries side by
 * side, each in a thread of its own.
 */

#include <curl/curl.h>
#include <stdbool.h>

/* Sets an option unless one before could not be set. */
#define TRANSFER_SET(setting, option, value)                                   \
    do {                                                                       \
        if ((setting)->code == CURLE_OK)                                       \
            (setting)->code =                                                  \
                curl_easy_setopt((setting)->curl, option, value);              \
    } while (0)

struct transfer_setting {
    CURL *curl;
    CURLcode code; /* sticky */
};

/* What may end a transfer from outside. Lives as long as the handle. */
struct transfer_stop {
    int fd; /* -1 for none */
    bool is_stopped;
};

/* Makes a handle. Returns: it, for curl_easy_cleanup; NULL when out of memory. */
CURL *transfer_new(void);

/*
 * Sets what all of them have in common.
 * connect_s, total_s: what connecting, and all of it, may take.
 * error: CURL_ERROR_SIZE octets.
 */
void transfer_set_common(struct transfer_setting *setting, int connect_s,
                         int total_s, struct transfer_stop *stop, char *error);

/* Sets who is trusted: the authorities of a file, or the machine's (NULL). Not
 * is_strict: anybody. */
void transfer_set_trust(struct transfer_setting *setting, const char *ca_file,
                        bool is_strict);

/* Tells whether a failure is about the certificate and nothing else. */
bool transfer_is_distrust(CURLcode code);

/* Tells whether a failure is about TLS at all. */
bool transfer_is_tls(CURLcode code);
