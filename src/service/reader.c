/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/reader.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "os/confine.h"
#include "service/limits.h"
#include "service/worker.h"
#include "service/worker_link.h"

enum {
    MIB = 1024 * 1024,
    HEAD_BYTES = WIRE_NAME_MAX_BYTES + 256,
    SEND_INPUTS = 16 /* are sent in one go */
};

/* An input on its way. */
struct flight {
    const struct intake_source_input *input; /* told ahead: where it stood */
    struct slice octets;
    const char *label;
    bool is_mail;
    struct buffer head; /* of its request */
    size_t sent_bytes;  /* of head and octets */
    size_t n_given;     /* items that were taken from it */
    unsigned strikes, kills;
    const char *unread; /* why it is left unread, or NULL */
    enum intake_unread_reason reason;
};

struct reader {
    struct reader_options options;
    struct keeper *keeper;
    struct worker_link link;
    struct worker_context worker;
    uint64_t begun_before; /* progress when this worker began */
    uint64_t n_ended;      /* inputs that this worker was done with */
    unsigned n_idle_ends;  /* of workers in a row that had begun nothing */
    bool is_lost;
    bool is_first_look;
    atomic_bool is_cancelled;
    /* A ring, oldest first. */
    struct flight flights[SERVICE_AHEAD_INPUTS];
    size_t first, n_flights;
    size_t n_unsent;
    size_t ahead_bytes;
};

static struct flight *flight_at(struct reader *reader, size_t i)
{
    return &reader->flights[(reader->first + i) % SERVICE_AHEAD_INPUTS];
}

static size_t flight_bytes(const struct flight *flight)
{
    return flight->head.len + flight->octets.len;
}

static void note(struct reader *reader, enum reader_note kind, const char *text)
{
    if (reader->options.note)
        reader->options.note(reader->options.context, kind, text);
}

/* ---- Sending ------------------------------------------------------------- */

static void add_part(struct slice *parts, size_t *n, struct slice part)
{
    if (part.len)
        parts[(*n)++] = part;
}

/* Two parts of each input that is not sent yet. */
static void peek(void *context, struct slice *out_parts, size_t *out_n)
{
    struct reader *reader = context;
    size_t n = 0, n_flights = reader->n_unsent ? reader->n_flights : 0;

    for (size_t i = 0; i < n_flights && n + 2 <= WORKER_LINK_PARTS; i++) {
        const struct flight *flight = flight_at(reader, i);
        size_t sent = flight->sent_bytes, head = flight->head.len;

        if (flight->unread || sent == flight_bytes(flight))
            continue;
        add_part(out_parts, &n, slice_skip(buffer_slice(&flight->head), sent));
        add_part(out_parts, &n,
                 slice_skip(flight->octets, sent > head ? sent - head : 0));
    }
    *out_n = n;
}

static void sent(void *context, size_t bytes)
{
    struct reader *reader = context;

    for (size_t i = 0; bytes && i < reader->n_flights; i++) {
        struct flight *flight = flight_at(reader, i);
        size_t left = flight_bytes(flight) - flight->sent_bytes;
        size_t part = bytes < left ? bytes : left;

        if (flight->unread)
            continue;
        flight->sent_bytes += part;
        bytes -= part;
        if (left && part == left)
            reader->n_unsent--;
    }
}

static struct worker_link_source source_of(struct reader *reader)
{
    return (struct worker_link_source){ .peek = peek,
                                        .sent = sent,
                                        .context = reader };
}

/* ---- Queue --------------------------------------------------------------- */

/* There is room. Returns: 0, -1 when out of memory. */
static int add_flight(struct reader *reader,
                      const struct intake_source_input *input)
{
    struct flight *flight = flight_at(reader, reader->n_flights);
    struct buffer head = flight->head;
    const struct wire_request request = {
        .octets = input->octets,
        .name = input->name,
        .arrived_at = input->arrived_at,
        .is_mail = input->origin && input->origin->way == INTAKE_WAY_MAIL,
    };

    buffer_reset(&head);
    wire_put_request(&head, &request);
    *flight = (struct flight){ .input = input,
                               .octets = input->octets,
                               .label = input->label,
                               .is_mail = request.is_mail,
                               .head = head };
    if (head.failed)
        return -1;
    reader->n_flights++;
    reader->n_unsent++;
    reader->ahead_bytes += input->octets.len;
    return 0;
}

