// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Days as the bars of a timeline: equal spans over a range, those without a
// report included, and each in words.

import * as format from './format.js';
import { dayNumber, ends, nthDay } from './range.js';

const MOST_BARS = 400; // beyond it a bar is a week, then months

function spanLength(days) {
    return days <= MOST_BARS ? 1 : days <= 7 * MOST_BARS ? 7 :
        30 * Math.ceil(days / 30 / MOST_BARS);
}

/** Days of an answer as equal spans over its range, empty ones included. */
export function asSpans(days, range) {
    const { from, to } = ends(range, days[0]?.day, days.at(-1)?.day);
    const first = dayNumber(from);
    const many = dayNumber(to) - first + 1;
    const size = spanLength(many);
    const spans = Array.from({ length: Math.ceil(many / size) }, (_, index) => {
        const begin = index * size;
        return { from: nthDay(first + begin),
            to: nthDay(first + Math.min(begin + size, many) - 1),
            reports: 0, sessions: 0, failures: 0, rate: 0 };
    });
    for (const day of days) {
        const span = spans[Math.floor((dayNumber(day.day) - first) / size)];
        if (span) {
            span.reports += day.reports;
            span.sessions += day.sessions;
            span.failures += day.failures;
        }
    }
    for (const span of spans) {
        span.rate = span.sessions ? span.failures / span.sessions : 0;
    }
    return spans;
}

/** What bars count where nothing else is said: sessions that others report. */
export const SESSIONS = { noun: 'session', each: 'report', gap: 'no report' };

/** One span as a sentence; words say what it counts, and out of what. */
export function spanText(span, words = SESSIONS) {
    const when = span.from === span.to ?
        `${format.weekday(span.from)} ${format.day(span.from)}` :
        format.span(span.from, span.to);
    if (span.reports === 0) {
        return `${when}: ${words.gap}`;
    }
    return `${when}: ${format.count(span.sessions, words.noun)}, ` +
        `${format.number(span.failures)} failed ` +
        `(${format.share(span.failures, span.sessions)}), ` +
        `${format.count(span.reports, words.each)}`;
}

/** All spans in a few sentences, for who cannot see the picture. */
export function summaryText(spans, words = SESSIONS) {
    const failing = spans.filter((span) => span.failures > 0);
    const silent = spans.filter((span) => span.reports === 0).length;
    const worst = failing.reduce((a, b) =>
        !a || b.failures > a.failures ? b : a, null);
    return `${format.span(spans[0].from, spans.at(-1).to)}. ` +
        `Failures in ${failing.length} of ${spans.length} bars; ` +
        `${silent} with ${words.gap}. ` +
        (worst ? `Most failures: ${spanText(worst, words)}.` : 'No failure.');
}
