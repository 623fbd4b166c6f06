/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unit/intake/samples.h"

#define REPORT(success)                                                        \
    "{\"organization-name\":\"Sender Ltd\",\"date-range\":{"                   \
    "\"start-datetime\":\"2026-10-01T00:00:00Z\","                             \
    "\"end-datetime\":\"2026-10-01T23:59:59Z\"},"                              \
    "\"contact-info\":\"tls@sender.example\",\"report-id\":\"id-1\","          \
    "\"policies\":[{\"policy\":{\"policy-type\":\"sts\",\"policy-string\":["   \
    "\"version: STSv1\",\"mode: enforce\"],\"policy-domain\":\"example.com\"," \
    "\"mx-host\":[\"mx1.example.com\"]},\"summary\":{"                         \
    "\"total-successful-session-count\":" success                              \
    ",\"total-failure-session-count\":2},\"failure-details\":[{"               \
    "\"result-type\":\"certificate-expired\",\"failed-session-count\":2,"      \
    "\"sending-mta-ip\":\"192.0.2.1\",\"receiving-ip\":\"192.0.2.2\","         \
    "\"receiving-mx-hostname\":\"mx1.example.com\"}]}]}"

const char sample_report[] = REPORT("8");
const char sample_report_conflict[] = REPORT("9");

const char sample_report_other_spelling[] =
    "{ \"report-id\": \"id-1\", \"organization-name\": \"Sender Ltd\",\n"
    " \"policies\": [ { \"policy\": { \"policy-domain\": \"example.com\",\n"
    " \"policy-type\": \"sts\", \"mx-host\": [ \"mx1.example.com\" ],\n"
    " \"policy-string\": [ \"version: STSv1\", \"mode: enforce\" ] },\n"
    " \"failure-details\": [ { \"failed-session-count\": 2,\n"
    " \"sending-mta-ip\": \"192.0.2.1\", \"receiving-ip\": \"192.0.2.2\",\n"
    " \"receiving-mx-hostname\": \"mx1.example.com\",\n"
    " \"result-type\": \"certificate-expired\" } ],\n"
    " \"summary\": { \"total-failure-session-count\": 2,\n"
    " \"total-successful-session-count\": 8 } } ],\n"
    " \"contact-info\": \"tls@sender.example\",\n"
    " \"date-range\": { \"end-datetime\": \"2026-10-01T23:59:59Z\",\n"
    " \"start-datetime\": \"2026-10-01T00:00:00Z\" } }\n";

const char sample_mail[] =
    "From: tls@sender.example\r\n"
    "Subject: Report Domain: example.com Submitter: sender.example\r\n"
    "TLS-Report-Domain: example.com\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n"
    "\r\n"
    "--b\r\n"
    "Content-Type: text/plain\r\n"
    "\r\n"
    "A report.\r\n"
    "--b\r\n"
    "Content-Type: application/tlsrpt+json\r\n"
    "Content-Disposition: attachment; filename=\"in-mail.json\"\r\n"
    "\r\n" REPORT("8") "\r\n"
                       "--b--\r\n";
