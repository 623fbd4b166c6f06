// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// One report: read sentence by sentence on the left, as it came in on the right,
// with the places marked that the left speaks of.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { asParams } from '../range.js';
import { address, toDomain, toReports } from '../router.js';
import { doThis } from '../parts/advice.js';
import { factStrip } from '../parts/facts.js';
import { makeJsonView } from '../parts/jsonview.js';
import { PROOFS, POLICY_TYPES, rfcLink, SIDES, when } from '../parts/names.js';
import { pageHead } from '../parts/head.js';
import { severityBadge } from '../parts/state.js';

const VERDICTS = { pass: 'good', fail: 'not to be believed', none: 'none',
    unverifiable: 'key is gone', temporary: 'key not known yet' };

// Buttons that lead to a place of the JSON; the view comes after them.
class Places {
    constructor() {
        this.view = null;
        this.marks = [];
    }

    button(where, label, kind) {
        if (!/^\//.test(where ?? '')) {
            return where ? h('code', { class: 'quiet' }, where) : null;
        }
        this.marks.push({ where, label, kind });
        const button = h('button', { type: 'button', class: 'place',
            title: 'Show this place of the JSON',
            on: { click: () => this.view?.show(where) } },
        h('code', null, where));
        return button;
    }
}

function covers({ day, report }) {
    const isWhole = report.start?.slice(0, 10) === day &&
        report.end?.slice(0, 10) === day;
    return { term: 'Covers', value: day ? format.day(day) : 'no date',
        note: isWhole ? `${report.start.slice(11, 16)} to ` +
            `${report.end.slice(11, 16)} UTC` :
            `${format.moment(report.start)} to ${format.moment(report.end)}` };
}

function facts(answer) {
    const { report } = answer;
    const { totals } = report;
    const failed = totals.distinct_failures;
    return factStrip([
        { term: 'Sessions', value: format.number(totals.distinct_sessions) },
        { term: 'Failed', value: format.number(failed),
            note: format.share(failed, totals.distinct_sessions) },
        covers(answer),
        { term: 'Came in', value: when(answer.stored_at),
            note: PROOFS[answer.proof] ?? answer.proof },
        answer.dkim && { term: 'DKIM signature',
            value: VERDICTS[answer.dkim.verdict] ?? answer.dkim.verdict,
            note: answer.dkim.signer ?
                `${answer.dkim.signer}: ${answer.dkim.reason}` :
                answer.dkim.reason },
    ]);
}

function failureItem(failure, places) {
    return h('li', { class: 'failure' },
        h('h4', null, failure.title, ' ',
            h('code', null, failure.result_type)),
        h('p', null, format.sentence(failure.sentence)),
        h('p', { class: 'note' }, SIDES[failure.side] ?? '', ' ',
            places.button(failure.where, failure.title, 'failure')),
        h('details', null, h('summary', null, 'What it means for mail, and what to do'),
            failure.consequence && 
                h('p', null, format.sentence(failure.consequence)),
            doThis(failure)));
}

function policyItem(explained, report, places, span) {
    const policy = report.policies?.[explained.policy] ?? {};
    const about = policy.subject_domain ?? policy.domain;
    return h('section', { class: 'reading' },
        h('h3', null, about ?
            h('a', { href: toDomain(about, span) }, h('bdi', null, about)) :
            'No domain named', ' ',
        h('code', { title: POLICY_TYPES[policy.type] ?? null },
            policy.type || 'no type')),
        h('p', { class: 'sentence' }, format.sentence(explained.text)),
        explained.failures?.length > 0 && h('ul', { class: 'failures' },
            explained.failures.map((failure) => failureItem(failure, places))),
        explained.more > 0 && h('p', { class: 'note' },
            `${format.number(explained.more)} more stand in the JSON.`));
}

function findingItem(finding, places) {
    return h('li', { class: 'finding' },
        h('p', { class: 'finding-head' }, severityBadge(finding.severity), ' ',
            h('code', null, finding.code)),
        h('p', null, format.sentence(finding.message), finding.value &&
            [' Met: ', h('code', { class: 'value' }, finding.value)]),
        finding.fix && h('p', null, format.sentence(finding.fix)),
        h('p', { class: 'note' },
            places.button(finding.where, finding.code, finding.severity), ' ',
            rfcLink(finding.rfc)));
}

function findings(report, places) {
    const list = report.findings ?? [];
    return h('section', { class: 'panel', 'aria-labelledby': 'findings' },
        h('header', null, h('h2', { id: 'findings' }, 'Findings'),
            h('span', { class: 'quiet' }, format.number(list.length))),
        list.length === 0 ? h('p', { class: 'note' },
            'The report is as RFC 8460 wants it.') : [h('p', { class: 'note' },
            'Where the report departs from RFC 8460. They say nothing about ' +
            'your mail.'), h('ul', { class: 'findings' },
            list.map((finding) => findingItem(finding, places)))]);
}

