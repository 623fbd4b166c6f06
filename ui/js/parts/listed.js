// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A list of reports, TLS or DMARC, a page at a time: the columns that both have,
// the button for more, all rows for the CSV.
//
// What asks for a page is `ask(params, signal)`: the filter is in it already.

import { announce, busyButton, h } from '../dom.js';
import * as format from '../format.js';
import { when } from './names.js';
import { makeTable, tablePanel } from './table.js';

const CSV_PAGE = 200;

/** Rows of a page. */
export const PAGE = 50;

/** Columns by key; the first one's link leads to the report. */
export function listedColumns(href) {
    return {
        day: { key: 'day', label: 'Day', isPlain: true, className: 'name',
            value: (row) => row.day ?? '',
            cell: (row) => h('a', { href: href(row) },
                row.day ? format.day(row.day) : 'no date') },
        organization: { key: 'organization', label: 'Organisation',
            isPlain: true, className: 'wide',
            value: (row) => row.organization ?? '',
            cell: (row) => h('bdi', null,
                row.organization || 'no name given') },
        findings: { key: 'findings', label: 'Findings', isPlain: true,
            isNumber: true, value: (row) => row.findings },
        storedAt: { key: 'stored_at', label: 'Came in', isPlain: true,
            isNumber: true, className: 'aside',
            value: (row) => row.stored_at,
            cell: (row) => when(row.stored_at) },
        reportId: { key: 'report_id', label: 'Report id', isPlain: true,
            className: 'reportid aside', value: (row) => row.report_id ?? '',
            cell: (row) => h('bdi', null, row.report_id ?? '') },
    };
}

// All rows under the filter, page by page, for the CSV.
async function allRows(ask, table, signal) {
    const rows = [];
    let cursor = null;
    do {
        const page = await ask({ cursor, limit: CSV_PAGE }, signal);
        rows.push(...page.reports);
        cursor = page.next_cursor;
        if (cursor !== null && rows.length % 5000 < CSV_PAGE) {
            announce(`${format.count(rows.length, 'report')} read`);
        }
    } while (cursor !== null);
    return table.csv(rows);
}

function pager(ask, table, answer, signal) {
    let cursor = answer.next_cursor;
    const said = h('span', { class: 'quiet' });
    const say = () => {
        said.textContent = `${format.number(table.rows.length)} of ` +
            `${format.number(answer.totals.reports)} shown`;
    };
    const button = busyButton({}, 'Show more', async () => {
        const next = await ask({ cursor, limit: PAGE }, signal);
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

/** The rows of a first page, with what leads to the others. */
export function listedReports(answer, ask, { title, name, columns, rowHref,
    signal }) {
    const table = makeTable({ caption: title, rows: answer.reports,
        limit: Infinity, className: 'reports', columns, rowHref });
    return [tablePanel(table, { title, name,
        csv: () => allRows(ask, table, signal) }),
    pager(ask, table, answer, signal)];
}
