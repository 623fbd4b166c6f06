/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "service/limits.h"
#include "service/reader.h"
#include "service/receiver.h"
#include "store/sample.h"
#include "unit/valgrind.h"

enum { MANY = 500 };

struct given {
    struct receiver_delivery delivery;
    char octets[400];
};

static struct given given[MANY];
static struct reader *reader; /* NULL: it is read in this process */
static struct intake_judges judges;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int n_kept, n_later, n_failures, n_recoveries;

static void done(struct receiver_delivery *delivery, bool is_kept)
{
    (void)delivery;
    pthread_mutex_lock(&lock);
    n_kept += is_kept;
    n_later += !is_kept;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void note_state(void *context, const char *text)
{
    (void)context;
    pthread_mutex_lock(&lock);
    n_failures += text != NULL;
    n_recoveries += text == NULL;
    pthread_mutex_unlock(&lock);
}

static void wait_for(const int *count, int wanted)
{
    pthread_mutex_lock(&lock);
    while (*count < wanted)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

/* Gives report `number` where another one may have stood. */
static int give_at(struct receiver *receiver, int place, int number)
{
    struct given *one = &given[place];

    snprintf(one->octets, sizeof(one->octets),
             "{\"organization-name\":\"o\",\"report-id\":\"r%d\","
             "\"date-range\":{\"start-datetime\":\"2026-10-01T00:00:00Z\","
             "\"end-datetime\":\"2026-10-01T23:59:59Z\"},\"policies\":["
             "{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":"
             "\"a.example\"},\"summary\":{\"total-successful-session-count\":"
             "2}}]}",
             number);
    one->delivery = (struct receiver_delivery){ .octets = slice_of(one->octets),
                                                .label = "test",
                                                .done = done };
    return receiver_give(receiver, &one->delivery);
}

static int give(struct receiver *receiver, int number)
{
    return give_at(receiver, number, number);
}

static struct receiver *start(struct sample_store *sample)
{
    const struct receiver_options options = { .store_url = sample->url,
                                              .clock = &sample->clock,
                                              .reader = reader,
                                              .judges = judges,
                                              .state = note_state };
    struct receiver *receiver;

    n_kept = n_later = n_failures = n_recoveries = 0;
    assert_ok(sample, receiver_start(&options, &receiver, &sample->err));
    return receiver;
}

static int64_t stored(struct sample_store *sample)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    return totals.sums.reports;
}

static void what_is_kept_is_stored(void **state)
{
    struct sample_store *sample = *state;
    struct receiver *receiver = start(sample);

    for (int i = 0; i < MANY; i++)
        assert_int_equal(give(receiver, i), 0);
    wait_for(&n_kept, MANY);
    assert_int_equal(stored(sample), MANY);
    receiver_stop(receiver);
}

static void an_end_keeps_what_was_given(void **state)
{
    struct sample_store *sample = *state;
    struct receiver *receiver = start(sample);

    for (int i = 0; i < MANY; i++)
        assert_int_equal(give(receiver, i), 0);
    receiver_stop(receiver);
    assert_int_equal(n_kept, MANY);
    assert_int_equal(stored(sample), MANY);
}

static void what_cannot_be_read_is_kept_too(void **state)
{
    struct sample_store *sample = *state;
    struct receiver *receiver = start(sample);
    int64_t count;

    given[0].delivery = (struct receiver_delivery){
        .octets = SLICE("no report"), .label = "test", .done = done
    };
    assert_int_equal(receiver_give(receiver, &given[0].delivery), 0);
    receiver_stop(receiver);
    assert_int_equal(n_kept, 1);
    assert_ok(sample,
              store_count_quarantined(sample->store, &count, &sample->err));
    assert_int_equal(count, 1);
}

/* While the store fails everything is told to come later; then it goes on by
 * itself. */
static void a_store_that_fails_loses_nothing(void **state)
{
    struct sample_store *sample = *state;
    struct receiver *receiver = start(sample);

    sample_ask(sample, "ALTER TABLE raw RENAME TO gone");
    assert_int_equal(give(receiver, 0), 0);
    wait_for(&n_later, 1);
    sample_ask(sample, "ALTER TABLE gone RENAME TO raw");
    assert_int_equal(n_failures, 1);
    assert_int_equal(give(receiver, 0), 0);
    wait_for(&n_kept, 1);
    receiver_stop(receiver);
    assert_int_equal(n_recoveries, 1);
    assert_int_equal(stored(sample), 1);
}

/* What the reader was told ahead is gone by then. */
static void a_store_that_fails_gives_up_what_was_told(void **state)
{
    struct sample_store *sample = *state;
    struct receiver *receiver = start(sample);

    sample_ask(sample, "ALTER TABLE raw RENAME TO gone");
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++)
            assert_int_equal(give(receiver, i), 0);
        wait_for(&n_later, (round + 1) * MANY);
        memset(given, 0, sizeof(given));
    }
    sample_ask(sample, "ALTER TABLE gone RENAME TO raw");
    for (int i = 0; i < MANY; i++)
        assert_int_equal(give(receiver, i), 0);
    receiver_stop(receiver);
    assert_int_equal(n_kept, MANY);
    assert_int_equal(stored(sample), MANY);
}

