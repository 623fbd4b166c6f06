/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/event_words.h"

#include <string.h>

/* What is being described. All arrays have room for every word. */
struct builder {
    struct event *event;
    struct event_policy *policy;   /* the last one, NULL before the first */
    struct event_failure *failure; /* the last one of it, or NULL */
    struct event_failure *failures;
    const char **strings;
    const char **mx_hosts;
    bool *has_result; /* of each policy: --result was given */
    struct err *err;
};

static int misplaced(const struct builder *builder, const char *name,
                     const char *behind)
{
    return err_set(builder->err, ERR_USAGE,
                   "--%s has to stand behind the --%s that it describes", name,
                   behind);
}

static int set_once(const struct builder *builder, const char *name,
                    const char *value, const char **text)
{
    if (*text)
        return err_set(builder->err, ERR_USAGE,
                       "--%s is given twice for one policy or failure", name);
    *text = value;
    return 0;
}

/* ---- Policies ------------------------------------------------------------ */

/* Arrays of one policy go on where those of the one before it ended. */
static int begin_policy(struct builder *builder, const char *value)
{
    const struct event_policy *last = builder->policy;
    int type = event_policy_number(slice_of(value));

    if (type < 0)
        return err_set(builder->err, ERR_USAGE,
                       "--policy is tlsa, sts, no-policy-found or a number, "
                       "not '%s'",
                       value);
    builder->policy = &builder->event->policies[builder->event->n_policies++];
    *builder->policy = (struct event_policy){
        .type = type,
        .strings = last ? last->strings + last->n_strings : builder->strings,
        .mx_hosts =
            last ? last->mx_hosts + last->n_mx_hosts : builder->mx_hosts,
        .failures =
            last ? last->failures + last->n_failures : builder->failures,
    };
    builder->failure = NULL;
    return 0;
}

static int set_result(struct builder *builder, const char *value)
{
    bool is_failure = strcmp(value, "failure") == 0;

    if (!is_failure && strcmp(value, "success") != 0)
        return err_set(builder->err, ERR_USAGE,
                       "--result is success or failure, not '%s'", value);
    builder->policy->is_failure = is_failure;
    builder->has_result[builder->event->n_policies - 1] = true;
    return 0;
}

static int begin_failure(struct builder *builder, const char *value)
{
    struct event_policy *policy = builder->policy;
    int code = event_result_number(slice_of(value));

    if (code < 0)
        return err_set(builder->err, ERR_USAGE,
                       "--failure is a result type of RFC 8460 or its number, "
                       "not '%s'",
                       value);
    builder->failure = &policy->failures[policy->n_failures++];
    *builder->failure = (struct event_failure){ .code = code };
    return 0;
}

static int take_policy_word(struct builder *builder, const char *name,
                            const char *value)
{
    struct event_policy *policy = builder->policy;

    if (strcmp(name, "policy-domain") == 0)
        return set_once(builder, name, value, &policy->domain);
    if (strcmp(name, "result") == 0)
        return set_result(builder, value);
    if (strcmp(name, "failure") == 0)
        return begin_failure(builder, value);
    if (strcmp(name, "policy-string") == 0)
        policy->strings[policy->n_strings++] = value;
    else
        policy->mx_hosts[policy->n_mx_hosts++] = value;
    return 0;
}

/* ---- Failures ------------------------------------------------------------ */

/* The text of a failure that an option sets; NULL for an option of policies. */
static const char **failure_text(struct event_failure *failure,
                                 const char *name)
{
    static const struct {
        const char *name;
        size_t offset;
    } rows[] = {
        { "sending-mta-ip", offsetof(struct event_failure, sending_mta_ip) },
        { "receiving-mx-hostname",
          offsetof(struct event_failure, receiving_mx_hostname) },
        { "receiving-mx-helo",
          offsetof(struct event_failure, receiving_mx_helo) },
        { "receiving-ip", offsetof(struct event_failure, receiving_ip) },
        { "additional-information",
          offsetof(struct event_failure, additional_information) },
        { "failure-reason-code",
          offsetof(struct event_failure, failure_reason_code) },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return (const char **)(void *)((char *)failure + rows[i].offset);
    }
    return NULL;
}

static int take(struct builder *builder, const char *name, const char *value)
{
    struct event_failure nothing;
    bool is_of_failure = failure_text(&nothing, name) != NULL;

    if (strcmp(name, "policy") == 0)
        return begin_policy(builder, value);
    if (is_of_failure && !builder->failure)
        return misplaced(builder, name, "failure");
    if (is_of_failure)
        return set_once(builder, name, value,
                        failure_text(builder->failure, name));
    if (!builder->policy)
        return misplaced(builder, name, "policy");
    return take_policy_word(builder, name, value);
}

int event_words_read(struct arena *arena, const struct options_value *values,
                     size_t n, struct event *event, struct err *err)
{
    struct builder builder = {
        .event = event,
        .failures = arena_calloc(arena, n + 1, sizeof(*builder.failures)),
        .strings = arena_calloc(arena, n + 1, sizeof(*builder.strings)),
        .mx_hosts = arena_calloc(arena, n + 1, sizeof(*builder.mx_hosts)),
        .has_result = arena_calloc(arena, n + 1, sizeof(bool)),
        .err = err,
    };

    event->n_policies = 0;
    event->policies = arena_calloc(arena, n + 1, sizeof(*event->policies));
    if (!builder.failures || !builder.strings || !builder.mx_hosts ||
        !builder.has_result || !event->policies)
        return arena_error(arena, err);
    for (size_t i = 0; i < n; i++) {
        if (take(&builder, values[i].option->name, values[i].value))
            return -1;
    }
    if (event->n_policies == 0)
        return err_set(err, ERR_USAGE, "--policy is missing");
    for (size_t i = 0; i < event->n_policies; i++) {
        if (!builder.has_result[i])
            event->policies[i].is_failure = event->policies[i].n_failures > 0;
    }
    return 0;
}
