/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/feedback.h"

#include <stdio.h>

#include "base/text.h"

enum {
    PLACE_BYTES = 512, /* places are cut here: names come from strangers */
    /* Text of all open elements: a long value, and a piece of the ones around
     * it. */
    TEXT_MAX_BYTES = 4 * DMARC_MAX_VALUE_BYTES
};

void feedback_init(struct feedback *feedback, struct arena *arena)
{
    memset(feedback, 0, sizeof(*feedback));
    feedback->arena = arena;
    list_init(&feedback->reports, sizeof(struct dmarc_report));
    list_init(&feedback->records, sizeof(struct dmarc_record));
    list_init(&feedback->others, sizeof(struct dmarc_other));
    list_init(&feedback->errors, sizeof(const char *));
    list_init(&feedback->reasons, sizeof(struct dmarc_reason));
    list_init(&feedback->dkims, sizeof(struct dmarc_dkim));
    list_init(&feedback->spfs, sizeof(struct dmarc_spf));
    buffer_init(&feedback->text, TEXT_MAX_BYTES);
}

void feedback_deinit(struct feedback *feedback)
{
    list_deinit(&feedback->reports);
    list_deinit(&feedback->records);
    list_deinit(&feedback->others);
    list_deinit(&feedback->errors);
    list_deinit(&feedback->reasons);
    list_deinit(&feedback->dkims);
    list_deinit(&feedback->spfs);
    buffer_deinit(&feedback->text);
}

struct feedback_element *feedback_top(struct feedback *feedback)
{
    return feedback->n_elements ? &feedback->elements[feedback->n_elements - 1]
                                : NULL;
}

/* A place while it is spelt, on the stack: findings are many. */
struct spelling {
    size_t len;
    char text[PLACE_BYTES];
};

static void add_piece(struct spelling *spelling, const char *name, size_t index)
{
    char piece[FEEDBACK_NAME_BYTES + 32];
    int len = index ? snprintf(piece, sizeof(piece), "/%s[%zu]", name, index)
                    : snprintf(piece, sizeof(piece), "/%s", name);
    struct slice s = slice_make(piece, (size_t)len);

    s = text_cut(s, sizeof(spelling->text) - spelling->len);
    memcpy(spelling->text + spelling->len, s.ptr, s.len);
    spelling->len += s.len;
}

const char *feedback_place(struct feedback *feedback, const char *member)
{
    struct spelling spelling = { .len = 0 };
    const char *text;

    for (size_t i = 0; i < feedback->n_elements; i++) {
        const struct feedback_element *element = &feedback->elements[i];

        add_piece(&spelling, element->row ? element->row->name : element->name,
                  element->index);
    }
    if (member)
        add_piece(&spelling, member, 0);
    text = arena_copy(feedback->arena, slice_make(spelling.text, spelling.len));
    return text ? text : "";
}

void feedback_note(struct feedback *feedback, enum dmarc_finding finding,
                   struct slice value)
{
    feedback_note_member(feedback, finding, NULL, value);
}

void feedback_note_member(struct feedback *feedback, enum dmarc_finding finding,
                          const char *member, struct slice value)
{
    struct finding_list *list = &feedback->report.findings;
    const struct finding_kind *kind = dmarc_finding_kind(finding);

    if (finding_list_takes(list, kind))
        finding_list_add(list, kind, feedback_place(feedback, member), value);
}

void feedback_note_report(struct dmarc_report *report,
                          enum dmarc_finding finding)
{
    finding_list_add(&report->findings, dmarc_finding_kind(finding), "",
                     slice_make(NULL, 0));
}

int feedback_keep(struct feedback *feedback, const char *member,
                  struct slice value, struct err *err)
{
    struct dmarc_other *other;

    if (feedback->others.n_items >= DMARC_MAX_OTHERS) {
        feedback->report.n_others_dropped++;
        return 0;
    }
    other = list_add(&feedback->others, feedback->arena);
    if (!other)
        return arena_error(feedback->arena, err);
    other->where = feedback_place(feedback, member);
    other->value = arena_copy(feedback->arena, value);
    return *other->where && other->value ? 0
                                         : arena_error(feedback->arena, err);
}
