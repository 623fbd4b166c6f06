/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sample.h"

enum { PAGE_BYTES = 4096, MUCH = 1 << 30, REPORTS = 200 };

static void fill(struct sample_store *sample)
{
    struct sample_report report;
    char organization[32];

    for (int i = 0; i < REPORTS; i++) {
        snprintf(organization, sizeof(organization), "org%d.example", i);
        sample_fill(&report, organization, "a.example", SAMPLE_DAY, 10, 1);
        assert_int_equal(sample_put(sample, &report), STORE_NEW);
    }
    /* Into the file, out of the log beside it. */
    sample_reopen(sample);
}

static struct pages look(struct sample_store *sample, int64_t max_bytes)
{
    struct pages pages;

    if (pages_look(sample->url, max_bytes, &pages, &sample->err))
        fail_msg("%s", sample->err.text);
    return pages;
}

/* Writes over a page, counted from the first of the file. */
static void spoil(struct sample_store *sample, off_t page)
{
    char octets[PAGE_BYTES];
    int fd = open(sample->path, O_WRONLY);

    memset(octets, 0x5a, sizeof(octets));
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, octets, sizeof(octets), page * PAGE_BYTES),
                     PAGE_BYTES);
    close(fd);
}

static void a_whole_file_is_told(void **state)
{
    struct sample_store *sample = *state;
    struct stat file;
    struct pages pages;

    fill(sample);
    assert_int_equal(stat(sample->path, &file), 0);
    pages = look(sample, MUCH);
    assert_int_equal(pages.verdict, PAGES_WHOLE);
    assert_int_equal(pages.bytes, file.st_size);
    assert_string_equal(pages.fault, "");
}

/* Each page but the first, which opening reads, of those that belong to trees. */
static void a_page_that_is_spoilt_is_found(void **state)
{
    struct sample_store *sample = *state;
    int64_t n_pages;

    fill(sample);
    store_close(sample->store);
    sample->store = NULL;
    n_pages = look(sample, MUCH).bytes / PAGE_BYTES;
    assert_true(n_pages > 20);
    spoil(sample, n_pages / 2);
    assert_int_equal(look(sample, MUCH).verdict, PAGES_DAMAGED);
    assert_true(strlen(look(sample, MUCH).fault) > 0);
    assert_null(strchr(look(sample, MUCH).fault, '\n'));
}

static void a_large_file_is_left_alone(void **state)
{
    struct sample_store *sample = *state;

    fill(sample);
    assert_int_equal(look(sample, PAGE_BYTES).verdict, PAGES_TOO_LARGE);
}

static void what_is_no_file_is_an_error(void **state)
{
    struct sample_store *sample = *state;
    struct pages pages;
    char url[200];

    snprintf(url, sizeof(url), "%s.none", sample->url);
    assert_int_equal(pages_look(url, MUCH, &pages, &sample->err), -1);
    assert_int_equal(sample->err.kind, ERR_SYSTEM);
    assert_int_equal(pages_look("clickhouse://h/a", MUCH, &pages, &sample->err),
                     -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
}

#define WITH_A_STORE(test)                                                     \
    cmocka_unit_test_setup_teardown(test, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(a_whole_file_is_told),
        WITH_A_STORE(a_page_that_is_spoilt_is_found),
        WITH_A_STORE(a_large_file_is_left_alone),
        WITH_A_STORE(what_is_no_file_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
