/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/facts.h"
#include "store/handle.h"
#include "store/sample.h"
#include "store/schema.h"
#include "store/sql.h"

enum { OLD_VERSION = 5 };

/* Names 1 to 6, two reports of version 5: one of two policies with one text and
 * a failure, which counts; one that stands beside, without a day. */
static const char old_rows[] =
    "INSERT INTO name VALUES (1, 1, 'a.example', ''), (2, 2, 'one', ''),"
    " (3, 3, 'certificate-expired', ''), (4, 4, 'mx1.a.example', ''),"
    " (5, 5, 'sts', ''), (6, 1, 'b.example', '');"
    "INSERT INTO policy_text VALUES (7, x'00', 5, 'text', '');"
    "INSERT INTO raw VALUES (1, x'00', 1, 0, x'00');"
    "INSERT INTO report (id, key, content_hash, standing, proof, day, start_at,"
    " end_at, stored_at, organization_id, organization, contact_info,"
    " report_id, success_sessions, failure_sessions, n_findings,"
    " reader_version, raw_id, payload, ordinal, input) VALUES"
    " (1, x'01', x'01', 0, 2, 20700, 0, 0, 0, 2, 'one', '', 'r', 10, 3, 0, 1,"
    " 1, 0, 0, 'f'),"
    " (2, x'02', x'02', 2, 2, -2147483648, 0, 0, 0, 2, 'one', '', 's', 5, 0, 0,"
    " 1, 1, 0, 0, 'f');"
    "INSERT INTO subject VALUES (1, 0, 0, 20700, 2, 13, 3),"
    " (1, 1, 0, 20700, 2, 13, 3), (2, 0, 2, -2147483648, 2, 5, 0),"
    " (2, 6, 2, -2147483648, 2, 5, 0);"
    "INSERT INTO share VALUES (1, 0, 3, 3, 0, 20700, 2, 0, 3),"
    " (1, 0, 4, 4, 0, 20700, 2, 0, 3), (1, 0, 5, 5, 0, 20700, 2, 26, 6),"
    " (1, 1, 3, 3, 0, 20700, 2, 0, 3), (1, 1, 4, 4, 0, 20700, 2, 0, 3),"
    " (1, 1, 5, 5, 0, 20700, 2, 26, 6);"
    "INSERT INTO policy VALUES (1, 0, 1, 1, 5, '', 7, 0, 20700, 10, 3, 0),"
    " (1, 1, 1, 1, 5, 'STS', 7, 0, 20700, 10, 3, 0),"
    " (2, 0, 6, 1, 5, '', 7, 2, -2147483648, 5, 1, 1);";

