// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What the dashboard's sources must not hold, and that its page names what it
// needs. Needs no browser.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const UI = path.resolve(path.dirname(fileURLToPath(import.meta.url)),
    '../../ui');
const MOST_LINES = 300;
const MOST_STYLE_LINES = 400;

// Each turns text into markup or code, or breaks the policy on styles.
const BANNED = [/\b(?:inner|outer)HTML\b/, /\binsertAdjacentHTML\b/,
    /\bdocument\.write/, /\beval\s*\(/, /\bnew Function\b/, /\bDOMParser\b/,
    /\bcreateContextualFragment\b/, /\bsrcdoc\s*=/, /\bcssText\b/,
    /setAttribute\(\s*['"]style/, /\bsetHTML/, /javascript:/];
const BANNED_IN_PAGE = [/\sstyle=/, /\son[a-z]+=/, /<style/,
    /<script(?![^>]*\ssrc=)/, /(?:src|href)="(?:https?:)?\/\//];

function files(folder, ends) {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const place = path.join(folder, entry.name);
        return entry.isDirectory() ? files(place, ends) :
            ends.some((end) => place.endsWith(end)) ? [place] : [];
    });
}

const scripts = files(UI, ['.js']);
const page = fs.readFileSync(path.join(UI, 'index.html'), 'utf8');
const read = (place) => fs.readFileSync(place, 'utf8');

function imports(place) {
    return [...read(place).matchAll(
        /^(?:import|export)\s[^;]*?from\s+'(\.[^']+)';/gm)]
        .map(([, name]) => path.resolve(path.dirname(place), name));
}

function reach(place, seen = new Set()) {
    if (!seen.has(place)) {
        seen.add(place);
        imports(place).forEach((next) => reach(next, seen));
    }
    return seen;
}

test('no source makes markup or code of text', () => {
    assert.ok(scripts.length > 20);
    for (const place of scripts) {
        for (const pattern of BANNED) {
            assert.doesNotMatch(read(place), pattern, place);
        }
    }
});

test('the page holds no inline script or style and asks no stranger', () => {
    for (const pattern of BANNED_IN_PAGE) {
        assert.doesNotMatch(page, pattern);
    }
});

test('sources stay short', () => {
    for (const place of scripts) {
        assert.ok(read(place).split('\n').length <= MOST_LINES, place);
    }
    for (const place of files(UI, ['.css'])) {
        assert.ok(read(place).split('\n').length <= MOST_STYLE_LINES, place);
    }
});

test('styles ask no stranger and hold no data', () => {
    for (const place of files(UI, ['.css'])) {
        assert.doesNotMatch(read(place), /url\(|@import/, place);
    }
});

test('the page names each file it asks for, and the file is there', () => {
    const named = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)]
        .map(([, name]) => name);
    assert.ok(named.length > 10);
    for (const name of named) {
        assert.ok(fs.existsSync(path.join(UI, name)), name);
    }
});

test('the overview\u2019s modules are fetched at once, and no others', () => {
    const wanted = [...new Set([
        ...reach(path.join(UI, 'js/main.js')),
        ...reach(path.join(UI, 'js/pages/now.js'))])]
        .map((place) => path.relative(UI, place))
        .filter((name) => name !== 'js/main.js').sort();
    const named = [...page.matchAll(
        /<link rel="modulepreload" href="\/assets\/([^"]+)">/g)]
        .map(([, name]) => name).sort();
    assert.deepEqual(named, wanted);
});

// Also the modules that come when they are needed.
function reachAll(place, seen = new Set()) {
    if (!seen.has(place)) {
        seen.add(place);
        [...imports(place), ...[...read(place).matchAll(
            /\bimport\('(\.[^']+)'\)/g)].map(([, name]) =>
            path.resolve(path.dirname(place), name))]
            .forEach((next) => reachAll(next, seen));
    }
    return seen;
}

test('every module is reached from the start', () => {
    const reached = new Set([path.join(UI, 'js/early.js'),
        path.join(UI, 'js/main.js'),
        ...files(path.join(UI, 'js/pages'), ['.js'])]
        .flatMap((place) => [...reachAll(place)]));
    assert.deepEqual(scripts.filter((place) => !reached.has(place)), []);
});

test('no module names an address of its own: the page\u2019s release leads',
    () => {
        for (const place of scripts) {
            assert.doesNotMatch(read(place), /['"`]\/assets\//, place);
        }
    });
