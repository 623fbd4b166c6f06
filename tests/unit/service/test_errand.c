/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "keys.h"
#include "mail/dkim.h"
#include "row.h"
#include "service/errand.h"

enum { NOW = 1795306200, DAY = 86400 };

/* A folder with an outbox, a key, a sendmail command that keeps what it gets. */
struct room {
    char folder[32], url[64], key[64], command[64], got[64];
    struct outgoing_settings settings;
    struct outgoing_identity identity;
    const char *sendmail[2];
    struct letters *letters;
    struct outbox *outbox;
    struct clock clock;
    struct errand_kit kit;
};

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

static void open_letters(struct room *room)
{
    letters_close(room->letters);
    assert_int_equal(letters_open(&room->settings, &room->letters, NULL), 0);
    room->kit = (struct errand_kit){
        .courier = { .settings = &room->settings, .stop_fd = -1 },
        .letters = room->letters,
        .clock = &room->clock,
    };
}

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof(*room));
    char script[200];

    log_set_level(LOG_LEVEL_ERROR);
    snprintf(room->folder, sizeof(room->folder), "/tmp/errand-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    snprintf(room->url, sizeof(room->url), "sqlite:%s/outbox.db", room->folder);
    snprintf(room->key, sizeof(room->key), "%s/key.pem", room->folder);
    snprintf(room->got, sizeof(room->got), "%s/got", room->folder);
    snprintf(room->command, sizeof(room->command), "%s/sendmail", room->folder);
    write_file(room->key, KEY_RSA2048_PEM, 0600);
    snprintf(script, sizeof(script),
             "#!/bin/sh\necho \"$@\" >>%s/words\ncat >%s\nexit $(cat %s/status)"
             "\n",
             room->folder, room->got, room->folder);
    write_file(room->command, script, 0700);
    outgoing_settings_init(&room->settings);
    room->identity = (struct outgoing_identity){
        .name = "",
        .organization_name = "Example",
        .contact_info = "tls@mta.example.org",
        .dkim_selector = "s1",
        .dkim_key_file = room->key,
    };
    room->settings.identities = &room->identity;
    room->settings.n_identities = 1;
    room->settings.retry_s = DAY;
    room->sendmail[0] = room->command;
    room->settings.relay.sendmail.items = room->sendmail;
    room->settings.relay.sendmail.n_items = 1;
    room->clock = clock_fixed(NOW);
    assert_int_equal(
        outbox_open(room->url, STORE_WRITE, &room->clock, &room->outbox, NULL),
        0);
    open_letters(room);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    char text[64];

    outbox_close(room->outbox);
    letters_close(room->letters);
    snprintf(text, sizeof(text), "rm -r %s", room->folder);
    assert_int_equal(system(text), 0);
    free(room);
    return 0;
}

static void put(struct room *room, const char *uri, const char *host)
{
    const struct outbox_report report = {
        .day = utc_day_of(NOW) - 1,
        .domain = SLICE("example.com"),
        .record = SLICE("v=TLSRPTv1; rua=mailto:x@example.com"),
        .tenant = SLICE(""),
        .report_id = SLICE("20261121.example.com.4f2c91@mta.example.org"),
        .file_name = SLICE("mta.example.org!example.com!1!2!4f2c91.json.gz"),
        .submitter = SLICE("mta.example.org"),
        .success_sessions = 7,
        .octets = SLICE("\x1f\x8bpayload"),
    };
    const struct outbox_destination destination = {
        .uri = slice_of(uri),
        .host = slice_of(host),
        .start_at = NOW,
    };

    assert_int_equal(
        outbox_put_report(room->outbox, &report, &destination, 1, NULL), 0);
}

static void answer_with(const struct room *room, const char *status)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/status", room->folder);
    write_file(path, status, 0600);
}

static enum attempt_fate run(struct room *room)
{
    enum attempt_fate fate;

    assert_int_equal(errand_run(&room->kit, room->outbox, 1, &fate, NULL), 0);
    return fate;
}

static struct outbox_load load(struct room *room, struct arena *arena)
{
    struct outbox_load loaded;

    assert_int_equal(outbox_load(room->outbox, 1, arena, &loaded, NULL), 0);
    return loaded;
}

static size_t read_got(const struct room *room, char *out, size_t bytes)
{
    FILE *f = fopen(room->got, "rb");
    size_t n = f ? fread(out, 1, bytes, f) : 0;

    if (f)
        fclose(f);
    return n;
}

