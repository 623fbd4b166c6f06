/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The life of `report`: closed days become reports, reports are delivered.
 *
 * Composes what is to be composed, hands what is due to threads, and looks again a
 * second later. Stays in the foreground; SIGINT and SIGTERM stop it cleanly, SIGHUP
 * has settings and keys read again. Run once, it ends when nothing is due any more,
 * which is for a timer.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/resolver.h"
#include "outgoing/settings.h"

/* What a run did. */
struct reporter_sums {
    size_t n_reports; /* composed */
    size_t n_delivered;
    size_t n_delayed;
    size_t n_refused;
    size_t n_given_up;
    size_t n_failed; /* that could not be tried or noted */
};

/*
 * Gets settings anew, at SIGHUP; they must stay until it is called once more, or the
 * reporter has ended.
 * Returns: 0; 1 where there are none to be read; -1 with err: the old ones stay.
 */
typedef int reporter_reload_function(
    void *context, const struct outgoing_settings **out_settings,
    struct resolver_options *out_resolver, struct err *err);

/* Told that those it gave last cannot be worked by: the ones before stay in use. */
typedef void reporter_reject_function(void *context);

struct reporter_options {
    const struct outgoing_settings *settings;
    const struct clock *clock;
    struct resolver_options resolver; /* where records are asked for again */
    const char *notify_socket;        /* value of NOTIFY_SOCKET, or NULL */
    bool is_once;
    reporter_reload_function *reload; /* NULL: keys alone are read again */
    reporter_reject_function *reject; /* of reload */
    void *context;
};

/*
 * Runs until a signal, or once. SIGINT, SIGTERM and SIGHUP stay blocked in the
 * calling thread afterwards.
 * *out_sums is filled in any case.
 * Returns: 0, -1 with err.
 * Errors: as outbox_open and consent_start; ERR_STORE where another process
 * delivers from the outbox; ERR_MEMORY.
 */
int reporter_run(const struct reporter_options *options,
                 struct reporter_sums *out_sums, struct err *err);
