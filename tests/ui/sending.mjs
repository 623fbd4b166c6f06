// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The outgoing side in the dashboard: domains that we send to, the worst first,
// one of them, the outbox; what cannot be read says so; no complaint, axe, both
// widths.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { audit, finish, open, parse, place, PROGRAM, quiet, serve, SHOTS, visit }
    from './lib.mjs';

const DAY = 86400e3;
const TODAY = new Date().toISOString().slice(0, 10);
const EVIL = '<img src=x onerror=alert(1)>';
const MANY = 70;

const dayBefore = (n) => new Date(Date.parse(TODAY) - n * DAY).toISOString()
    .slice(0, 10);

function event(domain, code, reason, rua = `mailto:tls@${domain}`) {
    const failures = code ? [{ c: code, n: `mx.${domain}`,
        ...reason && { f: reason } }] : [];
    return JSON.stringify({ dpv: '1', d: domain, pr: `v=TLSRPTv1;rua=${rua}`,
        policies: [{ 'policy-type': 2, 'policy-domain': domain,
            'policy-string': ['version: STSv1', 'mode: enforce'],
            'failure-details': failures, t: failures.length,
            f: failures.length ? 1 : 0 }] });
}

// Five days: one domain fails for three of them, one for many others.
function fill(tally) {
    for (let back = 4; back >= 0; back--) {
        const events = [];
        const add = (n, ...words) => {
            for (let i = 0; i < n; i++) {
                events.push(event(...words));
            }
        };
        add(20, 'well.example');
        add(6, 'expired.example');
        add(back < 3 ? 9 : 0, 'expired.example', 204, EVIL);
        add(5, 'both.example', back === 0 ? 201 : 0, null,
            'https://127.0.0.1/in');
        for (let i = 0; back === 1 && i < MANY; i++) {
            add(4, `many${i}.example`, 202);
            add(6, `many${i}.example`);
        }
        execFileSync(process.env.TALLY_MAKE, [`sqlite:${tally}`,
            dayBefore(back)], { input: `${events.join('\n')}\n` });
    }
}

function config(name, tally) {
    const file = place(`${name}.conf`);
    fs.mkdirSync(place('copies'), { recursive: true });
    fs.writeFileSync(file, `store = "${place(`${name}.db`)}"
report {
    organization = "Company-X"
    contact = "sts-reporting@company-x.example"
    signed_by_relay = yes
    relay = "smtp://127.0.0.1:1"
    spread = 0s
    tallies = { "${tally}" }
    outbox = "${place(`${name}-outbox.db`)}"
    copies = { "directory:${place('copies')}" }
    rule "not wanted" {
        domains = { "well.example" }
        action = discard
    }
}
`);
    return file;
}

if (!process.env.TALLY_MAKE) {
    console.log('TAP version 13\n1..0 # SKIP TALLY_MAKE is not set');
    process.exit(0);
}

const tally = place('tally.db');
fill(tally);
const conf = config('sending', tally);
const report = (...words) => execFileSync(PROGRAM,
    ['report', '--config', conf, '--quiet', ...words], { stdio: 'pipe' });
// Nobody closes the days of this tally, so these are made as of a part of it.
for (const back of [2, 1]) {
    report('--make', '--day', dayBefore(back), '--tally', tally);
}
fs.writeFileSync(place('tls.json'), JSON.stringify({
    'organization-name': 'Sender Ltd', 'contact-info': 't@sender.example',
    'date-range': { 'start-datetime': `${dayBefore(2)}T00:00:00Z`,
        'end-datetime': `${dayBefore(2)}T23:59:59Z` }, 'report-id': 'tls-1',
    policies: [{ policy: { 'policy-type': 'no-policy-found',
        'policy-domain': 'both.example' },
    summary: { 'total-successful-session-count': 9,
        'total-failure-session-count': 0 } }] }));
const url = await serve('sending', [place('tls.json')], ['--config', conf]);
const page = await open();
const answer = async (at) => (await fetch(`${url}/api/v1/${at}`)).json();

// The sums are read once the server has started.
async function ready() {
    const ends = Date.now() + 60e3;
    for (;;) {
        const { is_ready: isReady } = await answer('sending');
        if (isReady || Date.now() > ends) {
            return;
        }
        await new Promise((done) => { setTimeout(done, 100); });
    }
}
await ready();

test('the domains that fail are listed, the worst first', async () => {
    await visit(page, `${url}/`);
    await page.click('#nav a[data-page="sending"]');
    await page.waitForSelector('table.sending');
    const api = await answer('sending');
    assert.match(await page.textContent('h1'), /71 of 73 domains|72 of 73/);
    const rows = page.locator('table.sending tbody tr');
    assert.equal(await rows.count(), 50);
    const shown = await rows.evaluateAll((all) => all.map((row) =>
        [row.querySelector('th, td').textContent, ...['Sessions', 'Failed']
            .map((label) => Number(row.querySelector(
                `[data-label="${label}"]`).textContent.replace(/\D/g, '')))]));
    assert.deepEqual(shown, api.domains.map((row) =>
        [row.domain, row.sessions, row.failures]));
    assert.deepEqual(shown[0], ['expired.example', 57, 27]);
    await page.click('#pager button');
    await page.waitForFunction(() => document.querySelectorAll(
        'table.sending tbody tr').length > 50);
    assert.equal(await rows.count(), MANY + 2);
    quiet(page, 'the list');
});

