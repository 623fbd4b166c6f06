// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Sessions by day: a picture to read, to walk with the arrow keys, to click
// through to the reports of a day, and to brush for a closer look.

import { h } from '../dom.js';
import * as format from '../format.js';
import { length } from '../range.js';
import { address, go, toReports } from '../router.js';
import { asSpans, SESSIONS as COUNTED, spanText, summaryText }
    from '../spans.js';
import { colours, draw, makeScale } from './chart.js';
import { makeFigure } from './figure.js';

// Beside this module, so of the same release.
const vendor = (name) =>
    new URL(`../../vendor/${name}`, import.meta.url).pathname;
const LIBRARY = vendor('uPlot.iife.min.js');
const LIBRARY_STYLE = vendor('uPlot.min.css');

/** What the bars of TLS reports count, and where their days lead. */
const SESSIONS = { ...COUNTED, plural: 'Sessions', good: 'succeeded',
    to: toReports };

let library = null;

// The chart library comes when the first chart does, not before the table.
function loadLibrary() {
    library ??= new Promise((resolve, reject) => {
        document.head.prepend(h('link', { rel: 'stylesheet',
            href: LIBRARY_STYLE }));
        document.head.append(h('script', { src: LIBRARY, on: {
            load: () => resolve(window.uPlot),
            error: () => reject(new Error(`${LIBRARY} did not come`)),
        } }));
    });
    // A failure is not for ever: the next chart asks again.
    library.catch(() => { library = null; });
    return library;
}

function tip(span, words) {
    const row = (term, value, mark) => [h('dt', null,
        mark && h('i', { class: `key key-${mark}` }), term),
    h('dd', null, value)];
    return [h('strong', null, span.from === span.to ?
        `${format.weekday(span.from).slice(0, 3)} ${format.day(span.from)}` :
        format.span(span.from, span.to)),
    span.reports === 0 ? h('p', null, format.sentence(words.gap),
        ' Silence is not zero.') :
        h('dl', null,
            row(words.good, format.number(span.sessions - span.failures), 'ok'),
            row('failed', format.number(span.failures), 'bad'),
            row('failure rate', format.share(span.failures, span.sessions),
                'rate'),
            row(`${words.each}s`, format.number(span.reports)))];
}

class Timeline {
    constructor({ days, range, filter, signal, words }) {
        this.words = words;
        this.spans = asSpans(days, range);
        this.filter = filter;
        this.index = null;
        this.scale = makeScale(this.spans);
        this.tip = h('div', { class: 'tip', 'aria-hidden': 'true' });
        this.tip.hidden = true;
        this.element = h('div', {
            class: 'timeline', tabindex: 0, role: 'slider',
            'aria-label': 'Days of the timeline; arrow keys walk, Enter opens ' +
                'the reports',
            'aria-valuemin': 1, 'aria-valuemax': this.spans.length,
            'aria-valuenow': this.spans.length,
            'aria-valuetext': spanText(this.spans.at(-1), words),
            on: {
                keydown: (event) => this.key(event),
                blur: () => this.mark(null),
            },
        }, this.tip);
        this.watch(signal);
        this.drawn = this.start();
    }

    async start() {
        this.uPlot = await loadLibrary();
        this.build();
    }

    // Redraws for another width or other colours, until the page is left.
    watch(signal) {
        const size = new ResizeObserver(() => {
            if (this.plot && this.element.clientWidth) {
                this.plot.setSize(this.size);
            }
        });
        size.observe(this.element);
        const recolour = () => this.plot && this.build();
        for (const source of [window, matchMedia('print'),
            matchMedia('(prefers-color-scheme: dark)')]) {
            source.addEventListener(source === window ? 'themechange' :
                'change', recolour, { signal });
        }
        signal.addEventListener('abort', () => size.disconnect(),
            { once: true });
    }

    get size() {
        const width = this.element.clientWidth || 600;
        return { width, height: width < 500 ? 200 : 240 };
    }

    build() {
        this.plot?.destroy();
        const paint = colours(this.element);
        const indexes = this.spans.map((_, index) => index);
        this.plot = new this.uPlot({
            ...this.size,
            padding: [8, 0, 0, 0],
            legend: { show: false },
            cursor: { y: false, points: { show: false },
                drag: { x: true, y: false, setScale: false, dist: 8 } },
            scales: {
                x: { time: false, range: [-0.6, this.spans.length - 0.4] },
                y: { range: [0, 1] },
            },
            axes: this.axes(paint),
            series: [{}, { scale: 'y', show: true, paths: () => null,
                points: { show: false } }],
            hooks: {
                draw: [(plot) => draw(plot, this.spans, this.scale, paint)],
                setCursor: [(plot) => this.mark(plot.cursor.left >= 0 ?
                    plot.cursor.idx : null)],
                setSelect: [(plot) => this.brush(plot.select)],
            },
        }, [indexes, indexes.map(() => 0)], this.element);
        this.plot.over.addEventListener('click', () => this.click());
        this.plot.over.addEventListener('mousedown',
            () => { this.isBrushed = false; });
        this.element.append(this.tip);
    }

