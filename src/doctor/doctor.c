/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/doctor.h"

#include "doctor/examine.h"

int doctor_examine(const struct doctor_options *options, struct chart *chart,
                   struct err *err)
{
    struct examine examine;

    examine_init(&examine, options, chart);
    examine_files(&examine);
    examine_machine(&examine);
    if (examine_sending(&examine, err))
        return -1;
    return chart->failed ? err_memory(err) : 0;
}
