/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Verifying a signed report mail, as a ratio against what no verifier can leave
 * out.
 *
 * The baseline is one check of the signature with a key that is made already,
 * and one SHA-256 over the mail. Beside it dkim_read, dkim_judge (which makes the
 * key of its record each time) and dkim_choose. For information: no figure is
 * promised. Processor time, medians of rounds that take turns.
 */

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../tests/unit/keys.h"
#include "base/buffer.h"
#include "crypt/digest.h"
#include "mail/dkim.h"

enum { ROUNDS = 9, PASSES = 300, MAIL_BYTES = 1 << 16 };

static volatile unsigned sink;

struct sample {
    const char *name, *tags, *pem, *record;
    unsigned n_lines; /* of the body, 78 octets each */
    char mail[MAIL_BYTES];
};

__attribute__((noreturn)) static void fail(const char *what)
{
    fprintf(stderr, "bench_dkim: %s\n", what);
    exit(1);
}

static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void encode(const void *octets, size_t len, char *out)
{
    EVP_EncodeBlock((unsigned char *)out, octets, (int)len);
}

/* Formats the mail; bh and b are base64. */
static void format_mail(struct sample *sample, const char *body, const char *bh,
                        const char *b)
{
    int n = snprintf(
        sample->mail, MAIL_BYTES,
        "Received: from mail.sender.example by mx.example.com;\r\n"
        "\tFri, 02 Oct 2026 10:02:03 +0000\r\n"
        "DKIM-Signature: v=1; %s; d=sender.example; s=s1; c=relaxed/relaxed;\r\n"
        " h=from:to:subject:date:message-id:mime-version:tls-report-domain:\r\n"
        " tls-report-submitter:from:subject; bh=%s;\r\n b=%s\r\n"
        "From: Reports <tls@sender.example>\r\nTo: <tls@example.com>\r\n"
        "Subject: Report Domain: example.com\r\n Submitter: sender.example\r\n"
        " Report-ID: <1@sender.example>\r\n"
        "Date: Fri, 02 Oct 2026 10:02:03 +0000\r\n"
        "Message-ID: <1@sender.example>\r\nMIME-Version: 1.0\r\n"
        "TLS-Report-Domain: example.com\r\n"
        "TLS-Report-Submitter: sender.example\r\n\r\n%s",
        sample->tags, bh, b, body);

    if (n >= MAIL_BYTES)
        fail("a mail does not fit");
}

static void sign(struct sample *sample)
{
    unsigned char digests[DKIM_CANON_COUNT][DIGEST_BYTES];
    char bh[64], b[2000], value[SIGNATURE_MAX_BYTES];
    struct signature_key *key;
    struct buffer body;
    struct arena arena;
    struct dkim dkim;
    size_t len = 0;

    buffer_init(&body, MAIL_BYTES);
    for (unsigned i = 0; i < sample->n_lines; i++)
        buffer_add_text(&body, "H4sIAAAAAAAAA6tWKkktLlGyUlAqS8wpTVWqBQDpUXGJE"
                               "wAAAAH4sIAAAAAAAAA6tWKkktLlGyU\r\n");
    arena_init(&arena, 1 << 20);
    dkim_body_digest(buffer_slice(&body), 3, digests);
    encode(digests[DKIM_RELAXED], DIGEST_BYTES, bh);
    format_mail(sample, buffer_text(&body), bh, "AAAA");
    if (dkim_read(&arena, slice_of(sample->mail), UTC_NONE, &dkim, NULL) ||
        dkim.signatures[0].fault ||
        signature_key_read_private(slice_of(sample->pem), &key, NULL) ||
        signature_make(key, dkim.signatures[0].digest, value, &len, NULL))
        fail("cannot sign");
    encode(value, len, b);
    format_mail(sample, buffer_text(&body), bh, b);
    signature_key_free(key);
    arena_deinit(&arena);
    buffer_deinit(&body);
}

static void verify(struct arena *arena, const struct sample *sample)
{
    const struct dkim_senders senders = { "sender.example", "sender.example",
                                          NULL };
    struct slice record = slice_of(sample->record);
    struct dkim_answer answer = { DKIM_LOOKUP_FOUND, &record, 1 };
    struct dkim_result result;
    struct dkim_choice choice;
    struct dkim dkim;

    arena_reset(arena);
    if (dkim_read(arena, slice_of(sample->mail), UTC_NONE, &dkim, NULL) ||
        dkim_judge(dkim.signatures, &answer, DKIM_KEY_ACCEPT, &result, NULL) ||
        dkim_choose(arena, &dkim, &result, &senders, &choice, NULL) ||
        choice.result.verdict != DKIM_PASS)
        fail("a good mail does not pass");
    sink += choice.result.key_bits;
}

/* Checks the signature by the key as it was made before. */
static void verify_barely(const struct sample *sample,
                          const struct signature_key *key,
                          const struct dkim_signature *signature)
{
    unsigned char digest[DIGEST_BYTES];

    if (digest_compute(slice_of(sample->mail), digest) ||
        signature_verify(key, signature->digest, signature->value, NULL))
        fail("the baseline does not verify");
    sink += digest[0];
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof(*values), compare);
    return values[ROUNDS / 2];
}

static void measure(struct sample *sample)
{
    double bare[ROUNDS], ours[ROUNDS], ratios[ROUNDS];
    struct arena arena, kept;
    struct dkim_key key;
    struct dkim dkim;

    sign(sample);
    arena_init(&arena, 1 << 20);
    arena_init(&kept, 1 << 20);
    if (dkim_read(&kept, slice_of(sample->mail), UTC_NONE, &dkim, NULL) ||
        dkim_key_read(&kept, slice_of(sample->record), &key, NULL))
        fail("cannot read");
    for (int r = 0; r < ROUNDS; r++) {
        double t0 = now_s(), t1;

        for (int i = 0; i < PASSES; i++)
            verify_barely(sample, key.public_key, dkim.signatures);
        t1 = now_s();
        for (int i = 0; i < PASSES; i++)
            verify(&arena, sample);
        bare[r] = (t1 - t0) * 1e6 / PASSES;
        ours[r] = (now_s() - t1) * 1e6 / PASSES;
        ratios[r] = ours[r] / bare[r];
    }
    printf("%-8s %5zu octets  bare %6.1f us  verified %6.1f us  ratio %4.2f\n",
           sample->name, strlen(sample->mail), median(bare), median(ours),
           median(ratios));
    dkim_key_deinit(&key);
    arena_deinit(&kept);
    arena_deinit(&arena);
}

int main(void)
{
    static struct sample samples[] = {
        { "rsa2048", "a=rsa-sha256", KEY_RSA2048_PEM, "p=" KEY_RSA2048_PUBLIC,
          30, "" },
        { "rsa2048", "a=rsa-sha256", KEY_RSA2048_PEM, "p=" KEY_RSA2048_PUBLIC,
          190, "" },
        { "ed25519", "a=ed25519-sha256", KEY_ED25519_PEM,
          "k=ed25519; p=" KEY_ED25519_PUBLIC, 30, "" },
        { "ed25519", "a=ed25519-sha256", KEY_ED25519_PEM,
          "k=ed25519; p=" KEY_ED25519_PUBLIC, 190, "" },
    };

    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        measure(&samples[i]);
    return 0;
}
