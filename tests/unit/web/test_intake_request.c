/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "row.h"
#include "web/intake_request.h"

static const char *const paths[] = { "/v1/tlsrpt", "/s3cret" };

enum { FIELDS_MAX = 6, LIMIT_BYTES = 1000 };

/* Fields are "Name\0value"; method, version and target are a sender's where
 * they are NULL, and every request has its Host. */
struct row {
    const char *name;
    const char *method;
    const char *version;
    const char *target;
    struct {
        const char *name;
        const char *value;
    } fields[FIELDS_MAX];
    unsigned status;
    bool is_closing;
    size_t path;
    uint64_t length;
};

static const struct row rows[] = {
    { .name = "a sender's",
      .fields = { { "Content-Length", "10" },
                  { "Content-Type", "application/tlsrpt+gzip" } },
      .length = 10 },
    { .name = "any media type",
      .fields = { { "content-length", "10" }, { "Content-Type", "text/html" } },
      .length = 10 },
    { .name = "in chunks",
      .fields = { { "Transfer-Encoding", "Chunked" } },
      .length = UINT64_MAX },
    { .name = "a secret path",
      .target = "/s3cret",
      .fields = { { "Content-Length", "10" } },
      .path = 1,
      .length = 10 },
    { .name = "a query",
      .target = "/v1/tlsrpt?a=b",
      .fields = { { "Content-Length", "10" } },
      .length = 10 },
    { .name = "a whole URL",
      .target = "HTTPS://reports.example/v1/tlsrpt",
      .fields = { { "Content-Length", "10" } },
      .length = 10 },
    { .name = "its content is packed",
      .fields = { { "Content-Length", "10" },
                  { "Content-Encoding", "x-GZIP" } },
      .length = 10 },
    { .name = "it waits for a word",
      .fields = { { "Content-Length", "10" }, { "Expect", "100-Continue" } },
      .length = 10 },
    { .name = "an old version",
      .version = "HTTP/1.0",
      .fields = { { "Content-Length", "10" } },
      .length = 10 },
    { .name = "as large as can be",
      .fields = { { "Content-Length", "1000" } },
      .length = 1000 },
    { .name = "one octet more",
      .fields = { { "Content-Length", "1001" } },
      .status = 413,
      .is_closing = true },
    { .name = "the largest number",
      .fields = { { "Content-Length", "18446744073709551616" } },
      .status = 400,
      .is_closing = true },
    { .name = "nothing",
      .fields = { { "Content-Length", "0" } },
      .status = 400 },
    { .name = "no length", .status = 411, .is_closing = true },
    { .name = "another path",
      .target = "/v1/tlsrp",
      .fields = { { "Content-Length", "10" } },
      .status = 404 },
    { .name = "a path of the dashboard",
      .method = "GET",
      .target = "/api/v1/status",
      .status = 404,
      .is_closing = true },
    { .name = "the path without its slash",
      .target = "v1/tlsrpt",
      .fields = { { "Content-Length", "10" } },
      .status = 404 },
    { .name = "GET", .method = "GET", .status = 405, .is_closing = true },
    { .name = "post", .method = "post", .status = 405, .is_closing = true },
    { .name = "packed otherwise",
      .fields = { { "Content-Length", "10" }, { "Content-Encoding", "br" } },
      .status = 415 },
    { .name = "packed twice",
      .fields = { { "Content-Length", "10" },
                  { "Content-Encoding", "gzip, gzip" } },
      .status = 415 },
    { .name = "another expectation",
      .fields = { { "Content-Length", "10" }, { "Expect", "a coffee" } },
      .status = 417 },
    /* Two readers may see two requests in these. */
    { .name = "both framings",
      .fields = { { "Content-Length", "10" },
                  { "Transfer-Encoding", "chunked" } },
      .status = 400,
      .is_closing = true },
    { .name = "two lengths",
      .fields = { { "Content-Length", "10" }, { "Content-Length", "10" } },
      .status = 400,
      .is_closing = true },
    { .name = "two lengths in one",
      .fields = { { "Content-Length", "10, 10" } },
      .status = 400,
      .is_closing = true },
    { .name = "a length with a sign",
      .fields = { { "Content-Length", "+10" } },
      .status = 400,
      .is_closing = true },
    { .name = "a length in hexadecimal",
      .fields = { { "Content-Length", "0x10" } },
      .status = 400,
      .is_closing = true },
    { .name = "an empty length",
      .fields = { { "Content-Length", "" } },
      .status = 400,
      .is_closing = true },
    { .name = "a blank before the colon",
      .fields = { { "Content-Length ", "10" } },
      .status = 400,
      .is_closing = true },
    { .name = "a folded length, as the library has it",
      .fields = { { "Content-Length0", "1" } },
      .status = 400,
      .is_closing = true },
    { .name = "a folded framing",
      .fields = { { "Content-Length", "10" },
                  { "transfer-encodingx", "chunked" } },
      .status = 400,
      .is_closing = true },
    { .name = "a field folded into another",
      .fields = { { "Content-Length", "10" },
                  { "XTransfer-Encoding: chunked", "a" } },
      .status = 400,
      .is_closing = true },
    { .name = "a name of nothing",
      .fields = { { "Content-Length", "10" }, { "", "a" } },
      .status = 400,
      .is_closing = true },
    { .name = "a bare CR in a value",
      .fields = { { "Content-Length", "10" },
                  { "X", "a\rTransfer-Encoding: chunked" } },
      .status = 400,
      .is_closing = true },
    { .name = "identity",
      .fields = { { "Transfer-Encoding", "identity" } },
      .status = 400,
      .is_closing = true },
    { .name = "chunked at last",
      .fields = { { "Transfer-Encoding", "gzip, chunked" } },
      .status = 400,
      .is_closing = true },
    { .name = "chunked twice",
      .fields = { { "Transfer-Encoding", "chunked" },
                  { "Transfer-Encoding", "chunked" } },
      .status = 400,
      .is_closing = true },
    { .name = "chunks of an old version",
      .version = "HTTP/1.0",
      .fields = { { "Transfer-Encoding", "chunked" } },
      .status = 400,
      .is_closing = true },
    { .name = "two hosts",
      .fields = { { "Content-Length", "10" }, { "host", "b" } },
      .status = 400,
      .is_closing = true },
};

