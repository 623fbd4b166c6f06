// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Deliveries of reports that we owe: to whom, what the other side said, what
// waits and until when, what failed for good and why.

import { h } from '../dom.js';
import * as format from '../format.js';
import { toDomain } from '../router.js';
import { when } from './names.js';
import { stateShape } from './state.js';
import { makeTable, tablePanel } from './table.js';

const STATES = {
    waiting: ['unknown', 'Waiting'],
    delivered: ['well', 'Delivered'],
    refused: ['trouble', 'Refused'],
    'given-up': ['trouble', 'Given up'],
    suppressed: ['unknown', 'Suppressed'],
    dropped: ['unknown', 'Dropped'],
};

const ORIGINS = {
    rule: 'by a rule of ours',
    copy: 'blind copy',
};

/** The word for a delivery's state. */
export function deliveryWord(state) {
    return STATES[state]?.[1] ?? state;
}

function badge(row) {
    const [shape, word] = STATES[row.state] ?? ['unknown', row.state];
    return h('span', { class: `state state-${shape}` }, stateShape(shape),
        row.under_way ? 'Under way' : word);
}

// A moment that is to come: "in 5 minutes".
function ahead(text) {
    const seconds = (new Date(text).getTime() - Date.now()) / 1000;
    if (seconds < -120) {
        return ['due ', when(text)];
    }
    const said = seconds < 60 ? 'now' : seconds < 3600 ?
        `in ${format.count(Math.round(seconds / 60), 'minute')}` :
        `in ${format.count(Math.round(seconds / 3600), 'hour')}`;
    return h('time', { datetime: text, title: format.moment(text) }, said);
}

function moment(row) {
    if (row.state === 'waiting') {
        return [ahead(row.next_at), row.gives_up_at &&
            h('small', null, 'given up ', ahead(row.gives_up_at))];
    }
    return row.last_try_at ? when(row.last_try_at) :
        h('span', { class: 'quiet' }, 'never tried');
}

function target(row) {
    return [h('bdi', null, row.uri.replace(/^mailto:/, '')),
        ORIGINS[row.origin] && h('small', null, ORIGINS[row.origin])];
}

// What the report says.
function counts(row) {
    return h('small', null,
        format.count(row.successes + row.failures, 'session'),
        row.failures > 0 && `, ${format.number(row.failures)} failed`);
}

function columns(isOfDomain) {
    return [
        { key: 'day', label: 'Report of', isPlain: true, className: 'name',
            value: (row) => row.day, cell: (row) => [format.day(row.day),
                isOfDomain && counts(row)] },
        !isOfDomain && { key: 'domain', label: 'About', isPlain: true,
            className: 'wide', value: (row) => row.domain,
            cell: (row) => [h('a', { href: toDomain(row.domain, {}) },
                h('bdi', null, row.domain)), counts(row)] },
        { key: 'uri', label: 'To', isPlain: true, className: 'wide',
            value: (row) => row.uri, cell: target },
        { key: 'state', label: 'State', isPlain: true, className: 'statecell',
            value: (row) => row.state, cell: badge },
        { key: 'answer', label: 'What was said', isPlain: true,
            className: 'reason', value: (row) => row.answer,
            cell: (row) => row.answer && h('bdi', null, row.answer) },
        { key: 'tries', label: 'Tries', isPlain: true, isNumber: true,
            value: (row) => row.tries },
        { key: 'when', label: 'When', isPlain: true, isNumber: true,
            value: (row) => row.next_at ?? row.last_try_at ?? '',
            cell: moment },
        { key: 'id', label: 'Number', isPlain: true, isNumber: true,
            className: 'aside', value: (row) => row.id },
    ].filter(Boolean);
}

// Of "mailto:a@Host?subject=b": "host".
function mailHost(row) {
    return row.uri.replace(/\?.*$/s, '').split('@').at(-1).toLowerCase();
}

/** What our relay says to all mails that wait; null where it says this and that,
 * to too few hosts to tell, where it took one meanwhile, or where a filter hides
 * what it took. */
export function relayRefusal(rows, filter = {}) {
    const mails = rows.filter((row) => row.uri.startsWith('mailto:'));
    const tried = mails.filter((row) => row.state === 'waiting' &&
        row.tries > 0);
    const isOfAll = new Set(tried.map(mailHost)).size >= 3 &&
        tried.every((row) => row.answer === tried[0].answer) &&
        Object.values(filter).every((value) => !value);
    const oldest = tried.map((row) => row.last_try_at).sort()[0];
    const tookOne = mails.some((row) => row.state === 'delivered' &&
        row.last_try_at >= oldest);
    return isOfAll && !tookOne ? tried[0].answer : null;
}

/** The table of deliveries. */
export function deliveriesTable(rows, { title, isOfDomain = false }) {
    return makeTable({ caption: title, rows, limit: Infinity,
        className: 'deliveries', columns: columns(isOfDomain) });
}

/** The table in its section. */
export function deliveriesSection(rows, { title, name, isOfDomain }) {
    return tablePanel(deliveriesTable(rows, { title, isOfDomain }),
        { title, name });
}

/** Days of which no report was made, and why. */
export function skippedNote(rows) {
    return h('section', { class: 'panel', 'aria-labelledby': 'skipped' },
        h('header', null, h('h3', { id: 'skipped' },
            'Days without a report')),
        h('ul', { class: 'mailpolicies' }, rows.map((row) => h('li', null,
            h('b', null, format.day(row.day)), ': ',
            h('bdi', null, format.sentence(row.reason))))));
}