static void drop_first(struct reader *reader)
{
    reader->ahead_bytes -= flight_at(reader, 0)->octets.len;
    reader->first = (reader->first + 1) % SERVICE_AHEAD_INPUTS;
    reader->n_flights--;
}

/* ---- Workers ------------------------------------------------------------- */

/* A new worker has begun nothing, and gets all that the old one had not done. */
static void begin_worker(struct reader *reader)
{
    reader->begun_before = atomic_load(&reader->worker.progress->n_begun);
    reader->n_ended = 0;
    reader->n_unsent = 0;
    reader->is_lost = false;
    for (size_t i = 0; i < reader->n_flights; i++) {
        flight_at(reader, i)->sent_bytes = 0;
        reader->n_unsent += !flight_at(reader, i)->unread;
    }
}

/* Without a keeper there will never be a worker again; without a worker there may
   be one in a second. */
static int restart(struct reader *reader, struct err *err)
{
    struct err own;

    if (worker_link_restart(&reader->link, &own) == 0)
        return 0;
    if (!reader->is_lost)
        note(reader,
             keeper_is_gone(reader->keeper) ? READER_LOST : READER_FAILED,
             own.text);
    reader->is_lost = true;
    if (err)
        *err = own;
    return -1;
}

/* One is replaced after its share of work, between inputs. */
static int freshen(struct reader *reader, struct err *err)
{
    if (reader->n_flights ||
        (reader->link.fd >= 0 && reader->n_ended < SERVICE_READER_INPUTS))
        return 0;
    if (restart(reader, err))
        return -1;
    begin_worker(reader);
    return 0;
}

/*
 * The input over which a worker failed: the one that it says it had begun, since
 * it answers several in one go.
 * Returns: the input; NULL where it had begun none.
 */
static struct flight *blamed(struct reader *reader)
{
    uint64_t begun = atomic_load(&reader->worker.progress->n_begun) -
                     reader->begun_before - reader->n_ended;
    struct flight *first = NULL;

    for (size_t i = 0; i < reader->n_flights; i++) {
        struct flight *flight = flight_at(reader, i);

        if (flight->unread)
            continue;
        if (begun == 1)
            return flight;
        if (begun == 0)
            break;
        if (!first)
            first = flight;
        begun--;
    }
    /* What it says cannot be. */
    return first;
}

/* How a worker failed, in words. */
static void describe(const struct reader *reader, enum worker_link_event event,
                     char text[static 64])
{
    int status = reader->link.last_status;

    if (event == WORKER_LINK_LATE)
        snprintf(text, 64, "took too long");
    else if (event != WORKER_LINK_GONE)
        snprintf(text, 64, "wrote what it must not");
    else if (WIFSIGNALED(status))
        snprintf(text, 64, "was ended by SIG%s",
                 sigabbrev_np(WTERMSIG(status)));
    else if (WEXITSTATUS(status) == WORKER_NO_MEMORY)
        snprintf(text, 64, "ran out of memory");
    else
        snprintf(text, 64, "ended with status %d", WEXITSTATUS(status));
}

/* Counts a failure against an input, and gives it up where that was enough. */
static void strike(const struct reader *reader, struct flight *flight,
                   enum worker_link_event event)
{
    int status = reader->link.last_status;
    bool is_killed = event == WORKER_LINK_GONE && WIFSIGNALED(status) &&
                     WTERMSIG(status) == SIGKILL;

    if (event == WORKER_LINK_LATE && reader->is_first_look) {
        flight->reason = INTAKE_UNREAD_SLOW;
        flight->unread = "not read yet: reading it takes long, it is tried "
                         "again aside";
        return;
    }

    if (is_killed)
        flight->kills++;
    else
        flight->strikes++;
    if (flight->kills >= SERVICE_READER_KILLS)
        flight->unread = "not read: the reader was killed over it again and "
                         "again";
    if (flight->strikes < SERVICE_READER_STRIKES)
        return;
    flight->reason =
        event == WORKER_LINK_LATE ? INTAKE_UNREAD_LATE : INTAKE_UNREAD_CRASH;
    flight->unread = event == WORKER_LINK_LATE
                         ? "not read: reading it takes too long"
                         : "not read: the reader crashes on it";
}

/* Replaces a worker that failed. */
static int replace(struct reader *reader, enum worker_link_event event,
                   struct err *err)
{
    struct flight *flight = flight_at(reader, 0);
    char what[64], text[256];

