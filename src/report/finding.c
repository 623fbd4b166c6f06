/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/finding.h"

#include "report/report.h"

#define I FINDING_INFO
#define W FINDING_WARNING
#define E FINDING_ERROR

#define S4 "RFC 8460 section 4"
#define S44 "RFC 8460 section 4.4"

/* What the operator can do is mostly nothing: the sender is at fault, and the
 * report was read all the same. Where there is something, it is said. */
#define TELL_AGAIN "Nothing was counted; tell the sender, who may send it again"
#define TELL "Nothing to do; the sender may be told"

/* clang-format off */
static const struct finding_kind kinds[REPORT_FINDING_COUNT] = {
    [REPORT_FINDING_ADDRESS_BAD] = { "address-bad", W, S44,
        "an address field holds no IP address; it is kept as text", TELL },
    [REPORT_FINDING_ADDRESS_EMPTY] = { "address-empty", I, S44,
        "an address field is empty and counts as absent", "" },
    [REPORT_FINDING_ADDRESS_FORM] = { "address-form", I,
        "RFC 8460 section 4.4, RFC 5952",
        "an address was written with brackets, port, zone or in another odd "
        "form; the plain address was taken", "" },
    [REPORT_FINDING_ARRAY_EXPECTED] = { "array-expected", W, S44,
        "a single value stands where an array must; it was read as an array "
        "of one", TELL },
    [REPORT_FINDING_CONTACT_MISSING] = { "contact-missing", I, S44,
        "the report names no contact",
        "Ask by the From address of the mail where you have questions" },
    [REPORT_FINDING_COUNT_FRACTION] = { "count-fraction", W, S44,
        "a session count is written with a fraction or an exponent; its whole "
        "part was taken", TELL },
    [REPORT_FINDING_COUNT_IMPLAUSIBLE] = { "count-implausible", E, S44,
        "a session count is above 10^12; what it counts is shown but is in no "
        "sum",
        "Look whether the report is forged or its sender broken" },
    [REPORT_FINDING_COUNT_MISSING] = { "count-missing", I, S44,
        "a session count is missing and was read as 0", "" },
    [REPORT_FINDING_COUNT_NEGATIVE] = { "count-negative", E, S44,
        "a session count is negative and was read as 0", TELL },
    [REPORT_FINDING_COUNT_TEXT] = { "count-text", W, S44,
        "a session count is written as a string; its number was taken", TELL },
    [REPORT_FINDING_COUNT_TOO_LARGE] = { "count-too-large", E,
        "RFC 8460 section 4.4, RFC 7493 section 2.2",
        "a session count is above 2^63-1 and was read as that", TELL },
    [REPORT_FINDING_COUNT_UNREADABLE] = { "count-unreadable", E, S44,
        "a session count is no number and was read as 0", TELL },
    [REPORT_FINDING_DATE_EARLY] = { "date-early", W, S44,
        "the report is about a day before 2016, when there were no such "
        "reports", "Look whether the sender's clock is right" },
    [REPORT_FINDING_DATE_FORM] = { "date-form", W,
        "RFC 8460 section 4.4, RFC 3339 section 5.6",
        "a date is not written as RFC 3339 has it; its meaning is clear", TELL },
    [REPORT_FINDING_DATE_MISSING] = { "date-missing", E, S44,
        "the report does not say from when or until when it is; without any "
        "date it is in no timeline", TELL },
    [REPORT_FINDING_DATE_NO_ZONE] = { "date-no-zone", W,
        "RFC 8460 section 4.4, RFC 3339 section 5.6",
        "a date has no time zone and was read as UTC", TELL },
    [REPORT_FINDING_DATE_UNREADABLE] = { "date-unreadable", E,
        "RFC 8460 section 4.4, RFC 3339 section 5.6",
        "a date cannot be read; without any other the report is in no timeline",
        TELL },
    [REPORT_FINDING_DETAILS_MISSING] = { "details-missing", W, S44,
        "sessions failed, but no failure details say why",
        "Look at what other reporters say of the same days" },
    [REPORT_FINDING_DETAILS_SUM] = { "details-sum", I, S44,
        "the failure details have fewer sessions than failed by the summary, or "
        "one of them, not of a policy alone, has more; the summary counts", "" },
    [REPORT_FINDING_DOMAIN_BAD] = { "domain-bad", W, S44,
        "a name is no domain name; it is kept as text", TELL },
    [REPORT_FINDING_DOMAIN_FORM] = { "domain-form", I,
        "RFC 8460 section 4.4, RFC 5891",
        "a domain name was written with capitals, a root dot or U-labels; it "
        "was turned into lower-case A-labels", "" },
    [REPORT_FINDING_DOMAINS_SEVERAL] = { "domains-several", I, S4,
        "the report is about several domains; each policy counts for its own",
        "" },
    [REPORT_FINDING_DRAFT_SCHEMA] = { "draft-schema", W, S4,
        "the report has the form of a draft from before RFC 8460", TELL },
    [REPORT_FINDING_ELEMENT_IGNORED] = { "element-ignored", E, S44,
        "an element that is no object was left out", TELL },
    [REPORT_FINDING_HEADER_DOMAIN_DIFFERS] = { "header-domain-differs", W,
        "RFC 8460 sections 5.3 and 5.6",
        "TLS-Report-Domain of the mail is not a domain of the report; the "
        "report counts", "" },
    [REPORT_FINDING_HELO_MULTILINE] = { "helo-multiline", I, S44,
        "receiving-mx-helo holds a whole EHLO reply; its first line was taken",
        "" },
    [REPORT_FINDING_JSON_DAMAGED] = { "json-damaged", FINDING_CRITICAL,
        "RFC 8460 section 4, RFC 8259 section 2",
        "the text is no JSON, or ends too early; nothing was read", TELL_AGAIN },
    [REPORT_FINDING_MEMBER_ALIAS] = { "member-alias", W, S44,
        "a member has another name than the RFC gives it; its meaning is clear",
        TELL },
    [REPORT_FINDING_MEMBER_TWICE] = { "member-twice", E,
        "RFC 7493 section 2.3",
        "a member is there twice; the one where the RFC has it counts, else the "
        "first", TELL },
    [REPORT_FINDING_MX_HOST_LABEL] = { "mx-host-label", W, S44,
        "an mx-host entry repeats the label of the policy line; the host name "
        "was taken", TELL },
    [REPORT_FINDING_MX_HOST_MISSING] = { "mx-host-missing", I, S44,
        "the MX patterns of the MTA-STS policy are missing", "" },
    [REPORT_FINDING_MX_HOST_TEXT] = { "mx-host-text", I, S44,
        "mx-host is a string instead of an array, as in the RFC's example",
        "" },
    [REPORT_FINDING_MX_WILDCARD] = { "mx-wildcard", I,
        "RFC 8461 section 4.1",
        "an MX pattern with a wildcard stands for exactly one label: "
        "*.example.com matches mx.example.com, not a.mx.example.com", "" },
    [REPORT_FINDING_OBJECT_EXPECTED] = { "object-expected", E, S44,
        "a value that is no object stands where an object must; it was left "
        "out", TELL },
    [REPORT_FINDING_ORGANIZATION_MISSING] = { "organization-missing", W, S44,
        "the report does not name its organisation; it goes under the domain "
        "of its contact, where it has one", TELL },
    [REPORT_FINDING_POLICIES_EMPTY] = { "policies-empty", W, S44,
        "the report holds no policy and so says nothing", "" },
    [REPORT_FINDING_POLICIES_MISSING] = { "policies-missing", FINDING_CRITICAL,
        S44, "the text is JSON, but no TLS report: it has no policies",
        TELL_AGAIN },
    [REPORT_FINDING_POLICY_DOMAIN_MISSING] = { "policy-domain-missing", W, S44,
        "a policy names no policy-domain; whom it is about was taken from "
        "elsewhere, as far as anything tells", TELL },
    [REPORT_FINDING_POLICY_FLAT] = { "policy-flat", W, S44,
        "a policy's members are not nested as the RFC has them; their meaning "
        "is clear", TELL },
    [REPORT_FINDING_POLICY_REPEATED] = { "policy-repeated", I, S44,
        "the report lists the same policy for the same domain twice; both were "
        "added up", "" },
    [REPORT_FINDING_POLICY_SEVERAL] = { "policy-several", I,
        "RFC 8460 section 4.4",
        "the report holds several policies of one type for one domain: the "
        "policy changed while the report ran", "" },
    [REPORT_FINDING_POLICY_STRING_JOINED] = { "policy-string-joined", W,
        "RFC 8460 section 4.5",
        "the lines of the policy are joined in one string; they were taken "
        "apart", TELL },
    [REPORT_FINDING_POLICY_STRING_JSON] = { "policy-string-json", W,
        "RFC 8460 section 4.5",
        "policy-string holds a JSON array inside a string; the inner array was "
        "read", TELL },
    [REPORT_FINDING_POLICY_STRING_MISSING] = { "policy-string-missing", I,
        "RFC 8460 section 4.5",
        "the report does not say which policy the sender saw", "" },
    [REPORT_FINDING_POLICY_STRING_TEXT] = { "policy-string-text", W,
        "RFC 8460 section 4.5",
        "policy-string is a string instead of an array", TELL },
    [REPORT_FINDING_POLICY_TYPE_FORM] = { "policy-type-form", I, S44,
        "policy-type is written with capitals or blanks", "" },
    [REPORT_FINDING_POLICY_TYPE_MISSING] = { "policy-type-missing", W, S44,
        "a policy does not say of which type it is; it counts as other", TELL },
    [REPORT_FINDING_POLICY_TYPE_UNKNOWN] = { "policy-type-unknown", W, S44,
        "policy-type is none of tlsa, sts and no-policy-found; it counts as "
        "other", TELL },
    [REPORT_FINDING_RANGE_LONG] = { "range-long", W,
        "RFC 8460 section 4.1",
        "the report covers more than 36 hours; it counts whole on the day of "
        "its middle", TELL },
    [REPORT_FINDING_RANGE_MIDNIGHT] = { "range-midnight", I,
        "RFC 8460 section 4.1",
        "the report ends at midnight of the next day; it counts for the day "
        "before", "" },
    [REPORT_FINDING_RANGE_SHORT] = { "range-short", I,
        "RFC 8460 section 4.1",
        "the report covers less than a day", "" },
    [REPORT_FINDING_RANGE_SWAPPED] = { "range-swapped", W, S44,
        "the report ends before it starts; both were swapped", TELL },
    [REPORT_FINDING_REASON_TEXT] = { "reason-text", I,
        "RFC 8460 section 4.4",
        "failure-reason-code is free text of the sender's software", "" },
    [REPORT_FINDING_REPORT_ID_MISSING] = { "report-id-missing", W, S44,
        "the report has no report-id; a second copy is told by its content",
        TELL },
    [REPORT_FINDING_REPORTS_SEVERAL] = { "reports-several", W, S4,
        "the text holds several reports; each was read", "" },
    [REPORT_FINDING_RESULT_TYPE_FORM] = { "result-type-form", I,
        "RFC 8460 section 4.3",
        "result-type is another spelling of a registered one and is grouped "
        "under that", "" },
    [REPORT_FINDING_RESULT_TYPE_MISSING] = { "result-type-missing", W,
        "RFC 8460 section 4.3",
        "a failure detail does not say what failed", TELL },
    [REPORT_FINDING_RESULT_TYPE_UNKNOWN] = { "result-type-unknown", W,
        "RFC 8460 sections 4.3 and 6.6",
        "result-type is not registered; it is kept and shown as it is", TELL },
    [REPORT_FINDING_SENDING_ADDRESS_MISSING] = { "sending-address-missing", I,
        S44, "a failure detail does not say from which address the sender "
        "came", "" },
    [REPORT_FINDING_SESSIONS_TWICE] = { "sessions-twice", I,
        "RFC 8460 section 4.4",
        "the same domain is reported under tlsa and under sts; such sessions "
        "count once in all sums but those by policy type", "" },
    [REPORT_FINDING_SUBMITTER_DIFFERS] = { "submitter-differs", I,
        "RFC 8460 section 5.3",
        "TLS-Report-Submitter of the mail is not the domain of contact-info",
        "" },
    [REPORT_FINDING_SUMMARY_MISSING] = { "summary-missing", W, S44,
        "a policy has no summary; its sessions were read as 0", TELL },
    [REPORT_FINDING_TEXT_AFTER] = { "text-after", W, S4,
        "other text follows the report and was ignored", TELL },
    [REPORT_FINDING_TEXT_CONTROL] = { "text-control", W,
        "RFC 8259 section 7",
        "a string holds control characters that should have been escaped",
        TELL },
    [REPORT_FINDING_TEXT_NOT_UTF8] = { "text-not-utf8", W,
        "RFC 7493 section 2.1",
        "the report holds octets that are not UTF-8; they were replaced",
        TELL },
    [REPORT_FINDING_TEXT_NUL] = { "text-nul", W, "RFC 8259 section 7",
        "a string holds a NUL character; it was replaced", TELL },
    [REPORT_FINDING_TEXT_SURROGATE] = { "text-surrogate", W,
        "RFC 7493 section 2.1",
        "a string holds half a surrogate pair; it was replaced", TELL },
    [REPORT_FINDING_TLSA_DOMAIN_IS_MAIL] = { "tlsa-domain-is-mail-domain", I,
        "RFC 8460 section 4.4",
        "policy-domain of a tlsa policy is the mail domain, not the MX host "
        "whose TLSA records were looked up", "" },
    [REPORT_FINDING_VALUE_TYPE] = { "value-type", W, S44,
        "a value is of another JSON type than it must be; it was read as far "
        "as its meaning is clear", TELL },
};
/* clang-format on */

const struct finding_kind *report_finding_kind(enum report_finding finding)
{
    return &kinds[finding];
}

const struct finding_kind *report_finding_kinds(size_t *out_n)
{
    *out_n = REPORT_FINDING_COUNT;
    return kinds;
}

bool report_finding_is_gap(const struct finding *finding)
{
    return (finding->kind == &kinds[REPORT_FINDING_SENDING_ADDRESS_MISSING] ||
            finding->kind == &kinds[REPORT_FINDING_MX_HOST_MISSING]) &&
           !finding->value;
}

bool report_findings_matter(const struct finding_list *findings)
{
    for (size_t i = 0; i < findings->n_items; i++) {
        if (!report_finding_is_gap(&findings->items[i]))
            return true;
    }
    return false;
}
