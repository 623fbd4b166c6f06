// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Sending: which of the domains that we send to fail now, since when, why, and
// whose fault it is, as our own collectors count.

import * as api from '../api.js';
import { announce, busyButton, h } from '../dom.js';
import * as format from '../format.js';
import { asQuery, inWords } from '../range.js';
import { toDomain } from '../router.js';
import { emptyNote } from '../parts/empty.js';
import { factStrip } from '../parts/facts.js';
import { pageHead } from '../parts/head.js';
import { domainName, when } from '../parts/names.js';
import { faultName, fileNotes, nextReport, SENT, since, soFarFact,
    startCollecting } from '../parts/sending.js';
import { sparkline } from '../parts/sparkline.js';
import { stateBadge, stateShape, STATES, stateWord } from '../parts/state.js';
import { makeTable, tablePanel } from '../parts/table.js';
import { timelineFigure } from '../parts/timeline.js';

function headState({ trouble, watch, well }) {
    return trouble ? 'trouble' : watch ? 'watch' : well ? 'well' : 'unknown';
}

function lead(answer, span) {
    const { totals } = answer;
    return ['In ', inWords(span), ': ',
        format.count(totals.sessions, 'session'), ' with ',
        format.count(totals.domains, 'domain'), ', ',
        format.number(totals.failures), ' failed (',
        format.share(totals.failures, totals.sessions), '). ',
        'Our collectors count them; looked at ', when(answer.as_of), '. ',
        h('a', { href: '/outbox' }, 'What became of the reports'), '.'];
}

function lastClosed(answer) {
    return answer.days.filter((day) => day.day !== answer.so_far.day).at(-1);
}

function facts(answer) {
    const last = lastClosed(answer);
    return factStrip([
        soFarFact(answer.so_far),
        { term: 'Domains today', value: format.number(answer.so_far.domains),
            note: `${format.number(answer.so_far.failing)} with failures` },
        last && { term: last.is_closed ? format.day(last.day) :
            `${format.day(last.day)}, not closed`,
        value: format.number(last.sessions),
        note: `${format.number(last.failures)} failed, ` +
                format.share(last.failures, last.sessions) },
        { term: 'Domains in these days',
            value: format.number(answer.totals.domains),
            note: `${format.number(answer.totals.failing)} with failures` },
        answer.totals.unnamed > 0 && { term: 'Under no domain',
            value: format.number(answer.totals.unnamed),
            note: 'beyond the caps of the collector; in no other number' },
    ]);
}

function why({ worst }) {
    if (!worst) {
        return h('span', { class: 'quiet' }, 'no reason told');
    }
    return h('div', null, worst.title, worst.reason &&
        h('small', null, h('bdi', null, worst.reason)),
    worst.mx && h('small', null, h('bdi', null, worst.mx)));
}

function columns(answer, span) {
    const scale = { range: answer.range, stored: {
        first_day: answer.days[0]?.day, last_day: answer.so_far.day } };
    return [{ key: 'domain', label: 'Domain', className: 'name',
        isPlain: true, value: (row) => row.domain,
        cell: (row) => h('a', { href: toDomain(row.domain, span) },
            domainName(row.domain, row.unicode)) },
    { key: 'state', label: 'State', className: 'statecell', isPlain: true,
        value: (row) => STATES.indexOf(row.state), csv: (row) => row.state,
        text: (row) => stateWord(row.state, row.is_noise),
        cell: (row) => stateBadge(row.state, row.is_noise) },
    { key: 'sessions', label: 'Sessions', isNumber: true, isPlain: true,
        value: (row) => row.sessions },
    { key: 'failures', label: 'Failed', isNumber: true, isPlain: true,
        value: (row) => row.failures },
    { key: 'share', label: 'Rate', isNumber: true, isPlain: true,
        value: (row) => row.sessions ? row.failures / row.sessions : null,
        cell: (row) => format.share(row.failures, row.sessions) },
    { key: 'worst', label: 'Why', className: 'worst', isPlain: true,
        value: (row) => [row.worst?.result_type, row.worst?.reason]
            .filter(Boolean).join(': '), cell: why },
    { key: 'fault', label: 'Whose fault', isPlain: true, className: 'fault',
        value: (row) => faultName(row.worst?.fault) },
    { key: 'since', label: 'Since', isPlain: true, className: 'since',
        value: (row) => row.since ?? '', cell: since },
    { key: 'days', label: 'Days', isPlain: true, className: 'sparkcell',
        cell: (row) => sparkline(row.days, scale, 'session') },
    { key: 'next', label: 'Next report', className: 'next', isPlain: true,
        value: (row) => row.next_report.destinations.join(' '),
        cell: (row) => nextReport(row.next_report) }];
}

