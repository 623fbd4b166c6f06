/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/buffer.h"
#include "mail/dkim_signature.h"
#include "row.h"

#define BH "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define A "v=1; a=rsa-sha256; "
#define D "d=sender.example; s=s1; "
#define REST "h=from:to; " BH "; b=AAAA"
#define WHOLE A D REST
#define ARRIVAL 1800000000

/* A value of 40 labels, so that the query name is too long. */
#define LABELS_10 "abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd.abcd."
#define LABELS_40 LABELS_10 LABELS_10 LABELS_10 LABELS_10

static const struct {
    const char *name, *value;
    const char *fault;  /* its code, or NULL */
    const char *domain; /* d= as read; NULL where it cannot be */
} rows[] = {
    { "as it should be", WHOLE, NULL, "sender.example" },
    { "order does not matter", REST ";" D A, NULL, "sender.example" },
    { "semicolon at the end", WHOLE ";", NULL, "sender.example" },
    { "unknown tags", WHOLE "; zz=1; z=From:x|To:y", NULL, "sender.example" },
    { "folds", "v=1;\r\n a=rsa-sha256;\r\n\t" D "\r\n " REST, NULL,
      "sender.example" },
    { "ed25519", "v=1; a=ed25519-sha256; " D REST, NULL, "sender.example" },
    { "upper case", A "d=SENDER.Example; s=S1; " REST, NULL, "sender.example" },
    { "u-labels",
      A "d=b\xc3\xbc"
        "cher.example; s=\xc3\xa9; " REST,
      NULL, "xn--bcher-kva.example" },
    { "list of query methods", WHOLE "; q=x : dns/txt", NULL,
      "sender.example" },
    { "i= of the domain", WHOLE "; i=@sender.example", NULL, "sender.example" },
    { "i= of a subdomain", WHOLE "; i=a@b.Sender.example", NULL,
      "sender.example" },
    { "i= with an encoded local part", WHOLE "; i=a=40b@sender.example", NULL,
      "sender.example" },
    { "i= with u-labels",
      A "d=xn--bcher-kva.example; s=s; i=@a.b\xc3\xbc"
        "cher.example; " REST,
      NULL, "xn--bcher-kva.example" },
    { "expires later", WHOLE "; t=1790000000; x=1800000000", NULL,
      "sender.example" },
    { "signed in the future", WHOLE "; t=1900000000", NULL, "sender.example" },
    { "blanks in b= and bh=",
      A D "h=from; bh=47DEQpj8HBSa+/TImW+5\r\n JCeuQeRkm5NMpJWZG3hSuFU=; "
          "b= AA A\t A",
      NULL, "sender.example" },

    { "empty", "", "syntax", NULL },
    { "no tags", "words", "syntax", NULL },
    { "tag without value", WHOLE "; c", "syntax", NULL },
    { "two semicolons", A ";" D REST, "syntax", NULL },
    { "twice", WHOLE "; d=other.example", "tag-twice", NULL },
    { "unknown tag twice", WHOLE "; zz=1; zz=2", "tag-twice", NULL },

    { "no v=", "a=rsa-sha256; " D REST, "tag-missing", "sender.example" },
    { "no a=", "v=1; " D REST, "tag-missing", "sender.example" },
    { "no d=", A "s=s1; " REST, "tag-missing", NULL },
    { "no s=", A "d=sender.example; " REST, "tag-missing", "sender.example" },
    { "no h=", A D BH "; b=AAAA", "tag-missing", "sender.example" },
    { "no bh=", A D "h=from; b=AAAA", "tag-missing", "sender.example" },
    { "no b=", A D "h=from; " BH, "tag-missing", "sender.example" },

    { "v=2", "v=2; a=rsa-sha256; " D REST, "version", "sender.example" },
    { "v=01", "v=01; a=rsa-sha256; " D REST, "version", "sender.example" },
    { "v= empty", "v=; a=rsa-sha256; " D REST, "version", "sender.example" },
    { "rsa-sha1", "v=1; a=rsa-sha1; " D REST, "algorithm-sha1",
      "sender.example" },
    { "unknown algorithm", "v=1; a=dsa-sha256; " D REST, "algorithm",
      "sender.example" },
    { "algorithm in upper case", "v=1; a=RSA-SHA256; " D REST, "algorithm",
      "sender.example" },
    { "unknown canonicalization", WHOLE "; c=nowsp", "canonicalization",
      "sender.example" },
    { "unknown canonicalization of the body", WHOLE "; c=relaxed/nowsp",
      "canonicalization", "sender.example" },
    { "two slashes", WHOLE "; c=relaxed/simple/simple", "canonicalization",
      "sender.example" },
    { "c= empty", WHOLE "; c=", "canonicalization", "sender.example" },
    { "other query method", WHOLE "; q=http", "query-method",
      "sender.example" },

    { "one label", A "d=example; s=s1; " REST, "domain", NULL },
    { "root dot", A "d=sender.example.; s=s1; " REST, "domain", NULL },
    { "blank in d=", A "d=sender .example; s=s1; " REST, "domain", NULL },
    { "d= empty", A "d=; s=s1; " REST, "domain", NULL },
    { "d= of a wildcard", A "d=*.example; s=s1; " REST, "domain", NULL },
    { "s= empty", A "d=sender.example; s=; " REST, "domain", "sender.example" },
    { "s= with an empty label", A "d=sender.example; s=a..b; " REST, "domain",
      "sender.example" },
    { "s= with a slash", A "d=sender.example; s=a/b; " REST, "domain",
      "sender.example" },
    { "query name too long",
      A "d=sender.example; s=" LABELS_40 LABELS_10 "a; " REST, "domain",
      "sender.example" },

    { "i= of another domain", WHOLE "; i=@other.example", "identity",
      "sender.example" },
    { "i= of the parent",
      A "d=a.sender.example; s=s1; i=@sender.example; " REST, "identity",
      "a.sender.example" },
    { "i= that ends alike", WHOLE "; i=@evilsender.example", "identity",
      "sender.example" },
    { "i= without @", WHOLE "; i=sender.example", "identity",
      "sender.example" },
    { "i= with two @", WHOLE "; i=a@sender.example@other.example", "identity",
      "sender.example" },
    { "i= empty", WHOLE "; i=", "identity", "sender.example" },

    { "no From", A D "h=to:subject; " BH "; b=AAAA", "from-unsigned",
      "sender.example" },
    { "h= empty", A D "h=; " BH "; b=AAAA", "field-list", "sender.example" },
    { "h= with an empty name", A D "h=from::to; " BH "; b=AAAA", "field-list",
      "sender.example" },
    { "h= with a blank in a name", A D "h=from:to cc; " BH "; b=AAAA",
      "field-list", "sender.example" },

    { "l=", WHOLE "; l=100", "body-length", "sender.example" },
    { "l= of nothing", WHOLE "; l=0", "body-length", "sender.example" },
    { "l= that is none", WHOLE "; l=x", "body-length", "sender.example" },

    { "t= no number", WHOLE "; t=soon", "time", "sender.example" },
    { "t= negative", WHOLE "; t=-1", "time", "sender.example" },
    { "t= too long", WHOLE "; t=1234567890123456", "time", "sender.example" },
    { "x= empty", WHOLE "; x=", "time", "sender.example" },
    { "x= before t=", WHOLE "; t=1900000000; x=1890000000", "time",
      "sender.example" },
    { "x= at t=", WHOLE "; t=1900000000; x=1900000000", "time",
      "sender.example" },
    { "expired", WHOLE "; t=1790000000; x=1799999999", "expired",
      "sender.example" },

    { "bh= no base64", A D "h=from; bh=!; b=AAAA", "base64", "sender.example" },
    { "bh= of SHA-1", A D "h=from; bh=2jmj7l5rSw0yVb/vlWAYkK/YBwk=; b=AAAA",
      "base64", "sender.example" },
    { "bh= too long", A D "h=from; " BH "AAAA; b=AAAA", "base64",
      "sender.example" },
    { "b= empty", A D "h=from; " BH "; b=", "base64", "sender.example" },
    { "b= no base64", A D "h=from; " BH "; b=AA-A", "base64",
      "sender.example" },
};

