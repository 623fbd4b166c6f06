/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/advice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROOM_BYTES = 4096 };

static void expect_sentence(const struct advice_failure *failure,
                            const char *expected)
{
    struct buffer buffer;

    buffer_init(&buffer, ROOM_BYTES);
    advice_add_sentence(&buffer, failure);
    assert_false(buffer.failed);
    assert_string_equal(buffer_text(&buffer), expected);
    buffer_deinit(&buffer);
}

static void a_failure_reads_as_one_sentence(void **state)
{
    static const struct {
        struct advice_failure failure;
        const char *sentence;
    } table[] = {
        { { .result_type = "certificate-expired",
            .organization = "Google Inc.",
            .mx = "mx1.example.com",
            .mx_address = "198.51.100.25",
            .sessions = 3 },
          "Google Inc. reports: 3 sessions with mx1.example.com "
          "(198.51.100.25) failed because the certificate had expired." },
        { { .result_type = "starttls-not-supported",
            .organization = "Example ISP",
            .mx_address = "2001:db8::25",
            .sessions = 1 },
          "Example ISP reports: 1 session with 2001:db8::25 failed because "
          "the server did not offer STARTTLS." },
        { { .result_type = "sts-policy-fetch-error",
            .reason = "bad https response code: 404",
            .organization = "Mail.ru",
            .domain = "example.com",
            .sessions = 5 },
          "Mail.ru reports: in 5 sessions with example.com the policy host "
          "had no policy file (404)." },
        { { .result_type = "quantum-handshake-flux",
            .reason = "q7",
            .organization = "",
            .sessions = 2 },
          "A sender without a name reports: 2 sessions failed because of "
          "something this program does not know "
          "(\"quantum-handshake-flux\") (\"q7\")." },
        { { .result_type = "validation-failure",
            .reason = "tls",
            .organization = "A",
            .mx = "mx.example.net",
            .sessions = 1 },
          "A reports: 1 session with mx.example.net failed because TLS failed "
          "for a reason that is not told more exactly (\"tls\")." },
        { { .result_type = "certificate-expired", .organization = "A" },
          "A reports: sessions (number not given) failed because the "
          "certificate had expired." },
        { { .result_type = "certificate-expired",
            .organization = "A",
            .sessions = INT64_MAX },
          "A reports: 9223372036854775807 sessions failed because the "
          "certificate had expired." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        expect_sentence(&table[i].failure, table[i].sentence);
}

static void a_long_outside_string_is_cut_between_characters(void **state)
{
    char name[402];
    struct advice_failure failure = { .result_type = "certificate-expired",
                                      .organization = name,
                                      .sessions = 1 };
    struct buffer buffer;

    (void)state;
    /* 199 octets, then characters of two octets: the cut must not split. */
    memset(name, 'a', 199);
    for (size_t i = 199; i < 401; i += 2)
        memcpy(name + i, "\xc3\xbc", 2);
    name[401] = '\0';
    buffer_init(&buffer, ROOM_BYTES);
    advice_add_sentence(&buffer, &failure);
    assert_int_equal(slice_find(buffer_slice(&buffer), '.'), 199);
    assert_memory_equal(buffer.ptr + 199, "... reports", 11);
    buffer_deinit(&buffer);
}

static void every_row_makes_a_sentence_with_one_stop(void **state)
{
    size_t n;
    const struct advice *rows = advice_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        size_t slash = slice_find(slice_of(rows[i].code), '/');
        char type[64] = "";
        struct advice_failure failure = { .result_type = type,
                                          .organization = "A",
                                          .sessions = 2 };
        struct buffer buffer;

        memcpy(type, rows[i].code, slash);
        if (rows[i].code[slash])
            failure.reason = rows[i].code + slash + 1;
        buffer_init(&buffer, ROOM_BYTES);
        advice_add_sentence(&buffer, &failure);
        if (!strstr(buffer_text(&buffer), rows[i].because))
            fail_msg("%s: \"%s\"", rows[i].code, buffer_text(&buffer));
        buffer_deinit(&buffer);
    }
}

static void the_consequence_follows_the_policy(void **state)
{
    static const struct {
        const char *type;
        const char *policy;
        const char *mode;
        const char *says;
        const char *reason;
    } table[] = {
        { "validation-failure", "sts", "testing", "5 sends the mail back",
          "550 5.7.1 refused" },
        { "validation-failure", "sts", "enforce", "tries again", "timeout" },
        { "validation-failure", "tlsa", NULL, "Nothing is wrong on your side",
          "X509_V_ERR_OUT_OF_MEM" },
        { "certificate-expired", "sts", "enforce", "did not deliver", NULL },
        { "certificate-expired", "sts", "testing", "held no mail back", NULL },
        { "certificate-expired", "sts", NULL, "Under MTA-STS in mode", NULL },
        { "certificate-expired", "tlsa", NULL, "held the mail back", NULL },
        { "starttls-not-supported", "no-policy-found", NULL, "in clear", NULL },
        { "starttls-not-supported", NULL, NULL, "Under MTA-STS in mode", NULL },
        { "sts-policy-fetch-error", "sts", "enforce", "earlier policy", NULL },
        { "dnssec-invalid", "no-policy-found", NULL, "use DANE", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct advice_failure failure = { .result_type = table[i].type,
                                          .policy_type = table[i].policy,
                                          .policy_mode = table[i].mode };
        struct buffer buffer;

        buffer_init(&buffer, ROOM_BYTES);
        advice_add_consequence(
            &buffer, advice_find(table[i].type, table[i].reason), &failure);
        if (!strstr(buffer_text(&buffer), table[i].says))
            fail_msg("%s under %s: \"%s\"", table[i].type, table[i].policy,
                     buffer_text(&buffer));
        buffer_deinit(&buffer);
    }
}

static void noise_says_how_little_it_is(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, ROOM_BYTES);
    advice_add_noise(&buffer, 2, 41203);
    assert_non_null(strstr(buffer_text(&buffer),
                           "2 of 41203 sessions failed, one in 20601."));
    buffer_reset(&buffer);
    advice_add_noise(&buffer, 0, 41203);
    advice_add_noise(&buffer, 5, 4);
    assert_int_equal(buffer.len, 0);
    buffer_deinit(&buffer);
}

static void a_full_buffer_stays_failed_and_whole(void **state)
{
    struct advice_failure failure = { .result_type = "certificate-expired",
                                      .organization = "Google Inc.",
                                      .mx = "mx1.example.com",
                                      .sessions = 3 };

    (void)state;
    for (size_t max = 0; max < 80; max++) {
        struct buffer buffer;

        buffer_init(&buffer, max);
        advice_add_sentence(&buffer, &failure);
        advice_add_look(&buffer, advice_find("certificate-expired", NULL),
                        &failure);
        advice_add_noise(&buffer, 1, 2);
        assert_true(buffer.failed);
        assert_true(buffer.len <= max);
        buffer_deinit(&buffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_reads_as_one_sentence),
        cmocka_unit_test(a_long_outside_string_is_cut_between_characters),
        cmocka_unit_test(every_row_makes_a_sentence_with_one_stop),
        cmocka_unit_test(the_consequence_follows_the_policy),
        cmocka_unit_test(noise_says_how_little_it_is),
        cmocka_unit_test(a_full_buffer_stays_failed_and_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
