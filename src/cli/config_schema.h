/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What may stand in a configuration: sections and keys as tables.
 *
 * A row says all that reading, checking and showing need: the name, what kind
 * of value, in which range, and where in struct settings it goes. A new key is
 * a row in config_schema.c and a paragraph in man/tlsrpt.conf.5.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* What a value is, and with it the type of its slot. */
enum config_kind {
    CONFIG_TEXT,      /* const char * */
    CONFIG_STORE,     /* const char *: URL or absolute path, kept as URL */
    CONFIG_LISTEN,    /* const char *: an address of net/endpoint.h */
    CONFIG_LOOPBACK,  /* const char *: one that only this machine reaches */
    CONFIG_PATH,      /* const char *: an absolute path */
    CONFIG_SECRET,    /* const char *: that of a file with a secret */
    CONFIG_DOMAIN,    /* const char *: a domain name, with a dot before it all
                          names below, too */
    CONFIG_HOST,      /* const char *: a domain name as it is */
    CONFIG_AUTHORITY, /* const char *: one of https, with its port where it is
                          not 443 */
    CONFIG_RECIPIENT, /* const char *: address, @domain or +extension */
    CONFIG_DOMAINS,   /* const char *: a pattern of domains */
    CONFIG_TARGETS,   /* const char *: one of destinations */
    CONFIG_MAIL_URI,  /* const char *: mailto:address, with or without the
                          scheme, kept with it */
    CONFIG_TENANT,    /* const char *: the title of a tenant */
    CONFIG_DURATION,  /* int64_t, seconds */
    CONFIG_SECONDS,   /* unsigned or int; a duration, too */
    CONFIG_SIZE,      /* int64_t or size_t, octets */
    CONFIG_COUNT,     /* int64_t */
    CONFIG_FLAG,      /* bool */
    CONFIG_WORD       /* an enum: one of words */
};

struct config_key {
    const char *name;
    enum config_kind kind;
    size_t offset; /* of the slot in the section's struct */
    bool is_list;  /* the slot is an array of const char *, which NULL ends */
    size_t count_offset; /* of the size_t that counts it; 0 = none does */
    bool is_required;
    const char *unique; /* a value may stand once in all keys of this mark */
    int64_t min, max;   /* of numbers */
    const char *const *words; /* ended by NULL */
    const unsigned *values;   /* of the words; NULL = 0, 1, 2... */
};

struct config_section {
    const char *name;
    const struct config_key *keys; /* ended by a row without name */
    const struct config_section *const *sections; /* ended by NULL, or NULL */
    size_t offset; /* in the outer struct: of its own, or of the pointer to the
                      first of many */
    size_t count_offset; /* titled: of the size_t that counts them */
    size_t item_bytes;   /* titled: of one; 0 = it has no title, stands once */
    size_t title_offset; /* titled: in one */
    void (*init)(void *item); /* puts defaults that are not 0; may be NULL */

    /* Looks at the section as a whole, where each value is good, and makes what
     * is made of several. May be NULL. Returns: 0, -1 with err. */
    int (*finish)(void *item, struct arena *arena, struct err *err);

    /* What is doubtful about it as a whole: a warning, NULL none. May be NULL. */
    const char *(*doubt)(const void *item);
};

/* The section of sending. */
extern const struct config_section config_report;

/* The whole file; its struct is struct settings. */
extern const struct config_section config_root;
