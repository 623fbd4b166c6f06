/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include "base/text.h"
#include "dmarc/feedback.h"
#include "row.h"

static void places_are_spelt_from_the_root(void **state)
{
    struct feedback feedback;
    struct arena arena;
    bool is_odd;

    (void)state;
    arena_init(&arena, 1 << 20);
    feedback_init(&feedback, &arena);
    assert_null(feedback_top(&feedback));
    ROW_TEXT("nothing open", feedback_place(&feedback, NULL), "");
    feedback.elements[0].row =
        schema_find(SCHEMA_ROOT, SLICE("feedback"), &is_odd);
    feedback.elements[1].index = 3;
    memcpy(feedback.elements[1].name, "x", 2);
    feedback.n_elements = 2;
    assert_ptr_equal(feedback_top(&feedback), &feedback.elements[1]);
    ROW_TEXT("two", feedback_place(&feedback, NULL), "/feedback/x[3]");
    ROW_TEXT("member", feedback_place(&feedback, "a/b"), "/feedback/x[3]/a/b");
    feedback_deinit(&feedback);
    arena_deinit(&arena);
}

static void long_places_are_cut_between_characters(void **state)
{
    struct feedback feedback;
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    feedback_init(&feedback, &arena);
    for (size_t i = 0; i < DMARC_MAX_DEPTH; i++) {
        char *name = feedback.elements[i].name;

        for (size_t j = 0; j + 2 < FEEDBACK_NAME_BYTES; j += 2)
            memcpy(name + j, "\xc3\xbc", 2);
        feedback.n_elements++;
    }
    assert_in_range(strlen(feedback_place(&feedback, NULL)), 510, 512);
    assert_int_equal(
        text_utf8_prefix(slice_of(feedback_place(&feedback, NULL))),
        strlen(feedback_place(&feedback, NULL)));
    feedback_deinit(&feedback);
    arena_deinit(&arena);
}

static void a_flood_of_findings_costs_no_memory(void **state)
{
    struct feedback feedback;
    struct arena arena;
    size_t held;

    (void)state;
    arena_init(&arena, 1 << 20);
    feedback_init(&feedback, &arena);
    finding_list_init(&feedback.report.findings, &arena);
    feedback.n_elements = 1;
    for (size_t i = 0; i < FINDING_KIND_MAX; i++)
        feedback_note(&feedback, DMARC_FINDING_VALUE_EMPTY, SLICE(""));
    held = arena.held_bytes - arena.free_bytes;
    for (size_t i = 0; i < 1000; i++)
        feedback_note(&feedback, DMARC_FINDING_VALUE_EMPTY, SLICE("x"));
    assert_int_equal(arena.held_bytes - arena.free_bytes, held);
    assert_int_equal(feedback.report.findings.n_dropped, 1000);
    feedback_deinit(&feedback);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_spelt_from_the_root),
        cmocka_unit_test(long_places_are_cut_between_characters),
        cmocka_unit_test(a_flood_of_findings_costs_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
