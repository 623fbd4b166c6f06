/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/sender.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/map.h"

/* clang-format off */
static const struct {
    const char *meaning;
    const char *fix;
} cases[DMARC_CASE_COUNT] = {
    [DMARC_CASE_UNKNOWN] = {
        "It sends in your domain's name, and neither DKIM nor SPF vouches for "
        "it: a forger, or a server of yours that nobody told SPF about.",
        "If you know the address, add it to the SPF record and sign there by "
        "DKIM; if not, a policy of quarantine or reject stops it." },
    [DMARC_CASE_BROKEN] = {
        "Its messages carry a signature of your domain that did not verify: "
        "they were changed on their way (a list, a gateway), or the key in "
        "the DNS is not the one that signs.",
        "Look up SELECTOR._domainkey of the signing domain. If the key is "
        "right and other receivers verify it, something on the way rewrites "
        "the messages." },
    [DMARC_CASE_OTHER] = {
        "It proved to be another domain than the one in From: a service that "
        "sends for you under its own name, or somebody forwarding.",
        "If it is a service of yours, have it sign by DKIM with your domain, "
        "or give it a bounce address within your domain; its manual calls "
        "this a custom domain." },
    [DMARC_CASE_STRICT] = {
        "It proved to be a relative of the domain in From, but not that "
        "domain, and strict alignment (adkim or aspf = s) wants the same.",
        "Sign with the very domain in From, or publish adkim=r and aspf=r." },
    [DMARC_CASE_DNS] = {
        "The receiver got an error from the DNS, or an SPF record or DKIM key "
        "that it could not read.",
        "Check the SPF record (one record, at most 10 lookups) and the DKIM "
        "key; a temperror alone may pass by itself." },
    [DMARC_CASE_SILENT] = {
        "Its messages failed, and the report does not say how.",
        "Look at what other reporters say of the same address." },
    [DMARC_CASE_FORWARDED] = {
        "It forwards mail or runs a list, and the receiver knew: the failure "
        "is expected, and was excused.",
        "" },
    [DMARC_CASE_NO_DKIM] = {
        "It passes by SPF alone, which breaks as soon as somebody forwards "
        "the message.",
        "Sign by DKIM there, too." },
    [DMARC_CASE_NO_SPF] = {
        "It passes by DKIM alone: a forwarder that leaves signatures intact, "
        "or a server of yours that is missing in the SPF record.",
        "If the server is yours, add it to the SPF record." },
    [DMARC_CASE_WELL] = { "DKIM and SPF pass and align.", "" },
};
/* clang-format on */

const char *insight_sender_meaning(enum dmarc_case which)
{
    return cases[which].meaning;
}

const char *insight_sender_fix(enum dmarc_case which)
{
    return cases[which].fix;
}

static bool says(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static void add_record(struct insight_sender *sender,
                       const struct dmarc_report *report,
                       const struct dmarc_record *record)
{
    enum dmarc_case which = dmarc_case_of(report, record);
    int64_t n = record->count;

    sender->messages = count_add(sender->messages, n);
    if (dmarc_is_pass(record->dkim))
        sender->dkim_pass = count_add(sender->dkim_pass, n);
    if (dmarc_is_pass(record->spf))
        sender->spf_pass = count_add(sender->spf_pass, n);
    if (dmarc_record_passes(record))
        sender->dmarc_pass = count_add(sender->dmarc_pass, n);
    if (says(record->disposition, "quarantine"))
        sender->quarantined = count_add(sender->quarantined, n);
    if (says(record->disposition, "reject"))
        sender->rejected = count_add(sender->rejected, n);
    /* A record of no messages says nothing, unless there is no other. */
    if (!sender->record || (n > 0 && sender->record->count == 0) ||
        (n > 0 && (which < sender->worst ||
                   (which == sender->worst && n > sender->record->count)))) {
        sender->worst = which;
        sender->record = record;
    }
    sender->n_records++;
}

static int compare_counts(int64_t a, int64_t b)
{
    return (a < b) - (a > b);
}

static int compare(const void *left, const void *right)
{
    const struct insight_sender *a = left, *b = right;
    int order = (int)a->worst - (int)b->worst;

    if (order == 0)
        order = compare_counts(a->messages - a->dmarc_pass,
                               b->messages - b->dmarc_pass);
    if (order == 0)
        order = compare_counts(a->messages, b->messages);
    return order ? order : strcmp(a->address, b->address);
}

static int join(const struct dmarc_report *report, struct map *map,
                struct insight_sender *senders)
{
    for (size_t i = 0; i < report->n_records; i++) {
        const struct dmarc_record *record = &report->records[i];
        const char *address = record->source_ip ? record->source_ip : "";
        size_t number;

        if (map_number(map, slice_of(address), &number) < 0)
            return -1;
        senders[number].address = address;
        add_record(&senders[number], report, record);
    }
    return 0;
}

int insight_sender_all(const struct dmarc_report *report, struct arena *arena,
                       struct insight_sender **out_senders, size_t *out_n,
                       struct err *err)
{
    struct insight_sender *senders;
    struct map map;
    int rc;

    senders = arena_calloc(arena, report->n_records + 1, sizeof(*senders));
    if (!senders)
        return arena_error(arena, err);
    map_init(&map);
    rc = join(report, &map, senders);
    if (rc == 0) {
        *out_n = map.n_entries;
        *out_senders = senders;
        qsort(senders, *out_n, sizeof(*senders), compare);
    }
    map_deinit(&map);
    return rc ? err_memory(err) : 0;
}

/* Messages that failed, without those that a receiver excused. */
static int64_t count_failing(const struct dmarc_report *report)
{
    int64_t failing = 0;

    for (size_t i = 0; i < report->n_records; i++) {
        const struct dmarc_record *record = &report->records[i];

        if (dmarc_case_is_trouble(dmarc_case_of(report, record)))
            failing = count_add(failing, record->count);
    }
    return failing;
}

static void add_stage(struct buffer *buffer, const struct dmarc_policy *policy)
{
    if (says(policy->testing, "y"))
        buffer_add_text(buffer, " testing=y asks receivers to treat it one "
                                "step milder.");
    if (policy->pct != DMARC_PCT_NONE && policy->pct < 100)
        buffer_add_format(buffer,
                          " pct=%" PRId64 " asks for that with as many in a "
                          "hundred messages.",
                          policy->pct);
}

void insight_sender_add_policy(struct buffer *buffer,
                               const struct dmarc_report *report)
{
    const struct dmarc_policy *policy = &report->policy;
    bool is_failing = count_failing(report) > 0;

    if (says(policy->p, "none"))
        buffer_add_text(
            buffer,
            is_failing
                ? "The policy is none: receivers deliver what fails. Mend or "
                  "rule out each sender above, then publish p=quarantine."
                : "The policy is none, and nothing here failed without an "
                  "excuse. When all reports of some weeks look like this, "
                  "p=quarantine is the next step.");
    else if (says(policy->p, "quarantine") || says(policy->p, "reject"))
        buffer_add_format(
            buffer,
            is_failing ? "The policy is %s: what fails does not reach the "
                         "inbox. Any sender above that is yours loses mail "
                         "until it is mended."
                       : "The policy is %s, and nothing here failed without "
                         "an excuse.",
            policy->p);
    else
        buffer_add_text(buffer, "The report does not say which policy the "
                                "reporter found.");
    add_stage(buffer, policy);
}
