// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Reports come from strangers: what they write is shown as text, runs nowhere,
// and is no formula in a spreadsheet. And a store without any report.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { finish, open, place, quiet, serve, settled, visit }
    from './lib.mjs';

const EVIL = '<script>window.pwned=1</script>' +
    '<img src=x onerror="window.pwned=1">';
const FORMULA = '=HYPERLINK("http://192.0.2.1/";"click")';
const DOMAIN = 'hostile.example';
// The page's own script, which tools/embed-assets puts into it.
const EARLY = fs.readFileSync(new URL('../../ui/js/early.js', import.meta.url),
    'utf8');

function report(organization, id) {
    const yesterday = new Date(Date.now() - 86400e3).toISOString().slice(0, 10);
    return JSON.stringify({
        'organization-name': organization,
        'date-range': { 'start-datetime': `${yesterday}T00:00:00Z`,
            'end-datetime': `${yesterday}T23:59:59Z` },
        'contact-info': `javascript:window.pwned=1//${EVIL}`,
        'report-id': `${id}${EVIL}`,
        policies: [{
            policy: { 'policy-type': 'sts', 'policy-domain': DOMAIN,
                'policy-string': ['version: STSv1', EVIL],
                'mx-host': [EVIL] },
            summary: { 'total-successful-session-count': 900,
                'total-failure-session-count': 90 },
            'failure-details': [{ 'result-type': EVIL,
                'failed-session-count': 90, 'sending-mta-ip': EVIL,
                'receiving-mx-hostname': EVIL, 'receiving-mx-helo': EVIL,
                'receiving-ip': EVIL, 'additional-information':
                    `javascript:window.pwned=1//${EVIL}`,
                'failure-reason-code': EVIL }],
        }],
    });
}

const inbox = place('hostile');
fs.mkdirSync(inbox);
fs.writeFileSync(`${inbox}/one.json`, report(EVIL, 'one'));
fs.writeFileSync(`${inbox}/two.json`, report(FORMULA, 'two'));
fs.writeFileSync(`${inbox}/<img src=x onerror=window.pwned=1>.json`, '{"no": 1}');

const url = await serve('hostile', [inbox]);
const page = await open();

async function unharmed(where) {
    await page.waitForTimeout(50);
    const harm = await page.evaluate((early) => ({ pwned: window.pwned ?? null,
        scripts: [...document.scripts].filter((script) => script.src ?
            !new URL(script.src).pathname.startsWith('/assets/') :
            script.textContent !== early).map(({ outerHTML }) => outerHTML),
        images: document.images.length }), EARLY);
    assert.deepEqual(harm, { pwned: null, scripts: [], images: 0 }, where);
    quiet(page, where);
}

test('what strangers write is shown as text on every page', async () => {
    for (const where of ['/', '/domains', `/domains/${DOMAIN}`, '/reporters',
        '/reports', '/reports?failed=1', '/inbox']) {
        await visit(page, url + where);
        await unharmed(where);
    }
    await visit(page, `${url}/reporters`);
    assert.ok((await page.textContent('table')).includes(EVIL));
    await visit(page, `${url}/inbox`);
    assert.ok((await page.textContent('table')).includes('<img src=x'));
});

test('a hostile report is read and shown whole', async () => {
    await visit(page, `${url}/reports?domain=${DOMAIN}`);
    const links = await page.locator('table.reports tbody a')
        .evaluateAll((list) => list.map((link) => link.href));
    assert.equal(links.length, 2);
    for (const link of links) {
        await visit(page, link);
        for (const summary of await page.locator('details > summary').all()) {
            await summary.click();
        }
        await unharmed(link);
        assert.ok((await page.textContent('.json')).includes('onerror'));
    }
});

test('hostile filters in the address do nothing', async () => {
    for (const name of ['domain', 'organization', 'result_type', 'mx']) {
        await page.goto(`${url}/reports?${name}=${encodeURIComponent(EVIL)}`);
        await settled(page);
        page.complaints.splice(0, Infinity, ...page.complaints
            .filter((text) => !/status of 4\d\d/.test(text)));
        await unharmed(name);
    }
});

test('a formula is no formula in the CSV', async () => {
    await visit(page, `${url}/reporters`);
    const [saved] = await Promise.all([page.waitForEvent('download'),
        page.click('button:text-is("CSV")')]);
    const text = fs.readFileSync(await saved.path(), 'utf8');
    assert.ok(text.includes('HYPERLINK'), text);
    assert.doesNotMatch(text, /^"?=/m);
});

test('an empty store says what to do next', {
    skip: Boolean(process.env.UI_URL),
}, async () => {
    const empty = await serve('empty', []);
    for (const [where, wanted] of [['/', /v=TLSRPTv1; rua=mailto:/],
        ['/', /tlsrpt import FILE/], ['/domains', /v=TLSRPTv1/],
        ['/reporters', /Nobody reported/], ['/reports', /No report matches/],
        ['/inbox', /tlsrpt import FILE/]]) {
        await visit(page, empty + where);
        assert.match(await page.textContent('main'), wanted, where);
        quiet(page, where);
    }
    await visit(page, `${empty}/`);
    await page.fill('.steps input', 'b\u00fccher.example');
    assert.match(await page.textContent('.steps .copy'),
        /_smtp\._tls\.xn--bcher-kva\.example\. IN TXT/);
});

test('the browser and the server end well', finish);
