/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/secret.h"

/* Reads a file of a mode that holds octets. */
static int read_file(const char *octets, size_t bytes, mode_t mode,
                     struct buffer *out, struct err *err)
{
    char path[] = "/tmp/secret-XXXXXX";
    int fd = mkstemp(path), rc;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, octets, bytes), bytes);
    fchmod(fd, mode);
    close(fd);
    buffer_init(out, SECRET_MAX_BYTES);
    rc = secret_read(path, out, err);
    unlink(path);
    return rc;
}

static void one_line_is_read(void **state)
{
    static const struct {
        const char *octets;
        const char *secret; /* NULL: refused */
    } rows[] = {
        { "pass word", "pass word" },
        { "secret\n", "secret" },
        { "secret\r\n", "secret" },
        { " blanks \n", " blanks " },
        { "", NULL },
        { "\n", NULL },
        { "two\nlines\n", NULL },
        { "secret\n\n", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buffer out;
        struct err err;
        int rc =
            read_file(rows[i].octets, strlen(rows[i].octets), 0600, &out, &err);

        assert_int_equal(rc, rows[i].secret ? 0 : -1);
        if (rows[i].secret)
            assert_string_equal(buffer_text(&out), rows[i].secret);
        secret_forget(&out);
    }
}

static void a_key_of_many_lines_is_read_as_it_stands(void **state)
{
    static const char key[] = "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n";
    char path[] = "/tmp/secret-XXXXXX";
    int fd = mkstemp(path);
    struct buffer out;
    struct err err;

    (void)state;
    assert_int_equal(write(fd, key, strlen(key)), strlen(key));
    buffer_init(&out, SECRET_MAX_BYTES);
    assert_int_equal(secret_read_text(path, &out, &err), 0);
    assert_string_equal(buffer_text(&out), key);
    fchmod(fd, 0644);
    assert_int_equal(secret_read_text(path, &out, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    secret_forget(&out);
    close(fd);
    unlink(path);
}

static void what_everybody_reads_is_no_secret(void **state)
{
    static const mode_t bad[] = { 0644, 0604, 0602, 0666 };
    struct buffer out;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(read_file("x", 1, bad[i], &out, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_int_equal(out.len, 0);
        secret_forget(&out);
    }
    assert_int_equal(read_file("x", 1, 0640, &out, &err), 0);
    secret_forget(&out);
}

static void other_things_are_refused(void **state)
{
    char *large = calloc(1, SECRET_MAX_BYTES + 1);
    struct buffer out;
    struct err err;

    (void)state;
    memset(large, 'x', SECRET_MAX_BYTES + 1);
    assert_int_equal(read_file(large, SECRET_MAX_BYTES, 0600, &out, &err), 0);
    secret_forget(&out);
    assert_int_equal(read_file(large, SECRET_MAX_BYTES + 1, 0600, &out, &err),
                     -1);
    secret_forget(&out);
    assert_int_equal(read_file("a\0b", 3, 0600, &out, &err), -1);
    secret_forget(&out);
    assert_int_equal(secret_read("/tmp", &out, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(secret_read("/nowhere/at/all", &out, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_is_read),
        cmocka_unit_test(a_key_of_many_lines_is_read_as_it_stands),
        cmocka_unit_test(what_everybody_reads_is_no_secret),
        cmocka_unit_test(other_things_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
