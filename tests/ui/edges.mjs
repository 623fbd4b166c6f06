// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What a dashboard meets on a bad day: reports without a date or of tomorrow,
// answers that do not come, two clicks at once, a store of many domains.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { afterEach } from 'node:test';
import { finish, open, parse, place, quiet, samples, serve, settled, visit }
    from './lib.mjs';

const ODD = 'odd.example';
const DAY_MS = 86400e3;
const dayIn = (n) => new Date(Date.now() + n * DAY_MS).toISOString()
    .slice(0, 10);

function report(id, day) {
    return JSON.stringify({
        'organization-name': 'Odd Sender', 'report-id': id,
        ...day && { 'date-range': { 'start-datetime': `${day}T00:00:00Z`,
            'end-datetime': `${day}T23:59:59Z` } },
        policies: [{
            policy: { 'policy-type': 'sts', 'policy-domain': ODD,
                'policy-string': ['version: STSv1', 'mode: enforce'],
                'mx-host': [`mx.${ODD}`] },
            summary: { 'total-successful-session-count': 90,
                'total-failure-session-count': 10 },
            'failure-details': [{ 'result-type': 'sts-policy-fetch-error',
                'failed-session-count': 10 }],
        }],
    });
}

const odd = place('odd');
fs.mkdirSync(odd);
fs.writeFileSync(`${odd}/undated.json`, report('undated'));
const { out } = samples();
const url = await serve('edges', [out, odd]);
const page = await open();
page.setDefaultTimeout(10e3);

// What the browser itself says of an answer that was made to fail.
function forgive() {
    page.complaints.splice(0, Infinity, ...page.complaints.filter((text) =>
        !/status of [45]\d\d|no answer|Failed to (?:load|fetch)/.test(text)));
}

async function clear() {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    forgive();
}

// A test that fails leaves nothing behind that would hold up the next one.
afterEach(() => page.isClosed() ||
    page.unrouteAll({ behavior: 'ignoreErrors' }));

function shownRows() {
    return page.locator('table.domains tbody tr').count();
}

test('a domain of undated reports alone is shown, and says so', async () => {
    await visit(page, `${url}/domains/${ODD}?range=all`);
    assert.match(await page.textContent('h1'), /odd\.example/);
    const text = await page.textContent('main');
    assert.match(text, /Last report\s*no date/);
    assert.match(await page.textContent('.policy header'), /no date/);
    assert.ok(!/NaN|undefined|null/.test(text), text);
    await page.click('.policy header a');
    await settled(page);
    assert.equal(await page.locator('table.reports tbody tr').count(), 1);
    await visit(page, `${url}/domains?range=all`);
    assert.match(await page.locator('tr', { hasText: ODD }).textContent(),
        /no date/);
    quiet(page, 'undated');
});

test('nobody is shown a command with a hole in it', async () => {
    await visit(page, `${url}/domains/${ODD}?range=all`);
    const command = await page.locator('.do code').first().textContent();
    assert.ok(command.includes(ODD), command);
    assert.doesNotMatch(command, /\bDOMAIN\b/);
});

test('since when a fault is open stands beside it', async () => {
    await visit(page, `${url}/?range=90d`);
    await page.click('.card h3 a');
    await page.waitForURL('**/domains/**');
    await settled(page);
    const said = await page.locator('.advice > .bar + p').allTextContents();
    assert.ok(said.length > 0);
    for (const text of said) {
        assert.match(text, new RegExp('^Since \\d+ \\w+ \\d{4}, still open\\.$|' +
            '^From \\d.* not seen since\\.$|^On \\d.* only\\.$'));
    }
});

test('any two days end, however far apart', async () => {
    await visit(page, `${url}/?from=2026-01-01&to=9999-12-31`);
    assert.match(await page.textContent('.legend .hint'), /\d+ days/);
    quiet(page, 'far');
});

test('without its library a chart leaves its numbers', async () => {
    await page.route('**/vendor/uPlot*.js', (route) => route.abort());
    await page.goto(`${url}/`);
    await page.waitForSelector('#main[data-whole]');
    await page.waitForSelector('.figure .twin table');
    assert.ok(await page.locator('.figure .twin').isVisible());
    assert.match(await page.textContent('.figure'), /could not be drawn/);
    assert.equal(await page.locator('.timeline').count(), 0);
    await clear();
    await page.click('#nav a[data-page="domains"]');
    await page.click('#nav a[data-page="now"]');
    await page.waitForSelector('.timeline canvas');
    quiet(page, 'the chart is back');
});