/* Whatever the time and the key are by then. */
static void every_try_sends_the_same_octets(void **state)
{
    struct room *room = *state;
    static char first[20000], second[20000];
    struct arena arena;
    struct outbox_load loaded;
    size_t n;

    put(room, "mailto:reports@example.com", "example.com");
    answer_with(room, "75");
    assert_int_equal(run(room), ATTEMPT_AGAIN);
    n = read_got(room, first, sizeof(first));
    assert_true(n > 500);

    room->clock = clock_fixed(NOW + 1000);
    write_file(room->key, KEY_ED25519_PEM, 0600);
    open_letters(room);
    answer_with(room, "0");
    assert_int_equal(run(room), ATTEMPT_DELIVERED);
    assert_int_equal(read_got(room, second, sizeof(second)), n);
    assert_memory_equal(first, second, n);

    arena_init(&arena, 1 << 20);
    loaded = load(room, &arena);
    assert_int_equal(loaded.delivery.state, OUTBOX_DELIVERED);
    assert_int_equal(loaded.delivery.tries, 2);
    assert_int_equal(loaded.delivery.first_try_at, NOW);
    /* It is not run once more. */
    assert_int_equal(run(room), ATTEMPT_FATE_COUNT);
    arena_deinit(&arena);
}

static void the_mail_is_signed_and_addressed(void **state)
{
    struct room *room = *state;
    struct slice record = SLICE("v=DKIM1; p=" KEY_RSA2048_PUBLIC);
    const struct dkim_answer answer = { DKIM_LOOKUP_FOUND, &record, 1 };
    struct dkim_result result;
    struct outbox_load loaded;
    struct arena arena;
    struct dkim dkim;
    char path[64], words[200] = "";
    FILE *f;

    put(room, "mailto:a%20b@example.com", "example.com");
    answer_with(room, "0");
    assert_int_equal(run(room), ATTEMPT_DELIVERED);
    arena_init(&arena, 1 << 20);
    loaded = load(room, &arena);
    assert_int_equal(dkim_read(&arena, loaded.mail, NOW, &dkim, NULL), 0);
    assert_int_equal(dkim.n_signatures, 1);
    assert_string_equal(dkim.signatures[0].query_name,
                        "s1._domainkey.mta.example.org");
    assert_int_equal(dkim_judge(&dkim.signatures[0], &answer, DKIM_KEY_ACCEPT,
                                &result, NULL),
                     0);
    assert_int_equal(result.verdict, DKIM_PASS);
    snprintf(path, sizeof(path), "%s/words", room->folder);
    f = fopen(path, "r");
    assert_non_null(fgets(words, sizeof(words), f));
    fclose(f);
    assert_string_equal(words,
                        "-i -f tls@mta.example.org -- \"a b\"@example.com\n");
    arena_deinit(&arena);
}

/* RFC 8463 section 5: a verifier takes the one that it knows. */
static void two_keys_make_two_signatures(void **state)
{
    struct room *room = *state;
    struct slice records[] = { SLICE(
                                   "v=DKIM1; k=ed25519; p=" KEY_ED25519_PUBLIC),
                               SLICE("v=DKIM1; p=" KEY_RSA2048_PUBLIC) };
    char second[64];
    struct outbox_load loaded;
    struct arena arena;
    struct dkim dkim;

    snprintf(second, sizeof(second), "%s/second.pem", room->folder);
    write_file(second, KEY_ED25519_PEM, 0600);
    room->identity.dkim_second_selector = "ed";
    room->identity.dkim_second_key_file = second;
    open_letters(room);
    put(room, "mailto:reports@example.com", "example.com");
    answer_with(room, "0");
    assert_int_equal(run(room), ATTEMPT_DELIVERED);
    arena_init(&arena, 1 << 20);
    loaded = load(room, &arena);
    assert_int_equal(dkim_read(&arena, loaded.mail, NOW, &dkim, NULL), 0);
    assert_int_equal(dkim.n_signatures, 2);
    for (size_t i = 0; i < 2; i++) {
        const bool is_rsa =
            strncmp(dkim.signatures[i].query_name, "s1.", 3) == 0;
        const struct dkim_answer answer = { DKIM_LOOKUP_FOUND, &records[is_rsa],
                                            1 };
        struct dkim_result result;

        assert_int_equal(dkim_judge(&dkim.signatures[i], &answer,
                                    DKIM_KEY_ACCEPT, &result, NULL),
                         0);
        assert_int_equal(result.verdict, DKIM_PASS);
    }
    assert_string_not_equal(dkim.signatures[0].query_name,
                            dkim.signatures[1].query_name);
    /* One of them alone is not what was asked for. */
    unlink(second);
    open_letters(room);
    assert_non_null(letters_trouble(room->letters, 0));
    arena_deinit(&arena);
}