function reading(answer, places, span) {
    return h('section', { class: 'panel', 'aria-labelledby': 'reading' },
        h('header', null, h('h2', { id: 'reading' }, 'What it says')),
        answer.noise && h('p', { class: 'noise' },
            format.sentence(answer.noise)),
        answer.explanation.map((explained) =>
            policyItem(explained, answer.report, places, span)));
}

function source(answer, places) {
    const save = h('a', { class: 'button small', download: '',
        href: api.rawUrl('reports', answer.id) }, 'Save as it came in');
    const head = h('header', null, h('h2', { id: 'source' }, 'As it came in'),
        h('div', { class: 'tools' }, save));
    if (answer.json === null) {
        return h('section', { class: 'panel source',
            'aria-labelledby': 'source' }, head, h('p', { class: 'note' },
            'The text cannot be shown again; the octets are kept.'));
    }
    places.view = makeJsonView(answer.json, answer.report?.report_id,
        places.marks);
    return h('section', { class: 'panel source', 'aria-labelledby': 'source' },
        head, answer.json_truncated && h('p', { class: 'note' },
            'Only the first mebibyte is shown; the file has all of it.'),
        places.view.element);
}

function provenance(answer) {
    const row = (term, ...value) => [h('dt', null, term),
        h('dd', null, value)];
    const { report } = answer;
    return h('dl', { class: 'inline provenance' },
        row('Report id', h('bdi', null, report.report_id ?? 'none')),
        row('Contact', h('bdi', null, report.contact_info ?? 'none')),
        row('Input', h('bdi', null, answer.input ?? 'unknown')),
        answer.source && row('Source', h('bdi', null, answer.source)),
        answer.tenant && row('Tenant', h('bdi', null, answer.tenant)),
        row('SHA-256', h('code', null, answer.raw_sha256)),
        row('Read by', `reader version ${answer.reader_version}`));
}

// Another copy under the same name: the one that stands, one that conflicts, or
// one that somebody else sent.
function conflict(answer, span) {
    const link = (text) => answer.other_id && h('a', { href: address(
        `/reports/${answer.other_id}`, asParams(span)) }, text);
    if (answer.is_conflict) return h('p', { class: 'noise' },
        'Another report has the same key and another content. This copy is in ' +
        'no sum. ', link('See the one that counts'));
    return answer.other_id && h('p', { class: 'noise' },
        'Another report has the same organisation and report id, and other ' +
        'content. See who signed each. ', link('See the other one'));
}

const ASIDE = {
    unproven: 'Who sent this report is not proven. It stands beside the ' +
        'numbers, in none of them.',
    unclaimed: 'This report is about a domain that is not among yours, and ' +
        'whose record does not ask for reports here. It is in no sum.',
};

function aside(answer) {
    const again = answer.dkim?.judge_at;
    return ASIDE[answer.standing] && h('p', { class: 'noise' },
        ASIDE[answer.standing], again &&
            [' DNS is asked again ', when(again), '.']);
}

// What this version reads otherwise than the one that stored it.
function unread(route, answer) {
    return {
        title: `Report ${answer.id}`,
        view: h('div', { class: 'page page-report' },
            pageHead(route, { noRange: true, title: `Report ${answer.id}`,
                trail: h('a', { href: toReports({}, route.range) }, 'Reports'),
                lead: 'This version cannot read the report again. Its ' +
                    'octets are kept, and what was counted stands.' }),
            source(answer, new Places())),
    };
}

/** Loads the page. */
export async function load(route, signal) {
    const answer = await api.report(route.argument, signal);
    const { report } = answer;
    if (!report) {
        return unread(route, answer);
    }
    if (answer.kind === 'dmarc') {
        const { mailReport } = await import('./mailreport.js');
        return mailReport(route, answer, {
            head: [conflict(answer, route.range), aside(answer)],
            foot: provenance(answer) });
    }
    const who = report.organization_name || 'An unnamed organisation';
    const of = answer.day ? `, ${format.day(answer.day)}` : '';
    const places = new Places();
    const left = h('div', null, reading(answer, places, route.range),
        findings(report, places));
    return {
        title: `${who}${of}`,
        view: h('div', { class: 'page page-report' },
            pageHead(route, { noRange: true,
                trail: h('a', { href: toReports({}, route.range) }, 'Reports'),
                title: [h('bdi', null, who), of] }),
            conflict(answer, route.range), aside(answer), facts(answer),
            h('div', { class: 'split even' }, left, source(answer, places)),
            provenance(answer)),
    };
}
