/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/worker.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "insight/insight.h"
#include "intake/limits.h"
#include "intake/wire.h"
#include "os/confine.h"
#include "service/limits.h"

enum {
    READ_BYTES = 128 * 1024,
    WRITE_BYTES = 64 * 1024,     /* what is gathered before it is written */
    KEEP_BYTES = 4 * 1024 * 1024 /* memory kept from one input to the next */
};

struct worker {
    int fd;
    struct worker_progress *progress;
    struct intake_reading *reading;
    struct buffer in;
    size_t in_used; /* of `in`, done with */
    struct buffer out;
    struct arena arena; /* one item */
    const char *crash;  /* test hooks: NULL in life */
    const char *hang;
};

/* ---- Socket -------------------------------------------------------------- */

static void flush(struct worker *worker)
{
    size_t done = 0;

    while (done < worker->out.len) {
        ssize_t n =
            write(worker->fd, worker->out.ptr + done, worker->out.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(WORKER_ENDED);
        done += (size_t)n;
    }
    buffer_reset(&worker->out);
    if (worker->out.capacity > KEEP_BYTES)
        buffer_deinit(&worker->out);
}

/* Reads on; wanted: octets that are missing at least. Ends with the socket. */
static void fill(struct worker *worker, size_t wanted)
{
    struct buffer *in = &worker->in;
    char *at;
    ssize_t n;

    if (worker->in_used)
        memmove(in->ptr, in->ptr + worker->in_used, in->len - worker->in_used);
    in->len -= worker->in_used;
    worker->in_used = 0;
    if (in->len == 0 && in->capacity > KEEP_BYTES)
        buffer_deinit(in);
    at = buffer_reserve(in, wanted > READ_BYTES ? wanted : READ_BYTES);
    if (!at)
        _exit(WORKER_NO_MEMORY);
    do
        n = read(worker->fd, at, wanted > READ_BYTES ? wanted : READ_BYTES);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        _exit(WORKER_ENDED);
    in->len += (size_t)n;
}

/* ---- Reading ------------------------------------------------------------- */

/* As an import does it, but for one item. */
static int ready(void *context, size_t room_bytes, struct err *err)
{
    struct worker *worker = context;

    (void)err;
    arena_reset(&worker->arena);
    worker->arena.max_bytes = room_bytes > INTAKE_ROWS_LEAST_BYTES
                                  ? room_bytes
                                  : INTAKE_ROWS_LEAST_BYTES;
    return 0;
}

static int take(void *context, const struct intake_item *item, struct err *err)
{
    static const struct intake_item too_large = {
        .refused = "storing its many parts would take too much memory"
    };
    struct worker *worker = context;
    size_t len;

    (void)err;
    if (worker->out.len >= WRITE_BYTES)
        flush(worker);
    len = worker->out.len;
    wire_put_item(&worker->out, item);
    if (!worker->out.failed)
        return 0;
    worker->out.failed = false;
    worker->out.len = len;
    wire_put_item(&worker->out, &too_large);
    return 0;
}

static bool holds(struct slice octets, const char *text)
{
    return text && *text &&
           memmem(octets.ptr, octets.len, text, strlen(text)) != NULL;
}

static void obey_test(const struct worker *worker, struct slice octets)
{
    if (holds(octets, worker->crash))
        abort();
    while (holds(octets, worker->hang))
        ;
}

/* Reads an input where it stands. */
static void serve(struct worker *worker, struct slice payload)
{
    const struct intake_sink sink = {
        .arena = &worker->arena, .ready = ready, .take = take, .context = worker
    };
    const struct intake_origin mail = { .way = INTAKE_WAY_MAIL };
    struct intake_source_input input = { .label = "" };
    struct wire_request request;

    atomic_fetch_add(&worker->progress->n_begun, 1);
    if (wire_read_request(payload, &request))
        _exit(WORKER_BAD_REQUEST);
    obey_test(worker, request.octets);
    input.name = request.name;
    input.octets = request.octets;
    input.writable = worker->in.ptr + (request.octets.ptr - worker->in.ptr);
    input.arrived_at = request.arrived_at;
    input.origin = request.is_mail ? &mail : NULL;
    if (intake_reading_read(worker->reading, &input, &sink, NULL))
        _exit(WORKER_NO_MEMORY);
    wire_put_end(&worker->out);
    if (worker->out.len >= WRITE_BYTES)
        flush(worker);
}

/* Results are held back while there is more to read, and never longer. */
static void serve_all(struct worker *worker)
{
    for (;;) {
        struct slice rest =
            slice_skip(buffer_slice(&worker->in), worker->in_used);
        struct wire_frame frame;
        int rc = wire_find(rest, &frame);

        if (rc < 0 || (rc == 0 && frame.kind != WIRE_REQUEST))
            _exit(WORKER_BAD_REQUEST);
        if (rc == 0) {
            serve(worker, frame.payload);
            worker->in_used += frame.bytes;
        } else {
            flush(worker);
            fill(worker, frame.bytes ? frame.bytes - rest.len : 0);
        }
    }
}

/* ---- Life ---------------------------------------------------------------- */

/* Character sets that mails are in: what the C library needs for one is a file,
   which it keeps while it is in use. */
static void load_charsets(void)
{
    static const char *const names[] = {
        "ISO-8859-1",   "ISO-8859-2",   "ISO-8859-15", "WINDOWS-1250",
        "WINDOWS-1251", "WINDOWS-1252", "KOI8-R",      "UTF-16",
        "UTF-7",        "GB18030",      "BIG5",        "SHIFT_JIS",
        "ISO-2022-JP",  "EUC-KR",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        (void)iconv_open("UTF-8", names[i]);
}

/* Makes libraries load what they load when they are first used. */
static void read_samples(struct worker *worker)
{
    static const char *const samples[] = {
        "From: =?iso-8859-1?Q?J=F6rg?= <tls@sender.example>\r\n"
        "Subject: Report Domain: example.com\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=s; h=from;\r\n"
        " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: application/tlsrpt+json; charset=iso-8859-1\r\n\r\n"
        "{\"organization-name\":\"sender\",\"policies\":[{\"policy\":{"
        "\"policy-type\":\"sts\",\"policy-domain\":\"b\xc3\xbc.example\"}}]}",
        "<?xml version=\"1.0\" encoding=\"iso-8859-15\"?><feedback/>",
    };

    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        struct wire_request request = { .octets = slice_of(samples[i]),
                                        .is_mail = true };
        struct wire_frame frame;

        wire_put_request(&worker->in, &request);
        buffer_add(&worker->in, request.octets.ptr, request.octets.len);
        if (wire_find(buffer_slice(&worker->in), &frame) == 0)
            serve(worker, frame.payload);
        buffer_reset(&worker->in);
        buffer_reset(&worker->out);
    }
}

static void init(struct worker *worker, int fd,
                 struct worker_progress *progress)
{
    *worker = (struct worker){ .fd = fd, .progress = progress };
    buffer_init(&worker->in, INTAKE_INPUT_MAX_BYTES + WIRE_NAME_MAX_BYTES +
                                 READ_BYTES + 1024);
    buffer_init(&worker->out, INTAKE_WIRE_ITEM_BYTES + WRITE_BYTES + 1024);
    arena_init(&worker->arena, INTAKE_ROWS_LEAST_BYTES);
    if (intake_reading_new(insight_organization_key, &worker->reading, NULL))
        _exit(WORKER_NO_MEMORY);
}

static void deinit(struct worker *worker)
{
    intake_reading_free(worker->reading);
    arena_deinit(&worker->arena);
    buffer_deinit(&worker->out);
    buffer_deinit(&worker->in);
}

void worker_prepare(void *context)
{
    struct worker_progress nobody = { .n_begun = 0 };
    struct worker worker;

    (void)context;
    init(&worker, -1, &nobody);
    load_charsets();
    read_samples(&worker);
    deinit(&worker);
}

void worker_run(void *context, int fd, pid_t parent)
{
    const struct confine_options options = {
        .memory_bytes = SERVICE_READER_BYTES,
        .cpu_s = SERVICE_READER_CPU_S,
        .parent = parent,
    };
    const struct worker_context *shared = context;
    struct confine_applied applied;
    struct worker worker;

    prctl(PR_SET_NAME, "tlsrpt-reader", 0, 0, 0);
    if (shared->is_aside)
        (void)setpriority(PRIO_PROCESS, 0, SERVICE_ASIDE_NICE);
    init(&worker, fd, shared->progress);
    worker.crash = getenv("TLSRPT_TEST_CRASH");
    worker.hang = getenv("TLSRPT_TEST_HANG");
    if (confine_worker(&options, &applied, NULL))
        _exit(WORKER_NOT_CONFINED);
    wire_put_hello(&worker.out, applied.text);
    flush(&worker);
    serve_all(&worker);
}
