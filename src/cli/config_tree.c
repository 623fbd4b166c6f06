/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_tree.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "cli/suggest.h"

/* A value's number in the map of lines. */
enum { TWICE = 1, LINE_SHIFT = 1, UNKNOWN_NAMES_MAX = 50 };

/* Stands behind all the rest: where it is not met, something swallowed it. No
 * file can hold such a name. */
#define END_KEY "<end>"

struct config_tree {
    struct config_text *text;
    struct config_problems *problems;
    const struct config_section *root;
    struct arena arena; /* the tables of libconfuse */
    cfg_t *cfg;
    struct map lines; /* of (option, index of the value) */
    char unknown[64]; /* a name that no table has, of unknown_line */
    unsigned unknown_line;
    bool has_failed; /* a problem other than that was told */
    bool is_whole;
    bool is_out_of_memory;
};

/* libconfuse hands nothing of ours to its callbacks. */
static struct config_tree *current;

/* ---- Callbacks ----------------------------------------------------------- */

struct value_key {
    const cfg_opt_t *opt;
    size_t index;
};

static struct slice value_slice(const struct value_key *key)
{
    return slice_make(key, sizeof(*key));
}

/* Notes the line of a value; called before it is set. */
static int note_value(cfg_t *cfg, cfg_opt_t *opt, const char *value,
                      void *result)
{
    const struct value_key key = { .opt = opt, .index = opt->nvalues - 1 };
    int64_t *line = map_put(&current->lines, value_slice(&key));

    if (!line) {
        current->is_out_of_memory = true;
        return -1;
    }
    *line = (int64_t)cfg->line << LINE_SHIFT | (*line ? TWICE : 0);
    memcpy(result, &value, sizeof(value));
    return 0;
}

/* Names the nearest of what may stand in a section. */
static void tell_unknown(const cfg_t *cfg, const char *name)
{
    struct suggest suggest;
    struct config_place place =
        config_text_place(current->text, (unsigned)cfg->line);

    suggest_init(&suggest, name);
    for (const cfg_opt_t *opt = cfg->opts; opt->name; opt++)
        if (strcmp(opt->name, END_KEY) != 0)
            suggest_add(&suggest, opt->name);
    if (suggest.nearest)
        config_problems_add(current->problems, CONFIG_ERROR, place,
                            "there is no %s here; did you mean %s?", name,
                            suggest.nearest);
    else
        config_problems_add(current->problems, CONFIG_ERROR, place,
                            "there is no %s here; see tlsrpt.conf(5)", name);
}

/* What to do, by how a message of libconfuse begins. */
static const char *find_hint(const char *message)
{
    static const struct {
        const char *begin, *hint;
    } hints[] = {
        { "missing equal sign", "; write NAME = VALUE" },
        { "missing opening brace", "; write NAME { ... }" },
        { "missing title", "; write NAME \"TITLE\" { ... }" },
        { "found duplicate title",
          "; give each section of a name a title of its own" },
        { "attempt to append", "; write = instead of +=" },
        { "unexpected token", "; a list is { \"a\", \"b\" }" },
    };

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        if (strncmp(message, hints[i].begin, strlen(hints[i].begin)) == 0)
            return hints[i].hint;
    return "";
}

__attribute__((format(printf, 2, 0))) static void take_error(cfg_t *cfg,
                                                             const char *format,
                                                             va_list arguments)
{
    static const char unknown[] = "no such option '";
    char message[256];

    vsnprintf(message, sizeof(message), format, arguments);
    if (strncmp(message, unknown, sizeof(unknown) - 1) == 0) {
        const char *name = message + sizeof(unknown) - 1;

        current->unknown_line = (unsigned)cfg->line;
        snprintf(current->unknown, sizeof(current->unknown), "%.*s",
                 (int)strcspn(name, "'"), name);
        tell_unknown(cfg, current->unknown);
        return;
    }
    current->has_failed = true;
    config_problems_add(current->problems, CONFIG_ERROR,
                        config_text_place(current->text, (unsigned)cfg->line),
                        "%s%s", message, find_hint(message));
}

/* ---- Tables -------------------------------------------------------------- */

static size_t count_keys(const struct config_section *section)
{
    size_t n = 0;

    for (const struct config_key *key = section->keys; key->name; key++)
        n++;
    for (size_t i = 0; section->sections && section->sections[i]; i++)
        n++;
    return n;
}

