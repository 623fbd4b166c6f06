// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The DMARC reports behind a number. Shown by the list of reports where the
// address says so.

import * as api from '../api.js';
import { announce, busyButton, h } from '../dom.js';
import * as format from '../format.js';
import { asParams, asQuery, inWords } from '../range.js';
import { address, toMail } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { kindSwitch } from '../parts/kinds.js';
import { when } from '../parts/names.js';
import { pageHead } from '../parts/head.js';
import { makeTable, tablePanel } from '../parts/table.js';

const PAGE = 50;
const CSV_PAGE = 200;
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

function columns(span) {
    const href = (row) => address(`/reports/${row.id}`, asParams(span));
    return [
        { key: 'day', label: 'Day', isPlain: true, className: 'name',
            value: (row) => row.day ?? '',
            cell: (row) => h('a', { href: href(row) },
                row.day ? format.day(row.day) : 'no date') },
        { key: 'organization', label: 'Organisation', isPlain: true,
            className: 'wide', value: (row) => row.organization ?? '',
            cell: (row) => h('bdi', null,
                row.organization || 'no name given') },
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
        { key: 'findings', label: 'Findings', isPlain: true, isNumber: true,
            value: (row) => row.findings },
        { key: 'stored_at', label: 'Came in', isPlain: true, isNumber: true,
            className: 'aside', value: (row) => row.stored_at,
            cell: (row) => when(row.stored_at) },
        { key: 'report_id', label: 'Report id', isPlain: true,
            className: 'reportid aside', value: (row) => row.report_id ?? '',
            cell: (row) => h('bdi', null, row.report_id ?? '') },
    ];
}

// All rows under the filter, page by page, for the CSV.
async function allRows(query, table, signal) {
    const rows = [];
    let cursor = null;
    do {
        const page = await api.mailReports({ ...query, cursor,
            limit: CSV_PAGE }, signal);
        rows.push(...page.reports);
        cursor = page.next_cursor;
    } while (cursor !== null);
    return table.csv(rows);
}

function pager(query, table, answer, signal) {
    let cursor = answer.next_cursor;
    const said = h('span', { class: 'quiet' });
    const say = () => {
        said.textContent = `${format.number(table.rows.length)} of ` +
            `${format.number(answer.totals.reports)} shown`;
    };
    const button = busyButton({}, 'Show more', async () => {
        const next = await api.mailReports({ ...query, cursor, limit: PAGE },
            signal);
        table.append(next.reports);
        cursor = next.next_cursor;
        button.hidden = cursor === null;
        say();
        announce(said.textContent);
    });
    button.hidden = cursor === null;
    say();
    return h('p', { class: 'more', id: 'pager' }, button, ' ', said);
}

function list(answer, query, { range, signal }) {
    if (answer.reports.length === 0) {
        return emptyNote('No DMARC report matches',
            'Take a filter away above, or look at a longer time.',
            h('p', null, h('a', { class: 'button',
                href: toMail({}, { key: 'all' }) },
            'All DMARC reports stored')));
    }
    const table = makeTable({ caption: 'DMARC reports', rows: answer.reports,
        limit: Infinity, className: 'reports', columns: columns(range),
        rowHref: (row) => address(`/reports/${row.id}`, asParams(range)) });
    return [tablePanel(table, { title: 'DMARC reports', name: 'dmarc-reports',
        csv: () => allRows(query, table, signal) }),
    pager(query, table, answer, signal)];
}

/** Loads the page. */
export async function load(route, signal) {
    const filter = readFilter(route.params);
    const query = { ...asQuery(route.range), ...filter };
    const answer = await api.mailReports({ ...query, limit: PAGE }, signal);
    return {
        title: 'DMARC reports',
        view: h('div', { class: 'page page-reports' },
            pageHead(route, { title: 'DMARC reports',
                lead: lead(answer.totals, route.range) }),
            kindSwitch('dmarc', filter, route.range),
            chips(filter, route.range),
            list(answer, query, { range: route.range, signal })),
    };
}
