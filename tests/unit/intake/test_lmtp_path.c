/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "intake/lmtp_path.h"

/* "" stands for an address, or for the reply that refuses it. */
struct row {
    const char *arguments;
    const char *address;
    const char *refusal;
};

static void assert_row(const struct row *row, const char *refusal,
                       const struct lmtp_path *path)
{
    if (row->refusal) {
        assert_non_null(refusal);
        assert_memory_equal(refusal, row->refusal, strlen(row->refusal));
        return;
    }
    if (refusal)
        fail_msg("%s: %s", row->arguments, refusal);
    assert_true(slice_equal(path->address, slice_of(row->address)));
}

static void senders_are_read(void **state)
{
    static const struct row rows[] = {
        { "FROM:<a@b.example>", "a@b.example", NULL },
        { "from:<>", "", NULL },
        { "FROM: <a@b>", "a@b", NULL },
        { "FROM:<@x,@y:a@b>", "a@b", NULL },
        { "FROM:<\"a>b\\\"\"@c>", "\"a>b\\\"\"@c", NULL },
        { "FROM:<a@b> SIZE=500", "a@b", NULL },
        { "FROM:<a@b> BODY=8BITMIME SMTPUTF8  SIZE=0", "a@b", NULL },
        { "FROM:<\xc3\xa4@b> SMTPUTF8", "\xc3\xa4@b", NULL },
        { "FROM:<\xc3\xa4@b>", NULL, "553 5.6.7" },
        { "FROM:<a@b> SIZE=501", NULL, "552 5.3.4" },
        { "FROM:<a@b> SIZE=99999999999999999999", NULL, "552 5.3.4" },
        { "FROM:<a@b> SIZE=", NULL, "501 5.5.4" },
        { "FROM:<a@b> SIZE=-1", NULL, "501 5.5.4" },
        { "FROM:<a@b> AUTH=<>", NULL, "555 5.5.4" },
        { "FROM:<a@b>SIZE=1", NULL, "501 5.5.4" },
        { "FROM:a@b", NULL, "501 5.5.4" },
        { "FROM:<a@b", NULL, "501 5.5.4" },
        { "FROM:<a\nb>", NULL, "501 5.5.4" },
        { "TO:<a@b>", NULL, "501 5.5.4" },
        { "", NULL, "501 5.5.4" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct lmtp_path path;
        const char *refusal =
            lmtp_path_read_mail(slice_of(rows[i].arguments), 500, &path);

        assert_row(&rows[i], refusal, &path);
    }
}

static void recipients_are_read(void **state)
{
    static const struct row rows[] = {
        { "TO:<r+x@example.com>", "r+x@example.com", NULL },
        { "to:<postmaster>", "postmaster", NULL },
        { "TO:<>", NULL, "501 5.1.3" },
        { "TO:<a@b> NOTIFY=NEVER", NULL, "555 5.5.4" },
        { "TO:<\xc3\xa4@b>", NULL, "553 5.6.7" },
        { "FROM:<a@b>", NULL, "501 5.5.4" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct lmtp_path path;
        const char *refusal =
            lmtp_path_read_rcpt(slice_of(rows[i].arguments), false, &path);

        assert_row(&rows[i], refusal, &path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(senders_are_read),
        cmocka_unit_test(recipients_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
