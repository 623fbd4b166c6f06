/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/wire_dmarc.h"

#include "base/count.h"
#include "dmarc/case.h"
#include "intake/limits.h"

enum {
    TEXT_BYTES = INTAKE_WIRE_ITEM_BYTES,
    /* The least that a row takes on the wire; it has 48 octets in memory. */
    ROW_BYTES = 4 + 8 + 3 * 5
};

static void put_row(struct buffer *out, const struct store_dmarc_row *row)
{
    wire_field_put_u8(out, (uint8_t)row->disposition);
    wire_field_put_u8(out, row->dkim);
    wire_field_put_u8(out, row->spf);
    wire_field_put_u8(out, (uint8_t)row->fault);
    wire_field_put_i64(out, row->messages);
    wire_field_put_text(out, row->source);
    wire_field_put_text(out, row->sender);
    wire_field_put_text(out, row->header_from);
}

void wire_dmarc_put(struct buffer *out, const struct store_dmarc *dmarc)
{
    wire_field_put_u8(out, dmarc != NULL);
    if (!dmarc)
        return;
    wire_field_put_text(out, dmarc->domain);
    wire_field_put_text(out, dmarc->policy);
    wire_field_put_size(out, dmarc->n_rows);
    for (size_t i = 0; i < dmarc->n_rows; i++)
        put_row(out, &dmarc->rows[i]);
}

static void take_row(struct wire_field_input *input,
                     struct store_dmarc_row *row)
{
    row->disposition = (enum store_disposition)wire_field_take_u8(
        input, STORE_DISPOSITION_COUNT);
    row->dkim = wire_field_take_u8(input, 2);
    row->spf = wire_field_take_u8(input, 2);
    row->fault = wire_field_take_u8(input, DMARC_CASE_COUNT);
    row->messages = wire_field_take_i64(input, 0, COUNT_MAX);
    row->source = wire_field_take_text(input, TEXT_BYTES);
    row->sender = wire_field_take_text(input, TEXT_BYTES);
    row->header_from = wire_field_take_text(input, TEXT_BYTES);
}

static void add_sums(const struct store_dmarc_row *row,
                     struct store_report *rows)
{
    int64_t *sum = row->dkim || row->spf ? &rows->success_sessions
                                         : &rows->failure_sessions;

    if (count_is_plausible(row->messages))
        *sum = count_add(*sum, row->messages);
}

const struct store_dmarc *wire_dmarc_take(struct arena *arena,
                                          struct wire_field_input *input,
                                          struct store_report *rows)
{
    const struct dmarc_report range = { .start = rows->start,
                                        .end = rows->end };
    struct store_dmarc_row *items;
    struct store_dmarc *dmarc;

    if (!wire_field_take_u8(input, 2))
        return NULL;
    /* It is one or the other. */
    wire_field_check(input, rows->n_policies == 0 && rows->n_subjects == 0);
    dmarc = arena_calloc(arena, 1, sizeof(*dmarc));
    wire_field_check(input, dmarc);
    if (input->is_bad)
        return NULL;
    dmarc->domain = wire_field_take_text(input, TEXT_BYTES);
    dmarc->policy = wire_field_take_text(input, TEXT_BYTES);
    dmarc->n_rows = wire_field_take_count(input, ROW_BYTES);
    items = arena_calloc(arena, dmarc->n_rows, sizeof(*items));
    wire_field_check(input, items);
    for (size_t i = 0; !input->is_bad && i < dmarc->n_rows; i++) {
        take_row(input, &items[i]);
        add_sums(&items[i], rows);
    }
    dmarc->rows = items;
    rows->day = dmarc_day(&range);
    return input->is_bad ? NULL : dmarc;
}
