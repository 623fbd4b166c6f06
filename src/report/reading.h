/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reading: what the functions that read one report share.
 *
 * Private to the room. Lists are scratch that is reused from object to object.
 */

#include "base/list.h"
#include "report/finding.h"
#include "report/groups.h"
#include "report/place.h"
#include "report/report.h"
#include "json/reader.h"

struct reading {
    struct json_reader json;
    struct arena *arena;                /* where the report lives */
    const struct report_origin *origin; /* never NULL */
    struct report *report;              /* the one being filled */
    struct list reports;                /* of struct report */
    struct list policies;               /* of struct report_policy */
    struct list spots;                  /* of size_t: where each one stood */
    struct groups groups; /* of the policies where there are several */
    struct list failures; /* of struct report_failure */
    struct list texts;    /* of const char * */
    /* Room for what a usual report has, so that it needs no heap. */
    struct report first_reports[1];
    struct report_policy first_policies[4];
    size_t first_spots[4];
    struct report_failure first_failures[16];
    const char *first_texts[16];
};

/* Where a policy stood in the document: its index in the array `policies`, or */
#define READING_SPOT_OBJECT SIZE_MAX /* `policies` was the policy */
#define READING_SPOT_DRAFT                                                     \
    (SIZE_MAX - 1) /* the report was, in a draft's form */

/*
 * The place of policy number i of the report at `report`, made in `room`.
 * Returns: a place as long-lived as both.
 */
const struct place *reading_policy_place(const struct reading *reading,
                                         size_t i, const struct place *report,
                                         struct place room[static 2]);

/* Adds a finding about `place` (NULL: the whole) to the report being read. */
void reading_note(struct reading *reading, enum report_finding finding,
                  const struct place *place, struct slice value);

/* As reading_note, with a member of the object at `place` as the place. */
void reading_note_member(struct reading *reading, enum report_finding finding,
                         const struct place *place, const char *member,
                         struct slice value);
