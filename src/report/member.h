/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Members: objects read by tables.
 *
 * One row a member name: which field it fills and how. Other names that senders
 * use are rows of their own with `alias` set, members that stand a level too
 * high or too low have `is_misplaced`. Members in the order of the table are
 * found at the first look. Private to the room.
 */

#include "report/reading.h"

/*
 * Reads one value into the object being filled. value is never null: such
 * members count as absent.
 * Returns: 0, -1 with err.
 */
typedef int member_function(struct reading *reading, void *object,
                            const struct place *place,
                            const struct json_value *value, struct err *err);

struct member {
    struct slice name;
    member_function *read;
    unsigned field;    /* 0-31; rows of one field share it */
    const char *alias; /* the RFC's name where this is another, else NULL */
    bool is_misplaced; /* the RFC has it at another level */
};

struct member_table {
    const struct member *rows;
    size_t n_rows;
};

/* How rightly a member stands: of two that fill a field the better counts. */
enum member_rank {
    MEMBER_RIGHT,
    MEMBER_ALIAS,
    MEMBER_MISPLACED,
    MEMBER_MISPLACED_ALIAS,
    MEMBER_RANKS
};

/* Which fields an object had, as bits; objects read into one may share it. */
struct member_seen {
    unsigned fields;              /* by whatever name, at whatever level */
    unsigned ranks[MEMBER_RANKS]; /* the fields, by how rightly they stood */
    unsigned nulls;               /* present, but null */
};

/* The fields that stood at another level. */
static inline unsigned member_misplaced(const struct member_seen *seen)
{
    return seen->ranks[MEMBER_MISPLACED] | seen->ranks[MEMBER_MISPLACED_ALIAS];
}

/*
 * Reads the members of the object just opened at `place` into `object`. Unknown
 * members are skipped. Of several members for one field the one that stands most
 * rightly counts, of equals the first.
 * seen: cleared, or as another object of the same value left it.
 * Returns: 0, -1 with err.
 */
int member_read_object(struct reading *reading, const struct place *place,
                       const struct member_table *table, void *object,
                       struct member_seen *seen, struct err *err);

#define MEMBER_TABLE(rows)                                                     \
    {                                                                          \
        (rows), sizeof(rows) / sizeof((rows)[0])                               \
    }