    axes(paint) {
        const font = `11px ${getComputedStyle(this.element).fontFamily}`;
        const side = (ticks, at) => ({
            scale: 'y', side: at, size: at === 1 ? 40 : 44, gap: 6, font,
            stroke: paint.quiet, ticks: { show: false },
            grid: { show: at === 3, stroke: paint.line, width: 1 },
            splits: () => ticks.map(([value]) => value),
            values: () => ticks.map(([, label]) => label),
        });
        const wide = Math.max(1, Math.floor(this.size.width / 80));
        const every = Math.max(1, Math.ceil(this.spans.length / wide));
        const marks = this.spans.map((_, index) => index).filter((index) =>
            (this.spans.length - 1 - index) % every === 0);
        const isLong = length(this.spans[0].from, this.spans.at(-1).to) > 300;
        return [{
            font, stroke: paint.quiet, size: 26, gap: 6,
            grid: { show: false }, ticks: { show: false },
            splits: () => marks,
            values: () => marks.map((index) => isLong ?
                format.month(this.spans[index].from) :
                format.dayShort(this.spans[index].from)),
        }, side(this.scale.countTicks(), 3), side(this.scale.rateTicks(), 1)];
    }

    mark(index) {
        this.index = index ?? null;
        this.tip.hidden = this.index === null;
        if (this.index === null || !this.plot) {
            return;
        }
        const span = this.spans[this.index];
        this.element.setAttribute('aria-valuenow', this.index + 1);
        this.element.setAttribute('aria-valuetext',
            spanText(span, this.words));
        this.tip.replaceChildren(...tip(span, this.words));
        const { over } = this.plot;
        const x = this.plot.valToPos(this.index, 'x') + over.offsetLeft;
        const isRight = x > this.element.clientWidth / 2;
        this.tip.style.left = isRight ? 'auto' : `${x + 14}px`;
        this.tip.style.right = isRight ?
            `${this.element.clientWidth - x + 14}px` : 'auto';
    }

    click() {
        if (!this.isBrushed && this.index !== null) {
            this.open(this.index);
        }
    }

    open(index) {
        const { from, to } = this.spans[index];
        go(this.words.to(this.filter, { from, to }));
    }

    brush(select) {
        this.isBrushed = select.width > 0;
        if (select.width > 0) {
            const at = (pixel) => this.spans[Math.min(this.spans.length - 1,
                Math.max(0, Math.round(this.plot.posToVal(pixel, 'x'))))];
            go(address(location.pathname, {
                from: at(select.left).from,
                to: at(select.left + select.width).to,
            }));
        }
    }

    key(event) {
        const last = this.spans.length - 1;
        const now = this.index ?? last + 1;
        const next = { ArrowLeft: now - 1, ArrowDown: now - 1,
            ArrowRight: now + 1, ArrowUp: now + 1, PageUp: now + 7,
            PageDown: now - 7, Home: 0, End: last }[event.key];
        if (next !== undefined && this.plot) {
            event.preventDefault();
            const index = Math.min(last, Math.max(0, next));
            this.plot.setCursor({ left: this.plot.valToPos(index, 'x'),
                top: 10 });
            this.mark(index);
        } else if (event.key === 'Enter' && this.index !== null) {
            event.preventDefault();
            this.open(this.index);
        } else if (event.key === 'Escape') {
            this.mark(null);
        }
    }
}

function legend(spans, words) {
    const days = spans.length > 1 ? length(spans[0].from, spans[0].to) : 1;
    const unit = { 1: 'day', 7: 'week' }[days] ?? `${days} days`;
    const key = (mark, text) => h('li', null,
        h('i', { class: `key key-${mark}` }), text);
    return h('ul', { class: 'legend', 'aria-hidden': 'true' },
        key('ok', words.good), key('bad', 'failed, on its own scale'),
        key('rate', 'failure rate'), key('gap', words.gap),
        h('li', { class: 'hint' }, `one bar is one ${unit}; click it for ` +
            `${words.each === 'report' ? 'its reports' : 'it alone'}, ` +
            'drag to zoom'));
}

/** The figure of a timeline: { title, name, days, range, filter, signal, words },
 * which ends with the page's signal. Where no chart can be drawn, its table
 * stands. words: { noun, plural, good, to } of what is counted. */
export function timelineFigure({ title, name, days, range, filter, signal,
    words = SESSIONS }) {
    const timeline = new Timeline({ days, range, filter, signal, words });
    const { spans } = timeline;
    const column = (key, label) => ({ key, label, isNumber: true,
        value: (span) => span.reports ? span[key] : null });
    return makeFigure({
        title, name, summary: summaryText(spans, words), drawn: timeline.drawn,
        picture: timeline.element, legend: legend(spans, words),
        table: {
            rows: spans, order: 'descending', sortKey: 'from',
            rowHref: (span) => words.to(filter, span),
            columns: [{ key: 'from', label: 'Day', value: (span) => span.from,
                cell: (span) => h('a', { href: words.to(filter, span) },
                    format.span(span.from, span.to)) },
            column('sessions', words.plural), column('failures', 'Failed'),
            { key: 'rate', label: 'Failure rate', isNumber: true,
                value: (span) => span.reports ?
                    Number(span.rate.toFixed(6)) : null,
                cell: (span) => span.reports ?
                    format.share(span.failures, span.sessions) : words.gap },
            column('reports', words.each === 'report' ? 'Reports' : 'Domains')],
        },
    });
}
