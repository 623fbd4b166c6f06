// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Now: is anything broken, and is it mine? A sentence, what needs somebody,
// then all domains.

import * as api from '../api.js';
import { add, h } from '../dom.js';
import * as format from '../format.js';
import { asQuery, inWords } from '../range.js';
import { toDomain, toReports } from '../router.js';
import { domainsSection } from '../parts/domains.js';
import { pageHead } from '../parts/head.js';
import { domainName, when } from '../parts/names.js';
import { sparkline } from '../parts/sparkline.js';
import { stateBadge, stateShape } from '../parts/state.js';

const MOST_CARDS = 6;
const FIRST_DOMAINS = 25; // the needy come first; a button shows all

function headState(states) {
    return states.trouble ? 'trouble' : states.watch ? 'watch' :
        states.well ? 'well' : 'unknown';
}

// Beside the sums: whoever sent these is not proven.
function aside(link, unproven) {
    return unproven.reports > 0 && [' Beside them stand ',
        link({ standing: 'unproven' },
            format.count(unproven.reports, 'report')),
        ` of unproven senders, ${format.count(unproven.sessions, 'session')}` +
        `, ${format.number(unproven.failures)} failed.`];
}

function lead({ stored, totals, unproven }, span) {
    const link = (filter, text) =>
        h('a', { href: toReports(filter, span) }, text);
    return ['In ', inWords(span), ': ',
        link({}, format.count(totals.reports, 'report')), ', ',
        format.count(totals.sessions, 'session'), ', ',
        link({ failed: true }, `${format.number(totals.failures)} failed`),
        ` (${format.share(totals.failures, totals.sessions)}). `,
        'Last report came in ', when(stored.last_stored), '.',
        aside(link, unproven)];
}

function card(domain, overview, span) {
    return h('li', { class: `card card-${domain.state}` },
        h('div', { class: 'card-top' },
            stateBadge(domain.state, domain.is_noise),
            domain.days && sparkline(domain.days, overview)),
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

function cards(overview, span) {
    const needy = overview.domains.filter(({ state, domain }) => domain &&
        (state === 'trouble' || state === 'watch'));
    if (needy.length === 0) {
        return null;
    }
    return h('section', { 'aria-label': 'What needs attention' },
        h('ul', { class: 'cards' }, needy.slice(0, MOST_CARDS)
            .map((domain) => card(domain, overview, span))),
        needy.length > MOST_CARDS && h('p', { class: 'note' },
            `${needy.length - MOST_CARDS} more stand first in the table.`));
}

function silent({ stored }, emptyNote) {
    return emptyNote('No report in these days',
        `${format.count(stored.reports, 'report')} are stored, of ` +
        `${format.span(stored.first_day, stored.last_day)}.`,
        h('p', null, h('a', { class: 'button', href: '/?range=all' },
            'Show everything stored')));
}

// What there is to say where no report is; its words come when needed.
async function empty(overview) {
    const { emptyNote, firstSteps } = await import('../parts/empty.js');
    if (overview.stored.reports > 0) {
        return silent(overview, emptyNote);
    }
    const { unproven, unclaimed } = overview.stored;
    return [firstSteps(), unproven + unclaimed > 0 &&
        emptyNote('Reports stand aside',
            `${format.count(unproven, 'report')} of unproven senders and ` +
            `${format.number(unclaimed)} about domains of others are in no sum.`,
            h('p', null, h('a', { class: 'button', href: '/inbox' },
                'Open the inbox'))),
    overview.stored.quarantined > 0 &&
        emptyNote('Something came in that could not be read',
            `${format.count(overview.stored.quarantined, 'input')} ` +
            'wait in the inbox with the reason.',
            h('p', null, h('a', { class: 'button', href: '/inbox' },
                'Open the inbox')))];
}

/** Loads the page. */
export async function load(route, signal) {
    const span = route.range;
    const overview = await api.overview(asQuery(span), signal);
    const has = overview.totals.reports > 0;
    const title = [stateShape(headState(overview.states)), overview.sentence];
    const view = h('div', { class: 'page page-now' },
        pageHead(route, { title, noRange: overview.stored.reports === 0,
            lead: has && lead(overview, span) }),
        has ? cards(overview, span) : await empty(overview),
        overview.domains.length > 0 &&
            domainsSection(overview, span, { limit: FIRST_DOMAINS, signal }));
    return {
        title: overview.sentence, view, stored: overview.stored,
        after: async () => {
            performance.mark('overview-usable');
            if (has) {
                const { breakdown } = await import('../parts/breakdown.js');
                add(view, breakdown(overview, span, signal));
            }
        },
    };
}
