// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What the browser tests share: pages that remember every complaint, numbers as
// they are shown, and axe.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { launch, require, stopServers } from './server.mjs';

export { place, PROGRAM, samples, serve, SHOTS } from './server.mjs';

const axeSource = fs.readFileSync(
    path.join(path.dirname(require.resolve('axe-core')), 'axe.min.js'), 'utf8');

let browser = null;

/** The last test of each file: all that was started ends, and ends well. */
export async function finish() {
    await browser?.close();
    await stopServers();
}

/** Opens a page that remembers every complaint: page.complaints. */
export async function open({ width = 1440, height = 1000, scheme = 'light' }
    = {}) {
    browser ??= await launch();
    const context = await browser.newContext({ viewport: { width, height },
        colorScheme: scheme, acceptDownloads: true });
    const page = await context.newPage();
    page.complaints = [];
    const complain = (text) => page.complaints.push(text);
    page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') {
            complain(`${message.type()}: ${message.text()} ` +
                `(${message.location().url})`);
        }
    });
    page.on('pageerror', (error) => complain(`exception: ${error.stack}`));
    page.on('requestfailed', (request) => {
        if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
            complain(`no answer: ${request.url()}`);
        }
    });
    page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (hostname !== '127.0.0.1' && !/^(blob|data):/.test(protocol)) {
            complain(`a stranger is asked: ${request.url()}`);
        }
    });
    await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
            console.error(`policy: ${event.violatedDirective} ` +
                `${event.blockedURI} ${event.sourceFile}`);
        });
    });
    return page;
}

/** Waits until the page shows what it has, charts included. */
export async function settled(page) {
    await page.waitForSelector('#main[data-whole] h1');
    await page.waitForFunction(() =>
        [...document.querySelectorAll('.timeline')].every((chart) =>
            chart.querySelector('canvas')), null, { polling: 20 });
}

/** Goes to an address and waits for the page. */
export async function visit(page, url) {
    await page.goto(url);
    await settled(page);
}

/** Asserts that nothing was complained of since the last time. */
export function quiet(page, where) {
    assert.deepEqual(page.complaints, [], where);
}

/** A shown number as a number: "40 000" is 40000. */
export function parse(text) {
    const digits = text.replace(/[\u202f\s]/g, '');
    assert.match(digits, /^\d+$/, `"${text}" is no number`);
    return Number(digits);
}

/** Runs axe over the page; asserts nothing serious is found. */
export async function audit(page, where) {
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document);
        return violations.filter(({ impact }) =>
            impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${id}: ${nodes.length} of ` +
                nodes.slice(0, 3).map((node) => `${node.target} ` +
                    node.failureSummary.split('\n').at(-1)).join('; '));
    });
    assert.deepEqual(found, [], where);
}
