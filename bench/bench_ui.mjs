// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// How soon the overview can be used: from the start of the navigation to the
// mark that is set when its table is drawn, Chromium's start excluded. Seen
// before; with nothing cached in a browser that runs; and in a new browser
// context, which also starts a process for the page. The promise is about the
// first two. Beside them the bare answer of the API, compressed and not, and an
// empty page of the same server.
//
// bench_ui.mjs [URL]: over a server that runs already, perhaps with a big store;
// without it over the sample reports. tools/bench runs it as well.

import http from 'node:http';
import { launch, samples, serve, stopServers } from '../tests/ui/server.mjs';

const ROUNDS = 15;
const PROMISE_MS = 300;
const WINDOW = { viewport: { width: 1440, height: 1000 } };

function sorted(values) {
    return [...values].sort((a, b) => a - b);
}

// The cases take turns, so that what else the machine does falls on all alike.
async function measure(cases) {
    const times = cases.map(() => []);
    for (const once of cases) {
        await once();
    }
    for (let round = 0; round < ROUNDS; round += 1) {
        for (const [index, once] of cases.entries()) {
            times[index].push(await once());
        }
    }
    return times.map((list) => ({ least: sorted(list)[0],
        median: sorted(list)[Math.floor(list.length / 2)] }));
}

// Waits without asking again and again, which would take the page's time.
async function overview(page, url) {
    await page.goto(`${url}/`, { waitUntil: 'commit' });
    const time = await page.evaluate(() => new Promise((resolve) => {
        const look = () => {
            const [mark] = performance.getEntriesByName('overview-usable');
            if (mark) {
                resolve(mark.startTime);
            }
        };
        new PerformanceObserver(look).observe({ type: 'mark', buffered: true });
        look();
    }));
    await page.waitForSelector('#main[data-whole]');
    return time;
}

async function emptyPage(page, url) {
    await page.goto(`${url}/assets/favicon.svg`);
    return page.evaluate(() =>
        performance.getEntriesByType('navigation')[0].duration);
}

function answer(url, encoding) {
    const begin = performance.now();
    return new Promise((resolve, reject) => {
        http.get(`${url}/api/v1/overview`, { headers: {
            'Accept-Encoding': encoding } }, (response) => {
            response.resume();
            response.on('end', () => resolve(performance.now() - begin));
        }).on('error', reject);
    });
}

function say(what, { least, median }, isPromised) {
    console.log(`${what.padEnd(36)}${median.toFixed(1).padStart(8)} ms, ` +
        `at least ${least.toFixed(1)}` + (isPromised ?
        `  ${(median / PROMISE_MS).toFixed(2)} of the promised ` +
            `${PROMISE_MS} ms` : ''));
}

const url = (process.argv[2] ?? await serve('bench', [samples().out]))
    .replace(/\/$/, '');
const browser = await launch();
const context = await browser.newContext(WINDOW);
const page = await context.newPage();
const tools = await context.newCDPSession(page);

const [seen, cleared, fresh] = await measure([
    () => overview(page, url),
    async () => {
        await tools.send('Network.clearBrowserCache');
        return overview(page, url);
    },
    async () => {
        const other = await browser.newContext(WINDOW);
        const time = await overview(await other.newPage(), url);
        await other.close();
        return time;
    },
]);
const [empty, plain, packed] = await measure([() => emptyPage(page, url),
    () => answer(url, 'identity'), () => answer(url, 'gzip')]);
say('overview usable, seen before', seen, true);
say('overview usable, nothing cached', cleared, true);
say('overview usable, new browser context', fresh);
say('an empty page of the same server', empty);
say('the bare answer of the API', plain);
say('the bare answer, compressed', packed);
await browser.close();
await stopServers();
process.exitCode = Math.max(seen.median, cleared.median) <= PROMISE_MS ? 0 : 1;
