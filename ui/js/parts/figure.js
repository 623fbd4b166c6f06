// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A picture with its twin: the same numbers as a table, as a text for screen
// readers and as a CSV file.

import { h, newId } from '../dom.js';
import { csvButton, makeTable } from './table.js';

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

// The numbers in place of a picture that cannot be drawn.
function fallBack(picture, twin, button) {
    picture.remove();
    button.remove();
    twin.hidden = false;
    twin.before(h('p', { class: 'note' },
        'The chart could not be drawn; these are its numbers.'));
}

/** Makes a figure: { title, name, summary, picture, drawn, legend, table } where
 * table is what makeTable takes, and drawn a promise that the picture keeps. */
export function makeFigure({ title, name, summary, picture, drawn, legend,
    table }) {
    const id = newId('figure');
    const data = makeTable({ caption: title, limit: 400, ...table });
    const twin = h('div', { class: 'twin' }, data.element);
    twin.hidden = true;
    const shown = h('div', { class: 'picture' }, picture, legend);
    const button = toggle(shown, twin);
    drawn.catch(() => fallBack(shown, twin, button));
    return h('section', { class: 'panel figure', 'aria-labelledby': id },
        h('header', null, h('h2', { id }, title),
            h('div', { class: 'tools' }, button,
                csvButton(name, title.toLowerCase(), () => data.csv()))),
        h('p', { class: 'sr' }, summary),
        shown, twin);
}
