/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/desk.h"

#include <stdlib.h>

#include "base/log.h"
#include "service/limits.h"
#include "service/pace.h"
#include "service/proving.h"

struct desk {
    const struct clock *clock;
    struct outbox *outbox;
    struct letters *letters;
    struct proving proving;
    struct consent *consent; /* NULL: not asked for */
    struct crew *crew;
    struct pace pace;
    bool is_held;
    size_t n_passed; /* mails that are due and not handed over */
};

/* ---- Opening ------------------------------------------------------------- */

/* Says at the start what will not go out, which HTTPS does not ask for. */
static void tell_letters(const struct desk *desk,
                         const struct outgoing_settings *settings)
{
    for (size_t i = 0; i < settings->n_identities; i++) {
        const char *name = settings->identities[i].name;
        const char *trouble = letters_trouble(desk->letters, i);

        if (trouble)
            log_line(LOG_LEVEL_ERROR, "mail-disabled", "identity", name,
                     "reason", trouble, NULL);
        if (letters_key_is_weak(desk->letters, i))
            log_line(LOG_LEVEL_WARNING, "dkim-key-weak", "identity", name,
                     "reason", "RSA of less than 2048 bits, RFC 8301", NULL);
    }
}

static int start(struct desk *desk, const struct desk_options *options,
                 struct err *err)
{
    const struct outgoing_settings *settings = options->settings;
    struct crew_options crew = {
        .kit = { .courier = { .settings = settings }, .clock = options->clock },
        .outbox_url = options->outbox_url,
        .n_threads = SERVICE_CREW_THREADS,
        .wake_fd = options->wake_fd,
    };

    if (letters_open(settings, &desk->letters, err) ||
        (settings->is_checked_again &&
         consent_start(options->resolver, &desk->consent, err)))
        return -1;
    desk->proving = (struct proving){ .settings = settings,
                                      .outbox = desk->outbox,
                                      .letters = desk->letters,
                                      .clock = desk->clock,
                                      .proven = options->proven };
    proving_look(&desk->proving);
    tell_letters(desk, settings);
    crew.kit.consent = desk->consent;
    crew.kit.letters = desk->letters;
    return crew_start(&crew, &desk->crew, err);
}

int desk_open(const struct desk_options *options, struct desk **out_desk,
              struct err *err)
{
    struct desk *desk = calloc(1, sizeof(*desk));

    if (!desk)
        return err_memory(err);
    desk->clock = options->clock;
    desk->outbox = options->outbox;
    pace_init(&desk->pace, options->settings->max_a_minute);
    if (start(desk, options, err)) {
        desk_close(desk);
        return -1;
    }
    *out_desk = desk;
    return 0;
}

void desk_close(struct desk *desk)
{
    if (!desk)
        return;
    crew_end(desk->crew);
    consent_stop(desk->consent);
    letters_close(desk->letters);
    pace_deinit(&desk->pace);
    free(desk);
}

/* ---- Handing out --------------------------------------------------------- */

static struct slice peer_of(const struct outbox_delivery *delivery)
{
    return slice_starts(delivery->uri, SLICE("mailto:")) ? crew_relay
                                                         : delivery->host;
}

/* Hands one over where it may begin. Returns: 1 when the crew is full, or the relay
 * has enough to do. */
static int hand_over(void *context, const struct outbox_delivery *delivery,
                     struct err *err)
{
    const struct slice peer = peer_of(delivery);
    struct desk *desk = context;

    (void)err;
    if (crew_has(desk->crew, delivery->id))
        return 0;
    if (!crew_takes(desk->crew, peer))
        return peer.ptr == crew_relay.ptr &&
               ++desk->n_passed == SERVICE_REPORTER_PASSED;
    if (!pace_take(&desk->pace, delivery->host, clock_now(desk->clock))) {
        desk->is_held = true;
        return 0;
    }
    crew_give(desk->crew, delivery->id, peer);
    return crew_room(desk->crew) == 0;
}

int desk_hand_out(struct desk *desk, bool *out_is_held, struct err *err)
{
    int status = 1;

    proving_look(&desk->proving);
    desk->n_passed = 0;
    desk->is_held = false;
    if (crew_room(desk->crew) > 0)
        status = outbox_each_due(desk->outbox, clock_now(desk->clock),
                                 SERVICE_REPORTER_DUE, hand_over, desk, err);
    *out_is_held = desk->is_held;
    return status;
}

size_t desk_count(struct desk *desk)
{
    return crew_count(desk->crew);
}

struct crew_sums desk_sums(struct desk *desk, struct err *out_err)
{
    return crew_sums(desk->crew, out_err);
}
