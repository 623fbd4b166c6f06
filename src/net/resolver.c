/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>
#include <unbound.h>

#include "net/limits.h"
#include "net/rdata.h"
#include "net/timer.h"

enum { CLASS_IN = 1, RCODE_NONE = 0, RCODE_NXDOMAIN = 3 };

struct resolver {
    struct loop *loop;
    struct ub_ctx *unbound;
    struct event *answered;
    struct resolver_query *first; /* under way */
    size_t n_queries;
    int timeout_ms;
    bool is_validating;
};

struct resolver_query {
    struct resolver *resolver;
    resolver_function *function;
    void *context;
    unsigned type;
    int id; /* libunbound's */
    struct timer *timer;
    struct resolver_query *next, **place; /* in the resolver's list */
};

/* ---- Settings ------------------------------------------------------------ */

static int fail(struct err *err, const char *what, int status)
{
    if (status == UB_NOMEM)
        return err_memory(err);
    return err_set(err, ERR_USAGE, "resolver: %s: %s", what,
                   ub_strerror(status));
}

static int set_forward(struct ub_ctx *unbound, const char *forward,
                       struct err *err)
{
    int status;

    if (strcmp(forward, "system") == 0)
        status = ub_ctx_resolvconf(unbound, NULL);
    else
        status = ub_ctx_set_fwd(unbound, forward);
    return status ? fail(err, forward, status) : 0;
}

/* An anchor that was asked for must be there, that of the system need not. */
static int set_anchor(struct resolver *resolver, const char *file,
                      struct err *err)
{
    int status;

    if (file && access(file, R_OK))
        return err_system(err, "resolver: anchor %s", file);
    if (!file && access(RESOLVER_ROOT_ANCHOR, R_OK))
        return 0;
    status = ub_ctx_add_ta_file(resolver->unbound,
                                file ? file : RESOLVER_ROOT_ANCHOR);
    resolver->is_validating = status == 0;
    return status ? fail(err, "anchor", status) : 0;
}

/* Sizes for hundreds of questions; the defaults are for one program's few. */
static int set_sizes(struct ub_ctx *unbound, struct err *err)
{
    char patience[16];
    const struct {
        const char *name, *value;
    } rows[] = {
        { "outgoing-range:", "256" },  { "num-queries-per-thread:", "256" },
        { "outgoing-num-tcp:", "16" }, { "infra-cache-max-rtt:", patience },
        { "infra-host-ttl:", "60" },   { "infra-keep-probing:", "yes" },
    };

    snprintf(patience, sizeof(patience), "%d", NET_RESOLVER_PATIENCE_MS);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int status = ub_ctx_set_option(unbound, rows[i].name, rows[i].value);

        if (status)
            return fail(err, rows[i].name, status);
    }
    return 0;
}

/* A thread, not a process of its own, which would inherit all that is open. It
 * says nothing by itself: who asked is told. */
static int set_up(struct resolver *resolver,
                  const struct resolver_options *options, struct err *err)
{
    struct ub_ctx *unbound = resolver->unbound;

    for (size_t i = 0; i < options->n_forwards; i++) {
        if (set_forward(unbound, options->forwards[i], err))
            return -1;
    }
    (void)ub_ctx_debugout(unbound, NULL);
    (void)ub_ctx_async(unbound, 1);
    if (set_sizes(unbound, err) ||
        set_anchor(resolver, options->anchor_file, err))
        return -1;
    /* Settings are read at the first use: let it be now, not at the first
     * question. There is no such local data to remove. */
    if (ub_ctx_data_remove(unbound, "invalid."))
        return err_set(err, ERR_USAGE,
                       "resolver: the trust anchors cannot be read");
    return 0;
}

/* ---- Answers ------------------------------------------------------------- */

static void unlink_query(struct resolver_query *query)
{
    *query->place = query->next;
    if (query->next)
        query->next->place = query->place;
    query->resolver->n_queries--;
    timer_cancel(query->timer);
}

static void tell(struct resolver_query *query,
                 const struct resolver_answer *answer)
{
    resolver_function *function = query->function;
    void *context = query->context;

    unlink_query(query);
    free(query);
    function(context, answer);
}

static void tell_temporary(struct resolver_query *query, const char *reason)
{
    const struct resolver_answer answer = { .status = RESOLVER_TEMPORARY,
                                            .reason = reason };

    tell(query, &answer);
}

static size_t count_records(const struct ub_result *result, size_t *out_bytes)
{
    size_t n = 0;

    *out_bytes = 0;
    for (; result->data[n]; n++)
        *out_bytes += (size_t)result->len[n];
    return n;
}

/* Fills records; texts has room for all their octets. What is no TXT record
 * inside is left out. Returns: how many. */
static size_t take_records(const struct ub_result *result, unsigned type,
                           struct slice *records, char *texts)
{
    size_t n = 0;

    for (size_t i = 0; result->data[i]; i++) {
        struct slice rdata =
            slice_make(result->data[i], (size_t)result->len[i]);
        size_t len;

        if (type != RESOLVER_TXT) {
            records[n++] = rdata;
        } else if (rdata_join_text(rdata, texts, &len) == 0) {
            records[n++] = slice_make(texts, len);
            texts += len;
        }
    }
    return n;
}

static void tell_found(struct resolver_query *query,
                       const struct ub_result *result,
                       struct resolver_answer *answer)
{
    size_t bytes;
    size_t n = count_records(result, &bytes);
    struct slice *records = calloc(n + 1, sizeof(*records));
    char *texts = malloc(bytes + 1);

