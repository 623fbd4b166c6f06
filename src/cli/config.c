/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "cli/config_file.h"
#include "cli/config_schema.h"
#include "cli/config_slot.h"
#include "cli/config_tree.h"

enum { TITLE_MAX_BYTES = 64, UNIQUE_MAX_BYTES = 1024 };

/* The title of a tenant where it is used. */
struct reference {
    const char *name;
    unsigned line;
    struct reference *next;
};

struct reading {
    struct settings *settings;
    struct config *config;
    const struct config_tree *tree;
    struct map unique;            /* of mark and value to a line */
    struct reference *references; /* to tenants */
    bool is_out_of_memory;
};

#define PROBLEM(reading, severity, line, ...)                                  \
    config_problems_add(&(reading)->config->problems, severity,                \
                        config_text_place(&(reading)->config->text, line),     \
                        __VA_ARGS__)

/* ---- Values -------------------------------------------------------------- */

/* Tells of a value that stands elsewhere already. */
static void check_unique(struct reading *reading, const struct config_key *key,
                         const char *value, unsigned line)
{
    char text[UNIQUE_MAX_BYTES];
    int64_t *first;
    size_t n =
        (size_t)snprintf(text, sizeof(text), "%s %s", key->unique, value);
    struct config_place place;

    first = map_put(&reading->unique,
                    slice_make(text, n < sizeof(text) ? n : sizeof(text) - 1));
    if (!first) {
        reading->is_out_of_memory = true;
    } else if (*first == 0) {
        *first = line;
    } else {
        place = config_text_place(&reading->config->text, (unsigned)*first);
        PROBLEM(reading, CONFIG_ERROR, line,
                "%s \"%.100s\" stands already at %s:%u; keep one of them",
                key->name, value, place.file, place.line);
    }
}

static void check_secret(struct reading *reading, const struct config_key *key,
                         const char *path, unsigned line)
{
    struct err err;

    switch (config_file_check_secret(path, &err)) {
    case CONFIG_FILE_FINE: break;
    case CONFIG_FILE_MISSING:
        PROBLEM(reading, CONFIG_WARNING, line, "%s: %s", key->name, err.text);
        break;
    case CONFIG_FILE_WORLD_READ:
        PROBLEM(reading, CONFIG_WARNING, line,
                "%s: everybody on this machine can read %s; chmod o-r it",
                key->name, path);
        break;
    }
}

static void add_reference(struct reading *reading, const char *name,
                          unsigned line)
{
    struct reference *reference =
        arena_alloc(&reading->settings->arena, sizeof(*reference));

    if (!reference) {
        reading->is_out_of_memory = true;
        return;
    }
    *reference = (struct reference){ name, line, reading->references };
    reading->references = reference;
}

/* What a value means for others. slot: where it was put. */
static void check_value(struct reading *reading, const struct config_key *key,
                        const void *slot, unsigned line)
{
    const char *const *text = slot;

    if (key->unique)
        check_unique(reading, key, *text, line);
    if (key->kind == CONFIG_SECRET)
        check_secret(reading, key, *text, line);
    if (key->kind == CONFIG_TENANT)
        add_reference(reading, *text, line);
}

static void read_value(struct reading *reading, const struct config_key *key,
                       struct config_node *node, size_t index, void *slot)
{
    bool is_twice;
    unsigned line =
        config_tree_line(reading->tree, node, key->name, index, &is_twice);
    struct err err;

    if (config_slot_put(key, &reading->settings->arena,
                        config_tree_value(node, key->name, index), slot,
                        &err) == 0)
        check_value(reading, key, slot, line);
    else if (err.kind == ERR_MEMORY)
        reading->is_out_of_memory = true;
    else
        PROBLEM(reading, CONFIG_ERROR, line, "%s %s", key->name, err.text);
}

static void read_list(struct reading *reading, const struct config_key *key,
                      struct config_node *node, size_t n, char *item)
{
    const char **items =
        arena_calloc(&reading->settings->arena, n + 1, sizeof(*items));

    if (!items) {
        reading->is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        read_value(reading, key, node, i, &items[i]);
    memcpy(item + key->offset, &items, sizeof(items));
    if (key->count_offset)
        memcpy(item + key->count_offset, &n, sizeof(n));
}

static void read_key(struct reading *reading, const struct config_key *key,
                     struct config_node *node, char *item)
{
    size_t n = config_tree_count(node, key->name);
    bool is_twice;
    unsigned line =
        config_tree_line(reading->tree, node, key->name, 0, &is_twice);

    if (is_twice)
        PROBLEM(reading, CONFIG_ERROR, line,
                key->is_list ? "%s stands twice; use += to add to the first"
                             : "%s stands twice; keep one of them",
                key->name);
    if (n && key->is_list)
        read_list(reading, key, node, n, item);
    else if (n)
        read_value(reading, key, node, 0, item + key->offset);
    else if (key->is_required && config_tree_is_whole(reading->tree))
        PROBLEM(reading, CONFIG_ERROR, config_tree_end(node),
                "the section that ends here lacks %s", key->name);
}

/* ---- Sections ------------------------------------------------------------ */

static void read_section(struct reading *reading,
                         const struct config_section *section,
                         struct config_node *node, char *item);

/* A title goes into logs, positions and the store as a name. */
static const char *read_title(struct reading *reading,
                              const struct config_section *section,
                              struct config_node *node)
{
    const char *title = config_tree_title(node);

