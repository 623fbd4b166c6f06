/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * One folder source, and what its two kinds do when something happens.
 *
 * folder_sweep.c looks through folders of files, folder_append.c reads on in an
 * mbox. All of it is in the folders' thread.
 */

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/map.h"
#include "os/watch.h"
#include "service/folder.h"
#include "service/folder_job.h"
#include "service/folder_mbox.h"
#include "service/limits.h"

struct folder_source {
    struct folder_options options; /* with defaults filled in */
    struct intake_origin origin;
    struct folder_jobs *jobs;
    struct watch *watch; /* borrowed; NULL where the system has none */
    const struct clock *clock;
    int watched;        /* number of the folder that is watched, or -1 */
    char *watched_path; /* the folder in which files appear */
    const char *base;   /* of an mbox, its name in it */
    int64_t due_ms;     /* when to look next, monotonic */
    bool is_looking;    /* folder_source_step has something to do */
    bool is_failing;    /* and that was told */

    /* Files. */
    int folder_fd;        /* or -1 */
    DIR *sweep;           /* under way, or NULL */
    struct map left;      /* stamps by name: not to be read again */
    struct map left_next; /* those met in the sweep under way */
    size_t n_under_way;
    struct folder_job *under_way[SERVICE_FOLDER_JOBS];
    unsigned n_told; /* in this sweep */

    /* An mbox. */
    struct folder_mbox_position position; /* as stored */
    struct folder_job *last; /* of those under way: carries the position */
    size_t n_before_last;    /* that must be kept before it is given */
};

/* Readies a source. Returns: 0, -1 with err (ERR_USAGE, ERR_MEMORY). */
int folder_source_init(struct folder_source *source,
                       const struct folder_options *options,
                       struct folder_jobs *jobs, struct watch *watch,
                       const struct clock *clock, struct err *err);

/* Frees it; none of its jobs may be with the receiver. */
void folder_source_deinit(struct folder_source *source);

/* Takes an item of its position as it was stored. Returns: 0, -1 with err. */
int folder_source_remember(struct folder_source *source, const char *item,
                           const char *value, struct err *err);

/* A file of its folder was told of. */
void folder_source_arrived(struct folder_source *source, const char *name);

/* Looks as far as there is room, where is_looking. */
void folder_source_step(struct folder_source *source);

/* One of its jobs was kept; frees it. */
void folder_source_kept(struct folder_source *source, struct folder_job *job);

/* Has it look now, or at the latest after so long. */
void folder_source_look(struct folder_source *source, int64_t in_ms);

/* Has it look when what may be incomplete now can be taken. */
void folder_source_look_settled(struct folder_source *source);

/* Watches the folder where it is not. */
void folder_source_watch(struct folder_source *source);

/* Tells that the source fails (err), or works (NULL), where that is new. */
void folder_source_tell(struct folder_source *source, const struct err *err);

/* Makes a job with what all of the source's have. label: owned by it, may be
 * NULL out of memory. Returns: it, NULL out of memory. */
struct folder_job *folder_source_job(struct folder_source *source, char *label);

/* ---- Files: folder_sweep.c ------------------------------------------------ */

/* A file was told of: it is complete. */
void folder_sweep_arrived(struct folder_source *source, const char *name);

/* Looks at some files more, as far as there is room. */
void folder_sweep_step(struct folder_source *source);

/* Does with a kept file what is asked for, and frees its job. */
void folder_sweep_kept(struct folder_source *source, struct folder_job *job);

/* ---- An mbox: folder_append.c --------------------------------------------- */

/* A file of its folder was written to, perhaps the mbox. */
void folder_append_arrived(struct folder_source *source, const char *name);

/* Reads some messages more, when those before are kept. */
void folder_append_step(struct folder_source *source);

/* Counts a kept message, and frees its job; after the last one of those read
 * together the mbox is read up to there. */
void folder_append_kept(struct folder_source *source, struct folder_job *job);
