// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The outbox: which reports went out, to whom, what the other side said, what
// waits and until when, what failed for good and why.

import * as api from '../api.js';
import { announce, busyButton, h } from '../dom.js';
import * as format from '../format.js';
import { address } from '../router.js';
import { copyBox } from '../parts/copy.js';
import { deliveriesTable, deliveryWord, relayRefusal } from
    '../parts/deliveries.js';
import { emptyNote } from '../parts/empty.js';
import { factStrip } from '../parts/facts.js';
import { pageHead } from '../parts/head.js';
import { when } from '../parts/names.js';
import { fileNotes } from '../parts/sending.js';
import { tablePanel, tableSection } from '../parts/table.js';

const ALWAYS = ['waiting', 'delivered', 'refused', 'given-up'];

const HINTS = {
    waiting: 'tried until accepted or given up',
    delivered: 'the other side took it',
    refused: 'the other side does not want it',
    'given-up': 'tried for as long as is right',
    suppressed: 'on our list of what gets nothing',
    dropped: 'by hand, or withdrawn by its domain',
};

function toOutbox(filter) {
    return address('/outbox', filter);
}

function facts(answer) {
    return factStrip(Object.entries(answer.counts)
        .filter(([state, n]) => n > 0 || ALWAYS.includes(state))
        .map(([state, n]) => ({ term: deliveryWord(state),
            value: format.number(n), href: toOutbox({ state }),
            note: HINTS[state] })));
}

function chips(filter) {
    const held = Object.entries(filter).filter(([, value]) => value);
    return held.length > 0 && h('ul', { class: 'chips',
        'aria-label': 'Filters that hold' }, held.map(([name, value]) =>
        h('li', null, h('a', { href: toOutbox({ ...filter, [name]: null }),
            'aria-label': `Take away: ${value}` },
        name === 'state' ? deliveryWord(value) : value,
        h('span', { 'aria-hidden': 'true' }, ' \u00d7')))));
}

function pager(table, answer, filter, signal) {
    let before = answer.next_before;
    const button = busyButton({}, 'Show more', async () => {
        const next = await api.outbox({ ...filter, before }, signal);
        table.append(next.deliveries);
        before = next.next_before;
        button.hidden = before === null;
        announce(`${format.count(table.rows.length, 'delivery',
            'deliveries')} shown`);
    });
    return before !== null && h('p', { class: 'more', id: 'pager' }, button);
}

function byHand() {
    return h('details', { class: 'panel byhand' },
        h('summary', null, 'Try again, drop or suppress'),
        h('p', null, 'Deliveries are changed on the command line, by their ' +
            'number:'),
        copyBox('tlsrpt outbox retry NUMBER', 'command'),
        copyBox('tlsrpt outbox drop NUMBER', 'command'),
        copyBox('tlsrpt outbox suppress ADDRESS --reason TEXT', 'command'));
}

// No destination is at fault then.
function relayNote(answer, filter) {
    const said = relayRefusal(answer.deliveries, filter);
    return said && h('div', { class: 'filenotes', role: 'note' },
        h('p', null, h('b', null, 'No mail leaves: '),
            'each one that waits here was answered \u201c',
            h('bdi', null, said), '\u201d. That is our own relay, or the way ' +
            'to it; ', h('code', null, 'tlsrpt doctor'),
            ' says what to do. What waits goes out once it works.'));
}

function list(answer, filter, signal) {
    if (answer.deliveries.length === 0) {
        return filter.state || filter.domain ?
            emptyNote('No delivery matches', 'Take a filter away above.') :
            emptyNote('The outbox is empty',
                'Reports of a day are made after midnight UTC. See what would ' +
                'go out tonight:', copyBox('tlsrpt report --dry-run',
                    'command'));
    }
    const title = 'Deliveries';
    const table = deliveriesTable(answer.deliveries, { title });
    return [tablePanel(table, { title, name: 'deliveries' }),
        pager(table, answer, filter, signal), byHand()];
}

