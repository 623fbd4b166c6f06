/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/negotiate.h"

#include "base/slice.h"

/* The next part of a list, without blanks around it. */
static struct slice part(struct slice *rest, char separator)
{
    return slice_trim(slice_cut(rest, separator));
}

/* A weight is zero as "0", "0.", "0.0" to "0.000". */
static bool is_zero(struct slice weight)
{
    for (size_t i = 0; i < weight.len; i++)
        if (weight.ptr[i] != '0' && weight.ptr[i] != '.')
            return false;
    return weight.len > 0;
}

static bool has_zero_weight(struct slice parameters)
{
    while (parameters.len > 0) {
        struct slice value = part(&parameters, ';');
        struct slice name = part(&value, '=');
        if (slice_equal_fold(name, SLICE("q")))
            return is_zero(slice_trim(value));
    }
    return false;
}

bool negotiate_takes_gzip(const char *field)
{
    struct slice rest = slice_of(field);
    bool any = false;
    while (rest.len > 0) {
        struct slice parameters = part(&rest, ',');
        struct slice coding = part(&parameters, ';');
        bool refused = has_zero_weight(parameters);
        if (slice_equal_fold(coding, SLICE("gzip")) ||
            slice_equal_fold(coding, SLICE("x-gzip")))
            return !refused;
        if (slice_equal(coding, SLICE("*")))
            any = !refused;
    }
    return any;
}

static struct slice opaque_part(struct slice tag)
{
    return slice_starts(tag, SLICE("W/")) ? slice_skip(tag, 2) : tag;
}

bool negotiate_has_tag(const char *field, const char *etag)
{
    struct slice rest = slice_of(field);
    struct slice wanted = opaque_part(slice_of(etag));
    while (rest.len > 0) {
        struct slice tag = part(&rest, ',');
        if (slice_equal(tag, SLICE("*")) ||
            slice_equal(opaque_part(tag), wanted))
            return true;
    }
    return false;
}
