// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// How a domain's mail is authenticated, as DMARC reports tell: what to do first,
// the messages of each day, who sends, from where, and who says so.

import { h } from '../dom.js';
import * as format from '../format.js';
import { toDomain, toMail } from '../router.js';
import { emptyNote } from './empty.js';
import { factStrip } from './facts.js';
import { domainName, numberLink, whenDay } from './names.js';
import { stateBadge, stateShape } from './state.js';
import { tableSection } from './table.js';
import { timelineFigure } from './timeline.js';

const KINDS = {
    own: 'your domain',
    service: 'service',
    forwarder: 'forwards mail',
    other: 'another domain',
    nobody: 'proves nothing',
};

const CASES = {
    unknown: 'nothing vouches for it',
    broken: 'signature broken',
    other: 'under its own name',
    strict: 'a relative, alignment is strict',
    dns: 'error in the DNS',
    silent: 'not told why',
    forwarded: 'forwarded, excused',
    'no-dkim': 'by SPF alone',
    'no-spf': 'by DKIM alone',
    well: 'DKIM and SPF',
};

const FIRST_ROWS = 12;

const WORDS = { noun: 'message', plural: 'Messages', good: 'passed',
    each: 'report', gap: 'no report',
    to: toMail };

function facts(answer, span) {
    const { domain, totals, range } = answer;
    const away = totals.quarantined + totals.rejected;
    const all = totals.messages;
    return factStrip([
        { term: 'Messages', value: format.number(all),
            href: toMail({ domain }, span) },
        { term: 'Failed DMARC', value: format.number(totals.failed),
            href: toMail({ domain, failed: true }, span),
            note: format.share(totals.failed, all) },
        { term: 'Turned away', value: format.number(away),
            note: `${format.number(totals.quarantined)} quarantined, ` +
                `${format.number(totals.rejected)} rejected` },
        { term: 'DKIM aligned', value: format.share(totals.dkim, all),
            note: format.count(totals.dkim, 'message') },
        { term: 'SPF aligned', value: format.share(totals.spf, all),
            note: format.count(totals.spf, 'message') },
        answer.aside.unproven > 0 && { term: 'Sender not proven',
            value: format.count(answer.aside.unproven, 'report'),
            href: toMail({ domain, standing: 'unproven' }, span),
            note: 'in no other number' },
        { term: 'Last report', value: whenDay(answer.last_day, range.today),
            note: answer.last_day && format.day(answer.last_day) },
    ]);
}

function steps(answer) {
    return h('section', { class: 'panel', 'aria-labelledby': 'mail-steps' },
        h('header', null, h('h3', { id: 'mail-steps' }, 'What to do first')),
        answer.steps.length === 0 ? h('p', { class: 'note' },
            'Nothing: what is yours passes, and the policy stands.') :
            h('ol', { class: 'mailsteps' }, answer.steps.map((step) =>
                h('li', null, h('h4', null, h('bdi', null, step.title)),
                    h('p', null, format.sentence(step.text))))));
}

function policyText(policy) {
    return policy.text || 'no policy told';
}

function policies(answer) {
    return h('section', { class: 'panel', 'aria-labelledby': 'mail-policies' },
        h('header', null, h('h3', { id: 'mail-policies' },
            'Policy as reported')),
        answer.policies.length === 0 ? h('p', { class: 'note' }, 'None.') :
            h('ul', { class: 'mailpolicies' }, answer.policies.slice(0, 10)
                .map((policy) => h('li', null,
                    h('code', null, policyText(policy)), ' ',
                    h('span', { class: 'quiet' }, policy.last_day ?
                        format.span(policy.first_day, policy.last_day) :
                        'no date', `, ${format.count(policy.reports,
                        'report')}`)))));
}

// A shape, a colour and words: what is the matter with most of it.
function verdict(row) {
    return h('span', { class: 'mailcase', title: row.meaning },
        stateShape(row.is_trouble ? 'watch' : 'well'), ' ',
        CASES[row.case] ?? row.case);
}

// Of each table the messages, what failed, and what was turned away.
function counts(href) {
    return [
        { key: 'messages', label: 'Messages', isNumber: true,
            value: (row) => row.messages,
            cell: (row) => href ? numberLink(row.messages, href(row)) :
                format.number(row.messages) },
        { key: 'failed', label: 'Failed', isNumber: true,
            value: (row) => row.failed,
            cell: (row) => href && row.failed ?
                numberLink(row.failed, href(row, { failed: true })) :
                format.number(row.failed) },
        { key: 'share', label: 'Rate', isNumber: true,
            value: (row) => row.messages ? row.failed / row.messages : null,
            cell: (row) => format.share(row.failed, row.messages) },
        { key: 'away', label: 'Turned away', isNumber: true,
            value: (row) => row.quarantined + row.rejected },
    ];
}

