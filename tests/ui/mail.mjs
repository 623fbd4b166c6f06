// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// DMARC reports in the dashboard: a domain's mail beside its transport, the
// reports behind its numbers, one report; no complaint, axe, both widths.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { audit, finish, open, parse, place, quiet, serve, SHOTS, visit }
    from './lib.mjs';

const DAY = 86400;
const FIRST = Date.UTC(2026, 9, 1) / 1000;
const RANGE = 'from=2026-10-01&to=2026-10-31';
const EVIL = '&lt;img src=x onerror=alert(1)&gt;';

function record([ip, count, disposition, aligned, domain, dkim, spf]) {
    const result = (tag, found) => found ? `<${tag}><domain>${found[0]}` +
        `</domain><result>${found[1]}</result></${tag}>` : '';
    return `<record><row><source_ip>${ip}</source_ip><count>${count}</count>` +
        `<policy_evaluated><disposition>${disposition}</disposition><dkim>${
            aligned}</dkim><spf>fail</spf></policy_evaluated></row>` +
        `<identifiers><header_from>${domain}</header_from></identifiers>` +
        `<auth_results>${result('dkim', dkim)}${result('spf', spf)}` +
        '</auth_results></record>';
}

function report(name, domain, day, who, records) {
    const begin = FIRST + day * DAY;
    return `<feedback><report_metadata><org_name>${who}</org_name><email>` +
        `d@mailer.example</email><report_id>${name}</report_id><date_range>` +
        `<begin>${begin}</begin><end>${begin + DAY - 1}</end></date_range>` +
        `</report_metadata><policy_published><domain>${domain}</domain>` +
        '<adkim>r</adkim><p>quarantine</p></policy_published>' +
        `${records.map(record).join('')}</feedback>`;
}

function recordsOf(domain, day) {
    return [
        ['192.0.2.1', 300 + day, 'none', 'pass', domain, [domain, 'pass']],
        ['198.51.100.2', 20, 'quarantine', 'fail', domain,
            ['em.sendgrid.net', 'pass']],
        [`203.0.113.${day + 1}`, 3, 'reject', 'fail', domain, null,
            [domain, 'fail']],
    ];
}

// Mail of two domains, and TLS reports of one of them.
function fill() {
    const folder = place('mail');
    fs.mkdirSync(folder, { recursive: true });
    const write = (name, text) =>
        fs.writeFileSync(path.join(folder, name), text);
    for (const domain of ['both.example', 'mail.example']) {
        for (let day = 0; day < 28; day++) {
            for (const who of ['Mailer Ltd', EVIL]) {
                const name = `${domain}-${day}-${who === EVIL ? 2 : 1}`;
                write(`${name}.xml`, report(name, domain, day, who,
                    recordsOf(domain, day)));
            }
        }
    }
    write('tls.json', JSON.stringify({ 'organization-name': 'Sender Ltd',
        'date-range': { 'start-datetime': '2026-10-05T00:00:00Z',
            'end-datetime': '2026-10-05T23:59:59Z' },
        'contact-info': 't@sender.example', 'report-id': 'tls-1',
        policies: [{ policy: { 'policy-type': 'no-policy-found',
            'policy-domain': 'both.example' },
        summary: { 'total-successful-session-count': 9,
            'total-failure-session-count': 0 } }] }));
    return folder;
}

const url = await serve('mail', [fill()]);
const page = await open();
const DOMAIN = `/domains/both.example?${RANGE}`;
const ALONE = `/domains/mail.example?${RANGE}`;
const LIST = `/reports?kind=dmarc&${RANGE}`;
const answer = async (at) => (await fetch(`${url}/api/v1/${at}`)).json();

async function fact(term) {
    const text = await page.locator('.mailpart .facts > div', { hasText: term })
        .first().locator('dd').first().textContent();
    return parse(text);
}

