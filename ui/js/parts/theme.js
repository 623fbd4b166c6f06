// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The switch between light and dark: the system's choice until one is made.

import { announce } from '../dom.js';

const ORDER = ['system', 'light', 'dark'];
const WORDS = { system: 'Auto', light: 'Light', dark: 'Dark' };

function keep(choice) {
    try {
        if (choice === 'system') {
            localStorage.removeItem('theme');
        } else {
            localStorage.setItem('theme', choice);
        }
    } catch {
        // No storage: it holds for this page.
    }
}

function apply(choice) {
    const root = document.documentElement;
    if (choice === 'system') {
        delete root.dataset.theme;
    } else {
        root.dataset.theme = choice;
    }
    dispatchEvent(new Event('themechange'));
}

/** Readies the button that walks through the choices. */
export function startTheme(button) {
    let choice = document.documentElement.dataset.theme ?? 'system';
    const label = () => {
        button.querySelector('span').textContent = WORDS[choice];
        button.setAttribute('aria-label', `Colours: ${WORDS[choice]}`);
    };
    button.addEventListener('click', () => {
        choice = ORDER[(ORDER.indexOf(choice) + 1) % ORDER.length];
        keep(choice);
        apply(choice);
        label();
        announce(`Colours: ${WORDS[choice]}`);
    });
    label();
}
