/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/author.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/drop.h"
#include "store/sample.h"
#include "store/stale.h"

/* How a copy of the report "one", "1" comes, and what it says. */
struct coming {
    const char *contact; /* domain of contact-info, "" none */
    const char *signer;  /* aligned, or NULL: not signed */
    enum store_proof proof;
    enum store_standing standing;
    int64_t sessions; /* the content */
};

static void fill(struct sample_report *report, const struct coming *coming,
                 char contact[static 64])
{
    sample_fill(report, "one", "a.example", SAMPLE_DAY, coming->sessions, 1);
    snprintf(contact, 64, "%s%s", *coming->contact ? "tls@" : "",
             coming->contact);
    report->report.contact_info = contact;
    report->report.proof = coming->proof;
    report->report.standing = coming->standing;
    report->report.arrival =
        (struct store_arrival){ .source = "lmtp",
                                .way = 1,
                                .rule = 1,
                                .is_live = true,
                                .arrived_at = 5,
                                .verdict = coming->signer ? "pass" : "none",
                                .signer = coming->signer };
}

static enum store_outcome put(struct sample_store *sample,
                              const struct coming *coming)
{
    struct sample_report report;
    char contact[64];

    fill(&report, coming, contact);
    return sample_put(sample, &report);
}

static struct store_totals totals_of(struct sample_store *sample)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    return totals;
}

/* Ways to come, of the organisation itself and of a stranger. */
#define OWN(proof, standing, n)                                                \
    {                                                                          \
        "one.example", NULL, STORE_PROOF_##proof, STORE_##standing, n          \
    }
#define OWN_DKIM(n)                                                            \
    {                                                                          \
        "one.example", "mail.one.example", STORE_PROOF_DKIM, STORE_COUNTED, n  \
    }
#define EVIL_DKIM(n)                                                           \
    {                                                                          \
        "evil.example", "evil.example", STORE_PROOF_DKIM, STORE_COUNTED, n     \
    }
#define UNSIGNED(proof, standing, n)                                           \
    {                                                                          \
        "evil.example", NULL, STORE_PROOF_##proof, STORE_##standing, n         \
    }
#define BARE(proof, standing, n)                                               \
    {                                                                          \
        "", NULL, STORE_PROOF_##proof, STORE_##standing, n                     \
    }
#define BARE_DKIM(signer, n)                                                   \
    {                                                                          \
        "", signer, STORE_PROOF_DKIM, STORE_COUNTED, n                         \
    }
#define SENT_BY(signer, n)                                                     \
    {                                                                          \
        "corp.example", signer, STORE_PROOF_FILE, STORE_COUNTED, n             \
    }

/* The table "One key" of docs/store.md, row by row: what stands, what comes, and
 * what is counted, unproven and in conflict then. */
