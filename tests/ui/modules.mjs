// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The modules that need no page: numbers, days, ranges, JSON places, CSV.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const UI = path.resolve(path.dirname(fileURLToPath(import.meta.url)),
    '../../ui');

// A copy that node takes for modules.
const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'tlsrpt-modules-'));
process.on('exit', () => fs.rmSync(copy, { recursive: true, force: true }));
fs.cpSync(path.join(UI, 'js'), path.join(copy, 'js'), { recursive: true });
fs.writeFileSync(path.join(copy, 'package.json'), '{"type": "module"}');
const load = (name) => import(pathToFileURL(path.join(copy, 'js', name)));

const format = await load('format.js');
const range = await load('range.js');
const { jsonLines, lineFinder, lineText, reportPointer } =
    await load('json.js');
const { asSpans, spanText } = await load('spans.js');
const { asCsv } = await load('parts/csv.js');
const { bucket } = await load('parts/sparkline.js');
const { niceTop, short } = await load('parts/chart.js');
const { relayRefusal } = await load('parts/deliveries.js');

function table(name, check, rows) {
    for (const [input, expected] of rows) {
        test(`${name}: ${JSON.stringify(input)}`, () => {
            assert.deepEqual(check(...[input].flat()), expected);
        });
    }
}

table('number', format.number, [[0, '0'], [999, '999'],
    [1000, '1\u202f000'], [9007199254740991,
        '9\u202f007\u202f199\u202f254\u202f740\u202f991'], [[null], '\u2013']]);
table('share never reads 0 or 100 where it is not', format.share,
    [[[0, 100], '0%'], [[1, 100000], '<0.01%'], [[1, 0], '\u2013'],
        [[12, 1000], '1.2%'], [[5, 1000], '0.50%'], [[99999, 100000], '>99.9%'],
        [[100, 100], '100%'], [[13, 100], '13%'], [[996, 1000], '99.6%'],
        [[9999, 10000], '>99.9%']]);
table('span', format.span, [[['2026-01-02', '2026-01-02'], '2 Jan 2026'],
    [['2026-01-02', '2026-03-04'], '2 Jan to 4 Mar 2026'],
    [['2025-12-31', '2026-01-01'], '31 Dec 2025 to 1 Jan 2026'],
    [[null, null], 'all time']]);
table('dayAgo', format.dayAgo, [[['2026-11-20', '2026-11-20'], 'today'],
    [['2026-11-19', '2026-11-20'], 'yesterday'],
    [['2026-11-10', '2026-11-20'], '10 days ago'],
    [['2026-01-01', '2026-11-20'], '1 Jan'],
    [['2025-11-01', '2026-11-20'], '1 Nov 2025'],
    [[null, '2026-11-20'], 'never']]);
table('sentence', format.sentence, [['the report ends', 'The report ends.'],
    ['mx-host is a string', 'mx-host is a string.'],
    ['2637 of 58901 sessions failed.',
        '2\u202f637 of 58\u202f901 sessions failed.'],
    ['1 failed up to 2026-11-21; see a-2026-11-21.json',
        '1 failed up to 21 Nov 2026; see a-2026-11-21.json.'],
    ['see RFC 8460 section 4', 'See RFC 8460 section 4.'], [[null], '']]);
table('bytes', format.bytes, [[0, '0 B'], [999, '999 B'], [1234, '1.2 kB'],
    [51234567, '51 MB']]);

table('a range of an address', (text) =>
    range.read(new URLSearchParams(text)), [['', { key: '30d' }],
    ['range=1y', { key: '1y' }], ['range=%3Cscript%3E', { key: '30d' }],
    ['from=2026-01-05&to=2026-01-01', { from: '2026-01-01',
        to: '2026-01-05' }],
    ['from=2026-01-05&to=x', { key: '30d' }],
    ['from=2026-02-30&to=2026-99-01', { key: '30d' }]]);
test('a span up to today counts both ends', () => {
    const query = range.asQuery({ key: '7d' });
    assert.equal(range.length(query.from, query.to), 7);
    assert.deepEqual(range.asQuery({ key: 'all' }), { from: 'all' });
    assert.deepEqual(range.asQuery({ key: '30d' }), {});
});

