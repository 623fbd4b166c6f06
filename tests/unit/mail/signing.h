/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mails signed for tests, with the keys of keys.h.
 *
 * What is digested comes from the code under test: that it is the right thing is
 * held by the vectors of the RFCs and by signers of others, see
 * tests/scenario/dkim_signers.
 */

#include "base/slice.h"

#define SIGNING_HEADER                                                         \
    "From: Reports <tls@sender.example>\r\n"                                   \
    "To: tls@example.com\r\n"                                                  \
    "Subject: Report Domain: example.com\r\n"                                  \
    "\tSubmitter: sender.example\r\n"                                          \
    "TLS-Report-Submitter: sender.example\r\n"
#define SIGNING_BODY "One line.\r\n\r\nAnother  line. \r\n\r\n"
#define SIGNING_TAGS                                                           \
    "v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=s1;\r\n"        \
    " h=From:To:Subject:TLS-Report-Submitter"

/*
 * Makes a mail with a signature field on top.
 * tags: of the field; where they have no "bh=" and no "b=" those that are right
 * are added. pem: the private key.
 * Owns: the caller frees it.
 */
char *signing_make(const char *tags, const char *header, const char *body,
                   const char *pem);

/* Replaces the first `old` in text, which must be there. Frees text. */
char *signing_edit(char *text, const char *old, const char *new);