static void nothing_unsigned_goes_out(void **state)
{
    struct room *room = *state;
    char octets[100];

    room->identity.dkim_key_file = NULL;
    open_letters(room);
    assert_non_null(letters_trouble(room->letters, 0));
    put(room, "mailto:reports@example.com", "example.com");
    answer_with(room, "0");
    assert_int_equal(run(room), ATTEMPT_AGAIN);
    assert_int_equal(read_got(room, octets, sizeof(octets)), 0);

    /* Unless the relay was seen to sign. */
    room->identity.is_signed_by_relay = true;
    open_letters(room);
    assert_non_null(letters_trouble(room->letters, 0));
    letters_prove(room->letters, 0, SELF_TEST_FRESH);
    letters_prove(room->letters, 0, SELF_TEST_EXPIRED);
    assert_null(letters_trouble(room->letters, 0));
    room->clock = clock_fixed(NOW + 1000);
    assert_int_equal(run(room), ATTEMPT_DELIVERED);
    assert_int_equal(read_got(room, octets, 5), 5);
    assert_memory_equal(octets, "Date:", 5);
}

static void keys_that_nobody_believes_sign_nothing(void **state)
{
    struct room *room = *state;

    write_file(room->key, KEY_RSA512_PEM, 0600);
    open_letters(room);
    assert_non_null(letters_trouble(room->letters, 0));
    write_file(room->key, KEY_RSA1024_PEM, 0600);
    open_letters(room);
    assert_null(letters_trouble(room->letters, 0));
    assert_true(letters_key_is_weak(room->letters, 0));
    write_file(room->key, KEY_RSA2048_PEM, 0644);
    open_letters(room);
    assert_non_null(letters_trouble(room->letters, 0));
    room->identity.dkim_key_file = "/nowhere/at/all";
    open_letters(room);
    assert_non_null(letters_trouble(room->letters, 0));
}

static const struct {
    const char *name, *uri, *host, *status;
    enum attempt_fate fate;
} fates[] = {
    { "refused", "mailto:x@example.com", "example.com", "67", ATTEMPT_REFUSED },
    { "later", "mailto:x@example.com", "example.com", "75", ATTEMPT_AGAIN },
    { "no address for mail", "mailto:%C3%BC@example.com", "example.com", "0",
      ATTEMPT_REFUSED },
    { "no destination", "ftp://example.com/", "example.com", "0",
      ATTEMPT_REFUSED },
    { "this machine", "https://127.0.0.1:9/", "127.0.0.1", "0",
      ATTEMPT_REFUSED },
    { "no folder", "directory:/nowhere/at/all", "", "0", ATTEMPT_AGAIN },
    { "a folder", "directory:/tmp", "", "0", ATTEMPT_DELIVERED },
};

static void what_is_answered_is_noted(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(fates); i++) {
        void *own = NULL;
        struct room *room;
        struct arena arena;

        set_up(&own);
        room = own;
        put(room, fates[i].uri, fates[i].host);
        answer_with(room, fates[i].status);
        ROW_NUMBER(fates[i].name, run(room), fates[i].fate);
        arena_init(&arena, 1 << 20);
        ROW_NUMBER(fates[i].name, load(room, &arena).delivery.tries, 1);
        assert_true(load(room, &arena).delivery.answer.len > 0);
        assert_false(load(room, &arena).delivery.is_open);
        arena_deinit(&arena);
        tear_down(&own);
    }
    unlink("/tmp/mta.example.org!example.com!1!2!4f2c91.json.gz");
}

