// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The reports behind a number: every filter is in the address, and the rows of
// all pages add up to the totals at the head.

import * as api from '../api.js';
import { announce, busyButton, h } from '../dom.js';
import * as format from '../format.js';
import { asParams, asQuery, inWords } from '../range.js';
import { address } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { Filters, readFilter } from '../parts/filters.js';
import { kindSwitch } from '../parts/kinds.js';
import { when } from '../parts/names.js';
import { pageHead } from '../parts/head.js';
import { makeTable, tablePanel } from '../parts/table.js';

const PAGE = 50;
const CSV_PAGE = 200;

function isShare(filter) {
    return filter.result_type !== null || filter.mx !== null;
}

// What the numbers count depends on the filter.
function noun(filter) {
    return filter.policy_type !== null ? 'evaluation' : 'session';
}

function lead(totals, filter, range) {
    const words = isShare(filter) ? [
        format.count(totals.failures, `failed ${noun(filter)}`),
        filter.result_type !== null ? [' of type ',
            h('code', null, filter.result_type)] :
            [' at ', filter.mx ? h('bdi', null, filter.mx) : 'no named MX'],
        ' in ', format.count(totals.reports, 'report'),
    ] : [format.count(totals.reports, 'report'), ', ',
        format.count(totals.sessions, noun(filter)), ', ',
        format.number(totals.failures), ' failed'];
    return [h('span', { id: 'totals', 'data-reports': totals.reports,
        'data-sessions': totals.sessions, 'data-failures': totals.failures },
    words), `, ${inWords(range)}.`];
}

// The days shown stay chosen on the way through a report.
function reportHref(row, range) {
    return address(`/reports/${row.id}`, asParams(range));
}

function columns(filter, range) {
    const nouns = noun(filter) === 'session' ? 'Sessions' : 'Evaluations';
    return [
        { key: 'day', label: 'Day', isPlain: true, className: 'name',
            value: (row) => row.day ?? '',
            cell: (row) => h('a', { href: reportHref(row, range) },
                row.day ? format.day(row.day) : 'no date') },
        { key: 'organization', label: 'Organisation', isPlain: true,
            className: 'wide',
            value: (row) => row.organization ?? '',
            cell: (row) => h('bdi', null,
                row.organization || 'no name given') },
        { key: 'domains', label: 'About', isPlain: true, className: 'wide',
            value: (row) => row.domains.join(' '),
            cell: (row) => h('bdi', null, row.domains.slice(0, 2).join(', '),
                row.domains.length > 2 &&
                    ` and ${row.domains.length - 2} more`) },
        !isShare(filter) && { key: 'sessions', label: nouns, isPlain: true,
            isNumber: true, value: (row) => row.sessions },
        { key: 'failures', label: 'Failed', isPlain: true, isNumber: true,
            value: (row) => row.failures,
            cell: (row) => h('span', { class: row.failures ? 'bad' : 'quiet',
                'data-failures': row.failures }, format.number(row.failures)) },
        { key: 'findings', label: 'Findings', isPlain: true, isNumber: true,
            value: (row) => row.findings },
        { key: 'stored_at', label: 'Came in', isPlain: true, isNumber: true,
            className: 'aside',
            value: (row) => row.stored_at,
            cell: (row) => when(row.stored_at) },
        { key: 'report_id', label: 'Report id', isPlain: true,
            className: 'reportid aside', value: (row) => row.report_id ?? '',
            cell: (row) => h('bdi', null, row.report_id ?? '') },
    ].filter(Boolean);
}

// All rows under the filter, page by page, for the CSV.
async function allRows(query, table, signal) {
    const rows = [];
    let cursor = null;
    do {
        const page = await api.reports({ ...query, cursor, limit: CSV_PAGE },
            signal);
        rows.push(...page.reports);
        cursor = page.next_cursor;
        if (cursor !== null && rows.length % 5000 < CSV_PAGE) {
            announce(`${format.count(rows.length, 'report')} read`);
        }
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
        const next = await api.reports({ ...query, cursor, limit: PAGE },
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

function list(answer, filter, query, { range, signal }) {
    if (answer.reports.length === 0) {
        return emptyNote('No report matches',
            'Take a filter away above, or look at a longer time.',
            h('p', null, h('a', { class: 'button',
                href: address('/reports', { range: 'all' }) },
            'All reports stored')));
    }
    const table = makeTable({ caption: 'Reports', rows: answer.reports,
        limit: Infinity, rowHref: (row) => reportHref(row, range),
        columns: columns(filter, range),
        className: 'reports' });
    return [tablePanel(table, { title: 'Reports', name: 'reports',
        csv: () => allRows(query, table, signal) }),
    pager(query, table, answer, signal)];
}

/** Loads the page. */
export async function load(route, signal) {
    if (route.params.get('kind') === 'dmarc') {
        return (await import('./mail.js')).load(route, signal);
    }
    const filter = readFilter(route.params);
    const query = { ...asQuery(route.range), ...filter };
    const answer = await api.reports({ ...query, limit: PAGE }, signal);
    const filters = new Filters(route, filter, signal);
    return {
        title: 'Reports',
        view: h('div', { class: 'page page-reports' },
            pageHead(route, { title: 'Reports',
                lead: lead(answer.totals, filter, route.range) }),
            kindSwitch('tls', filter, route.range),
            filters.form, filters.chips,
            list(answer, filter, query, { range: route.range, signal })),
        after: () => filters.fill(),
    };
}
