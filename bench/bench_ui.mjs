// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// How soon the overview can be used: from the start of the navigation to the
// mark that is set when its table is drawn, Chromium's start excluded. Beside it
// the bare answer of the API and an empty page of the same server.
//
// bench_ui.mjs [URL]: over a server that runs already, perhaps with a big store;
// without it over the sample reports. tools/bench runs it as well.

import { launch, samples, serve, stopServers } from '../tests/ui/server.mjs';

const ROUNDS = 15;
const PROMISE_MS = 300;

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
}

async function measure(once) {
    await once();
    const times = [];
    for (let round = 0; round < ROUNDS; round += 1) {
        times.push(await once());
    }
    return median(times);
}

async function overview(page, url) {
    await page.goto(url, { waitUntil: 'commit' });
    await page.waitForFunction(() =>
        performance.getEntriesByName('overview-usable').length > 0);
    return page.evaluate(() =>
        performance.getEntriesByName('overview-usable')[0].startTime);
}

async function emptyPage(page, url) {
    await page.goto(`${url}/assets/favicon.svg`);
    return page.evaluate(() =>
        performance.getEntriesByType('navigation')[0].duration);
}

async function answer(url) {
    const begin = performance.now();
    const response = await fetch(`${url}/api/v1/overview`);
    await response.arrayBuffer();
    return performance.now() - begin;
}

function say(what, milliseconds, more = '') {
    console.log(`${what.padEnd(34)} ${milliseconds.toFixed(1).padStart(8)} ms` +
        more);
}

const url = (process.argv[2] ?? await serve('bench', [samples().out]))
    .replace(/\/$/, '');
const browser = await launch();
const page = await (await browser.newContext(
    { viewport: { width: 1440, height: 1000 } })).newPage();
const fresh = async () => {
    const context = await browser.newContext(
        { viewport: { width: 1440, height: 1000 } });
    const time = await overview(await context.newPage(), url);
    await context.close();
    return time;
};

const usable = await measure(() => overview(page, `${url}/`));
const first = await measure(fresh);
const empty = await measure(() => emptyPage(page, url));
const bare = await measure(() => answer(url));
say('overview usable, seen before', usable,
    `  ${(usable / PROMISE_MS).toFixed(2)} of the promised ${PROMISE_MS} ms`);
say('overview usable, nothing cached', first,
    `  ${(first / PROMISE_MS).toFixed(2)} of the promised ${PROMISE_MS} ms`);
say('an empty page of the same server', empty);
say('the bare answer of the API', bare);
await browser.close();
await stopServers();
process.exitCode = usable <= PROMISE_MS ? 0 : 1;
