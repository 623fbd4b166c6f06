// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Values as people read them. Groups of digits are parted by a narrow space
// that does not break; days and moments are UTC everywhere.

const SPACE = '\u202f';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep',
    'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday',
    'Friday', 'Saturday'];

/** 40000 as "40 000" with narrow spaces. */
export function number(n) {
    if (n === null || n === undefined) {
        return '\u2013';
    }
    return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, SPACE);
}

/** A number and its noun: "1 report", "2 reports". */
export function count(n, noun, plural = `${noun}s`) {
    return `${number(n)} ${n === 1 ? noun : plural}`;
}

const COUNTED = /\b\d{4,}(?= (?:of|sessions?|reports?|failed|succeeded)\b)/g;

const DATED = /(?<![\w-])\d{4}-(?:0[1-9]|1[0-2])-\d\d(?![\w-])/g;

/** A sentence of the program as it stands on a page: it begins large, ends in
 * a stop, counts are grouped and days written out. Names stay as they are. */
export function sentence(text) {
    if (!text) {
        return '';
    }
    const begun = /^[a-z]+[ ,]/.test(text) ?
        text[0].toUpperCase() + text.slice(1) : text;
    const ended = /[.?:]$/.test(begun) ? begun : `${begun}.`;
    return ended.replace(COUNTED, (n) => number(n))
        .replace(DATED, (date) => day(date));
}

/** A share of failures as per cent; what is not nothing never reads 0, what is
 * not all never 100. */
export function share(part, whole) {
    if (!whole) {
        return '\u2013';
    }
    const percent = 100 * part / whole;
    if (percent === 0) {
        return '0%';
    }
    if (percent < 0.01) {
        return '<0.01%';
    }
    if (percent >= 99 && part < whole) {
        return percent > 99.9 ? '>99.9%' :
            `${(Math.floor(percent * 10) / 10).toFixed(1)}%`;
    }
    const digits = percent < 1 ? 2 : percent < 10 ? 1 : 0;
    return `${percent.toFixed(digits)}%`;
}

/** "2026-11-01" as "1 Nov 2026". */
export function day(text) {
    if (!text) {
        return '\u2013';
    }
    const [year, month, date] = text.split('-').map(Number);
    return `${date} ${MONTHS[month - 1]} ${year}`;
}

/** "2026-11-01" as "1 Nov". */
export function dayShort(text) {
    const [, month, date] = text.split('-').map(Number);
    return `${date} ${MONTHS[month - 1]}`;
}

/** "2026-11-01" as "Nov 2026". */
export function month(text) {
    const [year, index] = text.split('-').map(Number);
    return `${MONTHS[index - 1]} ${year}`;
}

/** The day of the week of a day. */
export function weekday(text) {
    return WEEKDAYS[new Date(`${text}T00:00:00Z`).getUTCDay()];
}

/** Two days as a span, said once where they share something. */
export function span(from, to) {
    if (!from || !to) {
        return 'all time';
    }
    if (from === to) {
        return day(from);
    }
    const sameYear = from.slice(0, 4) === to.slice(0, 4);
    return `${sameYear ? dayShort(from) : day(from)} to ${day(to)}`;
}

/** A moment as "21 Nov 2026, 14:05 UTC". */
export function moment(text) {
    if (!text) {
        return '\u2013';
    }
    const at = new Date(text);
    if (Number.isNaN(at.getTime())) {
        return text;
    }
    const iso = at.toISOString();
    return `${day(iso.slice(0, 10))}, ${iso.slice(11, 16)} UTC`;
}

const UNITS = [[60, 'minute'], [3600, 'hour'], [86400, 'day'],
    [30 * 86400, 'month'], [365 * 86400, 'year']];

/** How long ago a moment was: "40 minutes ago". */
export function ago(text, now = Date.now()) {
    const seconds = Math.max(0, (now - new Date(text).getTime()) / 1000);
    let said = 'just now';
    for (const [size, unit] of UNITS) {
        if (seconds >= size) {
            said = `${count(Math.floor(seconds / size), unit)} ago`;
        }
    }
    return said;
}

/** A day as seen from today: "today", "yesterday", "3 days ago", a date, with
 * its year where that is another. */
export function dayAgo(text, today) {
    if (!text) {
        return 'never';
    }
    const days = Math.round((Date.parse(today) - Date.parse(text)) / 86400e3);
    if (days === 0) {
        return 'today';
    }
    if (days === 1) {
        return 'yesterday';
    }
    if (days > 1 && days < 14) {
        return `${days} days ago`;
    }
    return text.slice(0, 4) === today.slice(0, 4) ? dayShort(text) : day(text);
}

/** Octets as "1.2 MB". */
export function bytes(n) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    let value = n;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
    }
    return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ` +
        units[unit];
}
