/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "crypt/signature.h"
#include "doctor/ask.h"
#include "doctor/examine.h"
#include "doctor/running.h"
#include "net/submit.h"
#include "outgoing/self_test.h"
#include "service/letters.h"
#include "store/outbox_proof.h"
#include "store/url.h"

/* The questions about an identity, behind those about DNS itself. */
enum { ASK_ROOT, ASK_FIRST };
enum {
    ASK_KEY,
    ASK_SECOND_KEY,
    ASK_SPF,
    ASK_RECORD,
    ASK_MX,
    ASK_A,
    ASK_AAAA,
    ASK_COUNT
};
enum { TYPE_NS = 2 };

/* What signs for an identity, once or twice. */
struct signing {
    struct signature_key *keys[LETTERS_SIGNERS]; /* NULL: none usable */
    const char *names[LETTERS_SIGNERS]; /* of the public ones; NULL: none is
                                           known */
};

/* ---- DNS ----------------------------------------------------------------- */

static void judge_dns(struct chart *chart, const struct ask_question *root,
                      bool validates)
{
    if (root->answer.lookup == IDENTITY_UNANSWERED) {
        chart_add(chart, CHART_DNS, CHART_UNKNOWN, "",
                  "look at the network, and at forward in the section resolver",
                  "no answer for the name servers of the root: %s",
                  root->answer.why);
        return;
    }
    chart_add(chart, CHART_DNS, CHART_GOOD, "", "", "it answers");
    if (!validates)
        chart_add(chart, CHART_DNSSEC, CHART_WARNING, "",
                  "install dns-root-data, or give an anchor in the section"
                  " resolver",
                  "there is no trust anchor, so nothing is validated");
    else if (!root->is_secure)
        chart_add(chart, CHART_DNSSEC, CHART_WARNING, "",
                  "ask a resolver that passes signatures on",
                  "the root came without proof");
    else
        chart_add(chart, CHART_DNSSEC, CHART_GOOD, "", "",
                  "the root is proven");
}

/* ---- Who signs ----------------------------------------------------------- */

static const char *name_of(const struct outgoing_identity *identity)
{
    return *identity->name ? identity->name
                           : outgoing_identity_submitter(identity);
}

static const char *domain_behind(const char *address)
{
    const char *at = strrchr(address, '@');

    return at ? at + 1 : address;
}

static void add_key(struct chart *chart, const char *path,
                    const struct signature_key *key, bool is_weak)
{
    const unsigned bits = signature_key_bits(key);

    if (is_weak)
        chart_add(chart, CHART_DKIM_KEY, CHART_WARNING, path,
                  "make a key of 2048 bits, with another selector",
                  "rsa, %u bits", bits);
    else
        chart_add(chart, CHART_DKIM_KEY, CHART_GOOD, path, "", "%s, %u bits",
                  signature_key_kind(key) == SIGNATURE_RSA ? "rsa" : "ed25519",
                  bits);
}

static void look_at_key(const struct examine *examine,
                        const struct outgoing_identity *identity,
                        const struct letters_signer *signer,
                        struct signature_key **out_key)
{
    struct chart *chart = examine->chart;
    bool is_weak = false;
    struct err err;

    if (letters_read_key(identity, signer, out_key, &is_weak, &err) == 0)
        add_key(chart, signer->key_file, *out_key, is_weak);
    else if (permission_is_hidden(signer->key_file, PERMISSION_READ))
        chart_add(chart, CHART_DKIM_KEY, CHART_UNKNOWN, signer->key_file,
                  PERMISSION_HIDDEN, "%s", err.text);
    else if (err.system_errno == ENOENT &&
             permission_is_credential(signer->key_file))
        chart_add(chart, CHART_DKIM_KEY, CHART_UNKNOWN, signer->key_file,
                  "run it while the unit runs",
                  "it is given by LoadCredential= while the unit runs");
    else
        chart_add(chart, CHART_DKIM_KEY, CHART_ERROR, signer->key_file,
                  "no mail goes out until this is mended", "%s", err.text);
}

static void look_at_signers(const struct examine *examine,
                            const struct outgoing_identity *identity,
                            const struct letters_signer *signers, size_t n,
                            struct signing *signing)
{
    struct chart *chart = examine->chart;

    for (size_t i = 0; i < n; i++) {
        chart_add(chart, CHART_SIGNATURE, CHART_GOOD, name_of(identity), "",
                  "tlsrpt, d=%s s=%s", letters_signing_domain(identity),
                  signers[i].selector);
        look_at_key(examine, identity, &signers[i], &signing->keys[i]);
        signing->names[i] =
            chart_text(chart, "%s._domainkey.%s", signers[i].selector,
                       letters_signing_domain(identity));
    }
}

