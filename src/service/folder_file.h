/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Files of a folder that strangers or mail programs fill.
 *
 * Opened so that nothing in the folder can hold us up or lead us elsewhere: no
 * symbolic link is followed, no pipe is waited for, only regular files are read.
 * What is done with a file after it was kept is done only while it is still the
 * same one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/utc.h"

enum { FOLDER_NAME_BYTES = 256, FOLDER_STAMP_BYTES = 20 };

/* What a file was when it was looked at. */
struct folder_file {
    int64_t bytes;
    utc_time changed_at; /* its content, name or mode */
    uint64_t stamp;      /* differs when anything of it was changed */
};

/* Tells whether a name is one of a file that is not complete yet, or hidden. */
bool folder_file_is_unfinished(const char *name);

/* Writes a stamp as text. Returns: text. */
const char *folder_file_stamp_text(uint64_t stamp,
                                   char text[static FOLDER_STAMP_BYTES]);

/*
 * Looks at a file without opening it, whatever it is.
 * folder: descriptor of its folder.
 * Returns: 0; 1 where there is none; -1 with err.
 */
int folder_file_look(int folder, const char *name, struct folder_file *out_file,
                     struct err *err);

/*
 * Reads a whole file.
 * max_bytes: what is larger is refused. out_octets: empty, with a maximum above.
 * Returns: 0; 1 where it is gone; -1 with err, whose text tells what is wrong
 * with it (ERR_SYSTEM, ERR_LIMIT, ERR_INPUT no regular file or it changed while
 * it was read, ERR_MEMORY).
 */
int folder_file_read(int folder, const char *name, int64_t max_bytes,
                     struct folder_file *out_file, struct buffer *out_octets,
                     struct err *err);

/*
 * Moves a file to another folder of the same file system, under the wanted name
 * or, where that is taken, one with more behind it; never over another file.
 * Returns: 0; 1 where it is gone; -1 with err.
 */
int folder_file_move(int folder, const char *name, int to_folder,
                     const char *wanted, utc_time now, struct err *err);

/* Removes a file. Returns: 0; 1 where it is gone; -1 with err. */
int folder_file_remove(int folder, const char *name, struct err *err);

/*
 * Gives the name of a mail in cur/: that of new/ with flags behind it.
 * is_seen: with flag S, so that mail programs show it as read.
 */
void folder_file_maildir_name(const char *name, bool is_seen,
                              char out_name[static FOLDER_NAME_BYTES]);
