/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

/* The lock is held. The descriptor is only shut down: who opened it closes. */
static unsigned shut_down_late(struct connection_list *list, int64_t now_ms)
{
    unsigned n = 0;
    for (struct connection *c = list->first; c; c = c->next) {
        if (c->is_late || c->deadline_ms > now_ms)
            continue;
        shutdown(c->fd, SHUT_RDWR);
        c->is_late = true;
        n++;
    }
    return n;
}

unsigned connection_list_sweep(struct connection_list *list, int64_t now_ms)
{
    pthread_mutex_lock(&list->lock);
    unsigned n = shut_down_late(list, now_ms);
    pthread_mutex_unlock(&list->lock);
    return n;
}

/* Sleeps while there is nothing to watch, else a second. The lock is held. */
static void wait_a_second(struct connection_list *list)
{
    if (!list->first) {
        pthread_cond_wait(&list->changed, &list->lock);
        return;
    }
    int64_t until_ms = clock_monotonic_ms() + 1000;
    struct timespec until = { .tv_sec = (time_t)(until_ms / 1000),
                              .tv_nsec = (long)(until_ms % 1000) * 1000000 };
    pthread_cond_clockwait(&list->changed, &list->lock, CLOCK_MONOTONIC,
                           &until);
}

static void *sweep(void *context)
{
    struct connection_list *list = context;
    pthread_mutex_lock(&list->lock);
    while (!list->is_stopping) {
        shut_down_late(list, clock_monotonic_ms());
        wait_a_second(list);
    }
    pthread_mutex_unlock(&list->lock);
    return NULL;
}

int connection_list_init(struct connection_list *list, struct err *err)
{
    *list = (struct connection_list){ .first = NULL };
    pthread_mutex_init(&list->lock, NULL);
    pthread_cond_init(&list->changed, NULL);
    errno = pthread_create(&list->sweeper, NULL, sweep, list);
    if (errno == 0)
        return 0;
    pthread_cond_destroy(&list->changed);
    pthread_mutex_destroy(&list->lock);
    return err_system(err, "starting the thread that ends slow clients");
}

void connection_list_deinit(struct connection_list *list)
{
    pthread_mutex_lock(&list->lock);
    list->is_stopping = true;
    pthread_cond_signal(&list->changed);
    pthread_mutex_unlock(&list->lock);
    pthread_join(list->sweeper, NULL);
    pthread_cond_destroy(&list->changed);
    pthread_mutex_destroy(&list->lock);
}

struct connection *connection_add(struct connection_list *list, int fd,
                                  int64_t deadline_ms)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->fd = fd;
    connection->deadline_ms = deadline_ms;
    pthread_mutex_lock(&list->lock);
    connection->next = list->first;
    if (list->first)
        list->first->previous = connection;
    else
        pthread_cond_signal(&list->changed);
    list->first = connection;
    pthread_mutex_unlock(&list->lock);
    return connection;
}

void connection_extend(struct connection_list *list,
                       struct connection *connection, int64_t deadline_ms)
{
    if (!connection)
        return;
    pthread_mutex_lock(&list->lock);
    connection->deadline_ms = deadline_ms;
    pthread_mutex_unlock(&list->lock);
}

void connection_remove(struct connection_list *list,
                       struct connection *connection)
{
    if (!connection)
        return;
    pthread_mutex_lock(&list->lock);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        list->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    pthread_mutex_unlock(&list->lock);
    free(connection);
}