/* Makes the sample's file one of version 5, with those rows. */
static void make_old(struct sample_store *sample)
{
    size_t n;
    const char *const *migrations = schema_migrations(&n);
    char pragmas[96];
    sqlite3 *db;

    store_close(sample->store);
    sample->store = NULL;
    assert_int_equal(unlink(sample->path), 0);
    assert_int_equal(sqlite3_open(sample->path, &db), SQLITE_OK);
    for (size_t i = 0; i < OLD_VERSION; i++)
        assert_int_equal(sqlite3_exec(db, migrations[i], NULL, NULL, NULL),
                         SQLITE_OK);
    snprintf(pragmas, sizeof(pragmas),
             "PRAGMA application_id = %d; PRAGMA user_version = %d",
             SCHEMA_APPLICATION, OLD_VERSION);
    assert_int_equal(sqlite3_exec(db, pragmas, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, old_rows, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void assert_dump(struct sample_store *sample, const char *sql,
                        const char *expected)
{
    char *dump = sample_dump(sample, sql);

    assert_string_equal(dump, expected);
    free(dump);
}

static void rows_become_lines(void **state)
{
    struct sample_store *sample = *state;

    make_old(sample);
    sample_reopen(sample);
    assert_dump(sample,
                "SELECT domain_id, label_id, day, organization_id, sessions,"
                " failures FROM line WHERE standing = 0 AND report_id = 1",
                "0|-1|20700|2|13|3\n0|0|20700|2|13|3\n0|2|20700|2|13|3\n"
                "0|3|20700|2|0|3\n0|4|20700|2|0|3\n0|5|20700|2|26|6\n"
                "1|-8|20700|2|26|6\n1|-1|20700|2|13|3\n1|0|20700|2|13|3\n"
                "1|3|20700|2|0|3\n1|4|20700|2|0|3\n1|5|20700|2|26|6\n");
    assert_dump(sample,
                "SELECT domain_id, label_id, sessions, failures FROM line"
                " WHERE standing = 2 AND day = -2147483648 AND report_id = 2",
                "0|0|5|0\n0|2|5|0\n6|-8|0|0\n6|0|5|0\n");
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM line"), 16);
    assert_int_equal(sample_ask(sample,
                                "SELECT count(*) FROM sqlite_schema WHERE name"
                                " IN ('subject', 'share', 'policy')"),
                     0);
}

static void rows_become_facts(void **state)
{
    struct sample_store *sample = *state;
    struct facts facts;

    make_old(sample);
    sample_reopen(sample);
    assert_ok(sample, facts_load(sample->store, 1, &facts, &sample->err));
    assert_int_equal(facts.organization_id, 2);
    assert_int_equal(facts.day, 20700);
    assert_int_equal(facts.subjects.n, 2);
    assert_int_equal(facts.subjects.rows[1].domain_id, 1);
    assert_int_equal(facts.subjects.rows[1].sessions, 13);
    assert_int_equal(facts.shares.n, 6);
    assert_int_equal(facts.shares.rows[4].kind, DICTIONARY_MX);
    assert_int_equal(facts.shares.rows[5].sessions, 26);
    assert_int_equal(facts.n_policies, 2);
    assert_int_equal(facts.policies[0].type_text.len, 0);
    assert_true(slice_equal(facts.policies[1].type_text, SLICE("STS")));
    assert_ok(sample, facts_load(sample->store, 2, &facts, &sample->err));
    assert_int_equal(facts.day, UTC_DAY_NONE);
    assert_int_equal(facts.policies[0].is_implausible, 1);
    assert_int_equal(facts.policies[0].success_sessions, 5);
}

/* A migration that is cut off leaves what was there; the next one does it. */
static void it_is_done_as_a_whole(void **state)
{
    struct sample_store *sample = *state;

    make_old(sample);
    sample_ask(sample, "CREATE TABLE line (a)");
    assert_int_equal(store_open(sample->url, STORE_WRITE, &sample->clock,
                                &sample->store, &sample->err),
                     -1);
    sample->store = NULL;
    assert_int_equal(sample_ask(sample, "PRAGMA user_version"), OLD_VERSION);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM subject"), 4);
    sample_ask(sample, "DROP TABLE line");
    sample_reopen(sample);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM line"), 16);
}

/* Its lines are in the table, so its sums belong into the tree as well. */
static void the_tail_goes_into_the_trees(void **state)
{
    struct sample_store *sample = *state;

    make_old(sample);
    /* A report of 1 session, domain 1, day 20700. */
    sample_ask(sample, "INSERT INTO tail (id, octets)"
                       " VALUES (1, x'0202b8c302000202000000')");
    assert_ok(sample, store_open(sample->url, STORE_WRITE, &sample->clock,
                                 &sample->store, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM tail"), 0);
    assert_int_equal(sample_ask(sample, "SELECT sessions FROM rollup WHERE"
                                        " kind = 1 AND domain_id = 1"
                                        " AND level = 0"),
                     1);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(rows_become_lines),
        test(rows_become_facts),
        test(it_is_done_as_a_whole),
        test(the_tail_goes_into_the_trees),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
