// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Tables: sorted by a click on the head, filtered by a word, opened by a click
// on the row or Enter on its link, saved as CSV. Narrow screens show each row as
// a card, hence the label at every cell.
//
// A column is { key, label, value(row), cell(row), text(row), csv(row), isNumber,
// isPlain }: value is what sorts, cell what is shown, text what the filter looks
// through (the value, unless that is a number), csv what is saved (value where
// there is none); isPlain columns do not sort. The first column is the row's head.
//
// Where `more` is given, some rows came without all they have. It yields them
// whole, and is asked once somebody wants more than the first rows as they came.

import { add, announce, busyButton, errorText, h, replace } from '../dom.js';
import { count, number } from '../format.js';
import { go } from '../router.js';

const FIRST_ROWS = 60;

function compare(a, b) {
    if (a === b) {
        return 0;
    }
    if (a === null || a === undefined) {
        return -1;
    }
    if (b === null || b === undefined) {
        return 1;
    }
    return typeof a === 'number' ? a - b : String(a).localeCompare(String(b));
}

function headCell(column, state, sort) {
    const isSorted = state.key === column.key;
    return h('th', {
        scope: 'col', role: 'columnheader',
        class: column.isNumber ? 'num' : null,
        'aria-sort': isSorted ? state.order : null,
    }, column.isPlain ? column.label : h('button', {
        type: 'button', class: 'sort', on: { click: () => sort(column) },
    }, column.label));
}

function bodyCell(column, row, index) {
    const content = column.cell ? column.cell(row) : column.value(row);
    const shown = typeof content === 'number' || content === null ?
        number(content) : content;
    return h(index ? 'td' : 'th', {
        scope: index ? null : 'row',
        role: index ? 'cell' : 'rowheader',
        class: [column.isNumber ? 'num' : '', column.className ?? '']
            .join(' ').trim() || null,
        'data-label': column.label || null,
    }, shown);
}

function textOf(column, row) {
    return String((column.text ?? (column.isNumber ? null : column.value))
        ?.(row) ?? '');
}

function opens(event, href) {
    if (event.target.closest('a, button, summary, input') ||
        String(getSelection())) {
        return;
    }
    if (event.metaKey || event.ctrlKey) {
        open(href, '_blank', 'noopener');
    } else {
        go(href);
    }
}

function bodyRow(table, row) {
    const href = table.rowHref?.(row);
    return h('tr', {
        role: 'row', class: href ? 'opens' : null,
        on: href ? { click: (event) => opens(event, href) } : null,
    }, table.columns.map((column, index) => bodyCell(column, row, index)));
}

class Table {
    constructor(options) {
        Object.assign(this, options);
        this.state = { key: options.sortKey ?? null, order: options.order };
        this.limit = options.limit ?? FIRST_ROWS;
        this.word = '';
        this.head = h('tr', { role: 'row' });
        this.body = h('tbody', { role: 'rowgroup' });
        this.foot = h('p', { class: 'more' });
        this.element = h('div', { class: 'tablebox' },
            h('div', { class: 'tablescroll' },
                h('table', { role: 'table', class: options.className ?? null },
                    h('caption', { class: 'sr' }, options.caption),
                    h('thead', { role: 'rowgroup' }, this.head), this.body)),
            this.foot);
        this.draw();
    }

    get shownRows() {
        const word = this.word.toLowerCase();
        const rows = this.rows.filter((row) => !word || this.columns.some(
            (column) => textOf(column, row).toLowerCase().includes(word)));
        const column = this.columns.find(({ key }) => key === this.state.key);
        if (column) {
            const sign = this.state.order === 'descending' ? -1 : 1;
            rows.sort((a, b) => sign * compare(column.value(a),
                column.value(b)));
        }
        return rows;
    }

    draw() {
        const rows = this.shownRows;
        replace(this.head, this.columns.map((column) =>
            headCell(column, this.state, (chosen) => this.sort(chosen))));
        replace(this.body, rows.slice(0, this.limit)
            .map((row) => bodyRow(this, row)));
        replace(this.foot, rows.length === 0 &&
            'Nothing matches. Clear the filter to see all.',
        rows.length > this.limit && busyButton({},
            `Show all ${number(rows.length)}`, () => this.showAll()));
        this.foot.hidden = !this.foot.hasChildNodes();
        return rows.length;
    }

