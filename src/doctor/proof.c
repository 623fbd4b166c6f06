/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/proof.h"

#include "doctor/ask.h"
#include "mail/dkim.h"
#include "outgoing/self_test.h"
#include "store/outbox_proof.h"

/* A mail that is being looked at. */
struct proof {
    const struct doctor_options *options;
    struct chart *chart;
    struct outbox *outbox;
    const struct outgoing_identity *identity; /* whose self-test it is */
    struct outbox_proof known;
    struct dkim dkim;
    struct dkim_choice choice;
};

/* ---- Whose it is --------------------------------------------------------- */

/* Where a text stands in the header of a mail. */
static bool header_has(struct slice message, const char *text)
{
    const struct slice wanted = slice_of(text);

    while (message.len) {
        struct slice line = slice_line(message);

        message = slice_skip(message, line.len);
        if (slice_trim(line).len == 0)
            return false;
        for (; line.len >= wanted.len; line = slice_skip(line, 1)) {
            if (slice_starts(line, wanted))
                return true;
        }
    }
    return false;
}

/* Returns: 0; 1 where it is no self-test that was sent last; -1 with err. */
static int find_identity(struct proof *proof, struct slice message,
                         struct err *err)
{
    const struct outgoing_settings *sending = proof->options->sending;

    for (size_t i = 0; i < sending->n_identities; i++) {
        const struct outgoing_identity *identity = &sending->identities[i];
        int status = outbox_find_proof(proof->outbox, identity->name,
                                       proof->chart->arena, &proof->known, err);

        if (status < 0)
            return -1;
        if (status == 0 && *proof->known.token &&
            header_has(message, chart_text(proof->chart, "self-test.%s@",
                                           proof->known.token))) {
            proof->identity = identity;
            return 0;
        }
    }
    return 1;
}

/* ---- Its signatures ------------------------------------------------------ */

static struct dkim_answer answer_of(const struct ask_question *question)
{
    static const enum dkim_lookup lookups[] = {
        [IDENTITY_FOUND] = DKIM_LOOKUP_FOUND,
        [IDENTITY_ABSENT] = DKIM_LOOKUP_ABSENT,
        [IDENTITY_UNANSWERED] = DKIM_LOOKUP_TEMPORARY,
        [IDENTITY_NOT_ASKED] = DKIM_LOOKUP_TEMPORARY,
    };

    return (struct dkim_answer){ .lookup = lookups[question->answer.lookup],
                                 .records = question->answer.records,
                                 .n_records = question->answer.n_records };
}

static int judge_signatures(struct proof *proof,
                            const struct ask_question *questions,
                            struct err *err)
{
    struct arena *arena = proof->chart->arena;
    const size_t n = proof->dkim.n_signatures;
    const char *submitter = outgoing_identity_submitter(proof->identity);
    const struct dkim_senders senders = {
        .contact_domain = submitter,
        .submitter_domain = submitter,
        .from_domain = proof->dkim.from_domain,
    };
    struct dkim_result *results = arena_calloc(arena, n + 1, sizeof(*results));

    if (!results)
        return arena_error(arena, err);
    for (size_t i = 0; i < n; i++) {
        const struct dkim_answer answer = answer_of(&questions[i]);

        if (dkim_judge(&proof->dkim.signatures[i], &answer, DKIM_KEY_ACCEPT,
                       &results[i], err))
            return -1;
    }
    return dkim_choose(arena, &proof->dkim, results, &senders, &proof->choice,
                       err);
}

static int verify(struct proof *proof, struct slice message, struct err *err)
{
    struct chart *chart = proof->chart;
    struct ask_question *questions;
    bool validates;

    if (dkim_read(chart->arena, message, clock_now(proof->options->clock),
                  &proof->dkim, err))
        return -1;
    questions = arena_calloc(chart->arena, proof->dkim.n_signatures + 1,
                             sizeof(*questions));
    if (!questions)
        return arena_error(chart->arena, err);
    for (size_t i = 0; i < proof->dkim.n_signatures; i++) {
        questions[i].name = proof->dkim.signatures[i].query_name;
        questions[i].type = RESOLVER_TXT;
    }
    return ask_all(chart, &proof->options->resolver, questions,
                   proof->dkim.n_signatures, &validates, err) ||
                   judge_signatures(proof, questions, err)
               ? -1
               : 0;
}

