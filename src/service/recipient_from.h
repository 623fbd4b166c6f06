/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Where a source of stored mails looks for whom they came for.
 */

enum recipient_from {
    RECIPIENT_NONE,  /* nowhere: the source says whose they are */
    RECIPIENT_TRACE, /* what the last MTA noted */
    RECIPIENT_HEADER /* and To and Cc, where it noted nothing */
};
