/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/https_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "insight/code.h"
#include "net/endpoint.h"
#include "os/descriptors.h"
#include "service/limits.h"
#include "web/intake_server.h"

/* A path, and what is known of a report that comes by it. */
struct gate {
    struct intake_origin origin;
    char *tenant;
    char *destination;
};

/* The gates of all paths, which never change: others take their place. */
struct gates {
    struct receiver *receiver;
    struct gate *items; /* one a path */
    size_t n;
};

struct https_server {
    struct receiver *receiver;
    struct intake_server *intake;
    struct endpoint endpoint;
    char url[ENDPOINT_TEXT_BYTES + 16];
};

/* A report on its way to the receiver and back. */
struct passage {
    struct receiver_delivery delivery;
    struct intake_server_post *post;
    char label[80];
};

static const struct https_path usual = { .path = "/v1/tlsrpt", .tenant = "" };

/* ---- A report ------------------------------------------------------------ */

/* What is new counts before what was there, that before what is read later, and
 * that before what is no report: the sender shall send nothing again that is
 * kept. */
static enum intake_server_fate fate_of(const struct intake_outcome *outcome)
{
    const unsigned n_again = outcome->n_reports[STORE_DUPLICATE];

    if (intake_outcome_count(outcome) > n_again)
        return INTAKE_SERVER_NEW;
    if (n_again)
        return INTAKE_SERVER_AGAIN;
    return outcome->n_postponed ? INTAKE_SERVER_POSTPONED
                                : INTAKE_SERVER_UNREAD;
}

/* In the receiver's thread. */
static void done(struct receiver_delivery *delivery, bool is_kept)
{
    struct passage *passage = (struct passage *)delivery;
    const struct intake_outcome *outcome = &delivery->outcome;
    struct intake_server_result result = { .fate = INTAKE_SERVER_LATER,
                                           .detail = outcome->reason,
                                           .code = outcome->code,
                                           .where = outcome->where,
                                           .rfc = "" };
    struct insight_code code;

    if (is_kept)
        result.fate = fate_of(outcome);
    if (result.fate == INTAKE_SERVER_UNREAD &&
        insight_code_find(outcome->code, &code) == 0 && code.finding)
        result.rfc = code.finding->rfc;
    intake_server_answer(passage->post, &result);
    free(passage);
}

/* The label does not name the path: that may be a secret. */
static int give(void *context, struct intake_server_post *post)
{
    const struct gates *gates = context;
    struct passage *passage = calloc(1, sizeof(*passage));

    if (!passage)
        return 1;
    passage->post = post;
    snprintf(passage->label, sizeof(passage->label), "https:%s", post->client);
    passage->delivery =
        (struct receiver_delivery){ .octets = post->body,
                                    .label = passage->label,
                                    .origin = &gates->items[post->path].origin,
                                    .done = done };
    if (receiver_give(gates->receiver, &passage->delivery) == 0)
        return 0;
    free(passage);
    return 1;
}

/* ---- Options ------------------------------------------------------------- */

static int check_path(const char *path, struct err *err)
{
    if (path[0] != '/' || strpbrk(path, "?# \t\r\n"))
        return err_set(err, ERR_USAGE,
                       "\"%.80s\" is no path; write it as /v1/tlsrpt", path);
    return 0;
}

int https_server_check(const struct https_server_options *options,
                       struct err *err)
{
    struct endpoint endpoint;
    struct peer_network network;

    if (endpoint_parse(options->listen, &endpoint, err))
        return -1;
    if (!options->certificate_file != !options->key_file)
        return err_set(err, ERR_USAGE, "certificate and key go together");
    for (size_t i = 0; i < options->n_paths; i++)
        if (check_path(options->paths[i].path, err))
            return -1;
    for (size_t i = 0; i < options->n_proxies; i++)
        if (peer_network_parse(options->proxies[i], &network, err))
            return -1;
    return 0;
}

/* The destination as its domains publish it; what is secret of it stays here. */
static int open_gate(const struct https_server_options *options,
                     const struct https_path *path, struct gate *gate,
                     struct err *err)
{
    struct buffer destination;

    buffer_init(&destination, SERVICE_DESTINATION_BYTES);
    buffer_add_format(&destination, "https://%s%s", options->name, path->path);
    gate->destination = strdup(buffer_text(&destination));
    buffer_deinit(&destination);
    gate->tenant = strdup(path->tenant);
    if (!gate->destination || !gate->tenant)
        return err_memory(err);
    gate->origin = (struct intake_origin){
        .source = "https",
        .tenant = gate->tenant,
        .destination = gate->destination,
        .way = path->is_secret ? INTAKE_WAY_SECRET_PATH : INTAKE_WAY_HTTPS,
        .rule = options->rule,
        .is_live = true,
    };
    return 0;
}

static void free_gates(void *context)
{
    struct gates *gates = context;

    for (size_t i = 0; i < gates->n; i++) {
        free(gates->items[i].destination);
        free(gates->items[i].tenant);
    }
    free(gates->items);
    free(gates);
}

static int open_gates(struct receiver *receiver,
                      const struct https_server_options *options,
                      struct gates **out_gates, struct err *err)
{
    struct gates *gates = calloc(1, sizeof(*gates));
    int status = 0;