test('a part that does not come is said to lack', async () => {
    await page.route('**/js/parts/breakdown.js', (route) => route.abort());
    await page.goto(`${url}/`);
    await page.waitForSelector('#main[data-whole] .lacking');
    assert.ok(await shownRows() > 0, 'the table stands');
    await clear();
    await page.click('.lacking button');
    await settled(page);
    assert.equal(await page.locator('.lacking').count(), 0);
    page.complaints.length = 0;
});

test('two clicks ask once, and a failure is said', async () => {
    await visit(page, `${url}/reports?range=180d`);
    const rows = () => page.locator('table.reports tbody tr').count();
    const before = await rows();
    let asked = 0;
    await page.route('**/api/v1/reports?*cursor=*', async (route) => {
        asked += 1;
        await new Promise((resolve) => { setTimeout(resolve, 200); });
        await (asked === 1 ? route.abort() : route.continue());
    });
    await page.locator('#pager button').dblclick();
    await page.waitForSelector('#pager .bad');
    assert.equal(asked, 1);
    assert.match(await page.textContent('#pager .bad'), /does not answer/);
    assert.equal(await rows(), before);
    await page.locator('#pager button').dblclick();
    await page.waitForFunction((few) => document.querySelectorAll(
        'table.reports tbody tr').length > few, before);
    await page.waitForTimeout(300);
    assert.equal(asked, 2);
    assert.equal(await rows(), before + 50);
    assert.equal(await page.locator('#pager .bad').count(), 0);
    await clear();
});

test('the CSV of the reports holds them all, or says why not', async () => {
    await visit(page, `${url}/reports?range=180d`);
    const many = Number(await page.getAttribute('#totals', 'data-reports'));
    assert.ok(many > 200, 'more than one answer holds');
    const [saved] = await Promise.all([page.waitForEvent('download'),
        page.click('button:text-is("CSV")')]);
    const lines = fs.readFileSync(await saved.path(), 'utf8').trimEnd()
        .split('\r\n');
    assert.equal(lines.length - 1, many);
    await page.route('**/api/v1/reports?*', (route) => route.abort());
    await page.click('button:text-is("CSV")');
    await page.waitForSelector('.tools .bad');
    await clear();
});

test('a filter walked by the arrow keys keeps the focus', async () => {
    await visit(page, `${url}/reports?range=90d`);
    await page.waitForFunction(() => document.querySelectorAll(
        'select[name="organization"] option').length > 3);
    await page.focus('select[name="organization"]');
    const steps = await page.evaluate(() => history.length);
    for (let i = 0; i < 3; i += 1) {
        await page.keyboard.press('ArrowDown');
        await page.waitForURL(/organization=/);
        await settled(page);
        assert.deepEqual(await page.evaluate(() => [
            document.activeElement.name, document.activeElement.selectedIndex]),
        ['organization', i + 1]);
    }
    assert.equal(await page.evaluate(() => history.length), steps + 1,
        'one step leads back');
    const chosen = await page.locator('select[name="organization"] ' +
        'option:checked').textContent();
    assert.equal(await page.locator('.chips bdi').textContent(),
        `Reporter: ${chosen}`, 'the chip shows the name');
    quiet(page, 'the filter');
});

test('the days shown stay through a report and the search', async () => {
    await visit(page, `${url}/reports?range=90d`);
    await page.click('table.reports tbody th a');
    await page.waitForURL(/\/reports\/\d+\?range=90d/);
    await settled(page);
    for (const selector of ['.trail a', '.reading h3 a',
        '#nav a[data-page="now"]']) {
        assert.match(await page.locator(selector).first().getAttribute('href'),
            /range=90d/, selector);
    }
    await page.keyboard.press('/');
    await page.keyboard.type('inbo');
    await page.waitForSelector('#search [aria-selected="true"]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/inbox?range=90d');
    await settled(page);
    const steps = await page.evaluate(() => history.length);
    await page.click('#nav a[data-page="inbox"]');
    await settled(page);
    assert.equal(await page.evaluate(() => history.length), steps,
        'the page shown is no new step');
});

