// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Rows as a CSV file (RFC 4180). A text that a spreadsheet would take for a
// formula gets an apostrophe before it.

import { announce, h } from '../dom.js';

function field(value) {
    if (value === null || value === undefined) {
        return '';
    }
    let text = String(value);
    if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) {
        text = `'${text}`;
    }
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A head and rows of values as the text of a CSV file. */
export function asCsv(head, rows) {
    return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`)
        .join('');
}

function save(name, text) {
    const url = URL.createObjectURL(
        new Blob([text], { type: 'text/csv;charset=utf-8' }));
    h('a', { href: url, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10e3);
}

/** A button that saves what `make` yields: { head, rows }, or a promise. */
export function csvButton(name, what, make) {
    return h('button', {
        class: 'small', type: 'button', 'aria-label': `Save ${what} as CSV`,
        on: {
            click: async () => {
                const { head, rows } = await make();
                save(name, asCsv(head, rows));
                announce(`${name}.csv saved, ${rows.length} rows`);
            },
        },
    }, 'CSV');
}