/* What is known of an identity's self-tests; NULL where nothing is. */
static const struct outbox_proof *find_proof(
    const struct examine *examine, const struct outgoing_identity *identity,
    struct outbox_proof *out, struct err *err)
{
    const struct doctor_options *options = examine->options;
    struct outbox *outbox = NULL;
    int status = outbox_open(options->sending->outbox_url, STORE_READ,
                             options->clock, &outbox, err);

    if (status == 0)
        status = outbox_find_proof(outbox, identity->name,
                                   examine->chart->arena, out, err);
    outbox_close(outbox);
    return status ? NULL : out;
}

static bool is_outbox_hidden(const struct examine *examine)
{
    const char *path = url_path(examine->options->sending->outbox_url);

    return path &&
           permission_is_hidden(path, PERMISSION_READ | PERMISSION_WRITE);
}

static void look_at_proof(const struct examine *examine,
                          const struct outgoing_identity *identity,
                          struct signing *signing)
{
    struct chart *chart = examine->chart;
    const char *way =
        self_test_way(chart->arena, examine->options->sending, identity);
    const struct outbox_proof *proof;
    struct outbox_proof known;
    struct err err;
    enum self_test_worth worth;

    if (!way) {
        chart->failed = true;
        return;
    }
    proof = find_proof(examine, identity, &known, &err);
    if (!proof && is_outbox_hidden(examine)) {
        chart_add(chart, CHART_RELAY_PROOF, CHART_UNKNOWN, name_of(identity),
                  PERMISSION_HIDDEN, "%s", err.text);
        return;
    }
    worth = self_test_judge(proof, way, clock_now(examine->options->clock));
    identity_judge_proof(chart, name_of(identity), proof, worth);
    if (proof && self_test_suffices(worth))
        signing->names[0] = chart_text(chart, "%s._domainkey.%s",
                                       proof->selector, proof->domain);
}

static void look_at_signature(const struct examine *examine,
                              const struct outgoing_identity *identity,
                              struct signing *signing)
{
    struct chart *chart = examine->chart;
    struct letters_signer signers[LETTERS_SIGNERS];
    const size_t n = letters_signers(identity, signers);

    if (identity->is_signed_by_relay) {
        chart_add(chart, CHART_SIGNATURE, CHART_GOOD, name_of(identity), "",
                  "the relay, as is stated");
        look_at_proof(examine, identity, signing);
    } else if (n == 0) {
        chart_add(
            chart, CHART_SIGNATURE, CHART_ERROR, name_of(identity),
            "give dkim_selector and dkim_key, or say that the relay signs",
            "nobody, so no mail goes out");
    } else {
        look_at_signers(examine, identity, signers, n, signing);
    }
}

/* ---- How it leaves ------------------------------------------------------- */

static void look_at_relay(const struct examine *examine)
{
    const struct outgoing_relay *relay = &examine->options->sending->relay;
    struct chart *chart = examine->chart;
    struct submit_url url;
    struct err err;

    if (relay->url && submit_url_parse(relay->url, relay->user, &url, &err))
        chart_add(chart, CHART_RELAY, CHART_ERROR, relay->url, "mend the URL",
                  "%s", err.text);
    else if (relay->url)
        chart_add(chart, CHART_RELAY, CHART_GOOD, relay->url, "",
                  "%s port %u%s", url.host, url.port,
                  relay->user ? ", with a login" : "");
    else if (relay->sendmail.n_items == 0)
        chart_add(chart, CHART_RELAY, CHART_ERROR, "",
                  "give a relay or a sendmail command",
                  "there is neither, so no mail goes out");
    else if (strchr(relay->sendmail.items[0], '/') &&
             access(relay->sendmail.items[0], X_OK))
        chart_add(chart, CHART_RELAY, CHART_ERROR, relay->sendmail.items[0],
                  "install it, or name another", "it cannot be run");
    else
        chart_add(chart, CHART_RELAY, CHART_GOOD, relay->sendmail.items[0], "",
                  "a sendmail command");
}

/* ---- Questions ----------------------------------------------------------- */

