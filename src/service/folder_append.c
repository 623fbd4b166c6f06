/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Messages read in one go. */
struct batch {
    struct folder_source *source;
    size_t n_jobs;
    size_t bytes;
};

void folder_append_arrived(struct folder_source *source, const char *name)
{
    if (strcmp(name, source->base) == 0)
        source->is_looking = true;
}

static void tell_too_large(const struct folder_source *source, int64_t at_bytes)
{
    char octet[24];

    snprintf(octet, sizeof(octet), "%" PRId64, at_bytes);
    log_line(LOG_LEVEL_WARNING, "folder-message-left", "source",
             source->options.name, "octet", octet, "error", "is too large",
             NULL);
}

/* The last one is held back: it carries the position of all. */
static int take_message(void *context,
                        const struct folder_mbox_message *message,
                        struct err *err)
{
    struct batch *batch = context;
    struct folder_source *source = batch->source;
    struct folder_job *job;
    char *label;

    if (message->is_too_large) {
        tell_too_large(source, message->at_bytes);
        return 0;
    }
    if (asprintf(&label, "%s@%" PRId64, source->options.path,
                 message->at_bytes) < 0)
        label = NULL;
    job = folder_source_job(source, label);
    if (!job)
        return err_memory(err);
    buffer_add(&job->octets, message->octets.ptr, message->octets.len);
    if (job->octets.failed) {
        folder_job_free(job);
        return err_memory(err);
    }
    if (source->last) {
        folder_jobs_add(source->jobs, source->last);
        source->n_before_last++;
    }
    source->last = job;
    batch->bytes += job->octets.len;
    return ++batch->n_jobs >= SERVICE_FOLDER_MESSAGES ||
           batch->bytes >= SERVICE_FOLDER_BYTES / 2;
}

static void give_last(struct folder_source *source)
{
    struct folder_job *job = source->last;

    source->last = NULL;
    folder_mbox_format(&job->reached, job->value);
    job->position = (struct store_position){ .source = source->options.name,
                                             .item = "mbox",
                                             .value = job->value };
    job->delivery.position = &job->position;
    source->n_under_way = 1;
    folder_jobs_add(source->jobs, job);
}

static int read_batch(struct folder_source *source,
                      struct folder_mbox_position *out_reached, struct err *err)
{
    const struct folder_mbox_options options = {
        .path = source->options.path,
        .max_bytes = source->options.max_bytes,
        .now = clock_now(source->clock),
        .settle_s = source->options.settle_s,
    };
    struct batch batch = { .source = source };

    return folder_mbox_read(&options, &source->position, take_message, &batch,
                            out_reached, err);
}

/* What is read of a batch that failed is given up; it is read again. */
static void note_failure(struct folder_source *source, const struct err *err)
{
    /* Programs that deliver make it when there is mail. */
    if (err->kind != ERR_SYSTEM || err->system_errno != ENOENT)
        folder_source_tell(source, err);
    source->is_looking = false;
}

void folder_append_step(struct folder_source *source)
{
    struct folder_mbox_position reached = source->position;
    struct err err;
    int rc;

    /* What is under way moves the position. */
    if (source->n_under_way || source->last ||
        !folder_jobs_has_room(source->jobs))
        return;
    source->due_ms =
        clock_monotonic_ms() + 1000 * (int64_t)source->options.interval_s;
    folder_source_watch(source);
    rc = read_batch(source, &reached, &err);
    if (rc < 0)
        note_failure(source, &err);
    else {
        folder_source_tell(source, NULL);
        source->is_looking = rc == 0;
    }
    if (rc == FOLDER_MBOX_WAITS)
        folder_source_look_settled(source);
    if (rc == FOLDER_MBOX_BUSY)
        folder_source_look(source, SERVICE_FOLDER_LOCKED_MS);
    if (!source->last) {
        source->position = reached;
        return;
    }
    source->last->reached = rc < 0 ? source->position : reached;
    if (source->n_before_last == 0)
        give_last(source);
}

void folder_append_kept(struct folder_source *source, struct folder_job *job)
{
    if (source->last) {
        if (--source->n_before_last == 0)
            give_last(source);
    } else {
        source->position = job->reached;
        source->n_under_way = 0;
    }
    folder_job_free(job);
}
