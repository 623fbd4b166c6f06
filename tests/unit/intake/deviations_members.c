/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* Deviations 1 to 51: members and values. */

#include "deviations.h"

const char deviation_standard[] =
    "{'organization-name':'Example Sender','date-range':{"
    "'start-datetime':'2026-10-01T00:00:00Z',"
    "'end-datetime':'2026-10-01T23:59:59Z'},"
    "'contact-info':'tlsrpt@sender.example','report-id':'r1','policies':[{"
    "'policy':{'policy-type':'sts','policy-string':['version: STSv1',"
    "'mode: enforce','mx: mx1.example.com','max_age: 86400'],"
    "'policy-domain':'example.com','mx-host':['mx1.example.com']},"
    "'summary':{'total-successful-session-count':120,"
    "'total-failure-session-count':3},'failure-details':[{"
    "'result-type':'certificate-expired','sending-mta-ip':'192.0.2.1',"
    "'receiving-mx-hostname':'mx1.example.com','receiving-ip':'198.51.100.1',"
    "'failed-session-count':3}]}]}";

#define RANGE                                                                  \
    "'start-datetime':'2026-10-01T00:00:00Z',"                                 \
    "'end-datetime':'2026-10-01T23:59:59Z'"
#define POLICY                                                                 \
    "'policy':{'policy-type':'sts','policy-string':['version: STSv1',"         \
    "'mode: enforce','mx: mx1.example.com','max_age: 86400'],"                 \
    "'policy-domain':'example.com','mx-host':['mx1.example.com']}"
#define SUMMARY                                                                \
    "'summary':{'total-successful-session-count':120,"                         \
    "'total-failure-session-count':3}"
#define STRINGS                                                                \
    "['version: STSv1','mode: enforce','mx: mx1.example.com','max_age: 86400']"
#define DETAIL                                                                 \
    "{'result-type':'certificate-expired','sending-mta-ip':'192.0.2.1',"       \
    "'receiving-mx-hostname':'mx1.example.com','receiving-ip':'198.51.100.1'," \
    "'failed-session-count':3}"
#define ADDRESSES                                                              \
    "'sending-mta-ip':'192.0.2.1','receiving-mx-hostname':'mx1.example.com',"  \
    "'receiving-ip':'198.51.100.1',"
#define NPF "'policy-type':'no-policy-found'"
#define HEAD                                                                   \
    "{'organization-name':'Example Sender','date-range':{" RANGE "},"          \
    "'contact-info':'tlsrpt@sender.example','report-id':'r1',"
#define P0 "/policies/0/"
#define D0 "/policies/0/failure-details/0/"

