// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The filters of the list of reports, each in the address. Result type, MX and
// policy type exclude each other: a list under one of them adds up to the number
// that led to it.

import * as api from '../api.js';
import { h, newId, replace } from '../dom.js';
import { asParams, asQuery } from '../range.js';
import { address, turn } from '../router.js';

const EXCLUSIVE = ['result_type', 'mx', 'policy_type'];
const LABELS = { domain: 'Domain', organization: 'Reporter',
    result_type: 'Result type', mx: 'MX', policy_type: 'Policy type',
    failed: 'With failures only', conflicts: 'Conflicting copies',
    standing: 'Standing' };
const STANDINGS = { counted: 'Counted', conflict: 'Conflicting copies',
    unproven: 'Sender not proven', unclaimed: 'About domains of others' };
const POLICIES = ['sts', 'tlsa', 'no-policy-found', 'other']
    .map((type) => [type, type]);

/** Reads the filter of an address; null where a part is not set. */
export function readFilter(params) {
    const filter = {};
    for (const name of Object.keys(LABELS)) {
        filter[name] = params.get(name);
    }
    filter.failed = filter.failed === '1';
    filter.conflicts = filter.conflicts === '1';
    return filter;
}

function changed(filter, name, value) {
    const next = { ...filter, [name]: value };
    if (EXCLUSIVE.includes(name) && value !== null) {
        for (const other of EXCLUSIVE) {
            next[other] = other === name ? value : null;
        }
    }
    return next;
}

function options(current, choices) {
    const list = current === null ||
        choices.some(([value]) => value === current) ? choices :
        [[current, current], ...choices];
    return [h('option', { value: '*' }, 'all'), list.map(([value, label]) =>
        h('option', { value: `=${value}`, selected: value === current },
            label))];
}

function select(name, current, apply) {
    const id = newId('filter');
    return h('p', { class: 'field' }, h('label', { for: id }, LABELS[name]),
        h('select', { id, name, on: { change: (event) =>
            apply(name, event.target.value === '*' ? null :
                event.target.value.slice(1)) } }, options(current, [])));
}

function check(filter, apply) {
    const id = newId('filter');
    return h('p', { class: 'check' },
        h('input', { id, type: 'checkbox', name: 'failed',
            checked: filter.failed,
            on: { change: (event) => apply('failed', event.target.checked) } }),
        h('label', { for: id }, 'failures only'));
}

function byLabel(a, b) {
    return a[1].localeCompare(b[1]);
}

// What there is to choose from: of the domain where one is chosen.
async function ask(filter, range, signal) {
    const all = await api.overview(range, signal);
    const isKnown = filter.domain && all.domains.some(({ domain }) =>
        domain === filter.domain);
    const one = isKnown ? await api.domain(filter.domain, range, signal) : null;
    const who = (one ?? all).organizations;
    return {
        domain: all.domains.map(({ domain, unicode }) =>
            [domain, domain ? unicode || domain : 'no domain named'])
            .sort(byLabel),
        organization: who.map(({ key, label }) =>
            [key, label || 'no name given']).sort(byLabel),
        result_type: (one ?? all).result_types.map(({ key, title }) =>
            [key, title]),
        mx: (one?.mx ?? []).map(({ mx }) => [mx, mx || 'no MX named']),
    };
}

// The choices last shown, so that the next page of the same range and domain has
// them at once: a list that is walked by the arrow keys must not be empty first.
let last = { key: null, known: null };

function chipText(name, value, known) {
    if (value === true) {
        return LABELS[name];
    }
    if (name === 'standing') {
        return STANDINGS[value] ?? value;
    }
    const label = known?.[name]?.find(([key]) => key === value)?.[1];
    return `${LABELS[name]}: ${label ?? (value === '' ? 'none named' : value)}`;
}

/** The filters of a page: the row of fields, the chips of those that hold, and
 * `fill`, which brings what can be chosen a moment later. */
export class Filters {
    constructor(route, filter, signal) {
        this.route = route;
        this.filter = filter;
        this.signal = signal;
        this.query = asQuery(route.range);
        this.key = JSON.stringify([this.query, filter.domain]);
        this.form = this.makeForm();
        this.texts = new Map();
        this.chips = this.makeChips();
        if (last.key === this.key) {
            this.show(last.known);
        }
    }

    apply(name, value) {
        turn(this.address(name, value), name);
    }

    address(name, value) {
        return address('/reports', changed(this.filter, name, value),
            asParams(this.route.range));
    }

    makeForm() {
        const { filter } = this;
        const apply = (name, value) => this.apply(name, value);
        const of = (name) => select(name, filter[name], apply);
        return h('form', { class: 'filters', role: 'search',
            'aria-label': 'Filter reports',
            on: { submit: (event) => event.preventDefault() } },
        of('domain'), of('organization'), of('result_type'),
        (filter.domain || filter.mx !== null) && of('mx'),
        of('policy_type'), check(filter, apply));
    }

    // Each a link that takes the filter away; null where none holds.
    makeChips() {
        const held = Object.entries(this.filter).filter(([, value]) =>
            value !== null && value !== false);
        return held.length === 0 ? null : h('ul', { class: 'chips',
            'aria-label': 'Filters' },
        held.map(([name, value]) => {
            const text = h('bdi', null, chipText(name, value));
            this.texts.set(name, text);
            return h('li', null, h('a', { href: this.address(name, null),
                title: 'Take this filter away' }, text,
            h('span', { class: 'x', 'aria-hidden': 'true' }, '\u00d7')));
        }),
        h('li', null, h('a', { class: 'clear', href: address('/reports',
            asParams(this.route.range)) }, 'Clear all')));
    }

    // Brings choices and names into the fields that stand there.
    show(known) {
        for (const field of this.form.querySelectorAll('select')) {
            replace(field, options(this.filter[field.name],
                field.name === 'policy_type' ? POLICIES : known[field.name]));
        }
        for (const [name, text] of this.texts) {
            text.textContent = chipText(name, this.filter[name], known);
        }
    }

    async fill() {
        const known = await ask(this.filter, this.query, this.signal);
        const isNews = last.key !== this.key ||
            JSON.stringify(last.known) !== JSON.stringify(known);
        last = { key: this.key, known };
        if (isNews) {
            this.show(known);
        }
    }
}