static const struct care_options no_room = { .reserve_bytes = INT64_MAX / 2 };
static const struct care_options room = { .reserve_bytes = 0 };

/* Is asked in the receiver's thread, while it has a batch at hand. */
static enum intake_known give_more(void *context,
                                   const struct intake_origin *origin,
                                   const char *domain, bool *out_is_ours)
{
    struct receiver *receiver = *(struct receiver **)context;

    (void)origin;
    (void)domain;
    *out_is_ours = true;
    if (given[1].delivery.done)
        return INTAKE_KNOWN;
    for (int i = 1; i < MANY; i++)
        assert_int_equal(give(receiver, i), 0);
    receiver_set_care(receiver, &no_room);
    return INTAKE_KNOWN;
}

/* What came while a batch was put is told to the reader, and not read in the
 * place of what stands there when there is room again. */
static void without_room_what_was_told_is_forgotten(void **state)
{
    struct sample_store *sample = *state;
    struct receiver *receiver;

    memset(given, 0, sizeof(given));
    judges =
        (struct intake_judges){ .claims = give_more, .context = &receiver };
    receiver = start(sample);
    assert_int_equal(give(receiver, 0), 0);
    wait_for(&n_kept, 1);
    wait_for(&n_later, MANY - 1);
    receiver_set_care(receiver, &room);
    assert_int_equal(give_at(receiver, MANY / 5, MANY), 0);
    wait_for(&n_kept, 2);
    receiver_stop(receiver);
    judges = (struct intake_judges){ .context = NULL };
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"
                                        " WHERE report_id = 'r500'"),
                     1);
}

static int n_refused; /* the receiver's thread until it ends */
static bool is_full;

/* Gives the shares of a large mail, and another input that finds no room. */
static enum intake_known give_shares(void *context,
                                     const struct intake_origin *origin,
                                     const char *domain, bool *out_is_ours)
{
    struct receiver *receiver = *(struct receiver **)context;
    static char large[SERVICE_QUEUE_BYTES / 4];
    static const char other[] = "other";

    (void)origin;
    (void)domain;
    *out_is_ours = true;
    receiver_set_care(receiver, &no_room);
    for (int i = 1; i <= SERVICE_LMTP_SHARES; i++) {
        given[i].delivery = (struct receiver_delivery){
            .octets = { large, sizeof(large) },
            .mail = large,
            .label = "test",
            .done = done,
        };
        n_refused += receiver_give(receiver, &given[i].delivery);
    }
    given[MANY - 1].delivery =
        (struct receiver_delivery){ .octets = { other, SERVICE_QUEUE_BYTES },
                                    .done = done };
    is_full = receiver_give(receiver, &given[MANY - 1].delivery) != 0;
    return INTAKE_KNOWN;
}

static void shared_octets_are_counted_once(void **state)
{
    struct sample_store *sample = *state;
    struct receiver *receiver;

    judges =
        (struct intake_judges){ .claims = give_shares, .context = &receiver };
    receiver = start(sample);
    assert_int_equal(give(receiver, 0), 0);
    wait_for(&n_kept, 1);
    receiver_stop(receiver);
    assert_int_equal(n_refused, 0);
    assert_true(is_full);
    assert_int_equal(n_later, SERVICE_LMTP_SHARES);
    judges = (struct intake_judges){ .context = NULL };
}

static int open_with_reader(void **state)
{
    const struct reader_options options = { .note = NULL };

    /* Under valgrind it is the same as without. */
    return sample_open(state) ||
           (!is_under_valgrind() && reader_open(&options, &reader, NULL));
}

static int close_with_reader(void **state)
{
    reader_close(reader);
    reader = NULL;
    return sample_close(state);
}

#define confined(f)                                                            \
    cmocka_unit_test_setup_teardown(f, open_with_reader, close_with_reader)
#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_kept_is_stored),
        test(an_end_keeps_what_was_given),
        test(what_cannot_be_read_is_kept_too),
        test(a_store_that_fails_loses_nothing),
        test(a_store_that_fails_gives_up_what_was_told),
        test(shared_octets_are_counted_once),
        confined(what_is_kept_is_stored),
        confined(an_end_keeps_what_was_given),
        confined(what_cannot_be_read_is_kept_too),
        confined(a_store_that_fails_loses_nothing),
        confined(a_store_that_fails_gives_up_what_was_told),
        confined(without_room_what_was_told_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
