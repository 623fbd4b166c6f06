// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A row's days in one glance: sessions above, failures below on their own zero
// line and their own scale. A day without a report leaves a gap.

import { svg } from '../dom.js';
import { count, number } from '../format.js';
import { dayNumber, ends, length } from '../range.js';

const WIDTH = 120;
const ABOVE = 16;
const BELOW = 9;
const MOST_BARS = 62;
const WEEK = 7;

// Days to a bar: whole weeks where there are many, so that no bar holds more
// weekends than another; whole blocks where the days came in blocks.
function barDays(days, block) {
    const unit = block > 1 ? block : WEEK;
    return block === 1 && days <= MOST_BARS ? 1 :
        unit * Math.ceil(days / unit / MOST_BARS);
}

// Bars of days end with the range; blocks are counted from 1970, in all rows
// alike, and one that the range cuts is still one bar.
function firstBar(from, many, size, block) {
    const first = dayNumber(from);
    return block > 1 ? Math.floor(first / size) * size :
        first + many - Math.ceil(many / size) * size;
}

/** Sums of days [day, sessions, failures] over equal bars of a range; null for a
 * bar without a report. A day stands for the block of days it begins. */
export function bucket(days, from, to, block = 1) {
    const many = length(from, to);
    const size = barDays(many, block);
    const first = firstBar(from, many, size, block);
    const buckets = new Array(Math.ceil((dayNumber(to) + 1 - first) / size))
        .fill(null);
    for (const [day, sessions, failures] of days) {
        const index = Math.floor((dayNumber(day) - first) / size);
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

function inWords(days, block, each) {
    const failing = days.filter((day) => day[2] > 0).length;
    const what = block > 1 ? `span of ${block} days` : 'day';
    const plural = block > 1 ? `spans of ${block} days` : 'days';
    return days.length === 0 ? `no ${each}` :
        `${count(days.length, what, plural)} with ${each}s, failures in ` +
        `${number(failing)}`;
}

/** Draws a domain's days over the range of its overview; the text tells the
 * same. All rows of an overview have the same days under each other. */
export function sparkline(days, { range, stored, block_days: block = 1 },
    each = 'report') {
    const { from, to } = ends(range, stored.first_day, stored.last_day);
    const buckets = bucket(days, from, to, block);
    return svg('svg', { class: 'spark', role: 'img',
        'aria-label': inWords(days, block, each),
        viewBox: `0 0 ${WIDTH} ${ABOVE + BELOW + 1}`, width: WIDTH,
        height: ABOVE + BELOW + 1, preserveAspectRatio: 'none' },
    svg('path', { class: 'spark-zero', d: `M0 ${ABOVE + 0.5}h${WIDTH}` }),
    svg('path', { class: 'spark-ok', d: bars(buckets, 0, ABOVE, ABOVE, -1) }),
    svg('path', { class: 'spark-bad',
        d: bars(buckets, 1, ABOVE + 1, BELOW, 1) }));
}