test('JSON keeps every character and knows each place', () => {
    const text = '{"a":[1,{"b/c":"x\\"y\\u0041"},[]],"n":9223372036854775808,' +
        '"a~":{},"a":null}';
    const lines = jsonLines(text);
    const written = lines.map(lineText).join('');
    assert.equal(written.replace(/\s/g, ''), text);
    const find = lineFinder(lines);
    assert.match(lineText(lines[find('/a/1/b~1c')]), /"b\/c"/);
    assert.match(lineText(lines[find('/a~0')]), /"a~"/);
    assert.match(lineText(lines[find('/n/not/there')]), /"n"/);
    assert.equal(find(''), 0);
    assert.equal(find('/elsewhere'), 0);
});

test('one report of several is found by its report-id', () => {
    const several = jsonLines('[{"report-id":"a"},{"x":"b","report-id":"b"}]');
    assert.equal(reportPointer(several, 'b'), '/1');
    assert.equal(reportPointer(several, 'c'), '');
    assert.equal(reportPointer(several, undefined), '');
    assert.equal(reportPointer(jsonLines('{"report-id":"a"}'), 'a'), '');
});

test('what is not JSON is shown as it can be', () => {
    for (const text of ['', '{', ']]]', '{"a":', '"open', '{"a" 1 "b"}',
        '[1,,2]', '{"a":1}{"b":2}', '\u0000x', '<html>']) {
        const lines = jsonLines(text);
        const kept = lines.map(lineText).join('').replace(/[\s\u0000]/g, '');
        assert.equal(kept, text.replace(/[\s\u0000]/g, ''), text);
    }
});

test('deep JSON ends no stack', () => {
    const deep = '['.repeat(20000) + ']'.repeat(20000);
    assert.ok(jsonLines(deep).length > 20000);
});

test('a CSV holds no formula and every octet', () => {
    assert.equal(asCsv(['a', 'b'], [['=1+1', -5], ['x,"y"', null],
        ['+49', '\tx'], ['@a', '-b']]),
    'a,b\r\n\'=1+1,-5\r\n"x,""y""",\r\n\'+49,\'\tx\r\n\'@a,\'-b\r\n');
});

test('days without a report are spans of their own, not zero', () => {
    const spans = asSpans([{ day: '2026-01-02', reports: 1, sessions: 10,
        failures: 1 }], { from: '2026-01-01', to: '2026-01-03' });
    assert.deepEqual(spans.map(({ reports }) => reports), [0, 1, 0]);
    assert.match(spanText(spans[0]), /no report/);
    assert.match(spanText(spans[1]),
        /Friday 2 Jan 2026: 10 sessions, 1 failed \(10%\), 1 report$/);
});

test('a long time is drawn in weeks, its end cut at the range', () => {
    const spans = asSpans([{ day: '2025-12-31', reports: 1, sessions: 5,
        failures: 0 }], { from: '2024-01-01', to: '2025-12-31' });
    assert.equal(spans.length, Math.ceil(731 / 7));
    assert.equal(spans.at(-1).to, '2025-12-31');
    assert.equal(spans.reduce((sum, span) => sum + span.sessions, 0), 5);
});

test('a range of thousands of years is some hundred bars', () => {
    for (const [from, to] of [['2026-01-01', '9999-12-31'],
        ['0001-01-01', '9999-12-31'], ['2026-01-01', '2026-01-01'],
        ['2000-01-01', '2008-12-31']]) {
        const spans = asSpans([{ day: to, reports: 1, sessions: 3,
            failures: 1 }], { from, to });
        assert.ok(spans.length <= 401, `${spans.length}`);
        assert.equal(spans[0].from, from);
        assert.equal(spans.at(-1).to, to);
        assert.equal(spans.at(-1).sessions, 3);
    }
});

test('everything stored ends with the last day, not before today', () => {
    const all = { from: null, to: null, today: '2026-05-05' };
    assert.deepEqual(range.ends(all, '2026-05-01', '2026-05-09'),
        { from: '2026-05-01', to: '2026-05-09' });
    assert.deepEqual(range.ends(all, '2026-05-01', '2026-05-02'),
        { from: '2026-05-01', to: '2026-05-05' });
    assert.deepEqual(range.ends(all, null, null),
        { from: '2026-04-06', to: '2026-05-05' });
    const days = [{ day: '2026-05-09', reports: 1, sessions: 7, failures: 0 }];
    assert.equal(asSpans(days, all).at(-1).sessions, 7);
});

