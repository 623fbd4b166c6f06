/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/reading.h"

void reading_note(struct reading *reading, enum report_finding finding,
                  const struct place *place, struct slice value)
{
    struct finding_list *list = &reading->report->findings;
    const struct finding_kind *kind = report_finding_kind(finding);

    if (finding_list_takes(list, kind))
        finding_list_add(list, kind, place_format(place, reading->arena),
                         value);
}

void reading_note_member(struct reading *reading, enum report_finding finding,
                         const struct place *place, const char *member,
                         struct slice value)
{
    struct place here = place_member(place, slice_of(member));

    reading_note(reading, finding, &here, value);
}

const struct place *reading_policy_place(const struct reading *reading,
                                         size_t i, const struct place *report,
                                         struct place room[static 2])
{
    size_t spot = ((const size_t *)(const void *)reading->spots.items)[i];

    if (spot == READING_SPOT_DRAFT)
        return report;
    room[0] = place_member(report, SLICE("policies"));
    if (spot == READING_SPOT_OBJECT)
        return &room[0];
    room[1] = place_element(&room[0], spot);
    return &room[1];
}
