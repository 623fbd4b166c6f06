/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reader: reads inputs in a confined worker.
 *
 * Stands in the place of the reading in this process (intake/reading.h). A
 * worker that crashes on an input, writes nonsense or takes too long is
 * replaced, and the input tried again; the second time it is refused unread, so
 * that it stands in quarantine and everything else goes on. What is told to come
 * next is sent ahead: then worker and caller work side by side. Workload: 1,000
 * inputs of 3 KB a second and more, once a day one of some MB.
 */

#include <stdbool.h>

#include "base/err.h"
#include "intake/reading.h"

struct reader;

enum reader_note {
    READER_STARTED, /* text: how it is confined */
    READER_FAILED,  /* text: what happened, over which input */
    READER_LOST     /* no reader can be started any more */
};

struct reader_options {
    /* Reads what is not waited for: no worker is started before there is
     * something to read, and others come first to the processor. */
    bool is_aside;

    /* Called for what a log should say; text from outside in it. */
    void (*note)(void *context, enum reader_note note, const char *text);
    void *context;
};

/*
 * Starts a reader. To be called by the main thread before there is any other.
 * Returns: 0, -1 with err (ERR_SYSTEM, ERR_MEMORY).
 */
int reader_open(const struct reader_options *options,
                struct reader **out_reader, struct err *err);

/* Ends it. NULL is allowed. */
void reader_close(struct reader *reader);

/*
 * Tells that an input will be read soon, in the order of the calls. Its octets,
 * label and name must stay until it has been read, or given up; one that only
 * tells where its source stands is not kept in mind.
 * Returns: 0 where it is on its way, 1 where there is no room for it now.
 */
int reader_ahead(struct reader *reader,
                 const struct intake_source_input *input);

/* Sends what was told to come as far as can be, so that it is read meanwhile. */
void reader_send(struct reader *reader);

/* Forgets what was told to come: it may be freed. */
void reader_give_up(struct reader *reader);

/*
 * Gives inputs their full time, as at first, or a first look alone from now on:
 * what takes longer is refused for now (INTAKE_UNREAD_YET), so that others need
 * not wait for it. context: a struct reader.
 */
void reader_set_first_look(void *context, bool is_first_look);

/* Has the reading at hand, and every one to come, fail soon. From any thread. */
void reader_cancel(struct reader *reader);

/* Lets the worker end: nothing will be read for a while. */
void reader_rest(struct reader *reader);

/*
 * An intake_reading_function, whose context is a struct reader. Inputs told to
 * come before this one are given up.
 * Errors: ERR_SYSTEM where no worker can be started, as well.
 */
int reader_read(void *context, const struct intake_source_input *input,
                const struct intake_sink *sink, struct err *err);
