/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "sweep_dkim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/signature.h"
#include "keys.h"
#include "mail/dkim.h"
#include "record/dkim_key.h"
#include "record/organisation.h"

enum { MIB = 1024 * 1024 };

/* A finding that is dropped costs nothing else. */
int sweep_dkim_key(void)
{
    struct err err = { .kind = ERR_NONE };
    struct dkim_key key;
    struct arena arena;
    int rc;

    arena_init(&arena, MIB);
    rc = dkim_key_read(
        &arena, SLICE("g=*; t=y; s=email; p=" KEY_RSA1024_PUBLIC), &key, &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    if (rc == 0) {
        assert_int_equal(key.bits, 1024);
        assert_null(key.fault);
        assert_true(key.is_testing);
        rc = key.findings.n_dropped ? -1 : 0;
        /* A place that could not be said is the least that is lost. */
        for (size_t i = 0; i < key.findings.n_items && rc == 0; i++)
            rc = key.findings.items[i].where[0] ? 0 : -1;
        dkim_key_deinit(&key);
    }
    arena_deinit(&arena);
    return rc;
}

int sweep_organisation(void)
{
    enum organisation_alignment alignment = ORGANISATION_APART;
    struct err err = { .kind = ERR_NONE };
    struct arena arena;
    int rc;

    arena_init(&arena, MIB);
    rc = organisation_compare(&arena,
                              SLICE("A.b\xc3\xbc"
                                    "cher.example"),
                              SLICE("b.xn--bcher-kva.example"), &alignment,
                              &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    assert_int_equal(alignment, rc ? ORGANISATION_APART : ORGANISATION_RELAXED);
    arena_deinit(&arena);
    return rc;
}

/* RFC 8463 appendix A, and a second signature that is broken. */
static const char signed_mail[] =
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    " subject : date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=football.example.com; s=test;\r\n"
    " h=from; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=AAAA\r\n"
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n"
    "Hi.\r\n"
    "\r\n"
    "We lost the game.  Are you hungry yet?\r\n"
    "\r\n"
    "Joe.\r\n";

/* Judges all signatures by one record and chooses. */
static int use_signatures(struct arena *arena, const struct dkim *dkim,
                          struct err *err)
{
    static const struct dkim_senders senders = { "mail.football.example.com",
                                                 NULL, NULL };
    struct slice record =
        SLICE("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    struct dkim_answer answer = { DKIM_LOOKUP_FOUND, &record, 1 };
    struct dkim_result results[2];
    struct dkim_choice choice;

    assert_int_equal(dkim->n_signatures, 2);
    for (size_t i = 0; i < 2; i++) {
        if (dkim_judge(&dkim->signatures[i], &answer, DKIM_KEY_ACCEPT,
                       &results[i], err))
            return -1;
    }
    if (dkim_choose(arena, dkim, results, &senders, &choice, err))
        return -1;
    assert_string_equal(choice.result.reason->code, "pass");
    assert_string_equal(results[1].reason->code, "body-changed");
    return 0;
}

int sweep_dkim(void)
{
    struct err err = { .kind = ERR_NONE };
    struct arena arena;
    struct dkim dkim;
    int rc;

    arena_init(&arena, MIB);
    rc = dkim_read(&arena, slice_make(signed_mail, sizeof(signed_mail) - 1),
                   UTC_NONE, &dkim, &err);
    if (rc == 0)
        rc = use_signatures(&arena, &dkim, &err);
    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    arena_deinit(&arena);
    return rc;
}

int sweep_private_key(void)
{
    struct err err = { .kind = ERR_NONE };
    struct signature_key *key = NULL;
    int rc = signature_key_read_private(SLICE(KEY_ED25519_PEM), &key, &err);

    assert_int_equal(err.kind, rc ? ERR_MEMORY : ERR_NONE);
    signature_key_free(key);
    return rc;
}
