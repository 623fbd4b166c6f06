/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/map.h"
#include "intake/limits.h"

/* Names or paths, in one arena that dies with the list. */
struct listing {
    struct arena arena;
    const char **names;
    size_t n_names;
    size_t capacity;
};

/* A walk below one argument. */
struct descent {
    struct intake_walk *walk;
    struct map visited;   /* folders by device and inode */
    struct listing links; /* to folders: entered last, so that a folder goes
                             by its own path, whatever the order of names */
    struct err *err;
};

void intake_walk_init(struct intake_walk *walk)
{
    *walk = (struct intake_walk){ 0 };
    arena_init(&walk->arena, INTAKE_WALK_MAX_BYTES);
}

void intake_walk_deinit(struct intake_walk *walk)
{
    if (!walk)
        return;
    free(walk->entries);
    arena_deinit(&walk->arena);
    *walk = (struct intake_walk){ 0 };
}

/* Doubles an array. Returns: it, NULL out of memory with nothing changed. */
static void *grow(void *items, size_t *capacity, size_t item_bytes)
{
    size_t more = *capacity ? 2 * *capacity : 64;
    void *grown = reallocarray(items, more, item_bytes);

    if (grown)
        *capacity = more;
    return grown;
}

static int add_entry(struct intake_walk *walk, const char *path,
                     const char *refused, int64_t bytes, struct err *err)
{
    struct intake_walk_entry *slot;

    if (walk->n_entries == walk->capacity) {
        void *grown = grow(walk->entries, &walk->capacity, sizeof(*slot));

        if (!grown)
            return err_memory(err);
        walk->entries = grown;
    }
    slot = &walk->entries[walk->n_entries];
    *slot = (struct intake_walk_entry){ .path = path, .bytes = bytes };
    if (refused) {
        slot->refused = arena_copy(&walk->arena, slice_of(refused));
        if (!slot->refused)
            return err_memory(err);
    }
    walk->n_entries++;
    walk->bytes += bytes;
    return 0;
}

