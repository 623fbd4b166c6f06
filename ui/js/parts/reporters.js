// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The table of reporting organisations, of one domain or of all.

import { h } from '../dom.js';
import * as format from '../format.js';
import { toReports } from '../router.js';
import { numberLink, whenDay } from './names.js';
import { tableSection } from './table.js';

/** The section; filter is what the reports behind a row share. */
export function reportersSection(rows, today, span, filter) {
    const href = (row, more) => toReports(
        { ...filter, organization: row.key, ...more }, span);
    return tableSection({
        title: 'Reporting organisations', name: 'reporters',
        filterLabel: 'Filter reporters', rows, rowHref: href,
        columns: [
            { key: 'label', label: 'Organisation', className: 'name',
                value: (row) => row.label,
                cell: (row) => h('a', { href: href(row) },
                    h('bdi', null, row.label || 'no name given')) },
            { key: 'reports', label: 'Reports', isNumber: true,
                value: (row) => row.reports },
            { key: 'sessions', label: 'Sessions', isNumber: true,
                value: (row) => row.sessions,
                cell: (row) => numberLink(row.sessions, href(row)) },
            { key: 'failures', label: 'Failed', isNumber: true,
                value: (row) => row.failures,
                cell: (row) => numberLink(row.failures,
                    href(row, { failed: true })) },
            { key: 'share', label: 'Failure rate', isNumber: true,
                value: (row) => row.sessions ?
                    row.failures / row.sessions : null,
                cell: (row) => format.share(row.failures, row.sessions) },
            { key: 'last_day', label: 'Last report', isNumber: true,
                value: (row) => row.last_day ?? '',
                cell: (row) => whenDay(row.last_day, today) },
        ],
    });
}
