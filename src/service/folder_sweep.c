/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { STEP_NAMES = 64 };

/* ---- Names that are not to be read again ---------------------------------- */

static bool is_left(const struct folder_source *source, const char *name,
                    uint64_t stamp)
{
    const int64_t *now = map_find(&source->left_next, slice_of(name));
    const int64_t *before = map_find(&source->left, slice_of(name));

    return (now && (uint64_t)*now == stamp) ||
           (before && (uint64_t)*before == stamp);
}

static void put(struct map *map, const char *name, uint64_t stamp)
{
    int64_t *slot = map_put(map, slice_of(name));

    /* Without memory it is read again at the next sweep: no harm but work. */
    if (slot)
        *slot = (int64_t)stamp;
}

/* Remembers a file by name. Those that went are forgotten after a sweep. */
static void leave(struct folder_source *source, const char *name,
                  uint64_t stamp)
{
    put(source->sweep ? &source->left_next : &source->left, name, stamp);
}

/* Leaves a file where it is, and tells why, some of them by name. */
static void leave_unread(struct folder_source *source, const char *name,
                         uint64_t stamp, const struct err *err)
{
    leave(source, name, stamp);
    if (source->n_told++ < SERVICE_FOLDER_TOLD)
        log_line(LOG_LEVEL_WARNING, "folder-file-left", "source",
                 source->options.name, "file", name, "error", err->text, NULL);
}

/* ---- Taking --------------------------------------------------------------- */

static bool is_under_way(const struct folder_source *source, const char *name)
{
    for (size_t i = 0; i < source->n_under_way; i++)
        if (strcmp(source->under_way[i]->name, name) == 0)
            return true;
    return false;
}

/* Tells whether a file that nobody said is complete may be taken for it. A time
 * to come is that of a clock that was set back. */
static bool is_settled(const struct folder_source *source,
                       const struct folder_file *file)
{
    int64_t age_s = clock_now(source->clock) - file->changed_at;

    return source->options.kind == FOLDER_MAILDIR || age_s < 0 ||
           age_s >= source->options.settle_s;
}

static void begin_job(struct folder_source *source, struct folder_job *job)
{
    if (source->options.after == FOLDER_LEAVE) {
        folder_file_stamp_text(job->stamp, job->value);
        job->position = (struct store_position){
            .source = source->options.name,
            .item = job->name,
            .value = job->value,
        };
        job->delivery.position = &job->position;
    }
    source->under_way[source->n_under_way++] = job;
    folder_jobs_add(source->jobs, job);
}

static void read_file(struct folder_source *source, const char *name,
                      uint64_t seen_stamp)
{
    struct folder_file file;
    struct folder_job *job;
    struct err err;
    char *label;
    int rc;

    if (asprintf(&label, "%s/%s", source->watched_path, name) < 0)
        label = NULL;
    job = folder_source_job(source, label);
    if (!job) {
        folder_source_look_settled(source);
        return;
    }
    rc = folder_file_read(source->folder_fd, name, source->options.max_bytes,
                          &file, &job->octets, &err);
    if (rc == 0) {
        snprintf(job->name, sizeof(job->name), "%s", name);
        job->stamp = file.stamp;
        begin_job(source, job);
        return;
    }
    folder_job_free(job);
    if (rc < 0 && err.kind == ERR_MEMORY)
        folder_source_look_settled(source);
    else if (rc < 0)
        leave_unread(source, name, seen_stamp, &err);
}

/* Reads a file unless it is known, or may not be complete. */
static void take(struct folder_source *source, const char *name,
                 bool is_complete)
{
    struct folder_file file;
    struct err err;
    int rc;

    if (folder_file_is_unfinished(name) || is_under_way(source, name))
        return;
    rc = folder_file_look(source->folder_fd, name, &file, &err);
    if (rc > 0)
        return;
    if (rc < 0) {
        leave_unread(source, name, 0, &err);
        return;
    }
    if (is_left(source, name, file.stamp)) {
        leave(source, name, file.stamp);
        return;
    }
    if (is_complete || is_settled(source, &file))
        read_file(source, name, file.stamp);
    else
        folder_source_look_settled(source);
}

/* ---- Sweep ---------------------------------------------------------------- */

