/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The header of a POST that may bring a report: method, target and version on
 * lines of their own, then a field on each line. What is taken is framed in one
 * way alone, whatever else the header says; whom a proxy speaks for is somebody
 * or nobody.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/forwarded.h"
#include "web/intake_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT_BYTES = 1000 };

static const char *const paths[] = { "/v1/tlsrpt", "/secret" };

static void die(const char *what)
{
    fprintf(stderr, "fuzz_intake_header: %s\n", what);
    abort();
}

/* Cuts the next line off; "" where there is none left. */
static char *cut_line(char **rest)
{
    static char none[] = "";
    char *line = *rest;
    char *end = line ? strchr(line, '\n') : NULL;

    *rest = end ? end + 1 : NULL;
    if (end)
        *end = '\0';
    return line ? line : none;
}

static void check(const struct intake_request *request,
                  const struct intake_verdict *verdict)
{
    if (verdict->status) {
        if (verdict->status < 400 || verdict->status > 417 || !verdict->detail)
            die("a refusal without status or reason");
        return;
    }
    if (request->n_lengths + request->n_transfers != 1 || request->n_hosts > 1)
        die("taken, but framed in two ways");
    if (verdict->path >= 2 || verdict->length == 0 ||
        (request->n_lengths && verdict->length > LIMIT_BYTES))
        die("taken, but not as allowed");
}

static void look_behind(const struct forwarded *forwarded)
{
    const struct peer proxy = { { [15] = 1 } };
    struct peer_network trusted;
    char text[PEER_TEXT_BYTES];
    struct peer client, again;
    struct err err;

    if (peer_network_parse("192.0.2.0/24", &trusted, &err))
        die("no network");
    client = forwarded_client(forwarded, &trusted, 1, &proxy);
    if (peer_parse(slice_of(peer_format(&client, text)), &again) ||
        memcmp(&client, &again, sizeof(client)) != 0)
        die("an address that is not read back");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct forwarded forwarded = { { NULL, 0 }, { NULL, 0 } };
    struct intake_request request = { .method = NULL };
    struct intake_verdict verdict;
    char *text = malloc(size + 1);
    char *rest = text;

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    request.method = cut_line(&rest);
    request.target = cut_line(&rest);
    request.version = cut_line(&rest);
    while (rest) {
        char *name = cut_line(&rest);
        char *value = strchr(name, ':');

        if (value)
            *value++ = '\0';
        intake_request_field(&request, name, value);
        if (value && strcmp(name, "Forwarded") == 0)
            forwarded.forwarded = slice_of(value);
        else if (value && strcmp(name, "X-Forwarded-For") == 0)
            forwarded.x_forwarded_for = slice_of(value);
    }
    intake_request_judge(&request, paths, 2, LIMIT_BYTES, &verdict);
    check(&request, &verdict);
    look_behind(&forwarded);
    free(text);
    return 0;
}