test('today so far stands beside closed days, and adds up', async () => {
    await visit(page, `${url}/sending`);
    const api = await answer('sending');
    const fact = page.locator('.facts > div', { hasText: 'Today so far' });
    assert.equal(parse(await fact.locator('dd').first().textContent()),
        api.so_far.sessions);
    assert.equal(api.so_far.sessions, 20 + 15 + 5);
    assert.match(await fact.textContent(), /14 failed/);
    await page.locator('.figure button:text-is("Table")').click();
    const sums = await page.locator('.figure .twin tbody tr [data-label=' +
        '"Sessions"]').evaluateAll((cells) => cells.reduce((sum, cell) =>
        sum + Number(cell.textContent.replace(/\D/g, '')), 0));
    assert.equal(sums, api.totals.sessions);
    quiet(page, 'today');
});

test('a row tells why, since when, and whose fault it is', async () => {
    await visit(page, `${url}/sending`);
    await page.click('#pager button');
    const row = page.locator('table.sending tbody tr',
        { hasText: 'expired.example' });
    await row.waitFor();
    const text = await row.textContent();
    assert.match(text, /Certificate expired/);
    assert.match(text, /2 days ago/);
    assert.match(text, /Theirs/);
    assert.match(text, /tls@expired\.example/);
    assert.ok(text.includes(EVIL), 'the reason is text');
    assert.equal(await page.locator('main img').count(), 0);
    await row.locator('a').first().click();
    await page.waitForURL('**/domains/expired.example*');
    await page.waitForSelector('.mailpart');
    assert.match(await page.textContent('.mailpart'),
        /For them to do/);
    assert.match(await page.textContent('.pagehead'), /No TLS report/);
    assert.ok(await page.locator('table.deliveries tbody tr').count() > 0);
    quiet(page, 'one domain');
});

test('a domain that reports are about has the block, too', async () => {
    await visit(page, `${url}/domains/both.example`);
    assert.equal(await page.locator('.timeline canvas').count(), 2);
    assert.match(await page.textContent('.mailpart'), /What we send to it/);
    assert.match(await page.textContent('.mailpart'), /No STARTTLS offered/);
    quiet(page, 'both sides');
});

test('a day of the timeline is opened by the keyboard', async () => {
    await visit(page, `${url}/sending`);
    await page.focus('.timeline');
    await page.keyboard.press('End');
    assert.match(await page.getAttribute('.timeline', 'aria-valuetext'),
        /40 sessions, 14 failed .*, 3 domains/);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/sending?from=${TODAY}&to=${TODAY}`);
    await page.waitForFunction(() => document.querySelectorAll(
        'table.sending tbody tr').length === 2);
    quiet(page, 'the keyboard');
});

test('the outbox tells what waits, and what was said', async () => {
    await visit(page, `${url}/sending`);
    await page.click('.lead a[href="/outbox"]');
    await page.waitForSelector('table.deliveries');
    const api = await answer('outbox');
    const facts = await page.locator('.facts > div').evaluateAll((all) =>
        Object.fromEntries(all.map((one) => [
            one.querySelector('dt').textContent,
            Number(one.querySelector('dd').textContent.replace(/\D/g, ''))])));
    assert.equal(facts.Waiting, api.counts.waiting);
    assert.equal(facts.Refused, api.counts.refused);
    assert.equal(await page.locator('table.deliveries tbody tr').count(), 50);
    await page.click('.facts a >> nth=0');
    await page.waitForURL('**/outbox?state=waiting');
    await page.waitForSelector('.chips a');
    await page.click('.chips a');
    await page.waitForURL('**/outbox');
    quiet(page, 'the outbox');
});

test('what is not there yet says what to do next', async () => {
    const empty = await serve('nothing', [], ['--tally', place('no-tally.db'),
        '--outbox', place('no-outbox.db')]);
    const other = await open();
    await visit(other, `${empty}/outbox`);
    assert.match(await other.textContent('.empty'), /tlsrpt report --dry-run/);
    await other.waitForFunction(async () => (await (await fetch(
        '/api/v1/sending')).json()).is_ready);
    await visit(other, `${empty}/sending`);
    assert.match(await other.textContent('.steps'), /tlsrpt collect --socket/);
    await audit(other, 'nothing yet');
    quiet(other, 'nothing yet');
    await other.context().close();
});

test('what cannot be read says why, and stops no other page', async () => {
    fs.writeFileSync(place('junk.db'), 'no database at all\n'.repeat(400));
    const broken = await serve('broken', [place('tls.json')],
        ['--tally', place('junk.db'), '--outbox', place('junk.db')]);
    const other = await open();
    await visit(other, `${broken}/`);
    await other.waitForFunction(async () => (await (await fetch(
        '/api/v1/sending')).json()).is_ready);
    for (const where of ['/sending', '/outbox', '/domains/both.example']) {
        await visit(other, broken + where);
        assert.match(await other.textContent('.filenotes'),
            /cannot be read just now/);
        quiet(other, where);
    }
    await other.context().close();
});

for (const scheme of ['light', 'dark']) {
    for (const width of [1440, 390]) {
        test(`axe and the width, ${scheme} at ${width}`, async () => {
            const other = await open({ width, scheme,
                height: width === 390 ? 844 : 1000 });
            fs.mkdirSync(SHOTS, { recursive: true });
            for (const [name, where] of [['sending', '/sending'],
                ['sending-domain', '/domains/expired.example'],
                ['sending-both', '/domains/both.example'],
                ['outbox', '/outbox'],
                ['outbox-waiting', '/outbox?state=waiting']]) {
                await visit(other, url + where);
                await other.screenshot({ fullPage: true, path: path.join(SHOTS,
                    `${name}-${width}-${scheme}.png`) });
                const wide = await other.evaluate(() =>
                    document.documentElement.scrollWidth - innerWidth);
                assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
                if (scheme === 'light' || width === 1440) {
                    await audit(other, `${name} ${scheme} ${width}`);
                }
                quiet(other, `${name} ${scheme} ${width}`);
            }
            await other.context().close();
        });
    }
}

test('the browser and the server end well', finish);
