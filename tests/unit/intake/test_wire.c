/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "intake/limits.h"
#include "intake/wire.h"
#include "unit/intake/wire_sample.h"
#include "unit/row.h"

static struct buffer out;

static int setup(void **state)
{
    (void)state;
    buffer_init(&out, INTAKE_WIRE_ITEM_BYTES + 1024);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_deinit(&out);
    return 0;
}

static void a_request_comes_through(void **state)
{
    const struct wire_request request = { .octets = SLICE("{}"),
                                          .name = "report.json",
                                          .arrived_at = 1790812800,
                                          .is_mail = true };
    struct wire_request got;
    struct wire_frame frame;

    (void)state;
    wire_put_request(&out, &request);
    /* Until its octets have come it is not whole. */
    assert_int_equal(wire_find(buffer_slice(&out), &frame), 1);
    assert_int_equal(frame.bytes, out.len + 2);
    buffer_add(&out, request.octets.ptr, request.octets.len);
    assert_int_equal(wire_find(buffer_slice(&out), &frame), 0);
    assert_int_equal(frame.kind, WIRE_REQUEST);
    assert_int_equal(wire_read_request(frame.payload, &got), 0);
    assert_true(slice_equal(got.octets, request.octets));
    assert_string_equal(got.name, "report.json");
    assert_int_equal(got.arrived_at, 1790812800);
    assert_true(got.is_mail);
}

static void a_request_may_have_no_name_or_a_long_one(void **state)
{
    char name[2 * WIRE_NAME_MAX_BYTES];
    struct wire_request request = { .octets = SLICE("") }, got;
    struct wire_frame frame;

    (void)state;
    wire_put_request(&out, &request);
    assert_int_equal(wire_find(buffer_slice(&out), &frame), 0);
    assert_int_equal(wire_read_request(frame.payload, &got), 0);
    assert_null(got.name);
    assert_false(got.is_mail);
    buffer_reset(&out);
    memset(name, 'x', sizeof(name) - 1);
    memcpy(name + sizeof(name) - 6, ".json", 6);
    request.name = name;
    wire_put_request(&out, &request);
    assert_int_equal(wire_find(buffer_slice(&out), &frame), 0);
    assert_int_equal(wire_read_request(frame.payload, &got), 0);
    assert_int_equal(strlen(got.name), WIRE_NAME_MAX_BYTES);
    assert_string_equal(got.name + WIRE_NAME_MAX_BYTES - 5, ".json");
}

static void a_cut_request_is_none(void **state)
{
    const struct wire_request request = { .octets = SLICE(""), .name = "name" };
    struct wire_request got;

    (void)state;
    wire_put_request(&out, &request);
    for (size_t len = 0; len + WIRE_HEAD_BYTES < out.len; len++)
        assert_int_equal(
            wire_read_request(slice_make(out.ptr + WIRE_HEAD_BYTES, len), &got),
            -1);
}

static void what_unpacks_has_a_bound(void **state)
{
    (void)state;
    assert_int_equal(wire_unpacked_bytes(0), 1 << 20);
    assert_int_equal(wire_unpacked_bytes(1000), 200 * 1000 + (1 << 20));
    assert_int_equal(wire_unpacked_bytes(SIZE_MAX), 64 << 20);
}

static void hello_and_end_come_through(void **state)
{
    struct wire_frame frame;

    (void)state;
    wire_put_hello(&out, "seccomp");
    wire_put_end(&out);
    assert_int_equal(wire_find(buffer_slice(&out), &frame), 0);
    assert_int_equal(frame.kind, WIRE_HELLO);
    assert_string_equal(wire_read_hello(frame.payload), "seccomp");
    assert_int_equal(
        wire_find(slice_skip(buffer_slice(&out), frame.bytes), &frame), 0);
    assert_int_equal(frame.kind, WIRE_END);
    assert_int_equal(frame.payload.len, 0);
    assert_null(wire_read_hello(frame.payload));
}

static void a_frame_is_found_when_it_is_whole(void **state)
{
    struct wire_sample sample;
    struct wire_frame frame;

    (void)state;
    wire_sample_init(&sample);
    wire_put_item(&out, &sample.report);
    for (size_t len = 0; len < out.len; len++) {
        assert_int_equal(wire_find(slice_make(out.ptr, len), &frame), 1);
        assert_int_equal(frame.bytes, len < WIRE_HEAD_BYTES ? 0 : out.len);
    }
    assert_int_equal(wire_find(buffer_slice(&out), &frame), 0);
}

static void what_is_no_frame_is_refused(void **state)
{
    static const struct {
        const char *name;
        uint32_t kind, len;
    } rows[] = {
        { "an unknown kind", WIRE_KIND_COUNT, 0 },
        { "a large kind", UINT32_MAX, 0 },
        { "an end with something in it", WIRE_END, 1 },
        { "a long hello", WIRE_HELLO, WIRE_HELLO_MAX_BYTES + 1 },
        { "an item beyond the limit", WIRE_ITEM, INTAKE_WIRE_ITEM_BYTES + 1 },
        { "the longest length", WIRE_ITEM, UINT32_MAX },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint32_t head[2] = { rows[i].kind, rows[i].len };
        struct wire_frame frame;

        if (wire_find(slice_make(head, sizeof(head)), &frame) != -1)
            fail_msg("%s", rows[i].name);
    }
}

static void an_item_beyond_the_limit_is_not_written(void **state)
{
    struct wire_sample sample;
    char *text = malloc(INTAKE_WIRE_ITEM_BYTES);

    (void)state;
    wire_sample_init(&sample);
    memset(text, 'x', INTAKE_WIRE_ITEM_BYTES - 1);
    text[INTAKE_WIRE_ITEM_BYTES - 1] = '\0';
    sample.rows.report_id = text;
    wire_put_item(&out, &sample.report);
    assert_true(out.failed);
    free(text);
}

/* A name that is no subject's would be lost. */
static void a_share_of_nobody_is_not_written(void **state)
{
    struct wire_sample sample;

    (void)state;
    wire_sample_init(&sample);
    sample.results[1].domain = "other.example";
    wire_put_item(&out, &sample.report);
    assert_true(out.failed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_comes_through),
        TEST(a_request_may_have_no_name_or_a_long_one),
        TEST(a_cut_request_is_none),
        TEST(what_unpacks_has_a_bound),
        TEST(hello_and_end_come_through),
        TEST(a_frame_is_found_when_it_is_whole),
        TEST(what_is_no_frame_is_refused),
        TEST(an_item_beyond_the_limit_is_not_written),
        TEST(a_share_of_nobody_is_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
