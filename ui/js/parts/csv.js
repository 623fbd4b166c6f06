// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Rows as a CSV file (RFC 4180). A text that a spreadsheet would take for a
// formula gets an apostrophe before it.

import { h } from '../dom.js';

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

/** Saves a head and rows as NAME.csv. */
export function saveCsv(name, { head, rows }) {
    const url = URL.createObjectURL(
        new Blob([asCsv(head, rows)], { type: 'text/csv;charset=utf-8' }));
    h('a', { href: url, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10e3);
}
