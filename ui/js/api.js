// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// The questions of docs/api.md, and what to say where no answer came.

import { learnToday } from './range.js';

export const BASE = '/api/v1';

/** A question that was not answered: what happened, and what to do. */
export class ApiError extends Error {
    constructor(status, title, detail) {
        super(detail || title);
        this.status = status;
        this.title = title;
    }
}

function query(params) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(params ?? {})) {
        if (value !== null && value !== undefined && value !== false) {
            search.append(name, value === true ? '1' : String(value));
        }
    }
    const text = search.toString();
    return text ? `?${text}` : '';
}

async function problem(response) {
    let said = {};
    try {
        said = await response.json();
    } catch {
        // No problem document: the status has to do.
    }
    return new ApiError(response.status,
        said.title || `The server answered ${response.status}`,
        said.detail || '');
}

// The answer that js/early.js asked for, once.
function takeEarly(url) {
    const { early } = window;
    if (early?.url !== url) {
        return null;
    }
    window.early = null;
    return early.response;
}

/** Asks and returns the answer; throws ApiError where there is none. */
export async function get(path, params, signal) {
    const url = `${BASE}/${path}${query(params)}`;
    let response;
    try {
        response = await (takeEarly(url) ?? fetch(url, { signal }));
    } catch (error) {
        if (error.name === 'AbortError') {
            throw error;
        }
        throw new ApiError(0, 'The server does not answer',
            'What is stored is safe. See whether "tlsrpt serve" still runs, ' +
            'then try again.');
    }
    if (!response.ok) {
        throw await problem(response);
    }
    const answer = await response.json();
    learnToday(answer.range?.today ?? answer.today);
    return answer;
}

export const overview = (range, signal) => get('overview', range, signal);
export const domain = (name, range, signal) =>
    get(`domains/${encodeURIComponent(name)}`, range, signal);
export const authentication = (range, signal) =>
    get('authentication', range, signal);
export const mail = (name, range, signal) =>
    get(`domains/${encodeURIComponent(name)}/authentication`, range, signal);
export const mailReports = (params, signal) =>
    get('authentication/reports', params, signal);
export const organizations = (params, signal) =>
    get('organizations', params, signal);
export const reports = (params, signal) => get('reports', params, signal);
export const report = (id, signal) =>
    get(`reports/${encodeURIComponent(id)}`, null, signal);
export const quarantine = (params, signal) => get('quarantine', params, signal);
export const sending = (params, signal) => get('sending', params, signal);
export const sendingDomain = (name, range, signal) =>
    get(`sending/domains/${encodeURIComponent(name)}`, range, signal);
export const outbox = (params, signal) => get('outbox', params, signal);
export const status = (signal) => get('status', null, signal);

/** Where the octets of a report or of refused input are. */
export const rawUrl = (kind, id) =>
    `${BASE}/${kind}/${encodeURIComponent(id)}/raw`;
