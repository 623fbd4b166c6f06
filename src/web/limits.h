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
    /* How often the collectors' sums are looked at while somebody looks at their
       page; a collector stores once a second. */
    WEB_LEDGER_REST_MS = 1000,
    /* The longest rest after a look that took long. */
    WEB_LEDGER_REST_MAX_MS = 5000,
    /* How long a page waits for such a look: today's sums of 100,000 domains are
       there by then, a month of them at the start is not. */
    WEB_LEDGER_WAIT_MS = 300,
    /* Deliveries, and reports not made, on the page of one domain. */
    WEB_DOMAIN_DELIVERIES = 20,
    /* Composed days on the page of the outbox. */
    WEB_OUTBOX_DAYS = 7,
    /* What gets nothing, on that page; `tlsrpt outbox suppressed` tells all. */
    WEB_OUTBOX_SUPPRESSED = 100,
    /* Days shown where the request names none. */
    WEB_DEFAULT_DAYS = 30,

    /* ---- Intake ---- */

    /* Senders bring a report a day each; the rest are those of one octet a
       second, which shall not keep the others out. 16 KiB each at most. */
    WEB_INTAKE_CONNECTIONS = 4096,
    /* They move octets and never wait, so one a core is enough. */
    WEB_INTAKE_THREADS = 2,
    /* Request line and header fields; a sender's have under 500 octets. */
    WEB_INTAKE_HEADER_BYTES = 16 * 1024,
    /* Whom a proxy speaks for, several proxies one behind the other. */
    WEB_INTAKE_FORWARDED_BYTES = 1024,
    /* From the first octet of a connection, or from the last answer, to a whole
       header: a handshake of TLS over a bad line takes three seconds. */
    WEB_INTAKE_HEADER_MS = 15 * 1000,
    /* The same, while more than half of all connections are taken. */
    WEB_INTAKE_CROWDED_MS = 3 * 1000,
    /* From the header to the end of the body, and what each KiB that has come
       adds: a report has 1 KiB, the largest one may take two minutes and a
       half. */
    WEB_INTAKE_BODY_MS = 20 * 1000,
    WEB_INTAKE_BODY_MS_PER_KIB = 4,
    /* From the commit to the end of an answer that fits in a packet. */
    WEB_INTAKE_ANSWER_MS = 10 * 1000,
    /* A body: as LMTP takes, the largest report seen had 4 MiB. */
    WEB_INTAKE_BODY_BYTES = 32 * 1024 * 1024,
    /* Of a refused body so many octets are read, for who looks at the answer
       only after the last of them. */
    WEB_INTAKE_REFUSED_BYTES = 64 * 1024,
    /* All bodies that are being received or wait for their commit. Large ones
       leave a part of it to the others. */
    WEB_INTAKE_ALL_BYTES = 256 * 1024 * 1024,
    WEB_INTAKE_LARGE_BYTES = 192 * 1024 * 1024,
    WEB_INTAKE_SMALL_BODY_BYTES = 64 * 1024,
    /* One address: a large operator sends 10,000 reports, for as many domains,
       from some machines and as fast as it can. */
    WEB_INTAKE_ADDRESS_CONNECTIONS = 128,
    WEB_INTAKE_ADDRESS_REQUESTS = 64,
    WEB_INTAKE_ADDRESS_PER_SECOND = 200,
    WEB_INTAKE_ADDRESS_BURST = 2000,
    /* Addresses remembered: those with something open, and four times more. */
    WEB_INTAKE_ADDRESSES = 16 * 1024,
    /* Seconds after which who was told "later" may come again. */
    WEB_INTAKE_RETRY_S = 30,
    /* How long an end waits for clients to take their last answer. */
    WEB_INTAKE_END_MS = 3 * 1000
};