static const struct {
    const char *name;
    struct coming first, second;
    enum store_outcome outcome;
    int64_t counted, unproven, conflicts;
} rows[] = {
    /* One author, other content. */
    { "signed, signed again", OWN_DKIM(10), OWN_DKIM(20), STORE_CONFLICT, 10, 0,
      1 },
    { "signed by a part of it",
      OWN_DKIM(10),
      { "one.example", "one.example", STORE_PROOF_DKIM, STORE_COUNTED, 20 },
      STORE_CONFLICT,
      10,
      0,
      1 },
    { "unproven, then signed", OWN(HTTPS, UNPROVEN, 10), OWN_DKIM(20),
      STORE_TAKEOVER, 20, 0, 1 },
    { "a file, then signed", OWN(FILE, COUNTED, 10), OWN_DKIM(20),
      STORE_TAKEOVER, 20, 0, 1 },
    { "a secret path, then signed", OWN(SECRET_PATH, COUNTED, 10), OWN_DKIM(20),
      STORE_TAKEOVER, 20, 0, 1 },
    { "signed, then unproven", OWN_DKIM(10), OWN(HTTPS, UNPROVEN, 20),
      STORE_CONFLICT, 10, 0, 1 },
    { "signed, then a file", OWN_DKIM(10), OWN(FILE, COUNTED, 20),
      STORE_CONFLICT, 10, 0, 1 },
    { "signed, then a secret path", OWN_DKIM(10), OWN(SECRET_PATH, COUNTED, 20),
      STORE_CONFLICT, 10, 0, 1 },
    { "a file, then a secret path", OWN(FILE, COUNTED, 10),
      OWN(SECRET_PATH, COUNTED, 20), STORE_TAKEOVER, 20, 0, 1 },
    { "a secret path, then a file", OWN(SECRET_PATH, COUNTED, 10),
      OWN(FILE, COUNTED, 20), STORE_CONFLICT, 10, 0, 1 },
    { "a forged contact, then the true", OWN(NONE, UNPROVEN, 10), OWN_DKIM(20),
      STORE_TAKEOVER, 20, 0, 1 },
    /* Nobody signed, so contact-info tells no two authors apart. */
    { "a file, then one with another's contact", OWN(FILE, COUNTED, 10),
      UNSIGNED(FILE, COUNTED, 20), STORE_CONFLICT, 10, 0, 1 },
    { "another's contact, then a secret path", UNSIGNED(FILE, COUNTED, 20),
      OWN(SECRET_PATH, COUNTED, 10), STORE_TAKEOVER, 10, 0, 1 },
    { "unproven, then a file with another's contact", OWN(HTTPS, UNPROVEN, 10),
      UNSIGNED(FILE, COUNTED, 20), STORE_TAKEOVER, 20, 0, 1 },
    { "bare, then with a contact", BARE(FILE, COUNTED, 10),
      OWN(FILE, COUNTED, 20), STORE_CONFLICT, 10, 0, 1 },
    /* One author, same content. */
    { "HTTPS, then mail", OWN(HTTPS, UNPROVEN, 10), OWN_DKIM(10),
      STORE_TAKEOVER, 10, 0, 0 },
    { "mail, then HTTPS", OWN_DKIM(10), OWN(HTTPS, UNPROVEN, 10),
      STORE_DUPLICATE, 10, 0, 0 },
    { "bare mail, then HTTPS", BARE_DKIM("one.example", 10),
      BARE(HTTPS, UNPROVEN, 10), STORE_DUPLICATE, 10, 0, 0 },
    { "bare HTTPS, then mail", BARE(HTTPS, UNPROVEN, 10),
      BARE_DKIM("one.example", 10), STORE_TAKEOVER, 10, 0, 0 },
    { "bare, by two", BARE_DKIM("one.example", 10),
      BARE_DKIM("evil.example", 10), STORE_DUPLICATE, 10, 0, 0 },
    { "sent for another, then a file",
      SENT_BY("post.example", 10),
      { "corp.example", NULL, STORE_PROOF_FILE, STORE_COUNTED, 10 },
      STORE_DUPLICATE,
      10,
      0,
      0 },
    /* Two authors, other content. */
    { "a stranger first", EVIL_DKIM(10), OWN_DKIM(20), STORE_NEW, 30, 0, 0 },
    { "a stranger later", OWN_DKIM(20), EVIL_DKIM(10), STORE_NEW, 30, 0, 0 },
    { "a stranger, then a secret path", EVIL_DKIM(10),
      OWN(SECRET_PATH, COUNTED, 20), STORE_NEW, 30, 0, 0 },
    { "a secret path, then a stranger", OWN(SECRET_PATH, COUNTED, 20),
      EVIL_DKIM(10), STORE_NEW, 30, 0, 0 },
    { "a file, then a stranger", OWN(FILE, COUNTED, 20), EVIL_DKIM(10),
      STORE_NEW, 30, 0, 0 },
    { "a stranger, then a file", EVIL_DKIM(10), OWN(FILE, COUNTED, 20),
      STORE_NEW, 30, 0, 0 },
    { "a stranger, then HTTPS", EVIL_DKIM(10), OWN(HTTPS, UNPROVEN, 20),
      STORE_NEW, 10, 20, 0 },
    { "HTTPS, then a stranger", OWN(HTTPS, UNPROVEN, 20), EVIL_DKIM(10),
      STORE_NEW, 10, 20, 0 },
    { "a stranger's, not ours, then one that counts",
      { "evil.example", "evil.example", STORE_PROOF_DKIM, STORE_UNCLAIMED, 10 },
      OWN_DKIM(20),
      STORE_NEW,
      20,
      0,
      0 },
    { "bare, a stranger first", BARE_DKIM("evil.example", 10),
      BARE_DKIM("one.example", 20), STORE_NEW, 30, 0, 0 },
    { "bare, a secret path first", BARE(SECRET_PATH, COUNTED, 20),
      BARE_DKIM("evil.example", 10), STORE_NEW, 30, 0, 0 },
    { "bare, a stranger, then a secret path", BARE_DKIM("evil.example", 10),
      BARE(SECRET_PATH, COUNTED, 20), STORE_NEW, 30, 0, 0 },
    { "bare, with what is signed", BARE(FILE, COUNTED, 20), EVIL_DKIM(10),
      STORE_NEW, 30, 0, 0 },
    { "sent for another by two", SENT_BY("evil.example", 10),
      SENT_BY("post.example", 20), STORE_NEW, 30, 0, 0 },
};

