/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "unwrap/gzip.h"
#include "web/asset.h"
#include "web/limits.h"
#include "web/negotiate.h"
#include "web/problem.h"
#include "web/route.h"

static const char json_media_type[] = "application/json; charset=utf-8";

/* The addresses of the dashboard; the page itself tells them apart. */
static const struct route pages[] = {
    { "/", 0, NULL },          { "/domains", 0, NULL },
    { "/domains/*", 0, NULL }, { "/reporters", 0, NULL },
    { "/reports", 0, NULL },   { "/reports/*", 0, NULL },
    { "/inbox", 0, NULL },     { "/sending", 0, NULL },
    { "/outbox", 0, NULL },
};

static void refuse(struct site_answer *answer, unsigned status,
                   const char *detail)
{
    answer->status = status;
    answer->media_type = problem_media_type;
    answer->etag[0] = '\0';
    answer->file_name[0] = '\0';
    buffer_reset(&answer->body);
    problem_write(&answer->body, status, detail);
}

/* Leaves only the fact that the client has it already. */
static void answer_not_modified(struct site_answer *answer)
{
    answer->status = 304;
    answer->media_type = NULL;
}

static void answer_asset(const struct asset *asset, unsigned status,
                         const struct site_request *request,
                         struct site_answer *answer)
{
    answer->status = status;
    answer->media_type = asset->media_type;
    snprintf(answer->etag, sizeof answer->etag, "%s", asset->etag);
    if (status == 200 &&
        negotiate_has_tag(request->if_none_match, asset->etag)) {
        answer_not_modified(answer);
        return;
    }
    answer->is_gzip =
        asset->gzip.len > 0 && negotiate_takes_gzip(request->accept_encoding);
    answer->constant = answer->is_gzip ? asset->gzip : asset->body;
}

/* A file whose address names its release never changes. */
static void answer_file(const struct asset *asset, bool is_lasting,
                        const struct site_request *request,
                        struct site_answer *answer)
{
    answer_asset(asset, 200, request, answer);
    answer->is_lasting = is_lasting;
}

/* Host must be there once and name this server; RFC 9112 section 3.2. */
static bool check_host(const struct site *site,
                       const struct site_request *request,
                       const struct target *target, struct site_answer *answer)
{
    if (request->n_hosts != 1) {
        refuse(answer, 400, "the request needs exactly one Host field");
        return false;
    }
    if (host_is_ours(&site->host, slice_of(request->host)) &&
        (target->authority.len == 0 ||
         host_is_ours(&site->host, target->authority)))
        return true;
    char detail[160];
    snprintf(detail, sizeof detail,
             "this server answers to %s:%u and localhost:%u alone; a tunnel "
             "must end on the same port at your side",
             site->host.address, (unsigned)site->host.port,
             (unsigned)site->host.port);
    refuse(answer, 421, detail);
    return false;
}

static bool check_method(const struct site_request *request,
                         struct site_answer *answer)
{
    if (strcmp(request->method, "GET") != 0 &&
        strcmp(request->method, "HEAD") != 0) {
        answer->allow = "GET, HEAD";
        answer->is_closing = request->has_body;
        refuse(answer, 405, "only GET and HEAD are answered here");
        return false;
    }
    if (request->has_body) {
        answer->is_closing = true;
        refuse(answer, 413, "a request must not bring content here");
        return false;
    }
    return true;
}

/* A tag is true for one moment of one store, one day and one server run. */
static int make_etag(const struct site *site, struct store *store,
                     utc_day today, struct site_answer *answer, struct err *err)
{
    int64_t change;
    if (store_change(store, &change, err) < 0)
        return -1;
    snprintf(answer->etag, sizeof answer->etag,
             "W/\"%" PRIx64 "-%" PRId64 "-%" PRId32 "\"", site->instance,
             change, today);
    return 0;
}

/* Takes over what a function of the API made. */
static void take_made(struct api_answer *made, struct site_answer *answer)
{
    buffer_deinit(&answer->body);
    answer->body = made->body;
    answer->status = 200;
    answer->media_type = made->media_type ? made->media_type : json_media_type;
    snprintf(answer->file_name, sizeof answer->file_name, "%s",
             made->file_name ? made->file_name : "");
}

/* What a failure of a function becomes. */
static void answer_failure(const struct site *site, int result,
                           const char *pattern, const struct err *err,
                           struct site_answer *answer)
{
    if (result > 0) {
        refuse(answer, (unsigned)result, err->text);
    } else if (err->kind == ERR_USAGE) {
        refuse(answer, 400, err->text);
    } else if (err->kind == ERR_LIMIT) {
        refuse(answer, 413,
               "the answer would be too large; ask for fewer days");
    } else {
        refuse(answer, 500,
               "the store could not be read; the log of the "
               "server says why");
        if (site->on_error)
            site->on_error(site->context, pattern, err);
    }
}

/* Everything a question needs, for the time it is answered. */
struct question {
    const struct route *route;
    const char *capture;
    struct request request;
    struct arena arena;
};

