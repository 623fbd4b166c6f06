// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Search: opens with "/", walks with the arrow keys, goes with Enter. It looks
// through domains, reporters, kinds of failure and the pages.

import * as api from '../api.js';
import { h, replace } from '../dom.js';
import { go, toDomain, toReports } from '../router.js';
import { stateShape } from './state.js';

const MOST = 12;
const USUAL = { key: '30d' };
const PAGES = [['Now', '/'], ['Domains', '/domains'],
    ['Reporters', '/reporters'], ['Reports', '/reports'], ['Inbox', '/inbox'],
    ['Reports with failures', '/reports?failed=1']];

function asEntries(overview) {
    return [
        ...overview.domains.filter(({ domain }) => domain).map((domain) => ({
            kind: 'domain', state: domain.state,
            text: domain.unicode || domain.domain, sub: domain.domain,
            href: toDomain(domain.domain, USUAL) })),
        ...overview.organizations.map((who) => ({ kind: 'reporter',
            text: who.label, sub: who.key,
            href: toReports({ organization: who.key }, USUAL) })),
        ...overview.result_types.map((type) => ({ kind: 'failure',
            text: type.title, sub: type.key,
            href: toReports({ result_type: type.key }, USUAL) })),
        ...PAGES.map(([text, href]) => ({ kind: 'page', text, sub: text,
            href })),
    ];
}

function rank(entry, word) {
    const at = Math.min(...[entry.text, entry.sub].map((text) => {
        const index = text.toLowerCase().indexOf(word);
        return index < 0 ? Infinity : index;
    }));
    return at;
}

class Search {
    constructor(dialog) {
        this.dialog = dialog;
        this.entries = [];
        this.found = [];
        this.at = 0;
        this.input = h('input', { type: 'search', role: 'combobox',
            'aria-expanded': 'true', 'aria-controls': 'search-list',
            'aria-autocomplete': 'list', autocomplete: 'off',
            spellcheck: 'false', 'aria-label': 'Search',
            placeholder: 'Domain, reporter, kind of failure',
            on: { input: () => this.look(),
                keydown: (event) => this.key(event) } });
        this.list = h('ul', { id: 'search-list', role: 'listbox',
            'aria-label': 'Found' });
        replace(dialog, this.input, this.list, h('p', { class: 'note' },
            h('kbd', null, '\u2191'), h('kbd', null, '\u2193'), ' choose  ',
            h('kbd', null, 'Enter'), ' open  ', h('kbd', null, 'Esc'),
            ' close'));
        dialog.addEventListener('click', (event) => {
            if (event.target === dialog) {
                dialog.close();
            }
        });
    }

    async open() {
        if (this.dialog.open) {
            return;
        }
        this.input.value = '';
        this.dialog.showModal();
        this.look();
        try {
            this.entries = asEntries(await api.overview({}));
        } catch {
            this.entries = [];
        }
        this.look();
    }

    look() {
        const word = this.input.value.trim().toLowerCase();
        this.found = this.entries.map((entry) => [rank(entry, word), entry])
            .filter(([at]) => at !== Infinity)
            .sort((a, b) => a[0] - b[0]).map(([, entry]) => entry)
            .slice(0, MOST);
        if (this.found.length === 0 && word.includes('.')) {
            this.found = [{ kind: 'domain', text: word, sub: word,
                href: toDomain(word, USUAL) }];
        }
        this.at = 0;
        this.draw();
    }

    draw() {
        replace(this.list, this.found.length === 0 ?
            h('li', { class: 'note', role: 'option', 'aria-selected': 'false',
                'aria-disabled': 'true' }, 'Nothing by that name') :
            this.found.map((entry, index) => h('li', {
                id: `search-${index}`, role: 'option',
                'aria-selected': String(index === this.at),
                on: { click: () => this.go(entry) },
            }, entry.state ? stateShape(entry.state) :
                h('span', { class: 'shape' }), h('bdi', null, entry.text),
            h('small', null, entry.kind))));
        if (this.found.length > 0) {
            this.input.setAttribute('aria-activedescendant',
                `search-${this.at}`);
            this.list.children[this.at].scrollIntoView({ block: 'nearest' });
        } else {
            this.input.removeAttribute('aria-activedescendant');
        }
    }

    go(entry) {
        this.dialog.close();
        go(entry.href);
    }

    key(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        const many = this.found.length;
        if (step && many) {
            event.preventDefault();
            this.at = (this.at + step + many) % many;
            this.draw();
        } else if (event.key === 'Enter' && many) {
            event.preventDefault();
            this.go(this.found[this.at]);
        }
    }
}

function isTyping(target) {
    return target.closest?.('input, textarea, select, [contenteditable]');
}

/** Readies the search: its dialog, its button, the key "/". */
export function startSearch(dialog, button) {
    const search = new Search(dialog);
    button.addEventListener('click', () => search.open());
    addEventListener('keydown', (event) => {
        if (event.key === '/' && !event.ctrlKey && !event.metaKey &&
            !event.altKey && !isTyping(event.target)) {
            event.preventDefault();
            search.open();
        }
    });
}
