// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Failures by reason or MX need not add up to the failed sessions: senders
// count a session under each reason it failed for, and some give none. Where
// the sums differ, the page says so rather than leaving the reader to wonder.

import * as format from '../format.js';

export function overlapNote(rows, failed) {
    const sum = rows.reduce((all, row) => all + row.failures, 0);
    if (rows.length === 0 || sum === failed)
        return null;
    return 'These need not add up to the ' + format.number(failed) +
        ' failed sessions: a session can fail for more than one reason, ' +
        'and some reports do not say where or why.';
}
