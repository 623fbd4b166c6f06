/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/clock.h"
#include "cli/db.h"
#include "cli/exit.h"
#include "cli/number.h"
#include "cli/printer.h"
#include "store/arrival.h"

static void print(struct printer *printer, int64_t n)
{
    char text[NUMBER_TEXT_BYTES];
    struct json_writer *json;

    if (printer->format == COMMAND_FORMAT_JSON) {
        json = printer_json_begin(printer);
        json_begin_object(json);
        json_member_int(json, "arrivals", n);
        json_end_object(json);
        printer_json_end(printer);
        return;
    }
    printer_say(printer, "%s arrival%s that had been given up\n",
                number_count(n, text), n == 1 ? "" : "s");
    if (n)
        printer_say(printer, "tlsrpt serve judges %s within a minute.\n",
                    n == 1 ? "it" : "them");
}

int db_rejudge(const struct db_call *call)
{
    struct store *store = NULL;
    struct err err;
    int64_t n = 0;
    int status = db_open(call, STORE_WRITE, &store, &err);

    if (status == 0)
        status = store_rejudge(store, clock_now(&clock_system), &n, &err);
    store_close(store);
    if (status)
        return db_fail(call, &err);
    print(call->printer, n);
    return EXIT_GOOD;
}
