/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "intake/limits.h"
#include "intake/source.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tlsrpt-source-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char line[128];

    (void)state;
    snprintf(line, sizeof(line), "rm -rf %s", folder);
    return system(line);
}

static const char *path_of(const char *name)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *octets, size_t bytes)
{
    FILE *file = fopen(path_of(name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(octets, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

/* What came of a source. */
struct seen {
    size_t n_inputs;
    size_t n_refused;
    size_t octets;
    int64_t done_bytes;
    char first[256];
    char last[256];
    char reason[256];
    char name[256];
    size_t stop_after;
};

static int note(void *context, const struct intake_source_input *input,
                struct err *err)
{
    struct seen *seen = context;

    (void)err;
    if (seen->n_inputs == 0)
        snprintf(seen->first, sizeof(seen->first), "%s", input->label);
    snprintf(seen->last, sizeof(seen->last), "%s", input->label);
    snprintf(seen->name, sizeof(seen->name), "%s",
             input->name ? input->name : "(none)");
    if (input->refused)
        snprintf(seen->reason, sizeof(seen->reason), "%s", input->refused);
    seen->n_inputs++;
    seen->n_refused += input->refused != NULL;
    seen->octets += input->octets.len;
    assert_true(input->done_bytes >= seen->done_bytes);
    seen->done_bytes = input->done_bytes;
    return seen->n_inputs == seen->stop_after ? 5 : 0;
}

static struct seen read_source(const char *name)
{
    struct seen seen = { 0 };
    struct intake_walk walk;
    struct err err;

    intake_walk_init(&walk);
    assert_int_equal(intake_walk_add(&walk, path_of(name), &err), 0);
    assert_int_equal(intake_source_each(&walk, note, &seen, &err), 0);
    assert_true(seen.done_bytes <= walk.bytes);
    intake_walk_deinit(&walk);
    return seen;
}

static void a_file_is_one_input(void **state)
{
    struct seen seen;

    (void)state;
    write_file("f.json", "12345", 5);
    seen = read_source("f.json");
    assert_int_equal(seen.n_inputs, 1);
    assert_int_equal(seen.octets, 5);
    assert_int_equal(seen.done_bytes, 5);
    assert_string_equal(seen.name, "f.json");
    assert_string_equal(seen.first, path_of("f.json"));
    write_file("empty", "", 0);
    seen = read_source("empty");
    assert_int_equal(seen.n_inputs, 1);
    assert_int_equal(seen.n_refused, 0);
}

static void add_message(struct buffer *mbox, size_t number, size_t bytes)
{
    buffer_add_format(mbox,
                      "From a@b.example Thu Oct  1 00:00:00 2026\n"
                      "Subject: %zu\n\n",
                      number);
    for (size_t i = 0; i < bytes; i++)
        buffer_add_char(mbox, i % 61 == 60 ? '\n' : (char)('a' + i % 23));
    buffer_add_text(mbox, "\n\n");
}

/* What stands between the separators of the mbox that add_message makes. */
static size_t message_bytes(size_t number, size_t bytes)
{
    char subject[64];

    return (size_t)snprintf(subject, sizeof(subject), "Subject: %zu\n\n",
                            number) +
           bytes + 1;
}

static void an_mbox_gives_each_message_whatever_the_window(void **state)
{
    size_t want = 0, n = 700;
    struct buffer mbox;
    struct seen seen;

    (void)state;
    buffer_init(&mbox, 64 << 20);
    for (size_t i = 0; i < n; i++) {
        /* Among small ones some that fill a window and more. */
        size_t bytes =
            i % 100 == 50 ? 3 * INTAKE_WINDOW_BYTES / 2 : 17 * (i % 331);

        add_message(&mbox, i, bytes);
        want += message_bytes(i, bytes);
    }
    assert_false(mbox.failed);
    write_file("m.mbox", mbox.ptr, mbox.len);
    seen = read_source("m.mbox");
    assert_int_equal(seen.n_inputs, n);
    assert_int_equal(seen.n_refused, 0);
    assert_int_equal(seen.octets, want);
    assert_int_equal(seen.done_bytes, mbox.len);
    assert_string_equal(strrchr(seen.first, '#'), "#1");
    assert_string_equal(strrchr(seen.last, '#'), "#700");
    assert_string_equal(seen.name, "(none)");
    buffer_deinit(&mbox);
}

/* A line of text that looks like a separator until the line after it. */
static void a_window_that_ends_in_a_false_separator_splits_nothing(void **state)
{
    static const char body[] = "\n\nFrom here on all is prose.\nAnd so on.\n\n";
    struct seen seen, again;

    (void)state;
    for (size_t at = 0; at < sizeof(body); at++) {
        struct buffer mbox;

        buffer_init(&mbox, 64 << 20);
        add_message(&mbox, 1, 0);
        add_message(&mbox, 2, INTAKE_WINDOW_BYTES - mbox.len - 60 - at);
        buffer_add_text(&mbox, body);
        add_message(&mbox, 3, 10);
        write_file("m.mbox", mbox.ptr, mbox.len);
        buffer_deinit(&mbox);
        seen = read_source("m.mbox");
        assert_int_equal(seen.n_inputs, 3);
        if (at == 0)
            again = seen;
        assert_int_equal(seen.octets + at, again.octets);
    }
}

/* Prose behind an empty line that begins with "From " is no separator there,
 * too: the message is refused once, and soon. */
static void a_message_beyond_the_cap_is_one_whatever_it_says(void **state)
{
    static const char prose[] = "From here on all is prose.\nAnd so on.\n\n";
    struct buffer mbox;
    struct seen seen;

    (void)state;
    buffer_init(&mbox, 256 << 20);
    add_message(&mbox, 1, 10);
    add_message(&mbox, 2, 10);
    while (mbox.len < INTAKE_INPUT_MAX_BYTES + (8 << 20))
        buffer_add_text(&mbox, prose);
    add_message(&mbox, 3, 10);
    assert_false(mbox.failed);
    write_file("m.mbox", mbox.ptr, mbox.len);
    buffer_deinit(&mbox);
    seen = read_source("m.mbox");
    assert_int_equal(seen.n_inputs, 3);
    assert_int_equal(seen.n_refused, 1);
    assert_string_equal(seen.reason, "the message is too large");
    assert_string_equal(strrchr(seen.last, '#'), "#3");
    unlink(path_of("m.mbox"));
}

/* The separator behind it may stand anywhere about the end of the window. */
static void what_follows_a_message_beyond_the_cap_is_found(void **state)
{
    static const char next[] = "\n\nFrom a@b.example Thu Oct  1 00:00:00 2026\n"
                               "Subject: x\n\nx\n";

    (void)state;
    for (size_t before = 0; before < sizeof(next); before += 30) {
        struct seen seen;
        struct buffer head;
        FILE *file;

        buffer_init(&head, 1 << 10);
        add_message(&head, 1, 0);
        write_file("m.mbox", head.ptr, head.len);
        buffer_deinit(&head);
        file = fopen(path_of("m.mbox"), "r+b");
        assert_non_null(file);
        /* In between is a hole of zeros, which is quick to read. */
        assert_int_equal(
            fseek(file, (long)(INTAKE_INPUT_MAX_BYTES + 1 - before), SEEK_SET),
            0);
        assert_int_equal(fwrite(next, 1, sizeof(next) - 1, file),
                         sizeof(next) - 1);
        assert_int_equal(fclose(file), 0);
        seen = read_source("m.mbox");
        assert_int_equal(seen.n_inputs, 2);
        assert_int_equal(seen.n_refused, 1);
        assert_int_equal(seen.octets, strlen("Subject: x\n\nx\n"));
        unlink(path_of("m.mbox"));
    }
}

/* Between the windows, which double, and the cap there is room for one more. */
static void a_message_of_70_mib_is_read(void **state)
{
    size_t bytes = (size_t)70 << 20;
    struct buffer mbox;
    struct seen seen;

    (void)state;
    buffer_init(&mbox, 256 << 20);
    add_message(&mbox, 1, bytes);
    add_message(&mbox, 2, 10);
    assert_false(mbox.failed);
    write_file("m.mbox", mbox.ptr, mbox.len);
    buffer_deinit(&mbox);
    seen = read_source("m.mbox");
    assert_int_equal(seen.n_inputs, 2);
    assert_int_equal(seen.n_refused, 0);
    assert_int_equal(seen.octets,
                     message_bytes(1, bytes) + message_bytes(2, 10));
    unlink(path_of("m.mbox"));
}

static void what_cannot_be_read_is_refused(void **state)
{
    struct intake_walk_entry entry = { .path = folder };
    struct intake_walk walk = { .entries = &entry, .n_entries = 1 };
    struct seen seen = { 0 };
    struct err err;

    (void)state;
    assert_int_equal(intake_source_each(&walk, note, &seen, &err), 0);
    assert_int_equal(seen.n_refused, 1);
    assert_string_equal(seen.reason, "cannot be read: Is a directory");
}

static void a_file_beyond_the_cap_is_refused(void **state)
{
    struct seen seen;

    (void)state;
    write_file("big", "x", 1);
    assert_int_equal(truncate(path_of("big"), INTAKE_INPUT_MAX_BYTES + 1), 0);
    seen = read_source("big");
    assert_int_equal(seen.n_refused, 1);
    assert_string_equal(seen.reason, "the file is too large");
    assert_int_equal(truncate(path_of("big"), INTAKE_INPUT_MAX_BYTES), 0);
    seen = read_source("big");
    assert_int_equal(seen.n_refused, 0);
    assert_int_equal(seen.octets, INTAKE_INPUT_MAX_BYTES);
    unlink(path_of("big"));
}

static void what_cannot_be_opened_is_refused_and_the_rest_read(void **state)
{
    struct intake_walk walk;
    struct seen seen = { 0 };
    struct err err;

    (void)state;
    write_file("f.json", "12345", 5);
    intake_walk_init(&walk);
    assert_int_equal(intake_walk_add(&walk, path_of("none"), &err), 0);
    assert_int_equal(intake_walk_add(&walk, path_of("f.json"), &err), 0);
    assert_int_equal(intake_source_each(&walk, note, &seen, &err), 0);
    intake_walk_deinit(&walk);
    assert_int_equal(seen.n_inputs, 2);
    assert_int_equal(seen.n_refused, 1);
    assert_string_equal(seen.reason,
                        "cannot be opened: No such file or directory");
}

static void the_answer_of_the_function_stops(void **state)
{
    struct intake_walk walk;
    struct seen seen = { .stop_after = 1 };
    struct err err;

    (void)state;
    intake_walk_init(&walk);
    assert_int_equal(intake_walk_add(&walk, folder, &err), 0);
    assert_int_equal(intake_source_each(&walk, note, &seen, &err), 5);
    assert_int_equal(seen.n_inputs, 1);
    intake_walk_deinit(&walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_one_input),
        cmocka_unit_test(an_mbox_gives_each_message_whatever_the_window),
        cmocka_unit_test(
            a_window_that_ends_in_a_false_separator_splits_nothing),
        cmocka_unit_test(a_message_beyond_the_cap_is_one_whatever_it_says),
        cmocka_unit_test(what_follows_a_message_beyond_the_cap_is_found),
        cmocka_unit_test(a_message_of_70_mib_is_read),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(a_file_beyond_the_cap_is_refused),
        cmocka_unit_test(what_cannot_be_opened_is_refused_and_the_rest_read),
        cmocka_unit_test(the_answer_of_the_function_stops),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