test('the search tells reading, finding and failing apart', async () => {
    await visit(page, `${url}/inbox`);
    let answer;
    const held = new Promise((resolve) => { answer = resolve; });
    await page.route('**/api/v1/overview*', async (route) => {
        await held;
        await route.continue();
    });
    await page.keyboard.press('/');
    await page.waitForSelector('#search [role="option"]');
    const says = (pattern) => page.waitForFunction((source) =>
        new RegExp(source).test(document.querySelector(
            '#search [role="status"]').textContent), pattern);
    await says('^Reading');
    await page.keyboard.press('ArrowDown');
    const chosen = () => page.textContent('#search [aria-selected="true"] bdi');
    const before = await chosen();
    answer();
    await says('^$');
    assert.equal(await chosen(), before, 'the line chosen stays so');
    await page.keyboard.type('zzzz');
    await says('Nothing by that name');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('#search').open);
    await page.unrouteAll({ behavior: 'wait' });
    await page.route('**/api/v1/overview*', (route) => route.abort());
    await page.keyboard.press('/');
    await says('does not answer');
    assert.ok(await page.locator('#search [role="option"]').count() > 3,
        'the pages can still be found');
    await page.keyboard.press('Escape');
    await clear();
});

test('a slash is heard before the search has come', async () => {
    await page.goto('about:blank');
    let come;
    const held = new Promise((resolve) => { come = resolve; });
    await page.route('**/js/parts/search.js', async (route) => {
        await held;
        await route.continue();
    });
    await page.goto(`${url}/?range=7d`);
    await page.waitForSelector('table.domains');
    await page.keyboard.press('/');
    await page.keyboard.type('report');
    assert.equal(await page.inputValue('#search input'), 'report');
    come();
    await page.waitForFunction(() => /Reporters/.test(document.querySelector(
        '#search [aria-selected="true"]')?.textContent));
    await page.keyboard.press('Escape');
    await clear();
});

test('an upgrade meanwhile: a page that does not come can be had', async () => {
    await page.goto(`${url}/`);
    await settled(page);
    // The old page's files are gone until the page itself is read anew.
    let isOld = true;
    await page.route(`${url}/inbox`, (route) => {
        isOld = false;
        return route.continue();
    });
    await page.route('**/js/pages/inbox.js', (route) => isOld ?
        route.fulfill({ status: 404 }) : route.continue());
    await page.click('#nav a[data-page="inbox"]');
    await page.waitForSelector('.empty button');
    await page.click('.empty button');
    await page.waitForSelector('h1:text-is("Inbox")');
    await clear();
    page.complaints.length = 0;
});

// ---- A store of many domains: only the first rows come with their days -----

const MANY = 80;
const DETAILED = 10;

// As the server answers for many domains, made of what it says of few.
async function manyDomains(asked, fail = () => false) {
    await page.route('**/api/v1/overview*', async (route) => {
        const isWhole = route.request().url().includes('details=all');
        asked.push(isWhole);
        if (isWhole && fail()) {
            await route.abort();
            return;
        }
        const response = await route.fetch({ url: route.request().url()
            .replace(/[?&]details=all/, '') });
        const answer = await response.json();
        const [one] = answer.domains;
        answer.domains = Array.from({ length: MANY }, (_, index) => ({ ...one,
            domain: `d${index}.example`, unicode: `d${index}.example`,
            sessions: 1000 + index, ...!isWhole && index >= DETAILED && {
                days: null, worst_result_type: null, worst_title: null,
                worst_mx: null } }));
        answer.detailed = isWhole ? MANY : DETAILED;
        await route.fulfill({ response, json: answer });
    });
}

test('of many domains the first rows ask nothing more', async () => {
    const asked = [];
    await manyDomains(asked);
    await visit(page, `${url}/`);
    assert.deepEqual(asked, [false]);
    assert.equal(await shownRows(), DETAILED);
    await page.click('.tablebox .more button');
    await page.waitForFunction((many) => document.querySelectorAll(
        'table.domains tbody tr').length === many, MANY);
    assert.deepEqual(asked, [false, true]);
    assert.equal(await page.locator('table.domains .spark').count(), MANY);
    assert.equal(await page.evaluate(() =>
        document.activeElement.textContent), `d${DETAILED}.example`);
    await page.click('table.domains th button:text-is("Sessions")');
    assert.deepEqual(asked, [false, true], 'asked once');
    assert.equal(parse(await page.locator('table.domains tbody tr ' +
        '[data-label="Sessions"]').first().textContent()), 999 + MANY);
    await clear();
});

test('sort, filter and CSV ask for the rest first', async () => {
    for (const act of [
        () => page.click('table.domains th button:text-is("Sessions")'),
        () => page.fill('.filter', 'd7'),
        () => page.click('[aria-labelledby="section-domains"] ' +
            'button:text-is("CSV")')]) {
        const asked = [];
        await manyDomains(asked);
        await visit(page, `${url}/domains`);
        await act();
        await page.waitForFunction(() => !document.querySelector(
            '[aria-busy="true"], [aria-disabled="true"]'));
        await page.waitForTimeout(50);
        assert.deepEqual(asked, [false, true]);
        await clear();
    }
    assert.equal(await page.locator('table.domains tbody tr').first()
        .locator('th').textContent(), 'd0.example');
});

