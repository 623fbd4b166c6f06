/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/compose.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "crypt/base64.h"
#include "crypt/digest.h"

enum {
    LOCAL_MAX_BYTES = 64,    /* RFC 5321 section 4.5.3.1.1 */
    DOMAIN_PART_BYTES = 255, /* section 4.5.3.1.2 */
    VALUE_MAX_BYTES = 640,   /* of a field: an address with all of it escaped */
    LINE_CHARACTERS = 76,
    /* A name that fits is told as it is, which every reader understands. */
    FILE_NAME_LINE_BYTES = 200,
    FILE_NAME_PIECE_BYTES = 60,
    /* Octets of a name in one encoded word of 75 characters, RFC 2047. */
    WORD_BYTES = 45,
    NAME_MAX_BYTES = 200,
    BOUNDARY_HEX = 32,
    BOUNDARY_BYTES = BOUNDARY_HEX + 16
};

/* ---- Addresses ----------------------------------------------------------- */

static bool is_printable(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < 0x20 || s.ptr[i] > 0x7e)
            return false;
    }
    return true;
}

static bool is_atom_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Tells whether a local part stands without quotes: RFC 5322 section 3.2.3. */
static bool is_dot_atom(struct slice s)
{
    char before = '.';

    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.' ? before == '.' : !is_atom_char(s.ptr[i]))
            return false;
        before = s.ptr[i];
    }
    return before != '.';
}

static void add_quoted(struct buffer *out, struct slice s)
{
    buffer_add_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            buffer_add_char(out, '\\');
        buffer_add_char(out, s.ptr[i]);
    }
    buffer_add_char(out, '"');
}

int compose_address(const char *local, const char *domain, struct buffer *out,
                    struct err *err)
{
    struct slice l = slice_of(local), d = slice_of(domain);

    if (l.len == 0 || d.len == 0 || l.len > LOCAL_MAX_BYTES ||
        d.len > DOMAIN_PART_BYTES)
        return err_set(err, ERR_INPUT, "the address is empty or too long");
    if (!is_printable(l) || !is_printable(d) ||
        strpbrk(domain, " \t<>@,;:\"\\()"))
        return err_set(err, ERR_INPUT,
                       "the address has characters that no mail server takes");
    if (is_dot_atom(l))
        buffer_add(out, l.ptr, l.len);
    else
        add_quoted(out, l);
    buffer_add_char(out, '@');
    buffer_add(out, d.ptr, d.len);
    return out->failed ? err_memory(err) : 0;
}

/* ---- Header -------------------------------------------------------------- */

/* A text between other text of a header field. forbidden: what would end it. */
static int check_text(const char *what, const char *text, const char *forbidden,
                      struct err *err)
{
    struct slice s = slice_of(text);

    if (s.len == 0 || s.len > VALUE_MAX_BYTES || !is_printable(s) ||
        strpbrk(text, forbidden))
        return err_set(err, ERR_INPUT, "%s \"%.100s\" does not fit in a mail",
                       what, text ? text : "");
    return 0;
}

static int check(const struct compose_report *r, struct err *err)
{
    if (check_text("the sender", r->from_address, "<>", err) ||
        check_text("the address", r->to_address, "<>", err) ||
        check_text("the domain", r->domain, " <>\"\\", err) ||
        check_text("the submitter", r->submitter, " <>\"\\", err) ||
        check_text("the report-id", r->report_id, " <>\"\\", err) ||
        check_text("the message-id", r->message_id, " <>\"\\", err) ||
        check_text("the file name", r->file_name, " <>\"\\", err))
        return -1;
    return 0;
}

/* "Sat, 21 Nov 2026 00:10:00 +0000": RFC 5322 section 3.3. */
static void add_date(struct buffer *out, utc_time time)
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970 on */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[UTC_TIME_BYTES] = "1970-01-01T00:00:00Z";
    int weekday = utc_day_of(time) % 7, month;

    /* Its parts stand in the other form, in places that do not move. */
    utc_format(time, text);
    month = (text[5] - '0') * 10 + text[6] - '1';
    buffer_add_format(out, "Date: %.3s, %.2s %.3s %.4s %.8s +0000\r\n",
                      days + 3 * (weekday < 0 ? weekday + 7 : weekday),
                      text + 8, months + 3 * month, text, text + 11);
}

/* A name beyond ASCII as encoded words, a line each: RFC 2047 section 2. */
static void add_words(struct buffer *out, struct slice name)
{
    while (name.len) {
        struct slice piece = text_cut(name, WORD_BYTES);

        if (piece.len == 0)
            piece = slice_make(name.ptr, 1);
        buffer_add_text(out, "=?utf-8?B?");
        base64_encode(piece, 0, "", out);
        buffer_add_text(out, "?=\r\n ");
        name = slice_skip(name, piece.len);
    }
}

