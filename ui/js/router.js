// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Addresses to pages. Every view has an address of its own, so that it can be
// kept, sent and gone back to.

import * as range from './range.js';

const ROUTES = [
    { pattern: /^\/$/, page: 'now' },
    { pattern: /^\/domains\/?$/, page: 'domains' },
    { pattern: /^\/domains\/([^/]+)$/, page: 'domain' },
    { pattern: /^\/reporters\/?$/, page: 'reporters' },
    { pattern: /^\/reports\/?$/, page: 'reports' },
    { pattern: /^\/reports\/(\d+)$/, page: 'report' },
    { pattern: /^\/inbox\/?$/, page: 'inbox' },
    { pattern: /^\/sending\/?$/, page: 'sending' },
    { pattern: /^\/outbox\/?$/, page: 'outbox' },
];

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** The page an address names, with its argument, parameters and range. */
export function match(location) {
    const params = new URLSearchParams(location.search);
    for (const { pattern, page } of ROUTES) {
        const found = pattern.exec(location.pathname);
        if (found) {
            return {
                page,
                argument: found[1] === undefined ? null : decode(found[1]),
                params,
                range: range.read(params),
                path: location.pathname,
            };
        }
    }
    return { page: 'missing', argument: null, params,
        range: range.read(params), path: location.pathname };
}

/** An address from a path and sets of parameters; null and false are left
 * out. '' stays: it means "without one". */
export function address(path, ...sets) {
    const search = new URLSearchParams();
    for (const [name, value] of sets.flatMap((set) =>
        Object.entries(set ?? {}))) {
        if (value !== null && value !== undefined && value !== false) {
            search.set(name, value === true ? '1' : String(value));
        }
    }
    const text = search.toString();
    return text ? `${path}?${text}` : path;
}

/** The address of a list of reports: a filter over a range. */
export function toReports(filter, span) {
    return address('/reports', filter, range.asParams(span));
}

/** The address of a list of DMARC reports. */
export function toMail(filter, span) {
    return address('/reports', { kind: 'dmarc' }, filter, range.asParams(span));
}

/** The address of a domain's page. */
export function toDomain(name, span) {
    return address(`/domains/${encodeURIComponent(name)}`,
        range.asParams(span));
}

let show = () => {};
let shown = '';

function display(how) {
    shown = location.pathname + location.search;
    return show(match(location), how);
}

/** Goes to an address of the dashboard; to the one shown, it is shown anew. */
export function go(url, { replace = false } = {}) {
    if (replace || new URL(url, location.href).href === location.href) {
        history.replaceState(null, '', url);
    } else {
        history.replaceState({ ...history.state, y: scrollY }, '');
        history.pushState(null, '', url);
    }
    display({ y: 0, isNew: !replace });
}

/** Goes to the page as a field of it now wants it: the field keeps the focus,
 * and trying one choice after the other leaves one step to go back. */
export function turn(url, field) {
    if (history.state?.field === field) {
        history.replaceState({ field }, '', url);
    } else {
        history.replaceState({ ...history.state, y: scrollY }, '');
        history.pushState({ field }, '', url);
    }
    display({ y: scrollY, isNew: true, field });
}

function isOurs(event, link) {
    return event.button === 0 && !event.metaKey && !event.ctrlKey &&
        !event.shiftKey && !event.altKey && !event.defaultPrevented &&
        !link.target && !link.hasAttribute('download') &&
        link.origin === location.origin &&
        !link.pathname.startsWith('/api/');
}

/** Begins: shows the page of the address, and of each one that follows. Returns
 * what showing the first one returns. */
export function start(showPage) {
    show = showPage;
    history.scrollRestoration = 'manual';
    document.addEventListener('click', (event) => {
        const link = event.target.closest?.('a[href]');
        if (!link || !isOurs(event, link) ||
            link.getAttribute('href').startsWith('#')) {
            return;
        }
        event.preventDefault();
        go(link.href);
    });
    addEventListener('popstate', (event) => {
        // A jump within the page is no other page.
        if (shown !== location.pathname + location.search) {
            display({ y: event.state?.y ?? 0, isNew: false });
        }
    });
    return display({ y: 0, isNew: false });
}
