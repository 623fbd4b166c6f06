// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The start: shows the page of the address and puts the frame around it right.

import * as api from './api.js';
import { announce, h, replace } from './dom.js';
import * as format from './format.js';
import { failed } from './pages/missing.js';
import { startSearch } from './parts/search.js';
import { startTheme } from './parts/theme.js';
import * as range from './range.js';
import * as router from './router.js';

const CHECK_MS = 60e3;
const SECTION_OF = { domain: 'domains', report: 'reports' };
const main = document.getElementById('main');
let under = new AbortController();

function markNavigation(route) {
    const section = SECTION_OF[route.page] ?? route.page;
    for (const link of document.querySelectorAll('#nav a')) {
        const isHere = link.dataset.page === section;
        if (isHere) {
            link.setAttribute('aria-current', 'page');
        } else {
            link.removeAttribute('aria-current');
        }
        // The days shown stay the same from page to page.
        link.href = router.address(link.dataset.path,
            range.asParams(route.range));
    }
}

function markInbox(stored) {
    const badge = document.getElementById('inbox-count');
    const waiting = stored?.quarantined ?? 0;
    badge.textContent = waiting ? format.number(waiting) : '';
    badge.hidden = !waiting;
}

async function loadPage(route, signal) {
    const page = await import(`./pages/${route.page}.js`);
    return page.load(route, signal);
}

function place(page, { y, isNew }) {
    document.title = `${page.title} \u2013 tlsrpt`;
    replace(main, page.view);
    main.removeAttribute('aria-busy');
    scrollTo(0, y);
    if (isNew) {
        main.querySelector('h1')?.focus({ preventScroll: true });
    }
    announce(page.says ?? page.title);
    if (page.stored) {
        markInbox(page.stored);
    }
}

async function show(route, how) {
    under.abort();
    under = new AbortController();
    const { signal } = under;
    markNavigation(route);
    main.setAttribute('aria-busy', 'true');
    delete main.dataset.whole;
    let page;
    try {
        page = await loadPage(route, signal);
    } catch (error) {
        if (signal.aborted) {
            return;
        }
        if (!(error instanceof api.ApiError)) {
            console.error(error);
        }
        page = failed(route, error);
    }
    if (signal.aborted) {
        return;
    }
    place(page, how);
    await page.after?.();
    if (signal.aborted) {
        return;
    }
    main.dataset.whole = 'yes';
    if (how.y) {
        requestAnimationFrame(() => scrollTo(0, how.y));
    }
}

// Tells when something new was stored, and leaves it to the reader when to look.
function watchStore() {
    const news = document.getElementById('news');
    let known = null;
    const look = async () => {
        if (document.hidden) {
            return;
        }
        try {
            const status = await api.status();
            document.getElementById('version').textContent = status.version;
            if (known !== null && known !== status.store_change) {
                news.hidden = false;
            }
            known = status.store_change;
        } catch {
            // The next question of a page will say so.
        }
    };
    replace(news, 'New reports came in. ', h('button', { type: 'button',
        class: 'small', on: { click: () => {
            news.hidden = true;
            router.go(location.href, { replace: true });
        } } }, 'Show them'));
    setTimeout(look, 1000);
    setInterval(look, CHECK_MS);
}

router.start(show);
startTheme(document.getElementById('theme'));
startSearch(document.getElementById('search'),
    document.getElementById('search-button'));
watchStore();
