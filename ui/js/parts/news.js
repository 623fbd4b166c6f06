// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Tells when something new was stored, and leaves it to the reader when to look.

import * as api from '../api.js';
import { h, replace } from '../dom.js';
import { go } from '../router.js';

const CHECK_MS = 60e3;

class News {
    constructor(element) {
        this.element = element;
        this.known = null;
        replace(element, 'New reports came in. ', h('button', {
            type: 'button', class: 'small',
            on: { click: () => go(location.href, { replace: true }) },
        }, 'Show them'));
    }

    // The store's number now; null without an answer, which the next question of
    // a page will tell.
    async ask() {
        try {
            const status = await api.status();
            document.getElementById('version').textContent = status.version;
            return status.store_change;
        } catch {
            return null;
        }
    }

    async look() {
        const change = document.hidden ? null : await this.ask();
        this.known ??= change;
        if (change !== null && change !== this.known) {
            this.element.hidden = false;
        }
    }

    // A page is shown that holds at least what this number stands for.
    settle(change) {
        this.known = change ?? this.known;
        this.element.hidden = true;
    }
}

/** Begins to look now and then. */
export function startNews(element) {
    const news = new News(element);
    news.look();
    setInterval(() => news.look(), CHECK_MS);
    return news;
}
