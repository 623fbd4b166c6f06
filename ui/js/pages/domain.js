// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// One domain: the verdict, its days, what fails at which MX, who says so, under
// which policy.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { asParams, asQuery, inWords } from '../range.js';
import { address, toReports } from '../router.js';
import { adviceItem } from '../parts/advice.js';
import { emptyNote } from '../parts/empty.js';
import { factStrip } from '../parts/facts.js';
import { domainName, whenDay } from '../parts/names.js';
import { mailPart } from '../parts/mail.js';
import { overlapNote } from '../parts/overlap.js';
import { policiesSection, policyName, policyTypesSection }
    from '../parts/policies.js';
import { reportersSection } from '../parts/reporters.js';
import { pageHead } from '../parts/head.js';
import { sendingPart } from '../parts/sending.js';
import { stateBadge } from '../parts/state.js';
import { tableSection } from '../parts/table.js';
import { timelineFigure } from '../parts/timeline.js';

// The policy of each type on the last day any was seen.
function newestPolicies(policies) {
    const last = policies[0]?.last_day;
    const byType = new Map(policies.filter((policy) =>
        policy.last_day === last).map((policy) => [policy.type, policy]));
    return [...byType.values()];
}

function facts(answer, span) {
    const { domain, totals, policies, organizations, range } = answer;
    const newest = newestPolicies(policies);
    const failing = organizations.filter((who) => who.failures > 0).length;
    return factStrip([
        { term: 'Sessions', value: format.number(totals.sessions),
            href: toReports({ domain }, span) },
        { term: 'Failed', value: format.number(totals.failures),
            href: toReports({ domain, failed: true }, span),
            note: format.share(totals.failures, totals.sessions) },
        { term: 'Reports', value: format.number(totals.reports),
            href: toReports({ domain }, span) },
        { term: 'Reporters', value: format.number(organizations.length),
            href: address('/reporters', { domain }, asParams(span)),
            note: failing ? `${failing} saw failures` : 'none saw failures' },
        newest.length > 0 && { term: 'Policy last seen',
            value: newest.map(policyName).join(' + '),
            note: newest[0].last_day ? format.day(newest[0].last_day) :
                'no date' },
        answer.unproven.reports > 0 && { term: 'Sender not proven',
            value: format.count(answer.unproven.reports, 'report'),
            href: toReports({ domain, standing: 'unproven' }, span),
            note: `${format.count(answer.unproven.sessions, 'session')}, ` +
                'in no other number' },
        { term: 'Last report', value: whenDay(answer.last_day, range.today),
            note: answer.last_day && format.day(answer.last_day) },
    ]);
}

function failures(answer, span) {
    const { domain, result_types: types } = answer;
    const most = Math.max(1, ...types.map((type) => type.failures));
    const note = overlapNote(types, answer.totals.failures);
    return h('section', { class: 'panel', 'aria-labelledby': 'what-fails' },
        h('header', null, h('h2', { id: 'what-fails' }, 'What fails')),
        note && h('p', { class: 'note' }, note),
        types.length === 0 ? h('p', { class: 'note' },
            'No session failed in these days.') :
            types.map((type, index) => adviceItem(type, { most,
                isOpen: index === 0 && answer.state !== 'well',
                href: toReports({ domain, result_type: type.key }, span) })));
}

function days(row) {
    if (!row.last_day) {
        return 'no date';
    }
    const last = format.dayShort(row.last_day);
    return row.first_day === row.last_day ? last :
        `${format.dayShort(row.first_day)} \u2013 ${last}`;
}

