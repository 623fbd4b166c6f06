// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A command or a record to copy.

import { announce, h } from '../dom.js';

function select(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}

/** A box with text and a button that copies it. label: what it is. */
export function copyBox(text, label = 'command') {
    const code = h('code', { tabindex: 0, role: 'region', 'aria-label': label },
        text);
    const button = h('button', {
        class: 'small', type: 'button', 'aria-label': `Copy the ${label}`,
        on: {
            click: async () => {
                try {
                    await navigator.clipboard.writeText(code.textContent);
                    button.textContent = 'Copied';
                    announce(`The ${label} was copied`);
                } catch {
                    select(code);
                    button.textContent = 'Selected';
                    announce(`The ${label} is selected`);
                }
                setTimeout(() => { button.textContent = 'Copy'; }, 2000);
            },
        },
    }, 'Copy');
    return h('div', { class: 'copy' }, code, button);
}
