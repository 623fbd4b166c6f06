/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/header.h"

static const struct header common[] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; "
      "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Embedder-Policy", "require-corp" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy",
      "camera=(), geolocation=(), microphone=(), payment=()" },
    /* Kept by the one who asked, and asked for again each time: what changed
       is never seen late, what did not costs an empty 304. */
    { "Cache-Control", "private, no-cache" },
    { "Vary", "Accept-Encoding" },
};

const struct header *header_common(size_t *out_n)
{
    *out_n = sizeof common / sizeof common[0];
    return common;
}
