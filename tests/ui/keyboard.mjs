// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The whole way by keyboard alone: from the overview to a domain, to a number, to
// a report, to a place of its JSON; and the search.

import assert from 'node:assert/strict';
import test from 'node:test';
import { finish, open, quiet, samples, serve, settled, visit }
    from './lib.mjs';

const MOST_TABS = 120;
const { out } = samples();
const url = await serve('keyboard', [out]);
const page = await open();

function focused() {
    return page.evaluate(() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        return { tag: at.tagName, text: at.textContent.trim().slice(0, 80),
            isVisible: style.outlineStyle !== 'none' &&
                parseFloat(style.outlineWidth) >= 2 };
    });
}

// Presses Tab until what has the focus matches; every stop must be seen.
async function tabTo(selector) {
    for (let i = 0; i < MOST_TABS; i += 1) {
        await page.keyboard.press('Tab');
        const at = await focused();
        if (at.tag !== 'BODY') {
            assert.ok(at.isVisible, `no focus to be seen on ${at.tag} ` +
                `"${at.text}"`);
        }
        if (await page.evaluate((wanted) =>
            document.activeElement.matches(wanted), selector)) {
            return at;
        }
    }
    assert.fail(`${selector} cannot be reached by Tab`);
}

async function enter(pattern) {
    await page.keyboard.press('Enter');
    await page.waitForURL(pattern);
    await settled(page);
}

test('Tab and Enter lead from the overview to a report', async () => {
    await visit(page, `${url}/`);
    const skip = await tabTo('.skip');
    assert.match(skip.text, /Skip/);
    await page.keyboard.press('Enter');
    await tabTo('table.domains tbody a');
    await enter('**/domains/**');
    assert.equal((await focused()).tag, 'H1', 'the heading has the focus');
    await tabTo('.advice .count');
    await enter('**/reports?**');
    await tabTo('table.reports tbody a');
    await enter(/\/reports\/\d+/);
    await tabTo('.failure .place');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.json .here');
    assert.ok(await page.evaluate(() =>
        document.activeElement.matches('.json .here')));
    quiet(page, 'the walk');
});

test('a table is sorted by keyboard and says so', async () => {
    await visit(page, `${url}/domains`);
    await tabTo('table.domains th:nth-child(3) button');
    await page.keyboard.press('Enter');
    const sorted = () => page.locator('table.domains [aria-sort]')
        .getAttribute('aria-sort');
    assert.equal(await sorted(), 'descending');
    const cells = () => page.locator(
        'table.domains tbody td[data-label="Sessions"]').allTextContents();
    const falling = (await cells()).map((text) =>
        Number(text.replace(/\D/g, '')));
    assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
    await page.keyboard.press('Enter');
    assert.equal(await sorted(), 'ascending');
});

test('the search opens with a slash and goes with Enter', async () => {
    await visit(page, `${url}/`);
    await page.keyboard.press('/');
    await page.waitForSelector('#search[open] [role="option"]');
    await page.keyboard.type('example.net');
    await page.waitForFunction(() => document.querySelector(
        '#search [aria-selected="true"]')?.textContent.includes('example.net'));
    await enter('**/domains/**');
    assert.match(await page.textContent('h1'), /example\.net/);
    await page.keyboard.press('/');
    await page.waitForSelector('#search[open]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#search:not([open])', { state: 'attached' });
    quiet(page, 'the search');
});

test('the timeline tells each day', async () => {
    await visit(page, `${url}/`);
    await tabTo('.timeline');
    const say = () => page.locator('.timeline')
        .getAttribute('aria-valuetext');
    await page.keyboard.press('Home');
    const first = await say();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await say(), first);
    assert.match(await say(), /session|no report/);
});

test('the browser and the server end well', finish);
