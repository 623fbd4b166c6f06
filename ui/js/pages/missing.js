// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// An address that names nothing, and a question that was not answered.

import { h } from '../dom.js';
import { go } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { pageHead } from '../parts/head.js';

/** The page for an address without a page. */
export async function load(route) {
    return {
        title: 'No such page',
        view: h('div', { class: 'page' },
            pageHead(route, { title: 'No such page', noRange: true }),
            emptyNote('This address leads nowhere',
                'Perhaps the link was cut. Nothing is lost.',
                h('p', null, h('a', { class: 'button', href: '/' },
                    'To the start')))),
    };
}

/** The page for an error: what happened, what is safe, what to do. */
export function failed(route, error) {
    const title = error.title ?? 'This page could not be shown';
    return {
        title,
        view: h('div', { class: 'page' },
            pageHead(route, { title, noRange: true }),
            emptyNote(error.title ? error.message : 'A part of the dashboard ' +
                'did not come. Perhaps tlsrpt was upgraded meanwhile.',
            error.status === 404 ?
                'The store is as it was; there is just no such thing in it.' :
                'What is stored is safe.',
            h('p', null,
                h('button', { type: 'button', class: 'primary', on: {
                    // A file that did not come needs the page anew.
                    click: () => error.title ?
                        go(location.href, { replace: true }) :
                        location.reload(),
                } }, 'Try again'), ' ',
                h('a', { href: '/' }, 'To the start')))),
    };
}