static void put_questions(struct chart *chart,
                          const struct outgoing_identity *identity,
                          const struct signing *signing,
                          struct ask_question *questions)
{
    const char *submitter = outgoing_identity_submitter(identity);
    const char *sender = domain_behind(outgoing_identity_sender(identity));
    const struct ask_question all[ASK_COUNT] = {
        [ASK_KEY] = { .name = signing->names[0], .type = RESOLVER_TXT },
        [ASK_SECOND_KEY] = { .name = signing->names[1], .type = RESOLVER_TXT },
        [ASK_SPF] = { .name = sender, .type = RESOLVER_TXT },
        [ASK_RECORD] = { .name = chart_text(chart, "_smtp._tls.%s", submitter),
                         .type = RESOLVER_TXT },
        [ASK_MX] = { .name = submitter, .type = RESOLVER_MX },
        [ASK_A] = { .name = submitter, .type = RESOLVER_A },
        [ASK_AAAA] = { .name = submitter, .type = RESOLVER_AAAA },
    };

    memcpy(questions, all, sizeof(all));
}

static void judge_answers(const struct examine *examine,
                          const struct signing *signing,
                          const struct ask_question *asked)
{
    struct chart *chart = examine->chart;

    for (size_t i = 0; i < LETTERS_SIGNERS; i++) {
        const struct identity_answer *answer = &asked[ASK_KEY + i].answer;

        if (answer->lookup != IDENTITY_NOT_ASKED)
            identity_judge_key(chart, signing->keys[i], answer);
    }
    identity_judge_spf(chart, &asked[ASK_SPF].answer);
    identity_judge_record(chart, &asked[ASK_RECORD].answer);
    identity_judge_mx(chart, &asked[ASK_MX].answer, &asked[ASK_A].answer,
                      &asked[ASK_AAAA].answer);
}

static int ask(const struct examine *examine, const struct signing *signings,
               size_t n, struct err *err)
{
    const struct doctor_options *options = examine->options;
    const size_t n_questions = ASK_FIRST + n * ASK_COUNT;
    struct ask_question *questions =
        arena_calloc(examine->chart->arena, n_questions, sizeof(*questions));
    bool validates = false;
    struct err why;

    if (!questions)
        return arena_error(examine->chart->arena, err);
    questions[ASK_ROOT] = (struct ask_question){ .name = ".", .type = TYPE_NS };
    for (size_t i = 0; i < n; i++)
        put_questions(examine->chart, &options->sending->identities[i],
                      &signings[i], questions + ASK_FIRST + i * ASK_COUNT);
    if (ask_all(examine->chart, &options->resolver, questions, n_questions,
                &validates, &why)) {
        chart_add(examine->chart, CHART_DNS, CHART_ERROR, "",
                  "mend the section resolver", "%s", why.text);
        return 0;
    }
    judge_dns(examine->chart, &questions[ASK_ROOT], validates);
    for (size_t i = 0; i < n; i++)
        judge_answers(examine, &signings[i],
                      questions + ASK_FIRST + i * ASK_COUNT);
    return 0;
}

/* Who takes the mails. */
static const char *relay_of(const struct outgoing_relay *relay)
{
    if (relay->url)
        return relay->url;
    return relay->sendmail.n_items ? relay->sendmail.items[0] : "";
}

/* ---- The reporter -------------------------------------------------------- */

static void look_at_reporter(const struct examine *examine)
{
    const struct outgoing_settings *sending = examine->options->sending;
    const struct clock *clock = examine->options->clock;
    struct running_outbox outbox;
    struct running_days days;

    running_look_days(examine->chart, sending, clock, &days);
    running_judge_days(examine->chart, sending->outbox_url, &days);
    running_look_outbox(examine->chart, sending->outbox_url, clock, &outbox);
    running_judge_outbox(examine->chart, sending->outbox_url,
                         relay_of(&sending->relay), &outbox, clock_now(clock));
}

int examine_sending(const struct examine *examine, struct err *err)
{
    const struct outgoing_settings *sending = examine->options->sending;
    const size_t n = examine->options->is_sending ? sending->n_identities : 0;
    struct signing *signings =
        arena_calloc(examine->chart->arena, n + 1, sizeof(*signings));
    int rc;

    if (!signings)
        return arena_error(examine->chart->arena, err);
    for (size_t i = 0; i < n; i++)
        look_at_signature(examine, &sending->identities[i], &signings[i]);
    rc = ask(examine, signings, n, err);
    for (size_t i = 0; i < n * LETTERS_SIGNERS; i++)
        signature_key_free(
            signings[i / LETTERS_SIGNERS].keys[i % LETTERS_SIGNERS]);
    if (n) {
        look_at_relay(examine);
        look_at_reporter(examine);
    }
    return rc;
}
