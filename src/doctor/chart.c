/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/chart.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 2048, FIRST_ROWS = 32 };

static const struct chart_check checks[CHART_ID_COUNT] = {
    [CHART_ROLE] = { "role", "what this machine does",
                     "what belongs to a role is looked at, and nothing else" },
    [CHART_STORE_FILE] = { "store-file", "owner, mode and folder of a store",
                           "stores hold whom we talked to; who runs the service"
                           " must be able to write" },
    [CHART_STORE_SCHEMA] = { "store-schema", "version of a store",
                             "an older program refuses a newer store" },
    [CHART_STORE_CONTENT] = { "store-content",
                              "whether what is stored can be read",
                              "what a disk or a copy has spoilt is noticed when"
                              " it is asked for, and not before" },
    [CHART_UNIT] = { "unit", "whether the service may write to its store",
                     "a unit of systemd sees all but its own folders"
                     " read-only" },
    [CHART_SECRET_FILE] = { "secret-file", "who may read keys and passwords",
                            "what everybody may read is no secret" },
    [CHART_FOLDER] = { "folder", "folders that the service writes to",
                       "what cannot be moved or written is met again and"
                       " again" },
    [CHART_SOCKET] = { "socket",
                       "whether mail servers may send to the collector",
                       "a mail server that may not write there says so in its"
                       " own log alone" },
    [CHART_QUEUE] = { "queue", "net.unix.max_dgram_qlen",
                      "what does not fit into the queue of the socket is lost" },
    [CHART_CLOCK] = { "clock", "whether the clock is right",
                      "sessions belong to UTC days, RFC 8460 section 4.1;"
                      " signatures have a time" },
    [CHART_CLOCK_STORED] = { "clock-stored", "the clock against stored times",
                             "a clock that stepped back closes no days" },
    [CHART_DISK_SPACE] = { "disk-space", "free space where stores are",
                           "a full disk takes no reports" },
    [CHART_DISK_INODES] = { "disk-inodes", "free inodes where stores are",
                            "without inodes a disk is full, too" },
    [CHART_DNS] = { "dns", "whether DNS answers",
                    "keys and records are looked up" },
    [CHART_DNSSEC] = { "dnssec", "whether answers are validated",
                       "RFC 4035 section 5; a forged key proves forged"
                       " reports" },
    [CHART_SIGNATURE] = { "signature", "who signs the mails",
                          "RFC 8460 section 3: mailed reports are signed" },
    [CHART_DKIM_KEY] = { "dkim-key", "the private key",
                         "RFC 8301 section 3.2: 2048 bits, 1024 at least" },
    [CHART_DKIM_RECORD] = { "dkim-record", "the public key in DNS",
                            "RFC 6376 section 3.6" },
    [CHART_DKIM_SERVICE] = { "dkim-service", "s= of the public key",
                             "RFC 8460 section 3, RFC 6376 section 3.6.1" },
    [CHART_DKIM_TESTING] = { "dkim-testing", "t= of the public key",
                             "RFC 6376 section 3.6.1: t=y counts as unsigned" },
    [CHART_RELAY_PROOF] = { "relay-proof", "whether the relay signs as stated",
                            "RFC 8460 section 3: mailed reports are signed" },
    [CHART_RELAY_FIELDS] = { "relay-fields",
                             "what the relay's signature covers",
                             "RFC 8460 section 5.3" },
    [CHART_RELAY] = { "relay", "how mails leave", "RFC 8460 section 5.3" },
    [CHART_SPF] = { "spf", "SPF of the sender's domain",
                    "RFC 7208; some receivers want it to pass" },
    [CHART_OWN_RECORD] = { "own-record", "our own TLSRPT record",
                           "RFC 8460 section 3" },
    [CHART_CONTACT_MX] = { "contact-mx", "whether the contact gets mail",
                           "RFC 8460 section 4.4: contact-info; RFC 7505" },
    [CHART_COLLECTOR] = { "collector", "whether the collector runs",
                          "sessions are lost while nobody listens" },
    [CHART_REPORTER] = { "reporter", "days that are closed and not reported",
                         "RFC 8460 section 4.1: a report a day" },
    [CHART_OUTBOX] = { "outbox", "deliveries that wait",
                       "RFC 8460 section 5.5: retries within a day" },
    [CHART_POSTFIX] = { "postfix", "what Postfix is told about TLSRPT",
                        "Postfix 3.10 and later send what TLS did" },
    [CHART_POSTFIX_SOCKET] = { "postfix-socket",
                               "the socket that Postfix sends to",
                               "it must be the one that the collector receives"
                               " at" },
    [CHART_POSTFIX_ECHO] = { "postfix-echo",
                             "whether our report mails are among the sessions",
                             "RFC 8689; a mail that is counted and made no"
                             " event costs a domain its report" },
    [CHART_CERTIFICATE] = { "certificate", "certificates of our own servers",
                            "senders by HTTPS may refuse an expired one" },
};

const struct chart_check *chart_check(enum chart_id id)
{
    return &checks[id];
}

const char *chart_severity_name(enum chart_severity severity)
{
    static const char *const names[CHART_SEVERITY_COUNT] = {
        [CHART_GOOD] = "good",       [CHART_NOTE] = "note",
        [CHART_UNKNOWN] = "unknown", [CHART_WARNING] = "warning",
        [CHART_ERROR] = "error",
    };

    return names[severity];
}

void chart_init(struct chart *chart, struct arena *arena)
{
    *chart = (struct chart){ .arena = arena };
}

__attribute__((format(printf, 2, 0))) static const char *keep(
    struct chart *chart, const char *format, va_list args)
{
    char text[TEXT_BYTES];
    const char *copy;

    vsnprintf(text, sizeof(text), format, args);
    copy = arena_copy(chart->arena, slice_of(text));
    chart->failed |= !copy;
    return copy ? copy : "";
}

const char *chart_text(struct chart *chart, const char *format, ...)
{
    const char *text;
    va_list args;

    va_start(args, format);
    text = keep(chart, format, args);
    va_end(args);
    return text;
}

/* Room for one row more. */
static bool grow(struct chart *chart)
{
    size_t capacity = chart->capacity ? 2 * chart->capacity : FIRST_ROWS;
    struct chart_row *rows;

    if (chart->n_rows < chart->capacity)
        return true;
    rows = arena_calloc(chart->arena, capacity, sizeof(*rows));
    if (!rows)
        return false;
    if (chart->n_rows)
        memcpy(rows, chart->rows, chart->n_rows * sizeof(*rows));
    chart->rows = rows;
    chart->capacity = capacity;
    return true;
}

void chart_add(struct chart *chart, enum chart_id id,
               enum chart_severity severity, const char *subject,
               const char *next, const char *evidence, ...)
{
    struct chart_row row = { .check = &checks[id],
                             .severity = severity,
                             .subject = subject,
                             .next = next };
    va_list args;

    va_start(args, evidence);
    row.evidence = keep(chart, evidence, args);
    va_end(args);
    if (grow(chart))
        chart->rows[chart->n_rows++] = row;
    else
        chart->failed = true;
}

size_t chart_count(const struct chart *chart, enum chart_severity severity)
{
    size_t n = 0;

    for (size_t i = 0; i < chart->n_rows; i++)
        n += chart->rows[i].severity == severity;
    return n;
}
