// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A strip of facts: each number says what it counts, and leads to its reports.

import { h } from '../dom.js';

/** Makes the strip from { term, value, note, href }; null entries are left
 * out. */
export function factStrip(facts) {
    return h('dl', { class: 'facts' }, facts.filter(Boolean).map((fact) =>
        h('div', null, h('dt', null, fact.term),
            h('dd', { class: 'figure-value' }, fact.href ?
                h('a', { href: fact.href }, fact.value) : fact.value),
            fact.note && h('dd', { class: 'note' }, fact.note))));
}