static int open_folder(struct folder_source *source, struct err *err)
{
    int fd = open(source->watched_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return err_system(err, "%s cannot be opened", source->watched_path);
    if (source->folder_fd >= 0)
        close(source->folder_fd);
    source->folder_fd = fd;
    source->sweep = opendir(source->watched_path);
    return source->sweep
               ? 0
               : err_system(err, "%s cannot be read", source->watched_path);
}

/* Returns: 0, -1 where there is no such folder now. */
static int begin_sweep(struct folder_source *source)
{
    struct err err;

    source->due_ms =
        clock_monotonic_ms() + 1000 * (int64_t)source->options.interval_s;
    source->n_told = 0;
    /* Watched before it is looked through: nothing comes in between. */
    folder_source_watch(source);
    if (open_folder(source, &err) < 0) {
        folder_source_tell(source, &err);
        folder_source_look_settled(source);
        source->is_looking = false;
        return -1;
    }
    folder_source_tell(source, NULL);
    return 0;
}

static void end_sweep(struct folder_source *source)
{
    char number[24];

    closedir(source->sweep);
    source->sweep = NULL;
    map_deinit(&source->left);
    source->left = source->left_next;
    map_init(&source->left_next);
    source->is_looking = false;
    if (source->n_told <= SERVICE_FOLDER_TOLD)
        return;
    snprintf(number, sizeof(number), "%u", source->n_told);
    log_line(LOG_LEVEL_WARNING, "folder-files-left", "source",
             source->options.name, "files", number, NULL);
}

void folder_sweep_step(struct folder_source *source)
{
    if (!source->sweep && begin_sweep(source) < 0)
        return;
    for (unsigned i = 0; i < STEP_NAMES && folder_jobs_has_room(source->jobs);
         i++) {
        const struct dirent *entry = readdir(source->sweep);

        if (!entry) {
            end_sweep(source);
            return;
        }
        take(source, entry->d_name, false);
        folder_jobs_give(source->jobs, clock_monotonic_ms());
    }
}

void folder_sweep_arrived(struct folder_source *source, const char *name)
{
    /* Before the first sweep there is no folder to read from. */
    if (source->folder_fd >= 0)
        take(source, name, true);
}

/* ---- Afterwards ----------------------------------------------------------- */

/* Opens the folder that files are moved to, made where it is missing.
 * Returns: a descriptor, -1 with err. */
static int open_target(const struct folder_source *source, struct err *err)
{
    const char *name = source->options.kind == FOLDER_MAILDIR ? "cur" : ".done";
    char path[4096];
    int len = snprintf(path, sizeof(path), "%s/%s", source->options.path, name);
    int fd;

    if (len < 0 || (size_t)len >= sizeof(path))
        return err_set(err, ERR_USAGE, "the path is too long");
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT && mkdir(path, 0700) == 0)
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_system(err, "cannot be moved to %s", path);
    return fd;
}

/* Mail that people should look at stays unread: no report, or a broken one. */
static int move(const struct folder_source *source,
                const struct folder_job *job, struct err *err)
{
    const struct intake_outcome *outcome = &job->delivery.outcome;
    char name[FOLDER_NAME_BYTES];
    int target = open_target(source, err), rc;

    if (target < 0)
        return -1;
    snprintf(name, sizeof(name), "%s", job->name);
    if (source->options.kind == FOLDER_MAILDIR)
        folder_file_maildir_name(
            job->name,
            intake_outcome_count(outcome) > 0 && outcome->n_refused == 0, name);
    rc = folder_file_move(source->folder_fd, job->name, target, name,
                          clock_now(source->clock), err);
    close(target);
    return rc;
}

static int finish(const struct folder_source *source,
                  const struct folder_job *job, struct err *err)
{
    /* Somebody's letter is never removed. */
    if (source->options.after == FOLDER_DELETE &&
        intake_outcome_count(&job->delivery.outcome) > 0)
        return folder_file_remove(source->folder_fd, job->name, err);
    return move(source, job, err);
}

static void forget_job(struct folder_source *source,
                       const struct folder_job *job)
{
    for (size_t i = 0; i < source->n_under_way; i++)
        if (source->under_way[i] == job) {
            source->under_way[i] = source->under_way[--source->n_under_way];
            return;
        }
}

void folder_sweep_kept(struct folder_source *source, struct folder_job *job)
{
    struct folder_file file;
    struct err err;
    int rc;

    forget_job(source, job);
    rc = folder_file_look(source->folder_fd, job->name, &file, &err);
    if (rc == 0 && file.stamp != job->stamp) {
        /* Another file by now: it is read, too. */
        take(source, job->name, false);
    } else if (rc == 0 && source->options.after == FOLDER_LEAVE) {
        leave(source, job->name, job->stamp);
    } else if (rc == 0 && finish(source, job, &err) < 0) {
        leave_unread(source, job->name, job->stamp, &err);
    }
    folder_job_free(job);
}
