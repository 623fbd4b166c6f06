/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Resolver: questions to DNS, answered in the loop's thread.
 *
 * Resolves by itself or through another resolver, and validates by DNSSEC where
 * it has an anchor: what fails to validate is no answer. Nothing is
 * asked of /etc/resolv.conf unless wanted. Workload: some questions a minute,
 * hundreds at once when a mailbox is read for the first time; who asks caches.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "net/loop.h"

struct resolver;
struct resolver_query;

/* Types of records; any other number of the registry will do, too. */
enum resolver_type {
    RESOLVER_A = 1,
    RESOLVER_MX = 15,
    RESOLVER_TXT = 16,
    RESOLVER_AAAA = 28,
    RESOLVER_TLSA = 52
};

struct resolver_options {
    /* Resolvers that are asked: "192.0.2.1", "127.0.0.1@5353", "::1@5353", or
       "system" for those of /etc/resolv.conf. None: the name servers of each
       domain are asked, from the root on. */
    const char *const *forwards;
    size_t n_forwards;
    /* Trust anchors, DS or DNSKEY records as in a zone file; NULL: those of
       the root where the system has them (RESOLVER_ROOT_ANCHOR). */
    const char *anchor_file;
    int timeout_ms; /* of one question; 0: NET_RESOLVER_TIMEOUT_MS */
};

#define RESOLVER_ROOT_ANCHOR "/usr/share/dns/root.key"

enum resolver_status {
    RESOLVER_FOUND,
    RESOLVER_ABSENT,    /* no such name, or no record of the type */
    RESOLVER_TEMPORARY, /* no answer, a failure, or one that is not valid */
    RESOLVER_STATUS_COUNT
};

struct resolver_answer {
    enum resolver_status status;
    bool is_secure;     /* proven by DNSSEC, also that it is absent */
    const char *reason; /* of RESOLVER_TEMPORARY, for people; else NULL */
    unsigned ttl_s;     /* how long it may be kept; 0 of RESOLVER_TEMPORARY */
    const struct slice *records; /* rdata; of TXT the strings joined */
    size_t n_records;            /* one at least of RESOLVER_FOUND */
};

/* Called in the loop's thread; the answer lives until it returns. The query is
 * gone then. */
typedef void resolver_function(void *context,
                               const struct resolver_answer *answer);

/*
 * Readies a resolver. It runs a thread of its own from the first question on.
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE (an option), ERR_SYSTEM, ERR_MEMORY.
 */
int resolver_open(struct loop *loop, const struct resolver_options *options,
                  struct resolver **out_resolver, struct err *err);

/* Frees it, when the loop does not run or in its thread; what is asked is not
 * answered any more. NULL is allowed. */
void resolver_close(struct resolver *resolver);

/* Tells whether answers are validated: whether there is an anchor. */
bool resolver_validates(const struct resolver *resolver);

/*
 * Asks for the records of a name, in the loop's thread. The function is called
 * later, once; what is no name of DNS is absent. out_query may be NULL.
 * Returns: 0, -1 with err.
 * Errors: ERR_LIMIT (NET_RESOLVER_QUERIES are under way), ERR_MEMORY, ERR_SYSTEM.
 */
int resolver_ask(struct resolver *resolver, const char *name, unsigned type,
                 resolver_function *function, void *context,
                 struct resolver_query **out_query, struct err *err);

/* Gives a question up; its function is not called. */
void resolver_cancel(struct resolver_query *query);
