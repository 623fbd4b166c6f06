/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/lmtp_delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/tlsrpt_destination.h"
#include "service/limits.h"
#include "service/tenant.h"

/* What one tenant gets by one destination. */
struct share {
    struct receiver_delivery delivery; /* the first, to lead back here */
    struct lmtp_delivery *whole;
    struct loop_post post; /* from the receiver's thread back to the loop's */
    struct intake_origin origin;
    char destination[SERVICE_DESTINATION_BYTES];
    char label[160];
    bool is_kept;
};

struct lmtp_delivery {
    struct lmtp_delivery_options options;
    size_t share_of[SERVICE_LMTP_RECIPIENTS];
    size_t n_shares;
    size_t n_under_way; /* the loop's thread */
    struct share shares[];
};

/* In the receiver's thread. */
static void done(struct receiver_delivery *delivery, bool is_kept)
{
    struct share *share = (struct share *)delivery;

    share->is_kept = is_kept;
    loop_post(share->whole->options.loop, &share->post);
}

/* Back in the loop's thread. */
static void note_done(void *context)
{
    struct share *share = context;
    struct lmtp_delivery *delivery = share->whole;

    if (--delivery->n_under_way == 0)
        delivery->options.done(delivery->options.context);
}

/* The destination that a recipient means. The record of a domain may name any
 * one of them, so none stands for another. */
static void write_destination(const struct settings_lmtp *row,
                              const char *recipient, struct share *share)
{
    if (row->destination)
        return;
    tlsrpt_destination_format_mailto(recipient, share->destination,
                                     sizeof(share->destination));
}

static bool is_same(const struct share *a, const struct share *b)
{
    return strcmp(a->origin.tenant, b->origin.tenant) == 0 &&
           slice_equal_fold(slice_of(a->destination), slice_of(b->destination));
}

static void fill_share(struct lmtp_delivery *delivery, struct share *share,
                       const char *tenant, const char *recipient)
{
    const struct settings_lmtp *row = delivery->options.row;

    share->whole = delivery;
    snprintf(share->label, sizeof(share->label), "lmtp:%s", recipient);
    write_destination(row, recipient, share);
    share->origin = (struct intake_origin){
        .source = row->name,
        .tenant = tenant,
        .destination = row->destination ? row->destination : share->destination,
        .way = INTAKE_WAY_MAIL,
        .rule = row->rule,
        .is_live = true,
    };
    share->delivery =
        (struct receiver_delivery){ .octets = delivery->options.octets,
                                    .mail = delivery,
                                    .label = share->label,
                                    .origin = &share->origin,
                                    .done = done };
    share->post = (struct loop_post){ .function = note_done, .context = share };
}

/* The name of the tenant that a recipient means, "" for none. */
static const char *tenant_of(const struct lmtp_delivery_options *options,
                             const char *recipient)
{
    const struct settings_tenant *tenant =
        tenant_find(options->settings, recipient);

    if (tenant)
        return tenant->name;
    return options->row->tenant ? options->row->tenant : "";
}

/* Finds the share of a recipient, beginning one where there is none yet. Those
 * beyond the limit have the one behind it, which is never given. */
static void assign(struct lmtp_delivery *delivery, size_t index)
{
    const char *recipient = delivery->options.recipients[index];
    const char *tenant = tenant_of(&delivery->options, recipient);
    struct share *next = &delivery->shares[delivery->n_shares];
    size_t i = 0;

    fill_share(delivery, next, tenant, recipient);
    while (!is_same(&delivery->shares[i], next))
        i++;
    if (i == delivery->n_shares && i < SERVICE_LMTP_SHARES)
        delivery->n_shares++;
    delivery->share_of[index] = i;
}

int lmtp_delivery_give(const struct lmtp_delivery_options *options,
                       struct lmtp_delivery **out_delivery)
{
    struct lmtp_delivery *delivery = calloc(
        1, sizeof(*delivery) + options->n_recipients * sizeof(struct share));

    if (!delivery)
        return 1;
    delivery->options = *options;
    settings_hold(options->settings);
    for (size_t i = 0; i < options->n_recipients; i++)
        assign(delivery, i);
    /* What one of them brings back waits for this thread to be through. */
    for (size_t i = 0; i < delivery->n_shares; i++)
        if (receiver_give(options->receiver, &delivery->shares[i].delivery) ==
            0)
            delivery->n_under_way++;
    if (delivery->n_under_way == 0) {
        lmtp_delivery_free(delivery);
        return 1;
    }
    *out_delivery = delivery;
    return 0;
}

bool lmtp_delivery_is_kept(const struct lmtp_delivery *delivery, size_t index)
{
    return delivery->shares[delivery->share_of[index]].is_kept;
}

void lmtp_delivery_free(struct lmtp_delivery *delivery)
{
    if (!delivery)
        return;
    settings_drop(delivery->options.settings);
    free(delivery);
}