    if (!gates)
        return err_memory(err);
    gates->receiver = receiver;
    gates->items = calloc(options->n_paths, sizeof(*gates->items));
    if (!gates->items) {
        free(gates);
        return err_memory(err);
    }
    while (status == 0 && gates->n < options->n_paths) {
        status = open_gate(options, &options->paths[gates->n],
                           &gates->items[gates->n], err);
        gates->n++; /* to be freed either way */
    }
    if (status)
        free_gates(gates);
    else
        *out_gates = gates;
    return status;
}

/* ---- Terms --------------------------------------------------------------- */

/* What requests go by, as web wants it, while it is handed over. */
struct terms {
    struct intake_server_terms web; /* its context is web's, once used */
    const char **paths;
    struct peer_network *proxies;
};

static void free_terms(struct terms *terms)
{
    free(terms->paths);
    free(terms->proxies);
}

static int make_lists(const struct https_server_options *options,
                      struct terms *terms, struct err *err)
{
    terms->paths = calloc(options->n_paths, sizeof(*terms->paths));
    terms->proxies = calloc(options->n_proxies + 1, sizeof(*terms->proxies));
    if (!terms->paths || !terms->proxies)
        return err_memory(err);
    for (size_t i = 0; i < options->n_paths; i++)
        terms->paths[i] = options->paths[i].path;
    for (size_t i = 0; i < options->n_proxies; i++)
        if (peer_network_parse(options->proxies[i], &terms->proxies[i], err))
            return -1;
    return 0;
}

/* Makes them; whoever uses them frees the lists. */
static int make_terms(struct receiver *receiver,
                      const struct https_server_options *options,
                      struct terms *out_terms, struct err *err)
{
    struct terms terms = { .paths = NULL };
    struct gates *gates = NULL;

    if (make_lists(options, &terms, err) ||
        open_gates(receiver, options, &gates, err)) {
        free_terms(&terms);
        return -1;
    }
    terms.web = (struct intake_server_terms){ .paths = terms.paths,
                                              .n_paths = options->n_paths,
                                              .proxies = terms.proxies,
                                              .n_proxies = options->n_proxies,
                                              .context = gates,
                                              .release = free_gates };
    *out_terms = terms;
    return 0;
}

/* ---- Server -------------------------------------------------------------- */

/* As many as descriptors allow; each needs one, and the rest of us some. */
static unsigned max_connections(void)
{
    const unsigned all = descriptors_raise(SERVICE_DESCRIPTORS);

    return all < SERVICE_DESCRIPTORS ? all / 2 : 0;
}

static int start(struct https_server *server,
                 const struct https_server_options *options, struct err *err)
{
    const int fd =
        endpoint_listen(&server->endpoint, SERVICE_HTTPS_BACKLOG, err);
    struct intake_server_options intake = {
        .certificate_file = options->certificate_file,
        .key_file = options->key_file,
        .connections = max_connections(),
        .give = give,
    };
    struct terms terms;
    int status;

    if (fd < 0)
        return -1;
    if (make_terms(server->receiver, options, &terms, err)) {
        close(fd);
        return -1;
    }
    intake.terms = terms.web;
    status = intake_server_start(&intake, fd, &server->intake, err);
    free_terms(&terms);
    return status;
}

static void name_url(struct https_server *server, bool is_tls)
{
    char address[ENDPOINT_TEXT_BYTES];

    endpoint_format(&server->endpoint, address);
    if (endpoint_path(&server->endpoint))
        snprintf(server->url, sizeof(server->url), "%s", address);
    else
        snprintf(server->url, sizeof(server->url), "%s://%s",
                 is_tls ? "https" : "http", address);
}

/* Without paths it is the usual one. */
static int complete(struct https_server_options *options, struct err *err)
{
    if (options->n_paths == 0) {
        options->paths = &usual;
        options->n_paths = 1;
    }
    return https_server_check(options, err);
}

int https_server_open(struct receiver *receiver,
                      const struct https_server_options *options,
                      struct https_server **out_server, struct err *err)
{
    struct https_server_options whole = *options;
    struct https_server *server;

    if (complete(&whole, err))
        return -1;
    server = calloc(1, sizeof(*server));
    if (!server)
        return err_memory(err);
    server->receiver = receiver;
    if (endpoint_parse(options->listen, &server->endpoint, err) ||
        start(server, &whole, err)) {
        free(server);
        return -1;
    }
    name_url(server, options->certificate_file != NULL);
    *out_server = server;
    return 0;
}

const char *https_server_url(const struct https_server *server)
{
    return server->url;
}

/* A certificate that is no good does not keep up what else is changed: that may
 * be a secret which is none any more. */
int https_server_use(struct https_server *server,
                     const struct https_server_options *options,
                     struct err *err)
{
    struct https_server_options whole = *options;
    struct terms terms;
    int status;

    if (complete(&whole, err) ||
        make_terms(server->receiver, &whole, &terms, err))
        return -1;
    status = intake_server_use(server->intake, &terms.web, err);
    free_terms(&terms);
    if (status || !whole.certificate_file)
        return status;
    return intake_server_certify(server->intake, whole.certificate_file,
                                 whole.key_file, err);
}

void https_server_close(struct https_server *server)
{
    const char *path;

    if (!server)
        return;
    intake_server_stop(server->intake);
    path = endpoint_path(&server->endpoint);
    if (path)
        unlink(path);
    free(server);
}
