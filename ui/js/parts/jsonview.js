// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The report as it came in, with what is told beside it marked at its place.

import { add, h } from '../dom.js';
import { number } from '../format.js';
import { jsonLines, lineFinder, reportPointer } from '../json.js';

const FIRST_LINES = 1500;
const MOST_DEPTH = 60; // deeper lines stand below each other

function lineElement(line, marks) {
    const element = h('span', { class: 'line' },
        '  '.repeat(Math.min(line.depth, MOST_DEPTH)),
        line.parts.map((part) => part.kind === 'mark' ? part.text :
            h('span', { class: `json-${part.kind}` }, part.text)));
    if (marks) {
        element.classList.add('marked', `marked-${marks[0].kind}`);
        element.tabIndex = -1;
        add(element, h('span', { class: 'note-mark' },
            marks.map((mark) => mark.label).join(', ')));
    }
    return h('li', null, element);
}

class JsonView {
    constructor(text, reportId, marks) {
        this.lines = jsonLines(text);
        const find = lineFinder(this.lines);
        const base = reportPointer(this.lines, reportId);
        // A place may be told within the report or within the whole text.
        this.find = (pointer) => find(pointer) || find(base + pointer);
        this.marks = new Map();
        for (const mark of marks) {
            const at = this.find(mark.where);
            this.marks.set(at, [...this.marks.get(at) ?? [], mark]);
        }
        this.list = h('ol');
        this.rest = h('button', { type: 'button', class: 'small',
            on: { click: () => this.draw(this.lines.length) } });
        this.element = h('div', { class: 'jsonbox' },
            h('div', { class: 'json', tabindex: 0, role: 'region',
                'aria-label': 'The report as JSON' }, this.list), this.rest);
        this.drawn = 0;
        this.draw(FIRST_LINES);
    }

    draw(until) {
        add(this.list, this.lines.slice(this.drawn, until)
            .map((line, index) => lineElement(line,
                this.marks.get(this.drawn + index))));
        this.drawn = Math.max(this.drawn, Math.min(until, this.lines.length));
        const left = this.lines.length - this.drawn;
        this.rest.hidden = left <= 0;
        this.rest.textContent = `Show ${number(left)} more lines`;
    }

    /** Shows the place of a pointer and puts the focus there. */
    show(pointer) {
        const index = this.find(pointer);
        if (index >= this.drawn) {
            this.draw(index + 50);
        }
        const line = this.list.children[index].firstChild;
        this.list.querySelector('.here')?.classList.remove('here');
        line.classList.add('here');
        line.tabIndex = -1;
        line.scrollIntoView({ block: 'center' });
        line.focus({ preventScroll: true });
    }
}

/** Makes the view of a text with marks { where, label, kind }; reportId tells
 * which report of several is meant. */
export function makeJsonView(text, reportId, marks) {
    return new JsonView(text, reportId, marks);
}
