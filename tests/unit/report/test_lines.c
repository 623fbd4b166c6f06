/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

/* Reads a policy with this policy-string or mx-host and joins what came out. */
static void join(const char *member, const char *value, struct reads *reads,
                 struct buffer *out)
{
    const struct report_policy *policy;
    char text[1024];

    snprintf(text, sizeof(text),
             "{'policy':{'policy-type':'sts','policy-domain':'a.example',"
             "'%s':%s},'summary':{'total-successful-session-count':1,"
             "'total-failure-session-count':0}}",
             member, value);
    reads_init_policies(reads, text, NULL);
    policy = &reads_report(reads)->policies[0];
    buffer_init(out, 1024);
    for (size_t i = 0; i < policy->n_strings; i++)
        buffer_add_format(out, "%s|", policy->strings[i]);
    for (size_t i = 0; i < policy->n_mx_hosts; i++)
        buffer_add_format(out, "%s|", policy->mx_hosts[i]);
}

static void lists_come_out_of_every_shape(void **state)
{
    static const struct {
        const char *member, *value, *want;
    } rows[] = {
        { "policy-string", "['a: 1','b: 2']", "a: 1|b: 2|" },
        { "policy-string", "['a: 1\\r','  b: 2 ']", "a: 1|b: 2|" },
        { "policy-string", "'a: 1\\nb: 2\\n\\n'", "a: 1|b: 2|" },
        { "policy-string", "['a: 1;b: 2;']", "a: 1|b: 2|" },
        { "policy-string", "['3 1 1 AB;']", "3 1 1 AB;|" },
        { "policy-string", "'[\\'x\\',\\'y\\']'", "x|y|" },
        { "policy-string", "'[\\'a: 1\\']\\n[\\'b: 2\\']'", "a: 1|b: 2|" },
        { "policy-string", "'[\\'a: 1\\'][\\'b: 2\\'] c: 3\\n[\\'d: 4\\']'",
          "a: 1|b: 2|c: 3|d: 4|" },
        { "policy-string", "'[\\'a: 1\\'] [\\'b: 2'", "a: 1|[\"b: 2|" },
        { "policy-string", "'[not json'", "[not json|" },
        { "policy-string", "'[[\\'x\\']]'", "" },
        { "policy-string", "['a: 1;b: 2\\nc: 3; d: 4']",
          "a: 1|b: 2|c: 3|d: 4|" },
        { "policy-string", "'a: 1;[\\'b: 2\\']'", "a: 1|b: 2|" },
        { "policy-string", "['','  ',';:;']", "|:|" },
        { "policy-string", "[null,5,'x',{'y':1}]", "x|" },
        { "policy-string", "{}", "" },
        { "mx-host", "['A.example.','*.b.example']", "a.example|*.b.example|" },
        { "mx-host", "'MX: c.example'", "c.example|" },
        { "mx-host", "['mx: MX: e.example','mx:']", "e.example|mx:|" },
        { "mx-host",
          "['\xef\xbd\x8d\xef\xbd\x98\xef\xbc\x9a"
          "f.example']",
          "f.example|" },
        { "mx-host", "['','d.example',7]", "d.example|" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buffer out;
        struct reads reads;

        join(rows[i].member, rows[i].value, &reads, &out);
        if (strcmp(buffer_text(&out), rows[i].want) != 0)
            fail_msg("%s: got %s", rows[i].value, buffer_text(&out));
        buffer_deinit(&out);
        reads_deinit(&reads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_come_out_of_every_shape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
