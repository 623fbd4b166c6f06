/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/dkim_sink.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

int dkim_sink_init(struct dkim_sink *sink)
{
    sink->n_staged = 0;
    sink->digest = digest_new();
    return sink->digest ? 0 : -1;
}

void dkim_sink_deinit(struct dkim_sink *sink)
{
    digest_free(sink->digest);
    sink->digest = NULL;
}

static void flush(struct dkim_sink *sink)
{
    digest_add(sink->digest, slice_make(sink->staged, sink->n_staged));
    sink->n_staged = 0;
}

void dkim_sink_add(struct dkim_sink *sink, struct slice octets)
{
    if (octets.len > DKIM_SINK_BYTES - sink->n_staged)
        flush(sink);
    if (octets.len > DKIM_SINK_BYTES) {
        digest_add(sink->digest, octets);
    } else if (octets.len) {
        memcpy(sink->staged + sink->n_staged, octets.ptr, octets.len);
        sink->n_staged += octets.len;
    }
}

void dkim_sink_finish(struct dkim_sink *sink,
                      unsigned char out[static DIGEST_BYTES])
{
    flush(sink);
    digest_finish(sink->digest, out);
}

void dkim_sink_add_words(struct dkim_sink *sink, struct slice s, bool *gap)
{
    while (s.len) {
        size_t n = 0;

        if (is_blank(*s.ptr)) {
            *gap = true;
            s = slice_skip(s, 1);
            continue;
        }
        while (n < s.len && !is_blank(s.ptr[n]))
            n++;
        if (*gap)
            dkim_sink_add(sink, SLICE(" "));
        *gap = false;
        dkim_sink_add(sink, slice_make(s.ptr, n));
        s = slice_skip(s, n);
    }
}
