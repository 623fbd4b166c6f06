// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A picture with its twin: the same numbers as a table, as a text for screen
// readers and as a CSV file.

import { h, newId } from '../dom.js';
import { csvButton } from './csv.js';
import { makeTable } from './table.js';

function toggle(picture, twin) {
    const button = h('button', { type: 'button', class: 'small',
        'aria-pressed': 'false' }, 'Table');
    button.addEventListener('click', () => {
        const shows = twin.hidden;
        twin.hidden = !shows;
        picture.hidden = shows;
        button.setAttribute('aria-pressed', String(shows));
        button.textContent = shows ? 'Chart' : 'Table';
    });
    return button;
}

/** Makes a figure: { title, name, summary, picture, legend, table } where table
 * is what makeTable takes. */
export function makeFigure({ title, name, summary, picture, legend, table }) {
    const id = newId('figure');
    const data = makeTable({ caption: title, limit: 400, ...table });
    const twin = h('div', { class: 'twin' }, data.element);
    twin.hidden = true;
    const shown = h('div', { class: 'picture' }, picture, legend);
    return h('section', { class: 'panel figure', 'aria-labelledby': id },
        h('header', null, h('h2', { id }, title),
            h('div', { class: 'tools' }, toggle(shown, twin),
                csvButton(name, title.toLowerCase(), () => data.csv()))),
        h('p', { class: 'sr' }, summary),
        shown, twin);
}
