/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Deliveries: whether what the reporter sends is taken.
 *
 * A relay that refuses all leaves nothing overdue: each delivery waits for its
 * next try, for a day. So what was tried in vain is held against what was taken,
 * for mails, HTTPS and folders apart, since a way of its own is what fails.
 */

#include "base/clock.h"
#include "doctor/chart.h"
#include "store/outbox.h"

enum {
    /* What was first tried so long ago, four times by now, is in vain. */
    DELIVERIES_VAIN_S = 3600,
    /* Ends are looked at for so long: a night is among them. */
    DELIVERIES_RECENT_S = 24 * 3600,
    /* Deliveries of a state that are looked at; more tell the same. */
    DELIVERIES_MAX = 20000
};

enum deliveries_way {
    DELIVERIES_MAIL,
    DELIVERIES_HTTPS,
    DELIVERIES_FOLDER,
    DELIVERIES_WAY_COUNT
};

/* What became of one way's deliveries. */
struct deliveries_share {
    int64_t n_taken;   /* lately */
    int64_t n_in_vain; /* refused or given up lately, or tried for long */
    utc_time first_at; /* the first try of those in vain */
    utc_time last_at;  /* the last one, which brought the answer */
    char host[256];    /* it was for */
    char answer[400];
    bool is_of_hosts; /* those in vain are for more than one host */
};

struct deliveries {
    struct deliveries_share ways[DELIVERIES_WAY_COUNT];
    utc_time now;
};

/* Readies them. */
void deliveries_init(struct deliveries *deliveries, utc_time now);

/* Adds one. */
void deliveries_add(struct deliveries *deliveries,
                    const struct outbox_delivery *delivery);

/*
 * Judges them: a row for each way that fails.
 * outbox: its URL. relay: who takes the mails, "" nobody.
 * Returns: whether there is one.
 */
bool deliveries_judge(struct chart *chart, const char *outbox,
                      const char *relay, const struct deliveries *deliveries);

/* Looks into an outbox. Returns: 0, -1 with err. */
int deliveries_look(struct outbox *outbox, const struct clock *clock,
                    struct deliveries *out_deliveries, struct err *err);