/* Makes the table of a section. Returns: NULL when out of memory. */
static cfg_opt_t *make_options(struct config_tree *tree,
                               const struct config_section *section)
{
    cfg_opt_t *opts =
        arena_calloc(&tree->arena, count_keys(section) + 2, sizeof(*opts));
    cfg_opt_t *opt = opts;

    if (!opts)
        return NULL;
    for (const struct config_key *key = section->keys; key->name; key++)
        *opt++ = (cfg_opt_t){ .name = key->name,
                              .type = CFGT_STR,
                              .flags = CFGF_NODEFAULT |
                                       (key->is_list ? CFGF_LIST : 0),
                              .parsecb = note_value };
    for (size_t i = 0; section->sections && section->sections[i]; i++) {
        const struct config_section *inner = section->sections[i];

        *opt = (cfg_opt_t){ .name = inner->name,
                            .type = CFGT_SEC,
                            .flags = CFGF_MULTI };
        if (inner->item_bytes)
            opt->flags |= CFGF_TITLE | CFGF_NO_TITLE_DUPES;
        opt->subopts = make_options(tree, inner);
        if (!opt++->subopts)
            return NULL;
    }
    if (section == tree->root)
        *opt = (cfg_opt_t){ .name = END_KEY,
                            .type = CFGT_STR,
                            .flags = CFGF_NODEFAULT };
    return opts;
}

/* ---- Reading ------------------------------------------------------------- */

static int read_once(struct config_tree *tree, cfg_opt_t *opts)
{
    const char *plain = buffer_text(&tree->text->plain);
    int rc;

    cfg_free(tree->cfg);
    map_clear(&tree->lines);
    tree->unknown_line = 0;
    tree->cfg = cfg_init(opts, CFGF_NONE);
    if (!tree->cfg || !plain)
        return -1;
    cfg_set_error_function(tree->cfg, take_error);
    current = tree;
    rc = cfg_parse_buf(tree->cfg, plain);
    current = NULL;
    tree->is_whole = rc == CFG_SUCCESS && cfg_size(tree->cfg, END_KEY) == 1;
    /* It fails without a word only where memory does. */
    if (tree->is_out_of_memory ||
        (rc != CFG_SUCCESS && !tree->has_failed && !tree->unknown_line))
        return -1;
    return 0;
}

/* Reads anew without each name that is not known. */
static int read_all(struct config_tree *tree)
{
    cfg_opt_t *opts = make_options(tree, tree->root);

    if (!opts)
        return -1;
    buffer_add_text(&tree->text->plain, END_KEY " = 'yes'\n");
    for (unsigned i = 0; i < UNKNOWN_NAMES_MAX; i++) {
        if (read_once(tree, opts))
            return -1;
        if (!tree->unknown_line ||
            !config_text_drop(tree->text, tree->unknown_line, tree->unknown))
            break;
    }
    return 0;
}

int config_tree_read(struct config_text *text,
                     const struct config_section *root,
                     struct config_problems *problems,
                     struct config_tree **out_tree, struct err *err)
{
    struct config_tree *tree = calloc(1, sizeof(*tree));

    if (!tree)
        return err_memory(err);
    tree->text = text;
    tree->problems = problems;
    tree->root = root;
    arena_init(&tree->arena, 1024 * 1024);
    map_init(&tree->lines);
    if (read_all(tree)) {
        config_tree_free(tree);
        return err_memory(err);
    }
    *out_tree = tree;
    return 0;
}

void config_tree_free(struct config_tree *tree)
{
    if (!tree)
        return;
    cfg_free(tree->cfg);
    map_deinit(&tree->lines);
    arena_deinit(&tree->arena);
    free(tree);
}

bool config_tree_is_whole(const struct config_tree *tree)
{
    return tree->is_whole;
}

/* ---- Looking ------------------------------------------------------------- */

static cfg_t *section_of(struct config_node *node)
{
    return (cfg_t *)(void *)node;
}

static struct config_node *node_of(cfg_t *section)
{
    return (struct config_node *)(void *)section;
}

struct config_node *config_tree_root(const struct config_tree *tree)
{
    return node_of(tree->cfg);
}

size_t config_tree_count(struct config_node *node, const char *key)
{
    return cfg_size(section_of(node), key);
}

const char *config_tree_value(struct config_node *node, const char *key,
                              size_t index)
{
    return cfg_getnstr(section_of(node), key, (unsigned)index);
}

unsigned config_tree_line(const struct config_tree *tree,
                          struct config_node *node, const char *key,
                          size_t index, bool *out_is_twice)
{
    const struct value_key value = { .opt = cfg_getopt(section_of(node), key),
                                     .index = index };
    const int64_t *line = map_find(&tree->lines, value_slice(&value));

    /* An empty list behind one with values leaves none of them. */
    *out_is_twice = line && (*line & TWICE || index >= value.opt->nvalues);
    return line ? (unsigned)(*line >> LINE_SHIFT) : 0;
}

size_t config_tree_sections(struct config_node *node, const char *name)
{
    return cfg_size(section_of(node), name);
}

struct config_node *config_tree_section(struct config_node *node,
                                        const char *name, size_t index)
{
    return node_of(cfg_getnsec(section_of(node), name, (unsigned)index));
}

const char *config_tree_title(struct config_node *node)
{
    return cfg_title(section_of(node));
}

unsigned config_tree_end(struct config_node *node)
{
    return (unsigned)section_of(node)->line;
}