/* ---- What it shows ------------------------------------------------------- */

static bool covers(struct slice names, struct slice wanted)
{
    while (names.len) {
        if (slice_equal_fold(slice_trim(slice_cut(&names, ':')), wanted))
            return true;
    }
    return false;
}

/* RFC 8460 section 5.3 would have the two fields covered. */
static void tell_pass(const struct proof *proof)
{
    const struct dkim_signature *signature = proof->choice.signature;
    const bool is_covered =
        covers(signature->names, SLICE("TLS-Report-Domain")) &&
        covers(signature->names, SLICE("TLS-Report-Submitter"));

    chart_add(proof->chart, CHART_RELAY_PROOF, CHART_GOOD,
              outgoing_identity_submitter(proof->identity), "",
              "the relay signs: d=%s s=%s; noted, and good for %d days",
              signature->domain, signature->selector, SELF_TEST_FRESH_DAYS);
    if (!is_covered)
        chart_add(proof->chart, CHART_RELAY_FIELDS, CHART_WARNING,
                  outgoing_identity_submitter(proof->identity),
                  "have the relay sign TLS-Report-Domain and"
                  " TLS-Report-Submitter, too",
                  "its signature does not cover both of them");
}

static void tell_failure(const struct proof *proof)
{
    const struct dkim_choice *choice = &proof->choice;
    const struct dkim_reason *reason = choice->result.reason;
    const bool is_temporary = choice->result.verdict == DKIM_TEMPORARY;

    chart_add(proof->chart, CHART_RELAY_PROOF,
              is_temporary ? CHART_UNKNOWN : CHART_ERROR,
              outgoing_identity_submitter(proof->identity),
              is_temporary ? "try again when DNS answers"
                           : "mend the relay's signing, send another self-test;"
                             " hand over the mail as it came, whole",
              "%s%s%s: %s", choice->signature ? "d=" : "",
              choice->signature && choice->signature->domain
                  ? choice->signature->domain
                  : "",
              choice->signature ? "" : "no signature", reason->message);
}

static int tell(struct proof *proof, struct err *err)
{
    const struct dkim_choice *choice = &proof->choice;

    if (choice->result.verdict != DKIM_PASS) {
        tell_failure(proof);
        return 0;
    }
    if (proof->identity->is_signed_by_relay) {
        int status = outbox_note_proof(
            proof->outbox, proof->identity->name, proof->known.token,
            choice->signature->domain, choice->signature->selector, err);

        if (status < 0)
            return -1;
        tell_pass(proof);
        return 0;
    }
    chart_add(proof->chart, CHART_RELAY_PROOF, CHART_NOTE,
              outgoing_identity_submitter(proof->identity), "",
              "the signature that came back passes: d=%s s=%s; it is not said"
              " that the relay signs, so nothing is noted",
              choice->signature->domain, choice->signature->selector);
    return 0;
}

static int take(struct proof *proof, struct slice message, struct err *err)
{
    const int status = find_identity(proof, message, err);

    if (status)
        return status;
    return verify(proof, message, err) ? -1 : tell(proof, err);
}

int proof_take(const struct doctor_options *options, struct slice message,
               struct chart *chart, struct err *err)
{
    struct proof proof = { .options = options, .chart = chart };
    int rc;

    /* Of a mailbox most are something else. */
    if (!header_has(message, "self-test."))
        return 1;
    rc = outbox_open(options->sending->outbox_url, STORE_WRITE, options->clock,
                     &proof.outbox, err);

    if (rc == 0)
        rc = take(&proof, message, err);
    outbox_close(proof.outbox);
    return rc == 0 && chart->failed ? err_memory(err) : rc;
}

void proof_miss(struct chart *chart)
{
    chart_add(chart, CHART_RELAY_PROOF, CHART_ERROR, "",
              "hand over the mail that tlsrpt report --self-test sent last, as"
              " it came back",
              "the self-test that was sent last is not there");
}
