/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "charts.h"
#include "doctor/mta.h"
#include "row.h"

#define HEAD "queue_directory = /var/spool/postfix\nmail_version = "
#define YES HEAD "3.10.2\nsmtp_tlsrpt_enable = yes\nsmtp_tlsrpt_socket_name = "

static void postfix_sends_where_we_receive(void **state)
{
    static const char socket[] = "/var/spool/postfix/run/tlsrpt.sock";
    static const struct {
        const char *name, *text, *socket, *want;
    } rows[] = {
        { "none", NULL, socket, "postfix:note " },
        { "relative", YES "run/tlsrpt.sock\n", socket,
          "postfix:good postfix-socket:good " },
        { "absolute", YES "/var/spool//postfix/./run/tlsrpt.sock\n", socket,
          "postfix:good postfix-socket:good " },
        { "elsewhere", YES "run/other.sock\n", socket,
          "postfix:good postfix-socket:error " },
        { "nowhere", YES "\n", socket, "postfix:good postfix-socket:error " },
        { "not configured", YES "run/tlsrpt.sock\n", NULL,
          "postfix:good postfix-socket:unknown " },
        { "old", HEAD "3.9.1\npostconf: warning: smtp_tlsrpt_enable: unknown\n",
          socket, "postfix:note " },
        { "without libtlsrpt",
          HEAD "3.10.0\npostconf: warning: smtp_tlsrpt_enable: unknown\n",
          socket, "postfix:warning " },
        { "off", HEAD "4.0\nsmtp_tlsrpt_enable = no\n", socket,
          "postfix:warning " },
        { "a snapshot",
          HEAD "3.12-20260801\nsmtp_tlsrpt_enable = yes\n"
               "smtp_tlsrpt_socket_name = run/tlsrpt.sock",
          socket, "postfix:good postfix-socket:good " },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct mta_words words = { .text = rows[i].text };
        struct chart *chart = charts_new();

        mta_judge(chart, &words, rows[i].socket, false);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void mails_without_an_event_are_told(void **state)
{
    static const char tail[] = "\nsmtp_tlsrpt_enable = yes\n"
                               "smtp_tlsrpt_socket_name = s\n"
                               "tls_required_enable = ";
    static const struct {
        const char *name, *version, *value;
        bool has_echoes;
        const char *want;
    } rows[] = {
        { "honoured", "3.11.0", "yes", true, "postfix-echo:warning " },
        { "mails elsewhere", "3.11.0", "yes", false, "" },
        { "not honoured", "3.12", "no", true, "" },
        { "sends events all the same", "3.10.5", "yes", true, "" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        const struct mta_words words = {
            .text = chart_text(chart, HEAD "%s%s%s\n", rows[i].version, tail,
                               rows[i].value)
        };

        mta_judge(chart, &words, "/var/spool/postfix/s", rows[i].has_echoes);
        charts_compare(chart,
                       chart_text(chart, "postfix:good postfix-socket:good %s",
                                  rows[i].want),
                       rows[i].name);
    }
}

static void a_postfix_that_says_nothing_is_told(void **state)
{
    const struct mta_words words = { .failure = "took too long" };
    struct chart *chart = charts_new();

    (void)state;
    mta_judge(chart, &words, NULL, true);
    charts_compare(chart, "postfix:unknown ", "failure");
    assert_string_equal(chart->rows[0].evidence, "took too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(postfix_sends_where_we_receive),
        cmocka_unit_test(mails_without_an_event_are_told),
        cmocka_unit_test(a_postfix_that_says_nothing_is_told),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