static int add_problem(struct intake_walk *walk, const char *path,
                       const char *what, struct err *err)
{
    struct err reason;

    err_system(&reason, "%s", what);
    return add_entry(walk, path, reason.text, 0, err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_name(struct listing *listing, const char *name)
{
    if (listing->n_names == listing->capacity) {
        void *grown =
            grow(listing->names, &listing->capacity, sizeof(*listing->names));

        if (!grown)
            return -1;
        listing->names = grown;
    }
    name = arena_copy(&listing->arena, slice_of(name));
    if (!name)
        return -1;
    listing->names[listing->n_names++] = name;
    return 0;
}

static void listing_init(struct listing *listing)
{
    *listing = (struct listing){ 0 };
    arena_init(&listing->arena, INTAKE_WALK_MAX_BYTES);
}

static void listing_deinit(struct listing *listing)
{
    free(listing->names);
    arena_deinit(&listing->arena);
}

/*
 * Reads the names in a folder, which is closed again before anything below it is
 * opened, so that depth costs no descriptors.
 * Returns: 0, 1 where the folder cannot be read (errno), -1 with err.
 */
static int read_listing(const char *path, struct listing *listing,
                        struct err *err)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int rc = 0;

    listing_init(listing);
    if (!folder)
        return 1;
    while (rc == 0 && (entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = add_name(listing, entry->d_name);
    closedir(folder);
    if (listing->n_names)
        qsort(listing->names, listing->n_names, sizeof(*listing->names),
              compare_names);
    return rc ? err_memory(err) : 0;
}

static bool has_folder(struct arena *arena, const char *path, const char *name)
{
    const char *below = arena_printf(arena, "%s/%s", path, name);
    struct stat status;

    return below && stat(below, &status) == 0 && S_ISDIR(status.st_mode);
}

/* A folder with new/ and cur/ is a Maildir, whatever its name. */
static bool is_maildir(const struct listing *listing, const char *path,
                       struct arena *scratch)
{
    unsigned found = 0;

    for (size_t i = 0; i < listing->n_names; i++)
        found += strcmp(listing->names[i], "new") == 0 ||
                 strcmp(listing->names[i], "cur") == 0;
    return found == 2 && has_folder(scratch, path, "new") &&
           has_folder(scratch, path, "cur");
}

/* Returns: 0 the first time a folder is met, 1 later, -1 out of memory. */
static int visit(struct map *visited, const struct stat *status)
{
    uint64_t key[2] = { status->st_dev, status->st_ino };
    int64_t *seen = map_put(visited, slice_make(key, sizeof(key)));

    if (!seen)
        return -1;
    if (*seen)
        return 1;
    *seen = 1;
    return 0;
}

static int descend(struct descent *descent, const char *path,
                   const struct stat *status, unsigned depth);

/* Gone since it was listed, or a link to nothing: not there. */
static bool is_absent(int number)
{
    return number == ENOENT || number == ELOOP;
}

/* Takes one name below a folder. */
static int take_name(struct descent *descent, const char *folder,
                     const char *name, bool in_maildir, unsigned depth)
{
    struct intake_walk *walk = descent->walk;
    const char *path = arena_printf(&walk->arena, "%s/%s", folder, name);
    struct stat link, status;

    if (!path)
        return err_set(descent->err, ERR_LIMIT, "too many files below %s",
                       folder);
    if (lstat(path, &link) != 0 || stat(path, &status) != 0)
        return is_absent(errno)
                   ? 0
                   : add_problem(walk, path, "cannot be opened", descent->err);
    if (S_ISDIR(status.st_mode) && in_maildir && strcmp(name, "tmp") == 0)
        return 0;
    if (S_ISDIR(status.st_mode) && S_ISLNK(link.st_mode))
        return add_name(&descent->links, path) ? err_memory(descent->err) : 0;
    if (S_ISDIR(status.st_mode))
        return descend(descent, path, &status, depth + 1);
    if (!S_ISREG(status.st_mode) || in_maildir)
        return 0;
    return add_entry(walk, path, NULL, status.st_size, descent->err);
}

static int descend(struct descent *descent, const char *path,
                   const struct stat *status, unsigned depth)
{
    struct listing listing;
    int rc = visit(&descent->visited, status);
    bool in_maildir;

    if (rc != 0)
        return rc < 0 ? err_memory(descent->err) : 0;
    if (depth > INTAKE_WALK_MAX_DEPTH)
        return add_entry(descent->walk, path, "folders are nested too deep", 0,
                         descent->err);
    rc = read_listing(path, &listing, descent->err);
    if (rc == 1)
        rc = add_problem(descent->walk, path, "cannot be opened", descent->err);
    in_maildir = rc == 0 && is_maildir(&listing, path, &listing.arena);
    for (size_t i = 0; rc == 0 && i < listing.n_names; i++)
        rc = take_name(descent, path, listing.names[i], in_maildir, depth);
    listing_deinit(&listing);
    return rc;
}

/* Enters the folder of the argument, then those that links led to. */
static int descend_all(struct descent *descent, const char *path,
                       const struct stat *status)
{
    struct stat below;
    int rc = descend(descent, path, status, 0);

    for (size_t i = 0; rc == 0 && i < descent->links.n_names; i++) {
        path = arena_copy(&descent->walk->arena,
                          slice_of(descent->links.names[i]));
        if (!path)
            return err_memory(descent->err);
        if (stat(path, &below) == 0)
            rc = descend(descent, path, &below, 1);
    }
    return rc;
}

static int compare_paths(const void *a, const void *b)
{
    const struct intake_walk_entry *left = a, *right = b;

    return strcmp(left->path, right->path);
}

/* The argument without slashes at its end, so that paths join by one. */
static const char *copy_argument(struct arena *arena, const char *argument)
{
    size_t len = strlen(argument);

    while (len > 1 && argument[len - 1] == '/')
        len--;
    return arena_copy(arena, slice_make(argument, len));
}

int intake_walk_add(struct intake_walk *walk, const char *argument,
                    struct err *err)
{
    struct descent descent = { .walk = walk, .err = err };
    const char *path = copy_argument(&walk->arena, argument);
    size_t first = walk->n_entries;
    struct stat status;
    int rc;

    if (!path)
        return err_memory(err);
    if (strcmp(path, "-") == 0)
        return add_entry(walk, path, NULL, 0, err);
    if (stat(path, &status) != 0)
        return add_problem(walk, path, "cannot be opened", err);
    if (!S_ISDIR(status.st_mode))
        return add_entry(walk, path, NULL,
                         S_ISREG(status.st_mode) ? status.st_size : 0, err);
    map_init(&descent.visited);
    listing_init(&descent.links);
    rc = descend_all(&descent, path, &status);
    listing_deinit(&descent.links);
    map_deinit(&descent.visited);
    if (rc == 0 && walk->n_entries > first)
        qsort(walk->entries + first, walk->n_entries - first,
              sizeof(*walk->entries), compare_paths);
    return rc;
}