function senders(answer) {
    const name = (row) => row.name ?? (row.sender || 'nobody known');
    const left = answer.n_senders - answer.senders.length;
    return tableSection({
        title: 'Who sends in its name', name: 'senders',
        filterLabel: 'Filter senders', rows: answer.senders,
        limit: FIRST_ROWS,
        note: 'A sender is whom the messages proved to be, by DKIM or SPF.' +
            (left > 0 ? ` ${format.count(left, 'other')} fail less.` : ''),
        columns: [
            { key: 'name', label: 'Sender', className: 'name', value: name,
                cell: (row) => [h('bdi', null, name(row)), row.name &&
                    h('span', { class: 'alabel' }, ' ', row.sender)] },
            { key: 'kind', label: 'Is', value: (row) => KINDS[row.kind] ??
                row.kind },
            { key: 'case', label: 'Mostly', value: (row) => CASES[row.case] ??
                row.case, cell: verdict },
            ...counts(null),
        ],
    });
}

function sources(answer, span) {
    const { domain } = answer;
    const href = (row, more) => toMail({ domain, source: row.source, ...more },
        span);
    const left = answer.n_sources - answer.sources.length;
    return tableSection({
        title: 'From which addresses', name: 'sources', rowHref: href,
        filterLabel: 'Filter addresses', rows: answer.sources,
        limit: FIRST_ROWS,
        note: left > 0 ? `Those with the most failures; ${
            format.count(left, 'other')} fail less.` : null,
        columns: [
            { key: 'source', label: 'Address', className: 'name',
                value: (row) => row.source,
                cell: (row) => h('a', { href: href(row) }, h('bdi', null,
                    row.source || 'none told')) },
            { key: 'case', label: 'Mostly', value: (row) => CASES[row.case] ??
                row.case, cell: verdict },
            ...counts(href),
        ],
    });
}

function reporters(answer, span) {
    const { domain, range } = answer;
    const href = (row, more) => toMail({ domain, organization: row.key,
        ...more }, span);
    return tableSection({
        title: 'Who reports about mail', name: 'mail-reporters', rowHref: href,
        filterLabel: 'Filter reporters of mail', rows: answer.organizations,
        columns: [
            { key: 'label', label: 'Organisation', className: 'name',
                value: (row) => row.label,
                cell: (row) => h('a', { href: href(row) },
                    h('bdi', null, row.label || 'no name given')) },
            { key: 'reports', label: 'Reports', isNumber: true,
                value: (row) => row.reports },
            ...counts(href),
            { key: 'last_day', label: 'Last report', isNumber: true,
                value: (row) => row.last_day ?? '',
                cell: (row) => whenDay(row.last_day, range.today) },
        ],
    });
}

function asBars(days) {
    return days.map((day) => ({ day: day.day, reports: day.reports,
        sessions: day.messages, failures: day.failed }));
}

function body(answer, span, signal) {
    const { domain } = answer;
    if (answer.totals.reports === 0) {
        return emptyNote('No DMARC report in these days',
            'There are DMARC reports about this domain of other days.',
            h('p', null, h('a', { class: 'button',
                href: `${location.pathname}?range=all` }, 'Show them all')));
    }
    return [facts(answer, span),
        timelineFigure({ title: 'Messages by day', signal, words: WORDS,
            name: `mail-${domain}`, days: asBars(answer.days),
            range: answer.range, filter: { domain } }),
        h('div', { class: 'split' }, steps(answer), policies(answer)),
        senders(answer), sources(answer, span), reporters(answer, span)];
}

/** The part of a domain's page that is about its mail. */
export function mailPart(answer, span, signal) {
    return h('section', { class: 'mailpart', 'aria-labelledby': 'mail' },
        h('h2', { id: 'mail', class: 'parthead' },
            'Authentication (DMARC)'),
        h('p', { class: 'lead' }, stateBadge(answer.state, answer.is_noise),
            ' ', format.sentence(answer.sentence)),
        body(answer, span, signal));
}

/** Domains that DMARC reports are about. */
export function mailDomains(answer, span) {
    const href = (row) => toDomain(row.domain, span);
    return tableSection({
        title: 'Authentication (DMARC)', name: 'mail-domains', rowHref: href,
        filterLabel: 'Filter domains', rows: answer.domains,
        columns: [
            { key: 'domain', label: 'Domain', className: 'name',
                value: (row) => row.unicode,
                cell: (row) => h('a', { href: href(row) },
                    domainName(row.domain, row.unicode)) },
            { key: 'state', label: 'State', value: (row) => row.state,
                cell: (row) => stateBadge(row.state) },
            ...counts(null),
            { key: 'last_day', label: 'Last report', isNumber: true,
                value: (row) => row.last_day ?? '',
                cell: (row) => whenDay(row.last_day, answer.range.today) },
        ],
    });
}

export { CASES, verdict };