static void fields_are_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice value = slice_of(rows[i].value);
        char *copy = malloc(value.len + 1);
        struct dkim_signature signature;
        struct dkim_signature_text text;
        struct arena arena;

        arena_init(&arena, 100000);
        memcpy(copy, value.ptr, value.len);
        assert_int_equal(dkim_signature_parse(&arena,
                                              slice_make(copy, value.len),
                                              ARRIVAL, &signature, &text, NULL),
                         0);
        ROW_TEXT(rows[i].name, signature.fault ? signature.fault->code : NULL,
                 rows[i].fault);
        ROW_TEXT(rows[i].name, signature.domain, rows[i].domain);
        ROW_NUMBER(rows[i].name, signature.query_name != NULL,
                   rows[i].fault == NULL);
        free(copy);
        arena_deinit(&arena);
    }
}

static void values_are_told(void **state)
{
    static const char value[] =
        "v=1; a=ed25519-sha256; c=relaxed; d=Sender.example; s=A.b; "
        "i=x@Mail.sender.example; t=1; x=999999999999999; h= From : to; " BH
        "; b= AQID\r\n ;";
    struct dkim_signature signature;
    struct dkim_signature_text text;
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    assert_int_equal(dkim_signature_parse(&arena, slice_of(value), UTC_NONE,
                                          &signature, &text, NULL),
                     0);
    assert_null(signature.fault);
    assert_string_equal(signature.domain, "sender.example");
    assert_string_equal(signature.selector, "a.b");
    assert_string_equal(signature.identity, "mail.sender.example");
    assert_string_equal(signature.query_name, "a.b._domainkey.sender.example");
    assert_int_equal(signature.kind, SIGNATURE_ED25519);
    /* RFC 6376 section 3.5: relaxed alone is relaxed/simple. */
    assert_int_equal(signature.header_canon, DKIM_RELAXED);
    assert_int_equal(signature.body_canon, DKIM_SIMPLE);
    assert_int_equal(signature.signed_at, 1);
    assert_int_equal(signature.expires_at, 999999999999999);
    ROW_OCTETS("b=", signature.value, SLICE("\1\2\3"));
    ROW_OCTETS("whole b=", text.whole, SLICE(" AQID\r\n "));
    ROW_OCTETS("h=", text.names, SLICE("From : to"));
    assert_int_equal(text.body_digest[0], 0xe3);
    arena_deinit(&arena);
}

