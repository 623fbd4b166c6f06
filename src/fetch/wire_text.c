/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/wire_text.h"

#include "base/text.h"
#include "event/event.h"

enum { UTF16_HALF = 0x10000 };

/* One character that is not plain ASCII, in UTF-16 as JSON escapes have it. */
static void add_special(struct buffer *out, unsigned c)
{
    static const char letters[] = "\b\t\n\f\r\"\\";
    static const char names[] = "btnfr\"\\";
    const char *found = c && c < 0x80 ? strchr(letters, (int)c) : NULL;

    if (found)
        buffer_add(out, (const char[]){ '\\', names[found - letters] }, 2);
    else if (c < UTF16_HALF)
        buffer_add_format(out, "\\u%04x", c);
    else
        buffer_add_format(out, "\\u%04x\\u%04x",
                          0xd800 + ((c - UTF16_HALF) >> 10),
                          0xdc00 + ((c - UTF16_HALF) & 0x3ff));
}

static void add_string(struct buffer *out, const char *text)
{
    struct slice rest = slice_of(text);

    buffer_add_char(out, '"');
    while (rest.len) {
        size_t n;
        unsigned c = text_decode_utf8(rest, &n);

        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
            buffer_add_char(out, (char)c);
        else
            add_special(out, c);
        rest = slice_skip(rest, n);
    }
    buffer_add_char(out, '"');
}

/* Begins a member; the number of its type stands before it. */
static void add_name(struct buffer *out, const char *name)
{
    buffer_add_format(out, ", \"%s\": ", name);
}

static void add_text(struct buffer *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    add_name(out, name);
    add_string(out, text);
}

static void add_texts(struct buffer *out, const char *name,
                      const char *const *texts, size_t n)
{
    if (n == 0)
        return;
    add_name(out, name);
    for (size_t i = 0; i < n; i++) {
        buffer_add_text(out, i ? ", " : "[");
        add_string(out, texts[i]);
    }
    buffer_add_char(out, ']');
}

void wire_text_policy(const struct report_policy *policy, struct buffer *out)
{
    const int number = event_policy_number(slice_of(policy->type_text));

    buffer_add_format(out, "{\"policy-type\": %d",
                      number < 0 ? EVENT_POLICY_NONE : number);
    add_text(out, "policy-domain", policy->domain);
    add_texts(out, "policy-string", policy->strings, policy->n_strings);
    add_texts(out, "mx-host", policy->mx_hosts, policy->n_mx_hosts);
    buffer_add_char(out, '}');
}

void wire_text_failure(const struct report_failure *failure, struct buffer *out)
{
    const int number = event_result_number(slice_of(failure->result_type));

    buffer_add_format(out, "{\"c\": %d",
                      number < 0 ? EVENT_RESULT_VALIDATION_FAILURE : number);
    add_text(out, "s", failure->sending_mta_ip);
    add_text(out, "n", failure->receiving_mx_hostname);
    add_text(out, "h", failure->receiving_mx_helo);
    add_text(out, "r", failure->receiving_ip);
    add_text(out, "a", failure->additional_information);
    add_text(out, "f", failure->failure_reason_code);
    buffer_add_char(out, '}');
}
