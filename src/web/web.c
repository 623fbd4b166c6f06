/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "web/limits.h"
#include "web/scribe.h"
#include "web/server.h"

struct web {
    struct site site;
    struct server *server;
    char url[HOST_TEXT_BYTES + 32];
};

static void describe(struct web *web, const struct web_options *options)
{
    web->site.clock = options->clock;
    web->site.on_error = options->on_error;
    web->site.context = options->context;
    web->site.sending.tallies = options->tallies;
    web->site.sending.n_tallies = options->n_tallies;
    web->site.sending.outbox = options->outbox;
    web->site.sending.retry_s = options->retry_s;
    web->site.sending.clock = options->clock;
    snprintf(web->url, sizeof web->url, "http://%s:%u/", web->site.host.address,
             (unsigned)web->site.host.port);
}

static int open_all(struct web *web, const struct web_options *options,
                    struct err *err)
{
    if (host_parse(options->listen, &web->site.host, err) < 0 ||
        pool_open(options->store_url, options->clock, WEB_THREADS,
                  &web->site.pool, err) < 0)
        return -1;
    if (getrandom(&web->site.instance, sizeof web->site.instance, 0) < 0)
        return err_system(err, "asking for random octets");
    if (scribe_start(options->tallies, options->n_tallies, options->clock,
                     &web->site.sending.scribe, err) < 0)
        return -1;
    int fd = host_listen(&web->site.host, err);
    if (fd < 0)
        return -1;
    describe(web, options);
    return server_start(&web->site, fd, &web->server, err);
}

int web_check_listen(const char *listen, struct err *err)
{
    struct host host;
    return host_parse(listen, &host, err);
}

int web_start(const struct web_options *options, struct web **out_web,
              struct err *err)
{
    struct web *web = calloc(1, sizeof *web);
    if (!web)
        return err_memory(err);
    if (open_all(web, options, err) < 0) {
        web_stop(web);
        return -1;
    }
    *out_web = web;
    return 0;
}

const char *web_url(const struct web *web)
{
    return web->url;
}

void web_stop(struct web *web)
{
    if (!web)
        return;
    server_stop(web->server);
    scribe_stop(web->site.sending.scribe);
    pool_close(web->site.pool);
    free(web);
}
