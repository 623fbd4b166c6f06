// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// A JSON text as lines, each with the JSON pointers (RFC 6901) of what stands on
// it. Values keep the very characters that came in: a count of 2^63 stays as it
// was written, a name given twice stays twice. Only white space is new.

const TOKEN = /\s*(?:([{}[\],:])|("(?:[^"\\]|\\[^])*")|([^\s{}[\],:"]+|"))/y;
const INDENT = '  ';

function* tokens(text) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
        const found = TOKEN.exec(text);
        if (!found) {
            return;
        }
        yield found[1] ? { mark: found[1] } :
            found[2] ? { string: found[2] } : { other: found[3] };
    }
}

function unquote(quoted) {
    try {
        return JSON.parse(quoted);
    } catch {
        return quoted.slice(1, -1);
    }
}

function escape(name) {
    return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}

class Printer {
    constructor() {
        this.lines = [];
        this.levels = [];
        this.line = null;
        this.begin('');
    }

    begin(pointer) {
        this.line = { depth: this.levels.length, parts: [], pointer };
        this.lines.push(this.line);
    }

    put(kind, text) {
        this.line.parts.push({ kind, text });
    }

    get level() {
        return this.levels.at(-1);
    }

    // A member or an element begins: a line of its own, with its pointer.
    item(name) {
        const { level } = this;
        if (level && !level.isNamed) {
            const key = level.isList ? level.count : name;
            level.count += 1;
            level.here = `${level.pointer}/${escape(key)}`;
            this.begin(level.here);
            level.isNamed = true;
            return !level.isList;
        }
        if (!level && this.line.parts.length > 0) {
            this.begin('');
        }
        return false;
    }

    open(mark) {
        this.item('');
        const pointer = this.level?.here ?? '';
        this.put('mark', mark);
        this.levels.push({ isList: mark === '[', pointer, count: 0,
            isNamed: false, here: '' });
    }

    close(mark) {
        const level = this.levels.pop();
        if (level?.count) {
            this.begin(level.pointer);
        }
        this.put('mark', mark);
    }

    string(quoted) {
        if (this.item(unquote(quoted))) {
            this.put('name', quoted);
        } else {
            this.put('string', quoted);
        }
    }

    comma() {
        this.put('mark', ',');
        if (this.level) {
            this.level.isNamed = false;
        }
    }

    take(token) {
        if (token.string !== undefined) {
            this.string(token.string);
        } else if (token.other !== undefined) {
            this.item(token.other);
            this.put('number', token.other);
        } else if (token.mark === ',') {
            this.comma();
        } else if (token.mark === ':') {
            this.put('mark', ': ');
        } else if (token.mark === '{' || token.mark === '[') {
            this.open(token.mark);
        } else {
            this.close(token.mark);
        }
    }
}

/** The lines of a text: { depth, parts: [{ kind, text }], pointer }. What is
 * not JSON comes out as it can. */
export function jsonLines(text) {
    const printer = new Printer();
    for (const token of tokens(text)) {
        printer.take(token);
    }
    return printer.lines.filter((line) => line.parts.length > 0);
}

/** A line as text. */
export function lineText(line) {
    return INDENT.repeat(line.depth) +
        line.parts.map((part) => part.text).join('');
}

/** Finds lines by pointer: a function from a pointer to the index of its line,
 * or of its nearest ancestor's where it stands nowhere. */
export function lineFinder(lines) {
    const places = new Map();
    lines.forEach((line, index) => {
        if (!places.has(line.pointer)) {
            places.set(line.pointer, index);
        }
    });
    return (pointer) => {
        let place = pointer;
        while (place !== '' && !places.has(place)) {
            place = place.slice(0, Math.max(0, place.lastIndexOf('/')));
        }
        return places.get(place) ?? 0;
    };
}

/** The pointer of one report among several in an array, by its report-id; ''
 * where the text is the report itself. */
export function reportPointer(lines, reportId) {
    const wanted = JSON.stringify(reportId);
    const line = lines.find(({ pointer, parts }) =>
        /^\/\d+\/report-id$/.test(pointer) &&
        parts.some(({ text }) => text === wanted));
    return line ? line.pointer.slice(0, line.pointer.lastIndexOf('/')) : '';
}
