/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The limits of the room, each with its reason.
 */

enum {
    /* A mail that holds 64 MiB of report in base64, and some. */
    INTAKE_INPUT_MAX_BYTES = 96 * 1024 * 1024,

    /* Of an mbox this much is read at a time, more where a message needs it. */
    INTAKE_WINDOW_BYTES = 1024 * 1024,

    /* Names, header fields and findings of all containers of one input. */
    INTAKE_CONTAINER_MAX_BYTES = 16 * 1024 * 1024,

    /* A reading may take this much beside its text, or half the text. */
    INTAKE_READ_LEAST_BYTES = 16 * 1024 * 1024,

    /* Folders within folders; more is a maze, not a mailbox. */
    INTAKE_WALK_MAX_DEPTH = 64,

    /* Paths of a source: two million files of 200 octets. */
    INTAKE_WALK_MAX_BYTES = 512 * 1024 * 1024,

    /* The signatures of one mail: a header of a MiB, and its fields as a list. */
    INTAKE_SIGNATURES_BYTES = 8 * 1024 * 1024,
    /* Domains of one report that DNS is asked about. */
    INTAKE_MAX_CLAIMS = 20,
    /* How long trouble with DNS is waited out: five days, as mail is. */
    INTAKE_JUDGE_SECONDS = 5 * 24 * 3600,
    /* Until the last try, where an answer is on its way: it takes that long. */
    INTAKE_JUDGE_LAST_S = 20,
    /* What a judgement takes beside the report: keys and verdicts of some
       signatures. */
    INTAKE_JUDGEMENT_BYTES = 1024 * 1024,
    /* Tries at an answer on its way, seconds apart; then it is trouble. */
    INTAKE_JUDGE_SOON = 5,
    /* Arrivals judged again in one go, before new ones have their turn; and how
       long that may take. */
    INTAKE_JUDGE_INPUTS = 200,
    INTAKE_JUDGE_MS = 100,

    /* Results read before they are put in one go, and the memory they may take
       meanwhile; how long a transaction may keep others from writing. */
    INTAKE_BATCH_RESULTS = 500,
    INTAKE_BATCH_BYTES = 2 * 1024 * 1024,
    INTAKE_BATCH_MS = 50,

    /* What reading again does in one transaction, and from which size on an input
       is read outside of one. */
    INTAKE_REREAD_MS = 25,
    INTAKE_REREAD_LARGE_BYTES = 32 * 1024,
    /* Refusals of one raw that are told apart when it is read again. */
    INTAKE_REREAD_REASONS = 200,

    /* Inputs from here on are put alone, and read where they stand. */
    INTAKE_LARGE_BYTES = 1024 * 1024,

    /* A command of LMTP: 512 octets by RFC 5321 and some for parameters and
       addresses in UTF-8. */
    INTAKE_LMTP_LINE_BYTES = 2048,
    /* Envelope of one mail: a hundred recipients at their longest. */
    INTAKE_LMTP_ENVELOPE_BYTES = 256 * 1024,
    /* Replies to what one read of a socket can hold of commands. */
    INTAKE_LMTP_REPLIES_BYTES = 1024 * 1024,
    /* A relay makes none; whoever makes more speaks something else. */
    INTAKE_LMTP_MAX_FAULTS = 20,

    /* One item on its way from the reading worker: rows of a report may take
       INTAKE_READ_LEAST_BYTES or half a text of 64 MiB in memory, and are no
       larger on the way. */
    INTAKE_WIRE_ITEM_BYTES = 64 * 1024 * 1024,

    /* The rows of one report may take what its reading left of its memory, and
       this in any case: those of 20,000 policies. */
    INTAKE_ROWS_LEAST_BYTES = 4 * 1024 * 1024
};
