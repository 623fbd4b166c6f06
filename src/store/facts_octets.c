/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/facts_octets.h"

#include "store/numbers.h"

enum { VERSION = 1 };

/* ---- Writing ------------------------------------------------------------- */

static void write_rows(const struct facts_rows *rows, bool has_label,
                       struct buffer *out)
{
    numbers_put(out, (int64_t)rows->n);
    for (size_t i = 0; i < rows->n; i++) {
        const struct facts_row *row = &rows->rows[i];

        numbers_put(out, row->domain_id);
        if (has_label) {
            numbers_put(out, row->label_id);
            numbers_put(out, row->kind);
        }
        numbers_put(out, row->sessions);
        numbers_put(out, row->failures);
    }
}

static void write_policy(const struct facts_policy *policy, struct buffer *out)
{
    numbers_put(out, policy->domain_id);
    numbers_put(out, policy->policy_domain_id);
    numbers_put(out, policy->type_id);
    numbers_put(out, policy->text_id);
    numbers_put(out, policy->success_sessions);
    numbers_put(out, policy->failure_sessions);
    numbers_put(out, policy->is_implausible);
    numbers_put(out, (int64_t)policy->type_text.len);
    buffer_add(out, policy->type_text.ptr, policy->type_text.len);
}

void facts_octets_write(const struct facts *facts, struct buffer *out)
{
    buffer_add_char(out, VERSION);
    numbers_put(out, facts->organization_id);
    numbers_put(out, facts->day);
    write_rows(&facts->subjects, false, out);
    write_rows(&facts->shares, true, out);
    numbers_put(out, (int64_t)facts->n_policies);
    for (size_t i = 0; i < facts->n_policies; i++)
        write_policy(&facts->policies[i], out);
}

/* ---- Reading ------------------------------------------------------------- */

/* Takes numbers into their members. Returns: 0, 1 where one is missing. */
static int take_all(struct slice *octets, int64_t *const *members, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (numbers_take(octets, members[i]))
            return 1;
    }
    return 0;
}

#define TAKE(octets, ...)                                                      \
    take_all(octets, (int64_t *const[]){ __VA_ARGS__ },                        \
             sizeof((int64_t *const[]){ __VA_ARGS__ }) / sizeof(int64_t *))

/* Takes the count of things that take at least an octet each. */
static int take_count(struct slice *octets, size_t *out_n)
{
    int64_t n;

    if (numbers_take(octets, &n) || n < 0 || (uint64_t)n > octets->len)
        return 1;
    *out_n = (size_t)n;
    return 0;
}

static int read_row(struct slice *octets, bool has_label, struct facts_row *row)
{
    return has_label
               ? TAKE(octets, &row->domain_id, &row->label_id, &row->kind,
                      &row->sessions, &row->failures)
               : TAKE(octets, &row->domain_id, &row->sessions, &row->failures);
}

/* Rows are written each once and in order; others count twice. */
static bool is_behind(const struct facts_row *row, const struct facts_row *last)
{
    return row->domain_id > last->domain_id ||
           (row->domain_id == last->domain_id &&
            row->label_id > last->label_id);
}

static int read_rows(struct slice *octets, bool has_label, struct arena *arena,
                     struct facts_rows *out)
{
    if (take_count(octets, &out->n))
        return 1;
    out->rows = arena_calloc(arena, out->n + 1, sizeof(*out->rows));
    if (!out->rows)
        return -1;
    for (size_t i = 0; i < out->n; i++) {
        if (read_row(octets, has_label, &out->rows[i]) ||
            (i && !is_behind(&out->rows[i], &out->rows[i - 1])))
            return 1;
    }
    return 0;
}

static int read_policy(struct slice *octets, struct facts_policy *policy)
{
    size_t len;

    if (TAKE(octets, &policy->domain_id, &policy->policy_domain_id,
             &policy->type_id, &policy->text_id, &policy->success_sessions,
             &policy->failure_sessions, &policy->is_implausible) ||
        take_count(octets, &len))
        return 1;
    policy->type_text = slice_make(octets->ptr, len);
    *octets = slice_skip(*octets, len);
    return 0;
}

static int read_policies(struct slice *octets, struct arena *arena,
                         struct facts *facts)
{
    if (take_count(octets, &facts->n_policies))
        return 1;
    facts->policies =
        arena_calloc(arena, facts->n_policies + 1, sizeof(*facts->policies));
    if (!facts->policies)
        return -1;
    for (size_t i = 0; i < facts->n_policies; i++) {
        if (read_policy(octets, &facts->policies[i]))
            return 1;
    }
    return 0;
}

int facts_octets_read(struct slice octets, struct arena *arena,
                      struct facts *out_facts)
{
    struct facts facts = { .n_policies = 0 };
    int status;

    if (octets.len == 0 || octets.ptr[0] != VERSION)
        return 1;
    octets = slice_skip(octets, 1);
    if (TAKE(&octets, &facts.organization_id, &facts.day))
        return 1;
    status = read_rows(&octets, false, arena, &facts.subjects);
    if (status == 0)
        status = read_rows(&octets, true, arena, &facts.shares);
    if (status == 0)
        status = read_policies(&octets, arena, &facts);
    if (status == 0 && octets.len)
        status = 1;
    if (status == 0)
        *out_facts = facts;
    return status;
}
