/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/lmtp_path.h"

#include <stdint.h>

static const char bad_path[] =
    "501 5.5.4 an address in angle brackets is missing";
static const char bad_parameter[] = "555 5.5.4 a parameter is not known";

/* The length of a path with its brackets, 0 where they are not there. A bracket
 * within quotes is part of the local part. */
static size_t path_length(struct slice text)
{
    bool is_quoted = false;

    if (text.len == 0 || text.ptr[0] != '<')
        return 0;
    for (size_t i = 1; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c < 0x20 || c == 0x7f)
            return 0;
        if (c == '\\' && is_quoted)
            i++;
        else if (c == '"')
            is_quoted = !is_quoted;
        else if (c == '>' && !is_quoted)
            return i + 1;
    }
    return 0;
}

/* "@one,@two:user@host": the route is to be ignored, RFC 5321 appendix C. */
static struct slice without_route(struct slice address)
{
    size_t colon = slice_find(address, ':');

    if (address.len && address.ptr[0] == '@' && colon < address.len)
        return slice_skip(address, colon + 1);
    return address;
}

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] > 0x7f)
            return false;
    }
    return true;
}

/* Takes "FROM:<path>" off the front of *arguments. */
static const char *take_path(struct slice *arguments, struct slice word,
                             struct slice *out_address)
{
    struct slice rest = *arguments;
    size_t n;

    if (!slice_starts_fold(rest, word))
        return bad_path;
    rest = slice_skip(rest, word.len);
    while (rest.len && rest.ptr[0] == ' ')
        rest = slice_skip(rest, 1);
    n = path_length(rest);
    if (n == 0 || (n < rest.len && rest.ptr[n] != ' '))
        return bad_path;
    *out_address = without_route(slice_make(rest.ptr + 1, n - 2));
    *arguments = slice_trim(slice_skip(rest, n));
    return NULL;
}

/* Reads a size; one with too many digits is larger than any. */
static int read_size(struct slice digits, uint64_t *out_size)
{
    uint64_t size = 0;

    if (digits.len == 0 || digits.len > 20)
        return -1;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return -1;
        size = size > UINT64_MAX / 16
                   ? UINT64_MAX
                   : size * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    *out_size = size;
    return 0;
}

static const char *read_parameter(struct slice parameter, size_t max_bytes,
                                  struct lmtp_path *path)
{
    uint64_t size;

    if (slice_starts_fold(parameter, SLICE("SIZE="))) {
        if (read_size(slice_skip(parameter, 5), &size))
            return "501 5.5.4 SIZE must be a number";
        return size > max_bytes
                   ? "552 5.3.4 the mail is larger than SIZE allows"
                   : NULL;
    }
    if (slice_equal_fold(parameter, SLICE("SMTPUTF8"))) {
        path->is_utf8 = true;
        return NULL;
    }
    return slice_equal_fold(parameter, SLICE("BODY=8BITMIME")) ||
                   slice_equal_fold(parameter, SLICE("BODY=7BIT"))
               ? NULL
               : bad_parameter;
}

const char *lmtp_path_read_mail(struct slice arguments, size_t max_bytes,
                                struct lmtp_path *out_path)
{
    struct lmtp_path path = { .is_utf8 = false };
    const char *refusal = take_path(&arguments, SLICE("FROM:"), &path.address);

    while (!refusal && arguments.len) {
        size_t end = slice_find(arguments, ' ');

        refusal =
            read_parameter(slice_make(arguments.ptr, end), max_bytes, &path);
        arguments = slice_trim(slice_skip(arguments, end));
    }
    if (!refusal && !path.is_utf8 && !is_ascii(path.address))
        refusal = "553 5.6.7 such an address needs SMTPUTF8";
    *out_path = path;
    return refusal;
}

const char *lmtp_path_read_rcpt(struct slice arguments, bool is_utf8,
                                struct lmtp_path *out_path)
{
    struct lmtp_path path = { .is_utf8 = is_utf8 };
    const char *refusal = take_path(&arguments, SLICE("TO:"), &path.address);

    if (!refusal && arguments.len)
        refusal = bad_parameter;
    if (!refusal && path.address.len == 0)
        refusal = "501 5.1.3 the address is empty";
    if (!refusal && !is_utf8 && !is_ascii(path.address))
        refusal = "553 5.6.7 such an address needs SMTPUTF8";
    *out_path = path;
    return refusal;
}
