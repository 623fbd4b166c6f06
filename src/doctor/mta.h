/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * MTA: what a Postfix on this machine is told about TLSRPT.
 *
 * As permission.h: one function runs postconf, the other judges its words.
 */

#include "doctor/chart.h"

/* What postconf said; NULL where there is no Postfix. */
struct mta_words {
    const char *text;    /* "name = value" a line */
    const char *failure; /* why it could not be asked; or NULL */
};

/*
 * Runs postconf, where it is installed; without a shell, for a few seconds at
 * most.
 */
void mta_look(struct chart *chart, struct mta_words *out_words);

/*
 * Judges it.
 * socket: where the collector receives; NULL where that is not known.
 * has_echoes: sessions of our report mails are taken to stand in the tallies.
 */
void mta_judge(struct chart *chart, const struct mta_words *words,
               const char *socket, bool has_echoes);
