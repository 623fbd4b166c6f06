/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Proving: whether the relays that are said to sign were seen to do so.
 *
 * Looked at when the reporter starts and every minute: a proof that comes while it
 * runs lets mails go out; one that expires while it runs stops nothing and is told
 * once a day.
 */

#include "base/clock.h"
#include "base/map.h"
#include "outgoing/self_test.h"
#include "service/letters.h"
#include "store/outbox.h"

struct proving {
    const struct outgoing_settings *settings;
    struct outbox *outbox;
    struct letters *letters;
    const struct clock *clock;
    struct map *proven;    /* what was good since the process began; or NULL */
    int64_t looked_at_min; /* minute of the last look; 0 none yet */
    utc_day told_on;       /* when old proofs were told of last */
};

/*
 * Looks, where a minute has passed. An outbox that cannot be read changes
 * nothing.
 */
void proving_look(struct proving *proving);
