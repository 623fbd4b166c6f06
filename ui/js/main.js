// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The start: shows the page of the address and puts the frame around it right.

import * as api from './api.js';
import { announce, errorText, h, replace } from './dom.js';
import * as format from './format.js';
import * as range from './range.js';
import * as router from './router.js';

const SECTION_OF = { domain: 'domains', report: 'reports',
    outbox: 'sending' };
const main = document.getElementById('main');
let under = new AbortController();
let news = null; // from the first page on

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

// What the first table does without comes after it, or sooner when asked for;
// so it is also there once the server is not.
const later = {
    search: () => import('./parts/search.js'),
    theme: () => import('./parts/theme.js'),
    missing: () => import('./pages/missing.js'),
    csv: () => import('./parts/csv.js'),
    news: () => import('./parts/news.js'),
};

async function failedPage(route, error) {
    if (!(error instanceof api.ApiError)) {
        console.error(error);
    }
    try {
        return (await later.missing()).failed(route, error);
    } catch {
        return { title: 'tlsrpt', view: h('p', null, error.message) };
    }
}

// Where the focus goes: to the field that turned the page, else to its heading.
function focus({ isNew, field }) {
    const at = field && main.querySelector(`[name="${CSS.escape(field)}"]`);
    if (at || isNew) {
        (at || main.querySelector('h1'))?.focus({ preventScroll: true });
    }
}

// On a narrow screen the sections stand in one line that may be longer than it.
function showSection() {
    const bar = document.getElementById('nav');
    const box = bar.querySelector('[aria-current]')?.getBoundingClientRect();
    if (box && bar.scrollWidth > bar.clientWidth) {
        bar.scrollLeft += box.left + box.width / 2 - bar.clientWidth / 2;
    }
}

function place(page, how) {
    document.title = `${page.title} \u2013 tlsrpt`;
    replace(main, page.view);
    main.removeAttribute('aria-busy');
    scrollTo(0, how.y);
    focus(how);
    announce(page.says ?? page.title);
    if (page.stored) {
        markInbox(page.stored);
    }
    showSection();
}

// The lower part of a page that did not come.
function lacking(error) {
    console.error(error);
    main.append(h('p', { class: 'lacking' }, h('span', { class: 'bad' },
        `A part of this page did not come. ${errorText(error)} `),
    h('button', { type: 'button', class: 'small', on: {
        click: () => location.reload() } }, 'Load the page again')));
}

async function finish(page, signal) {
    try {
        await page.after?.();
    } catch (error) {
        if (!signal.aborted) {
            lacking(error);
        }
    }
}

async function show(route, how) {
    under.abort();
    under = new AbortController();
    const { signal } = under;
    markNavigation(route);
    main.setAttribute('aria-busy', 'true');
    delete main.dataset.whole;
    const seen = news?.ask();
    let page;
    try {
        page = await loadPage(route, signal);
    } catch (error) {
        page = signal.aborted ? null : await failedPage(route, error);
    }
    if (signal.aborted) {
        return;
    }
    place(page, how);
    seen?.then((change) => signal.aborted || news.settle(change));
    await finish(page, signal);
    if (signal.aborted) {
        return;
    }
    main.dataset.whole = 'yes';
    if (how.y) {
        requestAnimationFrame(() => scrollTo(0, how.y));
    }
}

async function startLater() {
    const [{ startNews }, { labelTheme }] = await Promise.all([later.news(),
        later.theme(), later.search(), later.missing(), later.csv()]);
    news = startNews(document.getElementById('news'));
    labelTheme(themeButton);
}

const themeButton = document.getElementById('theme');
const dialog = document.getElementById('search');

async function openSearch() {
    if (dialog.open) {
        return;
    }
    dialog.querySelector('input').value = '';
    dialog.showModal();
    try {
        await (await later.search()).fillSearch(dialog);
    } catch (error) {
        console.error(error);
        dialog.querySelector('[role="status"]').textContent =
            'The search did not come. Load the page again.';
    }
}

function startSearch() {
    document.getElementById('search-button')
        .addEventListener('click', openSearch);
    dialog.addEventListener('click', (event) => {
        if (event.target === dialog) {
            dialog.close();
        }
    });
    addEventListener('keydown', (event) => {
        if (event.key === '/' && !event.ctrlKey && !event.metaKey &&
            !event.altKey && !event.target.closest?.(
            'input, textarea, select, [contenteditable]')) {
            event.preventDefault();
            openSearch();
        }
    });
}

startSearch();
themeButton.addEventListener('click', async () =>
    (await later.theme()).nextTheme(themeButton));
await router.start(show);
// What does not come now comes when it is asked for.
startLater().catch(() => {});
