/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "datagram.h"
#include "event/limits.h"
#include "row.h"
#include "json/writer.h"

static void write(const struct event *event, struct buffer *out)
{
    struct json_writer writer;

    buffer_reset(out);
    json_writer_init(&writer, out);
    event_write(event, &writer);
    assert_false(out->failed);
}

static void an_event_is_written(void **state)
{
    struct event_failure failure = { .code = 203,
                                     .sending_mta_ip = "2001:db8::7",
                                     .receiving_mx_hostname = "mx.our.example",
                                     .receiving_mx_helo = "mx.our.example",
                                     .receiving_ip = "198.51.100.3",
                                     .additional_information =
                                         "https://our.example/\"a\"",
                                     .failure_reason_code =
                                         "X509_V_ERR_CERT_UNTRUSTED" };
    const char *strings[] = { "version: STSv1", "mode: testing" };
    const char *hosts[] = { "mx.our.example" };
    struct event_policy policies[] = {
        { .type = EVENT_POLICY_STS,
          .is_failure = true,
          .domain = "our.example",
          .strings = strings,
          .n_strings = 2,
          .mx_hosts = hosts,
          .n_mx_hosts = 1,
          .failures = &failure,
          .n_failures = 1 },
        { .type = EVENT_POLICY_NONE },
    };
    struct event event = { .domain = "our.example",
                           .record = DATAGRAM_RECORD,
                           .policies = policies,
                           .n_policies = 2 };
    struct buffer out;

    (void)state;
    buffer_init(&out, 10000);
    write(&event, &out);
    assert_string_equal(
        buffer_text(&out),
        "{\"dpv\":\"1\",\"d\":\"our.example\",\"pr\":\"" DATAGRAM_RECORD
        "\",\"policies\":[{\"policy-type\":2,\"policy-domain\":\"our.example\","
        "\"policy-string\":[\"version: STSv1\",\"mode: testing\"],"
        "\"mx-host\":[\"mx.our.example\"],\"failure-details\":[{\"c\":203,"
        "\"s\":\"2001:db8::7\",\"n\":\"mx.our.example\","
        "\"h\":\"mx.our.example\",\"r\":\"198.51.100.3\","
        "\"a\":\"https://our.example/\\\"a\\\"\","
        "\"f\":\"X509_V_ERR_CERT_UNTRUSTED\"}],\"t\":1,\"f\":1},"
        "{\"policy-type\":9,\"t\":0,\"f\":0}]}");
    buffer_deinit(&out);
}

/* Reads, writes, reads and writes: both events and both texts are the same. */
static void compare(const char *name, struct slice octets)
{
    struct event first, second;
    struct buffer shown, again, once, twice;
    struct arena arena;

    arena_init(&arena, EVENT_ARENA_BYTES);
    buffer_init(&shown, 100000);
    buffer_init(&again, 100000);
    buffer_init(&once, 100000);
    buffer_init(&twice, 100000);
    ROW_NUMBER(name, datagram_read(&arena, octets, &first, NULL), 0);
    write(&first, &once);
    ROW_NUMBER(name, datagram_read(&arena, buffer_slice(&once), &second, NULL),
               0);
    write(&second, &twice);
    datagram_show(&first, &shown);
    datagram_show(&second, &again);
    ROW_OCTETS(name, buffer_slice(&again), buffer_slice(&shown));
    ROW_OCTETS(name, buffer_slice(&twice), buffer_slice(&once));
    buffer_deinit(&shown);
    buffer_deinit(&again);
    buffer_deinit(&once);
    buffer_deinit(&twice);
    arena_deinit(&arena);
    datagram_forget();
}

static void what_is_written_is_read_as_it_was(void **state)
{
    (void)state;
    compare("a failure as Postfix tells it", slice_of(DATAGRAM_STS_FAILURE));
    compare("odd", SLICE("{\"d\":\"A.B\",\"pr\":\"\\u007f\xff\",\"policies\":[{"
                         "\"policy-type\":77,\"failure-details\":[{\"c\":0,"
                         "\"h\":\"\"}]},{\"policy-type\":2,\"f\":1}]}"));
    datagram_each(compare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_written),
        cmocka_unit_test(what_is_written_is_read_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
