// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The tlsrpt authors

// Elements from values. Strings of reports come from strangers, so text only
// ever becomes a text node, and the attributes that could carry code or break
// the policy on styles are refused.

const SVG = 'http://www.w3.org/2000/svg';
const SAFE_LINK = /^(?:\/(?![\/\\])|#|blob:|https:\/\/www\.rfc-editor\.org\/)/;

function setAttribute(element, name, value) {
    if (/^on|^style$|^srcdoc$/i.test(name)) {
        throw new Error(`attribute ${name} is not for here`);
    }
    if (name === 'href' && !SAFE_LINK.test(value)) {
        throw new Error('a link leads to this page or to an RFC');
    }
    element.setAttribute(name, value === true ? '' : String(value));
}

function fill(element, props, children) {
    for (const [name, value] of Object.entries(props ?? {})) {
        if (value === null || value === undefined || value === false) {
            continue;
        }
        if (name === 'on') {
            for (const [type, listener] of Object.entries(value)) {
                element.addEventListener(type, listener);
            }
        } else {
            setAttribute(element, name, value);
        }
    }
    add(element, children);
    return element;
}

/** Appends children: elements, text, lists of them; null and false are left
 * out. */
export function add(element, ...children) {
    for (const child of children.flat(Infinity)) {
        if (child !== null && child !== undefined && child !== false) {
            element.append(child);
        }
    }
    return element;
}

/** Makes an HTML element: attributes and { on: { type: listener } }. */
export function h(tag, props, ...children) {
    return fill(document.createElement(tag), props, children);
}

/** Makes an SVG element. */
export function svg(tag, props, ...children) {
    return fill(document.createElementNS(SVG, tag), props, children);
}

/** Puts children in place of what an element holds. */
export function replace(element, ...children) {
    element.replaceChildren();
    return add(element, ...children);
}

/** Text for screen readers alone. */
export function hidden(text) {
    return h('span', { class: 'sr' }, text);
}

let lastId = 0;

/** An id that no other element has, for labels and descriptions. */
export function newId(stem) {
    lastId += 1;
    return `${stem}-${lastId}`;
}

/** Says a sentence to screen readers when they are next silent. */
export function announce(text) {
    const region = document.getElementById('live');
    region.textContent = '';
    setTimeout(() => { region.textContent = text; }, 60);
}

/** What went wrong, and what to do: of a question, or of a file that lacks. */
export function errorText(error) {
    return error.title ? `${error.title}. ${error.message}` :
        'It did not work. Load the page again and try once more.';
}

/** A button for what takes its time: meanwhile it takes no second click, and
 * what goes wrong it says, aloud and beside it. */
export function busyButton(props, label, act) {
    const said = h('span', { class: 'bad' });
    let isBusy = false;
    const click = async () => {
        if (isBusy) {
            return;
        }
        isBusy = true;
        // A disabled button would lose the focus.
        button.setAttribute('aria-disabled', 'true');
        said.remove();
        try {
            await act();
        } catch (error) {
            if (error.name !== 'AbortError') {
                said.textContent = errorText(error);
                button.after(' ', said);
                announce(said.textContent);
            }
        } finally {
            isBusy = false;
            button.removeAttribute('aria-disabled');
        }
    };
    const button = h('button', { type: 'button', ...props, on: { click } },
        label);
    return button;
}