test('blocks of days leave no false gap in a sparkline', () => {
    const block = (index) => range.nthDay(8 * index);
    for (const many of [15, 80, 300]) {
        for (const cut of [0, 3, 7]) {
            const first = 2500;
            const days = Array.from({ length: many }, (_, index) =>
                [block(first + index), 1, 0]);
            const buckets = bucket(days, range.nthDay(8 * first + cut),
                range.nthDay(8 * (first + many) - 1), 8);
            assert.ok(buckets.length <= 64);
            assert.ok(buckets.every(Boolean), `${many} blocks, ${cut}`);
            assert.equal(buckets.reduce((sum, [n]) => sum + n, 0), many);
        }
    }
});

test('a sparkline adds up its days and leaves gaps', () => {
    const buckets = bucket([['2026-01-01', 5, 1], ['2026-01-03', 7, 0]],
        '2026-01-01', '2026-01-03');
    assert.deepEqual(buckets, [[5, 1], null, [7, 0]]);
    const wide = bucket([['2026-01-01', 5, 1], ['2026-12-24', 1, 1],
        ['2026-12-25', 5, 1], ['2026-12-31', 7, 2]],
    '2026-01-01', '2026-12-31');
    assert.equal(wide.length, 53);
    assert.deepEqual([wide[0], wide[51], wide[52]],
        [[5, 1], [1, 1], [12, 3]]);
});

table('the top of an axis', niceTop, [[0, 1], [3, 3], [11, 12], [999, 1000],
    [40000, 40000], [40001, 50000]]);
table('a short number', short, [[0, '0'], [950, '950'], [12500, '12.5k'],
    [3e6, '3M']]);

// [state, tries, answer, host, hour of the last try] of each.
const waiting = (...rows) => [rows.map(([state, tries, answer, to, hour = 3]) =>
    ({ state, tries, answer, uri: to.includes(':') ? to : `mailto:t@${to}`,
        last_try_at: tries ? `2026-01-02T0${hour}:00:00Z` : null }))];
const NO = '554 not from you';
const ALL = [['waiting', 1, NO, 'a', 5], ['waiting', 2, NO, 'b', 3],
    ['waiting', 1, NO, 'c', 4]];
table('a relay that refuses all mails that wait', relayRefusal, [
    [waiting(), null],
    [waiting(...ALL.slice(1)), null],
    [waiting(...ALL), NO],
    [waiting(...ALL, ['waiting', 1, 'x', 'd']), null],
    [waiting(...ALL.slice(1), ['delivered', 1, NO, 'c', 2]), null],
    [waiting(...ALL.slice(1), ['waiting', 0, NO, 'c']), null],
    [waiting(...ALL, ['waiting', 1, 'HTTP 500', 'https://b/'],
        ['waiting', 0, '', 'd'], ['refused', 1, '550 no', 'e']), NO],
    // One host at fault.
    [waiting(...ALL.slice(1), ['waiting', 1, NO, 'b']), null],
    [waiting(...ALL.slice(1), ['waiting', 1, NO, 'B']), null],
    [waiting(...ALL.slice(1), ['waiting', 1, NO, 'mailto:u@b?subject=x@y']),
        null],
    // What went out since the oldest of the tries.
    [waiting(...ALL, ['delivered', 1, '250 ok', 'd', 2]), NO],
    [waiting(...ALL, ['delivered', 1, '250 ok', 'd', 4]), null],
    [waiting(...ALL, ['delivered', 1, '250 ok', 'd', 6]), null],
    [waiting(...ALL, ['delivered', 1, '200', 'https://d/', 6]), NO],
    // A filter hides the rest.
    [[...waiting(...ALL), { state: null, domain: null }], NO],
    [[...waiting(...ALL), { state: 'waiting', domain: null }], null],
    [[...waiting(...ALL), { state: null, domain: 'a' }], null]]);
