// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The DMARC reports behind a number. Shown by the list of reports where the
// address says so.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { asParams, asQuery, inWords } from '../range.js';
import { address, toMail } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { kindSwitch } from '../parts/kinds.js';
import { listedColumns, listedReports, PAGE } from '../parts/listed.js';
import { pageHead } from '../parts/head.js';

const NAMES = { domain: 'Domain', organization: 'Reporter', source: 'Address',
    failed: 'With failures only', standing: 'Standing' };

function readFilter(params) {
    const filter = Object.fromEntries(Object.keys(NAMES).map((name) =>
        [name, params.get(name)]));
    filter.failed = filter.failed === '1';
    return filter;
}

function lead(totals, span) {
    return [h('span', { id: 'totals', 'data-reports': totals.reports,
        'data-messages': totals.messages, 'data-failed': totals.failed },
    format.count(totals.reports, 'report'), ', ',
    format.count(totals.messages, 'message'), ', ',
    format.number(totals.failed), ' failed'), `, ${inWords(span)}.`];
}

// Each part of the filter as a link that takes it away.
function chips(filter, span) {
    const set = Object.entries(filter).filter(([, value]) => value !== null &&
        value !== false);
    const without = (name) => ({ ...filter, [name]: null,
        // An address is one of a domain.
        ...name === 'domain' ? { source: null } : {} });
    return h('p', { class: 'chips' }, set.map(([name, value]) => h('a', {
        class: 'chip', href: toMail(without(name), span),
        'aria-label': `Take away ${NAMES[name]}` },
    NAMES[name], value !== true && [': ', h('bdi', null, value)],
    ' \u00d7')), !filter.failed && h('a', { class: 'chip',
        href: toMail({ ...filter, failed: true }, span) },
    'Only with failures'));
}

function columns(href) {
    const common = listedColumns(href);
    return [
        common.day, common.organization,
        { key: 'domain', label: 'About', isPlain: true, className: 'wide',
            value: (row) => row.domain,
            cell: (row) => h('bdi', null, row.domain || 'no domain named') },
        { key: 'kind', label: 'Kind', isPlain: true, value: () => 'DMARC' },
        { key: 'messages', label: 'Messages', isPlain: true, isNumber: true,
            value: (row) => row.messages },
        { key: 'failed', label: 'Failed', isPlain: true, isNumber: true,
            value: (row) => row.failed,
            cell: (row) => h('span', { class: row.failed ? 'bad' : 'quiet',
                'data-failed': row.failed }, format.number(row.failed)) },
        common.findings, common.storedAt, common.reportId,
    ];
}

function list(answer, ask, { range, signal }) {
    if (answer.reports.length === 0) {
        return emptyNote('No DMARC report matches',
            'Take a filter away above, or look at a longer time.',
            h('p', null, h('a', { class: 'button',
                href: toMail({}, { key: 'all' }) },
            'All DMARC reports stored')));
    }
    const href = (row) => address(`/reports/${row.id}`, asParams(range));
    return listedReports(answer, ask, { title: 'DMARC reports',
        name: 'dmarc-reports', columns: columns(href), rowHref: href, signal });
}

/** Loads the page. */
export async function load(route, signal) {
    const filter = readFilter(route.params);
    const query = { ...asQuery(route.range), ...filter };
    const ask = (params, until) => api.mailReports({ ...query, ...params },
        until);
    const answer = await ask({ limit: PAGE }, signal);
    return {
        title: 'DMARC reports',
        view: h('div', { class: 'page page-reports' },
            pageHead(route, { title: 'DMARC reports',
                lead: lead(answer.totals, route.range) }),
            kindSwitch('dmarc', filter, route.range),
            chips(filter, route.range),
            list(answer, ask, { range: route.range, signal })),
    };
}
