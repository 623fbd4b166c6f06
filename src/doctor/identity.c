/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "crypt/base64.h"
#include "crypt/signature.h"
#include "mail/dkim_sign.h"
#include "record/dkim_key.h"
#include "record/tlsrpt.h"

enum { PUBLIC_BYTES = 2048, RECORD_BYTES = 1600 };

/* ---- Keys ---------------------------------------------------------------- */

/* The record to publish for a key. */
static const char *record_of(struct chart *chart,
                             const struct signature_key *key)
{
    const bool is_rsa = signature_key_kind(key) == SIGNATURE_RSA;
    char octets[PUBLIC_BYTES];
    struct buffer text;
    const char *record = "";
    size_t n;

    buffer_init(&text, RECORD_BYTES);
    if (signature_key_write(key, octets, sizeof(octets), &n, NULL) == 0) {
        base64_encode(slice_make(octets, n), 0, "", &text);
        record = chart_text(chart, "v=DKIM1; k=%s; p=%s",
                            is_rsa ? "rsa" : "ed25519", buffer_text(&text));
    }
    buffer_deinit(&text);
    return record;
}

static bool is_same(const struct signature_key *one,
                    const struct signature_key *other)
{
    char a[PUBLIC_BYTES], b[PUBLIC_BYTES];
    size_t a_bytes, b_bytes;

    return signature_key_kind(one) == signature_key_kind(other) &&
           signature_key_write(one, a, sizeof(a), &a_bytes, NULL) == 0 &&
           signature_key_write(other, b, sizeof(b), &b_bytes, NULL) == 0 &&
           a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0;
}

static void judge_service(struct chart *chart, const char *name,
                          const struct dkim_key *key)
{
    const bool has_mail = key->services & (DKIM_KEY_ANY | DKIM_KEY_EMAIL);
    const bool has_reports = key->services & (DKIM_KEY_ANY | DKIM_KEY_TLSRPT);
    const char *const next = "leave s= out of the record, which means all"
                             " services";

    if (!has_mail && !has_reports)
        chart_add(
            chart, CHART_DKIM_SERVICE, CHART_ERROR, name, next,
            "s= names neither email nor tlsrpt: the key proves no report");
    else if (!has_mail)
        chart_add(chart, CHART_DKIM_SERVICE, CHART_ERROR, name, next,
                  "s=tlsrpt alone: ordinary mail filters must ignore the key,"
                  " so the mails count as unsigned there");
    else if (!has_reports)
        chart_add(chart, CHART_DKIM_SERVICE, CHART_WARNING, name, next,
                  "s=email alone: strict receivers of reports may refuse the"
                  " key");
    else
        chart_add(chart, CHART_DKIM_SERVICE, CHART_GOOD, name, "",
                  key->services & DKIM_KEY_ANY ? "all services"
                                               : "s= names email and tlsrpt");
}

static void judge_flags(struct chart *chart, const char *name,
                        const struct dkim_key *key)
{
    if (key->is_testing)
        chart_add(chart, CHART_DKIM_TESTING, CHART_ERROR, name,
                  "take t=y out of the record",
                  "t=y: receivers treat the mails as unsigned");
    else
        chart_add(chart, CHART_DKIM_TESTING, CHART_GOOD, name, "", "no t=y");
}

/* Returns: whether the record has a key to go on with. */
static bool judge_use(struct chart *chart, const char *name,
                      const char *publish, const struct signature_key *key,
                      const struct dkim_key *met)
{
    const char *trouble = NULL;

    if (met->fault)
        trouble = met->fault->message;
    else if (met->is_revoked)
        trouble = "p= is empty: the key is revoked";
    else if (!met->public_key)
        trouble = "there is no key in it";
    else if (!(met->hashes & DKIM_KEY_SHA256))
        trouble = "h= does not allow sha256";
    else if (key && !is_same(key, met->public_key))
        trouble = "it is the public half of another key than ours";
    if (trouble)
        chart_add(chart, CHART_DKIM_RECORD, CHART_ERROR, name,
                  *publish ? chart_text(chart, "publish: %s", publish) : "",
                  "%s", trouble);
    return !trouble;
}

static void judge_one(struct chart *chart, const char *name,
                      const char *publish, const struct signature_key *key,
                      struct slice record)
{
    struct dkim_key met;

    if (dkim_key_read(chart->arena, record, &met, NULL)) {
        chart->failed = true;
        return;
    }
    if (judge_use(chart, name, publish, key, &met)) {
        chart_add(chart, CHART_DKIM_RECORD, CHART_GOOD, name, "",
                  key ? "%s, %u bits, that of our key" : "%s, %u bits",
                  met.type == DKIM_KEY_RSA ? "rsa" : "ed25519", met.bits);
        judge_service(chart, name, &met);
        judge_flags(chart, name, &met);
    }
    dkim_key_deinit(&met);
}

void identity_judge_key(struct chart *chart, const struct signature_key *key,
                        const struct identity_answer *answer)
{
    const char *publish = key ? record_of(chart, key) : "";
    const char *name = answer->name;

    if (answer->lookup == IDENTITY_UNANSWERED)
        chart_add(chart, CHART_DKIM_RECORD, CHART_UNKNOWN, name,
                  "try again when DNS answers", "%s", answer->why);
    else if (answer->lookup == IDENTITY_ABSENT || answer->n_records == 0)
        chart_add(chart, CHART_DKIM_RECORD, CHART_ERROR, name,
                  *publish ? chart_text(chart, "publish: %s", publish)
                           : "publish the key",
                  "there is no TXT record");
    else if (answer->n_records > 1)
        chart_add(chart, CHART_DKIM_RECORD, CHART_ERROR, name,
                  "leave one: what verifiers do with several is undefined",
                  "there are %zu TXT records", answer->n_records);
    else
        judge_one(chart, name, publish, key, answer->records[0]);
}

