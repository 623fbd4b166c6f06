// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Every page, by clicking: nothing on the console, no breach of the policy, what
// axe asks for, nothing wider than the window, both colour schemes. Leaves
// screenshots in build/screenshots.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { audit, finish, open, quiet, samples, serve, settled, SHOTS, visit }
    from './lib.mjs';

const { out, expect } = samples();
const url = await serve('pages', [out]);

// Address of each page, by the way a reader clicks to it.
async function tour(page) {
    const found = {};
    const note = async (name) => {
        await settled(page);
        found[name] = page.url().slice(url.length);
    };
    await visit(page, `${url}/`);
    await note('now');
    for (const name of ['domains', 'reporters', 'reports', 'inbox']) {
        await page.click(`#nav a[data-page="${name}"]`);
        await page.waitForURL(`**/${name}*`);
        await note(name);
    }
    await page.click('#nav a[data-page="now"]');
    await settled(page);
    await page.click('table.domains tbody tr:first-child');
    await page.waitForURL('**/domains/**');
    await note('domain');
    await page.click('.advice .count');
    await page.waitForURL('**/reports?**');
    await note('reports-filtered');
    await page.click('table.reports tbody tr:first-child');
    await page.waitForURL(/\/reports\/\d+/);
    await note('report');
    return found;
}

const page = await open();
const tourPages = await tour(page);
const views = Object.entries(tourPages);

test('a click leads to every page, and no page complains', () => {
    assert.equal(views.length, 8, JSON.stringify(tourPages));
    quiet(page, 'the tour');
});

test('the overview says what the store holds', async () => {
    await visit(page, `${url}/domains?range=all`);
    const shown = await page.locator('table.domains tbody tr').evaluateAll(
        (rows) => Object.fromEntries(rows.map((row) => [
            row.querySelector('.alabel')?.textContent ??
                row.querySelector('th').textContent,
            ['Sessions', 'Failed'].map((label) => Number(row.querySelector(
                `[data-label="${label}"]`).textContent.replace(/\D/g, '')))])));
    const wanted = Object.fromEntries(Object.entries(expect.domains)
        .map(([name, sums]) => [name,
            [sums.distinct_sessions, sums.distinct_failures]]));
    assert.deepEqual(shown, wanted);
    quiet(page, 'the overview');
});

test('an internationalised domain is shown in both forms', async () => {
    await visit(page, `${url}/domains`);
    const row = page.locator('tr', { hasText: 'b\u00fccher' });
    assert.match(await row.locator('th').textContent(), /xn--bcher-kva/);
});

test('the overview is usable when its mark says so', async () => {
    await visit(page, `${url}/`);
    const marks = await page.evaluate(() =>
        performance.getEntriesByName('overview-usable').length);
    assert.equal(marks, 1);
});

test('back and forward lead through the pages seen', async () => {
    await visit(page, `${url}/`);
    await page.click('#nav a[data-page="reports"]');
    await page.waitForSelector('table.reports');
    await page.goBack();
    await page.waitForSelector('table.domains');
    assert.equal(new URL(page.url()).pathname, '/');
    await page.goForward();
    await page.waitForSelector('table.reports');
});

test('the range is in the address and stays from page to page', async () => {
    await visit(page, `${url}/`);
    await page.click('.range a:text-is("90d")');
    await page.waitForURL('**/?range=90d');
    await settled(page);
    await page.click('#nav a[data-page="domains"]');
    await page.waitForURL('**/domains?range=90d');
    await settled(page);
    await page.click('.custom summary');
    await page.fill('.custom input[name="from"]', '2020-01-01');
    await page.fill('.custom input[name="to"]', '2020-01-31');
    await page.click('.custom button');
    await page.waitForURL('**/domains?from=2020-01-01&to=2020-01-31');
    await settled(page);
    assert.match(await page.textContent('.custom summary'), /2020-01-01/);
    quiet(page, 'the range');
});

test('a brush over the timeline zooms', async () => {
    await visit(page, `${url}/`);
    const over = page.locator('.timeline .u-over');
    await over.scrollIntoViewIfNeeded();
    const box = await over.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{4}-\d\d-\d\d&to=/);
    await settled(page);
    quiet(page, 'the brush');
});