static void ask(const struct site *site, struct question *question,
                struct store *store, struct site_answer *answer)
{
    struct api_answer made = { .media_type = NULL };
    struct api_call call = { .store = store,
                             .request = &question->request,
                             .capture = question->capture,
                             .arena = &question->arena,
                             .sending = &site->sending };
    struct err err = { 0 };
    buffer_init(&made.body, WEB_BODY_BYTES);
    int r = question->route->function(&call, &made, &err);
    if (r == 0 && made.body.failed)
        r = err_set(&err, ERR_LIMIT, "the answer does not fit");
    if (r == 0) {
        take_made(&made, answer);
        return;
    }
    buffer_deinit(&made.body);
    answer_failure(site, r, question->route->pattern, &err, answer);
}

/* Compresses in place where it pays; keeps the answer as it is if it fails. */
static void compress(const struct site_request *request,
                     struct site_answer *answer)
{
    if (answer->body.len < WEB_GZIP_MIN_BYTES ||
        !negotiate_takes_gzip(request->accept_encoding))
        return;
    struct buffer gzip;
    struct err err;
    buffer_init(&gzip, answer->body.len);
    if (gzip_deflate(buffer_slice(&answer->body), WEB_GZIP_LEVEL, &gzip, &err) <
            0 ||
        gzip.failed) {
        buffer_deinit(&gzip);
        return;
    }
    buffer_deinit(&answer->body);
    answer->body = gzip;
    answer->is_gzip = true;
}

/* Tag and answer are of the same moment of the store. */
static void answer_held(const struct site *site,
                        const struct site_request *request,
                        struct question *question, struct store *store,
                        struct site_answer *answer)
{
    struct err err = { 0 };
    if (store_hold(store, &err) < 0 ||
        (!(question->route->parameters & REQUEST_UNTAGGED) &&
         make_etag(site, store, question->request.today, answer, &err) < 0))
        answer_failure(site, -1, question->route->pattern, &err, answer);
    else if (negotiate_has_tag(request->if_none_match, answer->etag))
        answer_not_modified(answer);
    else
        ask(site, question, store, answer);
    store_release(store);
}

static void answer_question(const struct site *site,
                            const struct site_request *request,
                            const struct target *target,
                            struct question *question,
                            struct site_answer *answer)
{
    struct err err = { 0 };
    utc_day today = utc_day_of(clock_now(site->clock));
    if (request_read(target, question->route->parameters, today,
                     &question->arena, &question->request, &err) < 0) {
        refuse(answer, err.kind == ERR_INPUT ? 400 : 500, err.text);
        return;
    }
    struct store *store = pool_take(site->pool);
    answer_held(site, request, question, store, answer);
    pool_give(site->pool, store);
    compress(request, answer);
}

static bool is_api(const struct target *target)
{
    return target->n_segments > 0 && strcmp(target->segments[0], "api") == 0;
}

static bool is_asset(const struct target *target)
{
    return target->n_segments > 0 &&
           (strcmp(target->segments[0], "assets") == 0 ||
            strcmp(target->segments[0], "favicon.ico") == 0);
}

static void answer_api(const struct site *site,
                       const struct site_request *request,
                       const struct target *target, struct site_answer *answer)
{
    size_t n;
    const struct route *routes = api_routes(&n);
    struct question question = { .capture = NULL };
    question.route = route_find(routes, n, target, &question.capture);
    if (!question.route || target->is_folder) {
        refuse(answer, 404, "no such question; docs/api.md lists them");
        return;
    }
    arena_init(&question.arena, WEB_ANSWER_ARENA_BYTES);
    answer_question(site, request, target, &question, answer);
    arena_deinit(&question.arena);
}

static void answer_page(const struct site_request *request,
                        const struct target *target, struct site_answer *answer)
{
    const char *capture;
    const struct route *page =
        route_find(pages, sizeof pages / sizeof pages[0], target, &capture);
    const struct asset *index = asset_find(SLICE("index.html"));
    if (index)
        answer_asset(index, page ? 200 : 404, request, answer);
    else
        refuse(answer, 404,
               "this program was built without its dashboard; "
               "the API is at /api/v1/overview");
}

static void answer_target(const struct site *site,
                          const struct site_request *request,
                          const struct target *target,
                          struct site_answer *answer)
{
    bool is_lasting;
    const struct asset *asset = asset_find_target(target, &is_lasting);
    if (!check_host(site, request, target, answer) ||
        !check_method(request, answer))
        return;
    if (is_api(target))
        answer_api(site, request, target, answer);
    else if (asset)
        answer_file(asset, is_lasting, request, answer);
    else if (is_asset(target))
        refuse(answer, 404, "no such file in this program");
    else
        answer_page(request, target, answer);
}

void site_answer(const struct site *site, const struct site_request *request,
                 struct site_answer *out_answer)
{
    struct target target;
    struct arena arena;
    struct err err = { 0 };
    *out_answer = (struct site_answer){ .status = 0 };
    buffer_init(&out_answer->body, WEB_BODY_BYTES);
    arena_init(&arena, WEB_REQUEST_ARENA_BYTES);
    if (target_parse(request->target, &arena, &target, &err) < 0)
        refuse(out_answer, err.kind == ERR_LIMIT ? 414 : 400, err.text);
    else
        answer_target(site, request, &target, out_answer);
    arena_deinit(&arena);
}
