/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/signature.h"
#include "keys.h"
#include "record/dkim_key.h"
#include "record/limits.h"
#include "row.h"

#define P1024 "p=" KEY_RSA1024_PUBLIC
#define P2048 "p=" KEY_RSA2048_PUBLIC
#define ED25519 "k=ed25519; p=" KEY_ED25519_PUBLIC

enum {
    ANY_HASH = DKIM_KEY_SHA256 | DKIM_KEY_SHA1 | DKIM_KEY_OTHER_HASH,
    NO_KEY = 0
};

static const struct {
    const char *name, *record;
    const char *findings; /* "code@octet " for each */
    const char *fault;    /* why it cannot be used */
    unsigned bits;
} rows[] = {
    { "as it should be", "v=DKIM1; k=rsa; s=email:tlsrpt; " P2048, "", NULL,
      2048 },
    { "the least", P2048, "", NULL, 2048 },
    { "ed25519", "v=DKIM1;" ED25519, "", NULL, 256 },
    { "bare PKCS#1", "p=" KEY_RSA2048_PKCS1, "", NULL, 2048 },
    { "unknown tags", "v=DKIM1; x=y; " P2048 ";z=", "", NULL, 2048 },
    { "notes", "n=key=20of=20ours; " P2048, "", NULL, 2048 },
    { "blanks in the key",
      "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ  KBgQDkHlOQoBTzWRiGs5V6NpP3id"
      " Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/"
      "e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2k"
      "ryOTIKT+l/K4w3QIDAQAB",
      "dkim-key-weak@2 ", NULL, 1024 },
    { "weak", P1024, "dkim-key-weak@2 ", NULL, 1024 },
    { "short", "p=" KEY_RSA512_PUBLIC, "dkim-key-short@2 ", NULL, 512 },
    { "4096 bits", "p=" KEY_RSA4096_PUBLIC, "", NULL, 4096 },
    { "revoked", "v=DKIM1; p=", "dkim-key-revoked@11 ", NULL, NO_KEY },
    { "revoked with blanks", "v=DKIM1; p= ; n=gone", "dkim-key-revoked@12 ",
      NULL, NO_KEY },
    { "testing", "t=y; " P2048, "dkim-key-testing@2 ", NULL, 2048 },
    { "sha-1 alone", "h=sha1; " P2048, "dkim-key-hash-sha1@2 ", NULL, 2048 },
    { "other hash", "h=md5; " P2048, "dkim-key-hash@2 ", NULL, 2048 },
    { "two hashes", "h=sha1 : sha256; " P2048, "", NULL, 2048 },
    { "for reports alone", "s=tlsrpt; " P2048,
      "dkim-key-service-tlsrpt-only@2 ", NULL, 2048 },
    { "for mail alone", "s=email; " P2048, "dkim-key-service-no-tlsrpt@2 ",
      NULL, 2048 },
    { "for something else", "s=sip; " P2048, "dkim-key-service@2 ", NULL,
      2048 },
    { "for nothing", "s=; " P2048, "dkim-key-service@2 ", NULL, 2048 },
    { "for everything", "s=*; " P2048, "", NULL, 2048 },
    { "version not first", P2048 "; v=DKIM1", "dkim-key-version-place@398 ",
      NULL, 2048 },
    { "granularity", "g=*; " P2048, "dkim-key-granularity@2 ", NULL, 2048 },
    { "another version", "v=DKIM2; " P2048, "dkim-key-version@2 ",
      "dkim-key-version", 2048 },
    { "version in lower case", "v=dkim1; " P2048, "dkim-key-version@2 ",
      "dkim-key-version", 2048 },
    { "escaped semicolons", "v=DKIM1\\; " P2048, "dkim-key-version@2 ",
      "dkim-key-version", 2048 },
    { "no key", "v=DKIM1; k=rsa", "dkim-key-missing@0 ", "dkim-key-missing",
      NO_KEY },
    { "other type", "k=dsa; " P2048, "dkim-key-type-unknown@2 ",
      "dkim-key-type-unknown", NO_KEY },
    { "type in upper case", "k=RSA; " P2048, "dkim-key-type-unknown@2 ",
      "dkim-key-type-unknown", NO_KEY },
    { "rsa said, ed25519 meant", "p=" KEY_ED25519_PUBLIC,
      "dkim-key-unreadable@2 ", "dkim-key-unreadable", NO_KEY },
    { "ed25519 said, rsa meant", "k=ed25519; " P2048, "dkim-key-unreadable@13 ",
      "dkim-key-unreadable", NO_KEY },
    { "cut string", "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTz",
      "dkim-key-unreadable@2 ", "dkim-key-unreadable", NO_KEY },
    { "no base64", "p=MIGf!", "dkim-key-base64@2 ", "dkim-key-base64", NO_KEY },
    { "quotes in it", "p=MIGf\" \"MA0G", "dkim-key-base64@2 ",
      "dkim-key-base64", NO_KEY },
    { "a tag twice", "k=rsa; k=rsa; " P2048, "dkim-key-tag-twice@7 ",
      "dkim-key-tag-twice", NO_KEY },
    { "no list", "v=DKIM1; k", "dkim-key-syntax@9 ", "dkim-key-syntax",
      NO_KEY },
    { "other record", "v=spf1 -all", "dkim-key-version@2 dkim-key-missing@0 ",
      "dkim-key-version", NO_KEY },
    { "nothing", "", "dkim-key-syntax@0 ", "dkim-key-syntax", NO_KEY },
    { "several at once", "s=email;t=y:s;h=sha1;" P1024,
      "dkim-key-hash-sha1@16 dkim-key-service-no-tlsrpt@2 dkim-key-testing@10 "
      "dkim-key-weak@23 ",
      NULL, 1024 },
};

