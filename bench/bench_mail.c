/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Opening report mails, as a ratio against bare gmime plus inflate.
 *
 * The baseline does the least that a program over gmime must do: parse, find
 * the part by its media type, decode it through the library's streams, inflate.
 * Beside it, unwrap_each does all that this room does: limits, header fields,
 * sniffing, findings. Both read the same generated mails of 3 to 16 KB from
 * memory, turn about in each round. Processor time is measured.
 */

#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "base/buffer.h"
#include "unwrap/gzip.h"
#include "unwrap/unwrap.h"

enum { ROUNDS = 15, N_MAILS = 64, PASSES = 8, WINDOW_GZIP = 31 };

static volatile size_t sink;
static uint32_t seed = 8460;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_mail: %s\n", what);
    exit(1);
}

static void add_report(struct buffer *text, unsigned n_failures)
{
    buffer_add_text(text,
                    "{\"organization-name\":\"Example Sender\",\"date-range\":{"
                    "\"start-datetime\":\"2026-10-01T00:00:00Z\","
                    "\"end-datetime\":\"2026-10-01T23:59:59Z\"},"
                    "\"contact-info\":\"tlsrpt@sender.example\","
                    "\"report-id\":\"2026-10-01T00:00:00Z_example.com\","
                    "\"policies\":[{\"policy\":{\"policy-type\":\"sts\","
                    "\"policy-domain\":\"example.com\"},\"summary\":{"
                    "\"total-successful-session-count\":5326,"
                    "\"total-failure-session-count\":303},"
                    "\"failure-details\":[");
    for (unsigned i = 0; i < n_failures; i++)
        buffer_add_format(text,
                          "%s{\"result-type\":\"certificate-expired\","
                          "\"sending-mta-ip\":\"2001:db8:%x:%x::%x\","
                          "\"receiving-mx-hostname\":\"mx%u.example.com\","
                          "\"receiving-ip\":\"198.51.%u.%u\","
                          "\"failed-session-count\":%u}",
                          i ? "," : "", pick(65536), pick(65536), pick(65536),
                          pick(9), pick(256), pick(256), pick(9999));
    buffer_add_text(text, "]}]}");
}

static void add_base64(struct buffer *mail, const struct buffer *octets)
{
    gchar *lines = g_malloc(octets->len * 2 + 16);
    gint state = 0, save = 0;
    gsize len;

    len = g_base64_encode_step((const guchar *)octets->ptr, octets->len, TRUE,
                               lines, &state, &save);
    len += g_base64_encode_close(TRUE, lines + len, &state, &save);
    for (gsize i = 0; i < len; i++) {
        if (lines[i] == '\n')
            buffer_add_char(mail, '\r');
        buffer_add_char(mail, lines[i]);
    }
    g_free(lines);
}

/* The fields that a mail has collected when it is delivered. */
static void add_header(struct buffer *mail, unsigned number)
{
    for (int i = 0; i < 4; i++)
        buffer_add_format(mail,
                          "Received: from mail%d.sender.example (mail%d.sender."
                          "example [192.0.2.%d])\r\n\tby mx.example.com with "
                          "ESMTPS id %08x\r\n\tfor <tlsrpt@example.com>; Fri, "
                          "02 Oct 2026 10:02:03 +0000\r\n",
                          i, i, i, pick(1u << 23));
    buffer_add_text(mail,
                    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;"
                    " d=sender.example; s=2026;\r\n"
                    " h=from:to:subject:date:tls-report-domain;\r\n bh=");
    for (int i = 0; i < 7; i++)
        buffer_add_format(mail, "%06x%06x%06x%06x%06x%06x\r\n ", pick(1u << 23),
                          pick(1u << 23), pick(1u << 23), pick(1u << 23),
                          pick(1u << 23), pick(1u << 23));
    buffer_add_format(mail,
                      "b\r\nFrom: Example Sender <tlsrpt@sender.example>\r\n"
                      "To: <tlsrpt@example.com>\r\n"
                      "Date: Fri, 02 Oct 2026 10:02:03 +0000\r\n"
                      "Message-ID: <%u.report@sender.example>\r\n"
                      "Subject: Report Domain: example.com\r\n"
                      " Submitter: sender.example\r\n"
                      " Report-ID: <%u.report@sender.example>\r\n"
                      "TLS-Report-Domain: example.com\r\n"
                      "TLS-Report-Submitter: sender.example\r\n"
                      "MIME-Version: 1.0\r\n"
                      "Content-Type: multipart/report; report-type=\"tlsrpt\";"
                      "\r\n boundary=\"=_%u_boundary\"\r\n\r\n",
                      number, number, number);
}

