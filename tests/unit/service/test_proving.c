/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/proving.h"

#include "base/log.h"
#include "store/outbox_proof.h"
#include "store/outbox_sample.h"

enum { DAY = UTC_DAY_SECONDS };

/* A reporter's part of it, with one identity whose mails the relay signs. */
struct room {
    struct outgoing_settings settings;
    struct outgoing_identity identity;
    struct letters *letters;
    struct proving proving;
    struct map *proven; /* or NULL */
};

static void begin(struct room *room, struct outbox_sample *sample)
{
    room->identity =
        (struct outgoing_identity){ .name = "",
                                    .organization_name = "Example",
                                    .contact_info = "tls@example.org",
                                    .is_signed_by_relay = true };
    outgoing_settings_init(&room->settings);
    room->settings.identities = &room->identity;
    room->settings.n_identities = 1;
    room->settings.relay.url = "smtp://relay.example";
    assert_int_equal(letters_open(&room->settings, &room->letters, NULL), 0);
    room->proving = (struct proving){ .settings = &room->settings,
                                      .outbox = sample->outbox,
                                      .letters = room->letters,
                                      .clock = &sample->clock,
                                      .proven = room->proven };
    proving_look(&room->proving);
}

/* A service that is started anew. Returns: whether its mails go out. */
static bool starts(struct outbox_sample *sample)
{
    struct room room = { .proven = NULL };
    bool may;

    begin(&room, sample);
    may = !letters_trouble(room.letters, 0);
    letters_close(room.letters);
    return may;
}

static void prove(struct outbox_sample *sample, const char *way)
{
    outbox_sample_ok(sample, outbox_note_self_test(sample->outbox, "", "x", way,
                                                   &sample->err));
    outbox_sample_ok(sample, outbox_note_proof(sample->outbox, "", "x", "d",
                                               "s", &sample->err));
}

static void a_proof_lets_a_running_service_go_on(void **state)
{
    struct outbox_sample *sample = *state;
    const utc_time start = sample->clock.fixed;
    struct room room = { .proven = NULL };

    log_set_level(LOG_LEVEL_ERROR);
    begin(&room, sample);
    assert_non_null(letters_trouble(room.letters, 0));
    prove(sample, "smtp://relay.example as tls@example.org");
    proving_look(&room.proving); /* within the minute */
    assert_non_null(letters_trouble(room.letters, 0));
    sample->clock = clock_fixed(start + 60);
    proving_look(&room.proving);
    assert_null(letters_trouble(room.letters, 0));

    sample->clock = clock_fixed(start + 500 * (utc_time)DAY);
    proving_look(&room.proving);
    assert_null(letters_trouble(room.letters, 0));
    letters_close(room.letters);
}

/* Settings that are read again are no start. */
static void a_reload_keeps_what_was_good(void **state)
{
    struct outbox_sample *sample = *state;
    const utc_time start = sample->clock.fixed;
    struct map proven;
    struct room room = { .proven = &proven };

    log_set_level(LOG_LEVEL_ERROR);
    map_init(&proven);
    prove(sample, "smtp://relay.example as tls@example.org");
    begin(&room, sample);
    assert_null(letters_trouble(room.letters, 0));
    letters_close(room.letters);

    sample->clock = clock_fixed(start + 401 * (utc_time)DAY);
    begin(&room, sample);
    assert_null(letters_trouble(room.letters, 0));
    letters_close(room.letters);

    /* By another way nothing was proven. */
    prove(sample, "smtp://another.example as tls@example.org");
    begin(&room, sample);
    assert_non_null(letters_trouble(room.letters, 0));
    letters_close(room.letters);
    map_deinit(&proven);
}

static void a_start_wants_one_that_is_good(void **state)
{
    struct outbox_sample *sample = *state;
    const utc_time start = sample->clock.fixed;

    log_set_level(LOG_LEVEL_ERROR);
    assert_false(starts(sample));
    prove(sample, "smtp://relay.example as tls@example.org");
    assert_true(starts(sample));
    sample->clock = clock_fixed(start + 399 * (utc_time)DAY);
    assert_true(starts(sample));
    sample->clock = clock_fixed(start + 401 * (utc_time)DAY);
    assert_false(starts(sample));
    prove(sample, "smtp://another.example as tls@example.org");
    assert_false(starts(sample));
}

#define test(f)                                                                \
    cmocka_unit_test_setup_teardown(f, outbox_sample_open, outbox_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_proof_lets_a_running_service_go_on),
        test(a_reload_keeps_what_was_good),
        test(a_start_wants_one_that_is_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
