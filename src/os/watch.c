/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/watch.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    /* Some hundred events of the length that names of mails have. */
    EVENTS_BYTES = 16 * 1024,
    TOLD = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
           IN_ONLYDIR
};

struct watch {
    int fd;
    size_t at;  /* where the next event begins */
    size_t len; /* octets in use */
    alignas(struct inotify_event) char events[EVENTS_BYTES];
};

int watch_open(struct watch **out_watch, struct err *err)
{
    struct watch *watch = calloc(1, sizeof(*watch));

    if (!watch)
        return err_memory(err);
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd < 0) {
        err_system(err, "folders cannot be watched");
        free(watch);
        return -1;
    }
    *out_watch = watch;
    return 0;
}

void watch_close(struct watch *watch)
{
    if (!watch)
        return;
    close(watch->fd);
    free(watch);
}

int watch_descriptor(const struct watch *watch)
{
    return watch->fd;
}

int watch_add(struct watch *watch, const char *path, int *out_folder,
              struct err *err)
{
    int folder = inotify_add_watch(watch->fd, path, TOLD);

    if (folder < 0)
        return err_system(err, "%s cannot be watched", path);
    *out_folder = folder;
    return 0;
}

/* Returns: 0 with events, 1 where there are none, -1 with err. */
static int read_events(struct watch *watch, struct err *err)
{
    ssize_t n = read(watch->fd, watch->events, sizeof(watch->events));

    watch->at = 0;
    watch->len = n > 0 ? (size_t)n : 0;
    if (n > 0)
        return 0;
    if (n == 0 || errno == EAGAIN || errno == EINTR)
        return 1;
    return err_system(err, "what happens in folders cannot be read");
}

/* Returns: 0 where the event tells something, 1 where not. */
static int read_event(struct watch *watch, const struct inotify_event *event,
                      struct watch_event *out_event)
{
    *out_event = (struct watch_event){ .folder = event->wd };
    if (event->mask & IN_Q_OVERFLOW) {
        out_event->kind = WATCH_OVERFLOW;
        out_event->folder = -1;
        return 0;
    }
    /* The watch of a folder that was moved away would follow it. */
    if (event->mask & IN_MOVE_SELF)
        inotify_rm_watch(watch->fd, event->wd);
    if (event->mask & IN_IGNORED) {
        out_event->kind = WATCH_GONE;
        return 0;
    }
    if (!(event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) ||
        (event->mask & IN_ISDIR) || event->len == 0)
        return 1;
    out_event->kind = WATCH_ARRIVED;
    out_event->name = event->name;
    return 0;
}

int watch_next(struct watch *watch, struct watch_event *out_event,
               struct err *err)
{
    int rc;

    do {
        const struct inotify_event *event;

        if (watch->at == watch->len && (rc = read_events(watch, err)) != 0)
            return rc;
        event = (const void *)(watch->events + watch->at);
        watch->at += sizeof(*event) + event->len;
        rc = read_event(watch, event, out_event);
    } while (rc);
    return 0;
}
