/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* Deviations 52 to 79: encoding, container, the mail around it. */

#include "deviations.h"

#define SUBJECT                                                                \
    "Subject: Report Domain: example.com Submitter: sender.example\n"          \
    " Report-ID: <r1@sender.example>\n"
#define FIELDS                                                                 \
    "TLS-Report-Domain: example.com\nTLS-Report-Submitter: sender.example\n"
#define HEAD_PLAIN                                                             \
    "From: tlsrpt@sender.example\nTo: reports@example.com\n"                   \
    "Date: Fri, 02 Oct 2026 00:10:00 +0000\n"                                  \
    "Message-ID: <1@sender.example>\nMIME-Version: 1.0\n"
#define HEAD HEAD_PLAIN SUBJECT FIELDS
#define MULTIPART                                                              \
    "Content-Type: multipart/report; report-type=\"tlsrpt\"; "                 \
    "boundary=\"b\"\n\n"
#define HUMAN "--b\nContent-Type: text/plain\n\nA TLS report.\n\n"
#define NAME "sender.example!example.com!1790812800!1790899199.json"
#define PART(type, encoding, name, content)                                    \
    "--b\nContent-Type: " type "\nContent-Transfer-Encoding: " encoding        \
    "\nContent-Disposition: attachment; filename=\"" name "\"\n\n" content     \
    "\n"
#define END "--b--\n"
#define GZ_PART PART("application/tlsrpt+gzip", "base64", NAME ".gz", "@GZ@")
#define DMARC                                                                  \
    "<?xml version=\"1.0\"?>\n<feedback><report_metadata><org_name>x"          \
    "</org_name></report_metadata></feedback>\n"

