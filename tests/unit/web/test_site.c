/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "store/sample.h"
#include "web/asset.h"
#include "web/limits.h"
#include "web/problem.h"
#include "web/site.h"

static struct site site;

static int open_site(void **state)
{
    struct sample_store *sample;
    if (sample_open(state) != 0)
        return -1;
    sample = *state;
    site = (struct site){ .clock = &sample->clock, .instance = 0xabc };
    return host_parse("127.0.0.1:8460", &site.host, &sample->err) < 0 ||
                   pool_open(sample->url, &sample->clock, 2, &site.pool,
                             &sample->err) < 0
               ? -1
               : 0;
}

static int close_site(void **state)
{
    pool_close(site.pool);
    return sample_close(state);
}

static struct site_request get(const char *target)
{
    return (struct site_request){ .method = "GET",
                                  .target = slice_of(target),
                                  .host = "127.0.0.1:8460",
                                  .n_hosts = 1 };
}

static void requests_have_their_status(void **state)
{
    static const struct {
        const char *name, *method, *target, *host;
        unsigned n_hosts;
        bool has_body;
        unsigned status;
    } rows[] = {
        { "question", "GET", "/api/v1/status", "127.0.0.1:8460", 1, false,
          200 },
        { "head", "HEAD", "/api/v1/overview", "localhost:8460", 1, false, 200 },
        { "no host", "GET", "/api/v1/status", NULL, 0, false, 400 },
        { "two hosts", "GET", "/api/v1/status", "127.0.0.1:8460", 2, false,
          400 },
        { "foreign host", "GET", "/api/v1/status", "evil.example", 1, false,
          421 },
        { "foreign host before all else", "POST", "/nothing", "evil.example", 1,
          true, 421 },
        { "foreign absolute form", "GET", "http://evil.example/",
          "localhost:"
          "8460",
          1, false, 421 },
        { "method", "POST", "/api/v1/status", "127.0.0.1:8460", 1, false, 405 },
        { "content", "GET", "/api/v1/status", "127.0.0.1:8460", 1, true, 413 },
        { "bad target", "GET", "/%zz", "127.0.0.1:8460", 1, false, 400 },
        { "bad parameter", "GET", "/api/v1/overview?to=x", "127.0.0.1:8460", 1,
          false, 400 },
        { "bad cursor", "GET", "/api/v1/reports?cursor=x", "127.0.0.1:8460", 1,
          false, 400 },
        { "no question", "GET", "/api/v1/nothing", "127.0.0.1:8460", 1, false,
          404 },
        { "no report", "GET", "/api/v1/reports/1", "127.0.0.1:8460", 1, false,
          404 },
        { "no file", "GET", "/assets/nothing", "127.0.0.1:8460", 1, false,
          404 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct site_request request = {
            .method = rows[i].method,
            .target = slice_of(rows[i].target),
            .host = rows[i].host,
            .n_hosts = rows[i].n_hosts,
            .has_body = rows[i].has_body,
        };
        struct site_answer answer;
        site_answer(&site, &request, &answer);
        if (answer.status != rows[i].status)
            fail_msg("%s: expected %u, got %u %s", rows[i].name, rows[i].status,
                     answer.status, buffer_text(&answer.body));
        if (rows[i].status >= 400) {
            assert_ptr_equal(answer.media_type, problem_media_type);
            assert_string_equal(answer.etag, "");
        }
        buffer_deinit(&answer.body);
    }
}

static void what_did_not_change_is_not_sent(void **state)
{
    struct sample_store *sample = *state;
    struct site_request request = get("/api/v1/overview");
    struct site_answer answer;
    struct sample_report report;
    char tag[SITE_ETAG_BYTES];

    site_answer(&site, &request, &answer);
    snprintf(tag, sizeof tag, "%s", answer.etag);
    assert_non_null(strstr(tag, "abc"));
    buffer_deinit(&answer.body);

    request.if_none_match = tag;
    site_answer(&site, &request, &answer);
    assert_int_equal(answer.status, 304);
    assert_int_equal(answer.body.len, 0);
    assert_null(answer.media_type);
    buffer_deinit(&answer.body);

    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    site_answer(&site, &request, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_not_equal(answer.etag, tag);
    assert_non_null(strstr(buffer_text(&answer.body), "\"reports\":1"));
    buffer_deinit(&answer.body);
}

static void long_answers_are_compressed_on_demand(void **state)
{
    struct site_request request = get("/api/v1/explain/certificate-expired");
    struct site_answer plain, small;

    (void)state;
    site_answer(&site, &request, &plain);
    assert_int_equal(plain.status, 200);
    assert_false(plain.is_gzip);
    request.accept_encoding = "gzip";
    site_answer(&site, &request, &small);
    assert_true(small.is_gzip == (plain.body.len >= WEB_GZIP_MIN_BYTES));
    request = get("/api/v1/status");
    request.accept_encoding = "gzip";
    buffer_deinit(&small.body);
    site_answer(&site, &request, &small);
    assert_false(small.is_gzip);
    buffer_deinit(&small.body);
    buffer_deinit(&plain.body);
}

static void pages_are_the_index(void **state)
{
    static const struct {
        const char *target;
        unsigned status;
    } rows[] = {
        { "/", 200 },
        { "/domains", 200 },
        { "/domains/a.b", 200 },
        { "/reports/17", 200 },
        { "/inbox", 200 },
        { "/reporters", 200 },
        { "/no/such/page", 404 },
    };
    const struct asset *index = asset_find(SLICE("index.html"));
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct site_request request = get(rows[i].target);
        struct site_answer answer;
        site_answer(&site, &request, &answer);
        assert_int_equal(answer.status, index ? rows[i].status : 404);
        if (index)
            assert_ptr_equal(answer.constant.ptr, index->body.ptr);
        buffer_deinit(&answer.body);
    }
}

static unsigned n_errors;

static void count_error(void *context, const char *path, const struct err *err)
{
    (void)context;
    assert_string_equal(path, "/api/v1/reports/*");
    assert_int_not_equal(err->kind, ERR_NONE);
    n_errors++;
}

static void our_own_fault_is_told(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct site_request request = get("/api/v1/reports/1");
    struct site_answer answer;

    sample_fill(&report, "a", "example.com", SAMPLE_DAY, 10, 1);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_put_raw(sample, &report, "raw octets");
    sample_put_open(sample, &report);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    /* What the store kept is no longer what it was. */
    sample_ask(sample, "UPDATE raw SET encoding = 1 RETURNING 1");
    site.on_error = count_error;
    site_answer(&site, &request, &answer);
    assert_int_equal(answer.status, 500);
    assert_int_equal(n_errors, 1);
    buffer_deinit(&answer.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests_have_their_status, open_site,
                                        close_site),
        cmocka_unit_test_setup_teardown(what_did_not_change_is_not_sent,
                                        open_site, close_site),
        cmocka_unit_test_setup_teardown(long_answers_are_compressed_on_demand,
                                        open_site, close_site),
        cmocka_unit_test_setup_teardown(pages_are_the_index, open_site,
                                        close_site),
        cmocka_unit_test_setup_teardown(our_own_fault_is_told, open_site,
                                        close_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