static void add_from(struct buffer *out, const struct compose_report *r)
{
    struct slice name = text_cut(slice_of(r->from_name), NAME_MAX_BYTES);

    buffer_add_text(out, "From: ");
    if (name.len && is_printable(name)) {
        add_quoted(out, name);
        buffer_add_text(out, "\r\n ");
    } else if (name.len) {
        add_words(out, name);
    }
    buffer_add_format(out, "<%s>\r\n", r->from_address);
}

static void add_header(struct buffer *out, const struct compose_report *r,
                       const char *boundary)
{
    add_date(out, r->now);
    add_from(out, r);
    buffer_add_format(out, "To: <%s>\r\n", r->to_address);
    buffer_add_format(out,
                      "Subject: Report Domain: %s\r\n Submitter: %s\r\n"
                      " Report-ID: <%s>\r\n",
                      r->domain, r->submitter, r->report_id);
    buffer_add_format(out, "Message-ID: <%s>\r\n", r->message_id);
    buffer_add_text(out, "Auto-Submitted: auto-generated\r\n");
    buffer_add_format(out, "TLS-Report-Domain: %s\r\n", r->domain);
    buffer_add_format(out, "TLS-Report-Submitter: %s\r\n", r->submitter);
    /* RFC 8689: delivered even where TLS is what is broken. */
    buffer_add_text(out, "TLS-Required: No\r\nMIME-Version: 1.0\r\n");
    buffer_add_format(out,
                      "Content-Type: multipart/report; report-type=\"tlsrpt\";"
                      "\r\n boundary=\"%s\"\r\n",
                      boundary);
}

/* ---- Parts --------------------------------------------------------------- */

static void add_summary(struct buffer *out, const struct compose_report *r)
{
    char start[UTC_TIME_BYTES], end[UTC_TIME_BYTES];

    buffer_add_text(out, "Content-Type: text/plain; charset=us-ascii\r\n"
                         "Content-Transfer-Encoding: 7bit\r\n\r\n"
                         "This is a TLS report (RFC 8460): how mail that was"
                         " sent to a domain\r\nfared with TLS.\r\n\r\n");
    buffer_add_format(out, "Domain:     %s\r\n", r->domain);
    buffer_add_format(out, "Submitter:  %s\r\n", r->submitter);
    buffer_add_format(out, "Period:     %s to %s\r\n",
                      utc_format(r->start, start), utc_format(r->end, end));
    buffer_add_format(
        out, "Sessions:   %" PRId64 " successful, %" PRId64 " failed\r\n",
        r->successes, r->failures);
    buffer_add_format(out, "Report-ID:  %s\r\n\r\n", r->report_id);
    buffer_add_text(out, "The report is attached. A program wrote this mail,"
                         " and wants no answer.\r\n");
}

/* The '!' in the name asks for quotes; RFC 2231 section 3 for long names. */
static void add_file_name(struct buffer *out, struct slice name)
{
    buffer_add_text(out, "Content-Disposition: attachment");
    if (name.len <= FILE_NAME_LINE_BYTES) {
        buffer_add_text(out, ";\r\n filename=");
        add_quoted(out, name);
    } else {
        for (unsigned i = 0; name.len; i++) {
            struct slice piece = text_cut(name, FILE_NAME_PIECE_BYTES);

            buffer_add_format(out, ";\r\n filename*%u=", i);
            add_quoted(out, piece);
            name = slice_skip(name, piece.len);
        }
    }
    buffer_add_text(out, "\r\n");
}

static void add_payload(struct buffer *out, const struct compose_report *r)
{
    bool is_gzip = slice_starts(r->payload, SLICE("\x1f\x8b"));

    buffer_add_format(out,
                      "Content-Type: application/tlsrpt+%s\r\n"
                      "Content-Transfer-Encoding: base64\r\n",
                      is_gzip ? "gzip" : "json");
    add_file_name(out, slice_of(r->file_name));
    buffer_add_text(out, "\r\n");
    base64_encode(r->payload, LINE_CHARACTERS, "\r\n", out);
    buffer_add_text(out, "\r\n");
}

/* "=_" stands in no base64 and in no text of ours: RFC 2045 section 6.7. */
static int make_boundary(const char *message_id, char out[BOUNDARY_BYTES])
{
    unsigned char digest[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    if (digest_compute(slice_of(message_id), digest))
        return -1;
    snprintf(out, BOUNDARY_BYTES, "=_tlsrpt_%.*s", BOUNDARY_HEX,
             digest_format(digest, hex));
    return 0;
}

int compose_mail(const struct compose_report *report, struct buffer *out,
                 struct err *err)
{
    char boundary[BOUNDARY_BYTES];

    if (check(report, err))
        return -1;
    if (make_boundary(report->message_id, boundary))
        return err_memory(err);
    add_header(out, report, boundary);
    buffer_add_format(out, "\r\n--%s\r\n", boundary);
    add_summary(out, report);
    buffer_add_format(out, "\r\n--%s\r\n", boundary);
    add_payload(out, report);
    buffer_add_format(out, "\r\n--%s--\r\n", boundary);
    if (out->failed)
        return err_set(err, ERR_LIMIT, "a mail of more than %zu octets",
                       out->max_bytes);
    return 0;
}
