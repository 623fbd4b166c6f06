// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Policies as senders saw them: by type, and word for word.

import { h } from '../dom.js';
import * as format from '../format.js';
import { later } from '../range.js';
import { toReports } from '../router.js';
import { POLICY_TYPES } from './names.js';
import { tableSection } from './table.js';

const NOTE = 'These count evaluations: a session checked under MTA-STS and ' +
    'under DANE stands in both rows.';

/** The table by policy type. */
export function policyTypesSection(types, domain, span) {
    const href = (row) => toReports({ domain, policy_type: row.type }, span);
    const all = (row) => row.success_evaluations + row.failure_evaluations;
    return tableSection({
        title: 'Policy types', name: 'policy-types', note: NOTE, rows: types,
        rowHref: href,
        columns: [
            { key: 'type', label: 'Type', value: (row) => row.type,
                cell: (row) => h('a', { href: href(row),
                    title: POLICY_TYPES[row.type] ?? null },
                h('code', null, row.type)) },
            { key: 'all', label: 'Evaluations', isNumber: true, value: all },
            { key: 'failed', label: 'Failed', isNumber: true,
                value: (row) => row.failure_evaluations },
            { key: 'rate', label: 'Rate', isNumber: true,
                value: (row) => all(row) ?
                    row.failure_evaluations / all(row) : null,
                cell: (row) => format.share(row.failure_evaluations,
                    all(row)) },
            { key: 'reports', label: 'Reports', isNumber: true,
                value: (row) => row.reports },
        ],
    });
}

/** The mode of an MTA-STS policy as reported: "enforce", or null. */
export function modeOf(policy) {
    return /^\s*mode\s*:\s*([a-z]+)/im.exec(policy.text ?? '')?.[1] ?? null;
}

/** A policy in few words: "sts enforce". */
export function policyName(policy) {
    return [policy.type, modeOf(policy)].filter(Boolean).join(' ');
}

// The days a policy was seen, for its reports; all, where none has a date.
function seen({ first_day: first, last_day: last }, range) {
    return first && last ? { from: later(first, range.from), to: last } :
        { key: 'all' };
}

function policyItem(policy, domain, range) {
    const hosts = policy.mx_hosts?.length > 0 && [
        h('dt', null, 'mx-host'),
        h('dd', null, policy.mx_hosts.map((host) =>
            h('code', { class: 'chip' }, host)))];
    return h('article', { class: 'policy' },
        h('header', null, h('h3', null, h('code', null, policyName(policy))),
            h('a', { href: toReports({ domain, policy_type: policy.type },
                seen(policy, range)) }, policy.last_day ?
                format.span(policy.first_day, policy.last_day) : 'no date')),
        policy.text ? h('pre', { tabindex: 0, 'aria-label': 'Policy text' },
            policy.text) : h('p', { class: 'quiet' },
            POLICY_TYPES[policy.type] ?? 'No text was reported'),
        hosts && h('dl', { class: 'inline' }, hosts),
        h('p', { class: 'note' },
            `${format.count(policy.success_evaluations +
                policy.failure_evaluations, 'evaluation')}, ` +
            `${format.number(policy.failure_evaluations)} failed`));
}

/** The policies seen; they come last seen first. */
export function policiesSection(policies, domain, range) {
    return h('section', { class: 'panel', 'aria-labelledby': 'policies-seen' },
        h('header', null, h('h2', { id: 'policies-seen' }, 'Policies seen')),
        h('p', { class: 'note' }, 'What senders fetched, in their words.'),
        h('div', { class: 'policies' }, policies.map((policy) =>
            policyItem(policy, domain, range))));
}
