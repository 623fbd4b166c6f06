// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What the browser tests share: a server over a store of its own, a browser, and
// an eye on everything the console says.
//
// UI_URL=http://127.0.0.1:PORT runs them against a server that runs already.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const ROOT = process.env.SOURCE_ROOT ??
    path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const BUILD = process.env.BUILD_ROOT ?? path.join(ROOT, 'build');
const PROGRAM = process.env.TLSRPT ?? path.join(BUILD, 'tlsrpt');
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];
const START_MS = 20e3;
export const SHOTS = path.join(BUILD, 'screenshots');

const require = createRequire(path.join(ROOT, 'package.json'));

function skip(reason) {
    console.log(`TAP version 13\n1..0 # SKIP ${reason}`);
    process.exit(0);
}

function module(name) {
    try {
        return require(name);
    } catch {
        return skip(`${name} is missing: npm ci --ignore-scripts`);
    }
}

const { chromium } = module('playwright-core');
if (!fs.existsSync(CHROMIUM)) {
    skip('chromium is missing: apt-get install chromium');
}

/** The source of axe-core, for audit(). */
export const axeSource = fs.readFileSync(
    path.join(path.dirname(require.resolve('axe-core')), 'axe.min.js'), 'utf8');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tlsrpt-ui-'));
const processes = [];

// Servers end whatever happens to the tests.
process.on('exit', () => {
    for (const child of processes) {
        child.kill('SIGTERM');
    }
    fs.rmSync(folder, { recursive: true, force: true });
});

after(async () => {
    await browser?.close();
    for (const child of processes.splice(0)) {
        const ended = new Promise((resolve) => { child.once('exit', resolve); });
        child.kill('SIGTERM');
        const code = child.exitCode ?? await ended;
        assert.equal(code, 0, 'the server ends well');
    }
});

/** A path in the test's own folder. */
export function place(name) {
    return path.join(folder, name);
}

/** Makes the sample reports; returns their folder and what they must count. */
export function samples() {
    const out = place('samples');
    const expect = place('expect.json');
    execFileSync(path.join(ROOT, 'examples/generate'),
        [out, '--expect', expect], { stdio: 'pipe' });
    return { out, expect: JSON.parse(fs.readFileSync(expect, 'utf8')) };
}

function address(child) {
    return new Promise((resolve, reject) => {
        let said = '';
        const timer = setTimeout(() => reject(
            new Error(`the server names no address:\n${said}`)), START_MS);
        const hear = (text) => {
            said += text;
            const found = /http:\/\/127\.0\.0\.1:(?!0\b)\d+/.exec(said);
            if (found) {
                clearTimeout(timer);
                resolve(found[0]);
            }
        };
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        child.once('exit', (code) => {
            clearTimeout(timer);
            reject(new Error(`the server ended with ${code}:\n${said}`));
        });
    });
}

/** Imports sources into a new store and serves it. Returns its URL. */
export async function serve(name, sources) {
    if (process.env.UI_URL) {
        return process.env.UI_URL;
    }
    const store = `sqlite:${place(`${name}.db`)}`;
    if (sources.length > 0) {
        try {
            execFileSync(PROGRAM, ['import', '--store', store, ...sources],
                { stdio: 'pipe' });
        } catch (error) {
            // 1 says that something was refused, and the samples hold such.
            assert.equal(error.status, 1, String(error.stderr));
        }
    }
    const child = spawn(PROGRAM, ['serve', '--listen', '127.0.0.1:0',
        '--store', store], { stdio: ['ignore', 'pipe', 'pipe'] });
    processes.push(child);
    return address(child);
}

let browser = null;

/** Opens a page that remembers every complaint: page.complaints. */
export async function open({ width = 1440, height = 1000, scheme = 'light' }
    = {}) {
    browser ??= await chromium.launch({ executablePath: CHROMIUM,
        args: FLAGS });
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
