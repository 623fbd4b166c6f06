// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What stands below the table of domains: all days in one picture, what fails,
// who reports. It comes when the table is there.

import { h } from '../dom.js';
import * as format from '../format.js';
import { toReports } from '../router.js';
import { barList } from './bars.js';
import { overlapNote } from './overlap.js';
import { csvButton } from './table.js';
import { timelineFigure } from './timeline.js';

function typesPanel({ result_types: types, totals }, span) {
    const note = overlapNote(types, totals.failures);
    return h('section', { class: 'panel', 'aria-labelledby': 'now-types' },
        h('header', null, h('h2', { id: 'now-types' }, 'What fails'),
            csvButton('result-types', 'what fails', () => ({
                head: ['Result type', 'Failed', 'First day', 'Last day'],
                rows: types.map((type) => [type.key, type.failures,
                    type.first_day, type.last_day]) }))),
        note && h('p', { class: 'note' }, note),
        types.length === 0 ?
            h('p', { class: 'note' }, 'No session failed in these days.') :
            barList(types.slice(0, 8).map((type) => ({
                label: type.title, sub: type.key, value: type.failures,
                unit: 'failed sessions',
                href: toReports({ result_type: type.key }, span),
            }))));
}

function reportersPanel({ organizations }, span) {
    return h('section', { class: 'panel', 'aria-labelledby': 'now-who' },
        h('header', null, h('h2', { id: 'now-who' }, 'Who reports'),
            csvButton('reporters', 'who reports', () => ({
                head: ['Organisation', 'Reports', 'Sessions', 'Failed'],
                rows: organizations.map((who) => [who.label, who.reports,
                    who.sessions, who.failures]) }))),
        barList([...organizations].sort((a, b) => b.sessions - a.sessions)
            .slice(0, 8).map((who) => ({
            label: h('bdi', null, who.label),
            sub: who.failures ? `${format.number(who.failures)} failed` : '',
            value: who.sessions, unit: 'sessions',
            href: toReports({ organization: who.key }, span),
        })), 'ok'));
}

/** The sections of an overview. */
export function breakdown(overview, span, signal) {
    return [timelineFigure({
        title: 'All domains by day', name: 'timeline', signal,
        days: overview.days, range: overview.range, filter: {},
    }), h('div', { class: 'pair' }, typesPanel(overview, span),
        reportersPanel(overview, span))];
}
