// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// One DMARC report: what it says address by address, and its XML.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { toDomain, toMail } from '../router.js';
import { factStrip } from '../parts/facts.js';
import { PROOFS, rfcLink, when } from '../parts/names.js';
import { pageHead } from '../parts/head.js';
import { severityBadge } from '../parts/state.js';
import { verdict } from '../parts/mail.js';

function facts({ report, day, stored_at: storedAt, proof }) {
    const { totals } = report;
    const failed = totals.messages - totals.dmarc_pass;
    return factStrip([
        { term: 'Messages', value: format.number(totals.messages) },
        { term: 'Failed DMARC', value: format.number(failed),
            note: format.share(failed, totals.messages) },
        { term: 'DKIM aligned', value: format.number(totals.dkim_pass) },
        { term: 'SPF aligned', value: format.number(totals.spf_pass) },
        { term: 'Covers', value: day ? format.day(day) : 'no date',
            note: report.start && `${format.moment(report.start)} to ` +
                format.moment(report.end) },
        { term: 'Came in', value: when(storedAt),
            note: PROOFS[proof] ?? proof },
    ]);
}

function fates(sender) {
    return [sender.quarantined && `${format.number(sender.quarantined)} ` +
        'quarantined', sender.rejected &&
        `${format.number(sender.rejected)} rejected`].filter(Boolean)
        .join(', ');
}

function senderItem(sender) {
    const away = fates(sender);
    return h('li', { class: sender.is_trouble ? 'failure' :
        'failure passes' },
        h('h4', null, h('bdi', null, sender.source || 'no address told'), ' ',
            verdict(sender)),
        h('p', null, `${format.count(sender.messages, 'message')}: ` +
            `${format.number(sender.passed)} passed, ` +
            `${format.number(sender.failed)} failed` +
            (away ? `, ${away}.` : '.')),
        sender.is_trouble && h('details', null,
            h('summary', null, 'What it means, and what to do'),
            h('p', null, format.sentence(sender.meaning)),
            sender.fix && h('div', { class: 'do' },
                h('h4', null, 'Do this'),
                h('p', null, format.sentence(sender.fix)))));
}

function reading(answer, span) {
    const { report } = answer;
    const left = answer.n_senders - answer.senders.length;
    return h('section', { class: 'panel', 'aria-labelledby': 'reading' },
        h('header', null, h('h2', { id: 'reading' }, 'What it says')),
        h('h3', null, report.domain ? h('a', {
            href: toDomain(report.domain, span) },
        h('bdi', null, report.domain)) : 'No domain named'),
        h('ul', { class: 'failures' }, answer.senders.map(senderItem)),
        left > 0 && h('p', { class: 'note' },
            `${format.number(left)} more addresses stand in the XML.`),
        h('p', null, format.sentence(answer.policy_sentence)));
}

function findings(list) {
    return h('section', { class: 'panel', 'aria-labelledby': 'findings' },
        h('header', null, h('h2', { id: 'findings' }, 'Findings'),
            h('span', { class: 'quiet' }, format.number(list.length))),
        list.length === 0 ? h('p', { class: 'note' },
            'The report is as the RFCs want it.') :
            h('ul', { class: 'findings' }, list.map((finding) =>
                h('li', { class: 'finding' },
                    h('p', { class: 'finding-head' },
                        severityBadge(finding.severity), ' ',
                        h('code', null, finding.code)),
                    h('p', null, format.sentence(finding.message)),
                    h('p', { class: 'note' },
                        h('code', { class: 'quiet' }, finding.where), ' ',
                        rfcLink(finding.rfc))))));
}

function source(answer) {
    return h('section', { class: 'panel source', 'aria-labelledby': 'source' },
        h('header', null, h('h2', { id: 'source' }, 'As it came in'),
            h('div', { class: 'tools' }, h('a', { class: 'button small',
                download: '', href: api.rawUrl('reports', answer.id) },
            'Save as it came in'))),
        answer.json === null ? h('p', { class: 'note' },
            'The text cannot be shown again; the octets are kept.') :
            h('pre', { class: 'xml', tabindex: 0, role: 'region',
                'aria-label': 'The report as XML' }, answer.json));
}

/** The page of a DMARC report's answer, with what stands above and below. */
export function mailReport(route, answer, { head, foot }) {
    const { report } = answer;
    const who = report.organization_name || 'A reporter without a name';
    return {
        title: `DMARC report of ${who}`,
        view: h('div', { class: 'page page-report' },
            pageHead(route, { noRange: true,
                trail: h('a', { href: toMail({}, route.range) },
                    'DMARC reports'),
                title: ['DMARC report of ', h('bdi', null, who)],
                lead: report.domain && ['About ',
                    h('bdi', null, report.domain)] }),
            head, facts(answer),
            h('div', { class: 'split even' },
                h('div', null, reading(answer, route.range),
                    findings(report.findings ?? [])),
                source(answer)),
            foot),
    };
}
