// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A row's days in one glance: sessions above, failures below on their own zero
// line and their own scale. A day without a report leaves a gap.

import { svg } from '../dom.js';
import { count, number } from '../format.js';
import { length, shift } from '../range.js';

const WIDTH = 120;
const ABOVE = 16;
const BELOW = 9;
const MOST_BARS = 62;
const WEEK = 7;

// Days to a bar: whole weeks where there are many, so that no bar holds more
// weekends than another.
function barDays(days) {
    return days <= MOST_BARS ? 1 :
        WEEK * Math.ceil(days / WEEK / MOST_BARS);
}

/** Sums of days [day, sessions, failures] over equal spans that end with the
 * range; null for a span without a report. */
export function bucket(days, from, to) {
    const many = length(from, to);
    const size = barDays(many);
    const buckets = new Array(Math.ceil(many / size)).fill(null);
    const skew = buckets.length * size - many - 1;
    for (const [day, sessions, failures] of days) {
        const index = Math.floor((length(from, day) + skew) / size);
        if (index >= 0 && index < buckets.length) {
            const sum = buckets[index] ?? [0, 0];
            buckets[index] = [sum[0] + sessions, sum[1] + failures];
        }
    }
    return buckets;
}

function bars(buckets, which, zero, height, sign) {
    const most = Math.max(1, ...buckets.map((sums) => sums?.[which] ?? 0));
    const step = WIDTH / buckets.length;
    const width = Math.max(0.8, step * 0.72).toFixed(2);
    let path = '';
    buckets.forEach((sums, index) => {
        if (sums && sums[which] > 0) {
            const tall = Math.max(1.5, height * sums[which] / most).toFixed(1);
            path += `M${(index * step).toFixed(1)} ${zero}h${width}` +
                `v${sign * tall}h-${width}z`;
        }
    });
    return path;
}

/** Draws days over a range; the text tells the same. */
export function sparkline(days, range, today) {
    const to = range.to ?? today;
    const from = range.from ?? days[0]?.[0] ?? shift(to, -29);
    const buckets = bucket(days, from, to);
    const failing = days.filter((day) => day[2] > 0).length;
    const text = days.length === 0 ? 'no report' :
        `${count(days.length, 'day')} with reports, failures on ` +
        `${number(failing)}`;
    return svg('svg', { class: 'spark', role: 'img', 'aria-label': text,
        viewBox: `0 0 ${WIDTH} ${ABOVE + BELOW + 1}`, width: WIDTH,
        height: ABOVE + BELOW + 1, preserveAspectRatio: 'none' },
    svg('path', { class: 'spark-zero', d: `M0 ${ABOVE + 0.5}h${WIDTH}` }),
    svg('path', { class: 'spark-ok', d: bars(buckets, 0, ABOVE, ABOVE, -1) }),
    svg('path', { class: 'spark-bad',
        d: bars(buckets, 1, ABOVE + 1, BELOW, 1) }));
}