static void check_row(struct sample_store *sample, size_t i)
{
    struct store_totals totals;
    enum store_outcome outcome;

    assert_int_equal(put(sample, &rows[i].first), STORE_NEW);
    outcome = put(sample, &rows[i].second);
    totals = totals_of(sample);
    if (outcome != rows[i].outcome || totals.sums.sessions != rows[i].counted ||
        totals.unproven.sessions != rows[i].unproven ||
        totals.conflicts != rows[i].conflicts)
        fail_msg("%s: outcome %d, %lld counted, %lld unproven, %lld conflicts",
                 rows[i].name, (int)outcome, (long long)totals.sums.sessions,
                 (long long)totals.unproven.sessions,
                 (long long)totals.conflicts);
    /* Either again changes nothing. */
    assert_int_equal(put(sample, &rows[i].first), STORE_DUPLICATE);
    assert_int_equal(put(sample, &rows[i].second), STORE_DUPLICATE);
    assert_int_equal(totals_of(sample).sums.sessions, rows[i].counted);
}

static void each_row_of_the_table_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        void *sample;

        assert_int_equal(sample_open(&sample), 0);
        check_row(sample, i);
        sample_close(&sample);
    }
}

static int64_t other_of(struct sample_store *sample, int64_t id)
{
    struct store_origin origin;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    assert_ok(sample, store_find_report(sample->store, id, &arena, &origin,
                                        &sample->err));
    arena_deinit(&arena);
    return origin.other_id;
}

static void each_tells_that_the_other_is_there(void **state)
{
    struct sample_store *sample = *state;

    put(sample, &(struct coming)EVIL_DKIM(10));
    assert_int_equal(other_of(sample, 1), 0);
    put(sample, &(struct coming)OWN_DKIM(20));
    assert_int_equal(other_of(sample, 1), 2);
    assert_int_equal(other_of(sample, 2), 1);
    /* What conflicts under one key is nearer. */
    put(sample, &(struct coming)OWN_DKIM(30));
    assert_int_equal(other_of(sample, 2), 3);
    assert_int_equal(other_of(sample, 3), 2);
    assert_int_equal(other_of(sample, 1), 2);
}

/* Of two that stand, an unsigned one meets the one whose contact it has. */
static void an_unsigned_one_meets_its_author(void **state)
{
    struct sample_store *sample = *state;

    put(sample, &(struct coming)UNSIGNED(FILE, COUNTED, 10));
    put(sample, &(struct coming)OWN_DKIM(20));
    assert_int_equal(put(sample, &(struct coming)OWN(FILE, COUNTED, 30)),
                     STORE_CONFLICT);
    assert_int_equal(other_of(sample, 3), 2);
    assert_int_equal(put(sample, &(struct coming)UNSIGNED(FILE, COUNTED, 40)),
                     STORE_CONFLICT);
    assert_int_equal(other_of(sample, 4), 1);
    assert_int_equal(totals_of(sample).sums.sessions, 30);
}

