/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Datagrams for the tests of the room event: read from a literal, shown as one
 * line of text, taken from the captured set where it lies beside the checkout.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"
#include "event/event.h"

#define DATAGRAM_RECORD "v=TLSRPTv1; rua=mailto:tls@our.example"

/* A datagram of one policy, in the spacing of libtlsrpt. */
#define DATAGRAM(policy)                                                       \
    "{\"dpv\": \"1\",\"d\": \"our.example\",\"pr\": \"" DATAGRAM_RECORD        \
    "\",\"policies\":[" policy "]}"

/* One that failed as Postfix tells it. */
#define DATAGRAM_STS_FAILURE                                                    \
    DATAGRAM(                                                                   \
        "{\"policy-type\":2,\"policy-domain\": \"our.example\","                \
        "\"policy-string\":[\"version: STSv1\",\"mode: enforce\","              \
        "\"mx: *.our.example\",\"max_age: 86400\"],"                            \
        "\"mx-host\":[\"*.our.example\"],\"failure-details\":[{\"c\":205,"      \
        "\"s\": \"192.0.2.7\",\"n\": \"mx1.our.example\","                      \
        "\"h\": \"250-mx1.our.example\\r\\n250-PIPELINING\\r\\n250 8BITMIME\"," \
        "\"r\": \"198.51.100.3\",\"f\": \"self-signed_certificate\"}],"         \
        "\"t\":1,\"f\":1}")

/*
 * Reads a copy of text, exactly as long as it is, so that a step beyond its end
 * is seen. Owns: the copy is freed by datagram_forget.
 */
int datagram_read(struct arena *arena, struct slice text, struct event *out,
                  struct err *err);

/* Frees the copies that were read since. */
void datagram_forget(void);

/*
 * Appends an event as text: domain, record, then for each policy
 * " [TYPE DOMAIN F strings=A;B mx=C {CODE s= n= h= r= a= f=}]", with - for what
 * is absent.
 */
void datagram_show(const struct event *event, struct buffer *out);

/*
 * Calls take for each captured datagram. Returns: how many there are, 0 with a
 * line of talk where the captured set is not beside the checkout.
 */
size_t datagram_each(void (*take)(const char *name, struct slice octets));
