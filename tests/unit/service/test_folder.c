/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "room.h"

#include <poll.h>

#include "service/folder.h"
#include "service/folder_file.h"
#include "store/sample.h"

enum { WAIT_MS = 20000, MANY = 1000 };

static struct room room;
static struct sample_store *sample;
static struct receiver *receiver;
static struct folder *folder;

static int set_up(void **state)
{
    room_open(&room);
    folder = NULL;
    receiver = NULL;
    if (sample_open(state))
        return -1;
    sample = *state;
    sample->clock = clock_system;
    return 0;
}

static void stop(void)
{
    folder_stop(folder);
    receiver_stop(receiver);
    folder = NULL;
    receiver = NULL;
}

static int tear_down(void **state)
{
    stop();
    room_close(&room);
    return sample_close(state);
}

static int try_start(enum folder_kind kind, enum folder_after after,
                     const char *path)
{
    const struct folder_options options = {
        .kind = kind,
        .after = after,
        .path = path,
        .name = "source",
        .settle_s = 1,
        .origin = { .tenant = "", .destination = "", .is_live = true },
    };
    const struct receiver_options receiving = { .store_url = sample->url,
                                                .clock = &sample->clock };
    struct folder_setup setup = { .folders = &options,
                                  .n_folders = 1,
                                  .store_url = sample->url,
                                  .clock = &sample->clock };

    assert_ok(sample, receiver_start(&receiving, &receiver, &sample->err));
    setup.receiver = receiver;
    return folder_start(&setup, &folder, &sample->err);
}

/* The path must stay: it is that of the room, or below. */
static void start(enum folder_kind kind, enum folder_after after,
                  const char *path)
{
    assert_ok(sample, try_start(kind, after, path));
}

static const char *report(int number)
{
    static char text[400];

    snprintf(text, sizeof(text),
             "{\"organization-name\":\"o\",\"report-id\":\"r%d\","
             "\"date-range\":{\"start-datetime\":\"2026-10-01T00:00:00Z\","
             "\"end-datetime\":\"2026-10-01T23:59:59Z\"},\"policies\":["
             "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":"
             "\"a.example\"},\"summary\":{\"total-successful-session-count\":"
             "2}}]}",
             number);
    return text;
}

static const char *mail(int number)
{
    static char text[1024];

    snprintf(text, sizeof(text),
             "From: tls@sender.example\nTLS-Report-Domain: a.example\n"
             "MIME-Version: 1.0\nContent-Type: application/tlsrpt+json\n\n%s\n",
             report(number));
    return text;
}

static int64_t stored(void)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    return totals.sums.reports;
}

static void wait_ms(unsigned *waited)
{
    if ((*waited += 5) > WAIT_MS)
        fail_msg("nothing happens");
    poll(NULL, 0, 5);
}

static void wait_stored(int64_t count)
{
    for (unsigned waited = 0; stored() < count;)
        wait_ms(&waited);
    assert_int_equal(stored(), count);
}

static void wait_there(const char *name)
{
    for (unsigned waited = 0; !room_has(&room, name);)
        wait_ms(&waited);
}

static void wait_gone(const char *name)
{
    for (unsigned waited = 0; room_has(&room, name);)
        wait_ms(&waited);
}

static void make_maildir(void)
{
    room_make_folder(&room, "new");
    room_make_folder(&room, "tmp");
    room_make_folder(&room, "cur");
}

static void deliver(const char *name, const char *text)
{
    char to[64];

    room_write(&room, "tmp/x", text);
    snprintf(to, sizeof(to), "new/%s", name);
    assert_int_equal(rename(room_path(&room, "tmp/x"), room_path(&room, to)),
                     0);
}

static void a_maildir_is_emptied_into_cur(void **state)
{
    (void)state;
    make_maildir();
    deliver("1.before", mail(1));
    start(FOLDER_MAILDIR, FOLDER_AFTER_DEFAULT, room.path);
    wait_there("cur/1.before:2,S");
    deliver("2.after", mail(2));
    wait_there("cur/2.after:2,S");
    wait_stored(2);
    assert_false(room_has(&room, "new/1.before"));
    assert_false(room_has(&room, "new/2.after"));
}

