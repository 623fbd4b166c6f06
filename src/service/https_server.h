/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The HTTPS server: reports by POST to the receiver, its word to the client.
 *
 * The socket and HTTP are web's; here each path has its tenant and its proof,
 * and what became of a report becomes a status.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "service/receiver.h"

struct https_server;

/* A path at which reports are taken. */
struct https_path {
    const char *path;   /* "/v1/tlsrpt" */
    const char *tenant; /* "" = none */
    bool is_secret;     /* that it is known proves where a report is from */
};

struct https_server_options {
    const char *listen; /* an address of net/endpoint.h */
    const char *name;   /* of the host in rua=https://name/path; NULL = this */
    const char *certificate_file; /* PEM; NULL = plain HTTP, behind a proxy */
    const char *key_file;
    const struct https_path *paths; /* none = /v1/tlsrpt */
    size_t n_paths;
    const char *const *proxies; /* networks whose Forwarded is believed */
    size_t n_proxies;
    enum intake_rule rule; /* of reports by paths that are not secret */
};

/*
 * Checks what can be wrong about the options, without opening anything.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int https_server_check(const struct https_server_options *options,
                       struct err *err);

/*
 * Begins to serve, in threads of its own (block signals before). receiver must
 * outlive the server.
 * Returns: 0, -1 with err.
 */
int https_server_open(struct receiver *receiver,
                      const struct https_server_options *options,
                      struct https_server **out_server, struct err *err);

/* Where it is reached: scheme and address with the port that was chosen. */
const char *https_server_url(const struct https_server *server);

/*
 * Goes by other options from the next request on, and reads the certificate,
 * from one thread at a time. Requests under way keep the old ones, no connection
 * ends. Where it listens, and whether it speaks TLS, stay as they are.
 * Returns: 0, -1 with err: what could not be used stays as it was.
 */
int https_server_use(struct https_server *server,
                     const struct https_server_options *options,
                     struct err *err);

/* Ends after all that was given is answered, while the receiver still runs.
 * NULL is allowed. */
void https_server_close(struct https_server *server);