    // All rows with all they have, read when that is first needed.
    async whole() {
        if (!this.more) {
            return;
        }
        this.reading ??= this.more();
        this.element.setAttribute('aria-busy', 'true');
        try {
            this.rows = await this.reading;
            this.more = null;
        } finally {
            this.reading = null;
            this.element.removeAttribute('aria-busy');
        }
    }

    // Does what needs whole rows; where they do not come it says so.
    async withWhole(act) {
        try {
            await this.whole();
        } catch (error) {
            if (error.name !== 'AbortError') {
                add(replace(this.foot), h('span', { class: 'bad' },
                    `The other rows did not come. ${errorText(error)}`));
                this.foot.hidden = false;
                announce(this.foot.textContent);
            }
            return;
        }
        act();
    }

    async showAll() {
        await this.whole();
        const first = this.limit;
        this.limit = Infinity;
        this.draw();
        // The button is gone; whoever pressed it reads on at the first new row.
        this.body.rows[first]?.querySelector('a')
            ?.focus({ preventScroll: true });
    }

    sort(column) {
        return this.withWhole(() => {
            const first = column.isNumber ? 'descending' : 'ascending';
            const other = column.isNumber ? 'ascending' : 'descending';
            const isAgain = this.state.key === column.key;
            this.state = { key: column.key,
                order: isAgain && this.state.order === first ? other : first };
            this.draw();
            this.head.querySelector('[aria-sort] button')?.focus();
            announce(`Sorted by ${column.label}, ${this.state.order}`);
        });
    }

    filter(word) {
        this.word = word.trim();
        return this.withWhole(() => announce(count(this.draw(), 'row')));
    }

    append(rows) {
        this.rows = [...this.rows, ...rows];
        this.limit = Infinity;
        this.draw();
    }

    // What is shown as values, or other rows of the same columns.
    async csv(rows = null) {
        await this.whole();
        const columns = this.columns.filter((column) => column.value);
        return { head: columns.map((column) => column.label),
            rows: (rows ?? this.shownRows).map((row) => columns.map((column) =>
                (column.csv ?? column.value)(row))) };
    }
}

/** Makes a table: { caption, columns, rows, more, rowHref, sortKey, order,
 * limit }. */
export function makeTable(options) {
    return new Table({ order: 'descending', ...options });
}

/** A button that saves what `make` yields: { head, rows }, or a promise. */
export function csvButton(name, what, make) {
    return busyButton({ class: 'small', 'aria-label': `Save ${what} as CSV` },
        'CSV', async () => {
            const [{ saveCsv }, data] = await Promise.all([
                import('./csv.js'), make()]);
            saveCsv(name, data);
            announce(`${name}.csv saved, ${count(data.rows.length, 'row')}`);
        });
}

/** A box to filter a table by a word. */
export function filterBox(table, label) {
    return h('input', {
        type: 'search', class: 'filter', placeholder: label,
        'aria-label': label, autocomplete: 'off', spellcheck: 'false',
        on: { input: (event) => table.filter(event.target.value) },
    });
}

/** A titled section around a table: { title, note, name, filterLabel, csv };
 * csv, if given, yields more rows than the table holds. */
export function tablePanel(table, { title, note, name, filterLabel, csv }) {
    const id = `section-${name}`;
    return h('section', { class: 'panel', 'aria-labelledby': id },
        h('header', null, h('h2', { id }, title),
            h('div', { class: 'tools' },
                table.rows.length > 10 && filterLabel &&
                    filterBox(table, filterLabel),
                csvButton(name, title.toLowerCase(),
                    csv ?? (() => table.csv())))),
        note && h('p', { class: 'note' }, note),
        table.element);
}

/** A table in its section. */
export function tableSection({ title, note, name, filterLabel, ...options }) {
    return tablePanel(makeTable({ caption: title, ...options }),
        { title, note, name, filterLabel });
}