static void what_people_should_read_stays_unseen(void **state)
{
    (void)state;
    make_maildir();
    start(FOLDER_MAILDIR, FOLDER_DELETE, room.path);
    deliver("1.letter", "From: a@b\nSubject: hello\n\nHow are you?\n");
    wait_there("cur/1.letter:2,");
    deliver("2.report", mail(1));
    wait_gone("new/2.report");
    assert_false(room_has(&room, "cur/2.report:2,S"));
    wait_stored(1);
}

static void a_file_is_taken_when_it_is_complete(void **state)
{
    int fd;

    (void)state;
    start(FOLDER_DROP, FOLDER_AFTER_DEFAULT, room.path);
    room_write(&room, "early.json", report(0));
    wait_stored(1);
    fd = open(room_path(&room, "a.json"), O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, report(1), 20), 20);
    room_write(&room, "b.json.tmp", report(2));
    room_write(&room, "c.json.part", report(2));
    room_write(&room, ".d.json", report(2));
    room_write(&room, "e.json", report(3));
    wait_there(".done/e.json");
    wait_stored(2);
    assert_true(room_has(&room, "a.json"));
    assert_int_equal(write(fd, report(1) + 20, strlen(report(1)) - 20),
                     strlen(report(1)) - 20);
    close(fd);
    wait_there(".done/a.json");
    assert_int_equal(
        rename(room_path(&room, "b.json.tmp"), room_path(&room, "b.json")), 0);
    wait_there(".done/b.json");
    wait_stored(4);
    assert_true(room_has(&room, "c.json.part"));
    assert_true(room_has(&room, ".d.json"));
    /* A name that comes again takes no other's place. */
    room_write(&room, "a.json", report(5));
    wait_gone("a.json");
    wait_stored(5);
    assert_true(room_has(&room, ".done/a.json"));
}

static void what_cannot_be_read_delays_no_other(void **state)
{
    const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

    (void)state;
    assert_int_equal(mkfifo(room_path(&room, "pipe"), 0600), 0);
    room_make_folder(&room, "folder");
    assert_int_equal(symlink("/etc/passwd", room_path(&room, "link")), 0);
    assert_int_equal(utimensat(AT_FDCWD, room_path(&room, "pipe"), old, 0), 0);
    start(FOLDER_DROP, FOLDER_DELETE, room.path);
    room_write(&room, "a.json", report(1));
    wait_gone("a.json");
    room_write(&room, "b.json", report(2));
    wait_gone("b.json");
    wait_stored(2);
    assert_true(room_has(&room, "pipe"));
    assert_true(room_has(&room, "folder"));
    assert_true(room_has(&room, "link"));
    assert_false(room_has(&room, ".done/a.json"));
}

static void what_is_left_is_read_once(void **state)
{
    char sql[200], text[FOLDER_STAMP_BYTES];
    struct folder_file file;

    (void)state;
    make_maildir();
    deliver("1.known", mail(1));
    assert_int_equal(
        folder_file_look(room.fd, "new/1.known", &file, &sample->err), 0);
    snprintf(sql, sizeof(sql),
             "INSERT INTO position (source, item, value) VALUES "
             "('source', '1.known', '%s')",
             folder_file_stamp_text(file.stamp, text));
    sample_ask(sample, sql);
    start(FOLDER_MAILDIR, FOLDER_LEAVE, room.path);
    deliver("2.new", mail(2));
    wait_stored(1);
    stop();
    assert_true(room_has(&room, "new/1.known"));
    assert_true(room_has(&room, "new/2.new"));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM position "
                                        "WHERE source = 'source'"),
                     2);
    start(FOLDER_MAILDIR, FOLDER_LEAVE, room.path);
    /* Another content is another mail. */
    deliver("1.known", mail(3));
    wait_stored(2);
}

