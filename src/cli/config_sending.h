/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What a configuration sends, in a few lines for `config check`: where session
 * events are collected, who reports what to whom, by which ways, signed by whom.
 */

struct config;
struct printer;

/* Prints them as text; nothing where nothing is collected or reported. */
void config_sending_print(struct printer *printer, const struct config *config);
