/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* Inputs that several tests of the room read. */

/* A report: 10 sessions of example.com, 2 failed, "sts", id "id-1". */
extern const char sample_report[];

/* The same content in another spelling. */
extern const char sample_report_other_spelling[];

/* The same key, 11 sessions. */
extern const char sample_report_conflict[];

/* A mail that holds sample_report as an attachment that is not encoded. */
extern const char sample_mail[];