static void append(int number)
{
    char text[1200];

    snprintf(text, sizeof(text), "From a@b Thu Oct  1 00:00:00 2026\n%s\n",
             mail(number));
    room_append(&room, "mbox", text);
}

static void an_mbox_is_read_on_where_it_was(void **state)
{
    static char path[ROOM_PATH_BYTES];
    char *position, *later;

    (void)state;
    snprintf(path, sizeof(path), "%s", room_path(&room, "mbox"));
    append(1);
    start(FOLDER_MBOX, FOLDER_AFTER_DEFAULT, path);
    wait_stored(1);
    append(2);
    append(3);
    wait_stored(3);
    stop();
    position = sample_dump(sample, "SELECT value FROM position");
    append(4);
    start(FOLDER_MBOX, FOLDER_AFTER_DEFAULT, path);
    wait_stored(4);
    stop();
    later = sample_dump(sample, "SELECT value FROM position");
    assert_string_not_equal(later, position);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM position"), 1);
    free(position);
    free(later);
    assert_int_equal(try_start(FOLDER_MBOX, FOLDER_DELETE, path), -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
}

static void many_are_taken_from_each(void **state)
{
    static char path[ROOM_PATH_BYTES];
    char name[32];

    (void)state;
    snprintf(path, sizeof(path), "%s", room_path(&room, "mbox"));
    make_maildir();
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "%d.mail", i);
        deliver(name, mail(i));
        append(MANY + i);
    }
    start(FOLDER_MAILDIR, FOLDER_AFTER_DEFAULT, room.path);
    wait_stored(MANY);
    stop();
    start(FOLDER_MBOX, FOLDER_AFTER_DEFAULT, path);
    wait_stored((int64_t)2 * MANY);
    stop();
    assert_false(room_has(&room, "new/0.mail"));
    assert_true(room_has(&room, "cur/0.mail:2,S"));
    assert_int_equal(rmdir(room_path(&room, "new")), 0);
}

static void a_store_that_fails_loses_nothing(void **state)
{
    (void)state;
    make_maildir();
    start(FOLDER_MAILDIR, FOLDER_AFTER_DEFAULT, room.path);
    sample_ask(sample, "ALTER TABLE raw RENAME TO gone");
    deliver("1.a", mail(1));
    deliver("2.a", mail(2));
    poll(NULL, 0, 100);
    assert_true(room_has(&room, "new/1.a"));
    sample_ask(sample, "ALTER TABLE gone RENAME TO raw");
    wait_there("cur/1.a:2,S");
    wait_there("cur/2.a:2,S");
    wait_stored(2);
}

static void a_folder_is_found_again(void **state)
{
    static char path[ROOM_PATH_BYTES];

    (void)state;
    snprintf(path, sizeof(path), "%s", room_path(&room, "drop"));
    room_make_folder(&room, "drop");
    start(FOLDER_DROP, FOLDER_AFTER_DEFAULT, path);
    room_write(&room, "drop/a", report(1));
    wait_there("drop/.done/a");
    room_make_folder(&room, "next");
    room_write(&room, "next/.keep", "");
    assert_int_equal(rename(path, room_path(&room, "old")), 0);
    assert_int_equal(rename(room_path(&room, "next"), path), 0);
    /* It is watched again at once; then the event is seen, else the sweep. */
    room_write(&room, "drop/b", report(2));
    wait_there("drop/.done/b");
    wait_stored(2);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_maildir_is_emptied_into_cur),
        test(what_people_should_read_stays_unseen),
        test(a_file_is_taken_when_it_is_complete),
        test(what_cannot_be_read_delays_no_other),
        test(what_is_left_is_read_once),
        test(an_mbox_is_read_on_where_it_was),
        test(many_are_taken_from_each),
        test(a_store_that_fails_loses_nothing),
        test(a_folder_is_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
