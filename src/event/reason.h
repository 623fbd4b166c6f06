/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reasons of validation-failure that have a result type of their own.
 *
 * Private to the room. Postfix says validation-failure with the words of OpenSSL
 * for whatever is neither expired nor of another name.
 */

/*
 * The result type that a reason-code of validation-failure means: by OpenSSL's
 * words or its X509_V_ERR name, letter case and "_", "-" or blanks aside.
 * Returns: certificate-not-trusted where no chain leads to a CA that is trusted,
 * certificate-expired, else validation-failure.
 * RFC: 8460 section 4.3.1.
 */
int reason_result(const char *reason);
