// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// All domains, the needy ones first.

import * as api from '../api.js';
import { h } from '../dom.js';
import * as format from '../format.js';
import { asQuery } from '../range.js';
import { domainsSection } from '../parts/domains.js';
import { firstSteps } from '../parts/empty.js';
import { mailDomains } from '../parts/mail.js';
import { pageHead } from '../parts/head.js';
import { stateBadge, STATES } from '../parts/state.js';

function tally(states) {
    return h('ul', { class: 'tally' }, STATES.filter((state) => states[state])
        .map((state) => h('li', null, h('b', null,
            format.number(states[state])), ' ', stateBadge(state))));
}

/** Loads the page. */
export async function load(route, signal) {
    const query = asQuery(route.range);
    const [overview, mail] = await Promise.all([
        api.overview(query, signal), api.authentication(query, signal)]);
    return {
        title: 'Domains', stored: overview.stored,
        view: h('div', { class: 'page' },
            pageHead(route, { title: 'Domains',
                lead: overview.domains.length > 0 && tally(overview.states) }),
            overview.domains.length > 0 ?
                domainsSection(overview, route.range, { signal }) :
                mail.domains.length === 0 && firstSteps(),
            mail.domains.length > 0 && mailDomains(mail, route.range)),
    };
}