function mxSection(answer, span) {
    const { domain, mx } = answer;
    const href = (row) => toReports({ domain, mx: row.mx }, span);
    return tableSection({
        title: 'MX with failures', name: 'mx', rows: mx, rowHref: href,
        note: overlapNote(mx, answer.totals.failures),
        columns: [{ key: 'mx', label: 'MX', className: 'name',
            value: (row) => row.mx,
            cell: (row) => h('a', { href: href(row) },
                row.mx ? h('bdi', null, row.mx) : 'no MX named') },
        { key: 'failures', label: 'Failed', isNumber: true,
            value: (row) => row.failures },
        { key: 'days', label: 'Seen', isNumber: true,
            value: (row) => row.last_day ?? '', cell: days }],
    });
}

function body(answer, span) {
    const { domain, unproven } = answer;
    if (answer.totals.reports === 0 && unproven.reports > 0) {
        return emptyNote('No report whose sender is proven',
            `${format.count(unproven.reports, 'report')} of these days stand ` +
            'aside, because nobody knows who sent them.',
            h('p', null, h('a', { class: 'button', href:
                toReports({ domain, standing: 'unproven' }, span) },
            'Look at them')));
    }
    if (answer.totals.reports === 0) {
        return emptyNote('No report in these days',
            'There are reports about this domain of other days.',
            h('p', null, h('a', { class: 'button',
                href: `${location.pathname}?range=all` }, 'Show them all')));
    }
    return [h('div', { class: 'split' }, failures(answer, span),
        h('div', null, answer.mx.length > 0 && mxSection(answer, span),
            policyTypesSection(answer.policy_types, domain, span))),
    reportersSection(answer.organizations, answer.range.today, span,
        { domain }),
    policiesSection(answer.policies, domain, answer.range)];
}

// What else there is of a domain: its mail, and what we send to it.
function otherParts(mail, sent, span, signal) {
    return [mail && mail.reports_ever.dmarc > 0 &&
        mailPart(mail, span, signal),
        sent && sendingPart(sent, signal)];
}

// A domain that nobody sends TLS reports about.
function withoutReports(route, { mail, sent }, here, signal) {
    const { domain, unicode, sentence } = mail || sent;
    const name = domain ?? route.argument;
    return {
        title: unicode || name,
        view: h('div', { class: 'page page-domain' },
            pageHead(route, {
                trail: h('a', { href: here }, 'Domains'),
                title: domainName(name, unicode),
                lead: 'No TLS report is about this domain.',
            }), otherParts(mail, sent, route.range, signal)),
        says: `${sentence ?? name} ${inWords(route.range)}`,
    };
}

// What we send to it, where there is anything to tell.
function partOf(sent) {
    return sent.is_known || sent.deliveries.length > 0 ||
        [...sent.files, sent.outbox].some(({ state }) => state === 'failed') ?
        sent : null;
}

/** Loads the page. */
export async function load(route, signal) {
    const query = asQuery(route.range);
    // It says what else there is to ask for.
    const all = await api.sendingDomain(route.argument, query, signal);
    const sent = partOf(all);
    const { dmarc, tls } = all.reports_ever;
    const [mail, answer] = await Promise.all([
        dmarc + tls > 0 && api.mail(route.argument, query, signal),
        tls > 0 && api.domain(route.argument, query, signal)]);
    const span = route.range;
    const here = address('/domains', asParams(span));
    if (!answer) {
        return withoutReports(route, { mail, sent }, here, signal);
    }
    return {
        title: answer.unicode || answer.domain,
        view: h('div', { class: 'page page-domain' },
            pageHead(route, {
                trail: h('a', { href: here }, 'Domains'),
                title: domainName(answer.domain, answer.unicode),
                lead: [stateBadge(answer.state, answer.is_noise), ' ',
                    format.sentence(answer.sentence)],
            }),
            answer.totals.reports > 0 && [facts(answer, span),
                timelineFigure({ title: 'Sessions by day',
                    name: `timeline-${answer.domain}`, signal,
                    days: answer.days,
                    range: answer.range, filter: { domain: answer.domain } })],
            body(answer, span),
            otherParts(mail, sent, span, signal)),
        says: `${answer.sentence} ${inWords(span)}`,
    };
}
