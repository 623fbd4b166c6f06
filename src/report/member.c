/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/member.h"

/* The row of a name: `hint` is where an orderly sender would be. */
static inline const struct member *find(const struct member_table *table,
                                        size_t hint, struct slice name)
{
    if (hint < table->n_rows && slice_equal(table->rows[hint].name, name))
        return &table->rows[hint];
    for (size_t i = 0; i < table->n_rows; i++) {
        if (slice_equal(table->rows[i].name, name))
            return &table->rows[i];
    }
    return NULL;
}

static enum member_rank rank_of(const struct member *row)
{
    if (row->is_misplaced)
        return row->alias ? MEMBER_MISPLACED_ALIAS : MEMBER_MISPLACED;
    return row->alias ? MEMBER_ALIAS : MEMBER_RIGHT;
}

/* Tells whether the value is to be read, and marks its field as seen. */
static bool take_turn(struct reading *reading, const struct member *row,
                      const struct place *place, struct member_seen *seen)
{
    unsigned bit = 1u << row->field, better = 0;
    enum member_rank rank = rank_of(row);

    for (unsigned r = 0; r <= rank; r++)
        better |= seen->ranks[r];
    if (seen->fields & bit)
        reading_note(reading, REPORT_FINDING_MEMBER_TWICE, place,
                     (struct slice){ NULL, 0 });
    if (better & bit)
        return false;
    if (row->alias)
        reading_note(reading, REPORT_FINDING_MEMBER_ALIAS, place,
                     slice_of(row->alias));
    seen->fields |= bit;
    seen->ranks[rank] |= bit;
    return true;
}

int member_read_object(struct reading *reading, const struct place *place,
                       const struct member_table *table, void *object,
                       struct member_seen *seen, struct err *err)
{
    struct json_value value;
    struct slice name;
    size_t hint = 0;
    int rc;

    while ((rc = json_object_next(&reading->json, &name, &value, err)) == 0) {
        const struct member *row = find(table, hint, name);
        struct place here = place_member(place, name);

        if (row && value.type == JSON_NULL)
            seen->nulls |= 1u << row->field;
        if (row && value.type != JSON_NULL &&
            take_turn(reading, row, &here, seen)) {
            hint = (size_t)(row - table->rows) + 1;
            rc = row->read(reading, object, &here, &value, err);
        } else {
            rc = json_skip(&reading->json, &value, err);
        }
        if (rc)
            return -1;
    }
    return rc < 0 ? -1 : 0;
}
