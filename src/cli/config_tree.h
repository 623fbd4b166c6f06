/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The door to libconfuse: from the plain text of a configuration to sections
 * with their values, each with its line.
 *
 * All unknown names are told, not only the first; values are not looked at.
 * libconfuse gives its callbacks nothing of the caller's, and its reader is one
 * for the whole process: one configuration is read at a time.
 */

#include <stdbool.h>

#include "base/err.h"
#include "cli/config_schema.h"
#include "cli/config_text.h"

struct config_tree;

/* A section as it stands in the file. */
struct config_node;

/*
 * Takes a text apart by the tables. Unknown names are blanked out in it. What
 * is wrong goes to problems.
 * Returns: 0, also where a problem ended it early (config_tree_is_whole); -1
 * with err (ERR_MEMORY).
 */
int config_tree_read(struct config_text *text,
                     const struct config_section *root,
                     struct config_problems *problems,
                     struct config_tree **out_tree, struct err *err);

/* Frees a tree. NULL is allowed. */
void config_tree_free(struct config_tree *tree);

/* Tells whether the text was read to its end. */
bool config_tree_is_whole(const struct config_tree *tree);

/* The file as a whole. */
struct config_node *config_tree_root(const struct config_tree *tree);

/* How many values a key has in a section; 0 where it does not stand there. */
size_t config_tree_count(struct config_node *node, const char *key);

/* One of them. It lives as long as the tree. */
const char *config_tree_value(struct config_node *node, const char *key,
                              size_t index);

/*
 * Gives the line of the plain text it stands in, 0 where there is no such value.
 * out_is_twice: the key stands again in the same section.
 */
unsigned config_tree_line(const struct config_tree *tree,
                          struct config_node *node, const char *key,
                          size_t index, bool *out_is_twice);

/* How many sections of a name there are in a section. */
size_t config_tree_sections(struct config_node *node, const char *name);

/* One of them. */
struct config_node *config_tree_section(struct config_node *node,
                                        const char *name, size_t index);

/* The title of a section, NULL for none. */
const char *config_tree_title(struct config_node *node);

/* The line of the plain text in which a section ends. */
unsigned config_tree_end(struct config_node *node);
