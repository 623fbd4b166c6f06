/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void fill_defaults(struct folder_options *options)
{
    if (options->after == FOLDER_AFTER_DEFAULT)
        options->after =
            options->kind == FOLDER_MBOX ? FOLDER_LEAVE : FOLDER_MOVE;
    if (options->interval_s == 0)
        options->interval_s = SERVICE_FOLDER_INTERVAL_S;
    if (options->settle_s == 0)
        options->settle_s = SERVICE_FOLDER_SETTLE_S;
    if (options->max_bytes == 0)
        options->max_bytes = SERVICE_FOLDER_FILE_BYTES;
}

/* The folder in which files appear. Returns: heap memory, NULL without. */
static char *watched_path(const struct folder_options *options)
{
    const char *slash = strrchr(options->path, '/');
    char *path;

    if (options->kind == FOLDER_DROP)
        return strdup(options->path);
    if (options->kind == FOLDER_MAILDIR)
        return asprintf(&path, "%s/new", options->path) < 0 ? NULL : path;
    if (!slash)
        return strdup(".");
    return strndup(options->path, slash == options->path
                                      ? 1
                                      : (size_t)(slash - options->path));
}

int folder_source_init(struct folder_source *source,
                       const struct folder_options *options,
                       struct folder_jobs *jobs, struct watch *watch,
                       const struct clock *clock, struct err *err)
{
    const char *slash = strrchr(options->path, '/');

    *source = (struct folder_source){ .options = *options,
                                      .origin = options->origin,
                                      .jobs = jobs,
                                      .watch = watch,
                                      .clock = clock,
                                      .watched = -1,
                                      .is_looking = true,
                                      .folder_fd = -1 };
    fill_defaults(&source->options);
    source->origin.source = options->name;
    map_init(&source->left);
    map_init(&source->left_next);
    source->base = slash ? slash + 1 : options->path;
    if (options->kind == FOLDER_MBOX && source->options.after != FOLDER_LEAVE)
        return err_set(err, ERR_USAGE, "%s: an mbox is left as it is",
                       options->name);
    source->watched_path = watched_path(options);
    return source->watched_path ? 0 : err_memory(err);
}

void folder_source_deinit(struct folder_source *source)
{
    folder_job_free(source->last);
    if (source->sweep)
        closedir(source->sweep);
    if (source->folder_fd >= 0)
        close(source->folder_fd);
    map_deinit(&source->left);
    map_deinit(&source->left_next);
    free(source->watched_path);
}

int folder_source_remember(struct folder_source *source, const char *item,
                           const char *value, struct err *err)
{
    int64_t *stamp;

    if (source->options.kind == FOLDER_MBOX) {
        /* One that cannot be read is the beginning of the file. */
        (void)folder_mbox_parse(value, &source->position);
        return 0;
    }
    stamp = map_put(&source->left, slice_of(item));
    if (!stamp)
        return err_memory(err);
    *stamp = (int64_t)strtoull(value, NULL, 16);
    return 0;
}

void folder_source_arrived(struct folder_source *source, const char *name)
{
    if (source->options.kind == FOLDER_MBOX)
        folder_append_arrived(source, name);
    else
        folder_sweep_arrived(source, name);
}

void folder_source_step(struct folder_source *source)
{
    if (!source->is_looking)
        return;
    if (source->options.kind == FOLDER_MBOX)
        folder_append_step(source);
    else
        folder_sweep_step(source);
}

void folder_source_kept(struct folder_source *source, struct folder_job *job)
{
    if (source->options.kind == FOLDER_MBOX)
        folder_append_kept(source, job);
    else
        folder_sweep_kept(source, job);
}

void folder_source_look(struct folder_source *source, int64_t in_ms)
{
    int64_t at_ms = clock_monotonic_ms() + in_ms;

    if (at_ms < source->due_ms)
        source->due_ms = at_ms;
}

void folder_source_look_settled(struct folder_source *source)
{
    folder_source_look(source, 1000 * (int64_t)source->options.settle_s);
}

void folder_source_watch(struct folder_source *source)
{
    struct err err;

    /* The same folder has the same number; a new one of that name another. */
    if (source->watch && watch_add(source->watch, source->watched_path,
                                   &source->watched, &err) < 0)
        source->watched = -1;
}

void folder_source_tell(struct folder_source *source, const struct err *err)
{
    if (err && !source->is_failing)
        log_line(LOG_LEVEL_WARNING, "folder-failing", "source",
                 source->options.name, "error", err->text, NULL);
    else if (!err && source->is_failing)
        log_line(LOG_LEVEL_NOTICE, "folder-works", "source",
                 source->options.name, NULL);
    source->is_failing = err != NULL;
}

struct folder_job *folder_source_job(struct folder_source *source, char *label)
{
    struct folder_job *job = NULL;

    if (label)
        job = folder_job_new(source->jobs, source, source->options.max_bytes);
    if (!job) {
        free(label);
        return NULL;
    }
    job->label = label;
    job->delivery.origin = &source->origin;
    job->delivery.recipient_from = source->options.recipient_from;
    return job;
}
