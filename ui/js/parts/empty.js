// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// What a page says when it has nothing to show: why, and the next step.

import { h, newId } from '../dom.js';
import { copyBox } from './copy.js';

const SAMPLE = 'example.com';
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

// The form that stands in a zone: bücher.example is xn--bcher-kva.example.
function asciiForm(name) {
    try {
        return new URL(`http://${name}/`).hostname;
    } catch {
        return SAMPLE;
    }
}

function record(domain) {
    return `_smtp._tls.${domain}. IN TXT ` +
        `"v=TLSRPTv1; rua=mailto:tls-reports@${domain}"`;
}

function recordStep() {
    const box = copyBox(record(SAMPLE), 'record');
    const id = newId('domain');
    return h('li', null, h('h3', null, 'Ask for reports'),
        h('p', null, 'Publish this record in the zone of each mail domain. ' +
            'Senders such as Google and Microsoft then mail a report a day.'),
        h('p', { class: 'field' }, h('label', { for: id }, 'Your domain'),
            h('input', { id, placeholder: SAMPLE, autocomplete: 'off',
                spellcheck: 'false', autocapitalize: 'none',
                on: {
                    input: (event) => {
                        const name = event.target.value.trim().toLowerCase();
                        box.querySelector('code').textContent =
                            record(NAME.test(name) ? asciiForm(name) : SAMPLE);
                    },
                } })),
        box);
}

/** The first steps, for a store without any report. */
export function firstSteps() {
    return h('section', { class: 'panel steps', 'aria-label': 'First steps' },
        h('h2', null, 'Two steps, in either order, fill this page'),
        h('ol', null, recordStep(),
            h('li', null, h('h3', null, 'Read the reports you have'),
                h('p', null, 'A mail, an mbox, a Maildir, a ',
                    h('code', null, '.json.gz'), ' or a folder of them: all ' +
                    'are read as they are, and twice does no harm.'),
                copyBox('tlsrpt import FILE'))));
}

/** A plain note in place of a table: what is missing, and what to do. */
export function emptyNote(title, text, ...actions) {
    return h('section', { class: 'panel empty' }, h('h2', null, title),
        h('p', null, text), actions);
}
