/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/element.h"

#include <stdio.h>

#include "base/text.h"
#include "dmarc/leaf.h"
#include "dmarc/review.h"

enum {
    STRAY_BYTES = 128 /* of text between elements, for the finding */
};

static size_t number_of(const struct schema_row *row)
{
    size_t n;

    return (size_t)(row - schema_rows(&n));
}

/* The struct that the elements directly in a node fill. */
static void *owner_of(struct feedback *feedback, enum schema_node node)
{
    switch (node) {
    case SCHEMA_FEEDBACK:
    case SCHEMA_METADATA:
    case SCHEMA_DATE_RANGE: return &feedback->report;
    case SCHEMA_POLICY: return &feedback->report.policy;
    case SCHEMA_REASON: return &feedback->reason;
    case SCHEMA_DKIM: return &feedback->dkim;
    case SCHEMA_SPF: return &feedback->spf;
    default: return &feedback->record;
    }
}

/* ---- Opening ------------------------------------------------------------- */

static int open_report(struct feedback *feedback, struct slice space,
                       struct err *err)
{
    feedback->report = (struct dmarc_report){
        .start = UTC_NONE,
        .end = UTC_NONE,
        .policy.pct = DMARC_PCT_NONE,
    };
    finding_list_init(&feedback->report.findings, feedback->arena);
    feedback->records.n_items = feedback->others.n_items = 0;
    feedback->errors.n_items = 0;
    feedback->n_extensions = 0;
    feedback->is_open = true;
    if (space.len == 0)
        return 0;
    feedback->report.name_space = arena_copy(feedback->arena, space);
    return feedback->report.name_space ? 0 : arena_error(feedback->arena, err);
}

/* Readies the value of a node, and says which of its kind it is, from 1. */
static size_t open_node(struct feedback *feedback, enum schema_node node)
{
    switch (node) {
    case SCHEMA_RECORD:
        feedback->record = (struct dmarc_record){ .count = 0 };
        feedback->has_count = false;
        feedback->reasons.n_items = 0;
        feedback->dkims.n_items = feedback->spfs.n_items = 0;
        return feedback->records.n_items + 1;
    case SCHEMA_REASON:
        feedback->reason = (struct dmarc_reason){ NULL, NULL };
        return feedback->reasons.n_items + 1;
    case SCHEMA_DKIM:
        feedback->dkim = (struct dmarc_dkim){ .domain = NULL };
        return feedback->dkims.n_items + 1;
    case SCHEMA_SPF:
        feedback->spf = (struct dmarc_spf){ .domain = NULL };
        return feedback->spfs.n_items + 1;
    case SCHEMA_EXTENSION: return ++feedback->n_extensions;
    case SCHEMA_FEEDBACK:
        return feedback->reports.n_items ? feedback->reports.n_items + 1 : 0;
    default: return 0;
    }
}

/*
 * RFC 9990 lets extensions stand in namespaces of their own, whatever they are
 * called there.
 */
static bool is_foreign(const struct feedback *feedback, struct slice space)
{
    return feedback->is_open && !schema_is_space(space) &&
           !slice_equal(space, slice_of(feedback->report.name_space));
}

static int count_unknown(struct feedback *feedback, struct err *err)
{
    if (++feedback->n_unknown > DMARC_MAX_UNKNOWN)
        return err_set(err, ERR_LIMIT,
                       "XML with more than %d things that no DMARC report "
                       "has",
                       DMARC_MAX_UNKNOWN);
    return 0;
}

/* Adds an element that no RFC knows to the stack. */
static int push_unknown(struct feedback *feedback,
                        const struct markup_name *name, bool is_quiet,
                        struct err *err)
{
    struct feedback_element *element = feedback_top(feedback);
    struct slice shown = text_cut(name->local, FEEDBACK_NAME_BYTES - 1);

    memcpy(element->name, shown.ptr, shown.len);
    element->node = SCHEMA_OTHER;
    element->is_kept = feedback->is_open;
    if (feedback->is_open && !is_quiet)
        feedback_note(feedback, DMARC_FINDING_ELEMENT_UNKNOWN,
                      slice_make(NULL, 0));
    return count_unknown(feedback, err);
}

/* An element that may stand once is there again: it is kept as one unknown. */
static int push_again(struct feedback *feedback, const struct markup_name *name,
                      struct err *err)
{
    struct feedback_element *element = feedback_top(feedback);
    int rc = push_unknown(feedback, name, true, err);

    element->index = 2;
    feedback_note(feedback, DMARC_FINDING_ELEMENT_TWICE, slice_make(NULL, 0));
    return rc;
}

static int push_known(struct feedback *feedback, const struct markup_name *name,
                      const struct schema_row *row, struct err *err)
{
    struct feedback_element *element = feedback_top(feedback);
    bool is_container = row->type == SCHEMA_CONTAINER;

    element->row = row;
    element->node = is_container ? row->node : SCHEMA_OTHER;
    if (row->node == SCHEMA_FEEDBACK && open_report(feedback, name->space, err))
        return -1;
    if (is_container)
        element->index = open_node(feedback, row->node);
    if (row->type == SCHEMA_TEXTS)
        element->index = feedback->errors.n_items + 1;
    return 0;
}

