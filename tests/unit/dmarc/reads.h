/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* DMARC reports read from short texts, for the tests of this room. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dmarc/dmarc.h"

struct reads {
    struct arena arena;
    struct dmarc_list list;
    struct err err;
    int rc;
};

/* A report with nothing odd but its records and what stands before them. */
#define READS_HEAD                                                             \
    "<report_metadata><org_name>S</org_name><email>a@s.example</email>"        \
    "<report_id>r1</report_id><date_range><begin>1790812800</begin>"           \
    "<end>1790899199</end></date_range></report_metadata>"
#define READS_POLICY                                                           \
    "<policy_published><domain>example.org</domain><p>none</p>"                \
    "</policy_published>"
#define READS_RECORD                                                           \
    "<record><row><source_ip>192.0.2.1</source_ip><count>3</count>"            \
    "<policy_evaluated><disposition>none</disposition><dkim>fail</dkim>"       \
    "<spf>fail</spf></policy_evaluated></row><identifiers>"                    \
    "<header_from>example.org</header_from></identifiers></record>"
#define READS_REPORT                                                           \
    "<feedback>" READS_HEAD READS_POLICY READS_RECORD "</feedback>"

/* Reads octets; look at rc and list. Free with reads_deinit. */
void reads_init(struct reads *reads, struct slice text);

/* Reads a report with `inner` in <feedback>, NULL for none of it. */
void reads_init_inner(struct reads *reads, const char *inner);

void reads_deinit(struct reads *reads);

/* The first report; fails where there is none. */
const struct dmarc_report *reads_report(const struct reads *reads);

/*
 * All findings of the first report, each as "code place value\n" without what
 * is absent; the others behind them as "+ place value\n".
 */
const char *reads_findings(struct reads *reads);
