// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Now: is anything broken, and is it mine? A sentence, what needs somebody,
// then all domains.

import * as api from '../api.js';
import { add, h } from '../dom.js';
import * as format from '../format.js';
import { asQuery, inWords } from '../range.js';
import { toDomain, toReports } from '../router.js';
import { barList } from '../parts/bars.js';
import { csvButton } from '../parts/csv.js';
import { domainsSection } from '../parts/domains.js';
import { emptyNote, firstSteps } from '../parts/empty.js';
import { domainName, when } from '../parts/names.js';
import { overlapNote } from '../parts/overlap.js';
import { pageHead } from '../parts/shell.js';
import { sparkline } from '../parts/sparkline.js';
import { stateBadge, stateShape } from '../parts/state.js';

const MOST_CARDS = 6;
const FIRST_DOMAINS = 25; // the needy come first; a button shows all

function headState(states) {
    return states.trouble ? 'trouble' : states.watch ? 'watch' :
        states.well ? 'well' : 'unknown';
}

function lead({ stored, totals }, span) {
    const link = (filter, text) =>
        h('a', { href: toReports(filter, span) }, text);
    return ['In ', inWords(span), ': ',
        link({}, format.count(totals.reports, 'report')), ', ',
        format.count(totals.sessions, 'session'), ', ',
        link({ failed: true }, `${format.number(totals.failures)} failed`),
        ` (${format.share(totals.failures, totals.sessions)}). `,
        'Last report came in ', when(stored.last_stored), '.'];
}

function card(domain, range, span) {
    return h('li', { class: `card card-${domain.state}` },
        h('div', { class: 'card-top' },
            stateBadge(domain.state, domain.is_noise),
            sparkline(domain.days, range, range.today)),
        h('h3', null, h('a', { href: toDomain(domain.domain, span) },
            domainName(domain.domain, domain.unicode))),
        h('p', null, domain.worst_title ?? 'Sessions fail',
            domain.worst_mx && [' at ', h('bdi', { class: 'host' },
                domain.worst_mx)]),
        h('p', { class: 'card-count' }, h('a', {
            href: toReports({ domain: domain.domain, failed: true }, span),
        }, `${format.number(domain.failures)} of ` +
            `${format.count(domain.sessions, 'session')} failed`),
        h('span', { class: 'quiet' },
            ` ${format.share(domain.failures, domain.sessions)}`)));
}

function cards({ domains, range }, span) {
    const needy = domains.filter(({ state, domain }) => domain &&
        (state === 'trouble' || state === 'watch'));
    if (needy.length === 0) {
        return null;
    }
    return h('section', { 'aria-label': 'What needs attention' },
        h('ul', { class: 'cards' }, needy.slice(0, MOST_CARDS)
            .map((domain) => card(domain, range, span))),
        needy.length > MOST_CARDS && h('p', { class: 'note' },
            `${needy.length - MOST_CARDS} more stand first in the table.`));
}

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

function silent(overview) {
    const { stored } = overview;
    return emptyNote('No report in these days',
        `${format.count(stored.reports, 'report')} are stored, of ` +
        `${format.span(stored.first_day, stored.last_day)}.`,
        h('p', null, h('a', { class: 'button', href: '/?range=all' },
            'Show everything stored')));
}

function body(overview, route) {
    const span = route.range;
    if (overview.stored.reports === 0) {
        return [firstSteps(), overview.stored.quarantined > 0 &&
            emptyNote('Something came in that could not be read',
                `${format.count(overview.stored.quarantined, 'input')} ` +
                'wait in the inbox with the reason.',
                h('p', null, h('a', { class: 'button', href: '/inbox' },
                    'Open the inbox')))];
    }
    const table = domainsSection(overview, span, FIRST_DOMAINS);
    if (overview.totals.reports === 0) {
        return [silent(overview), overview.domains.length > 0 && table];
    }
    return [cards(overview, span), table];
}

// What stands below the table, and needs the chart's modules.
async function below(overview, route) {
    const { timelineFigure } = await import('../parts/timeline.js');
    return [timelineFigure({
        title: 'All domains by day', name: 'timeline',
        days: overview.days, range: overview.range, filter: {},
    }), h('div', { class: 'pair' }, typesPanel(overview, route.range),
        reportersPanel(overview, route.range))];
}

/** Loads the page. */
export async function load(route, signal) {
    const overview = await api.overview(asQuery(route.range), signal);
    const has = overview.totals.reports > 0;
    const title = [stateShape(headState(overview.states)), overview.sentence];
    const view = h('div', { class: 'page page-now' },
        pageHead(route, { title, noRange: overview.stored.reports === 0,
            lead: has && lead(overview, route.range) }),
        body(overview, route));
    return {
        title: overview.sentence, view, stored: overview.stored,
        after: async () => {
            performance.mark('overview-usable');
            if (has) {
                add(view, await below(overview, route));
            }
        },
    };
}
