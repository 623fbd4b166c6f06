/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/events.h"
#include "collect/limits.h"

static void read_number(const char *folder, int i, char got[static 32])
{
    char path[80];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "%s/malformed-%02d", folder, i);
    file = fopen(path, "r");
    assert_non_null(file);
    n = fread(got, 1, 31, file);
    got[n] = '\0';
    fclose(file);
}

static void the_newest_takes_the_place_of_the_oldest(void **state)
{
    char base[] = "/tmp/ring-XXXXXX", folder[64], text[32], path[80];
    struct ring ring;
    struct stat status;
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(base));
    snprintf(folder, sizeof(folder), "%s/malformed", base);
    ring_init(&ring, folder);
    for (int i = 0; i < COLLECT_RING_FILES + 3; i++) {
        snprintf(text, sizeof(text), "datagram %d", i);
        assert_int_equal(ring_put(&ring, text, strlen(text), &err), 0);
    }
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    read_number(folder, 2, text);
    assert_string_equal(text, "datagram 34");
    read_number(folder, 3, text);
    assert_string_equal(text, "datagram 3");
    for (int i = 0; i < COLLECT_RING_FILES; i++) {
        snprintf(path, sizeof(path), "%s/malformed-%02d", folder, i);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
    rmdir(base);
}

/* Waits until what is written is newer than what stands there: a ring that went
 * round within a tick of the clock shows nobody where it begins. */
static void await_tick(const char *base)
{
    char path[64];
    struct stat before, after;

    snprintf(path, sizeof(path), "%s/tick", base);
    do {
        FILE *f = fopen(path, "w");

        assert_non_null(f);
        assert_int_equal(fstat(fileno(f), &before), 0);
        assert_int_equal(fclose(f), 0);
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fstat(fileno(f), &after), 0);
        assert_int_equal(fclose(f), 0);
    } while (before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
             before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    assert_int_equal(unlink(path), 0);
}

static void a_restart_goes_on_behind_the_newest(void **state)
{
    char base[] = "/tmp/ring-XXXXXX", text[32], command[48];
    struct ring ring;
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(base));
    /* Once before the ring is full, once when it goes round. */
    for (int i = 0, n = 0; i < 2; i++) {
        for (int end = n + (i ? 40 : 5); n < end; n++) {
            /* Each by another process; many within a tick of the clock. */
            if (n % (COLLECT_RING_FILES / 2) == 0)
                await_tick(base);
            if (n % 3 == 0)
                ring_init(&ring, base);
            snprintf(text, sizeof(text), "datagram %d", n);
            assert_int_equal(ring_put(&ring, text, strlen(text), &err), 0);
            read_number(base, n % COLLECT_RING_FILES, text);
            assert_int_equal(strtol(text + strlen("datagram "), NULL, 10), n);
        }
    }
    snprintf(command, sizeof(command), "rm -r %s", base);
    assert_int_equal(system(command), 0);
}

static void what_cannot_be_kept_is_told(void **state)
{
    struct ring ring;
    struct err err;

    (void)state;
    ring_init(&ring, "/proc/no/such/folder");
    assert_int_equal(ring_put(&ring, "x", 1, &err), -1);
    ring_init(&ring, NULL);
    assert_int_equal(ring_put(&ring, "x", 1, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_takes_the_place_of_the_oldest),
        cmocka_unit_test(a_restart_goes_on_behind_the_newest),
        cmocka_unit_test(what_cannot_be_kept_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
