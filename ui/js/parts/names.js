// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Names of things as people know them: domains in both forms, moments with
// their UTC time, words of the RFC beside a plain sentence.

import { h } from '../dom.js';
import * as format from '../format.js';

/** A domain: the readable form, and the A-label where that differs. */
export function domainName(domain, unicode) {
    if (!domain) {
        return [h('span', { class: 'quiet' }, 'no domain named')];
    }
    if (!unicode || unicode === domain) {
        return [h('bdi', null, domain)];
    }
    return [h('bdi', null, unicode), ' ',
        h('span', { class: 'alabel' }, domain)];
}

/** A number of a table that leads to the reports it was made from. */
export function numberLink(value, href) {
    return h('a', { class: 'plain', href }, format.number(value));
}

/** A moment as time gone by; the UTC moment on hover. */
export function when(text) {
    return text ? h('time', { datetime: text, title: format.moment(text) },
        format.ago(text)) : '\u2013';
}

/** A day as seen from today; the date on hover. */
export function whenDay(text, today) {
    return text ? h('time', { datetime: text, title: `${format.day(text)}, UTC` },
        format.dayAgo(text, today)) : 'no date';
}

export const POLICY_TYPES = {
    sts: 'MTA-STS: the policy file that your web server publishes',
    tlsa: 'DANE: the TLSA records in your signed zone',
    'no-policy-found': 'The sender found neither MTA-STS nor DANE',
    other: 'A policy type that RFC 8460 does not name',
};

export const PROOFS = {
    https: 'sent over HTTPS, unproven',
    file: 'from a file or an unsigned mail',
    'secret-path': 'sent to a secret address',
    dkim: 'DKIM signature verified',
};

export const SIDES = {
    yours: 'Yours to mend',
    theirs: 'On the sender\u2019s side',
    either: 'Yours or theirs',
};

function rfcOne(text) {
    const found = /^RFC (\d{3,5})(?: section ([\d.]*\d))?/.exec(text);
    if (!found) {
        return text;
    }
    const [, rfc, section] = found;
    return h('a', {
        href: `https://www.rfc-editor.org/rfc/rfc${rfc}` +
            (section ? `#section-${section}` : ''),
        rel: 'noreferrer',
    }, text);
}

/** The RFC sections a text names, as links to them. */
export function rfcLink(text) {
    return (text ?? '').split('; ').filter(Boolean).flatMap((one, index) =>
        index ? ['; ', rfcOne(one)] : [rfcOne(one)]);
}
