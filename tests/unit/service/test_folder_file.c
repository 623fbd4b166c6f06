/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "room.h"

#include "base/checksum.h"
#include "service/folder_file.h"

static struct room room;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    room_open(&room);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    room_close(&room);
    return 0;
}

static int read_name(const char *name, int64_t max_bytes, char *out_text,
                     size_t text_bytes)
{
    struct folder_file file;
    struct buffer octets;
    int rc;

    buffer_init(&octets, 1 << 20);
    rc = folder_file_read(room.fd, name, max_bytes, &file, &octets, &err);
    if (rc == 0 && out_text)
        snprintf(out_text, text_bytes, "%s", buffer_text(&octets));
    buffer_deinit(&octets);
    return rc;
}

static void a_file_is_read_whole(void **state)
{
    char text[16];

    (void)state;
    room_write(&room, "a", "report");
    assert_int_equal(read_name("a", 6, text, sizeof(text)), 0);
    assert_string_equal(text, "report");
}

static void what_is_no_file_holds_up_nobody(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(room_path(&room, "pipe"), 0600), 0);
    room_make_folder(&room, "folder");
    room_write(&room, "a", "x");
    assert_int_equal(symlink("a", room_path(&room, "link")), 0);
    assert_int_equal(read_name("pipe", 10, NULL, 0), -1);
    assert_string_equal(err.text, "is no regular file");
    assert_int_equal(read_name("folder", 10, NULL, 0), -1);
    assert_string_equal(err.text, "is no regular file");
    assert_int_equal(read_name("link", 10, NULL, 0), -1);
    assert_string_equal(err.text, "is no regular file");
    assert_int_equal(read_name("gone", 10, NULL, 0), 1);
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    room_write(&room, "a", "0123456789a");
    assert_int_equal(read_name("a", 10, NULL, 0), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(read_name("a", 11, NULL, 0), 0);
}

static void a_stamp_tells_what_was_changed(void **state)
{
    struct folder_file before, after;

    (void)state;
    room_write(&room, "a", "x");
    assert_int_equal(folder_file_look(room.fd, "a", &before, &err), 0);
    assert_int_equal(folder_file_look(room.fd, "a", &after, &err), 0);
    assert_true(before.stamp == after.stamp);
    room_append(&room, "a", "y");
    assert_int_equal(folder_file_look(room.fd, "a", &after, &err), 0);
    assert_false(before.stamp == after.stamp);
    assert_int_equal(after.bytes, 2);
    assert_int_equal(folder_file_look(room.fd, "b", &after, &err), 1);
}

/* Stamps of files that were read before stand in the store. */
static void a_stamp_is_what_it_was(void **state)
{
    struct folder_file file;
    struct stat st;
    uint64_t stamp = CHECKSUM_NONE;

    (void)state;
    room_write(&room, "a", "x");
    assert_int_equal(stat(room_path(&room, "a"), &st), 0);
    stamp = checksum_add_number(stamp, st.st_ino);
    stamp = checksum_add_number(stamp, (uint64_t)st.st_size);
    stamp = checksum_add_number(stamp, (uint64_t)st.st_mtim.tv_sec);
    stamp = checksum_add_number(stamp, (uint64_t)st.st_mtim.tv_nsec);
    stamp = checksum_add_number(stamp, (uint64_t)st.st_ctim.tv_sec);
    stamp = checksum_add_number(stamp, (uint64_t)st.st_ctim.tv_nsec);
    assert_int_equal(folder_file_look(room.fd, "a", &file, &err), 0);
    assert_true(file.stamp == stamp);
}

static void nothing_is_moved_over(void **state)
{
    struct folder_file first, second;
    int to;

    (void)state;
    room_make_folder(&room, "done");
    to = open(room_path(&room, "done"), O_RDONLY | O_DIRECTORY);
    room_write(&room, "a", "first");
    assert_int_equal(folder_file_move(room.fd, "a", to, "a", 77, &err), 0);
    room_write(&room, "a", "second!");
    assert_int_equal(folder_file_move(room.fd, "a", to, "a", 77, &err), 0);
    assert_false(room_has(&room, "a"));
    assert_int_equal(folder_file_look(to, "a", &first, &err), 0);
    assert_int_equal(first.bytes, 5);
    assert_int_equal(folder_file_look(to, "a.77-0", &second, &err), 0);
    assert_int_equal(second.bytes, 7);
    assert_int_equal(folder_file_move(room.fd, "a", to, "a", 77, &err), 1);
    close(to);
}

static void the_flags_stay_at_the_end_of_another_name(void **state)
{
    struct folder_file file;
    int to;

    (void)state;
    room_make_folder(&room, "cur");
    to = open(room_path(&room, "cur"), O_RDONLY | O_DIRECTORY);
    room_write(&room, "cur/a:2,S", "x");
    room_write(&room, "a", "y");
    assert_int_equal(folder_file_move(room.fd, "a", to, "a:2,S", 77, &err), 0);
    assert_int_equal(folder_file_look(to, "a.77-0:2,S", &file, &err), 0);
    close(to);
}

static void a_name_of_full_length_is_cut(void **state)
{
    char name[FOLDER_NAME_BYTES];
    int to;

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    room_make_folder(&room, "done");
    to = open(room_path(&room, "done"), O_RDONLY | O_DIRECTORY);
    for (unsigned i = 0; i < 3; i++) {
        room_write(&room, name, "x");
        assert_int_equal(folder_file_move(room.fd, name, to, name, 77, &err),
                         0);
        assert_false(room_has(&room, name));
    }
    close(to);
}

static void names_of_what_is_not_complete_are_known(void **state)
{
    static const struct {
        const char *name;
        bool is_unfinished;
    } rows[] = { { "report.json", false }, { ".hidden", true },
                 { "a.tmp", true },        { "a.part", true },
                 { "tmp", false },         { "a.tmp.gz", false },
                 { "part", false } };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(folder_file_is_unfinished(rows[i].name),
                         rows[i].is_unfinished);
}

static void a_mail_in_cur_has_flags(void **state)
{
    static const struct {
        const char *name;
        bool is_seen;
        const char *wanted;
    } rows[] = { { "1.a.host", true, "1.a.host:2,S" },
                 { "1.a.host", false, "1.a.host:2," },
                 { "1.a.host:2,", true, "1.a.host:2,S" },
                 { "1.a.host:2,RT", true, "1.a.host:2,RST" },
                 { "1.a.host:2,FS", true, "1.a.host:2,FS" },
                 { "1.a.host:2,F", false, "1.a.host:2,F" } };
    char name[FOLDER_NAME_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        folder_file_maildir_name(rows[i].name, rows[i].is_seen, name);
        assert_string_equal(name, rows[i].wanted);
    }
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_file_is_read_whole),
        test(what_is_no_file_holds_up_nobody),
        test(what_is_too_large_is_refused),
        test(a_stamp_tells_what_was_changed),
        test(a_stamp_is_what_it_was),
        test(nothing_is_moved_over),
        test(the_flags_stay_at_the_end_of_another_name),
        test(a_name_of_full_length_is_cut),
        test(names_of_what_is_not_complete_are_known),
        test(a_mail_in_cur_has_flags),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
