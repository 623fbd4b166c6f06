/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/header.h"

#include "web/asset.h"

static const struct header common[] = {
    { "Content-Security-Policy", asset_policy },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy",
      "camera=(), geolocation=(), microphone=(), payment=()" },
    { "Vary", "Accept-Encoding" },
};

const struct header *header_common(size_t *out_n)
{
    *out_n = sizeof common / sizeof common[0];
    return common;
}

const char *header_cache(bool is_lasting)
{
    return is_lasting ? "private, max-age=31536000, immutable"
                      : "private, no-cache";
}