test('a picture has a table with the same numbers, and a CSV', async () => {
    await visit(page, url + tourPages.domain);
    const figure = page.locator('.figure');
    await figure.locator('button:text-is("Table")').click();
    assert.ok(await figure.locator('.twin table').isVisible());
    assert.ok(!await figure.locator('.timeline').isVisible());
    const [saved] = await Promise.all([page.waitForEvent('download'),
        figure.locator('button:text-is("CSV")').click()]);
    const text = fs.readFileSync(await saved.path(), 'utf8');
    const lines = text.trimEnd().split('\r\n');
    assert.equal(lines[0], 'Day,Sessions,Failed,Failure rate,Reports');
    assert.equal(lines.length - 1,
        await figure.locator('.twin tbody tr').count());
    await figure.locator('button:text-is("Chart")').click();
    assert.ok(await figure.locator('.timeline').isVisible());
});

test('a place of the JSON is shown from the sentence about it', async () => {
    await visit(page, url + tourPages.report);
    const place = page.locator('.failure .place').first();
    const pointer = await place.textContent();
    await place.click();
    const line = page.locator('.json .here');
    await line.waitFor();
    assert.match(await line.getAttribute('class'), /marked/,
        `the place ${pointer} is not marked`);
});

test('the raw report and the quarantine can be saved', async () => {
    for (const where of [tourPages.report, '/inbox']) {
        await visit(page, url + where);
        const [saved] = await Promise.all([page.waitForEvent('download'),
            page.locator('a[href$="/raw"]').first().click()]);
        assert.ok(fs.statSync(await saved.path()).size > 0, where);
    }
    quiet(page, 'saving');
});

test('a report that is damaged says so in the list', async () => {
    const isList = (at) => at.pathname === '/api/v1/reports';
    await page.route(isList, async (route) => {
        const response = await route.fetch();
        const json = await response.json();
        Object.assign(json.reports[0], { is_damaged: true, domains: [] });
        await route.fulfill({ response, json });
    });
    await visit(page, `${url}/reports`);
    const cells = page.locator('table.reports tbody tr td:nth-child(3)');
    assert.match(await cells.nth(0).textContent(), /damaged.*cannot be read/);
    assert.doesNotMatch(await cells.nth(1).textContent(), /damaged/);
    await page.unroute(isList);
    quiet(page, 'a damaged report');
});

test('an address without a page says so', async () => {
    await page.goto(`${url}/nowhere`);
    await settled(page);
    assert.match(await page.textContent('h1'), /No such page/);
    page.complaints.length = 0;
    await page.goto(`${url}/domains/nobody.example`);
    await settled(page);
    assert.match(await page.textContent('.empty'), /To the start/);
    page.complaints.length = 0;
});

for (const scheme of ['light', 'dark']) {
    for (const width of [1440, 390]) {
        test(`axe and the width, ${scheme} at ${width}`, async () => {
            const other = await open({ width, scheme,
                height: width === 390 ? 844 : 1000 });
            fs.mkdirSync(SHOTS, { recursive: true });
            for (const [name, where] of views) {
                await visit(other, url + where);
                await other.screenshot({ fullPage: true, path: path.join(SHOTS,
                    `${name}-${width}-${scheme}.png`) });
                const wide = await other.evaluate(() =>
                    document.documentElement.scrollWidth - innerWidth);
                assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
                const { left, right } = await other.evaluate(() => document
                    .querySelector('#nav [aria-current]')
                    .getBoundingClientRect());
                assert.ok(left >= 0 && right <= width,
                    `${name}: its section is at ${left} to ${right}`);
                if (scheme === 'light' || width === 1440) {
                    await audit(other, `${name} ${scheme} ${width}`);
                }
                quiet(other, `${name} ${scheme} ${width}`);
            }
            await other.context().close();
        });
    }
}

test('the switch chooses the colours and remembers', async () => {
    const ground = () => page.evaluate(() =>
        getComputedStyle(document.documentElement).backgroundColor);
    await visit(page, `${url}/`);
    const light = await ground();
    // The module of the switch comes after the first click.
    const says = (word) => page.waitForFunction((wanted) => document
        .querySelector('#theme span').textContent === wanted, word);
    await page.click('#theme');
    await page.click('#theme');
    await says('Dark');
    const dark = await ground();
    assert.notEqual(dark, light);
    await visit(page, `${url}/domains`);
    assert.equal(await ground(), dark);
    await page.click('#theme');
    await says('Auto');
    assert.equal(await ground(), light);
    quiet(page, 'the switch');
});

test('the browser and the server end well', finish);