function reasons(day) {
    return day.skip_reasons.length === 0 ? '' :
        h('ul', { class: 'plainlist' }, day.skip_reasons.map((reason) =>
            h('li', null, `${format.number(reason.reports)}: `,
                h('bdi', null, reason.reason))));
}

function days(answer) {
    return answer.days.length > 0 && tableSection({
        title: 'Days made into reports', name: 'outbox-days',
        rows: answer.days, columns: [
            { key: 'day', label: 'Day', className: 'name', isPlain: true,
                value: (row) => row.day, cell: (row) => format.day(row.day) },
            { key: 'reports', label: 'Reports', isNumber: true, isPlain: true,
                value: (row) => row.reports },
            { key: 'deliveries', label: 'Deliveries', isNumber: true,
                isPlain: true, value: (row) => row.deliveries },
            { key: 'skipped', label: 'Not made', isNumber: true, isPlain: true,
                value: (row) => row.skipped },
            { key: 'reasons', label: 'Why not', className: 'reason',
                isPlain: true, value: (row) => row.skip_reasons.map((reason) =>
                    `${reason.reports}: ${reason.reason}`).join('; '),
                cell: reasons },
            { key: 'composed_at', label: 'Made', isNumber: true, isPlain: true,
                value: (row) => row.composed_at,
                cell: (row) => when(row.composed_at) },
        ] });
}

function suppressed(answer) {
    const left = answer.n_suppressed - answer.suppressed.length;
    return answer.suppressed.length > 0 && tableSection({
        title: 'What gets nothing', name: 'suppressed',
        note: left > 0 ? `${format.count(left, 'pattern')} more.` : null,
        rows: answer.suppressed, columns: [
            { key: 'pattern', label: 'Destination', className: 'name',
                isPlain: true, value: (row) => row.pattern,
                cell: (row) => h('bdi', null, row.pattern) },
            { key: 'reason', label: 'Why', className: 'reason', isPlain: true,
                value: (row) => row.reason,
                cell: (row) => h('bdi', null, row.reason) },
            { key: 'since', label: 'Since', isNumber: true, isPlain: true,
                value: (row) => row.since, cell: (row) => when(row.since) },
            { key: 'until', label: 'Until', isNumber: true, isPlain: true,
                value: (row) => row.until ?? '',
                cell: (row) => row.until ? format.moment(row.until) :
                    'for ever' },
        ] });
}

function lead(answer) {
    const { counts } = answer;
    const failed = counts.refused + counts['given-up'];
    return [`${format.count(counts.delivered, 'delivery', 'deliveries')} ` +
        `accepted, ${format.number(counts.waiting)} waiting, ` +
        `${format.number(failed)} failed for good. `,
    h('a', { href: '/sending' }, 'How the domains fare'), '.'];
}

/** Loads the page. */
export async function load(route, signal) {
    const filter = { state: route.params.get('state'),
        domain: route.params.get('domain') };
    const answer = await api.outbox(filter, signal);
    const isRead = answer.file.state === 'read';
    return {
        title: 'Outbox',
        view: h('div', { class: 'page page-outbox' },
            pageHead(route, { title: 'Outbox', noRange: true,
                trail: h('a', { href: '/sending' }, 'Sending'),
                lead: isRead ? lead(answer) :
                    'Reports that we owe to the domains we send to.' }),
            answer.file.state === 'failed' &&
                fileNotes([answer.file], 'outbox'),
            isRead ? [facts(answer), relayNote(answer, filter),
                chips(filter), list(answer, filter, signal), days(answer),
                suppressed(answer)] :
                answer.file.state === 'absent' && emptyNote(
                    'There is no outbox yet',
                    'It is made with the first reports. See what would go ' +
                    'out tonight, then start to report:',
                    copyBox('tlsrpt report --dry-run', 'command'),
                    copyBox('tlsrpt report', 'command'))),
    };
}
