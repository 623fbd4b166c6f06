// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What fails, what it means for mail, whose side it is on, and what to do.

import { h } from '../dom.js';
import * as format from '../format.js';
import { bar } from './bars.js';
import { copyBox } from './copy.js';
import { rfcLink, SIDES } from './names.js';

/** "Do this" with causes and a command to look: an advice row's lower half. */
export function doThis(advice) {
    return [advice.causes?.length > 0 && h('div', null,
        h('h4', null, 'Most likely'),
        h('ol', { class: 'causes' },
            advice.causes.map((cause) => h('li', null, format.sentence(cause))))),
    h('div', { class: 'do' }, h('h4', null, advice.doText ?? 'Do this'),
        h('p', null, format.sentence(advice.fix)),
        advice.look && [h('p', { class: 'note' }, 'To look for yourself:'),
            copyBox(advice.look)]),
    advice.rfc && h('p', { class: 'note' }, rfcLink(advice.rfc))];
}

// "Since 2 Nov 2026, still open", over everything stored.
function since(type) {
    return type.since && h('p', { class: type.is_open ? 'open' : 'quiet' },
        format.sentence(type.since));
}

/** One result type: { title, key, failures, ... } with the link to its
 * reports. */
export function adviceItem(type, { most, href, isOpen, level = 3 }) {
    return h('article', { class: 'advice' },
        h('header', null,
            h(`h${level}`, null, type.title, ' ', h('code', null, type.key)),
            h(href ? 'a' : 'span', { class: 'count', href },
                format.number(type.failures), h('span', null, ' failed'))),
        bar(type.failures, most, 'bad'),
        since(type),
        h('p', null, format.sentence(type.meaning)),
        type.who && h('p', { class: 'who' }, format.sentence(type.who)),
        h('details', { open: isOpen },
            h('summary', null, 'What it means for mail, and what to do'),
            h('p', null, format.sentence(type.consequence)),
            h('p', { class: 'note' }, type.sideText ?? SIDES[type.side] ?? '',
                type.first_day && `. Seen ${format.span(type.first_day,
                    type.last_day)}.`),
            doThis(type)));
}