static const struct {
    const char *tag;
    enum dkim_canon header, body;
} canons[] = {
    { "", DKIM_SIMPLE, DKIM_SIMPLE },
    { "; c=simple", DKIM_SIMPLE, DKIM_SIMPLE },
    { "; c=relaxed", DKIM_RELAXED, DKIM_SIMPLE },
    { "; c=simple/simple", DKIM_SIMPLE, DKIM_SIMPLE },
    { "; c=simple/relaxed", DKIM_SIMPLE, DKIM_RELAXED },
    { "; c=relaxed/simple", DKIM_RELAXED, DKIM_SIMPLE },
    { "; c=relaxed/relaxed", DKIM_RELAXED, DKIM_RELAXED },
};

static void canonicalizations_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(canons); i++) {
        struct dkim_signature signature;
        struct dkim_signature_text text;
        struct arena arena;
        char value[400];

        arena_init(&arena, 100000);
        snprintf(value, sizeof(value), WHOLE "%s", canons[i].tag);
        assert_int_equal(dkim_signature_parse(&arena, slice_of(value), UTC_NONE,
                                              &signature, &text, NULL),
                         0);
        ROW_NUMBER(canons[i].tag, signature.header_canon, canons[i].header);
        ROW_NUMBER(canons[i].tag, signature.body_canon, canons[i].body);
        arena_deinit(&arena);
    }
}

/* As long as the largest key makes it, and longer; and full of folds. */
static void a_signature_is_no_longer_than_a_key_makes_it(void **state)
{
    static const struct {
        const char *name, *unit;
        size_t n;
        const char *fault;
    } sizes[] = {
        { "1023 octets", "AAAA", SIGNATURE_MAX_BYTES / 3, NULL },
        { "1026 octets", "AAAA", SIGNATURE_MAX_BYTES / 3 + 1, "base64" },
        { "folds", "A\r\n ", 1024, NULL },
        { "blanks", "      A", 1024, "base64" },
    };
    (void)state;
    for (size_t i = 0; i < ROWS(sizes); i++) {
        struct dkim_signature signature;
        struct dkim_signature_text text;
        struct arena arena;
        struct buffer value;

        arena_init(&arena, 100000);
        buffer_init(&value, 100000);
        buffer_add_text(&value, A D "h=from; " BH "; b=");
        for (size_t k = 0; k < sizes[i].n; k++)
            buffer_add_text(&value, sizes[i].unit);
        assert_int_equal(dkim_signature_parse(&arena, buffer_slice(&value),
                                              UTC_NONE, &signature, &text,
                                              NULL),
                         0);
        ROW_TEXT(sizes[i].name, signature.fault ? signature.fault->code : NULL,
                 sizes[i].fault);
        buffer_deinit(&value);
        arena_deinit(&arena);
    }
}

/* Without a time of arrival nothing has expired; at the very second neither. */
static void expiry_is_judged_by_the_arrival(void **state)
{
    static const struct {
        const char *name;
        utc_time arrival;
        const char *fault;
    } moments[] = {
        { "unknown", UTC_NONE, NULL },
        { "before", 1599, NULL },
        { "at", 1600, NULL },
        { "after", 1601, "expired" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(moments); i++) {
        struct dkim_signature signature;
        struct dkim_signature_text text;
        struct arena arena;

        arena_init(&arena, 100000);
        assert_int_equal(
            dkim_signature_parse(&arena, SLICE(WHOLE "; t=1500; x=1600"),
                                 moments[i].arrival, &signature, &text, NULL),
            0);
        ROW_TEXT(moments[i].name,
                 signature.fault ? signature.fault->code : NULL,
                 moments[i].fault);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_strictly),
        cmocka_unit_test(values_are_told),
        cmocka_unit_test(canonicalizations_are_told),
        cmocka_unit_test(a_signature_is_no_longer_than_a_key_makes_it),
        cmocka_unit_test(expiry_is_judged_by_the_arrival),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
