// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The table of domains: who needs somebody comes first.

import { h } from '../dom.js';
import * as format from '../format.js';
import { toDomain, toReports } from '../router.js';
import { domainName, whenDay } from './names.js';
import { sparkline } from './sparkline.js';
import { stateBadge, STATES } from './state.js';
import { tableSection } from './table.js';

function needOf(row) {
    return STATES.indexOf(row.state);
}

function numberLink(row, key, span, filter) {
    return h('a', { class: 'plain',
        href: toReports({ domain: row.domain, ...filter }, span) },
    format.number(row[key]));
}

// What fails most; said quietly where it matters to nobody.
function worst(row) {
    return h('div', { class: row.state === 'well' ? 'quiet' : null },
        row.worst_title, row.worst_mx &&
            h('small', null, h('bdi', null, row.worst_mx)));
}

function columns(range, span) {
    return [{ key: 'domain', label: 'Domain', className: 'name',
        value: (row) => row.domain,
        cell: (row) => row.domain ? h('a', { href: toDomain(row.domain, span) },
            domainName(row.domain, row.unicode)) : domainName('') },
    { key: 'state', label: 'State', className: 'statecell', value: needOf, csv: (row) => row.state,
        cell: (row) => stateBadge(row.state, row.is_noise) },
    { key: 'sessions', label: 'Sessions', isNumber: true,
        value: (row) => row.sessions,
        cell: (row) => numberLink(row, 'sessions', span) },
    { key: 'failures', label: 'Failed', isNumber: true,
        value: (row) => row.failures,
        cell: (row) => numberLink(row, 'failures', span, { failed: true }) },
    { key: 'share', label: 'Failure rate', isNumber: true,
        value: (row) => row.sessions ? row.failures / row.sessions : null,
        cell: (row) => format.share(row.failures, row.sessions) },
    { key: 'worst', label: 'Most failures', className: 'worst',
        value: (row) => row.worst_result_type ?? '',
        cell: (row) => row.worst_title ? worst(row) : '' },
    { key: 'days', label: 'Days', isPlain: true, className: 'sparkcell',
        cell: (row) => sparkline(row.days, range, range.today) },
    { key: 'last_day', label: 'Last report', isNumber: true,
        value: (row) => row.last_day ?? '',
        cell: (row) => whenDay(row.last_day, range.today) }];
}

/** The section with the table of an overview's domains; limit: how many rows
 * stand there at first. */
export function domainsSection(overview, span, limit) {
    return tableSection({
        title: 'Domains', name: 'domains', filterLabel: 'Filter domains',
        className: 'domains', limit,
        rows: overview.domains,
        rowHref: (row) => row.domain ? toDomain(row.domain, span) : null,
        columns: columns(overview.range, span),
    });
}
