/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "web/asset.h"

static const struct asset *find_lasting(const char *path, bool *is_lasting)
{
    struct arena arena;
    struct target target;
    struct err err;
    arena_init(&arena, 65536);
    assert_int_equal(target_parse(slice_of(path), &arena, &target, &err), 0);
    const struct asset *asset = asset_find_target(&target, is_lasting);
    arena_deinit(&arena);
    return asset;
}

static const struct asset *find(const char *path)
{
    bool is_lasting = true;
    const struct asset *asset = find_lasting(path, &is_lasting);
    assert_false(is_lasting);
    return asset;
}

static void the_table_is_sorted_and_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < asset_count; i++) {
        const struct asset *asset = &asset_table[i];
        if (i > 0)
            assert_true(strcmp(asset_table[i - 1].path, asset->path) < 0);
        assert_ptr_equal(asset_find(slice_of(asset->path)), asset);
        assert_non_null(strchr(asset->media_type, '/'));
        assert_int_equal(strncmp(asset->etag, "W/\"", 3), 0);
        assert_true(asset->gzip.len < asset->body.len || asset->body.len == 0);
        if (asset->gzip.len > 0)
            assert_memory_equal(asset->gzip.ptr, "\x1f\x8b\x08", 3);
    }
}

static void every_asset_has_an_address(void **state)
{
    (void)state;
    for (size_t i = 0; i < asset_count; i++) {
        char path[256];
        snprintf(path, sizeof path, "/assets/%s", asset_table[i].path);
        assert_ptr_equal(find(path), &asset_table[i]);
    }
}

static void an_encoded_slash_is_no_separator(void **state)
{
    (void)state;
    if (!find("/assets/js/main.js"))
        skip();
    assert_null(find("/assets/js%2Fmain.js"));
}

static void an_address_with_the_release_lasts(void **state)
{
    (void)state;
    for (size_t i = 0; i < asset_count; i++) {
        char path[256];
        bool is_lasting = false;
        snprintf(path, sizeof path, "/assets/%s/%s", asset_release,
                 asset_table[i].path);
        assert_ptr_equal(find_lasting(path, &is_lasting), &asset_table[i]);
        assert_true(is_lasting);
    }
}

static void the_page_names_its_release(void **state)
{
    const struct asset *index = asset_find(SLICE("index.html"));
    char prefix[64];
    (void)state;
    if (!index)
        skip();
    snprintf(prefix, sizeof prefix, "\"/assets/%s/", asset_release);
    size_t wanted = 0;
    struct slice rest = index->body;
    while (rest.len > 0) {
        if (slice_starts(rest, SLICE("\"/assets/"))) {
            assert_true(slice_starts(rest, slice_of(prefix)));
            wanted++;
        }
        rest = slice_skip(rest, 1);
    }
    assert_true(wanted > 2);
}

static void other_paths_find_nothing(void **state)
{
    static const char *const paths[] = {
        "/",
        "/assets",
        "/assets/",
        "/assets/index.html/",
        "/assets//index.html",
        "/assets/nothing.js",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/assets/../../etc/passwd",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/index.html",
        "/assets/zzz",
        "/assets/0123456789abcdef/js/main.js",
    };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (find(paths[i]))
            fail_msg("%s: found %s", paths[i], find(paths[i])->path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_whole),
        cmocka_unit_test(every_asset_has_an_address),
        cmocka_unit_test(an_encoded_slash_is_no_separator),
        cmocka_unit_test(an_address_with_the_release_lasts),
        cmocka_unit_test(the_page_names_its_release),
        cmocka_unit_test(other_paths_find_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