    if (restart(reader, err))
        return -1;
    if (event != WORKER_LINK_BAD)
        flight = blamed(reader);
    /* One that ends before it begins, again and again, has its reason. */
    if (!flight && ++reader->n_idle_ends >= SERVICE_READER_IDLE_TIMES)
        flight = flight_at(reader, 0);
    if (flight) {
        reader->n_idle_ends = 0;
        strike(reader, flight, event);
    }
    begin_worker(reader);
    describe(reader, event, what);
    snprintf(text, sizeof(text), "%s, reading %s", what,
             flight ? flight->label : "nothing");
    note(reader, READER_FAILED, text);
    return 0;
}

/* ---- Reading ------------------------------------------------------------- */

/* The more an input may hold, the longer it may take. */
static int64_t limit_ms(const struct reader *reader,
                        const struct flight *flight)
{
    int64_t mib = (int64_t)wire_unpacked_bytes(flight->octets.len) / MIB;
    int64_t ms = reader->is_first_look
                     ? SERVICE_READER_LOOK_MS + mib * SERVICE_READER_LOOK_MIB_MS
                     : SERVICE_READER_LEAST_MS + mib * SERVICE_READER_MIB_MS;

    return confine_is_relaxed() ? 10 * ms : ms;
}

static int give_unread(const struct flight *flight,
                       const struct intake_sink *sink, struct err *err)
{
    const bool is_postponed = flight->reason == INTAKE_UNREAD_SLOW;
    const struct intake_item item = {
        .refused = flight->unread,
        .unread = is_postponed ? INTAKE_UNREAD_YET : INTAKE_UNREAD,
        .findings = intake_unread_finding(flight->reason),
        .n_findings = 1,
        .contact_domain = "",
        .submitter_domain = ""
    };
    int rc = sink->ready(sink->context, 0, err);

    return rc ? rc : sink->take(sink->context, &item, err);
}

/*
 * Gives an item to the sink, in whose arena it has to live.
 * Returns: 0; 1 where it is none; -1 with err; what the sink returned.
 */
static int give_item(struct flight *flight, struct slice payload,
                     const struct intake_sink *sink, bool *out_is_bad,
                     struct err *err)
{
    const struct intake_item *item;
    struct err own;
    char *copy;
    int rc = sink->ready(sink->context,
                         payload.len + wire_item_bytes(payload.len), err);

    if (rc)
        return rc;
    copy = arena_copy(sink->arena, payload);
    if (!copy)
        return arena_error(sink->arena, err);
    rc =
        wire_read_item(sink->arena, slice_make(copy, payload.len), &item, &own);
    *out_is_bad = rc && own.kind == ERR_INPUT;
    if (rc == 0 && item->dkim && !flight->is_mail)
        *out_is_bad = true;
    if (*out_is_bad)
        return 0;
    if (rc) {
        if (err)
            *err = own;
        return -1;
    }
    flight->n_given++;
    return sink->take(sink->context, item, err);
}

/* Begins to wait for the answer to an input. */
static void begin_waiting(struct reader *reader)
{
    reader->link.waited_ms = 0;
    reader->link.cpu_ms = -1;
}

/*
 * Reads the oldest input. sink: NULL where nobody asks any more.
 * Returns: 0; -1 with err; what the sink returned.
 */
static int read_first(struct reader *reader, const struct intake_sink *sink,
                      struct err *err)
{
    const struct worker_link_source source = source_of(reader);
    struct flight *flight = flight_at(reader, 0);
    size_t n_items = 0; /* of this worker */

    begin_waiting(reader);
    while (!flight->unread) {
        enum worker_link_event event;
        struct wire_frame frame;
        bool is_bad = false;

        if (worker_link_next(&reader->link, &source, limit_ms(reader, flight),
                             &event, &frame, err))
            return -1;
        if (event == WORKER_LINK_FRAME && frame.kind == WIRE_ITEM &&
            ++n_items < WIRE_MAX_ITEMS) {
            /* What came before a crash has been taken. */
            int rc = sink && n_items > flight->n_given
                         ? give_item(flight, frame.payload, sink, &is_bad, err)
                         : 0;

            if (rc)
                return rc;
            if (!is_bad)
                continue;
        }
        /* An input without an item would be acknowledged and lost. */
        if (event == WORKER_LINK_FRAME && frame.kind == WIRE_END && n_items)
            return 0;
        if (replace(reader,
                    event == WORKER_LINK_FRAME ? WORKER_LINK_BAD : event, err))
            return -1;
        n_items = 0;
        begin_waiting(reader);
    }
    return sink ? give_unread(flight, sink, err) : 0;
}

