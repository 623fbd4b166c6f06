/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/switched_off.h"

#include "base/count.h"
#include "base/map.h"
#include "event/event.h"
#include "fetch/day.h"
#include "fetch/limits.h"

enum { KEY_BYTES = FETCH_TEXT_BYTES };

/* Sessions, and those of them that failed. */
struct pair {
    int64_t sessions;
    int64_t failures;
};

/* What stands under one domain and record. */
struct group {
    struct pair off; /* sts, switched off */
    struct pair sts; /* in force */
    struct pair tlsa;
    int64_t details;  /* sessions of details of the first, */
    bool has_dropped; /* of which some are not told */
    struct pair left; /* of the first, to be given to its rows */
    int64_t most;     /* that a detail of the first may have */
    bool is_changed;
};

struct groups {
    struct map places;
    struct list items;  /* struct group */
    struct arena arena; /* of those */
    struct buffer key;
};

static struct day_row *row_at(const struct day *day, size_t i)
{
    return (struct day_row *)(void *)day->rows.items + i;
}

static struct group *group_at(const struct groups *groups, int64_t i)
{
    return (struct group *)(void *)groups->items.items + i;
}

static struct slice key_of(struct groups *groups, const struct tally_row *row)
{
    buffer_reset(&groups->key);
    buffer_add(&groups->key, row->domain.ptr, row->domain.len);
    buffer_add_char(&groups->key, '\n');
    buffer_add(&groups->key, row->record.ptr, row->record.len);
    return buffer_slice(&groups->key);
}

/* ---- Adding up ----------------------------------------------------------- */

/* Makes the groups that have a policy switched off: hardly any.
 * Returns: 0, -1 with err. */
static int find_groups(struct groups *groups, const struct day *day,
                       struct err *err)
{
    for (size_t i = 0; i < day->rows.n_items; i++) {
        const struct day_row *row = row_at(day, i);
        size_t place;
        int status;

        if (!row->is_switched_off)
            continue;
        status = map_number(&groups->places, key_of(groups, &row->row), &place);
        if (status > 0 && !list_add(&groups->items, &groups->arena))
            status = -1;
        if (status < 0 || groups->key.failed)
            return err_memory(err);
        if (status > 0)
            *group_at(groups, (int64_t)place) = (struct group){ .details = 0 };
    }
    return 0;
}

static struct group *find_group(struct groups *groups,
                                const struct day_row *row)
{
    const int64_t *place = map_find(&groups->places, key_of(groups, &row->row));

    return place ? group_at(groups, *place) : NULL;
}

static void add_pair(struct pair *pair, const struct tally_row *row)
{
    pair->sessions = count_add(pair->sessions, row->sessions);
    pair->failures = count_add(pair->failures, row->failures);
}

static void add_row(struct group *group, const struct day_row *row)
{
    if (row->is_dropped)
        group->has_dropped = true;
    else if (row->row.detail.len)
        group->details += row->is_switched_off ? row->row.sessions : 0;
    else if (row->is_switched_off)
        add_pair(&group->off, &row->row);
    else if (row->type == EVENT_POLICY_STS)
        add_pair(&group->sts, &row->row);
    else if (row->type == EVENT_POLICY_TLSA)
        add_pair(&group->tlsa, &row->row);
}

/* What of a sum is no part of another one: all of sts against tlsa. */
static int64_t beyond(int64_t off, int64_t sts, int64_t tlsa)
{
    return count_max(count_add(sts, off), tlsa) - count_max(sts, tlsa);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A session that failed of MTA-STS alone has not failed. */
static void settle(struct group *group)
{
    int64_t failures = group->off.failures;

    if (group->has_dropped)
        failures = smaller(failures, group->details);
    group->left.sessions =
        beyond(group->off.sessions, group->sts.sessions, group->tlsa.sessions);
    failures = beyond(failures, group->sts.failures, group->tlsa.failures);
    group->left.failures = smaller(failures, group->left.sessions);
    group->most = group->left.failures;
    group->is_changed = group->left.sessions != group->off.sessions ||
                        group->left.failures != group->off.failures;
}

/* ---- Giving back --------------------------------------------------------- */

/* Gives a row what is left for it; sessions that failed are kept for the rows
 * that have them. */
static void change_row(struct group *group, struct tally_row *row)
{
    int64_t of_others;

    if (row->detail.len) {
        row->sessions = smaller(row->sessions, group->most);
        return;
    }
    row->failures = smaller(row->failures, group->left.failures);
    of_others = group->left.failures - row->failures;
    row->sessions = smaller(row->sessions, group->left.sessions - of_others);
    group->left.sessions -= row->sessions;
    group->left.failures -= row->failures;
}

/* Rows that have nothing any more go. */
static void change_rows(struct groups *groups, struct day *day)
{
    size_t n = 0;

    for (size_t i = 0; i < day->rows.n_items; i++) {
        struct day_row row = *row_at(day, i);
        struct group *group =
            row.is_switched_off ? find_group(groups, &row) : NULL;

        if (row.is_dropped)
            continue;
        if (group && group->is_changed)
            change_row(group, &row.row);
        if (!group || row.row.sessions > 0)
            *row_at(day, n++) = row;
    }
    day->rows.n_items = n;
}

int switched_off_join(struct day *day, struct err *err)
{
    struct groups groups;
    int status;

    map_init(&groups.places);
    list_init(&groups.items, sizeof(struct group));
    arena_init(&groups.arena, SIZE_MAX / 2);
    buffer_init(&groups.key, KEY_BYTES);
    status = find_groups(&groups, day, err);
    if (status == 0 && groups.items.n_items) {
        for (size_t i = 0; i < day->rows.n_items; i++) {
            struct group *group = find_group(&groups, row_at(day, i));

            if (group)
                add_row(group, row_at(day, i));
        }
        for (size_t i = 0; i < groups.items.n_items; i++)
            settle(group_at(&groups, (int64_t)i));
        change_rows(&groups, day);
    }
    map_deinit(&groups.places);
    list_deinit(&groups.items);
    arena_deinit(&groups.arena);
    buffer_deinit(&groups.key);
    return status;
}