/* For loop protection: only what may have got to somebody. */
static void mails_that_left_are_counted(void **state)
{
    static const struct {
        const char *name, *script;
        int64_t mails;
    } rows[] = {
        { "taken", "exit 0", 1 },
        { "not taken", "exit 75", 0 },
        { "killed", "kill -9 $$", 1 },
        { "no such command", NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        void *own = NULL;
        char script[100];
        int64_t n = -1;
        struct room *room;

        set_up(&own);
        room = own;
        put(room, "mailto:reports@example.com", "example.com");
        snprintf(script, sizeof(script), "#!/bin/sh\ncat >/dev/null\n%s\n",
                 rows[i].script ? rows[i].script : "");
        write_file(room->command, script, 0700);
        if (!rows[i].script)
            unlink(room->command);
        run(room);
        assert_int_equal(outbox_count_mails(room->outbox, utc_day_of(NOW),
                                            SLICE("example.com"), &n, NULL),
                         0);
        ROW_NUMBER(rows[i].name, n, rows[i].mails);
        tear_down(&own);
    }
}

/* The list may have grown since it was composed, or be about to shrink. */
static void what_is_suppressed_meanwhile_is_not_sent(void **state)
{
    struct room *room = *state;
    struct arena arena;

    put(room, "mailto:reports@example.com", "example.com");
    answer_with(room, "0");
    assert_int_equal(outbox_suppress(room->outbox, "@example.com", "it bounced",
                                     UTC_NONE, NULL),
                     0);
    assert_int_equal(run(room), ATTEMPT_FATE_COUNT);
    arena_init(&arena, 1 << 20);
    assert_int_equal(load(room, &arena).delivery.state, OUTBOX_SUPPRESSED);
    assert_int_equal(load(room, &arena).delivery.tries, 0);
    ROW_TEXT("answer", arena_copy(&arena, load(room, &arena).delivery.answer),
             "suppressed: it bounced");
    assert_int_not_equal(access(room->got, F_OK), 0);
    /* By hand, once it is off the list. */
    assert_int_equal(outbox_unsuppress(room->outbox, "@example.com", NULL), 0);
    assert_int_equal(
        outbox_change(room->outbox, 1, OUTBOX_WAITING, NOW, "", NULL), 0);
    assert_int_equal(run(room), ATTEMPT_DELIVERED);
    arena_deinit(&arena);
}

static void what_is_suppressed_and_forced_is_sent(void **state)
{
    struct room *room = *state;

    put(room, "mailto:reports@example.com", "example.com");
    answer_with(room, "75");
    assert_int_equal(outbox_suppress(room->outbox, "@example.com", "it bounced",
                                     UTC_NONE, NULL),
                     0);
    assert_int_equal(outbox_force(room->outbox, 1, NOW, "", NULL), 0);
    assert_int_equal(run(room), ATTEMPT_AGAIN);
    /* Each try of it, until a hand changes it. */
    answer_with(room, "0");
    room->clock = clock_fixed(NOW + 3600);
    assert_int_equal(run(room), ATTEMPT_DELIVERED);
    assert_int_equal(
        outbox_change(room->outbox, 1, OUTBOX_WAITING, NOW, "", NULL), 0);
    assert_int_equal(run(room), ATTEMPT_FATE_COUNT);
}

static void a_try_of_a_day_is_the_last(void **state)
{
    struct room *room = *state;

    put(room, "mailto:reports@example.com", "example.com");
    answer_with(room, "75");
    assert_int_equal(run(room), ATTEMPT_AGAIN);
    room->clock = clock_fixed(NOW + DAY - 10);
    assert_int_equal(run(room), ATTEMPT_GIVEN_UP);
    assert_int_equal(run(room), ATTEMPT_FATE_COUNT);
}

/* The list of what is due is older than the end of the try before. */
static void what_is_not_due_yet_is_left_alone(void **state)
{
    struct room *room = *state;
    struct arena arena;

    put(room, "mailto:reports@example.com", "example.com");
    answer_with(room, "75");
    assert_int_equal(run(room), ATTEMPT_AGAIN);
    assert_int_equal(run(room), ATTEMPT_FATE_COUNT);
    arena_init(&arena, 1 << 20);
    assert_int_equal(load(room, &arena).delivery.tries, 1);
    room->clock = clock_fixed(load(room, &arena).delivery.next_at);
    assert_int_equal(run(room), ATTEMPT_AGAIN);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_try_sends_the_same_octets, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_mail_is_signed_and_addressed,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_keys_make_two_signatures, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_unsigned_goes_out, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keys_that_nobody_believes_sign_nothing,
                                        set_up, tear_down),
        cmocka_unit_test(what_is_answered_is_noted),
        cmocka_unit_test(mails_that_left_are_counted),
        cmocka_unit_test_setup_teardown(
            what_is_suppressed_meanwhile_is_not_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_suppressed_and_forced_is_sent,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_try_of_a_day_is_the_last, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_due_yet_is_left_alone,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