static int finish_first(struct reader *reader, const struct intake_sink *sink,
                        struct err *err)
{
    int rc = read_first(reader, sink, err);

    if (rc) {
        reader_give_up(reader);
        return rc;
    }
    if (!flight_at(reader, 0)->unread)
        reader->n_ended++;
    reader->n_idle_ends = 0;
    drop_first(reader);
    return 0;
}

int reader_ahead(struct reader *reader, const struct intake_source_input *input)
{
    const struct worker_link_source source = source_of(reader);

    /* Where its source stands is all there is to it: it is never asked for. */
    if (!input->octets.ptr && input->position)
        return 0;
    if (reader->n_flights == SERVICE_AHEAD_INPUTS ||
        (reader->n_flights &&
         (reader->ahead_bytes + input->octets.len > SERVICE_AHEAD_BYTES ||
          /* The worker is to be replaced, for which none may be under way. */
          reader->n_ended + reader->n_flights >= SERVICE_READER_INPUTS)))
        return 1;
    if (freshen(reader, NULL) || add_flight(reader, input))
        return 1;
    if (reader->n_unsent >= SEND_INPUTS)
        worker_link_send(&reader->link, &source);
    return 0;
}

void reader_send(struct reader *reader)
{
    const struct worker_link_source source = source_of(reader);

    worker_link_send(&reader->link, &source);
}

void reader_give_up(struct reader *reader)
{
    /* The worker has some of it: a new one has not. */
    if (reader->n_flights > reader->n_unsent ||
        (reader->n_flights && flight_at(reader, 0)->sent_bytes))
        worker_link_drop(&reader->link);
    while (reader->n_flights)
        drop_first(reader);
    reader->n_unsent = 0;
}

void reader_set_first_look(void *context, bool is_first_look)
{
    struct reader *reader = context;

    reader->is_first_look = is_first_look;
}

void reader_cancel(struct reader *reader)
{
    atomic_store(&reader->is_cancelled, true);
}

void reader_rest(struct reader *reader)
{
    reader_give_up(reader);
    worker_link_drop(&reader->link);
}

int reader_read(void *context, const struct intake_source_input *input,
                const struct intake_sink *sink, struct err *err)
{
    struct reader *reader = context;
    int rc = 0;

    while (rc == 0 && reader->n_flights &&
           flight_at(reader, 0)->octets.ptr != input->octets.ptr)
        rc = finish_first(reader, NULL, err);
    if (rc || (reader->n_flights == 0 && freshen(reader, err)))
        return -1;
    if (reader->n_flights == 0 && add_flight(reader, input))
        return err_memory(err);
    return finish_first(reader, sink, err);
}

/* ---- Life ---------------------------------------------------------------- */

static int share_progress(struct reader *reader, struct err *err)
{
    void *page =
        mmap(NULL, sizeof(struct worker_progress), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        return err_system(err, "sharing memory with the reader");
    reader->worker.progress = page;
    return 0;
}

static int open_reader(struct reader *reader, struct err *err)
{
    const struct keeper_options options = { .prepare = worker_prepare,
                                            .run = worker_run,
                                            .context = &reader->worker };

    reader->worker.is_aside = reader->options.is_aside;
    if (share_progress(reader, err) ||
        keeper_start(&options, &reader->keeper, err))
        return -1;
    worker_link_init(&reader->link, reader->keeper);
    reader->link.is_cancelled = &reader->is_cancelled;
    if (reader->options.is_aside)
        return 0;
    if (worker_link_restart(&reader->link, err))
        return -1;
    begin_worker(reader);
    note(reader, READER_STARTED, reader->link.text);
    return 0;
}

int reader_open(const struct reader_options *options,
                struct reader **out_reader, struct err *err)
{
    struct reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return err_memory(err);
    reader->options = *options;
    worker_link_init(&reader->link, NULL);
    for (size_t i = 0; i < SERVICE_AHEAD_INPUTS; i++)
        buffer_init(&reader->flights[i].head, HEAD_BYTES);
    if (open_reader(reader, err)) {
        reader_close(reader);
        return -1;
    }
    *out_reader = reader;
    return 0;
}

void reader_close(struct reader *reader)
{
    if (!reader)
        return;
    worker_link_deinit(&reader->link);
    keeper_stop(reader->keeper);
    if (reader->worker.progress)
        munmap(reader->worker.progress, sizeof(struct worker_progress));
    for (size_t i = 0; i < SERVICE_AHEAD_INPUTS; i++)
        buffer_deinit(&reader->flights[i].head);
    free(reader);
}
