/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* Limits of the room `web`, each with its reason. */

enum {
    /* What one browser with several tabs opens, times ten. */
    WEB_MAX_CONNECTIONS = 256,
    /* All of them come from this machine as long as only loopback is served. */
    WEB_MAX_CONNECTIONS_PER_IP = 192,
    /* A thread answers its connections one after the other, in its event loop: a
       question that takes long holds up an eighth of them. */
    WEB_THREADS = 8,
    /* Nothing moves on a connection: who took an answer has gone away. */
    WEB_IDLE_S = 15,
    /* From the first octet, or the last answer, to a whole request: one octet
       a second never idles, so this is what ends it, and an idle kept
       connection, too; a browser opens a new one without fuss. */
    WEB_REQUEST_MS = 10 * 1000,
    /* From the request to the last octet of the answer: 64 MiB to a client on
       this machine take a second. */
    WEB_ANSWER_MS = 60 * 1000,
    /* Request line and header fields of one request, and the header of its
       answer. */
    WEB_CONNECTION_BYTES = 32 * 1024,
    /* The longest link of the dashboard has under 600 octets. */
    WEB_TARGET_BYTES = 4 * 1024,
    /* Path and parameters taken apart, domain names in both forms. */
    WEB_REQUEST_ARENA_BYTES = 256 * 1024,
    /* What a question keeps while it is answered: 500 domains with their days
       take 3 MiB, a report of 64 MiB is read elsewhere. */
    WEB_ANSWER_ARENA_BYTES = 64 * 1024 * 1024,
    /* The largest JSON answer: 2,000 domains over half a year have 10 MiB. */
    WEB_BODY_BYTES = 32 * 1024 * 1024,
    /* The largest raw input handed out; intake takes no larger one. */
    WEB_RAW_BYTES = 128 * 1024 * 1024,
    /* All answers that are being sent: beyond it 503, so that slow readers of
       large answers cannot fill the memory. */
    WEB_SENDING_BYTES = 256 * 1024 * 1024,
    /* Below it gzip saves no packet. */
    WEB_GZIP_MIN_BYTES = 1024,
    /* Answers are made once and sent once: speed before size. */
    WEB_GZIP_LEVEL = 1,
    /* The raw JSON of a report shown in the page. */
    WEB_JSON_BYTES = 1024 * 1024,
    /* Failures explained for one policy of a report. */
    WEB_MAX_EXPLAINED = 100,
    /* One sentence about a failure; its parts are cut at 200 octets each. */
    WEB_SENTENCE_BYTES = 4 * 1024,
    /* Rows of one list. */
    WEB_MAX_ROWS = 200,
    WEB_DEFAULT_ROWS = 50,
    /* Days shown where the request names none. */
    WEB_DEFAULT_DAYS = 30
};
