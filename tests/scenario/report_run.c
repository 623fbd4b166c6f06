/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * report_run NAME=VALUE...: the reporter with settings of the command line, for
 * tests/scenario/deliver: outbox (a URL), key, selector, relay, user, password,
 * sendmail, ca, attempt, retry, keep (seconds), resolver and
 * anchor (the record is then asked for again); flags of value 1: once, private, strict,
 * by-relay. later=SECONDS runs it at another time,
 * speed=N with a clock that is so many times as fast. Prints what it did.
 */

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "service/reporter.h"

static int64_t later_s;

static int64_t speed = 1;
static utc_time began_at;

static utc_time now_later(const struct clock *clock)
{
    const utc_time now = clock_now(&clock_system);

    (void)clock;
    return now + later_s + (now - began_at) * (speed - 1);
}

static const char *word;     /* of the sendmail command */
static const char *resolver; /* which is asked again */

static void read_option(char *text, struct outgoing_settings *settings,
                        struct outgoing_identity *identity,
                        struct reporter_options *options)
{
    char *value = strchr(text, '=');
    const struct {
        const char *name;
        const char **to;
    } texts[] = {
        { "outbox", &settings->outbox_url },
        { "key", &identity->dkim_key_file },
        { "selector", &identity->dkim_selector },
        { "relay", &settings->relay.url },
        { "user", &settings->relay.user },
        { "password", &settings->relay.password_file },
        { "relay-ca", &settings->relay.ca_file },
        { "ca", &settings->https_ca_file },
        { "sendmail", &word },
        { "resolver", &resolver },
        { "anchor", &options->resolver.anchor_file },
    };
    const struct {
        const char *name;
        bool *to;
    } flags[] = {
        { "once", &options->is_once },
        { "private", &settings->allows_private },
        { "strict", &settings->requires_certificate },
        { "by-relay", &identity->is_signed_by_relay },
    };
    const struct {
        const char *name;
        int64_t *to;
    } numbers[] = {
        { "attempt", &settings->attempt_s },   { "retry", &settings->retry_s },
        { "minute", &settings->max_a_minute }, { "later", &later_s },
        { "keep", &settings->keep_s },         { "speed", &speed },
    };

    if (!value)
        exit(2);
    *value++ = '\0';
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (strcmp(text, texts[i].name) == 0)
            *texts[i].to = value;
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        if (strcmp(text, flags[i].name) == 0)
            *flags[i].to = *value == '1';
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        if (strcmp(text, numbers[i].name) == 0)
            *numbers[i].to = strtoll(value, NULL, 10);
    }
}

int main(int argc, char **argv)
{
    struct clock clock = { .now = now_later };
    struct outgoing_identity identity = {
        .name = "",
        .organization_name = "Example",
        .contact_info = "tls@mta.example.org",
    };
    struct outgoing_settings settings;
    struct reporter_options options = { .settings = &settings,
                                        .clock = &clock };
    struct reporter_sums sums;
    struct err err;
    int rc;

    began_at = clock_now(&clock_system);
    outgoing_settings_init(&settings);
    settings.identities = &identity;
    settings.n_identities = 1;
    settings.keep_s = INT64_MAX;
    for (int i = 1; i < argc; i++)
        read_option(argv[i], &settings, &identity, &options);
    if (word) {
        settings.relay.sendmail.items = &word;
        settings.relay.sendmail.n_items = 1;
    }
    if (resolver) {
        settings.is_checked_again = true;
        options.resolver.forwards = &resolver;
        options.resolver.n_forwards = 1;
    }
    log_set_level(LOG_LEVEL_INFO);
    rc = reporter_run(&options, &sums, &err);
    printf("delivered=%zu delayed=%zu refused=%zu given-up=%zu failed=%zu\n",
           sums.n_delivered, sums.n_delayed, sums.n_refused, sums.n_given_up,
           sums.n_failed);
    if (rc)
        fprintf(stderr, "report_run: %s\n", err.text);
    return rc ? 3 : 0;
}
