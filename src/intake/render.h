/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A result of reading as JSON: the one report object of show and the API.
 *
 * Member names are those of docs/json.md: a report, a DMARC report, or where the
 * input was refused {"input", "refused", "findings"}.
 */

struct intake_result;
struct json_writer;

/*
 * Writes one JSON object. input: what to call the input.
 * Out of memory shows as the failure of the writer's buffer.
 */
void intake_render_result(struct json_writer *writer, const char *input,
                          const struct intake_result *result);
