/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Folder: reports that appear as files, watched by one thread for all of them.
 *
 * A Maildir's new/, a folder into which files are dropped, or an mbox. inotify
 * tells of what comes, and a sweep now and then finds what was not told. A file
 * is read when it is whole and given to the receiver; after the commit it is
 * moved, removed or left as asked for. What cannot be read stays where it is, is
 * told of once and delays no other. Some hundred files are under way at a time,
 * however many wait.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "intake/origin.h"
#include "service/receiver.h"

struct folder;

enum folder_kind { FOLDER_MAILDIR, FOLDER_DROP, FOLDER_MBOX };

/* What is done with a file after its commit. */
enum folder_after {
    FOLDER_AFTER_DEFAULT, /* Maildir and drop: move; mbox: leave */
    FOLDER_LEAVE,         /* remembered by name, or how far an mbox is read */
    FOLDER_MOVE,          /* to cur/ of the Maildir, to .done/ of the folder */
    FOLDER_DELETE         /* what held no report is moved all the same */
};

/* Strings must stay as long as the folders are watched. */
struct folder_options {
    enum folder_kind kind;
    enum folder_after after;
    const char *path;
    const char *name;            /* of the source, unlike all others */
    unsigned interval_s;         /* of the sweeps; 0 = 60 */
    unsigned settle_s;           /* unchanged for so long, a file that nobody
                                  said is complete is so; 0 = 10 */
    int64_t max_bytes;           /* of a file or message; 0 = 32 MiB */
    struct intake_origin origin; /* of all that comes; source is ignored */
    enum recipient_from recipient_from; /* whose a mail is, before its tenant */
};

/* What all folders share. */
struct folder_setup {
    const struct folder_options *folders;
    size_t n_folders;
    struct receiver *receiver; /* must outlive them */
    const char *store_url;     /* to read how far each came */
    const struct clock *clock;
};

/*
 * Starts to watch, in a thread of its own (block signals before). A folder that
 * is not there yet is waited for.
 * Returns: 0, -1 with err (ERR_USAGE an mbox that is not to be left; ERR_MEMORY,
 * ERR_SYSTEM, ERR_STORE).
 */
int folder_start(const struct folder_setup *setup, struct folder **out_folder,
                 struct err *err);

/* Ends after all that was given to the receiver is done, and frees. NULL is
 * allowed. */
void folder_stop(struct folder *folder);