    if (*title == '\0' || strlen(title) > TITLE_MAX_BYTES)
        PROBLEM(reading, CONFIG_ERROR, config_tree_end(node),
                "the title of the %s that ends here must have 1 to %d octets",
                section->name, TITLE_MAX_BYTES);
    title = arena_copy(&reading->settings->arena, slice_of(title));
    if (!title)
        reading->is_out_of_memory = true;
    return title;
}

/* All sections of a name that have titles. */
static void read_titled(struct reading *reading,
                        const struct config_section *section,
                        struct config_node *outer, char *outer_item)
{
    size_t n = config_tree_sections(outer, section->name);
    char *items =
        arena_calloc(&reading->settings->arena, n, section->item_bytes);
    void *first = items;

    if (!items) {
        reading->is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char *item = items + i * section->item_bytes;
        struct config_node *node = config_tree_section(outer, section->name, i);
        const char *title = read_title(reading, section, node);

        if (section->init)
            section->init(item);
        memcpy(item + section->title_offset, &title, sizeof(title));
        read_section(reading, section, node, item);
    }
    memcpy(outer_item + section->offset, &first, sizeof(first));
    memcpy(outer_item + section->count_offset, &n, sizeof(n));
}

static void read_inner(struct reading *reading,
                       const struct config_section *section,
                       struct config_node *outer, char *outer_item)
{
    size_t n = config_tree_sections(outer, section->name);

    if (n && section->item_bytes) {
        read_titled(reading, section, outer, outer_item);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct config_node *node = config_tree_section(outer, section->name, i);

        if (i)
            PROBLEM(reading, CONFIG_ERROR, config_tree_end(node),
                    "a second section %s ends here; put all into the first",
                    section->name);
        read_section(reading, section, node, outer_item + section->offset);
    }
}

/* What the section as a whole makes, where each value is good. */
static void finish_section(struct reading *reading,
                           const struct config_section *section,
                           struct config_node *node, char *item)
{
    struct err err;

    if (section->finish(item, &reading->settings->arena, &err) == 0) {
        const char *doubt = section->doubt ? section->doubt(item) : NULL;

        if (doubt)
            PROBLEM(reading, CONFIG_WARNING, config_tree_end(node),
                    "the %s that ends here: %s", section->name, doubt);
        return;
    }
    if (err.kind == ERR_MEMORY)
        reading->is_out_of_memory = true;
    else
        PROBLEM(reading, CONFIG_ERROR, config_tree_end(node),
                "the %s that ends here: %s", section->name, err.text);
}

static void read_section(struct reading *reading,
                         const struct config_section *section,
                         struct config_node *node, char *item)
{
    unsigned n_errors = reading->config->problems.n_errors;

    for (const struct config_key *key = section->keys; key->name; key++)
        read_key(reading, key, node, item);
    for (size_t i = 0; section->sections && section->sections[i]; i++)
        read_inner(reading, section->sections[i], node, item);
    if (section->finish && reading->config->problems.n_errors == n_errors &&
        config_tree_is_whole(reading->tree))
        finish_section(reading, section, node, item);
}

static void check_references(struct reading *reading)
{
    for (struct reference *r = reading->references; r; r = r->next)
        if (!settings_find_tenant(reading->settings, r->name))
            PROBLEM(reading, CONFIG_ERROR, r->line,
                    "there is no tenant \"%.100s\"; write a section tenant "
                    "\"%.100s\" { ... }",
                    r->name, r->name);
}

/* ---- The whole ----------------------------------------------------------- */

static int read_tree(struct reading *reading, struct err *err)
{
    struct config *config = reading->config;
    struct config_tree *tree;

    if (config_tree_read(&config->text, &config_root, &config->problems, &tree,
                         err))
        return -1;
    reading->tree = tree;
    read_section(reading, &config_root, config_tree_root(tree),
                 (char *)reading->settings);
    /* A tenant may stand behind what could not be read. */
    if (config_tree_is_whole(tree))
        check_references(reading);
    else if (config->problems.n_errors == 0)
        PROBLEM(
            reading, CONFIG_ERROR, (unsigned)config->text.n_lines,
            "the end of the file is not reached; is a quote or brace open?");
    config_tree_free(tree);
    return reading->is_out_of_memory ? err_memory(err) : 0;
}

static int read_all(struct config *config, const char *path,
                    config_text_load_function *load, void *context,
                    struct err *err)
{
    struct reading reading = { .settings = config->settings, .config = config };
    int rc = 0;

    if (config_text_read(&config->text, path, load, context, &config->problems,
                         err))
        return -1;
    map_init(&reading.unique);
    if (config->text.is_balanced)
        rc = read_tree(&reading, err);
    map_deinit(&reading.unique);
    return rc;
}

int config_read(const char *path, config_text_load_function *load,
                void *context, struct config *out_config, struct err *err)
{
    *out_config = (struct config){ 0 };
    config_problems_init(&out_config->problems);
    config_text_init(&out_config->text);
    if (settings_new(&out_config->settings, err) ||
        read_all(out_config, path, load, context, err)) {
        config_deinit(out_config);
        return -1;
    }
    config_problems_sort(&out_config->problems);
    if (out_config->problems.n_errors) {
        settings_drop(out_config->settings);
        out_config->settings = NULL;
    }
    return 0;
}

void config_deinit(struct config *config)
{
    settings_drop(config->settings);
    config_problems_deinit(&config->problems);
    config_text_deinit(&config->text);
}