static void flatten(const struct dkim_key *key, char *out, size_t bytes)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < key->findings.n_items; i++) {
        const struct finding *f = &key->findings.items[i];

        assert_int_equal(strncmp(f->where, "octet ", 6), 0);
        used += (size_t)snprintf(out + used, bytes - used, "%s@%s ",
                                 f->kind->code, f->where + 6);
    }
}

static void records_are_read_with_their_findings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct dkim_key key;
        struct arena arena;
        char got[300];

        arena_init(&arena, 100000);
        assert_int_equal(
            dkim_key_read(&arena, slice_of(rows[i].record), &key, NULL), 0);
        flatten(&key, got, sizeof(got));
        ROW_TEXT(rows[i].name, got, rows[i].findings);
        ROW_TEXT(rows[i].name, key.fault ? key.fault->code : NULL,
                 rows[i].fault);
        ROW_NUMBER(rows[i].name, key.bits, rows[i].bits);
        ROW_NUMBER(rows[i].name, key.public_key != NULL, rows[i].bits != 0);
        ROW_NUMBER(rows[i].name, key.is_revoked,
                   strstr(rows[i].name, "revoked") != NULL);
        dkim_key_deinit(&key);
        arena_deinit(&arena);
    }
}

static const struct {
    const char *record;
    unsigned hashes, services;
    bool has_services, is_testing, is_strict;
    bool may[DKIM_KEY_RULE_COUNT]; /* accept, known, strict */
} meanings[] = {
    { P1024, ANY_HASH, DKIM_KEY_ANY, false, false, false, { 1, 1, 0 } },
    { "s=*;" P1024, ANY_HASH, DKIM_KEY_ANY, true, false, false, { 1, 1, 0 } },
    { "s=email;h=sha256;" P1024,
      DKIM_KEY_SHA256,
      DKIM_KEY_EMAIL,
      true,
      false,
      false,
      { 1, 0, 0 } },
    { "s=tlsrpt;t=y;" P1024,
      ANY_HASH,
      DKIM_KEY_TLSRPT,
      true,
      true,
      false,
      { 1, 1, 1 } },
    { "s=email:tlsrpt;t=s;" P1024,
      ANY_HASH,
      DKIM_KEY_EMAIL | DKIM_KEY_TLSRPT,
      true,
      false,
      true,
      { 1, 1, 1 } },
    { "s=* : tlsrpt;t=s:y:z;" P1024,
      ANY_HASH,
      DKIM_KEY_ANY | DKIM_KEY_TLSRPT,
      true,
      true,
      true,
      { 1, 1, 1 } },
    { "s=sip;h=md5:sha1;" P1024,
      DKIM_KEY_SHA1 | DKIM_KEY_OTHER_HASH,
      DKIM_KEY_OTHER_SERVICE,
      true,
      false,
      false,
      { 0, 0, 0 } },
    { "s=;t=;" P1024,
      ANY_HASH,
      DKIM_KEY_OTHER_SERVICE,
      true,
      false,
      false,
      { 0, 0, 0 } },
    { "s=TLSRPT;" P1024,
      ANY_HASH,
      DKIM_KEY_OTHER_SERVICE,
      true,
      false,
      false,
      { 0, 0, 0 } },
};

static void hashes_services_and_flags_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(meanings); i++) {
        const char *name = meanings[i].record;
        struct dkim_key key;
        struct arena arena;

        arena_init(&arena, 100000);
        assert_int_equal(dkim_key_read(&arena, slice_of(name), &key, NULL), 0);
        ROW_NUMBER(name, key.hashes, meanings[i].hashes);
        ROW_NUMBER(name, key.services, meanings[i].services);
        ROW_NUMBER(name, key.has_services, meanings[i].has_services);
        ROW_NUMBER(name, key.is_testing, meanings[i].is_testing);
        ROW_NUMBER(name, key.is_strict, meanings[i].is_strict);
        for (int rule = 0; rule < DKIM_KEY_RULE_COUNT; rule++)
            ROW_NUMBER(
                name, dkim_key_may_sign_reports(&key, (enum dkim_key_rule)rule),
                meanings[i].may[rule]);
        dkim_key_deinit(&key);
        arena_deinit(&arena);
    }
}

static void a_record_over_the_limit_is_not_read(void **state)
{
    static char text[RECORD_MAX_BYTES + 2] = P2048 "; n=";
    struct dkim_key key;
    struct arena arena;

    (void)state;
    memset(text + strlen(text), 'x', sizeof(text) - strlen(text) - 1);
    arena_init(&arena, 100000);
    assert_int_equal(
        dkim_key_read(&arena, slice_make(text, RECORD_MAX_BYTES), &key, NULL),
        0);
    assert_null(key.fault);
    dkim_key_deinit(&key);
    assert_int_equal(dkim_key_read(&arena,
                                   slice_make(text, RECORD_MAX_BYTES + 1), &key,
                                   NULL),
                     0);
    assert_string_equal(key.fault->code, "dkim-key-too-large");
    assert_null(key.public_key);
    dkim_key_deinit(NULL);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_with_their_findings),
        cmocka_unit_test(hashes_services_and_flags_are_told),
        cmocka_unit_test(a_record_over_the_limit_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
