// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What fails, what it means for mail, whose side it is on, and what to do.

import { h, svg } from '../dom.js';
import * as format from '../format.js';
import { copyBox } from './copy.js';
import { rfcLink, SIDES } from './names.js';

const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

// The command with the MX in place of its placeholder, where it is a host name
// and nothing a shell would take for more.
function lookAt(command, mx) {
    return mx && HOST.test(mx) && /\bMX\b/.test(command) ?
        { command: command.replace(/\bMX\b/g, mx), at: mx } :
        { command, at: null };
}

function look(advice, mx) {
    const { command, at } = lookAt(advice.look, mx);
    return [h('p', { class: 'note' }, 'To look for yourself', at &&
        [' at ', h('bdi', null, at), ', which failed most'], ':'),
    copyBox(command)];
}

/** "Do this" with causes and a command to look: an advice row's lower half. */
export function doThis(advice, mx = null) {
    return [advice.causes?.length > 0 && h('div', null,
        h('h4', null, 'Most likely'),
        h('ol', { class: 'causes' },
            advice.causes.map((cause) => h('li', null, format.sentence(cause))))),
    h('div', { class: 'do' }, h('h4', null, 'Do this'),
        h('p', null, format.sentence(advice.fix)),
        advice.look && look(advice, mx)),
    advice.rfc && h('p', { class: 'note' }, rfcLink(advice.rfc))];
}

function bar(failures, most) {
    const width = Math.max(0.6, 100 * failures / most).toFixed(1);
    return svg('svg', { class: 'bar', viewBox: '0 0 100 4', height: 4,
        preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'bar-ground', width: 100, height: 4 }),
    svg('rect', { class: 'bar-bad', width, height: 4 }));
}

/** One result type: { title, key, failures, ... } with the link to its
 * reports; mx: where most fails, for the command. */
export function adviceItem(type, { most, href, isOpen, mx }) {
    return h('article', { class: 'advice' },
        h('header', null,
            h('h3', null, type.title, ' ', h('code', null, type.key)),
            h('a', { class: 'count', href },
                format.number(type.failures), h('span', null, ' failed'))),
        bar(type.failures, most),
        h('p', null, format.sentence(type.meaning)),
        type.who && h('p', { class: 'who' }, format.sentence(type.who)),
        h('details', { open: isOpen },
            h('summary', null, 'What it means for mail, and what to do'),
            h('p', null, format.sentence(type.consequence)),
            h('p', { class: 'note' }, SIDES[type.side] ?? '',
                type.first_day && `. Seen ${format.span(type.first_day,
                    type.last_day)}.`),
            doThis(type, mx)));
}