// The rest of the list, a page at a time.
function pager(table, answer, span, signal) {
    let cursor = answer.next_cursor;
    const button = busyButton({}, 'Show more', async () => {
        const next = await api.sending({ ...asQuery(span), cursor }, signal);
        table.append(next.domains);
        cursor = next.next_cursor;
        button.hidden = cursor === null;
        announce(`${format.count(table.rows.length, 'domain')} shown`);
    });
    return cursor !== null && h('p', { class: 'more', id: 'pager' }, button,
        ' ', h('span', { class: 'quiet' },
            `of ${format.count(answer.totals.failing, 'domain')}`));
}

function list(answer, span, signal) {
    if (answer.domains.length === 0) {
        return emptyNote('No session failed in these days',
            `All ${format.count(answer.totals.sessions, 'session')} with ` +
            `${format.count(answer.totals.domains, 'domain')} succeeded.`);
    }
    const title = 'Domains that fail';
    const table = makeTable({ caption: title, rows: answer.domains,
        limit: Infinity, className: 'domains sending',
        rowHref: (row) => toDomain(row.domain, span),
        columns: columns(answer, span) });
    return [tablePanel(table, { title, name: 'sending',
        filterLabel: 'Filter domains',
        note: 'Those in trouble first, then the most failures. The state ' +
            'rests on the last 7 days, today so far too.' +
            (answer.totals.more > 0 ? ' And ' +
                format.count(answer.totals.more, 'more domain') +
                ', in the sums alone.' : '') }),
    pager(table, answer, span, signal)];
}

function body(answer, span, signal) {
    if (!answer.is_ready) {
        return emptyNote('The sums are being read',
            'This is the first look since the server was started; it takes ' +
            'some seconds where there are many domains.',
            h('p', null, h('a', { class: 'button', href: location.href
                .slice(location.origin.length) }, 'Look again')));
    }
    if (answer.totals.sessions === 0) {
        const isNone = answer.files.every(({ state }) => state === 'absent');
        return isNone ? startCollecting(answer.files) :
            emptyNote('No session in these days',
                'Sums go back 62 days at most, as long as the collector ' +
                'keeps them.', h('p', null, h('a', { class: 'button',
                    href: '/sending?range=all' }, 'Show all that is kept')));
    }
    return [facts(answer),
        timelineFigure({ title: 'Our sessions by day', name: 'sending-days',
            signal, words: SENT, filter: {}, range: answer.range,
            days: answer.days.map((day) => ({ ...day,
                reports: day.domains })) }),
        list(answer, span, signal)];
}

/** Loads the page. */
export async function load(route, signal) {
    const span = route.range;
    const answer = await api.sending(asQuery(span), signal);
    const has = answer.is_ready && answer.totals.sessions > 0;
    const isNone = answer.files.length > 0 &&
        answer.files.every(({ state }) => state === 'absent');
    return {
        title: 'Sending',
        view: h('div', { class: 'page page-sending' },
            pageHead(route, { noRange: isNone,
                title: has ? [stateShape(headState(answer.states)),
                    format.sentence(answer.sentence).replace(/\.$/, '')] :
                    'Sending',
                lead: has ? lead(answer, span) : isNone ? null :
                    format.sentence(answer.sentence) }),
            answer.note && h('p', { class: 'filenotes', role: 'note' },
                format.sentence(answer.note)),
            !isNone && fileNotes(answer.files, 'tally'),
            body(answer, span, signal)),
        says: answer.sentence,
    };
}
