// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The filters of the list of reports, each in the address. Result type, MX and
// policy type exclude each other: a list under one of them adds up to the number
// that led to it.

import * as api from '../api.js';
import { h, newId, replace } from '../dom.js';
import { asParams, asQuery } from '../range.js';
import { address, go } from '../router.js';

const EXCLUSIVE = ['result_type', 'mx', 'policy_type'];
const LABELS = { domain: 'Domain', organization: 'Reporter',
    result_type: 'Result type', mx: 'MX', policy_type: 'Policy type',
    failed: 'With failures only', conflicts: 'Conflicting copies' };
const POLICIES = ['sts', 'tlsa', 'no-policy-found', 'other'];

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

function select(name, current, options, apply) {
    const id = newId('filter');
    const list = options.some(([value]) => value === current) ||
        current === null ? options : [[current, current], ...options];
    return h('p', { class: 'field' }, h('label', { for: id }, LABELS[name]),
        h('select', { id, name, on: { change: (event) =>
            apply(name, event.target.value === '*' ? null :
                event.target.value.slice(1)) } },
        h('option', { value: '*' }, 'all'),
        list.map(([value, label]) => h('option', { value: `=${value}`,
            selected: value === current }, label))));
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
async function choices(filter, range, signal) {
    const all = await api.overview(range, signal);
    const isKnown = filter.domain && all.domains.some(({ domain }) =>
        domain === filter.domain);
    const one = isKnown ? await api.domain(filter.domain, range, signal) : null;
    const who = (one ?? all).organizations;
    return {
        domain: all.domains.map(({ domain, unicode }) =>
            [domain, domain ? unicode || domain : 'no domain named'])
            .sort(byLabel),
        organization: who.map(({ key, label }) => [key, label]).sort(byLabel),
        result_type: (one ?? all).result_types.map(({ key, title }) =>
            [key, title]),
        mx: (one?.mx ?? []).map(({ mx }) => [mx, mx || 'no MX named']),
    };
}

function fields(filter, known, apply) {
    const of = (name) => select(name, filter[name], known[name] ?? [], apply);
    return [of('domain'), of('organization'), of('result_type'),
        (filter.domain || filter.mx !== null) && of('mx'),
        select('policy_type', filter.policy_type,
            POLICIES.map((type) => [type, type]), apply),
        check(filter, apply)];
}

/** The row of filters; what can be chosen comes a moment later. */
export function filterBar(route, filter, signal) {
    const apply = (name, value) => go(address('/reports',
        changed(filter, name, value), asParams(route.range)));
    const form = h('form', { class: 'filters', role: 'search',
        'aria-label': 'Filter reports',
        on: { submit: (event) => event.preventDefault() } },
    fields(filter, {}, apply));
    const fill = async () => {
        const known = await choices(filter, asQuery(route.range), signal);
        replace(form, fields(filter, known, apply));
    };
    return { form, fill };
}

function chipText(name, value, labels) {
    if (value === true) {
        return LABELS[name];
    }
    return `${LABELS[name]}: ${labels?.[value] ?? (value === '' ?
        'none named' : value)}`;
}

/** The filters that hold, each a link that takes it away. */
export function chips(route, filter) {
    const held = Object.entries(filter).filter(([, value]) =>
        value !== null && value !== false);
    if (held.length === 0) {
        return null;
    }
    return h('ul', { class: 'chips', 'aria-label': 'Filters' },
        held.map(([name, value]) => h('li', null, h('a', {
            href: address('/reports', changed(filter, name, null),
                asParams(route.range)),
            title: 'Take this filter away',
        }, chipText(name, value), h('span', { class: 'x',
            'aria-hidden': 'true' }, '\u00d7')))),
        h('li', null, h('a', { class: 'clear', href: address('/reports',
            asParams(route.range)) }, 'Clear all')));
}