/* The first is dropped: what came beside it is still found. */
static void the_others_outlive_the_first(void **state)
{
    struct sample_store *sample = *state;
    struct drop_counts counts = { 0 };

    put(sample, &(struct coming)EVIL_DKIM(10));
    put(sample, &(struct coming)OWN_DKIM(20));
    put(sample, &(struct coming){ "third.example", "third.example",
                                  STORE_PROOF_DKIM, STORE_COUNTED, 40 });
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, drop_report(sample->store, 1, &counts, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(put(sample, &(struct coming)OWN_DKIM(20)),
                     STORE_DUPLICATE);
    assert_int_equal(put(sample, &(struct coming)OWN(HTTPS, UNPROVEN, 20)),
                     STORE_DUPLICATE);
    assert_int_equal(put(sample, &(struct coming)OWN_DKIM(21)), STORE_CONFLICT);
}

/* A mail whose key is asked for stands by its contact until it is judged. */
static enum store_outcome put_pending(struct sample_store *sample,
                                      const struct coming *coming)
{
    struct sample_report report;
    char contact[64];

    fill(&report, coming, contact);
    report.report.proof = STORE_PROOF_NONE;
    report.report.standing = STORE_UNPROVEN;
    report.report.arrival.verdict = "temporary";
    report.report.arrival.judge_at = 50;
    return sample_put(sample, &report);
}

static enum store_outcome judge(struct sample_store *sample,
                                const struct coming *coming)
{
    struct sample_report report;
    char contact[64];

    fill(&report, coming, contact);
    report.report.arrival.judges =
        sample_ask(sample, "SELECT max(id) FROM pending");
    return sample_put(sample, &report);
}

static void what_is_judged_later_is_not_hidden(void **state)
{
    struct sample_store *sample = *state;
    const struct coming bare = BARE_DKIM("one.example", 20);
    const struct coming later = BARE_DKIM("evil.example", 10);

    /* The stranger's stands under nobody's key before it is proven. */
    assert_int_equal(put_pending(sample, &later), STORE_NEW);
    assert_int_equal(put_pending(sample, &bare), STORE_CONFLICT);
    assert_int_equal(judge(sample, &bare), STORE_TAKEOVER);
    assert_int_equal(judge(sample, &later), STORE_TAKEOVER);
    assert_int_equal(totals_of(sample).sums.sessions, 30);
    assert_int_equal(totals_of(sample).conflicts, 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 2);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), 0);
    assert_int_equal(put(sample, &bare), STORE_DUPLICATE);
    assert_int_equal(put(sample, &later), STORE_DUPLICATE);
}

static void what_conflicts_comes_to_its_author(void **state)
{
    struct sample_store *sample = *state;
    const struct coming bare = BARE_DKIM("one.example", 20);

    put(sample, &(struct coming)BARE(FILE, COUNTED, 10));
    put(sample, &(struct coming)BARE_DKIM("one.example", 30));
    assert_int_equal(put_pending(sample, &bare), STORE_CONFLICT);
    /* What its author sent before stands; it conflicts with that. */
    assert_int_equal(judge(sample, &bare), STORE_DUPLICATE);
    assert_int_equal(totals_of(sample).sums.sessions, 40);
    assert_int_equal(other_of(sample, 3), 2);
}

/* Everything that is told, of two ways to the same. */
static char *sums_of(struct sample_store *sample)
{
    return sample_dump(
        sample, "SELECT * FROM (SELECT day, text, sessions FROM line"
                " JOIN name ON name.id = organization_id ORDER BY 1, 2, 3)"
                " UNION ALL SELECT r.kind, text, reports FROM rollup r"
                " LEFT JOIN name ON name.id = label_id WHERE level = 0");
}

static void fill_named(struct sample_report *report, bool is_judged,
                       char contact[static 64])
{
    fill(report, &(struct coming)EVIL_DKIM(10), contact);
    if (!is_judged) {
        report->report.proof = STORE_PROOF_NONE;
        report->report.standing = STORE_UNPROVEN;
        report->report.arrival.verdict = "temporary";
        report->report.arrival.judge_at = 50;
        return;
    }
    report->report.organization_key = "one (signed by evil.example)";
    report->report.organization_label = "";
}

