/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * A request to the site, over an empty store: method and target on the first
 * line, then Host, Accept-Encoding and If-None-Match on a line each. Whatever is
 * asked, there is one answer with a status, and a refusal is a problem document.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"
#include "web/problem.h"
#include "web/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct clock clock;
static struct site site;

static void die(const char *what)
{
    fprintf(stderr, "fuzz_http: %s\n", what);
    abort();
}

/* Leaves no file behind: the connection keeps what it has open. */
static void unlink_store(const char *folder)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/s.db%s", folder, ends[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void open_site(void)
{
    char folder[] = "/tmp/fuzz-http-XXXXXX";
    char url[64];
    struct store *store = NULL;
    struct store_contents contents;
    struct err err;
    if (!mkdtemp(folder))
        die("no folder");
    snprintf(url, sizeof url, "sqlite:%s/s.db", folder);
    clock = clock_fixed(1793232000);
    site.clock = &clock;
    if (host_parse("127.0.0.1:8460", &site.host, &err) < 0 ||
        store_open(url, STORE_WRITE, &clock, &store, &err) < 0 ||
        pool_open(url, &clock, 1, &site.pool, &err) < 0)
        die(err.text);
    struct store *reader = pool_take(site.pool);
    if (store_contents(reader, &contents, &err) < 0)
        die(err.text);
    pool_give(site.pool, reader);
    store_close(store);
    unlink_store(folder);
}

/* Cuts the next line off; the copy ends with a NUL, as a server hands it on. */
static char *cut_line(char **rest)
{
    char *line = *rest;
    if (!line)
        return NULL;
    char *end = strchr(line, '\n');
    *rest = end ? end + 1 : NULL;
    if (end)
        *end = '\0';
    return line;
}

static void check(const struct site_answer *answer)
{
    if (answer->status < 200 || answer->status > 503)
        die("no status");
    if (answer->status >= 400 && answer->media_type == problem_media_type &&
        answer->body.len == 0)
        die("a refusal without a document");
    if (answer->status == 500)
        die("a question failed by our fault");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!site.pool)
        open_site();
    char *copy = malloc(size + 1);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    copy[size] = '\0';
    char *rest = copy;
    char *method = cut_line(&rest);
    char *target = strchr(method, ' ');
    if (target)
        *target++ = '\0';
    struct site_request request = { .method = method,
                                    .target = slice_of(target ? target : ""),
                                    .host = cut_line(&rest) };
    request.n_hosts = request.host != NULL;
    request.accept_encoding = cut_line(&rest);
    request.if_none_match = cut_line(&rest);
    struct site_answer answer;
    site_answer(&site, &request, &answer);
    check(&answer);
    buffer_deinit(&answer.body);
    free(copy);
    return 0;
}
