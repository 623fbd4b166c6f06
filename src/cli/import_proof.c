/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/import_proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "service/inquiry.h"
#include "service/known.h"
#include "service/limits.h"
#include "service/recipient.h"

/* While DNS is silent an import of thousands of mails must come to its end. */
enum { SILENT_FROM_MS = 3000, SILENT_WAIT_MS = 200 };

struct import_proof {
    const struct settings *settings;
    struct intake_origin origin; /* of files that are verified */
    struct intake_origin at_hand;
    struct known known;
    struct inquiry *inquiry; /* NULL where nothing is asked */
    bool is_silent;          /* DNS: it was waited for in vain */
};

static struct answers_answer find(void *context, const char *name,
                                  struct arena *arena)
{
    struct import_proof *proof = context;
    int64_t begin_ms = clock_monotonic_ms();
    struct answers_answer answer = inquiry_find(
        proof->inquiry, name,
        proof->is_silent ? SILENT_WAIT_MS : SERVICE_CONSENT_MS, arena);

    if (answer.status == ANSWERS_FOUND || answer.status == ANSWERS_ABSENT)
        proof->is_silent = false;
    else if (clock_monotonic_ms() - begin_ms >= SILENT_FROM_MS)
        proof->is_silent = true;
    /* The import is over by the time that it comes. */
    if (answer.status == ANSWERS_PENDING)
        answer.status = ANSWERS_TEMPORARY;
    return answer;
}

static bool has_domain(void *context, const char *domain)
{
    const struct import_proof *proof = context;

    return settings_has_domain(proof->settings, domain);
}

static int read_word(const char *word, enum intake_rule *out_rule,
                     struct err *err)
{
    bool is_require = strcmp(word, "require") == 0;

    if (!is_require && strcmp(word, "mark") != 0)
        return err_set(err, ERR_USAGE,
                       "--proof is mark or require, not \"%.64s\"", word);
    *out_rule = is_require ? INTAKE_REQUIRE : INTAKE_MARK;
    return 0;
}

int import_proof_open(const struct import_proof_options *options,
                      struct import_proof **out_proof, struct err *err)
{
    struct import_proof *proof = calloc(1, sizeof(*proof));

    if (!proof)
        return err_memory(err);
    proof->settings = options->settings;
    proof->origin = (struct intake_origin){ .source = "",
                                            .tenant = "",
                                            .destination = "",
                                            .way = INTAKE_WAY_MAIL,
                                            .rule = INTAKE_MARK };
    proof->known = (struct known){ .find = find,
                                   .has_domain = has_domain,
                                   .context = proof };
    if (options->word &&
        (read_word(options->word, &proof->origin.rule, err) ||
         inquiry_start(&options->resolver, &proof->inquiry, err))) {
        import_proof_close(proof);
        return -1;
    }
    *out_proof = proof;
    return 0;
}

void import_proof_close(struct import_proof *proof)
{
    if (!proof)
        return;
    inquiry_stop(proof->inquiry);
    free(proof);
}

struct intake_judges import_proof_judges(struct import_proof *proof)
{
    struct intake_judges judges = known_judges(&proof->known);

    if (!proof->inquiry)
        judges.find_key = NULL;
    /* Where domains are configured reports about others are not ours. */
    if (!proof->settings || !settings_has_domains(proof->settings))
        judges.claims = judges.claims_dmarc = NULL;
    return judges;
}

static void find_tenant(struct import_proof *proof,
                        struct intake_source_input *input)
{
    static const struct intake_origin of_file = { .source = "",
                                                  .tenant = "",
                                                  .destination = "" };
    const struct settings_tenant *tenant =
        proof->settings
            ? recipient_tenant(proof->settings, input->octets, RECIPIENT_HEADER)
            : NULL;

    if (!tenant)
        return;
    proof->at_hand = input->origin ? *input->origin : of_file;
    proof->at_hand.tenant = tenant->name;
    input->origin = &proof->at_hand;
}

void import_proof_mark(struct import_proof *proof,
                       struct intake_source_input *input, int64_t now)
{
    if (proof->inquiry) {
        if (!input->origin)
            input->origin = &proof->origin;
        input->now = now;
    }
    find_tenant(proof, input);
}

enum intake_rule import_proof_rule(const struct import_proof *proof)
{
    return proof->origin.rule;
}

bool import_proof_validates(const struct import_proof *proof)
{
    return inquiry_validates(proof->inquiry);
}