static void make_mail(struct buffer *mail, unsigned number)
{
    struct buffer text, gz;

    buffer_init(&text, 1 << 20);
    buffer_init(&gz, 1 << 20);
    buffer_init(mail, 1 << 20);
    add_report(&text, number * 7);
    if (gzip_deflate(buffer_slice(&text), 6, &gz, NULL) != 0)
        fail("cannot deflate");
    add_header(mail, number);
    buffer_add_format(mail,
                      "This is a report.\r\n--=_%u_boundary\r\n"
                      "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
                      "This is an aggregate TLS report from sender.example."
                      "\r\n\r\n--=_%u_boundary\r\n"
                      "Content-Type: application/tlsrpt+gzip\r\n"
                      "Content-Transfer-Encoding: base64\r\n"
                      "Content-Disposition: attachment; filename=\"sender."
                      "example!example.com!1790812800!1790899199!%03u.json.gz\""
                      "\r\n\r\n",
                      number, number, number);
    add_base64(mail, &gz);
    buffer_add_format(mail, "--=_%u_boundary--\r\n", number);
    if (mail->failed || text.failed)
        fail("out of memory");
    buffer_deinit(&text);
    buffer_deinit(&gz);
}

/* Inflates as a plain program does: a buffer that doubles. */
static void inflate_plainly(const guint8 *octets, size_t len)
{
    z_stream stream = { .next_in = (z_const Bytef *)octets,
                        .avail_in = (uInt)len };
    size_t capacity = 16384;
    Bytef *out = malloc(capacity);
    int status = inflateInit2(&stream, WINDOW_GZIP);

    while (out && status == Z_OK) {
        stream.next_out = out + stream.total_out;
        stream.avail_out = (uInt)(capacity - stream.total_out);
        status = inflate(&stream, Z_NO_FLUSH);
        if (status == Z_OK)
            out = realloc(out, capacity *= 2);
    }
    if (status != Z_STREAM_END || !out)
        fail("the baseline cannot inflate");
    sink += stream.total_out + (unsigned char)out[0];
    inflateEnd(&stream);
    free(out);
}

static void take_part(GMimeObject *parent, GMimeObject *part, gpointer data)
{
    GMimeContentType *type = g_mime_object_get_content_type(part);
    GMimeStream *stream;
    GByteArray *octets;

    (void)parent;
    if (!g_mime_content_type_is_type(type, "application", "tlsrpt+gzip"))
        return;
    stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(
        g_mime_part_get_content(GMIME_PART(part)), stream);
    octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    inflate_plainly(octets->data, octets->len);
    g_object_unref(stream);
    ++*(unsigned *)data;
}

static void read_barely(const struct buffer *mail)
{
    GMimeStream *stream =
        g_mime_stream_mem_new_with_buffer(mail->ptr, mail->len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    unsigned n = 0;

    g_mime_message_foreach(message, take_part, &n);
    if (n != 1)
        fail("the baseline finds no report");
    g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
}

static int take_candidate(void *context, struct unwrap_candidate *candidate,
                          struct err *err)
{
    (void)err;
    if (candidate->refused || candidate->findings->n_items)
        fail("the mail is refused or has findings");
    sink += candidate->len + (unsigned char)candidate->text[0];
    ++*(unsigned *)context;
    return 0;
}

static void read_by_unwrap(struct arena *arena, const struct buffer *mail)
{
    unsigned n = 0;

    arena_reset(arena);
    if (unwrap_each(arena, buffer_slice(mail), NULL, take_candidate, &n,
                    NULL) ||
        n != 1)
        fail("unwrap finds no report");
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof(*values), compare);
    return values[ROUNDS / 2];
}

int main(void)
{
    static struct buffer mails[N_MAILS];
    double bare[ROUNDS], ours[ROUNDS], ratios[ROUNDS];
    const double n = N_MAILS * PASSES;
    size_t bytes = 0;
    struct arena arena;

    g_mime_init();
    arena_init(&arena, 1 << 20);
    for (unsigned i = 0; i < N_MAILS; i++) {
        make_mail(&mails[i], i);
        bytes += mails[i].len;
    }
    for (int r = 0; r < ROUNDS; r++) {
        double t0 = now_s(), t1;

        for (unsigned i = 0; i < N_MAILS * PASSES; i++)
            read_barely(&mails[i % N_MAILS]);
        t1 = now_s();
        for (unsigned i = 0; i < N_MAILS * PASSES; i++)
            read_by_unwrap(&arena, &mails[i % N_MAILS]);
        bare[r] = t1 - t0;
        ours[r] = now_s() - t1;
        ratios[r] = ours[r] / bare[r];
    }
    printf("mails of %zu to %zu octets, %zu on average\n", mails[0].len,
           mails[N_MAILS - 1].len, bytes / N_MAILS);
    printf("bare gmime and inflate  %6.1f us a mail\n", median(bare) * 1e6 / n);
    printf("unwrap_each             %6.1f us a mail\n", median(ours) * 1e6 / n);
    printf("ratio                   %6.2f (at most 1.4)\n", median(ratios));
    arena_deinit(&arena);
    for (unsigned i = 0; i < N_MAILS; i++)
        buffer_deinit(&mails[i]);
    return median(ratios) <= 1.4 ? 0 : 1;
}
