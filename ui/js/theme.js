// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Runs before the first paint, so that nobody sees the other colours flash.
(() => {
    let chosen = null;
    try {
        chosen = localStorage.getItem('theme');
    } catch {
        // No storage: the system's choice holds.
    }
    if (chosen === 'light' || chosen === 'dark') {
        document.documentElement.dataset.theme = chosen;
    }
})();
