// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What we send to others, as our own collectors count it: words and pieces that
// the page of all domains and that of one share.

import { h } from '../dom.js';
import * as format from '../format.js';
import { asParams, today } from '../range.js';
import { address } from '../router.js';
import { adviceItem } from './advice.js';
import { copyBox } from './copy.js';
import { deliveriesSection, skippedNote } from './deliveries.js';
import { emptyNote } from './empty.js';
import { factStrip } from './facts.js';
import { whenDay } from './names.js';
import { policyName } from './policies.js';
import { stateBadge } from './state.js';
import { timelineFigure } from './timeline.js';

const FAULTS = {
    theirs: 'Theirs',
    ours: 'Ours',
    either: 'Theirs or ours',
};

const DO = { theirs: 'For them to do', either: 'For whose it is' };

/** Whose fault a reason is, seen from where we stand. */
export function faultName(fault) {
    return FAULTS[fault] ?? '';
}

/** The address of the page of all domains. */
export function toSending(span) {
    return address('/sending', asParams(span));
}

/** What bars of our own sessions count; each stands for so many domains. */
export const SENT = { noun: 'session', plural: 'Sessions', good: 'succeeded',
    each: 'domain', gap: 'no session', to: (filter, span) => filter.domain ?
        address(`/domains/${encodeURIComponent(filter.domain)}`,
            asParams(span)) : toSending(span) };

/** Since when something fails, and whether it still does. */
export function since(row) {
    if (!row.since) {
        return 'does not fail';
    }
    return h('span', { class: row.is_open ? 'open' : 'quiet' },
        whenDay(row.since, today()), row.is_since_first && ' or before',
        !row.is_open && ', well again');
}

// A mailto: as an address, other destinations by their host.
function destination(uri) {
    return uri.replace(/^mailto:/, '');
}

/** When a domain's next report is made, and for whom. */
export function nextReport(next) {
    if (!next.day) {
        return h('span', { class: 'quiet' }, 'none: no session today');
    }
    if (next.destinations.length === 0) {
        return h('span', { class: 'quiet' }, 'none: nobody to send it to');
    }
    return [h('bdi', null, destination(next.destinations[0])),
        next.destinations.length > 1 &&
            ` and ${next.destinations.length - 1} more`,
        h('small', null, 'after midnight UTC')];
}

const PROBLEMS = {
    tally: { absent: 'There is no tally yet', failed:
        'A tally cannot be read just now' },
    outbox: { absent: 'There is no outbox yet', failed:
        'The outbox cannot be read just now' },
};

/** What is to be said of files that were not read; null where all were. */
export function fileNotes(files, kind) {
    const bad = files.filter(({ state }) => state !== 'read');
    return bad.length > 0 && h('div', { class: 'filenotes', role: 'note' },
        bad.map((file) => h('p', null,
            h('b', null, `${PROBLEMS[kind][file.state]}: `),
            h('code', null, file.path), '. ',
            file.state === 'failed' ? `${format.sentence(file.problem)} ` : '',
            'What stands here is without it.',
            file.state === 'failed' && [' ', h('code', null, 'tlsrpt doctor'),
                ' says what to do.'])));
}

/** What to do where nothing is collected yet. */
export function startCollecting(files) {
    return h('section', { class: 'panel steps', 'aria-label': 'First steps' },
        h('h2', null, 'No session was counted yet'),
        h('p', { class: 'note' }, 'This page shows how your own mail server ' +
            'fares at the domains that you send to.'),
        h('ol', null,
            h('li', null, h('h3', null, 'Collect'),
                h('p', null, 'It takes what Postfix 3.10 and later tells of ' +
                    'each TLS session, and sums it by day', files[0] && [
                    ', in ', h('code', null, files[0].path)], '.'),
                copyBox('tlsrpt collect --socket ' +
                    '/var/spool/postfix/run/tlsrpt/tlsrpt.sock', 'command')),
            h('li', null, h('h3', null, 'Have the mail server tell it'),
                copyBox('postconf smtp_tlsrpt_enable=yes ' +
                    'smtp_tlsrpt_socket_name=run/tlsrpt/tlsrpt.sock',
                'setting')),
            h('li', null, h('h3', null, 'Report'),
                h('p', null, 'The next day each domain that asks for one gets ' +
                    'a report. See first what would go out:'),
                copyBox('tlsrpt report --dry-run', 'command'))));
}

