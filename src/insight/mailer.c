/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/mailer.h"

#include <string.h>

#include "base/count.h"
#include "base/slice.h"

/* Services that send in the names of their customers, by the domains that they
 * sign with or take bounces at before a customer sets up his own. */
static const struct {
    const char *domain;
    const char *name;
} services[] = {
    { "amazonses.com", "Amazon SES" },
    { "atlassian.net", "Atlassian" },
    { "bounces.google.com", "Google Calendar" },
    { "brevo.com", "Brevo" },
    { "ccsend.com", "Constant Contact" },
    { "cmail19.com", "Campaign Monitor" },
    { "cmail20.com", "Campaign Monitor" },
    { "createsend.com", "Campaign Monitor" },
    { "customeriomail.com", "Customer.io" },
    { "exacttarget.com", "Salesforce Marketing Cloud" },
    { "freshemail.io", "Freshdesk" },
    { "gappssmtp.com", "Google Workspace" },
    { "hubspotemail.net", "HubSpot" },
    { "intercom-mail.com", "Intercom" },
    { "klaviyomail.com", "Klaviyo" },
    { "mailchimpapp.net", "Mailchimp" },
    { "mailgun.org", "Mailgun" },
    { "mailin.fr", "Brevo" },
    { "mailjet.com", "Mailjet" },
    { "mandrillapp.com", "Mailchimp Transactional" },
    { "mcdlv.net", "Mailchimp" },
    { "mcsv.net", "Mailchimp" },
    { "messagingengine.com", "Fastmail" },
    { "mktomail.com", "Marketo" },
    { "mtasv.net", "Postmark" },
    { "onmicrosoft.com", "Microsoft 365" },
    { "pphosted.com", "Proofpoint" },
    { "rsgsv.net", "Mailchimp" },
    { "salesforce.com", "Salesforce" },
    { "sendgrid.net", "SendGrid" },
    { "sendinblue.com", "Brevo" },
    { "sparkpostmail.com", "SparkPost" },
    { "zendesk.com", "Zendesk" },
    { "zoho.com", "Zoho" },
};

static bool is_within(const char *name, const char *domain)
{
    struct slice inner = slice_of(name);
    struct slice outer = slice_of(domain);

    if (!slice_ends_fold(inner, outer))
        return false;
    return inner.len <= outer.len || name[inner.len - outer.len - 1] == '.';
}

const char *insight_mailer_kind_name(enum insight_mailer_kind kind)
{
    static const char *const names[INSIGHT_MAILER_KIND_COUNT] = {
        [INSIGHT_MAILER_OWN] = "own",
        [INSIGHT_MAILER_SERVICE] = "service",
        [INSIGHT_MAILER_FORWARDER] = "forwarder",
        [INSIGHT_MAILER_OTHER] = "other",
        [INSIGHT_MAILER_NOBODY] = "nobody",
    };

    return kind < INSIGHT_MAILER_KIND_COUNT ? names[kind] : "unknown";
}

const char *insight_mailer_service(const char *domain)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
        if (is_within(domain, services[i].domain))
            return services[i].name;
    }
    return NULL;
}

int64_t insight_mailer_failing(const struct store_dmarc_sums *sums)
{
    int64_t failing = 0;

    for (unsigned i = 0; i < DMARC_CASE_COUNT; i++) {
        if (dmarc_case_is_trouble((enum dmarc_case)i))
            failing = count_add(failing, sums->by_case[i]);
    }
    return failing;
}

int64_t insight_mailer_lost(const struct store_dmarc_sums *sums)
{
    return count_add(count_add(sums->away_by_case[DMARC_CASE_BROKEN],
                               sums->away_by_case[DMARC_CASE_OTHER]),
                     count_add(sums->away_by_case[DMARC_CASE_STRICT],
                               sums->away_by_case[DMARC_CASE_DNS]));
}

enum dmarc_case insight_mailer_case(const struct store_dmarc_sums *sums)
{
    bool needs_trouble = insight_mailer_failing(sums) > 0;
    enum dmarc_case most = DMARC_CASE_WELL;
    int64_t messages = 0;

    for (unsigned i = 0; i < DMARC_CASE_COUNT; i++) {
        if (needs_trouble && !dmarc_case_is_trouble((enum dmarc_case)i))
            continue;
        if (sums->by_case[i] > messages) {
            messages = sums->by_case[i];
            most = (enum dmarc_case)i;
        }
    }
    return most;
}

/* Whoever forwards leaves the signature of the domain intact and breaks SPF, or
 * was excused by a receiver that knows him. */
static bool is_forwarder(const struct store_dmarc_sums *sums)
{
    return sums->by_case[DMARC_CASE_NO_SPF] +
               sums->by_case[DMARC_CASE_FORWARDED] >
           sums->messages / 2;
}

enum insight_mailer_kind insight_mailer_kind_of(
    const char *domain, const char *sender, const struct store_dmarc_sums *sums)
{
    if (!*sender)
        return sums->by_case[DMARC_CASE_FORWARDED] > sums->messages / 2
                   ? INSIGHT_MAILER_FORWARDER
                   : INSIGHT_MAILER_NOBODY;
    if (is_within(sender, domain) || is_within(domain, sender))
        return INSIGHT_MAILER_OWN;
    if (insight_mailer_service(sender))
        return INSIGHT_MAILER_SERVICE;
    return is_forwarder(sums) ? INSIGHT_MAILER_FORWARDER : INSIGHT_MAILER_OTHER;
}
