/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/finding.h"

#include "dmarc/dmarc.h"

#define I FINDING_INFO
#define W FINDING_WARNING
#define E FINDING_ERROR

#define SCHEMA "RFC 7489 appendix C, RFC 9990 appendix A"

/* As with TLS reports: the sender is at fault, and the report was read all the
 * same. */
#define TELL "Nothing to do; the reporter may be told"

/* clang-format off */
static const struct finding_kind kinds[DMARC_FINDING_COUNT] = {
    [DMARC_FINDING_ADDRESS_BAD] = { "dmarc-address-bad", W, SCHEMA,
        "source_ip holds no IP address; it is kept as text", TELL },
    [DMARC_FINDING_ADDRESS_FORM] = { "dmarc-address-form", I, SCHEMA,
        "an address was written with brackets, port, zone or in another odd "
        "form; the plain address was taken", "" },
    [DMARC_FINDING_COUNT_FORM] = { "dmarc-count-form", W, SCHEMA,
        "a count is written with a sign, a fraction or separators; its whole "
        "part was taken", TELL },
    [DMARC_FINDING_COUNT_IMPLAUSIBLE] = { "dmarc-count-implausible", E, SCHEMA,
        "a count is above 10^12; the record is shown but is in no stored sum",
        "Look whether the report is forged or its reporter broken" },
    [DMARC_FINDING_COUNT_MISSING] = { "dmarc-count-missing", E, SCHEMA,
        "a record does not say how many messages it is about; they were read "
        "as 0", TELL },
    [DMARC_FINDING_COUNT_NEGATIVE] = { "dmarc-count-negative", E, SCHEMA,
        "a count is negative and was read as 0", TELL },
    [DMARC_FINDING_COUNT_TOO_LARGE] = { "dmarc-count-too-large", E, SCHEMA,
        "a count is above 2^63-1 and was read as that", TELL },
    [DMARC_FINDING_COUNT_UNREADABLE] = { "dmarc-count-unreadable", E, SCHEMA,
        "a count is no number and was read as 0", TELL },
    [DMARC_FINDING_DATE_EARLY] = { "dmarc-date-early", W, SCHEMA,
        "the report is about a day before 2012, when there were no such "
        "reports", "Look whether the reporter's clock is right" },
    [DMARC_FINDING_DATE_FORM] = { "dmarc-date-form", W, SCHEMA,
        "a date is not written in Unix seconds; its meaning is clear", TELL },
    [DMARC_FINDING_DATE_MISSING] = { "dmarc-date-missing", E, SCHEMA,
        "the report does not say which time it covers; it is in no timeline",
        TELL },
    [DMARC_FINDING_DATE_UNREADABLE] = { "dmarc-date-unreadable", E, SCHEMA,
        "a date cannot be read; the report is in no timeline", TELL },
    [DMARC_FINDING_DKIMS_MANY] = { "dmarc-dkims-many", I,
        "RFC 9990 section 3.1.3",
        "a record tells of more than 100 signatures; all were read", "" },
    [DMARC_FINDING_DOMAIN_BAD] = { "dmarc-domain-bad", W, SCHEMA,
        "a value that must be a domain name is none; it is kept as text",
        TELL },
    [DMARC_FINDING_DOMAIN_FORM] = { "dmarc-domain-form", I, SCHEMA,
        "a domain name was written with capitals, a final dot, blanks or as "
        "U-label; it was normalised", "" },
    [DMARC_FINDING_DOMAIN_MISSING] = { "dmarc-domain-missing", E, SCHEMA,
        "policy_published names no domain, so that nobody knows whom the "
        "report is about", TELL },
    [DMARC_FINDING_ELEMENT_NAME] = { "dmarc-element-name", W, SCHEMA,
        "an element has another name than the RFC gives it; its meaning is "
        "clear", TELL },
    [DMARC_FINDING_ELEMENT_TWICE] = { "dmarc-element-twice", W, SCHEMA,
        "an element that may stand once stands there again; the first one "
        "counts, the other is kept beside the report", TELL },
    [DMARC_FINDING_ELEMENT_UNKNOWN] = { "dmarc-element-unknown", I, SCHEMA,
        "the report holds something that no RFC knows; it is kept beside the "
        "report", "" },
    [DMARC_FINDING_ENCODING] = { "dmarc-encoding", W, "XML 1.0 section 4.3.3",
        "the text declares another encoding than it has; it was read as what "
        "it is", TELL },
    [DMARC_FINDING_EVALUATED_MISSING] = { "dmarc-evaluated-missing", W, SCHEMA,
        "policy_evaluated does not say whether DKIM or SPF passed; it counts "
        "as not passed", TELL },
    [DMARC_FINDING_EVALUATED_UNPROVEN] = { "dmarc-evaluated-unproven", I,
        SCHEMA,
        "policy_evaluated says pass, but no result under auth_results does",
        "" },
    [DMARC_FINDING_FROM_MISSING] = { "dmarc-header-from-missing", W, SCHEMA,
        "a record does not say which domain stood in From", TELL },
    [DMARC_FINDING_NAMESPACE_UNKNOWN] = { "dmarc-namespace-unknown", I,
        "RFC 9990 appendix A",
        "the report is in a namespace that no RFC gives it; it was read all "
        "the same", "" },
    [DMARC_FINDING_NESTED] = { "dmarc-nested", W, SCHEMA,
        "the report stands inside of another element", TELL },
    [DMARC_FINDING_ORGANIZATION_MISSING] = { "dmarc-organization-missing", W,
        SCHEMA, "the report does not name its organisation", TELL },
    [DMARC_FINDING_PERCENT_BAD] = { "dmarc-pct-bad", W,
        "RFC 7489 section 6.3",
        "pct is no number from 0 to 100; it was left out", TELL },
    [DMARC_FINDING_POLICY_MISSING] = { "dmarc-policy-missing", W, SCHEMA,
        "the report does not say which policy p the reporter found", TELL },
    [DMARC_FINDING_RANGE_LONG] = { "dmarc-range-long", W,
        "RFC 7489 section 7.2",
        "the report covers more than two days; it counts whole on the day of "
        "its middle", TELL },
    [DMARC_FINDING_RANGE_SWAPPED] = { "dmarc-range-swapped", W, SCHEMA,
        "the report ends before it begins; both were swapped", TELL },
    [DMARC_FINDING_RECORDS_NONE] = { "dmarc-records-none", W, SCHEMA,
        "the report holds no record and so says nothing", "" },
    [DMARC_FINDING_REPORT_ID_MISSING] = { "dmarc-report-id-missing", W,
        "RFC 7489 appendix C, RFC 9990 section 3.5.1",
        "the report has no report_id; a second copy is told by its content",
        TELL },
    [DMARC_FINDING_REPORTS_SEVERAL] = { "dmarc-reports-several", W, SCHEMA,
        "the text holds several reports; each was read", "" },
    [DMARC_FINDING_SOURCE_MISSING] = { "dmarc-source-missing", W, SCHEMA,
        "a record does not say from which address the messages came", TELL },
    [DMARC_FINDING_TEXT_AFTER] = { "dmarc-text-after", W,
        "XML 1.0 section 2.1",
        "other text follows the report and was ignored", TELL },
    [DMARC_FINDING_TEXT_BEFORE] = { "dmarc-text-before", W,
        "XML 1.0 section 2.1",
        "other text stands before the report and was ignored", TELL },
    [DMARC_FINDING_TEXT_BETWEEN] = { "dmarc-text-between", W, SCHEMA,
        "text stands between elements, where none belongs; it was ignored",
        TELL },
    [DMARC_FINDING_TEXT_CONTROL] = { "dmarc-text-control", W,
        "XML 1.0 section 2.2",
        "the text holds control characters, which XML forbids; they were "
        "replaced", TELL },
    [DMARC_FINDING_TEXT_CUT] = { "dmarc-text-cut", W, SCHEMA,
        "a value is longer than 4096 octets and was cut", TELL },
    [DMARC_FINDING_TEXT_NOT_UTF8] = { "dmarc-text-not-utf8", W,
        "XML 1.0 section 4.3.3",
        "the report holds octets that are not UTF-8; they were converted, or "
        "replaced where no encoding is known", TELL },
    [DMARC_FINDING_VALUE_CASE] = { "dmarc-value-case", I, SCHEMA,
        "a word that must be in lower case is written with capitals", "" },
    [DMARC_FINDING_VALUE_EMPTY] = { "dmarc-value-empty", I, SCHEMA,
        "an element that must hold a value is empty and counts as absent",
        "" },
    [DMARC_FINDING_VALUE_UNKNOWN] = { "dmarc-value-unknown", W, SCHEMA,
        "a word is none of those that the RFC has; it is kept and shown as "
        "it is", TELL },
};
/* clang-format on */

const struct finding_kind *dmarc_finding_kind(enum dmarc_finding finding)
{
    return &kinds[finding];
}

const struct finding_kind *dmarc_finding_kinds(size_t *out_n)
{
    *out_n = DMARC_FINDING_COUNT;
    return kinds;
}