/** Sums of today, which is not over, for a strip of facts. */
export function soFarFact(sums) {
    return { term: 'Today so far', value: format.number(sums.sessions),
        note: `${format.number(sums.failures)} failed` +
            (sums.sessions ? `, ${format.share(sums.failures, sums.sessions)}` :
                '') };
}

// ---- The part of a domain's page ----

function facts(answer) {
    const { next_report: next } = answer;
    return factStrip([
        { term: 'Sessions', value: format.number(answer.sessions) },
        { term: 'Failed', value: format.number(answer.failures),
            note: format.share(answer.failures, answer.sessions) },
        soFarFact(answer.so_far),
        { term: 'Fails since', value: since(answer) },
        { term: 'Last session', value: whenDay(answer.last_day, today()) },
        { term: 'Next report', value: next.day ? 'after midnight' : 'none yet',
            note: next.destinations.length ?
                next.destinations.map(destination).join(', ') :
                'nobody to send it to' },
    ]);
}

function reasons(answer) {
    const most = Math.max(1, ...answer.reasons.map((row) => row.failures));
    return h('section', { class: 'panel', 'aria-labelledby': 'sending-why' },
        h('header', null, h('h3', { id: 'sending-why' }, 'Why it fails')),
        answer.reasons.length === 0 ? h('p', { class: 'note' },
            answer.failures ? 'The mail server gave no reason.' :
                'No session failed in these days.') :
            answer.reasons.map((reason, index) => adviceItem({ ...reason,
                key: reason.reason ?
                    `${reason.result_type}: ${reason.reason}` :
                    reason.result_type,
                sideText: `${faultName(reason.fault)} to mend`,
                doText: DO[reason.fault] },
            { most, level: 4,
                isOpen: index === 0 && answer.state !== 'well' })));
}

function policies(answer) {
    return h('section', { class: 'panel',
        'aria-labelledby': 'sending-policies' },
    h('header', null, h('h3', { id: 'sending-policies' },
        'Policy it was held against')),
    h('div', { class: 'policies' }, answer.policies.map((policy) =>
        h('article', { class: 'policy' },
            h('header', null, h('h4', null,
                h('code', null, policyName(policy)))),
            policy.text ? h('pre', { tabindex: 0,
                'aria-label': 'Policy text' }, policy.text) : null,
            h('p', { class: 'note' },
                `${format.count(policy.success_evaluations +
                    policy.failure_evaluations, 'evaluation')}, ` +
                `${format.number(policy.failure_evaluations)} failed, on ` +
                `${format.day(answer.last_day)}`)))),
    answer.next_report.record && h('p', { class: 'note' },
        'Its TLSRPT record: ', h('code', null, answer.next_report.record)));
}

function body(answer, signal) {
    if (!answer.is_known) {
        return answer.deliveries.length > 0 && emptyNote('No session in the last 62 days',
            'Reports about it were made before.');
    }
    return [h('p', { class: 'lead' },
        stateBadge(answer.state, answer.is_noise), ' ',
        format.sentence(answer.sentence)),
    facts(answer),
    answer.days.length > 0 && timelineFigure({ title: 'Our sessions by day',
        name: `sending-${answer.domain}`, signal, words: SENT,
        days: answer.days.map((day) => ({ ...day, reports: 1 })),
        range: answer.range, filter: { domain: answer.domain } }),
    h('div', { class: 'split' }, reasons(answer), policies(answer))];
}

/** The part of a domain's page that is about what we send to it. */
export function sendingPart(answer, signal) {
    return h('section', { class: 'mailpart', 'aria-labelledby': 'sending' },
        h('h2', { id: 'sending', class: 'parthead' }, 'What we send to it'),
        fileNotes(answer.files, 'tally'),
        answer.outbox.state === 'failed' &&
            fileNotes([answer.outbox], 'outbox'), body(answer, signal),
        answer.deliveries.length > 0 && deliveriesSection(answer.deliveries, {
            title: 'Our reports about it', name: 'deliveries-of',
            isOfDomain: true }),
        answer.skipped.length > 0 && skippedNote(answer.skipped));
}