static void note_root(struct feedback *feedback)
{
    struct slice space = slice_of(feedback->report.name_space);

    if (!schema_is_space(space))
        feedback_note(feedback, DMARC_FINDING_NAMESPACE_UNKNOWN, space);
    if (feedback->n_elements > 1)
        feedback_note(feedback, DMARC_FINDING_NESTED, slice_make(NULL, 0));
}

static int take_start(void *context, const struct markup_name *name,
                      struct err *err)
{
    struct feedback *feedback = context;
    struct feedback_element *around = feedback_top(feedback);
    enum schema_node node = feedback->is_open ? around->node : SCHEMA_ROOT;
    bool is_odd = false, is_foreign_name = is_foreign(feedback, name->space);
    const struct schema_row *row =
        is_foreign_name ? NULL : schema_find(node, name->local, &is_odd);
    uint64_t bit = row ? UINT64_C(1) << number_of(row) : 0;
    bool is_again = around && row && !row->may_repeat && (around->seen & bit);

    if (around) {
        around->has_children = true;
        around->seen |= bit;
    }
    feedback->elements[feedback->n_elements++] =
        (struct feedback_element){ .text_at = feedback->text.len };
    if (is_again && feedback->is_open)
        return push_again(feedback, name, err);
    if (!row)
        return push_unknown(feedback, name,
                            is_foreign_name || node == SCHEMA_EXTENSION ||
                                (around && !around->row),
                            err);
    if (push_known(feedback, name, row, err))
        return -1;
    if (is_odd)
        feedback_note(feedback, DMARC_FINDING_ELEMENT_NAME, name->local);
    if (row->node == SCHEMA_FEEDBACK)
        note_root(feedback);
    return 0;
}

/* The language of a text may be said (RFC 9990); all else is kept. */
static int take_attribute(void *context, const struct markup_name *name,
                          struct slice value, struct err *err)
{
    struct feedback *feedback = context;
    char member[FEEDBACK_NAME_BYTES];
    struct slice shown = text_cut(name->local, sizeof(member) - 2);

    if (!feedback->is_open || slice_equal(name->local, SLICE("lang")))
        return count_unknown(feedback, err);
    snprintf(member, sizeof(member), "@%.*s", (int)shown.len, shown.ptr);
    if (count_unknown(feedback, err))
        return -1;
    return feedback_keep(feedback, member,
                         text_cut(value, DMARC_MAX_VALUE_BYTES), err);
}

/* Names of prefixes are remembered by expat for good. */
static int take_declare(void *context, struct err *err)
{
    return count_unknown(context, err);
}

/* ---- Text ---------------------------------------------------------------- */

/* Tells whether text of the element is its value. */
static bool has_value(const struct feedback_element *element)
{
    return element->row ? element->row->type != SCHEMA_CONTAINER
                        : !element->has_children;
}

static int take_text(void *context, struct slice text, struct err *err)
{
    struct feedback *feedback = context;
    struct feedback_element *element = feedback_top(feedback);
    bool is_value = has_value(element);
    size_t most = is_value ? DMARC_MAX_VALUE_BYTES : STRAY_BYTES;
    size_t held = feedback->text.len - element->text_at;
    struct slice part;

    if (!feedback->is_open || (!is_value && slice_trim(text).len == 0))
        return 0;
    part = text_cut(text, most > held ? most - held : 0);
    element->is_cut = element->is_cut || part.len < text.len;
    /* Values within values would be too many to hold; such is no report. */
    if (part.len > feedback->text.max_bytes - feedback->text.len) {
        element->is_cut = true;
        return 0;
    }
    buffer_add(&feedback->text, part.ptr, part.len);
    return feedback->text.failed ? err_memory(err) : 0;
}

/* ---- Closing ------------------------------------------------------------- */

static int add_item(struct feedback *feedback, struct list *list,
                    const void *item, struct err *err)
{
    void *slot = list_add(list, feedback->arena);

    if (!slot)
        return arena_error(feedback->arena, err);
    memcpy(slot, item, list->item_bytes);
    return 0;
}

/* Moves a list to the arena. Returns: 0, -1 with err. */
static int move(struct feedback *feedback, struct list *list, void *out_items,
                size_t *out_n, struct err *err)
{
    bool is_empty = list->n_items == 0;
    void *items = list_move(list, feedback->arena, out_n);

    if (!items && !is_empty)
        return arena_error(feedback->arena, err);
    memcpy(out_items, &items, sizeof(items));
    return 0;
}

/*
 * Moves a list of a record to the arena. Most records of a report hold what the
 * one before them does: such a list is shared, and equal strings are one
 * (feedback->last), so that comparing pointers suffices.
 * before, n_before: that of the last record.
 */
