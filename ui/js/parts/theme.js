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

/** The label of the button: the choice that holds. */
export function labelTheme(button) {
    const choice = WORDS[document.documentElement.dataset.theme ?? 'system'];
    button.querySelector('span').textContent = choice;
    button.setAttribute('aria-label', `Colours: ${choice}`);
}

/** Walks to the next choice. */
export function nextTheme(button) {
    const now = document.documentElement.dataset.theme ?? 'system';
    const choice = ORDER[(ORDER.indexOf(now) + 1) % ORDER.length];
    keep(choice);
    apply(choice);
    labelTheme(button);
    announce(`Colours: ${WORDS[choice]}`);
}
