/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * opendkim_sign KEY SELECTOR DOMAIN HEADER-CANON BODY-CANON [LENGTH [SECONDS]]:
 * signs the mail on standard input by libopendkim with rsa-sha256 and prints the
 * signature field, for the scenario dkim_signers. Canonicalisations are "s" and
 * "r"; LENGTH is octets of the body, -1 for all and no l=; SECONDS make an x=.
 */

#include <dkim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20 };

static void require(int is_good, const char *what)
{
    if (is_good)
        return;
    fprintf(stderr, "opendkim_sign: %s\n", what);
    exit(1);
}

static char *read_whole(FILE *f)
{
    char *text = calloc(1, MAX_BYTES);

    require(f && text, "cannot read");
    require(fread(text, 1, MAX_BYTES - 1, f) > 0, "nothing to read");
    return text;
}

/* Hands over each field with its folded lines, without its line end. */
static char *add_fields(DKIM *dkim, char *text)
{
    while (strncmp(text, "\r\n", 2) != 0) {
        char *end = strstr(text, "\r\n");

        while (end && (end[2] == ' ' || end[2] == '\t'))
            end = strstr(end + 2, "\r\n");
        require(end != NULL, "the header does not end");
        require(dkim_header(dkim, (unsigned char *)text,
                            (size_t)(end - text)) == DKIM_STAT_OK,
                "dkim_header");
        text = end + 2;
    }
    return text + 2;
}

static dkim_canon_t canon_of(const char *text)
{
    return *text == 'r' ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE;
}

int main(int argc, char **argv)
{
    DKIM_LIB *library = dkim_init(NULL, NULL);
    unsigned char out[4096];
    DKIM_STAT status;
    DKIM *dkim;
    char *key, *mail, *body;

    require(argc >= 6 && library, "usage");
    key = read_whole(fopen(argv[1], "rb"));
    mail = read_whole(stdin);
    if (argc > 7) {
        uint64_t ttl = strtoull(argv[7], NULL, 10);

        require(dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_SIGNATURETTL,
                             &ttl, sizeof(ttl)) == DKIM_STAT_OK,
                "dkim_options");
    }
    dkim = dkim_sign(library, (const unsigned char *)"test", NULL,
                     (dkim_sigkey_t)key, (const unsigned char *)argv[2],
                     (const unsigned char *)argv[3], canon_of(argv[4]),
                     canon_of(argv[5]), DKIM_SIGN_RSASHA256,
                     argc > 6 ? strtol(argv[6], NULL, 10) : -1, &status);
    require(dkim && status == DKIM_STAT_OK, "dkim_sign");
    body = add_fields(dkim, mail);
    require(dkim_eoh(dkim) == DKIM_STAT_OK, "dkim_eoh");
    require(!*body || dkim_body(dkim, (unsigned char *)body, strlen(body)) ==
                          DKIM_STAT_OK,
            "dkim_body");
    require(dkim_eom(dkim, NULL) == DKIM_STAT_OK, "dkim_eom");
    require(dkim_getsighdr(dkim, out, sizeof(out), 16) == DKIM_STAT_OK,
            "dkim_getsighdr");
    printf("DKIM-Signature: %s\r\n", (char *)out);
    dkim_free(dkim);
    dkim_close(library);
    free(key);
    free(mail);
    return 0;
}
