/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_sample.h"

#include <stdio.h>
#include <string.h>

struct told {
    char text[256];
};

static int take(void *context, const struct store_dmarc_policy *policy,
                struct err *err)
{
    struct told *told = context;
    size_t used = strlen(told->text);

    (void)err;
    snprintf(told->text + used, sizeof(told->text) - used, "%s %d %d %d\n",
             policy->text, (int)policy->first_day - SAMPLE_DAY,
             (int)policy->last_day - SAMPLE_DAY, (int)policy->reports);
    return 0;
}

static void put(struct sample_store *sample, const char *organization,
                int32_t day, const char *policy, const char *domain)
{
    struct dmarc_sample report;

    dmarc_sample_fill(&report, organization, domain, SAMPLE_DAY + day, 10, 3);
    report.dmarc.policy = policy;
    dmarc_sample_put(sample, &report);
}

static void policies_come_newest_first(void **state)
{
    struct sample_store *sample = *state;
    struct told told = { "" };

    put(sample, "one", 0, "p=none", "a.example");
    put(sample, "two", 0, "p=none", "a.example");
    put(sample, "one", 5, "p=reject", "a.example");
    put(sample, "two", 3, "p=none", "a.example");
    put(sample, "one", 9, "p=quarantine", "b.example");
    assert_ok(sample,
              store_dmarc_each_policy(sample->store, "a.example", SAMPLE_ALL,
                                      take, &told, &sample->err));
    assert_string_equal(told.text, "p=reject 5 5 1\np=none 0 3 3\n");
    told.text[0] = '\0';
    assert_ok(sample,
              store_dmarc_each_policy(
                  sample->store, "a.example",
                  (struct store_range){ SAMPLE_DAY + 1, SAMPLE_DAY + 3 }, take,
                  &told, &sample->err));
    assert_string_equal(told.text, "p=none 3 3 1\n");
    told.text[0] = '\0';
    assert_ok(sample,
              store_dmarc_each_policy(sample->store, "never.example",
                                      SAMPLE_ALL, take, &told, &sample->err));
    assert_string_equal(told.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(policies_come_newest_first, sample_open,
                                        sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
