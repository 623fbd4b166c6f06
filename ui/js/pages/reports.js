// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The reports behind a number: every filter is in the address, and the rows of
// all pages add up to the totals at the head.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { asParams, asQuery, inWords } from '../range.js';
import { address } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { Filters, readFilter } from '../parts/filters.js';
import { kindSwitch } from '../parts/kinds.js';
import { listedColumns, listedReports, PAGE } from '../parts/listed.js';
import { pageHead } from '../parts/head.js';

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

// Whose a report is, as far as what was stored of it can still be read.
function about(row) {
    if (row.is_damaged) {
        return h('span', { class: 'bad' }, 'damaged: ',
            h('small', null, 'what was stored of it cannot be read'));
    }
    return h('bdi', null, row.domains.slice(0, 2).join(', '),
        row.domains.length > 2 && ` and ${row.domains.length - 2} more`);
}

function columns(filter, href) {
    const nouns = noun(filter) === 'session' ? 'Sessions' : 'Evaluations';
    const common = listedColumns(href);
    return [
        common.day, common.organization,
        { key: 'domains', label: 'About', isPlain: true, className: 'wide',
            value: (row) => row.domains.join(' '),
            cell: about },
        !isShare(filter) && { key: 'sessions', label: nouns, isPlain: true,
            isNumber: true, value: (row) => row.sessions },
        { key: 'failures', label: 'Failed', isPlain: true, isNumber: true,
            value: (row) => row.failures,
            cell: (row) => h('span', { class: row.failures ? 'bad' : 'quiet',
                'data-failures': row.failures }, format.number(row.failures)) },
        common.findings, common.storedAt, common.reportId,
    ].filter(Boolean);
}

function list(answer, filter, ask, { range, signal }) {
    if (answer.reports.length === 0) {
        return emptyNote('No report matches',
            'Take a filter away above, or look at a longer time.',
            h('p', null, h('a', { class: 'button',
                href: address('/reports', { range: 'all' }) },
            'All reports stored')));
    }
    // The days shown stay chosen on the way through a report.
    const href = (row) => address(`/reports/${row.id}`, asParams(range));
    return listedReports(answer, ask, { title: 'Reports', name: 'reports',
        columns: columns(filter, href), rowHref: href, signal });
}

/** Loads the page. */
export async function load(route, signal) {
    if (route.params.get('kind') === 'dmarc') {
        return (await import('./mail.js')).load(route, signal);
    }
    const filter = readFilter(route.params);
    const query = { ...asQuery(route.range), ...filter };
    const ask = (params, until) => api.reports({ ...query, ...params }, until);
    const answer = await ask({ limit: PAGE }, signal);
    const filters = new Filters(route, filter, signal);
    return {
        title: 'Reports',
        view: h('div', { class: 'page page-reports' },
            pageHead(route, { title: 'Reports',
                lead: lead(answer.totals, filter, route.range) }),
            kindSwitch('tls', filter, route.range),
            filters.form, filters.chips,
            list(answer, filter, ask, { range: route.range, signal })),
        after: () => filters.fill(),
    };
}
