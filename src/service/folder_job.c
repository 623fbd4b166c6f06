/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder_job.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "service/limits.h"

static void list_init(struct folder_job_list *list)
{
    list->first = NULL;
    list->end = &list->first;
}

static void list_add(struct folder_job_list *list, struct folder_job *job)
{
    job->next = NULL;
    *list->end = job;
    list->end = &job->next;
}

static struct folder_job *list_take(struct folder_job_list *list)
{
    struct folder_job *job = list->first;

    if (job)
        list->first = job->next;
    if (!list->first)
        list->end = &list->first;
    return job;
}

int folder_jobs_init(struct folder_jobs *jobs, struct receiver *receiver,
                     struct err *err)
{
    *jobs = (struct folder_jobs){ .receiver = receiver };
    list_init(&jobs->waiting);
    list_init(&jobs->returned);
    jobs->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (jobs->wake < 0)
        return err_system(err, "no descriptor to be woken by");
    pthread_mutex_init(&jobs->lock, NULL);
    return 0;
}

void folder_jobs_deinit(struct folder_jobs *jobs)
{
    struct folder_job *job;

    while ((job = list_take(&jobs->waiting)))
        folder_job_free(job);
    pthread_mutex_destroy(&jobs->lock);
    close(jobs->wake);
}

void folder_jobs_wake(struct folder_jobs *jobs)
{
    const uint64_t one = 1;

    /* It can only fail where it is to wake already. */
    (void)!write(jobs->wake, &one, sizeof(one));
}

/* In the receiver's thread. */
static void come_back(struct receiver_delivery *delivery, bool is_kept)
{
    struct folder_job *job = (struct folder_job *)delivery;
    struct folder_jobs *jobs = job->jobs;

    job->is_kept = is_kept;
    pthread_mutex_lock(&jobs->lock);
    list_add(&jobs->returned, job);
    pthread_mutex_unlock(&jobs->lock);
    folder_jobs_wake(jobs);
}

struct folder_job *folder_job_new(struct folder_jobs *jobs,
                                  struct folder_source *source,
                                  int64_t max_bytes)
{
    struct folder_job *job = calloc(1, sizeof(*job));

    if (!job)
        return NULL;
    job->jobs = jobs;
    job->source = source;
    job->delivery.done = come_back;
    /* To see that a file goes beyond the maximum more must fit. */
    buffer_init(&job->octets, (size_t)max_bytes + SERVICE_FOLDER_READ_BYTES);
    jobs->n_jobs++;
    return job;
}

void folder_job_free(struct folder_job *job)
{
    if (!job)
        return;
    job->jobs->n_jobs--;
    job->jobs->bytes -= job->delivery.octets.len;
    buffer_deinit(&job->octets);
    free(job->label);
    free(job);
}

bool folder_jobs_has_room(const struct folder_jobs *jobs)
{
    return !jobs->waiting.first && jobs->n_jobs < SERVICE_FOLDER_JOBS &&
           jobs->bytes < SERVICE_FOLDER_BYTES;
}

void folder_jobs_add(struct folder_jobs *jobs, struct folder_job *job)
{
    job->delivery.octets = buffer_slice(&job->octets);
    job->delivery.label = job->label;
    jobs->bytes += job->octets.len;
    list_add(&jobs->waiting, job);
}

void folder_jobs_give(struct folder_jobs *jobs, int64_t now_ms)
{
    while (jobs->waiting.first && now_ms >= jobs->pause_until_ms) {
        /* Out of the list before: it may be back at once. */
        struct folder_job *job = list_take(&jobs->waiting);

        jobs->n_given++;
        if (receiver_give(jobs->receiver, &job->delivery)) {
            jobs->n_given--;
            list_add(&jobs->waiting, job);
            jobs->pause_until_ms = now_ms + SERVICE_FOLDER_FULL_MS;
        }
    }
}

struct folder_job *folder_jobs_take(struct folder_jobs *jobs, int64_t now_ms)
{
    struct folder_job *job;

    for (;;) {
        pthread_mutex_lock(&jobs->lock);
        job = list_take(&jobs->returned);
        pthread_mutex_unlock(&jobs->lock);
        if (!job)
            return NULL;
        jobs->n_given--;
        if (job->is_kept)
            return job;
        jobs->pause_until_ms = now_ms + SERVICE_RETRY_MS;
        list_add(&jobs->waiting, job);
    }
}