test('a domain shows its mail beside its transport', async () => {
    await visit(page, url + DOMAIN);
    const { totals } = await answer(
        `domains/both.example/authentication?${RANGE}`);
    assert.equal(await fact('Messages'), totals.messages);
    assert.equal(await fact('Failed DMARC'), totals.failed);
    assert.equal(totals.messages, 2 * (28 * 323 + 27 * 14));
    assert.equal(await page.locator('.timeline canvas').count(), 2);
    assert.match(await page.textContent('.mailpart .lead'), /Trouble/);
    assert.match(await page.textContent('.mailsteps li:first-child'),
        /Mend SendGrid \(1120 messages fail\)/);
    const senders = await page.locator('section[aria-labelledby=' +
        '"section-senders"] tbody tr').allTextContents();
    assert.equal(senders.length, 3);
    assert.match(senders[0], /SendGrid sendgrid\.net/);
    quiet(page, 'the domain');
});

test('a domain without TLS reports has a page', async () => {
    await visit(page, url + ALONE);
    assert.match(await page.textContent('.pagehead'), /No TLS report/);
    assert.equal(await page.locator('.timeline canvas').count(), 1);
    quiet(page, 'mail alone');
});

test('each number leads to the reports behind it', async () => {
    await visit(page, url + DOMAIN);
    const row = page.locator('section[aria-labelledby="section-sources"] ' +
        'tbody tr').first();
    const shown = parse(await row.locator('[data-label="Failed"]')
        .textContent());
    await row.locator('[data-label="Failed"] a').click();
    await page.waitForURL('**/reports?**');
    await page.waitForSelector('table.reports');
    const totals = page.locator('#totals');
    assert.equal(Number(await totals.getAttribute('data-failed')), shown);
    while (await page.locator('#pager button').isVisible()) {
        const had = await page.locator('table.reports tbody tr').count();
        await page.click('#pager button');
        await page.waitForFunction((n) => document.querySelectorAll(
            'table.reports tbody tr').length > n, had);
    }
    const sum = await page.locator('table.reports [data-failed]').evaluateAll(
        (cells) => cells.reduce((all, cell) =>
            all + Number(cell.dataset.failed), 0));
    assert.equal(sum, shown);
    quiet(page, 'the reports behind a number');
});

test('the two kinds of reports have a list each', async () => {
    await visit(page, `${url}/reports?${RANGE}`);
    assert.equal(await page.locator('table.reports tbody tr').count(), 1);
    await page.click('.kinds a:text-is("DMARC reports")');
    await page.waitForURL('**/reports?kind=dmarc*');
    await page.waitForSelector('#totals[data-messages]');
    assert.equal(await page.locator('table.reports tbody tr').count(), 50);
    assert.match(await page.textContent('#pager'), /50 of 112 shown/);
    await page.click('.chips a:text-is("Only with failures")');
    await page.waitForURL(/failed=1/);
    quiet(page, 'the lists');
});

test('a report is told address by address', async () => {
    await visit(page, url + LIST);
    await page.click('table.reports tbody tr:first-child a');
    await page.waitForURL(/\/reports\/\d+/);
    await page.waitForSelector('.page-report .xml');
    assert.equal(await page.locator('.failures .failure').count(), 3);
    assert.match(await page.textContent('.failures .failure:first-child'),
        /nothing vouches for it/);
    assert.match(await page.textContent('.xml'), /^<feedback>/);
    quiet(page, 'the report');
});

test('the domains with mail are listed', async () => {
    await visit(page, `${url}/domains?${RANGE}`);
    const rows = page.locator('section[aria-labelledby=' +
        '"section-mail-domains"] tbody tr');
    assert.equal(await rows.count(), 2);
    quiet(page, 'the domains');
});

test('a hostile name is text', async () => {
    await visit(page, url + DOMAIN);
    assert.equal(await page.locator('img').count(), 0);
    assert.ok(await page.locator('text=<img src=x onerror=alert(1)>')
        .count() > 0);
});

for (const scheme of ['light', 'dark']) {
    for (const width of [1440, 390]) {
        test(`axe and the width, ${scheme} at ${width}`, async () => {
            const other = await open({ width, scheme,
                height: width === 390 ? 844 : 1000 });
            fs.mkdirSync(SHOTS, { recursive: true });
            const { reports } = await answer(
                `authentication/reports?${RANGE}&limit=1`);
            for (const [name, where] of [['mail-domain', DOMAIN],
                ['mail-list', LIST], ['mail-domains', `/domains?${RANGE}`],
                ['mail-report', `/reports/${reports[0].id}`]]) {
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
