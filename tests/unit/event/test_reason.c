/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/reason.h"
#include "row.h"

static const struct {
    const char *reason;
    int result;
} rows[] = {
    { "unable_to_get_local_issuer_certificate", 203 },
    { "self-signed_certificate", 203 },
    { "self_signed_certificate", 203 },
    { "self signed certificate", 203 },
    { "Self-Signed Certificate in certificate chain", 203 },
    { "unable_to_verify_the_first_certificate", 203 },
    { "certificate_not_trusted", 203 },
    { "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT", 203 },
    { "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", 203 },
    { "CERT_UNTRUSTED", 203 },
    { "certificate_has_expired", 204 },
    { "X509_V_ERR_CERT_HAS_EXPIRED", 204 },
    { "certificate_is_not_yet_valid", 205 },
    { "tls-handshake-failure", 205 },
    { "self-signed", 205 },
    { "self-signed_certificate_", 205 },
    { "a self-signed_certificate", 205 },
    { "X509_V_ERR_", 205 },
    { "", 205 },
};

static void reasons_name_their_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_NUMBER(rows[i].reason, reason_result(rows[i].reason),
                   rows[i].result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_name_their_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