const struct deviation deviations_members[] = {
    { .number = 1, .name = "contact-info null",
      .from = "'tlsrpt@sender.example'", .to = "null",
      .codes = "contact-missing /contact-info\n", .value = "contact=-" },
    { .number = 2, .name = "contact-info absent",
      .from = "'contact-info':'tlsrpt@sender.example',", .to = "",
      .codes = "contact-missing /contact-info\n", .value = "contact=-" },
    { .number = 3, .name = "a policy fetch error has no addresses",
      .from = ADDRESSES, .to = "", .from2 = "certificate-expired",
      .to2 = "sts-policy-fetch-error", .codes = "",
      .value = "type=sts-policy-fetch-error n=3 ip=- mx=-" },
    { .number = 3, .name = "another failure has no addresses",
      .from = ADDRESSES, .to = "",
      .codes = "sending-address-missing " D0 "sending-mta-ip\n",
      .value = "n=3 ip=- mx=- helo=- rip=-" },
    { .number = 4, .name = "sending-mta-ip empty",
      .from = "'192.0.2.1'", .to = "''",
      .codes = "address-empty " D0 "sending-mta-ip\n", .value = "n=3 ip=- " },
    { .number = 5, .name = "policy-string absent",
      .from = "'policy-string':" STRINGS ",", .to = "",
      .codes = "policy-string-missing " P0 "policy/policy-string\n",
      .value = "strings=[] mx=[mx1.example.com]" },
    { .number = 5, .name = "policy-string absent without policy",
      .from = "'policy-type':'sts','policy-string':" STRINGS, .to = NPF,
      .codes = "", .value = "policy type=no-policy-found" },
    { .number = 6, .name = "policy-string an empty string",
      .from = STRINGS, .to = "''",
      .codes = "policy-string-text " P0 "policy/policy-string\n",
      .value = "strings=[]" },
    { .number = 7, .name = "policy-string one string with line ends",
      .from = STRINGS, .to = "'version: STSv1\\r\\nmode: enforce\\r\\n'",
      .codes = "policy-string-joined " P0 "policy/policy-string\n",
      .value = "strings=[version: STSv1|mode: enforce]" },
    { .number = 7, .name = "policy-string one string with semicolons",
      .from = STRINGS, .to = "['version: STSv1;mode: enforce; max_age: 60']",
      .codes = "policy-string-joined " P0 "policy/policy-string/0\n",
      .value = "strings=[version: STSv1|mode: enforce|max_age: 60]" },
    { .number = 7, .name = "policy-string one string of one line",
      .from = STRINGS, .to = "'version: STSv1'",
      .codes = "policy-string-text " P0 "policy/policy-string\n",
      .value = "strings=[version: STSv1]" },
    { .number = 8, .name = "TLSA records as a JSON array in a string",
      .from = "'policy-type':'sts','policy-string':" STRINGS,
      .to = "'policy-type':'tlsa','policy-string':"
            "['[\\'3 1 1 0D6FCE13\\',\\'2 1 1 AB\\']']",
      .from2 = ",'mx-host':['mx1.example.com']", .to2 = "",
      .codes = "policy-string-json " P0 "policy/policy-string/0\n",
      .value = "strings=[3 1 1 0D6FCE13|2 1 1 AB]" },
    { .number = 9, .name = "the same sessions under tlsa and sts",
      .from = "'policies':[",
      .to = "'policies':[{'policy':{'policy-type':'tlsa','policy-string':"
            "['3 1 1 AB'],'policy-domain':'example.com'},'summary':{"
            "'total-successful-session-count':123,"
            "'total-failure-session-count':0}},",
      .codes = "tlsa-domain-is-mail-domain /policies/0\n"
               "sessions-twice /policies/1\n",
      .value = "totals 243 3 123 3" },
    { .number = 10, .name = "policy-domain of tlsa is the mail domain",
      .from = "'policies':[",
      .to = "'policies':[{'policy':{'policy-type':'tlsa','policy-string':"
            "['3 1 1 AB'],'policy-domain':'example.com'},'summary':{"
            "'total-successful-session-count':7,"
            "'total-failure-session-count':0}},",
      .codes = "tlsa-domain-is-mail-domain /policies/0\n"
               "sessions-twice /policies/1\n",
      .value = "type=tlsa domain=example.com subject=example.com" },
    { .number = 10, .name = "policy-domain of tlsa is the MX host",
      .from = "'policies':[",
      .to = "'policies':[{'policy':{'policy-type':'tlsa','policy-string':"
            "['3 1 1 AB'],'policy-domain':'mx1.example.com'},'summary':{"
            "'total-successful-session-count':7,"
            "'total-failure-session-count':0}},",
      .codes = "", .value = "domain=mx1.example.com subject=example.com" },
    { .number = 11, .name = "policy-domain absent, named by the report-id",
      .from = "'policy-domain':'example.com',", .to = "",
      .from2 = "'r1'", .to2 = "'2026-10-01T00:00:00Z_idx1_example.net'",
      .codes = "policy-domain-missing " P0 "policy/policy-domain\n",
      .value = "domain= subject=example.net" },
    { .number = 11, .name = "policy-domain absent, named by the file name",
      .from = "'policy-domain':'example.com',", .to = "",
      .file = "sender.example!example.org!1790812800!1790899199.json",
      .codes = "policy-domain-missing " P0 "policy/policy-domain\n",
      .value = "domain= subject=example.org" },
    { .number = 11, .name = "policy-domain absent, nothing tells",
      .from = "'policy-domain':'example.com',", .to = "",
      .codes = "policy-domain-missing " P0 "policy/policy-domain\n",
      .value = "domain= subject= " },
    { .number = 12, .name = "a whole EHLO reply in receiving-mx-helo",
      .from = "'receiving-ip'",
      .to = "'receiving-mx-helo':'mx1.example.com\\n250-PIPELINING\\n250 X',"
            "'receiving-ip'",
      .codes = "helo-multiline " D0 "receiving-mx-helo\n",
      .value = "helo=mx1.example.com rip" },
    { .number = 13, .name = "failure total absent",
      .from = ",'total-failure-session-count':3", .to = "",
      .from2 = "," "'failure-details':[" DETAIL "]", .to2 = "",
      .codes =
          "count-missing " P0 "summary/total-failure-session-count\n",
      .value = "ok=120 fail=0" },
    { .number = 14, .name = "mx-host absent",
      .from = ",'mx-host':['mx1.example.com']", .to = "",
      .codes = "mx-host-missing " P0 "policy/mx-host\n", .value = "mx=[]" },
    { .number = 15, .name = "mx-host an array", .codes = "",
      .value = "mx=[mx1.example.com]" },
    { .number = 16, .name = "mx-host a string",
      .from = "['mx1.example.com']", .to = "'mx1.example.com'",
      .codes = "mx-host-text " P0 "policy/mx-host\n",
      .value = "mx=[mx1.example.com]" },
    { .number = 17, .name = "mx-host-pattern as key",
      .from = "'mx-host'", .to = "'mx-host-pattern'",
      .codes = "member-alias " P0 "policy/mx-host-pattern\n",
      .value = "mx=[mx1.example.com]" },
    { .number = 18, .name = "mx-host entries with label",
      .from = "['mx1.example.com']", .to = "['mx: mx1.example.com']",
      .codes = "mx-host-label " P0 "policy/mx-host/0\n",
      .value = "mx=[mx1.example.com]" },
    { .number = 19, .name = "a wildcard over a registered name",
      .from = "['mx1.example.com']", .to = "['*.mx.example']",
      .codes = "mx-wildcard " P0 "policy/mx-host/0\n",
      .value = "mx=[*.mx.example]" },
    { .number = 20, .name = "receiving-mx-host-name",
      .from = "receiving-mx-hostname", .to = "receiving-mx-host-name",
      .codes = "member-alias " D0 "receiving-mx-host-name\n",
      .value = "mx=mx1.example.com" },
    { .number = 21, .name = "additional-info-uri",
      .from = "'receiving-ip'",
      .to = "'additional-info-uri':'https://sender.example/x','receiving-ip'",
      .codes = "member-alias " D0 "additional-info-uri\n",
      .value = "info=https://sender.example/x" },
    { .number = 22, .name = "failure-error-code",
      .from = "'receiving-ip'", .to = "'failure-error-code':'E1','receiving-ip'",
      .codes = "member-alias " D0 "failure-error-code\n",
      .value = "reason=E1" },
    { .number = 23, .name = "free text in failure-reason-code",
      .from = "'receiving-ip'",
      .to = "'failure-reason-code':'Get \\'https://x/\\': EOF','receiving-ip'",
      .codes = "reason-text " D0 "failure-reason-code\n",
      .value = "reason=Get \"https://x/\": EOF" },
    { .number = 24, .name = "the cause only in failure-reason-code",
      .from = "certificate-expired", .to = "validation-failure",
      .from2 = "'receiving-ip'",
      .to2 = "'failure-reason-code':'MX_HOSTS_MISMATCH','receiving-ip'",
      .codes = "", .value = "reason=MX_HOSTS_MISMATCH" },
    { .number = 25, .name = "details add to more than the summary",
      .from = "'failed-session-count':3", .to = "'failed-session-count':5",
      .codes = "details-sum " P0 "failure-details\n",
      .value = "totals 120 3 123 3" },
    { .number = 25, .name = "details add to less than the summary",
      .from = "'failed-session-count':3", .to = "'failed-session-count':1",
      .codes = "details-sum " P0 "failure-details\n",
      .value = "totals 120 3 123 3" },
    { .number = 26, .name = "failures without any detail",
      .from = "[" DETAIL "]", .to = "[]",
      .codes = "details-missing " P0 "failure-details\n",
      .value = "ok=120 fail=3" },
    { .number = 27, .name = "several entries after a policy change",
      .from = "'policies':[",
      .to = "'policies':[{'policy':{'policy-type':'sts','policy-string':"
            "['version: STSv1','mode: testing'],'policy-domain':'example.com',"
            "'mx-host':['mx1.example.com']},'summary':{"
            "'total-successful-session-count':10,"
            "'total-failure-session-count':0}},",
      .codes = "policy-several /policies/1\n", .value = "totals 130 3 133 3" },
    { .number = 28, .name = "the same policy listed twice",
      .from = "'policies':[",
      .to = "'policies':[{" POLICY ",'summary':{"
            "'total-successful-session-count':1,"
            "'total-failure-session-count':0}},",
      .codes = "policy-repeated /policies/1\n",
      .value = "totals 121 3 124 3" },
    { .number = 29, .name = "end before start",
      .from = RANGE,
      .to = "'start-datetime':'2026-10-01T23:59:59Z',"
            "'end-datetime':'2026-10-01T00:00:00Z'",
      .codes = "range-swapped /date-range\n",
      .value = "start=2026-10-01T00:00:00Z end=2026-10-01T23:59:59Z" },
    { .number = 30, .name = "dates without Z",
      .from = RANGE,
      .to = "'start-datetime':'2026-10-01T00:00:00',"
            "'end-datetime':'2026-10-01T23:59:59'",
      .codes = "date-no-zone /date-range/start-datetime\n"
               "date-no-zone /date-range/end-datetime\n",
      .value = "end=2026-10-01T23:59:59Z" },
    { .number = 31, .name = "local time with a literal Z",
      .from = RANGE,
      .to = "'start-datetime':'2026-09-30T22:00:00Z',"
            "'end-datetime':'2026-10-01T21:59:59Z'",
      .codes = "", .value = "start=2026-09-30T22:00:00Z" },
    { .number = 32, .name = "end at midnight of the next day",
      .from = "2026-10-01T23:59:59Z", .to = "2026-10-02T00:00:00Z",
      .codes = "range-midnight /date-range\n",
      .value = "end=2026-10-02T00:00:00Z" },
    { .number = 33, .name = "an interval of an hour",
      .from = RANGE,
      .to = "'start-datetime':'2026-10-01T05:00:00Z',"
            "'end-datetime':'2026-10-01T06:00:00Z'",
      .codes = "range-short /date-range\n", .value = "start=2026-10-01T05" },
    { .number = 33, .name = "an interval of a week",
      .from = RANGE,
      .to = "'start-datetime':'2026-09-24T00:00:00Z',"
            "'end-datetime':'2026-10-01T00:00:00Z'",
      .codes = "range-long /date-range\n", .value = "start=2026-09-24",
      .day = "2026-09-27" },
    { .number = 34, .name = "offset and fraction",
      .from = RANGE,
      .to = "'start-datetime':'2026-10-01T02:00:00.0000000+02:00',"
            "'end-datetime':'2026-10-02T01:59:59.9999999+02:00'",
      .codes = "",
      .value = "start=2026-10-01T00:00:00Z end=2026-10-01T23:59:59Z" },
    { .number = 34, .name = "lower case and a blank",
      .from = RANGE,
      .to = "'start-datetime':'2026-10-01 00:00:00z',"
            "'end-datetime':'2026-10-01t23:59:59Z'",
      .codes = "date-form /date-range/start-datetime\n"
               "date-form /date-range/end-datetime\n",
      .value = "start=2026-10-01T00:00:00Z end=2026-10-01T23:59:59Z" },
    { .number = 34, .name = "hour 24",
      .from = "T23:59:59Z", .to = "T24:00:00Z",
      .codes = "date-form /date-range/end-datetime\n"
               "range-midnight /date-range\n",
      .value = "end=2026-10-02T00:00:00Z" },
    { .number = 34, .name = "second 60",
      .from = "T23:59:59Z", .to = "T23:59:60Z",
      .codes = "range-midnight /date-range\n",
      .value = "end=2026-10-02T00:00:00Z" },
    { .number = 34, .name = "a date alone",
      .from = RANGE,
      .to = "'start-datetime':'2026-10-01','end-datetime':'2026-10-02'",
      .codes = "date-form /date-range/start-datetime\n"
               "date-form /date-range/end-datetime\n"
               "range-midnight /date-range\n",
      .value = "start=2026-10-01T00:00:00Z" },
    { .number = 34, .name = "epoch numbers",
      .from = RANGE,
      .to = "'start-datetime':1790812800,'end-datetime':1790899199",
      .codes = "date-form /date-range/start-datetime\n"
               "date-form /date-range/end-datetime\n",
      .value = "start=2026-10-01T00:00:00Z end=2026-10-01T23:59:59Z" },
    { .number = 35, .name = "report-id of ticks and nothing behind the plus",
      .from = "'r1'", .to = "'134101000000000000+'", .codes = "",
      .value = "id=134101000000000000+" },
    { .number = 36, .name = "report-id numeric with a hash",
      .from = "'r1'", .to = "'1768089600_5665667737528564296'", .codes = "",
      .value = "id=1768089600_5665667737528564296" },
    { .number = 36, .name = "report-id a UUID at the sender",
      .from = "'r1'", .to = "'b28254de-7b2e@sender.example'", .codes = "",
      .value = "id=b28254de-7b2e@sender.example" },
    { .number = 37, .name = "the same report-id, another range",
      .from = RANGE,
      .to = "'start-datetime':'2026-10-02T00:00:00Z',"
            "'end-datetime':'2026-10-02T23:59:59Z'",
      .codes = "", .value = "id=r1 start=2026-10-02", .day = "2026-10-02" },
    { .number = 38, .name = "the same report twice reads the same",
      .codes = "", .value = "id=r1 start=2026-10-01" },
    { .number = 39, .name = "draft schema",
      .text = "{'organization-name':'Example Sender','date-range':{" RANGE "},"
              "'email-address':'tlsrpt@sender.example','report-id':'r1',"
              "'policy':{'policy-type':'sts','policy-string':'version: STSv1',"
              "'policy-domain':'example.com','mx-host':'mx1.example.com'},"
              "'summary':{'success-aggregate':120,'failure-aggregate':3},"
              "'failure-details':[{'result-type':'certificate-expired',"
              "'sending-mta-ip':'192.0.2.1','session-count':3}]}",
      .codes = "member-alias /email-address\n"
               "policy-string-text /policy/policy-string\n"
               "mx-host-text /policy/mx-host\n"
               "member-alias /summary/success-aggregate\n"
               "member-alias /summary/failure-aggregate\n"
               "member-alias /failure-details/0/session-count\n"
               "draft-schema \n",
      .value = "totals 120 3 123 3" },
    { .number = 40, .name = "policy members not nested",
      .from = POLICY,
      .to = "'policy-type':'sts','policy-string':['version: STSv1'],"
            "'policy-domain':'example.com','mx-host':['mx1.example.com']",
      .codes = "policy-flat /policies/0\n",
      .value = "type=sts domain=example.com subject=example.com ok=120" },
    { .number = 40, .name = "counts not nested in summary",
      .from = SUMMARY,
      .to = "'total-successful-session-count':120,"
            "'total-failure-session-count':3",
      .codes = "policy-flat /policies/0\n", .value = "ok=120 fail=3" },
    { .number = 41, .name = "organization for organization-name",
      .from = "'organization-name'", .to = "'organization'",
      .codes = "member-alias /organization\n",
      .value = "org=Example Sender" },
    { .number = 41, .name = "type and domain",
      .from = "'policy-type'", .to = "'type'", .from2 = "'policy-domain'",
      .to2 = "'domain'",
      .codes = "member-alias " P0 "policy/type\n"
               "member-alias " P0 "policy/domain\n",
      .value = "type=sts domain=example.com" },
    { .number = 42, .name = "counts as strings",
      .from = "count':120,", .to = "count':'120',", .from2 = "'failed-session-count':3",
      .to2 = "'failed-session-count':' 3 '",
      .codes = "count-text " P0 "summary/total-successful-session-count\n"
               "count-text " D0 "failed-session-count\n",
      .value = "totals 120 3 123 3" },
    { .number = 43, .name = "a fraction and a negative count",
      .from = "count':120,", .to = "count':120.0,",
      .from2 = "failure-session-count':3", .to2 = "failure-session-count':-3",
      .codes =
          "count-fraction " P0 "summary/total-successful-session-count\n"
          "count-negative " P0 "summary/total-failure-session-count\n"
          "details-sum " P0 "failure-details\n",
      .value = "ok=120 fail=0" },
    { .number = 43, .name = "a count over 2^53",
      .from = "count':120,", .to = "count':9007199254740993,",
      .codes =
          "count-implausible " P0 "summary/total-successful-session-count\n",
      .value = "ok=9007199254740993 fail=3" },
    { .number = 43, .name = "a count over 2^64",
      .from = "count':120,", .to = "count':99999999999999999999,",
      .codes =
          "count-too-large " P0 "summary/total-successful-session-count\n",
      .value = "ok=9223372036854775807 fail=3" },
    { .number = 43, .name = "a count that is none",
      .from = "count':120,", .to = "count':'many',",
      .codes =
          "count-unreadable " P0 "summary/total-successful-session-count\n",
      .value = "ok=0 fail=3" },
    { .number = 44, .name = "policy-type in capitals",
      .from = "'sts'", .to = "'STS'",
      .codes = "policy-type-form " P0 "policy/policy-type\n",
      .value = "policy type=sts" },
    { .number = 44, .name = "policy-type unknown",
      .from = "'sts'", .to = "'dane'",
      .codes = "policy-type-unknown " P0 "policy/policy-type\n",
      .value = "policy type=other" },
    { .number = 44, .name = "policy-type null",
      .from = "'sts'", .to = "null",
      .codes = "policy-type-missing " P0 "policy/policy-type\n",
      .value = "policy type=other" },
    { .number = 45, .name = "result-type with underscores and capitals",
      .from = "certificate-expired", .to = "Certificate_Expired",
      .codes = "result-type-form " D0 "result-type\n",
      .value = "failure type=Certificate_Expired key=certificate-expired" },
    { .number = 45, .name = "result-type unknown",
      .from = "certificate-expired", .to = "quantum-flux",
      .codes = "result-type-unknown " D0 "result-type\n",
      .value = "failure type=quantum-flux" },
    { .number = 45, .name = "result-type empty",
      .from = "certificate-expired", .to = "",
      .codes = "result-type-missing " D0 "result-type\n",
      .value = "failure type= " },
    { .number = 46, .name = "policies and failure-details objects",
      .text = HEAD "'policies':{" POLICY "," SUMMARY
                   ",'failure-details':" DETAIL "}}",
      .codes = "array-expected /policies\n"
               "array-expected /policies/failure-details\n",
      .value = "totals 120 3 123 3" },
    { .number = 46, .name = "failure-details null",
      .from = "[" DETAIL "]", .to = "null",
      .codes = "details-missing " P0 "failure-details\n",
      .value = "ok=120 fail=3" },
    { .number = 46, .name = "policies empty",
      .text = HEAD "'policies':[]}", .codes = "policies-empty /policies\n",
      .value = "totals 0 0 0 0" },
    { .number = 46, .name = "policies null",
      .text = HEAD "'policies':null}", .codes = "policies-empty /policies\n",
      .value = "totals 0 0 0 0" },
    { .number = 47, .name = "several reports in an array",
      .text = "[" HEAD "'policies':[{" POLICY "," SUMMARY
              ",'failure-details':[" DETAIL "]}]}," HEAD "'policies':[{" POLICY
              ",'summary':{'total-successful-session-count':1,"
              "'total-failure-session-count':0}}]}]",
      .codes = "reports-several \nreports-several \n",
      .value = "totals 1 0 1 0" },
    { .number = 47, .name = "several reports one per line",
      .text = HEAD "'policies':[{" POLICY "," SUMMARY ",'failure-details':["
              DETAIL "]}]}\n" HEAD "'policies':[{" POLICY
              ",'summary':{'total-successful-session-count':1,"
              "'total-failure-session-count':0}}]}\n",
      .codes = "reports-several \nreports-several \n",
      .value = "totals 120 3 123 3" },
    { .number = 48, .name = "addresses in brackets and with a port",
      .from = "'192.0.2.1'", .to = "'[192.0.2.1]'", .from2 = "'198.51.100.1'",
      .to2 = "'198.51.100.1:25'",
      .codes = "address-form " D0 "sending-mta-ip\n"
               "address-form " D0 "receiving-ip\n",
      .value = "ip=192.0.2.1 mx=mx1.example.com helo=- rip=198.51.100.1 " },
    { .number = 48, .name = "IPv4-mapped, zone",
      .from = "'192.0.2.1'", .to = "'::ffff:192.0.2.7'",
      .from2 = "'198.51.100.1'", .to2 = "'fe80::1%eth0'",
      .codes = "address-form " D0 "sending-mta-ip\n"
               "address-form " D0 "receiving-ip\n",
      .value = "ip=192.0.2.7 mx=mx1.example.com helo=- rip=fe80::1 " },
    { .number = 48, .name = "a host name in an address field",
      .from = "'192.0.2.1'", .to = "'out.sender.example'",
      .codes = "address-bad " D0 "sending-mta-ip\n",
      .value = "ip=out.sender.example" },
    { .number = 48, .name = "IPv6 not in its short form",
      .from = "'192.0.2.1'", .to = "'2001:DB8:0:0:0:0:0:1'", .codes = "",
      .value = "ip=2001:db8::1" },
    { .number = 49, .name = "root dot and capitals",
      .from = "'policy-domain':'example.com'",
      .to = "'policy-domain':'Example.COM.'",
      .codes = "domain-form " P0 "policy/policy-domain\n",
      .value = "domain=example.com subject=example.com" },
    { .number = 49, .name = "a U-label",
      .from = "'policy-domain':'example.com'",
      .to = "'policy-domain':'b\xc3\xbc" "cher.example'",
      .codes = "domain-form " P0 "policy/policy-domain\n",
      .value = "domain=xn--bcher-kva.example" },
    { .number = 50, .name = "a member twice",
      .from = "'report-id':'r1',", .to = "'report-id':'r1','report-id':'r2',",
      .codes = "member-twice /report-id\n", .value = "id=r1 " },
    { .number = 51, .name = "null for strings and arrays",
      .from = "['mx1.example.com']", .to = "null",
      .from2 = "'receiving-mx-hostname':'mx1.example.com'",
      .to2 = "'receiving-mx-hostname':null",
      .codes = "mx-host-missing " P0 "policy/mx-host\n",
      .value = "ip=192.0.2.1 mx=- " },
};

const size_t n_deviations_members =
    sizeof(deviations_members) / sizeof(deviations_members[0]);
