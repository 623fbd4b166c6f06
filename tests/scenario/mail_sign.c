/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * mail_sign DOMAIN SELECTOR=KEY-FILE...: a report mail signed by each key, for the
 * scenario dkim_own. The payload is standard input, the mail standard output.
 * mail_sign DOMAIN -n COUNT SELECTOR=KEY-FILE...: so many times, and nothing but
 * the microseconds of processor time that one takes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "mail/compose.h"
#include "mail/dkim_sign.h"

enum { MAX_BYTES = 1 << 22, MAX_SIGNERS = 4 };

static void fail(const char *what, const struct err *err)
{
    fprintf(stderr, "mail_sign: %s: %s\n", what, err ? err->text : "no room");
    exit(4);
}

static struct slice read_stream(FILE *f)
{
    char *text = malloc(MAX_BYTES);

    if (!text || !f)
        fail("reading", NULL);
    return slice_make(text, fread(text, 1, MAX_BYTES, f));
}

/* SELECTOR=FILE. */
static struct dkim_signer read_signer(char *text, const char *domain)
{
    char *at = strchr(text, '=');
    struct signature_key *key;
    struct slice pem;
    FILE *f;
    struct err err;

    if (!at)
        exit(2);
    *at = '\0';
    f = fopen(at + 1, "rb");
    pem = read_stream(f);
    if (signature_key_read_private(pem, &key, &err))
        fail(at + 1, &err);
    fclose(f);
    free((void *)pem.ptr);
    return (struct dkim_signer){ domain, text, key };
}

static void make(const struct compose_report *report,
                 const struct dkim_signer *signers, size_t n,
                 struct buffer *fields, struct buffer *mail)
{
    struct err err;

    if (compose_mail(report, mail, &err) ||
        dkim_sign(buffer_slice(mail), signers, n, report->now, fields, &err))
        fail("composing", &err);
}

int main(int argc, char **argv)
{
    struct compose_report report = {
        .from_address = "tls@mta.example.org",
        .from_name = "M\xc3\xbcller \"TLS\" reports",
        .to_address = "\"odd one\"@example.com",
        .domain = "example.com",
        .submitter = "mta.example.org",
        .report_id = "20261120.example.com.4f2c91@mta.example.org",
        .message_id = "20261120.example.com.4f2c91.1@mta.example.org",
        .file_name =
            "mta.example.org!example.com!1795132800!1795219199!4f2c91.json.gz",
        .start = 1795132800,
        .end = 1795219199,
        .successes = 120,
        .failures = 3,
    };
    struct dkim_signer signers[MAX_SIGNERS];
    struct buffer fields, mail;
    size_t n = 0;
    long count = 1;
    clock_t began;

    if (argc < 3)
        return 2;
    for (int i = 2; i < argc && n < MAX_SIGNERS; i++) {
        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
            count = strtol(argv[++i], NULL, 10);
        else
            signers[n++] = read_signer(argv[i], argv[1]);
    }
    report.payload = read_stream(stdin);
    report.now = clock_now(&clock_system);
    buffer_init(&fields, MAX_BYTES);
    buffer_init(&mail, 2 * MAX_BYTES);
    began = clock();
    for (long i = 0; i < count; i++) {
        buffer_reset(&fields);
        buffer_reset(&mail);
        make(&report, signers, n, &fields, &mail);
    }
    if (count > 1) {
        printf("%.1f\n", (double)(clock() - began) * 1e6 / CLOCKS_PER_SEC /
                             (double)count);
    } else {
        fwrite(fields.ptr, 1, fields.len, stdout);
        fwrite(mail.ptr, 1, mail.len, stdout);
    }
    buffer_deinit(&fields);
    buffer_deinit(&mail);
    free((void *)(uintptr_t)report.payload.ptr);
    while (n)
        signature_key_free((struct signature_key *)signers[--n].key);
    return 0;
}