static void headers_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct row *row = &rows[i];
        struct intake_request request = {
            .method = row->method ? row->method : "POST",
            .version = row->version ? row->version : "HTTP/1.1",
            .target = row->target ? row->target : "/v1/tlsrpt",
        };
        struct intake_verdict verdict;

        intake_request_field(&request, "Host", "reports.example");
        for (size_t f = 0; f < FIELDS_MAX && row->fields[f].name; f++)
            intake_request_field(&request, row->fields[f].name,
                                 row->fields[f].value);
        intake_request_judge(&request, paths, ROWS(paths), LIMIT_BYTES,
                             &verdict);
        ROW_NUMBER(row->name, verdict.status, row->status);
        ROW_NUMBER(row->name, verdict.is_closing, row->is_closing);
        ROW_NUMBER(row->name, verdict.detail != NULL, row->status != 0);
        if (row->status == 0) {
            ROW_NUMBER(row->name, verdict.path, row->path);
            ROW_NUMBER(row->name, verdict.length, row->length);
        }
    }
}

static void a_request_without_host_is_refused(void **state)
{
    struct intake_request request = { .method = "POST",
                                      .version = "HTTP/1.1",
                                      .target = "/v1/tlsrpt" };
    struct intake_verdict verdict;

    (void)state;
    intake_request_field(&request, "Content-Length", "10");
    intake_request_judge(&request, paths, ROWS(paths), LIMIT_BYTES, &verdict);
    assert_int_equal(verdict.status, 400);
    request.version = "HTTP/1.0";
    intake_request_judge(&request, paths, ROWS(paths), LIMIT_BYTES, &verdict);
    assert_int_equal(verdict.status, 0);
}

static void targets_have_their_path(void **state)
{
    static const struct {
        const char *target;
        const char *expected;
    } targets[] = {
        { "/a/b", "/a/b" },
        { "/a?b?c", "/a" },
        { "http://h/a", "/a" },
        { "https://h:1/a?b", "/a" },
        { "http://h", "" },
        { "*", "*" },
        { "", "" },
        { "http:/a", "http:/a" },
        { "/http://h/a", "/http://h/a" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(targets); i++) {
        struct slice path = intake_request_path(targets[i].target);

        ROW_OCTETS(targets[i].target, path, slice_of(targets[i].expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_judged),
        cmocka_unit_test(a_request_without_host_is_refused),
        cmocka_unit_test(targets_have_their_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
