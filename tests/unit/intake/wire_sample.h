/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * An item with everything in it, for the tests of the wire; tests change what
 * they are about.
 */

#include "intake/reading.h"

struct wire_sample {
    struct store_finding findings[2];
    struct store_policy policies[3];
    struct store_subject subjects[2];
    struct store_share results[3];
    struct store_share mxs[1];
    struct store_report rows;
    struct dkim_signature signatures[2];
    struct dkim dkim;
    struct intake_item report;  /* a report by mail */
    struct intake_item refusal; /* a file that is none */
};

/* Fills a sample; its pointers lead into itself. */
void wire_sample_init(struct wire_sample *sample);
