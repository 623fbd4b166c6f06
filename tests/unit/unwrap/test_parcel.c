/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unwrap/parcel.h"

static const struct {
    const char *octets, *name, *media_type;
    bool may_be;
} rows[] = {
    { "{\"a\":1}", NULL, NULL, true },
    { "\x1f\x8b", NULL, NULL, true },
    { "PK\x03\x04", NULL, "image/png", true },
    { "<feedback>", NULL, NULL, true },
    { "\xff\xfe{x", NULL, NULL, true },
    { "\xff\xfehx", NULL, NULL, false },
    { "hello", NULL, "text/plain", false },
    { "[EXTERNAL] hello", NULL, "text/plain", false },
    { "hello", "r.json", "text/plain", true },
    { "hello", "R.JSON.GZ", NULL, true },
    { "hello", "r.zip", NULL, true },
    { "hello", "r.jsonx", NULL, false },
    { "hello", NULL, "application/tlsrpt+gzip", true },
    { "hello", NULL, "application/tlsrpt", true },
    { "hello", NULL, "application/json", true },
    { "hello", NULL, "application/octet-stream", false },
    { "", NULL, "text/plain", false },
    { "", "r.json.gz", "text/plain", true },
};

static void what_may_be_a_report(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (parcel_may_be_report(slice_of(rows[i].octets), rows[i].name,
                                 rows[i].media_type) != rows[i].may_be)
            fail_msg("row %zu: wrong about \"%s\"", i, rows[i].octets);
    }
}

static void the_name_that_tells_most_is_kept(void **state)
{
    struct unwrap_run run = { .arena = NULL };
    struct parcel parcel = { .name = NULL };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 16);
    run.arena = &arena;
    assert_int_equal(parcel_take_name(&run, &parcel, SLICE("\xff")), 0);
    assert_null(parcel.name);
    assert_int_equal(parcel_take_name(&run, &parcel, SLICE("first")), 0);
    assert_int_equal(parcel_take_name(&run, &parcel, SLICE("second")), 0);
    assert_string_equal(parcel.name, "first");
    assert_int_equal(parcel_take_name(&run, &parcel, SLICE("a!b!1!2")), 0);
    assert_string_equal(parcel.name, "a!b!1!2");
    assert_int_equal(parcel_take_name(&run, &parcel, SLICE("")), 0);
    assert_string_equal(parcel.name, "a!b!1!2");
    arena_deinit(&arena);
}

static void inner_parcels_do_not_share_findings(void **state)
{
    struct unwrap_run run = { .arena = NULL };
    struct parcel outer = { .place = "" }, first, second;
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 16);
    run.arena = &arena;
    finding_list_init(&outer.findings, &arena);
    parcel_note(&outer, UNWRAP_CONTAINER_ZIP, NULL);
    assert_int_equal(parcel_init_inner(&run, &outer, "zip entry 1", &first), 0);
    parcel_note(&first, UNWRAP_BOM, "x");
    assert_int_equal(parcel_init_inner(&run, &outer, "zip entry 2", &second),
                     0);
    parcel_note(&second, UNWRAP_UTF16, NULL);
    assert_int_equal(outer.findings.n_items, 1);
    assert_string_equal(first.findings.items[1].kind->code, "bom");
    assert_string_equal(first.findings.items[1].where, "zip entry 1");
    assert_string_equal(first.findings.items[1].value, "x");
    assert_string_equal(second.findings.items[1].kind->code, "utf-16");
    assert_int_equal(parcel_init_inner(&run, &first, "gzip", &second), 0);
    assert_string_equal(second.place, "zip entry 1, gzip");
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_a_report),
        cmocka_unit_test(the_name_that_tells_most_is_kept),
        cmocka_unit_test(inner_parcels_do_not_share_findings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
