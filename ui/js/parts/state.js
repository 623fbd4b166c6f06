// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// How something stands: a shape, a colour and a word, never colour alone.

import { h, svg } from '../dom.js';

const WORDS = {
    trouble: 'Trouble',
    watch: 'Watch',
    unknown: 'Unknown',
    well: 'Well',
};

const SHAPES = {
    trouble: () => svg('rect', { x: 2, y: 2, width: 10, height: 10, rx: 1.5 }),
    watch: () => svg('circle', { cx: 7, cy: 7, r: 4, class: 'ring' }),
    unknown: () => svg('rect', { x: 1.5, y: 5.75, width: 11, height: 2.5,
        rx: 1.25 }),
    well: () => svg('circle', { cx: 7, cy: 7, r: 4.5 }),
};

export const STATES = Object.keys(WORDS);

function known(state) {
    return WORDS[state] ? state : 'unknown';
}

/** The shape of a state. */
export function stateShape(state) {
    return svg('svg', { class: `shape shape-${known(state)}`,
        viewBox: '0 0 14 14', width: 14, height: 14, 'aria-hidden': 'true' },
    SHAPES[known(state)]());
}

/** The word of a state; noise is well, and says why. */
export function stateWord(state, isNoise) {
    return isNoise && state === 'well' ? 'Well, noise' : WORDS[known(state)];
}

/** Shape and word together. */
export function stateBadge(state, isNoise) {
    return h('span', { class: `state state-${known(state)}` },
        stateShape(state), stateWord(state, isNoise));
}

/** The shape of a finding's severity, with its word. */
export function severityBadge(severity) {
    const state = { critical: 'trouble', error: 'trouble', warning: 'watch',
        info: 'unknown' }[severity] ?? 'unknown';
    return h('span', { class: `state state-${state}` },
        stateShape(state), severity);
}