/* Until it is judged it stands under its name, then under its signer's. */
static void what_is_judged_moves_to_its_signer(void **state)
{
    struct sample_store *sample = *state, *straight;
    struct sample_report report;
    char contact[64], *told, *expected;
    void *other;

    assert_int_equal(sample_open(&other), 0);
    straight = other;
    fill_named(&report, true, contact);
    assert_int_equal(sample_put(straight, &report), STORE_NEW);
    fill_named(&report, false, contact);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    fill_named(&report, true, contact);
    report.report.arrival.judges =
        sample_ask(sample, "SELECT max(id) FROM pending");
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    told = sums_of(sample);
    expected = sums_of(straight);
    assert_non_null(strstr(expected, "one (signed by evil.example)"));
    assert_string_equal(told, expected);
    free(told);
    free(expected);
    sample_close(&other);
}

/* So does it where what it counts by is no better for it. */
static void what_counts_already_moves_to_its_signer(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char contact[64], *told;

    fill_named(&report, false, contact);
    report.report.proof = STORE_PROOF_FILE;
    report.report.standing = STORE_COUNTED;
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    fill_named(&report, true, contact);
    report.report.proof = STORE_PROOF_FILE;
    report.report.arrival.judges =
        sample_ask(sample, "SELECT max(id) FROM pending");
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    told = sums_of(sample);
    assert_non_null(strstr(told, "|one (signed by evil.example)|"));
    assert_null(strstr(told, "|one|"));
    /* Its label is no longer that of the name alone. */
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM name WHERE"
                                        " text LIKE 'one (%' AND label = ''"),
                     1);
    free(told);
}

/* It comes to its author where it is not ours, too. */
static void what_is_not_ours_comes_to_its_author(void **state)
{
    struct sample_store *sample = *state;
    struct coming bare = BARE_DKIM("one.example", 20);

    put(sample, &(struct coming)BARE(FILE, COUNTED, 10));
    assert_int_equal(put_pending(sample, &bare), STORE_CONFLICT);
    bare.standing = STORE_UNCLAIMED;
    assert_int_equal(judge(sample, &bare), STORE_TAKEOVER);
    assert_int_equal(totals_of(sample).unclaimed.sessions, 20);
    assert_int_equal(totals_of(sample).conflicts, 0);
}

/* A copy that nobody signed takes nothing out of its place. */
static void a_signed_conflict_stays_where_it_is(void **state)
{
    struct sample_store *sample = *state;
    struct coming copy = SENT_BY(NULL, 20);

    put(sample, &(struct coming)SENT_BY("post.example", 10));
    put(sample, &(struct coming)SENT_BY("post.example", 20));
    assert_int_equal(put(sample, &copy), STORE_DUPLICATE);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    assert_int_equal(totals_of(sample).conflicts, 1);
}

