/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Intake terms: at which paths reports are taken, and which proxies are
 * believed.
 *
 * They never change; a server that is told new ones goes by those from its next
 * request on. A request holds those it began with until it is answered, and who
 * lets go last frees them. Workload: held once a request, exchanged some times a
 * year.
 */

#include "base/err.h"
#include "web/intake_server.h"

struct intake_terms;

/*
 * Copies them. terms->context is taken over, also on failure.
 * Owns: the caller holds them, once.
 * Returns: 0, -1 with err.
 */
int intake_terms_new(const struct intake_server_terms *terms,
                     struct intake_terms **out_terms, struct err *err);

/* What they are. Stays while they are held. */
const struct intake_server_terms *intake_terms_read(
    const struct intake_terms *terms);

/* Holds them once more, from any thread. Returns: terms. */
struct intake_terms *intake_terms_hold(struct intake_terms *terms);

/* Lets go of them, from any thread; who does last frees them. NULL is allowed. */
void intake_terms_drop(struct intake_terms *terms);
