/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/collector_status.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/counters.h"
#include "net/endpoint.h"
#include "service/collector.h"
#include "store/url.h"

/* Counters name nobody: no domain, no address. */
enum { METRICS_MODE = 0644 };

enum { TEXT_BYTES = 65536, BACKLOG = 8, ASK_S = 5, PATH_BYTES = 4200 };

/* "sqlite:/var/lib/tlsrpt/tally.db" has its socket at .../tally.db.status */
static int find_endpoint(const char *url, struct endpoint *out_endpoint,
                         struct err *err)
{
    const char *path = url_path(url);
    char folder[PATH_BYTES] = "", text[2 * PATH_BYTES];

    if (!path)
        path = url;
    if (*path != '/' && !getcwd(folder, sizeof(folder)))
        return err_system(err, "looking for the current folder");
    snprintf(text, sizeof(text), "unix:%s%s%s.status", folder,
             *folder ? "/" : "", path);
    return endpoint_parse(text, out_endpoint, err);
}

int collector_status_open(struct collector_status *status, const char *url,
                          const char *file, struct err *err)
{
    struct endpoint endpoint;

    *status = (struct collector_status){ .fd = -1, .file = file };
    if (find_endpoint(url, &endpoint, err))
        return -1;
    status->fd = endpoint_listen(&endpoint, BACKLOG, err);
    if (status->fd < 0)
        return -1;
    snprintf(status->path, sizeof(status->path), "%s",
             endpoint_path(&endpoint));
    return 0;
}

void collector_status_close(struct collector_status *status)
{
    if (status->fd < 0)
        return;
    unlink(status->path);
    close(status->fd);
    status->fd = -1;
}

void collector_status_answer(const struct collector_status *status,
                             const struct counters *counters)
{
    struct buffer text;
    int fd = accept4(status->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return;
    buffer_init(&text, TEXT_BYTES);
    counters_write(counters, &text);
    /* It fits into the socket's buffer; who does not read it has no harm done
     * to us. */
    (void)send(fd, text.ptr, text.len, MSG_NOSIGNAL);
    buffer_deinit(&text);
    close(fd);
}

static int write_file(const char *path, struct slice text, struct err *err)
{
    char part[PATH_BYTES];
    ssize_t n;
    int fd;

    snprintf(part, sizeof(part), "%s.part", path);
    fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, METRICS_MODE);
    if (fd < 0)
        return err_system(err, "cannot write %s", part);
    /* Whatever our umask: who reads it is another user. */
    (void)fchmod(fd, METRICS_MODE);
    n = write(fd, text.ptr, text.len);
    close(fd);
    if (n != (ssize_t)text.len || rename(part, path))
        return err_system(err, "cannot write %s", path);
    return 0;
}

int collector_status_write(const struct collector_status *status,
                           const struct counters *counters, struct err *err)
{
    struct buffer text;
    int rc;

    if (!status->file)
        return 0;
    buffer_init(&text, TEXT_BYTES);
    counters_write(counters, &text);
    rc = write_file(status->file, buffer_slice(&text), err);
    buffer_deinit(&text);
    return rc;
}

/* ---- The asking side ----------------------------------------------------- */

static int read_all(int fd, struct buffer *out, struct err *err)
{
    for (;;) {
        char *place = buffer_reserve(out, 4096);
        ssize_t n;

        if (!place)
            return err_memory(err);
        n = read(fd, place, 4096);
        if (n < 0)
            return err_system(err, "the collector does not answer");
        if (n == 0)
            return 0;
        out->len += (size_t)n;
    }
}

int collector_ask(const char *tally_url, struct buffer *out, struct err *err)
{
    struct endpoint endpoint;
    int fd, rc;

    if (find_endpoint(tally_url, &endpoint, err))
        return -1;
    fd = endpoint_connect(&endpoint, ASK_S, err);
    if (fd < 0)
        return err_prefix(err, "no collector can be asked");
    rc = read_all(fd, out, err);
    close(fd);
    return rc;
}
