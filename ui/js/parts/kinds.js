// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Reports are of two kinds, each with a list of its own: sessions and messages
// are not added up.

import { h } from '../dom.js';
import { toMail, toReports } from '../router.js';

/** Links between the two lists, which keep what both know of a filter. */
export function kindSwitch(kind, filter, span) {
    const { domain, failed, standing } = filter;
    const kept = { domain, failed, standing };
    const link = (name, text, to) => h('a', { href: to(kept, span),
        'aria-current': name === kind ? 'true' : null }, text);
    return h('nav', { class: 'kinds', 'aria-label': 'Kind of reports' },
        link('tls', 'TLS reports', toReports), ' ',
        link('dmarc', 'DMARC reports', toMail));
}
