// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The span of days a page is about, as it stands in the address.
//
// `?range=90d` is a span up to today, `?from=...&to=...` two days of one's own
// choice, nothing the last 30 days. The same words lead the API.

const DAY_MS = 86400e3;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const SPANS = [
    { key: '7d', label: '7d', title: 'the last 7 days', days: 7 },
    { key: '30d', label: '30d', title: 'the last 30 days', days: 30 },
    { key: '90d', label: '90d', title: 'the last 90 days', days: 90 },
    { key: '180d', label: '180d', title: 'the last 180 days', days: 180 },
    { key: '1y', label: '1y', title: 'the last year', days: 365 },
    { key: 'all', label: 'All', title: 'everything stored', days: 0 },
];
const USUAL = '30d';

let serverToday = null;

/** Takes over what the server says is today; answers carry it. */
export function learnToday(day) {
    serverToday = day ?? serverToday;
}

/** Today's UTC day: the server's, or by the clock of this machine. */
export function today() {
    return serverToday ?? new Date().toISOString().slice(0, 10);
}

/** A day as the number of days since 1970. */
export function dayNumber(day) {
    return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

/** The day of a number. */
export function nthDay(n) {
    return new Date(n * DAY_MS).toISOString().slice(0, 10);
}

/** The day n days after another. */
export function shift(day, n) {
    return nthDay(dayNumber(day) + n);
}

/** The later of two days; the second may be missing. */
export function later(a, b) {
    return b && b > a ? b : a;
}

/** Days from one to another, both counted. */
export function length(from, to) {
    return dayNumber(to) - dayNumber(from) + 1;
}

function isDay(text) {
    return DAY.test(text ?? '') && !Number.isNaN(Date.parse(text));
}

/** Reads the range from the parameters of an address. */
export function read(params) {
    const from = params.get('from');
    const to = params.get('to');
    if (isDay(from) && isDay(to)) {
        return from <= to ? { from, to } : { from: to, to: from };
    }
    const key = params.get('range');
    return { key: SPANS.some((span) => span.key === key) ? key : USUAL };
}

/** The range as parameters of an address; none for the usual one. */
export function asParams(range) {
    if (range.key) {
        return range.key === USUAL ? {} : { range: range.key };
    }
    return { from: range.from, to: range.to };
}

/** The range as parameters of the API. */
export function asQuery(range) {
    if (!range.key) {
        return { from: range.from, to: range.to };
    }
    if (range.key === 'all') {
        return { from: 'all' };
    }
    const { days } = SPANS.find((span) => span.key === range.key);
    const to = today();
    return range.key === USUAL ? {} : { from: shift(to, 1 - days), to };
}

/** The range in words, for a sentence. */
export function inWords(range) {
    return SPANS.find((span) => span.key === range.key)?.title ??
        (range.from === range.to ? `${range.from}` :
            `${range.from} to ${range.to}`);
}

/** First and last day of a range, by the days an answer holds where the range
 * has no ends; what is dated ahead of today belongs to it. */
export function ends(range, first, last) {
    const to = range.to ?? later(range.today ?? today(), last);
    return { from: range.from ?? first ?? shift(to, -29), to };
}
