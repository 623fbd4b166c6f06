/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A DMARC report as JSON, within the object of intake/render.h.
 *
 * Member names are those of docs/json.md.
 */

struct dmarc_report;
struct json_writer;

/* Writes the members of a report, without its findings, into an open object. */
void render_dmarc_members(struct json_writer *writer,
                          const struct dmarc_report *report);
