/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The known deviations of senders, one row or more a number.
 *
 * Numbers 1 to 79 are those of docs/findings.md. A row changes the standard
 * sample by at most two replacements, wraps it, and says what must come out:
 * exactly these findings in this order, this text in the dump of the reports,
 * this day. Apostrophes in JSON samples stand for quotes.
 */

#include <stddef.h>

enum wrap {
    WRAP_PLAIN, /* the octets as they are */
    WRAP_GZIP,
    WRAP_GZIP_TWICE,
    WRAP_GZIP_MEMBERS,
    WRAP_GZIP_CRLF,  /* CR LF behind the trailer */
    WRAP_GZIP_ZEROS, /* zeros behind the trailer */
    WRAP_ZIP,
    WRAP_BOM,
    WRAP_UTF16LE,
    WRAP_UTF16BE,
    WRAP_MAIL /* `mail` with @JSON@, @GZ@, @GZLINE@, @GZODD@, @ZIP@ filled in */
};

struct deviation {
    int number;       /* 1 to 79 */
    const char *name; /* what the sender does */
    const char *from; /* replaced in the standard sample, or NULL */
    const char *to;
    const char *from2;
    const char *to2;
    const char *text; /* the whole sample instead, or NULL */
    enum wrap wrap;
    const char *mail;    /* template for WRAP_MAIL */
    const char *file;    /* name of the file, or NULL */
    const char *codes;   /* "code where\n" lines, findings in order */
    const char *value;   /* must stand in the dump, or NULL */
    const char *day;     /* of the (last) report; NULL: the standard day */
    const char *refused; /* must stand in the refusal; NULL: read */
    const char *absent;  /* why a number has nothing to read, with no sample */
};

extern const struct deviation deviations_members[];
extern const size_t n_deviations_members;
extern const struct deviation deviations_containers[];
extern const size_t n_deviations_containers;

/* The sample that every row starts from. */
extern const char deviation_standard[];
