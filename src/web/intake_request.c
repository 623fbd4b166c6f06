/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/intake_request.h"

#include <string.h>

/* RFC 9110 section 5.6.2. */
static bool is_token(const char *text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    if (!*text)
        return false;
    for (; *text; text++) {
        const char c = *text;

        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
            !(c >= 'A' && c <= 'Z') && !strchr(others, c))
            return false;
    }
    return true;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
            return true;
    return false;
}

/* The library glues a folded line to the name of its field. */
static bool is_framing_glued(struct slice name)
{
    return slice_starts_fold(name, SLICE("Content-Length")) ||
           slice_starts_fold(name, SLICE("Transfer-Encoding"));
}

void intake_request_field(struct intake_request *request, const char *name,
                          const char *value)
{
    const struct slice slice = slice_of(name);

    value = value ? value : "";
    if (slice_equal_fold(slice, SLICE("Host"))) {
        request->n_hosts++;
    } else if (slice_equal_fold(slice, SLICE("Content-Length"))) {
        request->length = value;
        request->n_lengths++;
    } else if (slice_equal_fold(slice, SLICE("Transfer-Encoding"))) {
        request->transfer = value;
        request->n_transfers++;
    } else if (slice_equal_fold(slice, SLICE("Content-Encoding"))) {
        request->encoding = value;
        request->n_encodings++;
    } else if (slice_equal_fold(slice, SLICE("Expect"))) {
        request->expect = value;
    } else if (is_framing_glued(slice)) {
        request->odd = name;
    }
    if (!is_token(name) || has_control(value))
        request->odd = name;
}

struct slice intake_request_path(const char *target)
{
    struct slice rest = slice_of(target);

    if (slice_starts_fold(rest, SLICE("http://")) ||
        slice_starts_fold(rest, SLICE("https://"))) {
        rest = slice_skip(rest, slice_find(rest, ':') + 3);
        rest = slice_skip(rest, slice_find(rest, '/'));
    }
    rest.len = slice_find(rest, '?');
    return rest;
}

/* Compares all octets, whatever the first ones are; lengths are no secret. */
static bool is_same(struct slice path, const char *known)
{
    unsigned char differing = 0;

    if (!path.ptr || path.len != strlen(known))
        return false;
    for (size_t i = 0; i < path.len; i++)
        differing |= (unsigned char)(path.ptr[i] ^ known[i]);
    return differing == 0;
}

static bool find_path(struct slice path, const char *const *paths, size_t n,
                      size_t *out_path)
{
    bool is_found = false;

    for (size_t i = 0; i < n; i++) {
        if (is_same(path, paths[i])) {
            *out_path = i;
            is_found = true;
        }
    }
    return is_found;
}

/* Digits alone: neither sign nor blank nor list. Returns: -1 for others. */
static int parse_length(const char *text, uint64_t *out_length)
{
    uint64_t length = 0;

    if (!*text || strlen(text) > 18)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        length = length * 10 + (uint64_t)(*text - '0');
    }
    *out_length = length;
    return 0;
}

/* Why it is not known for sure where the request ends; NULL where it is. */
static const char *framing_fault(const struct intake_request *request,
                                 uint64_t *out_length)
{
    *out_length = UINT64_MAX;
    if (request->odd)
        return "a header field has a name or value that is not allowed";
    if (strcmp(request->version, "HTTP/1.1") == 0 && request->n_hosts != 1)
        return "one Host field is needed";
    if (request->n_hosts > 1)
        return "one Host field is enough";
    if (request->n_lengths > 1 || request->n_transfers > 1)
        return "the length of the body is told more than once";
    if (request->n_lengths && request->n_transfers)
        return "Content-Length and Transfer-Encoding exclude each other";
    if (request->n_lengths && parse_length(request->length, out_length))
        return "Content-Length is no number";
    if (request->n_transfers && strcmp(request->version, "HTTP/1.1") != 0)
        return "Transfer-Encoding needs HTTP/1.1";
    if (request->n_transfers &&
        !slice_equal_fold(slice_of(request->transfer), SLICE("chunked")))
        return "the only Transfer-Encoding is chunked";
    return NULL;
}

/* gzip is looked for in any body, so its label changes nothing. */
static bool is_encoding_known(const struct intake_request *request)
{
    const struct slice encoding = slice_of(request->encoding);

    return request->n_encodings == 0 ||
           (request->n_encodings == 1 &&
            (slice_equal_fold(encoding, SLICE("gzip")) ||
             slice_equal_fold(encoding, SLICE("x-gzip")) ||
             slice_equal_fold(encoding, SLICE("identity"))));
}

static void refuse(struct intake_verdict *verdict, unsigned status,
                   const char *detail)
{
    verdict->status = status;
    verdict->detail = detail;
}

void intake_request_judge(const struct intake_request *request,
                          const char *const *paths, size_t n_paths,
                          uint64_t max_bytes,
                          struct intake_verdict *out_verdict)
{
    struct intake_verdict *verdict = out_verdict;
    const char *fault;

    *verdict = (struct intake_verdict){ .path = 0 };
    fault = framing_fault(request, &verdict->length);
    /* What is no POST may have a body that the library does not see. */
    verdict->is_closing = fault || strcmp(request->method, "POST") != 0;
    if (fault)
        refuse(verdict, 400, fault);
    else if (!find_path(intake_request_path(request->target), paths, n_paths,
                        &verdict->path))
        refuse(verdict, 404, "reports are not taken at this path");
    else if (strcmp(request->method, "POST") != 0)
        refuse(verdict, 405, "reports are brought by POST");
    else if (!is_encoding_known(request))
        refuse(verdict, 415, "the only Content-Encoding is gzip");
    else if (request->expect && !slice_equal_fold(slice_of(request->expect),
                                                  SLICE("100-continue")))
        refuse(verdict, 417, "the only expectation is 100-continue");
    else if (!request->n_lengths && !request->n_transfers)
        refuse(verdict, 411, "the length of the body is not told");
    else if (verdict->length == 0)
        refuse(verdict, 400, "the body is empty");
    else if (verdict->length != UINT64_MAX && verdict->length > max_bytes)
        refuse(verdict, 413, "the body is larger than any report");
    /* Nothing tells where a body of unknown length ends. */
    if (verdict->status == 411 || verdict->status == 413)
        verdict->is_closing = true;
}
