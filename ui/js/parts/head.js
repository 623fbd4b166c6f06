// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What every page begins with: its title, a line about it, the days shown.

import { h } from '../dom.js';
import { rangePicker } from './range.js';

/** The head of a page; the heading takes the focus when the page changes. */
export function pageHead(route, { title, lead, trail, noRange }) {
    return h('header', { class: 'pagehead' },
        h('div', null,
            trail && h('nav', { class: 'trail', 'aria-label': 'You are in' },
                trail),
            h('h1', { tabindex: -1 }, title),
            lead && h('p', { class: 'lead' }, lead)),
        !noRange && rangePicker(route));
}
