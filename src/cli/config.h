/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The configuration file: from its path to settings, or to all that is wrong.
 *
 * Read whole and checked whole: either there are settings to go by or there are
 * errors, each with file and line. Workload: some hundred lines at a start and
 * at each reload.
 */

#include "base/err.h"
#include "cli/config_problem.h"
#include "cli/config_text.h"
#include "service/settings.h"

/* What one reading found. */
struct config {
    struct settings *settings; /* NULL where there are errors */
    struct config_problems problems;
    struct config_text text; /* the places of problems point into it */
};

/*
 * Reads a configuration with all it includes.
 * load: config_file_load, or a test's.
 * Returns: 0, whatever the problems; -1 with err (ERR_MEMORY), nothing is to be
 * freed then.
 */
int config_read(const char *path, config_text_load_function *load,
                void *context, struct config *out_config, struct err *err);

/* Frees what a reading found; settings that were not taken, too. */
void config_deinit(struct config *config);
