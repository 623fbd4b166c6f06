/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/deliveries.h"
#include "store/outbox_sample.h"

/* A try of a delivery that ends so. */
static void try_once(struct outbox_sample *sample, int64_t delivery,
                     enum outbox_state state)
{
    const utc_time now = clock_now(&sample->clock);
    const struct outbox_try try = { .state = state,
                                    .next_at = now + 9000,
                                    .answer = "said" };

    outbox_sample_ok(sample, outbox_note_start(sample->outbox, delivery, true,
                                               &sample->err));
    outbox_sample_ok(
        sample, outbox_note_try(sample->outbox, delivery, &try, &sample->err));
}

static void each_state_is_looked_at(void **state)
{
    struct outbox_sample *sample = *state;
    const utc_time now = clock_now(&sample->clock);
    struct clock later = clock_fixed(now + DELIVERIES_VAIN_S);
    struct deliveries met;
    const struct deliveries_share *mail = &met.ways[DELIVERIES_MAIL];
    int64_t ids[5];

    for (int i = 0; i < 5; i++) {
        char name[] = "a.example";

        name[0] = (char)('a' + i);
        ids[i] = outbox_sample_put(sample, name, now);
    }
    try_once(sample, ids[0], OUTBOX_WAITING);
    try_once(sample, ids[1], OUTBOX_REFUSED);
    try_once(sample, ids[2], OUTBOX_GIVEN_UP);
    try_once(sample, ids[3], OUTBOX_DELIVERED);
    outbox_sample_ok(sample, deliveries_look(sample->outbox, &sample->clock,
                                             &met, &sample->err));
    assert_int_equal(mail->n_in_vain, 2);
    assert_int_equal(mail->n_taken, 1);
    outbox_sample_ok(
        sample, deliveries_look(sample->outbox, &later, &met, &sample->err));
    assert_int_equal(mail->n_in_vain, 3);
    assert_int_equal(mail->first_at, now);
    assert_true(mail->is_of_hosts);
    assert_string_equal(mail->answer, "said");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            each_state_is_looked_at, outbox_sample_open, outbox_sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
