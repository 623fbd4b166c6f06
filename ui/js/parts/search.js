// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Search: walks with the arrow keys, goes with Enter. It looks through the pages,
// domains, reporters and kinds of failure. js/main.js opens its dialog, by "/",
// and takes what is typed while this module comes.

import * as api from '../api.js';
import { errorText, h, replace } from '../dom.js';
import { asParams, asQuery, read } from '../range.js';
import { address, go, toDomain, toReports } from '../router.js';
import { stateShape } from './state.js';

const MOST = 12;
const PAGES = [['Now', '/'], ['Domains', '/domains'],
    ['Reporters', '/reporters'], ['Reports', '/reports'], ['Inbox', '/inbox'],
    ['Reports with failures', '/reports', { failed: true }]];

function pages(range) {
    return PAGES.map(([text, path, filter]) => ({ kind: 'page', text, sub: text,
        href: address(path, filter, asParams(range)) }));
}

function asEntries(overview, range) {
    return [...pages(range),
        ...overview.domains.filter(({ domain }) => domain).map((domain) => ({
            kind: 'domain', state: domain.state,
            text: domain.unicode || domain.domain, sub: domain.domain,
            href: toDomain(domain.domain, range) })),
        ...overview.organizations.map((who) => ({ kind: 'reporter',
            text: who.label, sub: who.key,
            href: toReports({ organization: who.key }, range) })),
        ...overview.result_types.map((type) => ({ kind: 'failure',
            text: type.title, sub: type.key,
            href: toReports({ result_type: type.key }, range) })),
    ];
}

function rank(entry, word) {
    return Math.min(...[entry.text, entry.sub].map((text) => {
        const index = text.toLowerCase().indexOf(word);
        return index < 0 ? Infinity : index;
    }));
}

class Search {
    constructor(dialog) {
        this.dialog = dialog;
        this.input = dialog.querySelector('input');
        this.list = dialog.querySelector('ul');
        this.said = dialog.querySelector('[role="status"]');
        this.input.addEventListener('input', () => this.look());
        this.input.addEventListener('keydown', (event) => this.key(event));
    }

    // The dialog was opened: the pages at once, the rest when it comes.
    async open() {
        this.range = read(new URLSearchParams(location.search));
        this.entries = pages(this.range);
        this.found = [];
        this.at = 0;
        this.isReading = true;
        this.trouble = '';
        this.look();
        try {
            this.entries = asEntries(await api.overview(asQuery(this.range)),
                this.range);
        } catch (error) {
            this.trouble = `Pages alone can be found. ${errorText(error)}`;
        }
        this.isReading = false;
        this.look(this.found[this.at]);
    }

    // Looks again; the entry chosen stays so if it is still there.
    look(chosen = null) {
        const word = this.input.value.trim().toLowerCase();
        this.found = this.entries.map((entry) => [rank(entry, word), entry])
            .filter(([at]) => at !== Infinity)
            .sort((a, b) => a[0] - b[0]).map(([, entry]) => entry)
            .slice(0, MOST);
        if (this.found.length === 0 && word.includes('.')) {
            this.found = [{ kind: 'domain', text: word, sub: word,
                href: toDomain(word, this.range) }];
        }
        this.at = Math.max(0, this.found.findIndex(({ href }) =>
            href === chosen?.href));
        this.draw();
    }

    // What there is to say below the list.
    get words() {
        return this.isReading ? 'Reading\u2026' : this.trouble ||
            (this.found.length === 0 ? 'Nothing by that name' : '');
    }

    draw() {
        this.said.textContent = this.words;
        this.list.hidden = this.found.length === 0;
        replace(this.list, this.found.map((entry, index) => h('li', {
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
        } else if (event.key === 'Escape') {
            // Of itself the first one would only empty the field.
            event.preventDefault();
            this.dialog.close();
        }
    }
}

let search = null;

/** Fills the dialog that was just opened. */
export function fillSearch(dialog) {
    search ??= new Search(dialog);
    return search.open();
}
