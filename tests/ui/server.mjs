// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A server over a store of its own, and a browser. Used by the browser tests and
// by bench/bench_ui.mjs.
//
// UI_URL=http://127.0.0.1:PORT takes a server that runs already.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = process.env.SOURCE_ROOT ??
    path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const BUILD = process.env.BUILD_ROOT ?? path.join(ROOT, 'build');
export const PROGRAM = process.env.TLSRPT ?? path.join(BUILD, 'tlsrpt');
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];
const START_MS = 20e3;
export const SHOTS = path.join(BUILD, 'screenshots');

export const require = createRequire(path.join(ROOT, 'package.json'));

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

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tlsrpt-ui-'));
const processes = [];

// Servers end whatever happens to the tests.
process.on('exit', () => {
    for (const child of processes) {
        child.kill('SIGTERM');
    }
    fs.rmSync(folder, { recursive: true, force: true });
});

/** Ends the servers; asserts that they end well. */
export async function stopServers() {
    for (const child of processes.splice(0)) {
        const ended = new Promise((resolve) => { child.once('exit', resolve); });
        child.kill('SIGTERM');
        const code = child.exitCode ?? await ended;
        assert.equal(code, 0, 'the server ends well');
    }
}

/** Starts a browser with a fresh profile. */
export function launch() {
    return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

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

/** Imports sources into a new store and serves it, with more options where they
 * are given. Returns its URL. */
export async function serve(name, sources, options = []) {
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
        '--store', store, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    processes.push(child);
    return address(child);
}
