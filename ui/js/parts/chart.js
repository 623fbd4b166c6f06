// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The timeline's drawing: uPlot keeps axes, cursor and selection; bars, gaps
// and the rate are drawn here. Two panels share one scale from 0 to 1: failures
// below with a zero line of their own, so that 3 of them can be seen beside
// 40,000 successes.

import { number } from '../format.js';

// Where the panels lie on the common scale.
const BAD_TOP = 0.33;
const OK_ZERO = 0.43;
const GAP_TALL = 8; // pixels of hatching where no report came

/** A round number at or above n, for the top of an axis. */
export function niceTop(n) {
    if (n <= 5) {
        return Math.max(1, n);
    }
    const power = 10 ** Math.floor(Math.log10(n));
    const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
        .find((factor) => factor * power >= n);
    return step * power;
}

/** 40000 as "40k": the labels of an axis are short. */
export function short(n) {
    for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'],
        [1e3, 'k']]) {
        if (n >= size) {
            return `${Number((n / size).toPrecision(3))}${unit}`;
        }
    }
    return number(Number(n.toPrecision(3)));
}

/** Colours of the style sheet, as the canvas needs them. */
export function colours(element) {
    const probe = document.createElement('span');
    element.append(probe);
    const read = (name) => {
        probe.style.color = `var(--${name})`;
        return getComputedStyle(probe).color;
    };
    const found = { text: read('text'), quiet: read('quiet'),
        line: read('line'), ok: read('chart-ok'), bad: read('chart-bad'),
        rate: read('chart-rate'), gap: read('chart-gap'),
        ground: read('surface') };
    probe.remove();
    return found;
}

function tops(spans) {
    const filled = spans.filter((span) => span.reports > 0);
    const top = (pick) => niceTop(Math.max(0, ...filled.map(pick)));
    const rate = Math.max(0, ...filled.map((span) => span.rate));
    return { ok: top((span) => span.sessions - span.failures),
        bad: top((span) => span.failures), rate: Math.min(1, niceTop(
            rate * 1000) / 1000) || 1 };
}

/** Maps values to the common scale and back to labels. */
export function makeScale(spans) {
    const top = tops(spans);
    return {
        top,
        ok: (n) => OK_ZERO + (1 - OK_ZERO) * n / top.ok,
        bad: (n) => BAD_TOP * n / top.bad,
        rate: (n) => BAD_TOP * n / top.rate,
        countTicks: () => [[0, '0'], [BAD_TOP, short(top.bad)],
            [OK_ZERO, '0'],
            ...top.ok > 1 ? [[(1 + OK_ZERO) / 2, short(top.ok / 2)]] : [],
            [1, short(top.ok)]],
        rateTicks: () => [[0, '0%'], [BAD_TOP,
            `${Number((100 * top.rate).toPrecision(2))}%`]],
    };
}

function bar(context, plot, index, width, from, to) {
    const x = Math.round(plot.valToPos(index, 'x', true) - width / 2);
    const base = Math.round(plot.valToPos(from, 'y', true));
    const head = Math.min(Math.round(plot.valToPos(to, 'y', true)),
        base - Math.round(2 * devicePixelRatio));
    context.rect(x, head, Math.max(1, Math.round(width)), base - head);
}

function drawBars(plot, spans, scale, width, pick, zero, colour) {
    const { ctx } = plot;
    ctx.beginPath();
    spans.forEach((span, index) => {
        if (span.reports > 0 && pick(span) > 0) {
            bar(ctx, plot, index, width, zero, scale(pick(span)));
        }
    });
    ctx.fillStyle = colour;
    ctx.fill();
}

// A span without a report is hatched: silence is not zero.
function drawGaps(plot, spans, colour) {
    const { ctx } = plot;
    const base = Math.round(plot.valToPos(OK_ZERO, 'y', true));
    const tall = GAP_TALL * devicePixelRatio;
    const half = (plot.valToPos(1, 'x', true) -
        plot.valToPos(0, 'x', true)) / 2;
    ctx.save();
    ctx.beginPath();
    spans.forEach((span, index) => {
        if (span.reports === 0) {
            const x = plot.valToPos(index, 'x', true) - half;
            ctx.rect(x, base - tall, 2 * half, tall);
        }
    });
    ctx.clip();
    ctx.beginPath();
    const { left, width } = plot.bbox;
    for (let x = left - tall; x < left + width + tall;
        x += 4 * devicePixelRatio) {
        ctx.moveTo(x, base);
        ctx.lineTo(x + tall, base - tall);
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.stroke();
    ctx.restore();
}

function drawRate(plot, spans, scale, colour) {
    const { ctx } = plot;
    ctx.beginPath();
    let isDown = false;
    spans.forEach((span, index) => {
        if (span.sessions === 0) {
            isDown = false;
            return;
        }
        const x = plot.valToPos(index, 'x', true);
        const y = plot.valToPos(scale.rate(span.rate), 'y', true);
        if (isDown) {
            ctx.lineTo(x, y);
        } else {
            ctx.moveTo(x, y);
        }
        isDown = true;
    });
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.25 * devicePixelRatio;
    ctx.lineJoin = 'round';
    ctx.stroke();
}

function drawZero(plot, at, colour) {
    const { ctx, bbox } = plot;
    const y = Math.round(plot.valToPos(at, 'y', true)) - 0.5;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.stroke();
}

/** Draws the spans into a uPlot instance. */
export function draw(plot, spans, scale, paint) {
    const step = plot.valToPos(1, 'x', true) - plot.valToPos(0, 'x', true);
    const width = Math.min(Math.max(1, step * 0.74), 42 * devicePixelRatio);
    plot.ctx.save();
    drawGaps(plot, spans, paint.gap);
    drawBars(plot, spans, scale.ok, width,
        (span) => span.sessions - span.failures, OK_ZERO, paint.ok);
    drawBars(plot, spans, scale.bad, width, (span) => span.failures, 0,
        paint.bad);
    drawRate(plot, spans, scale, paint.rate);
    drawZero(plot, OK_ZERO, paint.quiet);
    drawZero(plot, 0, paint.quiet);
    plot.ctx.restore();
}