static void reading_again_leaves_it_beside(void **state)
{
    struct sample_store *sample = *state;
    const struct coming own = OWN_DKIM(20);
    struct sample_report report;
    enum store_replaced replaced;
    char contact[64];

    put(sample, &(struct coming)EVIL_DKIM(10));
    put(sample, &own);
    fill(&report, &own, contact);
    report.report.policies = report.policies;
    report.report.subjects = report.subjects;
    report.report.results = report.results;
    report.report.mxs = report.mxs;
    /* The reader knows the content, not who signed it. */
    report.report.arrival = (struct store_arrival){ 0 };
    assert_int_equal(
        digest_compute(slice_of("19 1"), report.report.content_hash), 0);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_replace_report(sample->store, 2, &report.report,
                                           &replaced, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(replaced, STORE_REPLACED_SAME);
    assert_int_equal(totals_of(sample).sums.sessions, 30);
}

/* Read anew it has a name that another author's report has. */
static void a_new_name_is_held_by_another(void **state)
{
    struct sample_store *sample = *state;
    const struct coming own = OWN_DKIM(20);
    struct sample_report report;
    enum store_replaced replaced;
    char contact[64];

    put(sample, &(struct coming)EVIL_DKIM(10));
    fill(&report, &own, contact);
    report.report.report_id = "misread";
    sample_put(sample, &report);
    report.report.report_id = "1";
    report.report.arrival = (struct store_arrival){ 0 };
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_replace_report(sample->store, 2, &report.report,
                                           &replaced, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(replaced, STORE_REPLACED_CHANGED);
    assert_int_equal(totals_of(sample).sums.sessions, 30);
    assert_int_equal(totals_of(sample).conflicts, 0);
    assert_int_equal(put(sample, &own), STORE_DUPLICATE);
}

/* So is it with the author's own that stands under the new name. */
static void a_new_name_is_held_by_its_author(void **state)
{
    struct sample_store *sample = *state;
    const struct coming bare = BARE_DKIM("one.example", 30);
    struct sample_report report;
    enum store_replaced replaced;
    char contact[64];

    put(sample, &(struct coming)BARE_DKIM("evil.example", 10));
    put(sample, &(struct coming)BARE_DKIM("one.example", 20));
    fill(&report, &bare, contact);
    report.report.report_id = "misread";
    sample_put(sample, &report);
    assert_int_equal(totals_of(sample).sums.sessions, 60);
    report.report.report_id = "1";
    report.report.arrival = (struct store_arrival){ 0 };
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_replace_report(sample->store, 3, &report.report,
                                           &replaced, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(totals_of(sample).sums.sessions, 30);
    assert_int_equal(other_of(sample, 3), 2);
}

/* Puts the same, under a report-id, for each of a crowd. */
static void put_crowd(struct sample_store *sample, const char *report_id)
{
    struct sample_report report;
    char name[32], contact[64];

    for (int i = 0; i < 120; i++) {
        snprintf(name, sizeof(name), "n%d.example", i);
        fill(&report,
             &(struct coming){ name, name, STORE_PROOF_DKIM, STORE_COUNTED,
                               10 + i },
             contact);
        report.report.report_id = report_id;
        assert_int_equal(sample_put(sample, &report), STORE_NEW);
    }
}

static enum store_outcome put_own(struct sample_store *sample,
                                  const char *report_id, int64_t sessions)
{
    struct sample_report report;
    char contact[64];

    fill(&report, &(struct coming)OWN_DKIM(sessions), contact);
    report.report.report_id = report_id;
    return sample_put(sample, &report);
}

/* More authors than are looked at: each is still one, be the first among those
 * that are or not. */
static void a_crowd_of_authors_hides_nobody(void **state)
{
    struct sample_store *sample = *state;
    static const char *const ids[] = { "1", "2", "3", "4", "5", "6" };
    const size_t n = sizeof(ids) / sizeof(*ids);

    for (size_t i = 0; i < n; i++) {
        put_crowd(sample, ids[i]);
        assert_int_equal(put_own(sample, ids[i], 1000), STORE_NEW);
        assert_int_equal(put_own(sample, ids[i], 1000), STORE_DUPLICATE);
        assert_int_equal(put_own(sample, ids[i], 1001), STORE_CONFLICT);
    }
    assert_int_equal(totals_of(sample).sums.reports, n * 121);
}

/* The first of all has the key of the name, which others can be in front of. */
static void a_crowd_does_not_hide_the_first(void **state)
{
    struct sample_store *sample = *state;
    static const char *const ids[] = { "1", "2", "3", "4", "5", "6" };
    const size_t n = sizeof(ids) / sizeof(*ids);

    for (size_t i = 0; i < n; i++) {
        assert_int_equal(put_own(sample, ids[i], 1000), STORE_NEW);
        put_crowd(sample, ids[i]);
        assert_int_equal(put_own(sample, ids[i], 1000), STORE_DUPLICATE);
        assert_int_equal(put_own(sample, ids[i], 1001), STORE_CONFLICT);
    }
    assert_int_equal(totals_of(sample).sums.reports, n * 121);
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_table_holds),
        TEST(each_tells_that_the_other_is_there),
        TEST(an_unsigned_one_meets_its_author),
        TEST(the_others_outlive_the_first),
        TEST(what_is_judged_later_is_not_hidden),
        TEST(what_conflicts_comes_to_its_author),
        TEST(what_is_judged_moves_to_its_signer),
        TEST(what_counts_already_moves_to_its_signer),
        TEST(what_is_not_ours_comes_to_its_author),
        TEST(a_signed_conflict_stays_where_it_is),
        TEST(reading_again_leaves_it_beside),
        TEST(a_new_name_is_held_by_another),
        TEST(a_new_name_is_held_by_its_author),
        TEST(a_crowd_of_authors_hides_nobody),
        TEST(a_crowd_does_not_hide_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