test('where the rest does not come, the table says so', async () => {
    let fails = true;
    await manyDomains([], () => fails);
    await visit(page, `${url}/domains`);
    await page.click('table.domains th button:text-is("Sessions")');
    await page.waitForSelector('.tablebox .bad');
    assert.match(await page.textContent('.tablebox .bad'), /does not answer/);
    assert.equal(await page.locator('.tablebox[aria-busy]').count(), 0);
    fails = false;
    await page.click('table.domains th button:text-is("Sessions")');
    await page.waitForSelector('table.domains [aria-sort]');
    assert.equal(await page.locator('.tablebox .bad').count(), 0);
    await clear();
});

test('the filter looks through what is shown', async () => {
    const asked = [];
    await page.route('**/api/v1/overview*', async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        const bare = { ...answer.domains[0], state: 'well', is_noise: false,
            worst_title: null, worst_result_type: null, worst_mx: null };
        answer.domains = [
            { ...bare, domain: 'xn--bcher-kva.example',
                unicode: 'b\u00fccher.example' },
            { ...bare, domain: 'a.example', unicode: 'a.example',
                state: 'trouble' },
            { ...bare, domain: 'b.example', unicode: 'b.example',
                worst_title: 'Certificate expired',
                worst_result_type: 'certificate-expired',
                worst_mx: 'mx9.example' },
            ...Array.from({ length: 9 }, (_, index) => ({ ...bare,
                domain: `c${index}.example`, unicode: `c${index}.example` }))];
        answer.detailed = answer.domains.length;
        await route.fulfill({ response, json: answer });
    });
    await visit(page, `${url}/domains`);
    for (const [word, wanted] of [['b\u00fccher', /xn--bcher-kva/],
        ['trouble', /^a\.example/], ['certificate expired', /^b\.example/],
        ['mx9', /^b\.example/]]) {
        await page.fill('.filter', word);
        assert.equal(await shownRows(), 1, word);
        assert.match(await page.locator('table.domains tbody tr')
            .textContent(), wanted);
    }
    assert.deepEqual(asked, []);
    await clear();
});

test('rows that are added obey the sort and the filter', async () => {
    const entry = (id) => ({ id, input: `input-${id}`, reason: 'no report',
        stored_at: '2026-01-01T00:00:00Z', raw_bytes: id, reader_version: 1,
        raw_sha256: '' });
    await page.route('**/api/v1/quarantine*', (route) => route.fulfill({
        json: route.request().url().includes('before=') ?
            { quarantined: 14, next_before: null,
                entries: [entry(20), entry(21)] } :
            { quarantined: 14, next_before: 5, entries: Array.from(
                { length: 12 }, (_, index) => entry(index + 6)) } }));
    await visit(page, `${url}/inbox`);
    await page.click('th button:text-is("Size")');
    await page.click('.more button:text-is("Older ones")');
    await page.waitForFunction(() => document.querySelectorAll(
        'tbody tr').length === 14);
    assert.match(await page.locator('tbody tr').first().textContent(),
        /input-21/);
    await page.fill('.filter', 'input-2');
    assert.equal(await page.locator('tbody tr').count(), 2);
    await clear();
});

test('the news of new reports end with a page that has them', async () => {
    await visit(page, `${url}/`);
    await page.waitForFunction(() => document.getElementById('version')
        .textContent !== '');
    await page.evaluate(() => { document.getElementById('news').hidden = false; });
    await page.click('#nav a[data-page="domains"]');
    await settled(page);
    await page.waitForSelector('#news', { state: 'hidden' });
    quiet(page, 'the news');
});

test('a day ahead of today is in the timeline of everything', {
    skip: Boolean(process.env.UI_URL),
}, async () => {
    const ahead = place('ahead');
    fs.mkdirSync(ahead);
    fs.writeFileSync(`${ahead}/ahead.json`, report('ahead', dayIn(5)));
    fs.writeFileSync(`${ahead}/today.json`, report('today', dayIn(-1)));
    const other = await serve('ahead', [ahead]);
    for (const where of ['/', `/domains/${ODD}`]) {
        await visit(page, `${other}${where}?range=all`);
        await page.click('.figure button:text-is("Table")');
        const shown = await page.locator('.twin td[data-label="Sessions"]')
            .allTextContents();
        assert.equal(shown.filter((text) => /\d/.test(text))
            .reduce((sum, text) => sum + parse(text), 0), 200, where);
    }
    quiet(page, 'ahead');
});

test('the browser and the server end well', finish);