    if (records && texts) {
        answer->n_records = take_records(result, query->type, records, texts);
        answer->records = records;
        if (answer->n_records == 0)
            answer->status = RESOLVER_ABSENT;
        tell(query, answer);
    } else {
        tell_temporary(query, "out of memory");
    }
    free(texts);
    free(records);
}

/* A bogus answer still carries data and says no error: asked first. */
static void tell_result(struct resolver_query *query,
                        const struct ub_result *result)
{
    struct resolver_answer answer = {
        .status = result->havedata ? RESOLVER_FOUND : RESOLVER_ABSENT,
        .is_secure = result->secure,
        .ttl_s = result->ttl > 0 ? (unsigned)result->ttl : 0,
    };
    char reason[32];

    if (result->bogus) {
        tell_temporary(query, result->why_bogus ? result->why_bogus
                                                : "the answer is not valid");
    } else if (result->rcode != RCODE_NONE && result->rcode != RCODE_NXDOMAIN) {
        snprintf(reason, sizeof(reason), "DNS answered code %d", result->rcode);
        tell_temporary(query, reason);
    } else if (result->havedata) {
        tell_found(query, result, &answer);
    } else {
        tell(query, &answer);
    }
}

/* Called by ub_process, in the loop's thread; not for what was cancelled. */
static void take_result(void *context, int status, struct ub_result *result)
{
    struct resolver_query *query = context;

    if (status == UB_SYNTAX) /* found out by libunbound's thread */
        tell(query, &(struct resolver_answer){ .status = RESOLVER_ABSENT });
    else if (status || !result)
        tell_temporary(query, ub_strerror(status));
    else
        tell_result(query, result);
    ub_resolve_free(result);
}

static void take_answers(evutil_socket_t fd, short what, void *context)
{
    struct resolver *resolver = context;

    (void)fd;
    (void)what;
    (void)ub_process(resolver->unbound);
}

static void time_out(void *context)
{
    struct resolver_query *query = context;

    (void)ub_cancel(query->resolver->unbound, query->id);
    tell_temporary(query, "DNS did not answer in time");
}

/* ---- Life ---------------------------------------------------------------- */

static int open_resolver(struct resolver *resolver,
                         const struct resolver_options *options,
                         struct err *err)
{
    resolver->timeout_ms =
        options->timeout_ms ? options->timeout_ms : NET_RESOLVER_TIMEOUT_MS;
    resolver->unbound = ub_ctx_create();
    if (!resolver->unbound)
        return err_set(err, ERR_SYSTEM, "no resolver can be made");
    if (set_up(resolver, options, err))
        return -1;
    resolver->answered =
        event_new(loop_base(resolver->loop), ub_fd(resolver->unbound),
                  EV_READ | EV_PERSIST, take_answers, resolver);
    if (!resolver->answered || event_add(resolver->answered, NULL))
        return err_memory(err);
    return 0;
}

int resolver_open(struct loop *loop, const struct resolver_options *options,
                  struct resolver **out_resolver, struct err *err)
{
    struct resolver *resolver = calloc(1, sizeof(*resolver));

    if (!resolver)
        return err_memory(err);
    resolver->loop = loop;
    if (open_resolver(resolver, options, err)) {
        resolver_close(resolver);
        return -1;
    }
    *out_resolver = resolver;
    return 0;
}

static void free_queries(struct resolver *resolver)
{
    struct resolver_query *query = resolver->first;

    while (query) {
        struct resolver_query *next = query->next;

        (void)ub_cancel(resolver->unbound, query->id);
        timer_cancel(query->timer);
        free(query);
        query = next;
    }
}

void resolver_close(struct resolver *resolver)
{
    if (!resolver)
        return;
    free_queries(resolver);
    if (resolver->answered)
        event_free(resolver->answered);
    if (resolver->unbound)
        ub_ctx_delete(resolver->unbound);
    free(resolver);
}

bool resolver_validates(const struct resolver *resolver)
{
    return resolver->is_validating;
}

/* ---- Questions ----------------------------------------------------------- */

static void link_query(struct resolver *resolver, struct resolver_query *query)
{
    query->next = resolver->first;
    query->place = &resolver->first;
    if (query->next)
        query->next->place = &query->next;
    resolver->first = query;
    resolver->n_queries++;
}

static int begin(struct resolver_query *query, const char *name,
                 struct err *err)
{
    struct resolver *resolver = query->resolver;
    int status;

    if (timer_start(resolver->loop, resolver->timeout_ms, time_out, query,
                    &query->timer, err))
        return -1;
    status = ub_resolve_async(resolver->unbound, name, (int)query->type,
                              CLASS_IN, query, take_result, &query->id);
    return status ? fail(err, name, status) : 0;
}

int resolver_ask(struct resolver *resolver, const char *name, unsigned type,
                 resolver_function *function, void *context,
                 struct resolver_query **out_query, struct err *err)
{
    struct resolver_query *query;

    if (resolver->n_queries >= NET_RESOLVER_QUERIES)
        return err_set(err, ERR_LIMIT, "%d questions to DNS are under way",
                       NET_RESOLVER_QUERIES);
    query = calloc(1, sizeof(*query));
    if (!query)
        return err_memory(err);
    *query = (struct resolver_query){ .resolver = resolver,
                                      .function = function,
                                      .context = context,
                                      .type = type };
    link_query(resolver, query);
    if (begin(query, name, err)) {
        unlink_query(query);
        free(query);
        return -1;
    }
    if (out_query)
        *out_query = query;
    return 0;
}

void resolver_cancel(struct resolver_query *query)
{
    (void)ub_cancel(query->resolver->unbound, query->id);
    unlink_query(query);
    free(query);
}
