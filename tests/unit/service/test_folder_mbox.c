/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "room.h"

#include "base/clock.h"
#include "service/folder_mbox.h"

static const char first[] = "From a@b Thu Oct  1 00:00:00 2026\n"
                            "Subject: one\n\nbody\n>From quoted\n\n";
static const char second[] = "From a@b Thu Oct  1 00:00:00 2026\n"
                             "Subject: two\n\nFrom here on\nwords\n\n";
static const char third[] = "From a@b Thu Oct  1 00:00:00 2026\n"
                            "Subject: three\n\nlast\n\n";

/* What was given, a line a message. */
static char given[4096];
static unsigned n_enough; /* messages after which it is enough */
static unsigned n_given;
static struct folder_mbox_position position;
static struct room room;
static struct err err;
static int64_t max_bytes;
static unsigned settle_s;

static int set_up(void **state)
{
    (void)state;
    room_open(&room);
    given[0] = '\0';
    n_enough = 1000;
    max_bytes = 64 * 1024;
    settle_s = 1000;
    position = (struct folder_mbox_position){ 0 };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    room_close(&room);
    return 0;
}

/* The subject and the last line, or "too large". */
static int note(void *context, const struct folder_mbox_message *message,
                struct err *error)
{
    size_t used = strlen(given), len = message->octets.len;
    const char *end = message->octets.ptr + len - 1, *line = end;
    struct slice subject = message->octets;

    (void)context;
    (void)error;
    if (message->is_too_large)
        snprintf(given + used, sizeof(given) - used, "too large;");
    else {
        while (line > message->octets.ptr && line[-1] != '\n')
            line--;
        subject = slice_trim(slice_line(slice_skip(subject, 9)));
        snprintf(given + used, sizeof(given) - used, "%.*s %.*s;",
                 (int)subject.len, subject.ptr, (int)(end - line), line);
    }
    return ++n_given >= n_enough;
}

static int read_on(void)
{
    const struct folder_mbox_options options = {
        .path = room_path(&room, "mbox"),
        .max_bytes = max_bytes,
        .now = clock_now(&clock_system),
        .settle_s = settle_s,
    };

    n_given = 0;
    return folder_mbox_read(&options, &position, note, NULL, &position, &err);
}

static void assert_given(const char *wanted)
{
    assert_string_equal(given, wanted);
    given[0] = '\0';
}

static void what_is_appended_is_given_once(void **state)
{
    (void)state;
    room_write(&room, "mbox", first);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("one From quoted;");
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("");
    room_append(&room, "mbox", second);
    room_append(&room, "mbox", third);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("two words;three last;");
    assert_false(room_has(&room, "mbox.lock"));
}

static void a_position_is_the_same_as_text(void **state)
{
    char text[FOLDER_MBOX_POSITION_BYTES];
    struct folder_mbox_position other;

    (void)state;
    room_write(&room, "mbox", first);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    folder_mbox_format(&position, text);
    assert_int_equal(folder_mbox_parse(text, &other), 0);
    assert_memory_equal(&position, &other, sizeof(other));
    assert_int_equal(folder_mbox_parse("1 2 3", &other), -1);
    assert_int_equal(folder_mbox_parse("1 9 3 4", &other), -1);
    assert_int_equal(folder_mbox_parse("1 2 3 4 5", &other), -1);
    assert_int_equal(folder_mbox_parse("", &other), -1);
}

/* A position that was kept before says where to read on after an upgrade. */
static void a_position_of_before_is_known(void **state)
{
    (void)state;
    room_write(&room, "mbox", first);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_true(position.check == UINT64_C(0x20340dac19e57b67));
    for (int i = 0; i < 20; i++)
        room_append(&room, "mbox", second);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_true(position.check == UINT64_C(0x5da21e3e196daaea));
}

/* Written without locks, cut at every octet: never lost, never a half one but
 * where it looks like a whole one, and then the whole one comes, too. */
static void a_message_that_is_not_whole_waits(void **state)
{
    char whole[1024];
    size_t bytes;

    (void)state;
    bytes =
        (size_t)snprintf(whole, sizeof(whole), "%s%s%s", first, second, third);
    for (size_t cut = 0; cut <= bytes; cut++) {
        const char *path = room_path(&room, "mbox");

        position = (struct folder_mbox_position){ 0 };
        room_write_octets(path, O_TRUNC, whole, cut);
        assert_true(read_on() >= 0);
        room_write_octets(path, O_APPEND, whole + cut, bytes - cut);
        assert_int_equal(read_on(), FOLDER_MBOX_END);
        if (!strstr(given, "one From quoted;") ||
            !strstr(given, "two words;") || !strstr(given, "three last;"))
            fail_msg("cut at %zu: %s", cut, given);
        given[0] = '\0';
    }
}

