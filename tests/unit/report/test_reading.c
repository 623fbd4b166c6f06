/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#define TWO_FAILED                                                             \
    "'summary':{'total-successful-session-count':0,"                           \
    "'total-failure-session-count':2}"

/* Findings name the document's places, not those of the value read from it. */
static void places_are_those_of_the_document(void **state)
{
    static const struct {
        const char *text, *code, *where;
    } rows[] = {
        { "{'policies':['x',{" TWO_FAILED "}]}", "details-missing",
          "/policies/1/failure-details" },
        { "{'policies':{" TWO_FAILED "}}", "details-missing",
          "/policies/failure-details" },
        { "[{'report-id':'a','policy':{}," TWO_FAILED "}]", "details-missing",
          "/0/failure-details" },
        { "{'report-id':'a','policy':{}," TWO_FAILED "}", "details-missing",
          "/failure-details" },
        { "[{'report-id':'a','policy':{}," TWO_FAILED "}]", "draft-schema",
          "/0" },
        { "{'report-id':'a','policy':{}}", "summary-missing", "/summary" },
        { "{'policies':[1,{'policy':{'policy-type':'sts',"
          "'policy-domain':'a.example'}},{'policy':{'policy-type':'sts',"
          "'policy-domain':'a.example'}}]}",
          "policy-repeated", "/policies/2" },
        { "{'policies':[1,{'policy':{'policy-type':'sts',"
          "'policy-domain':'a.example'}},{'policy':{'policy-type':'tlsa',"
          "'policy-domain':'a.example'}}]}",
          "tlsa-domain-is-mail-domain", "/policies/2" },
        { "[{'report-id':'\xff','policies':[]}]", "text-not-utf8", "/0" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reads reads;

        reads_init(&reads, rows[i].text, NULL);
        reads_expect(&reads, rows[i].code, rows[i].where);
        assert_int_equal(reads_count(&reads, rows[i].code), 1);
        reads_deinit(&reads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_those_of_the_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