static int move_shared(struct feedback *feedback, struct list *list,
                       const void *before, size_t n_before, void *out_items,
                       size_t *out_n, struct err *err)
{
    if (list->n_items == 0 || list->n_items != n_before ||
        memcmp(list->items, before, n_before * list->item_bytes) != 0)
        return move(feedback, list, out_items, out_n, err);
    memcpy(out_items, &before, sizeof(before));
    *out_n = n_before;
    list->n_items = 0;
    return 0;
}

static int close_record(struct feedback *feedback, struct err *err)
{
    static const struct dmarc_record none = { .count = 0 };
    struct dmarc_record *record = &feedback->record;
    size_t n = feedback->records.n_items;
    const struct dmarc_record *last =
        n ? (struct dmarc_record *)(void *)feedback->records.items + (n - 1)
          : &none;

    if (n >= DMARC_MAX_RECORDS)
        return err_set(err, ERR_LIMIT, "DMARC report of more than %d records",
                       DMARC_MAX_RECORDS);
    if (move_shared(feedback, &feedback->reasons, last->reasons,
                    last->n_reasons, &record->reasons, &record->n_reasons,
                    err) ||
        move_shared(feedback, &feedback->dkims, last->dkims, last->n_dkims,
                    &record->dkims, &record->n_dkims, err) ||
        move_shared(feedback, &feedback->spfs, last->spfs, last->n_spfs,
                    &record->spfs, &record->n_spfs, err))
        return -1;
    review_record(feedback, record);
    return add_item(feedback, &feedback->records, record, err);
}

static int close_report(struct feedback *feedback, struct err *err)
{
    struct dmarc_report *report = &feedback->report;
    const struct feedback_element *element = feedback_top(feedback);

    feedback->is_open = false;
    if (move(feedback, &feedback->records, &report->records, &report->n_records,
             err) ||
        move(feedback, &feedback->others, &report->others, &report->n_others,
             err) ||
        move(feedback, &feedback->errors, &report->errors, &report->n_errors,
             err))
        return -1;
    /* <feedback/> is XML of somebody else, or nothing. */
    if (!review_is_report(element->seen))
        return 0;
    review_report(feedback);
    if (feedback->reports.n_items >= DMARC_MAX_REPORTS)
        return err_set(err, ERR_LIMIT, "more than %d DMARC reports in a text",
                       DMARC_MAX_REPORTS);
    return add_item(feedback, &feedback->reports, report, err);
}

static int close_node(struct feedback *feedback, enum schema_node node,
                      struct err *err)
{
    switch (node) {
    case SCHEMA_FEEDBACK: return close_report(feedback, err);
    case SCHEMA_RECORD: return close_record(feedback, err);
    case SCHEMA_REASON:
        return add_item(feedback, &feedback->reasons, &feedback->reason, err);
    case SCHEMA_DKIM:
        return add_item(feedback, &feedback->dkims, &feedback->dkim, err);
    case SCHEMA_SPF:
        return add_item(feedback, &feedback->spfs, &feedback->spf, err);
    default: return 0;
    }
}

/* Keeps what an unknown element says; one that holds others says it by them. */
static int close_unknown(struct feedback *feedback,
                         const struct feedback_element *element,
                         struct slice text, struct err *err)
{
    if (!element->is_kept || (element->has_children && text.len == 0))
        return 0;
    return feedback_keep(feedback, NULL, text, err);
}

static int close_element(struct feedback *feedback,
                         const struct feedback_element *element,
                         struct slice text, struct err *err)
{
    const struct schema_row *row = element->row;
    char *owner;

    if (!row)
        return close_unknown(feedback, element, text, err);
    if (row->type == SCHEMA_CONTAINER) {
        if (text.len)
            feedback_note(feedback, DMARC_FINDING_TEXT_BETWEEN, text);
        return close_node(feedback, row->node, err);
    }
    if (element->is_cut)
        feedback_note(feedback, DMARC_FINDING_TEXT_CUT, slice_make(NULL, 0));
    owner = owner_of(feedback, row->parent);
    return leaf_read(feedback, text, owner + row->offset, err);
}

static int take_end(void *context, struct err *err)
{
    struct feedback *feedback = context;
    struct feedback_element *element = feedback_top(feedback);
    struct slice text = slice_make(NULL, 0);
    int rc = 0;

    if (feedback->is_open) {
        if (feedback->text.len > element->text_at)
            text =
                slice_trim(slice_make(feedback->text.ptr + element->text_at,
                                      feedback->text.len - element->text_at));
        rc = close_element(feedback, element, text, err);
        feedback->text.len = element->text_at;
    }
    feedback->n_elements--;
    return rc;
}

const struct markup_events element_events = {
    .start = take_start,
    .attribute = take_attribute,
    .declare = take_declare,
    .text = take_text,
    .end = take_end,
};
