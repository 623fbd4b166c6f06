/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/handle.h"
#include "store/sample.h"
#include "store/sql.h"

/* A migration that a later version might bring. */
static const char second[] = "CREATE TABLE later (a INTEGER NOT NULL) STRICT;"
                             "INSERT INTO later SELECT count(*) FROM report;";
static const char broken[] = "CREATE TABLE more (a INTEGER NOT NULL) STRICT;"
                             "INSERT INTO absent VALUES (1);";

static int migrate_to(struct sample_store *sample, const char *next)
{
    const char *migrations[32];
    size_t n;
    const char *const *known = schema_migrations(&n);

    assert_true(n < 32);
    for (size_t i = 0; i < n; i++)
        migrations[i] = known[i];
    migrations[n] = next;
    return schema_migrate(sample->store, migrations, n + 1, &sample->err);
}

/* The version that this program makes. */
static int current(void)
{
    size_t n;

    (void)schema_migrations(&n);
    return (int)n;
}

static const char *text_of(const char *before, int number, const char *after)
{
    static char text[32];

    snprintf(text, sizeof(text), "%.12s%d%.6s", before, number, after);
    return text;
}

static bool exists(struct sample_store *sample, const char *suffix)
{
    char path[160];

    snprintf(path, sizeof(path), "%s%s", sample->path, suffix);
    return access(path, F_OK) == 0;
}

static void a_new_store_has_version_and_owner(void **state)
{
    struct sample_store *sample = *state;

    assert_int_equal(sample_ask(sample, "PRAGMA user_version"), current());
    assert_int_equal(sample_ask(sample, "PRAGMA application_id"),
                     SCHEMA_APPLICATION);
    assert_false(exists(sample, ".backup-0"));
}

static void an_older_store_is_copied_and_migrated(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char command[256];
    struct stat status;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    assert_ok(sample, migrate_to(sample, second));
    assert_int_equal(sample_ask(sample, "PRAGMA user_version"), current() + 1);
    assert_int_equal(sample_ask(sample, "SELECT a FROM later"), 1);

    snprintf(command, sizeof(command), "%s.backup-%d", sample->path, current());
    assert_int_equal(stat(command, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    snprintf(command, sizeof(command), "ATTACH '%s.backup-%d' AS old",
             sample->path, current());
    assert_ok(sample, sql_execute(sample->store, command, &sample->err));
    assert_ok(sample, sql_execute(sample->store,
                                  "INSERT INTO later SELECT count(*) + 10 FROM"
                                  " old.report; DETACH old",
                                  &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT max(a) FROM later"), 11);
}

static void a_failed_migration_leaves_the_old_version(void **state)
{
    struct sample_store *sample = *state;

    assert_int_equal(migrate_to(sample, broken), -1);
    assert_non_null(
        strstr(sample->err.text, text_of("migration ", current() + 1, "")));
    assert_int_equal(sample_ask(sample, "PRAGMA user_version"), current());
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM sqlite_schema"
                                        " WHERE name = 'more'"),
                     0);
    assert_ok(sample, migrate_to(sample, second));
    assert_int_equal(sample_ask(sample, "PRAGMA user_version"), current() + 1);
}

static void a_half_made_copy_is_made_anew(void **state)
{
    struct sample_store *sample = *state;
    char path[160];
    FILE *part;

    snprintf(path, sizeof(path), "%s.backup-%d.part", sample->path, current());
    part = fopen(path, "w");
    assert_non_null(part);
    fputs("cut off", part);
    fclose(part);
    assert_ok(sample, migrate_to(sample, second));
    assert_true(exists(sample, text_of(".backup-", current(), "")));
    assert_false(exists(sample, text_of(".backup-", current(), ".part")));
}

static void a_newer_schema_is_refused_by_its_version(void **state)
{
    struct sample_store *sample = *state;
    struct store *other = NULL;

    assert_ok(sample, migrate_to(sample, second));
    for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        assert_int_equal(store_open(sample->url, (enum store_mode)mode,
                                    &sample->clock, &other, &sample->err),
                         -1);
        assert_int_equal(sample->err.kind, ERR_STORE);
        assert_non_null(
            strstr(sample->err.text, text_of("version ", current() + 1, "")));
    }
}

/* A store that a newer program migrated is not written to any more. */
static void a_handle_notices_a_migration(void **state)
{
    struct sample_store *sample = *state;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    store_rollback(sample->store);
    assert_ok(sample, migrate_to(sample, second));
    assert_int_equal(store_begin(sample->store, &sample->err), -1);
    assert_non_null(
        strstr(sample->err.text, text_of("version ", current() + 1, "")));
}

static void another_programs_file_is_refused(void **state)
{
    struct sample_store *sample = *state;
    struct store *other = NULL;

    assert_ok(sample, sql_execute(sample->store, "PRAGMA application_id = 5",
                                  &sample->err));
    assert_int_equal(store_open(sample->url, STORE_WRITE, &sample->clock,
                                &other, &sample->err),
                     -1);
    assert_non_null(strstr(sample->err.text, "another program"));
}

static void what_is_no_database_is_refused(void **state)
{
    struct sample_store *sample = *state;
    struct store *other = NULL;
    FILE *file;

    store_close(sample->store);
    sample->store = NULL;
    file = fopen(sample->path, "w");
    assert_non_null(file);
    for (int i = 0; i < 300; i++)
        fputs("this is no database\n", file);
    fclose(file);
    assert_int_equal(store_open(sample->url, STORE_WRITE, &sample->clock,
                                &other, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_STORE);
}

/* Several processes that start at once make one schema between them. */
static void processes_that_start_together_agree(void **state)
{
    struct sample_store *sample = *state;
    pid_t children[4];

    store_close(sample->store);
    sample->store = NULL;
    assert_int_equal(unlink(sample->path), 0);
    for (size_t i = 0; i < 4; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct store *store = NULL;
            int status = store_open(sample->url, STORE_WRITE, &sample->clock,
                                    &store, &sample->err);

            store_close(store);
            _exit(status != 0);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        int status = 0;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(sample_ask(sample, "PRAGMA user_version"), current());
    assert_false(exists(sample, text_of(".backup-", current(), "")));
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_new_store_has_version_and_owner),
        test(an_older_store_is_copied_and_migrated),
        test(a_failed_migration_leaves_the_old_version),
        test(a_half_made_copy_is_made_anew),
        test(a_newer_schema_is_refused_by_its_version),
        test(a_handle_notices_a_migration),
        test(another_programs_file_is_refused),
        test(what_is_no_database_is_refused),
        test(processes_that_start_together_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
