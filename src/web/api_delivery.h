/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Deliveries as JSON, and the outbox they come from: for the outbox itself and for
 * the page of a domain.
 */

#include "insight/tallies.h"
#include "store/outbox_list.h"
#include "web/api_write.h"

/*
 * Opens the outbox, if it can be opened now; else *out_outbox is NULL and *file
 * says why. Owns: the caller, outbox_close.
 */
void api_delivery_open(const struct api_sending *sending,
                       struct insight_file *file, struct outbox **out_outbox);

/* The object of a file: path, state, problem. */
void api_delivery_write_file(struct json_writer *writer,
                             const struct insight_file *file);

/* A list that is being written. */
struct api_delivery_list {
    struct json_writer *writer;
    int64_t retry_s;
    size_t limit; /* what is beyond is noted alone */
    size_t n;
    int64_t last_id; /* of the last one written */
    bool has_more;
};

/* Writes a delivery of a struct api_delivery_list, the context. Returns: 0. */
int api_delivery_write(void *list, const struct outbox_listed *listed,
                       struct err *err);
