/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/self_test_mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/outbox_proof.h"
#include "store/outbox_sample.h"

/* A sendmail command that keeps what it got, and ends with a status. */
static void make_sendmail(const struct outbox_sample *sample, char path[128],
                          int status)
{
    FILE *f;

    snprintf(path, 128, "%s/sendmail", sample->folder);
    f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\ncat > %s/got\nexit %d\n", sample->folder, status);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
}

static bool got_has(const struct outbox_sample *sample, const char *text)
{
    char path[128], octets[8192];
    size_t n;
    FILE *f;

    snprintf(path, sizeof(path), "%s/got", sample->folder);
    f = fopen(path, "r");
    assert_non_null(f);
    n = fread(octets, 1, sizeof(octets) - 1, f);
    fclose(f);
    octets[n] = '\0';
    return strstr(octets, text);
}

static void it_goes_the_way_of_reports_and_is_noted(void **state)
{
    struct outbox_sample *sample = *state;
    char path[128], line[64];
    const char *words[] = { path };
    struct outgoing_identity identity = { .name = "",
                                          .organization_name = "Example",
                                          .contact_info = "tls@example.org",
                                          .is_signed_by_relay = true };
    struct outgoing_settings settings = { .identities = &identity,
                                          .n_identities = 1,
                                          .relay.sendmail = { words, 1 } };
    struct self_test_mail mail;
    struct outbox_proof proof;
    struct arena arena;

    arena_init(&arena, 1 << 16);
    make_sendmail(sample, path, 0);
    outbox_sample_ok(sample, self_test_mail_send(&settings, 0, "me@example.net",
                                                 sample->outbox, &sample->clock,
                                                 &mail, &sample->err));
    assert_true(mail.is_taken);
    assert_int_equal(strlen(mail.token), SELF_TEST_TOKEN_BYTES - 1);
    snprintf(line, sizeof(line), "<self-test.%s@example.org>", mail.token);
    assert_true(got_has(sample, line));
    assert_true(got_has(sample, "To: <me@example.net>"));
    assert_true(got_has(sample, "TLS-Report-Submitter: example.org"));
    outbox_sample_ok(sample, outbox_find_proof(sample->outbox, "", &arena,
                                               &proof, &sample->err));
    assert_string_equal(proof.token, mail.token);

    make_sendmail(sample, path, 75);
    outbox_sample_ok(sample, self_test_mail_send(&settings, 0, "me@example.net",
                                                 sample->outbox, &sample->clock,
                                                 &mail, &sample->err));
    assert_false(mail.is_taken);
    assert_int_equal(self_test_mail_send(&settings, 0, "nobody", sample->outbox,
                                         &sample->clock, &mail, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_goes_the_way_of_reports_and_is_noted,
                                        outbox_sample_open,
                                        outbox_sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
