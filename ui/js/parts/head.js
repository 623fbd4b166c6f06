// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What every page begins with: its title, a line about it, the days shown. These
// are chosen among usual spans as links, or as any two days by a small form.

import { h, newId } from '../dom.js';
import { asParams, asQuery, SPANS, shift, today } from '../range.js';
import { address, go } from '../router.js';

function others(params) {
    const kept = Object.fromEntries(params);
    for (const name of ['range', 'from', 'to', 'cursor']) {
        delete kept[name];
    }
    return kept;
}

function dayField(label, name, value) {
    const id = newId('day');
    return [h('label', { for: id }, label),
        h('input', { id, name, type: 'date', required: true, value,
            max: shift(today(), 1) })];
}

function customForm(route) {
    const query = asQuery(route.range);
    const to = query.to ?? today();
    const from = query.from && query.from !== 'all' ? query.from :
        shift(to, -29);
    return h('form', {
        on: {
            submit: (event) => {
                event.preventDefault();
                const data = new FormData(event.target);
                go(address(route.path, others(route.params),
                    { from: data.get('from'), to: data.get('to') }));
            },
        },
    }, dayField('From', 'from', from), dayField('To', 'to', to),
    h('button', { type: 'submit', class: 'primary' }, 'Show'));
}

function custom(route) {
    const { range } = route;
    const menu = h('details', {
        class: 'custom',
        on: {
            keydown: (event) => {
                if (event.key === 'Escape') {
                    menu.open = false;
                    menu.querySelector('summary').focus();
                }
            },
            focusout: (event) => {
                if (event.relatedTarget &&
                    !menu.contains(event.relatedTarget)) {
                    menu.open = false;
                }
            },
        },
    }, h('summary', { class: range.key ? null : 'current' },
        range.key ? 'Custom' : range.from === range.to ? range.from :
            `${range.from} \u2013 ${range.to}`),
    customForm(route));
    return menu;
}

// The picker of a page: it keeps the page and its filters.
function rangePicker(route) {
    return h('div', { class: 'range', role: 'group',
        'aria-label': 'Days shown' },
    SPANS.map((span) => h('a', {
        href: address(route.path, others(route.params),
            asParams({ key: span.key })),
        title: span.title,
        'aria-current': route.range.key === span.key ? 'true' : null,
    }, span.label)),
    custom(route));
}

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
