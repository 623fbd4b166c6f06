/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/compose.h"

#include <stdio.h>
#include <string.h>

#include "outgoing/limits.h"
#include "unwrap/gzip.h"
#include "json/writer.h"

enum {
    TOKEN_BYTES = 12, /* hex digits that tell reports of one day apart */
    ARENA_BYTES = 64 * 1024,
    POLICY_BYTES = 200, /* names of members and counts of a policy, at least */
    DETAIL_BYTES = 150
};

int outgoing_composer_init(struct outgoing_composer *composer, struct err *err)
{
    buffer_init(&composer->json, OUTGOING_JSON_BYTES);
    buffer_init(&composer->gzip, OUTGOING_JSON_BYTES);
    arena_init(&composer->arena, ARENA_BYTES);
    composer->digest = digest_new();
    return composer->digest ? 0 : err_memory(err);
}

void outgoing_composer_deinit(struct outgoing_composer *composer)
{
    buffer_deinit(&composer->json);
    buffer_deinit(&composer->gzip);
    arena_deinit(&composer->arena);
    digest_free(composer->digest);
}

/* ---- Parts --------------------------------------------------------------- */

static size_t text_bytes(const char *text)
{
    return text ? strlen(text) : 0;
}

/* Octets that a policy takes in JSON, less what its escapes take. */
static size_t policy_bytes(const struct report_policy *policy)
{
    size_t bytes = POLICY_BYTES + text_bytes(policy->domain);

    for (size_t i = 0; i < policy->n_strings; i++)
        bytes += text_bytes(policy->strings[i]) + 3;
    for (size_t i = 0; i < policy->n_mx_hosts; i++)
        bytes += text_bytes(policy->mx_hosts[i]) + 3;
    for (size_t i = 0; i < policy->n_failures; i++) {
        const struct report_failure *failure = &policy->failures[i];

        bytes += DETAIL_BYTES + text_bytes(failure->receiving_mx_hostname) +
                 text_bytes(failure->receiving_mx_helo) +
                 text_bytes(failure->additional_information) +
                 text_bytes(failure->failure_reason_code);
    }
    return bytes;
}

/* Returns: the end of the part that begins at policy `begin`. */
static size_t end_of_part(const struct outgoing_draft *draft, size_t begin)
{
    size_t bytes = policy_bytes(&draft->policies[begin]);
    size_t end = begin + 1;

    while (end < draft->n_policies && end - begin < OUTGOING_PART_POLICIES) {
        bytes += policy_bytes(&draft->policies[end]);
        if (bytes > OUTGOING_PART_BYTES)
            break;
        end++;
    }
    return end;
}

/* Before the first is given away: some parts alone would be a false report. */
static int count_parts(const struct outgoing_draft *draft)
{
    int n = 0;

    for (size_t begin = 0; begin < draft->n_policies && n <= OUTGOING_PARTS_MAX;
         n++)
        begin = end_of_part(draft, begin);
    return n;
}

/* ---- One part ------------------------------------------------------------ */

static void add_text(struct digest *digest, const char *text)
{
    /* With its NUL, so that no two rows of texts read the same. */
    digest_add(digest, slice_make(text, strlen(text) + 1));
}

