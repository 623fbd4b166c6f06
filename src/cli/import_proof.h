/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Who sent what an import reads, and whose it is: as the daemon judges mail, but
 * an import waits for DNS, where it is told to ask it at all.
 */

#include <stdbool.h>

#include "intake/import.h"
#include "net/resolver.h"
#include "service/settings.h"

struct import_proof;

struct import_proof_options {
    const char *word; /* "mark" or "require"; NULL: DNS is asked nothing */
    struct resolver_options resolver;
    const struct settings *settings; /* whose domains are ours; NULL: all are */
};

/*
 * Readies it; options->settings must outlive it.
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE (another word); as inquiry_start.
 */
int import_proof_open(const struct import_proof_options *options,
                      struct import_proof **out_proof, struct err *err);

/* Ends it, when nothing is imported any more. NULL is allowed. */
void import_proof_close(struct import_proof *proof);

/* What an import goes by; good until import_proof_close. */
struct intake_judges import_proof_judges(struct import_proof *proof);

/* Gives an input the way that it is judged by, where DNS is asked, and the tenant
 * that it came for. Owns: what it is given is good until the next. now: utc_time. */
void import_proof_mark(struct import_proof *proof,
                       struct intake_source_input *input, int64_t now);

/* What becomes of a mail that is not proven. */
enum intake_rule import_proof_rule(const struct import_proof *proof);

/* Tells whether answers of DNS, which is asked, are validated. */
bool import_proof_validates(const struct import_proof *proof);
