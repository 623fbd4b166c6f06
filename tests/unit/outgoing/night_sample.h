/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Samples: tallies and an outbox in a folder of their own, and settings to make
 * reports by.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "outgoing/night.h"

enum { NIGHT_DAY = 20700, NIGHT_TALLIES = 2 };

/* 2026-09-04T00:00:01Z, a second past the end of the day. */
#define NIGHT_NOW ((utc_time)(NIGHT_DAY + 1) * UTC_DAY_SECONDS + 1)

#define NIGHT_STS                                                              \
    "{\"policy-type\":\"sts\",\"policy-string\":[\"version: STSv1\","          \
    "\"mode: testing\",\"mx: mx.a.example\",\"max_age: 604800\"],"             \
    "\"policy-domain\":\"a.example\",\"mx-host\":[\"mx.a.example\"]}"
#define NIGHT_TLSA                                                             \
    "{\"policy-type\":\"tlsa\",\"policy-string\":[\"3 1 1 AB\"],"              \
    "\"policy-domain\":\"mx.a.example\"}"
#define NIGHT_NONE                                                             \
    "{\"policy-type\":\"no-policy-found\",\"policy-domain\":\"a.example\"}"
#define NIGHT_EXPIRED                                                          \
    "{\"result-type\":\"certificate-expired\",\"sending-mta-ip\":"             \
    "\"192.0.2.1\",\"receiving-mx-hostname\":\"mx.a.example\"}"

struct night_sample {
    char folder[64];
    char urls[NIGHT_TALLIES][112];
    const char *tallies[NIGHT_TALLIES];
    char outbox_url[112];
    struct clock clock;
    struct outbox *outbox;
    struct outgoing_identity identities[2];
    struct outgoing_settings settings; /* one identity of one tally */
    struct outgoing_night night;       /* puts into outbox, sees below */
    struct outgoing_counts counts;
    struct buffer seen; /* "DOMAIN:made|stands|skipped:reason;" of each item */
    struct buffer json; /* of the last item made */
    struct err err;
};

int night_sample_open(void **state);
int night_sample_close(void **state);

/* Adds a row to tally number `which`, record "v=TLSRPTv1;rua=mailto:tls@DOMAIN"
 * unless one is given. */
void night_sample_add(struct night_sample *sample, int which,
                      const char *domain, const char *record,
                      const char *policy, const char *detail, int64_t sessions,
                      int64_t failures);

/* Notes n mails to addresses of a domain, on the day. */
void night_sample_mails(struct night_sample *sample, const char *host, int n);

/* Runs the night, which must go well, and compares what was seen. */
void night_sample_run(struct night_sample *sample, const char *expected);

/* Compares the deliveries in the outbox: "DOMAIN>URI:state;" of each. */
void night_sample_deliveries(struct night_sample *sample, const char *expected);
