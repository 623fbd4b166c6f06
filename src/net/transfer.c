/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/transfer.h"

#include <poll.h>
#include <pthread.h>

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

CURL *transfer_new(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init_curl);
    return curl_easy_init();
}

/* libcurl calls this about once a second while it waits. */
static int look_for_stop(void *context, curl_off_t a, curl_off_t b,
                         curl_off_t c, curl_off_t d)
{
    struct transfer_stop *stop = context;
    struct pollfd one = { .fd = stop->fd, .events = POLLIN };

    (void)a, (void)b, (void)c, (void)d;
    if (stop->fd >= 0 && poll(&one, 1, 0) > 0)
        stop->is_stopped = true;
    return stop->is_stopped;
}

void transfer_set_common(struct transfer_setting *setting, int connect_s,
                         int total_s, struct transfer_stop *stop, char *error)
{
    TRANSFER_SET(setting, CURLOPT_NOSIGNAL, 1L);
    TRANSFER_SET(setting, CURLOPT_PROXY, "");
    TRANSFER_SET(setting, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    TRANSFER_SET(setting, CURLOPT_FOLLOWLOCATION, 0L);
    TRANSFER_SET(setting, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* An end does not wait for a name server that does not answer. */
    TRANSFER_SET(setting, CURLOPT_QUICK_EXIT, 1L);
    TRANSFER_SET(setting, CURLOPT_CONNECTTIMEOUT, (long)connect_s);
    TRANSFER_SET(setting, CURLOPT_TIMEOUT, (long)total_s);
    TRANSFER_SET(setting, CURLOPT_ERRORBUFFER, error);
    TRANSFER_SET(setting, CURLOPT_NOPROGRESS, 0L);
    TRANSFER_SET(setting, CURLOPT_XFERINFOFUNCTION, look_for_stop);
    TRANSFER_SET(setting, CURLOPT_XFERINFODATA, stop);
}

void transfer_set_trust(struct transfer_setting *setting, const char *ca_file,
                        bool is_strict)
{
    TRANSFER_SET(setting, CURLOPT_SSL_VERIFYPEER, is_strict ? 1L : 0L);
    TRANSFER_SET(setting, CURLOPT_SSL_VERIFYHOST, is_strict ? 2L : 0L);
    if (is_strict && ca_file) {
        TRANSFER_SET(setting, CURLOPT_CAINFO, ca_file);
        TRANSFER_SET(setting, CURLOPT_CAPATH, NULL);
    }
}

bool transfer_is_distrust(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION;
}

bool transfer_is_tls(CURLcode code)
{
    return code == CURLE_SSL_CONNECT_ERROR || transfer_is_distrust(code) ||
           code == CURLE_SSL_CACERT_BADFILE || code == CURLE_USE_SSL_FAILED ||
           code == CURLE_SSL_CIPHER || code == CURLE_SSL_CERTPROBLEM;
}
