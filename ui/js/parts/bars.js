// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A sorted list of bars, each a link to the reports it was made from.

import { h, svg } from '../dom.js';
import { number } from '../format.js';

/** One bar: a value beside the largest of its list, mark 'bad' or 'ok'. */
export function bar(value, most, mark) {
    const width = Math.max(0.6, 100 * value / most).toFixed(1);
    return svg('svg', { class: 'bar', viewBox: '0 0 100 4', height: 4,
        preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'bar-ground', width: 100, height: 4 }),
    svg('rect', { class: `bar-${mark}`, width, height: 4 }));
}

/** Makes the list: items of { label, sub, value, href, unit }, mark 'bad' or
 * 'ok'. */
export function barList(items, mark = 'bad') {
    const most = Math.max(1, ...items.map((item) => item.value));
    return h('ul', { class: 'bars' }, items.map((item) => h('li', null,
        h('a', { href: item.href },
            h('span', { class: 'bar-label' }, item.label,
                item.sub && h('small', null, item.sub)),
            h('span', { class: 'bar-value' }, number(item.value),
                h('span', { class: 'sr' }, ` ${item.unit}`)),
            bar(item.value, most, mark)))));
}
