/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What the doctor found, for people and as JSON Lines.
 */

#include "doctor/chart.h"

struct printer;

/*
 * Prints a chart: all rows as JSON; as text those that are good in a line each,
 * unless --quiet, and the others with what to do and why.
 */
void doctor_print(struct printer *printer, const struct chart *chart);