/* clang-format off */
const struct deviation deviations_containers[] = {
    { .number = 52,
      .name = "uncompressed JSON attached",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/tlsrpt+json", "8bit", NAME,
                                        "@JSON@") END,
      .codes = "not-compressed mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 53,
      .name = "name says gzip, content is JSON",
      .file = "report.json.gz",
      .codes = "name-mismatch \n",
      .value = "totals 120 3 123 3" },
    { .number = 53,
      .name = "type and name say gzip, content is JSON",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/tlsrpt+gzip", "8bit",
                                        NAME ".gz", "@JSON@") END,
      .codes = "not-compressed mail part 2\nname-mismatch mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 54,
      .name = "zip",
      .wrap = WRAP_ZIP,
      .file = "report.zip",
      .codes = "container-zip \n",
      .value = "totals 120 3 123 3" },
    { .number = 54,
      .name = "application/tlsrpt+zip",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/tlsrpt+zip", "base64",
                                        "report.zip", "@ZIP@") END,
      .codes = "container-zip mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 55,
      .name = "gzip in gzip",
      .wrap = WRAP_GZIP_TWICE,
      .codes = "container-nested gzip\n",
      .value = "totals 120 3 123 3" },
    { .number = 55,
      .name = "several gzip members",
      .wrap = WRAP_GZIP_MEMBERS,
      .codes = "gzip-members \n",
      .value = "totals 120 3 123 3" },
    { .number = 56,
      .name = "CR LF behind the gzip trailer",
      .wrap = WRAP_GZIP_CRLF,
      .codes = "gzip-padding \n",
      .value = "totals 120 3 123 3" },
    { .number = 56,
      .name = "zeros behind the gzip trailer",
      .wrap = WRAP_GZIP_ZEROS,
      .codes = "gzip-padding \n",
      .value = "totals 120 3 123 3" },
    { .number = 57,
      .name = "application/octet-stream",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/octet-stream", "base64",
                                        NAME ".gz", "@GZ@") END,
      .codes = "media-type mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 57,
      .name = "application/x-gzip",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/x-gzip", "base64",
                                        NAME ".gz", "@GZ@") END,
      .codes = "media-type mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 57,
      .name = "text/plain",
      .wrap = WRAP_MAIL,
      .mail =
          HEAD MULTIPART HUMAN PART("text/plain", "8bit", NAME, "@JSON@") END,
      .codes = "media-type mail part 2\nnot-compressed mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 58,
      .name = "application/tlsrpt without suffix",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/tlsrpt", "base64",
                                        NAME ".gz", "@GZ@") END,
      .codes = "media-type-no-suffix mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 59,
      .name = "header field ContentType",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN "--b\nContentType: application/gzip\n"
                                   "Content-Transfer-Encoding: base64\n\n"
                                   "@GZ@\n" END,
      .codes = "header-spelling mail part 2\nmedia-type mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 60,
      .name = "base64 in one line",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/tlsrpt+gzip", "base64",
                                        NAME ".gz", "@GZLINE@") END,
      .codes = "base64-odd mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 60,
      .name = "base64 with blanks, empty lines, no padding",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/tlsrpt+gzip", "base64",
                                        NAME ".gz", "@GZODD@") END,
      .codes = "base64-odd mail part 2\nbase64-odd mail part 2\n"
               "base64-odd mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 60,
      .name = "gzip as raw octets",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART("application/tlsrpt+gzip", "binary",
                                        NAME ".gz", "@RAW@") END,
      .codes = "",
      .value = "totals 120 3 123 3" },
    { .number = 61,
      .name = "BOM",
      .wrap = WRAP_BOM,
      .codes = "bom \n",
      .value = "totals 120 3 123 3" },
    { .number = 61,
      .name = "UTF-16 little-endian",
      .wrap = WRAP_UTF16LE,
      .codes = "utf-16 \n",
      .value = "totals 120 3 123 3" },
    { .number = 61,
      .name = "UTF-16 big-endian",
      .wrap = WRAP_UTF16BE,
      .codes = "utf-16 \n",
      .value = "totals 120 3 123 3" },
    { .number = 62,
      .name = "octets that are not UTF-8",
      .from = "Example Sender",
      .to = "Example \xff\xfe Sender",
      .codes = "text-not-utf8 \n",
      .value = "org=Example \xef\xbf\xbd\xef\xbf\xbd Sender" },
    { .number = 62,
      .name = "a NUL and an escape",
      .from = "Example Sender",
      .to = "Example \\u0000\\u001b[31m Sender",
      .codes = "text-nul \n",
      .value = "org=Example \xef\xbf\xbd\x1b[31m Sender" },
    { .number = 62,
      .name = "a raw control octet",
      .from = "Example Sender",
      .to = "Example\tSender",
      .codes = "text-control \n",
      .value = "org=Example\tSender" },
    { .number = 62,
      .name = "a lone surrogate",
      .from = "Example Sender",
      .to = "Example \\ud800 Sender",
      .codes = "text-surrogate \n",
      .value = "org=Example \xef\xbf\xbd Sender" },
    { .number = 63,
      .name = "text after the JSON",
      .from = "'failed-session-count':3}]}]}",
      .to = "'failed-session-count':3}]}]}\n-- \nsent by me\n",
      .codes = "text-after \n",
      .value = "totals 120 3 123 3" },
    { .number = 64,
      .name = "gzip that is damaged",
      .wrap = WRAP_PLAIN,
      .text = "\x1f\x8b\x08 this is no deflate stream at all",
      .codes = "container-damaged \n",
      .refused = "gzip" },
    { .number = 65,
      .name = "nested too deep",
      .from = "'report-id'",
      .to = "'x':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            ",'report-id'",
      .codes = "",
      .refused = "512 levels" },
    { .number = 66,
      .name = "no TLS-Report fields",
      .wrap = WRAP_MAIL,
      .mail = HEAD_PLAIN SUBJECT MULTIPART HUMAN GZ_PART END,
      .codes = "mail-no-tls-report-fields mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 67,
      .name = "RFC 2231 file name",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN
      "--b\nContent-Type: application/tlsrpt+gzip\n"
      "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; "
      "filename*0*=utf-8''sender.example%21example.com;\n "
      "filename*1=\"!1790812800!1790899199.json.gz\"\n\n@GZ@\n" END,
      .codes = "",
      .value = "totals 120 3 123 3" },
    { .number = 67,
      .name = "encoded-word file name",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN PART(
          "application/tlsrpt+gzip", "base64",
          "=?utf-8?q?sender.example!example.com!1!2.json.gz?=", "@GZ@") END,
      .codes = "name-encoded-word mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 68,
      .name = "a Subject without the words of the RFC",
      .wrap = WRAP_MAIL,
      .mail = HEAD_PLAIN FIELDS
      "Subject: TLS Aggregate Report\n" MULTIPART HUMAN GZ_PART END,
      .codes = "subject-form mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 69,
      .name = "the text part is HTML",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART "--b\nContent-Type: text/html\n\n"
                             "<p>A report</p>\n\n" GZ_PART END,
      .codes = "",
      .value = "totals 120 3 123 3" },
    { .number = 70,
      .name = "a gateway wraps the mail",
      .wrap = WRAP_MAIL,
      .mail = HEAD_PLAIN
      "Subject: Fwd\nContent-Type: multipart/mixed; boundary=o\n\n"
      "--o\nContent-Type: text/plain\n\nExternal mail!\n\n"
      "--o\nContent-Type: message/rfc822\n\n" HEAD MULTIPART HUMAN GZ_PART END
      "\n--o--\n",
      .codes = "subject-form mail part 3\nmail-not-report mail part 3\n"
               "mail-forwarded mail part 3\n",
      .value = "totals 120 3 123 3" },
    { .number = 71,
      .name = "no multipart at all",
      .wrap = WRAP_MAIL,
      .mail = HEAD "Content-Type: application/tlsrpt+gzip\n"
                   "Content-Transfer-Encoding: base64\n\n@GZ@\n",
      .codes = "mail-not-multipart mail part 1\n",
      .value = "totals 120 3 123 3" },
    { .number = 71,
      .name = "closing boundary missing",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN GZ_PART,
      .codes = "mail-boundary-missing mail part 2\n",
      .value = "totals 120 3 123 3" },
    { .number = 72,
      .name = "two reports in one mail",
      .wrap = WRAP_MAIL,
      .mail = HEAD MULTIPART HUMAN GZ_PART GZ_PART END,
      .codes = "mail-reports-several mail part 3\n",
      .value = "totals 120 3 123 3" },
    { .number = 73,
      .name = "refused on the way",
      .absent = "a filter on the way refuses the type: nothing arrives" },
    { .number = 74,
      .name = "only the first rua is used",
      .absent = "a choice of the sender: nothing in the report shows it" },
    { .number = 75,
      .name = "rua without mailto",
      .absent = "a fault of the record: nothing arrives" },
    { .number = 76,
      .name = "reports about the delivery of reports",
      .absent = "to be seen over days, not in one report" },
    { .number = 77,
      .name = "several domains in one report",
      .from = "'policies':[",
      .to = "'policies':[{'policy':{'policy-type':'no-policy-found',"
            "'policy-domain':'example.net'},'summary':{"
            "'total-successful-session-count':7,"
            "'total-failure-session-count':0}},",
      .codes = "domains-several /policies\n",
      .value = "totals 127 3 130 3" },
    { .number = 78,
      .name = "a DMARC report in the TLS mailbox",
      .text = DMARC,
      .codes = "dmarc-report \n",
      .refused = "DMARC" },
    { .number = 79,
      .name = "uneven rhythm",
      .absent = "to be learnt over weeks, not from one report" },
};
/* clang-format on */

const size_t n_deviations_containers =
    sizeof(deviations_containers) / sizeof(deviations_containers[0]);
