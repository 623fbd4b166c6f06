/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Groups: the policies of a report by their policy-domain as reported.
 *
 * Within a group sessions under sts and under tlsa are the same ones. Private to
 * the room.
 */

#include "report/report.h"

/* Sums by what counts twice: sts, tlsa, and everything else. */
enum groups_side { GROUPS_STS, GROUPS_TLSA, GROUPS_REST, GROUPS_SIDES };

struct groups_sums {
    int64_t sides[GROUPS_SIDES];
};

struct group {
    const char *domain; /* policy-domain */
    /* Number of its first policy of each type, from 1; 0 where none is. */
    uint32_t first[POLICY_TYPE_COUNT];
};

struct groups {
    size_t *of_policy; /* number of the group of each policy */
    struct group *groups;
    size_t n_groups;
};

/* Groups the policies of a report, in order of appearance. All in arena.
 * Returns: 0, -1 when out of memory. */
int groups_find(const struct report *report, struct arena *arena,
                struct groups *out_groups);

/* What the summaries of a group's policies say. */
struct groups_counts {
    struct groups_sums sessions; /* successful and failed */
    struct groups_sums failures;
};

/*
 * Adds up the summaries group by group, less those of implausible policies.
 * Returns: n_groups counts in arena, NULL when out of memory.
 */
struct groups_counts *groups_count(const struct report *report,
                                   const struct groups *groups,
                                   struct arena *arena);

/* Where the sessions of a policy of this type are added. */
enum groups_side groups_side_of(enum policy_type type);

/* Adds a count to a side, saturating. */
static inline void groups_add(struct groups_sums *sums, enum groups_side side,
                              int64_t count)
{
    sums->sides[side] = count_add(sums->sides[side], count);
}

/* max(sts, tlsa) + the rest, saturating. */
static inline int64_t groups_distinct(const struct groups_sums *sums)
{
    return count_add(
        count_max(sums->sides[GROUPS_STS], sums->sides[GROUPS_TLSA]),
        sums->sides[GROUPS_REST]);
}
