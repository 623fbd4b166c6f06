// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Runs before the first paint: takes the chosen colours, so that nobody sees the
// others flash, and asks for the overview while the modules are still coming.
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
    if (location.pathname === '/' && location.search === '') {
        const url = '/api/v1/overview';
        window.early = { url, response: fetch(url, { priority: 'high' }) };
        // Who takes the answer sees the failure; here it is not unhandled.
        window.early.response.catch(() => {});
    }
})();