static void without_an_empty_line_it_waits_until_it_settles(void **state)
{
    (void)state;
    room_write(&room, "mbox",
               "From a@b Thu Oct  1 00:00:00 2026\nSubject: x\n\nno end\n");
    assert_int_equal(read_on(), FOLDER_MBOX_WAITS);
    assert_given("");
    settle_s = 0;
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("x no end;");
    settle_s = 1000;
    room_append(&room, "mbox", "but it was\n\n");
    room_append(&room, "mbox", third);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("x but it was;three last;");
}

static void a_rewritten_file_is_read_again(void **state)
{
    (void)state;
    room_write(&room, "mbox", first);
    room_append(&room, "mbox", second);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("one From quoted;two words;");
    room_write(&room, "mbox", second);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("two words;");
    room_write(&room, "other", second);
    assert_int_equal(
        rename(room_path(&room, "other"), room_path(&room, "mbox")), 0);
    room_append(&room, "mbox", third);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("two words;three last;");
    room_write(&room, "mbox", "");
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    room_write(&room, "mbox", first);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("one From quoted;");
}

static void some_are_enough_at_a_time(void **state)
{
    (void)state;
    room_write(&room, "mbox", first);
    room_append(&room, "mbox", second);
    room_append(&room, "mbox", third);
    n_enough = 1;
    assert_int_equal(read_on(), 0);
    assert_given("one From quoted;");
    assert_int_equal(read_on(), 0);
    assert_given("two words;");
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("three last;");
}

static void write_large(size_t bytes)
{
    char *text = malloc(bytes);

    memset(text, 'x', bytes);
    for (size_t i = 70; i < bytes; i += 71)
        text[i] = '\n';
    room_append(&room, "mbox",
                "From a@b Thu Oct  1 00:00:00 2026\nSubject: big\n\n");
    room_write_octets(room_path(&room, "mbox"), O_APPEND, text, bytes);
    free(text);
    room_append(&room, "mbox", "\n\n");
}

static void a_message_that_is_too_large_is_passed_over(void **state)
{
    (void)state;
    room_write(&room, "mbox", first);
    write_large((size_t)3 << 20);
    room_append(&room, "mbox", third);
    assert_int_equal(read_on(), 0);
    assert_given("one From quoted;");
    assert_int_equal(read_on(), 0);
    assert_given("too large;");
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_given("three last;");
}

static void a_large_message_is_read_in_a_larger_window(void **state)
{
    (void)state;
    max_bytes = (int64_t)8 << 20;
    room_write(&room, "mbox", first);
    write_large((size_t)3 << 20);
    room_append(&room, "mbox", third);
    assert_int_equal(read_on(), 0);
    assert_given("one From quoted;");
    assert_true(read_on() >= 0);
    assert_int_equal(read_on(), FOLDER_MBOX_END);
    assert_non_null(strstr(given, "big x"));
    assert_non_null(strstr(given, ";three last;"));
}

static void a_locked_one_is_left_alone(void **state)
{
    (void)state;
    room_write(&room, "mbox", first);
    room_write(&room, "mbox.lock", "1\n");
    assert_int_equal(read_on(), FOLDER_MBOX_BUSY);
    assert_given("");
}

static void what_is_no_mbox_is_refused(void **state)
{
    (void)state;
    room_write(&room, "mbox", "Dear Sir,\n\n");
    assert_int_equal(read_on(), -1);
    assert_string_equal(err.text, "is no mbox file");
    assert_int_equal(unlink(room_path(&room, "mbox")), 0);
    assert_int_equal(read_on(), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(mkfifo(room_path(&room, "mbox"), 0600), 0);
    assert_int_equal(read_on(), -1);
    assert_string_equal(err.text, "is no regular file");
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_appended_is_given_once),
        test(a_position_is_the_same_as_text),
        test(a_position_of_before_is_known),
        test(a_message_that_is_not_whole_waits),
        test(without_an_empty_line_it_waits_until_it_settles),
        test(a_rewritten_file_is_read_again),
        test(some_are_enough_at_a_time),
        test(a_message_that_is_too_large_is_passed_over),
        test(a_large_message_is_read_in_a_larger_window),
        test(a_locked_one_is_left_alone),
        test(what_is_no_mbox_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