/* The token of a part: of who reports, about whom, what and which part. */
static void make_token(struct outgoing_composer *composer,
                       const struct outgoing_identity *identity,
                       const struct outgoing_draft *draft,
                       const unsigned char *rows, int part,
                       char token[static TOKEN_BYTES + 1])
{
    const int32_t numbers[] = { draft->day, part };
    unsigned char digest[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    add_text(composer->digest, identity->organization_name);
    add_text(composer->digest, identity->contact_info);
    add_text(composer->digest, draft->domain);
    add_text(composer->digest, draft->record.ptr);
    digest_add(composer->digest, slice_make(numbers, sizeof(numbers)));
    digest_add(composer->digest, slice_make(rows, DIGEST_BYTES));
    digest_finish(composer->digest, digest);
    snprintf(token, TOKEN_BYTES + 1, "%s", digest_format(digest, hex));
}

static int fill_texts(struct outgoing_composer *composer,
                      const struct outgoing_identity *identity,
                      const struct outgoing_draft *draft, const char *token,
                      struct outbox_report *out, struct err *err)
{
    const utc_time start = (utc_time)draft->day * UTC_DAY_SECONDS;
    const char *submitter = outgoing_identity_submitter(identity);
    char day[UTC_DAY_BYTES];
    const char *id, *name;

    utc_day_format(draft->day, day);
    /* R-REP-6: letters, digits, '.', '-' and one '@', as Message-IDs have. */
    id = arena_printf(&composer->arena, "%.4s%.2s%.2s.%s.%s@%s", day, day + 5,
                      day + 8, draft->domain, token, submitter);
    name = arena_printf(&composer->arena, "%s!%s!%lld!%lld!%s.json.gz",
                        submitter, draft->domain, (long long)start,
                        (long long)start + UTC_DAY_SECONDS - 1, token);
    if (!id || !name)
        return arena_error(&composer->arena, err);
    out->report_id = slice_of(id);
    out->file_name = slice_of(name);
    out->submitter = slice_of(submitter);
    out->tenant = slice_of(identity->name);
    out->domain = slice_of(draft->domain);
    out->record = draft->record;
    out->day = draft->day;
    return 0;
}

static int write_part(struct outgoing_composer *composer,
                      const struct report *report, struct outbox_report *out,
                      struct err *err)
{
    struct json_writer writer;

    buffer_reset(&composer->json);
    buffer_reset(&composer->gzip);
    json_writer_init(&writer, &composer->json);
    report_write(report, &writer);
    if (composer->json.failed)
        return err_set(err, ERR_LIMIT, "the report is larger than %zu MiB",
                       OUTGOING_JSON_BYTES >> 20);
    if (gzip_deflate(buffer_slice(&composer->json), OUTGOING_GZIP_LEVEL,
                     &composer->gzip, err))
        return -1;
    out->json_bytes = (int64_t)composer->json.len;
    out->octets = buffer_slice(&composer->gzip);
    return 0;
}

static int compose_part(struct outgoing_composer *composer,
                        const struct outgoing_identity *identity,
                        const struct outgoing_draft *draft,
                        struct report_policy *policies, size_t n,
                        const char *token, struct outbox_report *out,
                        struct err *err)
{
    const utc_time start = (utc_time)draft->day * UTC_DAY_SECONDS;
    struct report report = { .organization_name = identity->organization_name,
                             .contact_info = identity->contact_info,
                             .start = start,
                             .end = start + UTC_DAY_SECONDS - 1,
                             .policies = policies,
                             .n_policies = n };

    if (fill_texts(composer, identity, draft, token, out, err))
        return -1;
    report.report_id = out->report_id.ptr;
    for (size_t i = 0; i < n; i++) {
        out->success_sessions =
            count_add(out->success_sessions, policies[i].success_sessions);
        out->failure_sessions =
            count_add(out->failure_sessions, policies[i].failure_sessions);
    }
    return write_part(composer, &report, out, err);
}

int outgoing_compose(struct outgoing_composer *composer,
                     const struct outgoing_identity *identity,
                     struct outgoing_draft *draft,
                     outgoing_part_function *function, void *context,
                     struct err *err)
{
    unsigned char rows[DIGEST_BYTES];
    size_t begin = 0;
    int status = 0;

    if (count_parts(draft) > OUTGOING_PARTS_MAX)
        return err_set(err, ERR_LIMIT, "the report has more than %d parts",
                       OUTGOING_PARTS_MAX);
    digest_finish(draft->digest, rows);
    for (int part = 0; status == 0 && begin < draft->n_policies; part++) {
        const size_t end = end_of_part(draft, begin);
        struct outbox_report report = { .part = part };
        char token[TOKEN_BYTES + 1];

        arena_reset(&composer->arena);
        make_token(composer, identity, draft, rows, part, token);
        status =
            compose_part(composer, identity, draft, draft->policies + begin,
                         end - begin, token, &report, err);
        if (status == 0)
            status = function(context, &report, err);
        begin = end;
    }
    return status;
}
