/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <unistd.h>

#include "doctor/mta.h"
#include "os/program.h"

enum { TIME_MS = 10000, TEXT_BYTES = 65536 };

/* Where packages put it: a service has a short PATH. */
static const char *find_program(void)
{
    static const char *const places[] = { "/usr/sbin/postconf",
                                          "/usr/local/sbin/postconf",
                                          "/sbin/postconf" };

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        if (access(places[i], X_OK) == 0)
            return places[i];
    }
    return NULL;
}

void mta_look(struct chart *chart, struct mta_words *out_words)
{
    const char *const argv[] = { find_program(),
                                 "mail_version",
                                 "queue_directory",
                                 "smtp_tlsrpt_enable",
                                 "smtp_tlsrpt_socket_name",
                                 "tls_required_enable",
                                 NULL };
    const struct program_limits limits = { .time_ms = TIME_MS, .stop_fd = -1 };
    struct buffer said;
    struct err err;
    int status;

    *out_words = (struct mta_words){ .text = NULL };
    if (!argv[0])
        return;
    buffer_init(&said, TEXT_BYTES);
    /* A parameter that it does not know is a warning and no failure. */
    if (program_feed(argv, &limits, SLICE(""), &said, &status, &err))
        out_words->failure = chart_text(chart, "%s", err.text);
    else
        out_words->text = chart_text(chart, "%s", buffer_text(&said));
    buffer_deinit(&said);
}
