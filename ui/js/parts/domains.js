// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The table of domains: who needs somebody comes first.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { asQuery } from '../range.js';
import { toDomain, toReports } from '../router.js';
import { domainName, numberLink, whenDay } from './names.js';
import { sparkline } from './sparkline.js';
import { stateBadge, STATES, stateWord } from './state.js';
import { tableSection } from './table.js';

function needOf(row) {
    return STATES.indexOf(row.state);
}

// What fails most; said quietly where it matters to nobody.
function worst(row) {
    return h('div', { class: row.state === 'well' ? 'quiet' : null },
        row.worst_title, row.worst_mx &&
            h('small', null, h('bdi', null, row.worst_mx)));
}

function columns(overview, span) {
    const { range } = overview;
    const reports = (row, key, filter) => numberLink(row[key],
        toReports({ domain: row.domain, ...filter }, span));
    return [{ key: 'domain', label: 'Domain', className: 'name',
        value: (row) => row.domain,
        text: (row) => `${row.domain} ${row.unicode ?? ''}`,
        cell: (row) => row.domain ? h('a', { href: toDomain(row.domain, span) },
            domainName(row.domain, row.unicode)) : domainName('') },
    { key: 'state', label: 'State', className: 'statecell', value: needOf,
        csv: (row) => row.state,
        text: (row) => stateWord(row.state, row.is_noise),
        cell: (row) => stateBadge(row.state, row.is_noise) },
    { key: 'sessions', label: 'Sessions', isNumber: true,
        value: (row) => row.sessions,
        cell: (row) => reports(row, 'sessions') },
    { key: 'failures', label: 'Failed', isNumber: true,
        value: (row) => row.failures,
        cell: (row) => reports(row, 'failures', { failed: true }) },
    { key: 'share', label: 'Failure rate', isNumber: true,
        value: (row) => row.sessions ? row.failures / row.sessions : null,
        cell: (row) => format.share(row.failures, row.sessions) },
    { key: 'worst', label: 'Most failures', className: 'worst',
        value: (row) => row.worst_result_type ?? '',
        text: (row) => [row.worst_title, row.worst_result_type, row.worst_mx]
            .join(' '),
        cell: (row) => row.worst_title ? worst(row) : '' },
    { key: 'days', label: 'Days', isPlain: true, className: 'sparkcell',
        cell: (row) => row.days && sparkline(row.days, overview) },
    { key: 'last_day', label: 'Last report', isNumber: true,
        value: (row) => row.last_day ?? '',
        cell: (row) => whenDay(row.last_day, range.today) }];
}

/** The section with the table of an overview's domains; limit: how many rows
 * stand there at first. Of many domains only the first came with their days. */
export function domainsSection(overview, span, { limit = 60, signal }) {
    const { domains, detailed = domains.length } = overview;
    const more = async () => (await api.overview(
        { ...asQuery(span), details: 'all' }, signal)).domains;
    return tableSection({
        title: 'Domains', name: 'domains', filterLabel: 'Filter domains',
        className: 'domains', limit: Math.min(limit, detailed),
        rows: domains, more: detailed < domains.length ? more : null,
        rowHref: (row) => row.domain ? toDomain(row.domain, span) : null,
        columns: columns(overview, span),
    });
}
