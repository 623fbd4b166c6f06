/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/phrase.h"

#include <string.h>

#include "base/domain.h"
#include "cli/printer.h"

const char *phrase_or(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

void phrase_add_domain(struct buffer *text, struct arena *scratch,
                       const char *domain)
{
    const char *shown =
        domain && *domain ? domain_unicode(scratch, domain) : NULL;

    buffer_add_text(text, phrase_or(domain, "an unnamed domain"));
    if (shown && strcmp(shown, domain) != 0)
        buffer_add_format(text, " (%s)", shown);
}

void phrase_add_days(struct buffer *text, utc_time start, utc_time end,
                     utc_day day)
{
    char on[UTC_DAY_BYTES], from[UTC_TIME_BYTES], to[UTC_TIME_BYTES];

    utc_day_format(day, on);
    if (start == UTC_NONE || end == UTC_NONE) {
        buffer_add_text(text, "no range of days given");
    } else if (start % UTC_DAY_SECONDS == 0 &&
               utc_day_of(end - 1) == utc_day_of(start)) {
        buffer_add_format(text, "%s (UTC)", on);
    } else {
        buffer_add_format(text, "%s to %s, counted on %s",
                          utc_format(start, from), utc_format(end, to), on);
    }
}

void phrase_end_paragraph(struct buffer *text, struct printer *printer,
                          unsigned first, unsigned rest)
{
    printer_paragraph(printer, first, rest, buffer_text(text));
    buffer_reset(text);
}
