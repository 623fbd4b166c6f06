// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A number is a promise: the reports behind it add up to it. Clicks numbers of
// every kind, pages through the reports they lead to, and adds them up.

import assert from 'node:assert/strict';
import test from 'node:test';
import { finish, open, parse, quiet, samples, serve, settled, visit }
    from './lib.mjs';

const RANGE = '?range=90d';
const { out } = samples();
const url = await serve('sums', [out]);
const page = await open();

// Pages through the reports on the screen; adds up what the rows show.
async function addUp() {
    await page.waitForURL('**/reports?**');
    await settled(page);
    const more = page.locator('#pager button');
    while (await more.isVisible()) {
        const rows = await page.locator('table.reports tbody tr').count();
        await more.click();
        await page.waitForFunction((before) => document.querySelectorAll(
            'table.reports tbody tr').length > before, rows, { polling: 20 });
    }
    const sums = await page.evaluate(() => {
        const of = (label) => [...document.querySelectorAll(
            `table.reports td[data-label="${label}"]`)].reduce((sum, cell) =>
            sum + Number(cell.textContent.replace(/\D/g, '')), 0);
        return { reports: document.querySelectorAll(
            'table.reports tbody tr').length, sessions: of('Sessions'),
        evaluations: of('Evaluations'), failures: of('Failed') };
    });
    const totals = await page.locator('#totals').evaluate((element) => ({
        ...element.dataset }));
    assert.equal(sums.reports, Number(totals.reports), 'rows and totals');
    assert.equal(sums.failures, Number(totals.failures), 'rows and totals');
    return sums;
}

async function number(locator) {
    return parse(await locator.textContent());
}

function cell(row, label) {
    return row.locator(`[data-label="${label}"]`);
}

// The domains with failures, the whole list of them.
async function failing() {
    await visit(page, `${url}/domains${RANGE}`);
    const rows = page.locator('table.domains tbody tr');
    const found = [];
    for (let i = 0; i < await rows.count(); i += 1) {
        const row = rows.nth(i);
        if (await number(cell(row, 'Failed')) > 0) {
            found.push(await row.locator('th a').getAttribute('href'));
        }
    }
    assert.ok(found.length > 0, 'the samples hold failures');
    return found;
}

const troubled = await failing();

// All rows of the domain most in need, the first of each other.
async function checkRows(section, check) {
    let checked = 0;
    for (const href of troubled) {
        await visit(page, url + href);
        const all = await page.locator(`${section} tbody tr`).count();
        const rows = href === troubled[0] ? all : Math.min(1, all);
        for (let i = 0; i < rows; i += 1) {
            await visit(page, url + href);
            await check(page.locator(`${section} tbody tr`).nth(i));
            checked += 1;
        }
    }
    assert.ok(checked > 0, `no row in ${section}`);
    quiet(page, section);
}

test('domains: sessions and failures', async () => {
    await visit(page, `${url}/domains`);
    const many = await page.locator('table.domains tbody tr').count();
    for (let i = 0; i < many; i += 1) {
        for (const label of ['Sessions', 'Failed']) {
            await visit(page, `${url}/domains`);
            const row = page.locator('table.domains tbody tr').nth(i);
            const wanted = await number(cell(row, label));
            await cell(row, label).locator('a').click();
            if (wanted > 0) {
                const sums = await addUp();
                assert.equal(label === 'Failed' ? sums.failures :
                    sums.sessions, wanted, `${label} of row ${i}`);
            }
        }
    }
});

test('result types of a domain', async () => {
    let checked = 0;
    for (const href of troubled) {
        await visit(page, url + href);
        const all = await page.locator('.advice').count();
        const many = href === troubled[0] ? all : Math.min(1, all);
        for (let i = 0; i < many; i += 1) {
            await visit(page, url + href);
            const link = page.locator('.advice .count').nth(i);
            const wanted = parse((await link.textContent())
                .replace('failed', ''));
            await link.click();
            assert.equal((await addUp()).failures, wanted,
                `type ${i} of ${href}`);
            checked += 1;
        }
    }
    assert.ok(checked > 0);
});

test('MX of a domain', () => checkRows('[aria-labelledby="section-mx"]',
    async (row) => {
        const wanted = await number(cell(row, 'Failed'));
        await cell(row, 'Failed').click();
        assert.equal((await addUp()).failures, wanted);
    }));

test('reporting organisations of a domain', () => checkRows(
    '[aria-labelledby="section-reporters"]', async (row) => {
        const wanted = await number(cell(row, 'Sessions'));
        const failures = await number(cell(row, 'Failed'));
        const reports = await number(cell(row, 'Reports'));
        await cell(row, 'Reports').click();
        const sums = await addUp();
        assert.deepEqual([sums.reports, sums.sessions, sums.failures],
            [reports, wanted, failures]);
    }));

test('policy types count evaluations', () => checkRows(
    '[aria-labelledby="section-policy-types"]', async (row) => {
        const wanted = await number(cell(row, 'Evaluations'));
        const failures = await number(cell(row, 'Failed'));
        await cell(row, 'Evaluations').click();
        const sums = await addUp();
        assert.deepEqual([sums.evaluations, sums.failures],
            [wanted, failures]);
    }));

test('result types and reporters of all domains', async () => {
    for (const [section, label] of [['now-types', 'failures'],
        ['now-who', 'sessions']]) {
        const bars = `[aria-labelledby="${section}"] .bars a`;
        await visit(page, `${url}/`);
        const many = await page.locator(bars).count();
        for (let i = 0; i < many; i += 1) {
            await visit(page, `${url}/`);
            const bar = page.locator(bars).nth(i);
            const wanted = Number((await bar.locator('.bar-value')
                .textContent()).replace(/\D/g, ''));
            await bar.click();
            assert.equal((await addUp())[label], wanted,
                `${section} row ${i}`);
        }
    }
});

// What a bar of the timeline says of itself.
async function barText() {
    const text = await page.locator('.timeline').getAttribute('aria-valuetext');
    const found = /: ([\d\u202f]+) sessions?, ([\d\u202f]+) failed.*?, ([\d\u202f]+) report/
        .exec(text);
    return found && { text, sessions: parse(found[1]),
        failures: parse(found[2]), reports: parse(found[3]) };
}

test('a day of the timeline, by Enter and by a click', async () => {
    for (const way of ['Enter', 'click']) {
        await visit(page, url + troubled[0]);
        await page.focus('.timeline');
        let bar = null;
        for (let i = 0; i < 180 && !bar?.failures; i += 1) {
            await page.keyboard.press('ArrowLeft');
            bar = await barText();
        }
        assert.ok(bar?.failures > 0, 'a day with failures');
        if (way === 'Enter') {
            await page.keyboard.press('Enter');
        } else {
            const line = await page.locator('.u-cursor-x').boundingBox();
            await page.mouse.click(line.x, line.y + line.height / 2);
        }
        const sums = await addUp();
        assert.deepEqual([sums.reports, sums.sessions, sums.failures],
            [bar.reports, bar.sessions, bar.failures], `${way}: ${bar.text}`);
    }
    quiet(page, 'the timeline');
});

test('the days of the timeline add up to the domain', async () => {
    await visit(page, url + troubled[0]);
    const wanted = await number(page.locator('.facts dd a').first());
    await page.click('.figure button:text-is("Table")');
    const shown = await page.locator('.twin td[data-label="Sessions"]')
        .allTextContents();
    assert.equal(shown.filter((text) => /\d/.test(text))
        .reduce((sum, text) => sum + parse(text), 0), wanted);
});

test('the browser and the server end well', finish);
