/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Permissions: who may read and write what stands in the file system.
 *
 * Looking fills plain values; judging goes by them alone, by the rule of owner,
 * group and others and by access lists. What a mount or confinement takes away is
 * not seen.
 */

#include <stdbool.h>
#include <stddef.h>

#include "doctor/chart.h"
#include "doctor/permission_acl.h"

/* A file, a folder or a socket as it was found. */
struct permission_file {
    const char *path;
    int system_errno; /* why it could not be looked at; 0: it is there */
    unsigned mode;    /* st_mode */
    unsigned uid, gid;
    struct permission_acl acl;
    const char *closed_folder; /* one above that `who` may not enter; or NULL */
};

enum { PERMISSION_GROUPS = 64 };

/* A user, with the groups it is in. */
struct permission_who {
    const char *name;
    unsigned uid;
    unsigned groups[PERMISSION_GROUPS];
    int n_groups;
};

enum permission_wish {
    PERMISSION_READ = 4,
    PERMISSION_WRITE = 2,
    PERMISSION_ENTER = 1 /* a folder */
};

/*
 * Looks at a path, and at the folders above it as one user meets them.
 * who: NULL: the folders are not asked about.
 */
void permission_look(struct chart *chart, const char *path,
                     const struct permission_who *who,
                     struct permission_file *out_file);

/* Finds a user of the system. Returns: whether there is one. */
bool permission_find_name(struct chart *chart, const char *name,
                          struct permission_who *out_who);

/* As permission_find_name, by number; one without a name is called by it. */
void permission_find_number(struct chart *chart, unsigned uid,
                            struct permission_who *out_who);

/*
 * Tells whether we, as who calls, are kept from a file, so that a failure to open
 * it says nothing about it. wishes: of enum permission_wish.
 */
bool permission_is_hidden(const char *path, unsigned wishes);

/* What to do about it. */
#define PERMISSION_HIDDEN "run it as root, or as the user of the service"

/* Tells whether a file is one that the service manager gives a unit while that
 * runs, LoadCredential= in it. */
bool permission_is_credential(const char *path);

/* Tells whether a user may read or write a file, folders above it aside. */
bool permission_has(const struct permission_who *who,
                    const struct permission_file *file,
                    enum permission_wish wish);

/* Judges a key or a password, which `who` needs. */
void permission_judge_secret(struct chart *chart,
                             const struct permission_file *file,
                             const struct permission_who *who);

/* Judges a store's file and its folder; who: whose the service runs as. */
void permission_judge_store(struct chart *chart,
                            const struct permission_file *file,
                            const struct permission_file *folder,
                            const struct permission_who *who);

/* Judges a folder that `who` writes to. */
void permission_judge_folder(struct chart *chart,
                             const struct permission_file *folder,
                             const struct permission_who *who);

/* What a socket is to be. */
struct permission_wanted {
    const char *user;  /* as configured; NULL any */
    const char *group; /* likewise */
    unsigned uid, gid; /* their numbers where they are given */
    unsigned mode;     /* permissions; 0 any */
};

/*
 * Finds what the section collect asks for.
 * mode: octal digits. Any of them may be NULL.
 * Returns: 0, -1 with err (ERR_USAGE: there is no such user or group).
 */
int permission_find_wanted(const char *user, const char *group,
                           const char *mode,
                           struct permission_wanted *out_wanted,
                           struct err *err);

/*
 * Judges the collector's socket.
 * sender: the mail server's user, who sends to it; NULL where there is none on
 * this machine.
 */
void permission_judge_socket(struct chart *chart,
                             const struct permission_file *file,
                             const struct permission_wanted *wanted,
                             const struct permission_who *sender);