void identity_judge_proof(struct chart *chart, const char *name,
                          const struct outbox_proof *proof,
                          enum self_test_worth worth)
{
    char text[UTC_TIME_BYTES];

    if (worth == SELF_TEST_FRESH)
        chart_add(chart, CHART_RELAY_PROOF, CHART_GOOD, name, "",
                  "seen at %s: d=%s s=%s", utc_format(proof->proven_at, text),
                  proof->domain, proof->selector);
    else
        chart_add(
            chart, CHART_RELAY_PROOF,
            worth == SELF_TEST_OLD ? CHART_WARNING : CHART_ERROR, name,
            "tlsrpt report --self-test ADDRESS, then tlsrpt doctor --proof"
            " with the mail as it came back",
            "%s", self_test_sentence(worth));
}

/* ---- The sender's domain ------------------------------------------------- */

/* Whether DNS gave an answer; else says so. */
static bool is_answered(struct chart *chart, enum chart_id id,
                        const struct identity_answer *answer)
{
    if (answer->lookup != IDENTITY_UNANSWERED)
        return true;
    chart_add(chart, id, CHART_UNKNOWN, answer->name,
              "try again when DNS answers", "%s", answer->why);
    return false;
}

static bool is_spf(struct slice record)
{
    return slice_starts_fold(record, SLICE("v=spf1")) &&
           (record.len == 6 || record.ptr[6] == ' ');
}

void identity_judge_spf(struct chart *chart,
                        const struct identity_answer *answer)
{
    const struct slice *met = NULL;
    size_t n = 0;

    if (!is_answered(chart, CHART_SPF, answer))
        return;
    for (size_t i = 0; i < answer->n_records; i++) {
        if (is_spf(answer->records[i])) {
            met = &answer->records[i];
            n++;
        }
    }
    if (n == 0)
        chart_add(chart, CHART_SPF, CHART_NOTE, answer->name,
                  "consider a record that names your mail servers",
                  "there is no SPF record");
    else if (n > 1)
        chart_add(chart, CHART_SPF, CHART_WARNING, answer->name, "leave one",
                  "there are %zu SPF records, which is an error", n);
    else if (slice_equal_fold(slice_trim(slice_skip(*met, 6)), SLICE("-all")))
        chart_add(chart, CHART_SPF, CHART_ERROR, answer->name,
                  "name your mail servers in it, or send from another domain",
                  "v=spf1 -all: no host may send mail from this domain");
    else
        chart_add(chart, CHART_SPF, CHART_GOOD, answer->name, "", "%.*s",
                  (int)(met->len < 200 ? met->len : 200), met->ptr);
}

void identity_judge_record(struct chart *chart,
                           const struct identity_answer *answer)
{
    struct tlsrpt_record record;

    if (!is_answered(chart, CHART_OWN_RECORD, answer))
        return;
    if (answer->lookup == IDENTITY_ABSENT) {
        chart_add(chart, CHART_OWN_RECORD, CHART_NOTE, answer->name,
                  "publish v=TLSRPTv1; rua=mailto:... to hear how mail to you"
                  " fares",
                  "there is none");
        return;
    }
    if (tlsrpt_record_choose(chart->arena, answer->records, answer->n_records,
                             &record, NULL)) {
        chart->failed = true;
        return;
    }
    if (record.verdict == TLSRPT_VALID)
        chart_add(chart, CHART_OWN_RECORD, CHART_GOOD, answer->name, "",
                  "%zu destination%s", record.n_destinations,
                  record.n_destinations == 1 ? "" : "s");
    else if (record.verdict == TLSRPT_NONE)
        chart_add(chart, CHART_OWN_RECORD, CHART_WARNING, answer->name,
                  "leave one record that begins with v=TLSRPTv1;",
                  "there is no TLSRPT record, or more than one");
    else
        chart_add(chart, CHART_OWN_RECORD, CHART_WARNING, answer->name,
                  "mend it: senders take it for absent", "%s",
                  record.findings.n_items
                      ? record.findings.items[0].kind->message
                      : "it cannot be used");
}

/* "0 .": the domain takes no mail. */
static bool is_null_mx(const struct identity_answer *mx)
{
    return mx->n_records == 1 && mx->records[0].len == 3 &&
           mx->records[0].ptr[2] == '\0';
}

void identity_judge_mx(struct chart *chart, const struct identity_answer *mx,
                       const struct identity_answer *a,
                       const struct identity_answer *aaaa)
{
    const char *const next = "give a contact whose mail somebody reads";

    if (!is_answered(chart, CHART_CONTACT_MX, mx))
        return;
    if (mx->lookup == IDENTITY_FOUND && is_null_mx(mx))
        chart_add(chart, CHART_CONTACT_MX, CHART_WARNING, mx->name, next,
                  "its null MX says that it takes no mail");
    else if (mx->lookup == IDENTITY_FOUND)
        chart_add(chart, CHART_CONTACT_MX, CHART_GOOD, mx->name, "",
                  "%zu MX record%s", mx->n_records,
                  mx->n_records == 1 ? "" : "s");
    else if (!is_answered(chart, CHART_CONTACT_MX, a) ||
             !is_answered(chart, CHART_CONTACT_MX, aaaa))
        return;
    else if (a->n_records + aaaa->n_records == 0)
        chart_add(chart, CHART_CONTACT_MX, CHART_WARNING, mx->name, next,
                  "it has neither MX nor address");
    else
        chart_add(chart, CHART_CONTACT_MX, CHART_GOOD, mx->name, "",
                  "no MX, but an address");
}
