/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/loop.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

struct loop {
    struct event_base *base;
    struct event *woken;
    int wake_fd; /* an eventfd: libevent need not know of threads */
    pthread_mutex_t lock;
    struct loop_post *first; /* under lock, in order */
    struct loop_post **end;
    struct loop_post stop;
    bool is_stopping; /* under lock: stop is handed over but once */
};

static struct loop_post *take_posts(struct loop *loop)
{
    struct loop_post *first;

    pthread_mutex_lock(&loop->lock);
    first = loop->first;
    loop->first = NULL;
    loop->end = &loop->first;
    pthread_mutex_unlock(&loop->lock);
    return first;
}

static void call_posts(struct loop *loop)
{
    struct loop_post *post = take_posts(loop);

    while (post) {
        struct loop_post *next = post->next;

        post->function(post->context); /* may give the post away */
        post = next;
    }
}

static void wake(evutil_socket_t fd, short what, void *context)
{
    uint64_t count;

    (void)what;
    (void)!read(fd, &count, sizeof(count));
    call_posts(context);
}

static void stop(void *context)
{
    struct loop *loop = context;

    event_base_loopbreak(loop->base);
}

static int open_loop(struct loop *loop, struct err *err)
{
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->wake_fd < 0)
        return err_system(err, "eventfd");
    loop->base = event_base_new();
    if (!loop->base)
        return err_set(err, ERR_SYSTEM, "no event loop can be made");
    loop->woken =
        event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, wake, loop);
    if (!loop->woken || event_add(loop->woken, NULL))
        return err_memory(err);
    return 0;
}

int loop_new(struct loop **out_loop, struct err *err)
{
    struct loop *loop = calloc(1, sizeof(*loop));

    if (!loop)
        return err_memory(err);
    pthread_mutex_init(&loop->lock, NULL);
    loop->end = &loop->first;
    loop->wake_fd = -1;
    if (open_loop(loop, err)) {
        loop_free(loop);
        return -1;
    }
    *out_loop = loop;
    return 0;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    call_posts(loop);
    if (loop->woken)
        event_free(loop->woken);
    if (loop->base)
        event_base_free(loop->base);
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

int loop_run(struct loop *loop, struct err *err)
{
    int status = event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);

    pthread_mutex_lock(&loop->lock);
    loop->is_stopping = false;
    pthread_mutex_unlock(&loop->lock);
    return status < 0 ? err_set(err, ERR_SYSTEM, "the event loop failed") : 0;
}

void loop_post(struct loop *loop, struct loop_post *post)
{
    const uint64_t one = 1;

    post->next = NULL;
    pthread_mutex_lock(&loop->lock);
    *loop->end = post;
    loop->end = &post->next;
    pthread_mutex_unlock(&loop->lock);
    /* Full means that it is awake already. */
    (void)!write(loop->wake_fd, &one, sizeof(one));
}

void loop_stop(struct loop *loop)
{
    bool is_first;

    pthread_mutex_lock(&loop->lock);
    is_first = !loop->is_stopping;
    loop->is_stopping = true;
    pthread_mutex_unlock(&loop->lock);
    if (!is_first)
        return;
    loop->stop = (struct loop_post){ .function = stop, .context = loop };
    loop_post(loop, &loop->stop);
}

struct event_base *loop_base(const struct loop *loop)
{
    return loop->base;
}
