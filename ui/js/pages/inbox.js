// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What came in: how much is stored, and what could not be read, with why.

import * as api from '../api.js';
import { busyButton, h } from '../dom.js';
import * as format from '../format.js';
import { toReports } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { copyBox } from '../parts/copy.js';
import { factStrip } from '../parts/facts.js';
import { when } from '../parts/names.js';
import { pageHead } from '../parts/head.js';
import { makeTable, tablePanel } from '../parts/table.js';

const ALL = { key: 'all' };

function facts(stored, quarantined) {
    return factStrip([
        { term: 'Reports stored', value: format.number(stored.reports),
            href: toReports({}, ALL), note: stored.first_day &&
                format.span(stored.first_day, stored.last_day) },
        { term: 'Last one came in', value: when(stored.last_stored) },
        { term: 'Conflicts', value: format.number(stored.conflicts),
            href: toReports({ conflicts: true }, ALL),
            note: 'same key, other content; in no sum' },
        stored.unproven > 0 && { term: 'Sender not proven',
            value: format.number(stored.unproven),
            href: toReports({ standing: 'unproven' }, ALL),
            note: 'beside the sums, in none of them' },
        stored.unclaimed > 0 && { term: 'About domains of others',
            value: format.number(stored.unclaimed),
            href: toReports({ standing: 'unclaimed' }, ALL),
            note: 'nobody asked for them here; in no sum' },
        { term: 'Quarantined', value: format.number(quarantined),
            note: 'kept whole, with the reason' },
    ]);
}

const COLUMNS = [
    { key: 'input', label: 'Input', className: 'name',
        value: (row) => row.input,
        cell: (row) => h('bdi', null, row.input || 'no name') },
    { key: 'reason', label: 'Why it could not be read', className: 'reason',
        value: (row) => row.reason },
    { key: 'stored_at', label: 'Came in', isNumber: true,
        value: (row) => row.stored_at, cell: (row) => when(row.stored_at) },
    { key: 'raw_bytes', label: 'Size', isNumber: true,
        value: (row) => row.raw_bytes,
        cell: (row) => format.bytes(row.raw_bytes) },
    { key: 'raw', label: 'Raw', isPlain: true,
        cell: (row) => h('a', { href: api.rawUrl('quarantine', row.id),
            download: '', 'aria-label': `Save ${row.input || 'input'} as it ` +
                'came in' }, 'Save') },
];

function older(table, first, signal) {
    let before = first;
    const button = busyButton({}, 'Older ones', async () => {
        const more = await api.quarantine({ before }, signal);
        table.append(more.entries);
        before = more.next_before;
        button.hidden = before === null;
    });
    button.hidden = before === null;
    return h('p', { class: 'more' }, button);
}

function body(answer, stored, signal) {
    if (answer.entries.length === 0) {
        return emptyNote('Nothing is in quarantine', stored.reports > 0 ?
            'Everything that came in could be read.' :
            'Nothing has come in yet. Give it reports:',
        stored.reports === 0 && copyBox('tlsrpt import FILE'));
    }
    const table = makeTable({ caption: 'Quarantine', columns: COLUMNS,
        rows: answer.entries });
    return [tablePanel(table, { title: 'Quarantine', name: 'quarantine',
        filterLabel: 'Filter by name or reason',
        note: 'Kept whole, so that a later version can read them again.' }),
    older(table, answer.next_before, signal)];
}

/** Loads the page. */
export async function load(route, signal) {
    const [answer, { stored }] = await Promise.all([
        api.quarantine({}, signal), api.overview({}, signal)]);
    return {
        title: 'Inbox', stored,
        view: h('div', { class: 'page' },
            pageHead(route, { title: 'Inbox', noRange: true,
                lead: 'What came in, and what could not be read.' }),
            facts(stored, answer.quarantined), body(answer, stored, signal)),
    };
}
