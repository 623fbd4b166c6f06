/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/tallies.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/tally_sample.h"

static void each_file_says_how_it_stands(void **state)
{
    struct tally_sample *sample = *state;
    char absent[160], broken[160];
    const char *const urls[] = { absent, sample->url, broken };
    struct insight_tallies tallies;
    FILE *file;

    snprintf(absent, sizeof(absent), "sqlite:%s/none.db", sample->folder);
    snprintf(broken, sizeof(broken), "sqlite:%s/broken.db", sample->folder);
    file = fopen(strchr(broken, ':') + 1, "w");
    assert_non_null(file);
    fputs("no database", file);
    fclose(file);
    insight_tallies_open(&tallies, urls, 3, &sample->clock);
    assert_int_equal(tallies.n, 3);
    assert_int_equal(tallies.files[0].state, INSIGHT_FILE_ABSENT);
    assert_null(tallies.open[0]);
    assert_int_equal(tallies.files[1].state, INSIGHT_FILE_READ);
    assert_non_null(tallies.open[1]);
    assert_int_equal(tallies.files[2].state, INSIGHT_FILE_FAILED);
    assert_true(tallies.files[2].why.text[0] != '\0');
    assert_string_equal(insight_file_path(&tallies.files[1]), sample->path);
    insight_tallies_close(&tallies);
    remove(strchr(broken, ':') + 1);
}

/* Sets what SQLite keeps as the version of a schema. */
static void set_version(struct tally_sample *sample, int version)
{
    char text[64];
    sqlite3 *db;

    snprintf(text, sizeof(text), "PRAGMA user_version = %d", version);
    assert_int_equal(sqlite3_open(sample->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void assert_failed(struct tally_sample *sample, const char *why)
{
    const char *const urls[] = { sample->url };
    struct insight_tallies tallies;

    insight_tallies_open(&tallies, urls, 1, &sample->clock);
    assert_int_equal(tallies.files[0].state, INSIGHT_FILE_FAILED);
    assert_non_null(strstr(tallies.files[0].why.text, why));
    assert_null(tallies.open[0]);
    insight_tallies_close(&tallies);
}

static void another_version_is_told_and_not_read(void **state)
{
    struct tally_sample *sample = *state;

    tally_close(sample->tally);
    sample->tally = NULL;
    set_version(sample, 99);
    assert_failed(sample, "99");
    assert_int_equal(truncate(sample->path, 0), 0);
    assert_failed(sample, "empty or older");
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(insight_file_state_name(INSIGHT_FILE_READ), "read");
    assert_string_equal(insight_file_state_name(INSIGHT_FILE_ABSENT), "absent");
    assert_string_equal(insight_file_state_name(INSIGHT_FILE_FAILED), "failed");
}

#define IN_A_TALLY(test)                                                       \
    cmocka_unit_test_setup_teardown(test, tally_sample_open, tally_sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_TALLY(each_file_says_how_it_stands),
        IN_A_TALLY(another_version_is_told_and_not_read),
        cmocka_unit_test(states_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
