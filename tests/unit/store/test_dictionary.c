/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "store/handle.h"
#include "store/sample.h"

static int64_t put(struct sample_store *sample, enum dictionary_kind kind,
                   const char *text, const char *label)
{
    int64_t id = 0;

    assert_ok(sample, dictionary_put(sample->store, kind, text, label, &id,
                                     &sample->err));
    assert_true(id > 0);
    return id;
}

static void a_name_has_one_number(void **state)
{
    struct sample_store *sample = *state;
    int64_t domain, found = 0;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    domain = put(sample, DICTIONARY_DOMAIN, "a.example", "");
    assert_int_equal(put(sample, DICTIONARY_DOMAIN, "a.example", ""), domain);
    assert_int_not_equal(put(sample, DICTIONARY_MX, "a.example", ""), domain);
    assert_int_not_equal(put(sample, DICTIONARY_DOMAIN, "", ""), domain);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    dictionary_forget(sample->store);
    assert_int_equal(dictionary_find(sample->store, DICTIONARY_DOMAIN,
                                     "a.example", &found, &sample->err),
                     0);
    assert_int_equal(found, domain);
    assert_int_equal(dictionary_find(sample->store, DICTIONARY_DOMAIN,
                                     "b.example", &found, &sample->err),
                     1);
}

/* Too long to be remembered, but kept and found. */
static void long_names_are_names(void **state)
{
    struct sample_store *sample = *state;
    const char *text = NULL;
    char name[5000];
    int64_t id;

    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_ok(sample, store_begin(sample->store, &sample->err));
    id = put(sample, DICTIONARY_MX, name, "");
    assert_int_equal(put(sample, DICTIONARY_MX, name, ""), id);
    assert_ok(sample, dictionary_text(sample->store, id, &text, &sample->err));
    assert_string_equal(text, name);
    name[4998] = 'y';
    assert_int_not_equal(put(sample, DICTIONARY_MX, name, ""), id);
}

static void a_label_is_the_first_spelling(void **state)
{
    struct sample_store *sample = *state;
    const char *label = NULL;
    const char *text = NULL;
    int64_t id;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    id = put(sample, DICTIONARY_ORGANIZATION, "google", "Google Inc.");
    assert_int_equal(
        put(sample, DICTIONARY_ORGANIZATION, "google", "google.com"), id);
    assert_ok(sample,
              dictionary_label(sample->store, id, &label, &sample->err));
    assert_string_equal(label, "Google Inc.");
    assert_ok(sample, dictionary_text(sample->store, id, &text, &sample->err));
    assert_string_equal(text, "google");
    id = put(sample, DICTIONARY_ORGANIZATION, "small", "small");
    assert_ok(sample,
              dictionary_label(sample->store, id, &label, &sample->err));
    assert_string_equal(label, "small");
}

static void a_number_never_given_has_no_name(void **state)
{
    struct sample_store *sample = *state;
    const char *text = NULL;

    assert_ok(sample, dictionary_text(sample->store, 77, &text, &sample->err));
    assert_string_equal(text, "");
    assert_ok(sample, dictionary_label(sample->store, 77, &text, &sample->err));
    assert_string_equal(text, "");
}

static void a_policy_has_one_number(void **state)
{
    struct sample_store *sample = *state;
    struct store_policy policy = { .type = "sts",
                                   .policy_text = "x",
                                   .mx_hosts = "" };
    int64_t first = 0, again = 0, other = 0;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, dictionary_put_policy(sample->store, &policy, 1, &first,
                                            &sample->err));
    assert_ok(sample, dictionary_put_policy(sample->store, &policy, 1, &again,
                                            &sample->err));
    policy.mx_hosts = "*.example.net";
    assert_ok(sample, dictionary_put_policy(sample->store, &policy, 1, &other,
                                            &sample->err));
    assert_int_equal(first, again);
    assert_int_not_equal(first, other);
    dictionary_forget(sample->store);
    assert_ok(sample, dictionary_put_policy(sample->store, &policy, 1, &again,
                                            &sample->err));
    assert_int_equal(again, other);
}

static int64_t number_of(struct sample_store *sample, const char *type,
                         const char *text, const char *mx_hosts)
{
    const struct store_policy policy = { .type = type,
                                         .policy_text = text,
                                         .mx_hosts = mx_hosts };
    int64_t number = 0;

    assert_ok(sample, dictionary_put_policy(sample->store, &policy, 1, &number,
                                            &sample->err));
    return number;
}

static void texts_of_policies_do_not_run_into_each_other(void **state)
{
    struct sample_store *sample = *state;
    char text[2000];
    int64_t first, second, third;

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_ok(sample, store_begin(sample->store, &sample->err));
    first = number_of(sample, "sts", "ab", "c");
    assert_int_not_equal(number_of(sample, "sts", "a", "bc"), first);
    assert_int_not_equal(number_of(sample, "stsa", "b", "c"), first);
    assert_int_equal(number_of(sample, "sts", "ab", "c"), first);
    second = number_of(sample, "sts", NULL, NULL);
    assert_int_equal(number_of(sample, "sts", "", ""), second);
    third = number_of(sample, "sts", text, "a");
    assert_int_not_equal(number_of(sample, "sts", text, "b"), third);
    assert_int_equal(number_of(sample, "sts", text, "a"), third);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_name_has_one_number),
        test(long_names_are_names),
        test(a_label_is_the_first_spelling),
        test(a_number_never_given_has_no_name),
        test(a_policy_has_one_number),
        test(texts_of_policies_do_not_run_into_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
