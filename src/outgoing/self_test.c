/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/self_test.h"

#include <string.h>

#include "outgoing/limits.h"
#include "report/report.h"
#include "unwrap/gzip.h"
#include "json/writer.h"

enum { JSON_BYTES = 16 * 1024 };

const char *self_test_way(struct arena *arena,
                          const struct outgoing_settings *settings,
                          const struct outgoing_identity *identity)
{
    const struct outgoing_relay *relay = &settings->relay;
    const char *by = relay->url ? relay->url : "";

    if (!relay->url && relay->sendmail.n_items)
        by = relay->sendmail.items[0];
    return arena_printf(arena, "%s as %s", by,
                        outgoing_identity_sender(identity));
}

enum self_test_worth self_test_judge(const struct outbox_proof *proof,
                                     const char *way, utc_time now)
{
    const int64_t day_s = UTC_DAY_SECONDS;

    if (!proof || proof->proven_at == UTC_NONE)
        return SELF_TEST_NONE;
    if (strcmp(proof->proven_way, way) != 0)
        return SELF_TEST_OTHER;
    if (now - proof->proven_at > SELF_TEST_GOOD_DAYS * day_s)
        return SELF_TEST_EXPIRED;
    return now - proof->proven_at > SELF_TEST_FRESH_DAYS * day_s
               ? SELF_TEST_OLD
               : SELF_TEST_FRESH;
}

const char *self_test_sentence(enum self_test_worth worth)
{
    static const char *const sentences[SELF_TEST_WORTH_COUNT] = {
        [SELF_TEST_FRESH] = "a self-test mail has shown that the relay signs",
        [SELF_TEST_OLD] = "it is more than 90 days since a self-test mail has"
                          " shown that the relay signs",
        [SELF_TEST_EXPIRED] = "it is more than 400 days since a self-test mail"
                              " has shown that the relay signs; see"
                              " tlsrpt report --self-test",
        [SELF_TEST_OTHER] = "another relay or sender was proven than the one"
                            " that is configured now; see tlsrpt report"
                            " --self-test",
        [SELF_TEST_NONE] = "the relay is said to sign, and no self-test mail"
                           " has shown it; see tlsrpt report --self-test",
    };

    return sentences[worth];
}

/* ---- The report ---------------------------------------------------------- */

static int write_octets(const struct outgoing_identity *identity,
                        const char *report_id, const char *domain,
                        utc_time start, struct buffer *octets, struct err *err)
{
    struct report_policy policy = { .type = POLICY_TYPE_NONE,
                                    .type_text =
                                        policy_type_name(POLICY_TYPE_NONE),
                                    .domain = domain,
                                    .subject_domain = domain };
    const struct report report = {
        .organization_name = identity->organization_name,
        .contact_info = identity->contact_info,
        .report_id = report_id,
        .start = start,
        .end = start + UTC_DAY_SECONDS - 1,
        .policies = &policy,
        .n_policies = 1,
    };
    struct json_writer writer;
    struct buffer json;
    int rc;

    buffer_init(&json, JSON_BYTES);
    json_writer_init(&writer, &json);
    report_write(&report, &writer);
    rc = json.failed ? err_memory(err)
                     : gzip_deflate(buffer_slice(&json), OUTGOING_GZIP_LEVEL,
                                    octets, err);
    buffer_deinit(&json);
    return rc;
}

int self_test_compose(struct arena *arena,
                      const struct outgoing_identity *identity,
                      const char *token, utc_time now, struct buffer *octets,
                      struct outbox_load *out_load, struct err *err)
{
    const char *domain = outgoing_identity_submitter(identity);
    const utc_day day = utc_day_of(now);
    const utc_time start = (utc_time)day * UTC_DAY_SECONDS;
    const char *id = arena_printf(arena, "self-test.%s@%s", token, domain);
    const char *name = arena_printf(
        arena, "%s!%s!%lld!%lld!self-test-%s.json.gz", domain, domain,
        (long long)start, (long long)start + UTC_DAY_SECONDS - 1, token);

    if (!id || !name)
        return arena_error(arena, err);
    if (write_octets(identity, id, domain, start, octets, err))
        return -1;
    *out_load = (struct outbox_load){
        .delivery = { .day = day,
                      .domain = slice_of(domain),
                      .tenant = slice_of(identity->name) },
        .report = { .day = day,
                    .domain = slice_of(domain),
                    .tenant = slice_of(identity->name),
                    .report_id = slice_of(id),
                    .file_name = slice_of(name),
                    .submitter = slice_of(domain),
                    .octets = buffer_slice(octets) },
    };
    return 0;
}
