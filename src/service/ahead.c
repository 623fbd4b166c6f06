/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/ahead.h"

#include "service/reader.h"

struct intake_source_input ahead_input(const struct ahead *ahead,
                                       struct receiver_delivery *delivery)
{
    return (struct intake_source_input){
        .label = delivery->label,
        .octets = delivery->octets,
        .origin = delivery->origin,
        .arrived_at = clock_now(ahead->clock),
        .outcome = &delivery->outcome,
        .position = delivery->position,
    };
}

struct receiver_delivery *ahead_skip(struct ahead *ahead,
                                     struct receiver_delivery *first)
{
    for (; first && ahead->n_told; ahead->n_told--)
        first = first->next;
    return first;
}

/* Returns: whether the reader knows it now. */
static bool tell(const struct ahead *ahead, struct receiver_delivery *delivery)
{
    const struct intake_source_input input = ahead_input(ahead, delivery);

    return reader_ahead(ahead->reader, &input) == 0;
}

struct receiver_delivery *ahead_tell(struct ahead *ahead,
                                     struct receiver_delivery *next)
{
    while (next && ahead->reader && tell(ahead, next))
        next = next->next;
    return next;
}

void ahead_look(struct ahead *ahead, struct receiver_delivery *first, size_t n)
{
    if (!ahead->reader)
        return;
    /* Others may set the `next` of the last one meanwhile, but no other. */
    while (ahead->n_told < n && tell(ahead, first)) {
        if (++ahead->n_told < n)
            first = first->next;
    }
    if (ahead->n_told)
        reader_send(ahead->reader);
}

void ahead_forget(struct ahead *ahead)
{
    if (ahead->reader)
        reader_give_up(ahead->reader);
    ahead->n_told = 0;
}
