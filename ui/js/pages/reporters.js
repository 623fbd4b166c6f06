// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Who sends reports, how much each saw, and who sees failures.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { asQuery, inWords } from '../range.js';
import { toReports } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { reportersSection } from '../parts/reporters.js';
import { pageHead } from '../parts/head.js';

/** Loads the page. */
export async function load(route, signal) {
    const domain = route.params.get('domain');
    const answer = await api.organizations(
        { ...asQuery(route.range), domain }, signal);
    const rows = answer.organizations;
    const failing = rows.filter((row) => row.failures > 0).length;
    const about = domain ? ` about ${domain}` : '';
    return {
        title: 'Reporters',
        view: h('div', { class: 'page' },
            pageHead(route, { title: 'Reporters', lead: rows.length > 0 &&
                `${format.count(rows.length, 'organisation')} reported${about}` +
                ` in ${inWords(route.range)}; ` +
                `${format.number(failing)} of them saw failures.` }),
            rows.length === 0 ? emptyNote('Nobody reported in these days',
                'Large senders report once a day, a few hours after midnight ' +
                'UTC. Look at a longer time, or at how to ask for reports.',
                h('p', null, h('a', { class: 'button',
                    href: '/reporters?range=all' }, 'Everything stored'), ' ',
                h('a', { href: toReports({}, { key: 'all' }) },
                    'All reports'))) :
                reportersSection(rows, answer.range.today, route.range,
                    domain ? { domain } : {})),
    };
}
