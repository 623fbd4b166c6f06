# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A light reader of C sources, shared by the check-* tools.

It knows comments, strings, preprocessor lines and brace depth, which is enough
to tell functions and prototypes apart in the style of this project. It is no
C parser: a construct it cannot see is a construct the style does not want.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

ATTRIBUTE = re.compile(
    r'__attribute__\s*\(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\)')


def files(folders, ends):
    """Paths below the folders (relative to the root) in byte order."""
    found = []
    for folder in folders:
        for base, dirs, names in os.walk(os.path.join(ROOT, folder)):
            dirs[:] = [d for d in dirs if d not in ('node_modules', 'corpus')]
            found += [os.path.relpath(os.path.join(base, n), ROOT)
                      for n in names if n.endswith(ends)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def blank(text, strings=True):
    """The text with comments (and strings) as spaces; lines stay in place."""
    def cover(match):
        part = match.group()
        if part[0] != '/' and not strings:
            return part
        cover_all = re.sub(r'[^\n]', ' ', part)
        if part[0] == '/':
            return cover_all
        return part[0] + cover_all[1:-1] + part[-1]
    return TOKEN.sub(cover, text)


def bare(text):
    """As blank, and preprocessor lines with their continuations gone too."""
    out = []
    joined = False
    for line in blank(text).split('\n'):
        directive = joined or line.lstrip().startswith('#')
        joined = directive and line.endswith('\\')
        out.append(' ' * len(line) if directive else line)
    return '\n'.join(out)


class Item:
    """One declaration at file level: a chunk of text up to ';' or '}'."""

    def __init__(self, head, first, last, opens):
        self.head = ATTRIBUTE.sub('', ' '.join(head.split())).strip()
        self.first = first      # line of the first word, from 1
        self.last = last        # line of the final ';' or '}'
        self.opens = opens      # line of '{', or None

    @property
    def is_callable(self):
        return ('=' not in self.head and self.head.endswith(')')
                and not self.head.startswith(('typedef', '_Static_assert',
                                              'static_assert'))
                and self.name is not None)

    @property
    def is_static(self):
        return re.match(r'(?:\w+\s+)*?static\b', self.head) is not None

    @property
    def name(self):
        found = re.search(r'\b([A-Za-z_]\w*)\s*\(', self.head)
        return found.group(1) if found else None


def items(text):
    """The declarations at file level, in order."""
    code = bare(text)
    code = re.sub(r'extern\s+"[^"]*"\s*\{', lambda m: ' ' * len(m.group()), code)
    found = []
    depth = parens = 0
    start = None
    opened = None
    line = 1
    first = 1
    for at, char in enumerate(code):
        if char == '\n':
            line += 1
        if start is None and not char.isspace() and char not in ';}':
            start, first = at, line
        if char == '(':
            parens += 1
        elif char == ')':
            parens -= 1
        elif char == '{':
            if depth == 0:
                opened = (at, line)
            depth += 1
        elif char == '}':
            depth = max(0, depth - 1)
            if depth == 0 and opened and start is not None:
                head = code[start:opened[0]]
                # A function ends here; a struct or initialiser at its ';'.
                if re.search(r'\)\s*(?:\w+\s*)*$', head) and '=' not in head:
                    found.append(Item(head, first, line, opened[1]))
                    start = opened = None
        elif char == ';' and depth == 0 and parens == 0 and start is not None:
            end = opened[0] if opened else at
            found.append(Item(code[start:end], first, line, None))
            start = opened = None
    return found


def functions(text):
    """The function definitions: items with a body."""
    return [i for i in items(text) if i.opens is not None]


def prototypes(text):
    """The function declarations and inline definitions of a header."""
    return [i for i in items(text) if i.is_callable]


def report(tool, problems, praise):
    """Print the problems and leave with the status a lint has."""
    for problem in problems:
        print(problem)
    if problems:
        print(f'{tool}: {len(problems)} to mend', file=sys.stderr)
        sys.exit(1)
    print(f'{tool}: {praise}')
