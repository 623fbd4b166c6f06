/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * From the octets of any container to candidate report texts.
 *
 * Mail, gzip (several members, padding), zip, UTF-16 and BOM, nested at most
 * UNWRAP_MAX_DEPTH containers deep; magic octets before names and media types.
 * Sizes and ratios are capped while inflating (limits.h). What cannot be opened
 * is a candidate with a refusal, not an error: one bad part hides no other.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/finding.h"
#include "base/slice.h"
#include "mail/mail.h"

struct unwrap_candidate {
    char *text; /* UTF-8 or raw octets of the payload, writable, valid
                              during the call; NULL where refused is set */
    size_t len;
    const char *file_name;          /* innermost name known, NULL where none */
    const struct mail_header *mail; /* NULL where it was no mail */
    const char *place;   /* within the input, "" where it is the input */
    bool is_xml;         /* to be read as XML, by its first octets */
    const char *refused; /* why there is no text; NULL where there is */
    struct finding_list *findings; /* about the containers, never NULL */
};

/*
 * Called for each candidate.
 * Returns: 0 to go on, anything else to stop; unwrap_each returns it.
 */
typedef int unwrap_function(void *context, struct unwrap_candidate *candidate,
                            struct err *err);

/*
 * Opens the containers of one input and calls `function` for each candidate: at
 * least once (with a refusal where nothing was found). Of a mail only parts that
 * may hold a report are given (by octets, else by type or name).
 *
 * octets: the input, not changed (plain text is copied before it is given out).
 * name: file name or NULL, a hint. arena: names, findings, header fields.
 * Returns: 0; what `function` returned; -1 with err.
 * Errors: ERR_MEMORY. What is wrong with the input is a refusal.
 */
int unwrap_each(struct arena *arena, struct slice octets, const char *name,
                unwrap_function *function, void *context, struct err *err);

/*
 * As unwrap_each, for octets that the caller lets go of: plain text is given out
 * where it is, without a copy. For large files of which nothing is kept.
 */
int unwrap_each_in_place(struct arena *arena, char *octets, size_t len,
                         const char *name, unwrap_function *function,
                         void *context, struct err *err);

/* The table of findings that unwrapping yields; *out_n gets its rows. */
const struct finding_kind *unwrap_finding_kinds(size_t *out_n);
