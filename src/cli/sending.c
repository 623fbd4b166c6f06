/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/sending.h"

#include <stdio.h>
#include <string.h>

#include "cli/config.h"
#include "cli/sending_place.h"
#include "store/url.h"

enum { ARENA_BYTES = 4 << 20 };

/* Texts of one item. */
static int put_one(struct sending *sending, struct outgoing_texts *texts,
                   const char *item, struct err *err)
{
    const char **items =
        item ? arena_calloc(&sending->arena, 2, sizeof(*items)) : NULL;

    if (!item)
        return -1;
    if (!items)
        return arena_error(&sending->arena, err);
    items[0] = item;
    *texts = (struct outgoing_texts){ items, 1 };
    return 0;
}

static int take_configured(struct sending *sending,
                           const struct settings *settings, struct err *err)
{
    const struct outgoing_identity stand_in = {
        .name = "",
        .organization_name = "not configured",
        .contact_info = "tls-reports@not-configured.invalid",
    };
    const struct outgoing_settings *from =
        settings ? &settings->report.options : NULL;
    size_t n;

    outgoing_settings_init(&sending->settings);
    if (from)
        sending->settings = *from;
    sending->is_configured = from && from->n_identities;
    n = sending->is_configured ? from->n_identities : 1;
    sending->identities =
        arena_calloc(&sending->arena, n, sizeof(*sending->identities));
    if (!sending->identities)
        return arena_error(&sending->arena, err);
    sending->identities[0] = stand_in;
    if (from && sending->is_configured)
        memcpy(sending->identities, from->identities,
               n * sizeof(*sending->identities));
    sending->settings.identities = sending->identities;
    sending->settings.n_identities = n;
    return 0;
}

/* Leaves one identity alone: "" the default one. */
static int take_identity(struct sending *sending, const char *name,
                         struct err *err)
{
    const struct outgoing_identity *identity =
        name ? outgoing_identity_find(&sending->settings, name)
             : &sending->identities[0];

    if (!identity)
        return err_set(err, ERR_USAGE,
                       "the configuration has no identity %.64s", name);
    sending->identities[0] = *identity;
    sending->settings.n_identities = 1;
    return 0;
}

/* Tallies given on the command line are those of one identity. */
static int take_tallies(struct sending *sending, const char *const *tallies,
                        struct err *err)
{
    struct outgoing_texts *texts = &sending->identities[0].tallies;
    size_t n = 0;

    while (tallies[n])
        n++;
    texts->items = arena_calloc(&sending->arena, n + 1, sizeof(*texts->items));
    if (!texts->items)
        return arena_error(&sending->arena, err);
    for (texts->n_items = 0; texts->n_items < n; texts->n_items++) {
        const char *url =
            sending_place_of(&sending->arena, tallies[texts->n_items], err);

        if (!url)
            return -1;
        texts->items[texts->n_items] = url;
    }
    sending->settings.n_sources = 0;
    sending->settings.is_part = true;
    return 0;
}

/* Whether a tally stands before place j of identity i, too. */
static bool is_repeated(const struct outgoing_settings *settings, size_t i,
                        size_t j)
{
    const char *url = settings->identities[i].tallies.items[j];

    for (size_t k = 0; k <= i; k++) {
        const struct outgoing_texts *urls = &settings->identities[k].tallies;

        for (size_t l = 0; l < (k == i ? j : urls->n_items); l++) {
            if (url_is_same(urls->items[l], url))
                return true;
        }
    }
    return false;
}

/* Refuses a tally that stands twice: its sums would be reported twice. */
static int check_tallies(const struct sending *sending, struct err *err)
{
    const struct outgoing_settings *settings = &sending->settings;

    for (size_t i = 0; i < settings->n_identities; i++) {
        const struct outgoing_texts *urls = &settings->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++) {
            if (is_repeated(settings, i, j))
                return err_set(err, ERR_USAGE,
                               "the tally %.200s is given twice, and its"
                               " sessions would be reported twice; name each"
                               " file once",
                               urls->items[j]);
        }
    }
    return 0;
}

/* Adds a tally to those of the identity that a source is about. */
static int add_tally(struct sending *sending,
                     const struct outgoing_source *source, struct err *err)
{
    const char *name = source->identity ? source->identity : "";
    struct outgoing_texts *texts = &sending->identities[0].tallies;
    const char **items;

    for (size_t i = 0; i < sending->settings.n_identities; i++) {
        if (strcmp(sending->identities[i].name, name) == 0)
            texts = &sending->identities[i].tallies;
    }
    items = arena_calloc(&sending->arena, texts->n_items + 2, sizeof(*items));
    if (!items)
        return arena_error(&sending->arena, err);
    if (texts->n_items)
        memcpy(items, texts->items, texts->n_items * sizeof(*items));
    items[texts->n_items] = source->tally;
    *texts = (struct outgoing_texts){ items, texts->n_items + 1 };
    return 0;
}

/* Refuses a database that is named twice, by whatever path: its sums would be
 * reported twice. */
static int check_sources(const struct outgoing_settings *settings,
                         struct err *err)
{
    for (size_t i = 0; i < settings->n_sources; i++) {
        const struct outgoing_source *one = &settings->sources[i];

        for (size_t j = 0; one->database && j < i; j++) {
            const struct outgoing_source *other = &settings->sources[j];

            if (other->database &&
                url_is_same_path(one->database, other->database))
                return err_set(err, ERR_USAGE,
                               "the sources %.64s and %.64s are the same"
                               " database, and its sessions would be reported"
                               " twice; name it once",
                               other->name, one->name);
        }
    }
    return 0;
}

/* Gives each source its tally. */
static int find_sources(struct sending *sending,
                        const struct command_call *call, struct err *err)
{
    struct outgoing_settings *settings = &sending->settings;
    const size_t n = settings->n_sources;
    struct outgoing_source *sources =
        arena_calloc(&sending->arena, n + 1, sizeof(*sources));

    if (!sources)
        return arena_error(&sending->arena, err);
    if (n)
        memcpy(sources, settings->sources, n * sizeof(*sources));
    settings->sources = sources;
    if (check_sources(settings, err))
        return -1;
    for (size_t i = 0; i < n; i++) {
        sources[i].tally = sending_place_source(
            &sending->arena, call->store_url, &sources[i], err);
        if (!sources[i].tally || add_tally(sending, &sources[i], err))
            return -1;
    }
    return 0;
}

/* Where no tally is named it is that of this machine's collector. */
static int find_tallies(struct sending *sending,
                        const struct sending_options *options, struct err *err)
{
    const char *const *given = options->tallies;
    struct outgoing_texts *tallies = &sending->identities[0].tallies;
    const char *url = sending->tally_url;

    if (given && given[0])
        return take_identity(sending, options->identity, err)
                   ? -1
                   : take_tallies(sending, given, err);
    /* Where others name theirs, no file is guessed. */
    if (tallies->n_items || sending->settings.n_identities > 1)
        return 0;
    /* A reporter of other hosts' sums alone has no collector beside it, or has one
     * that starts later. */
    if (sending->settings.n_sources && !url_is_there(url)) {
        sending->settings.awaited_tally = url;
        return 0;
    }
    return put_one(sending, tallies, url, err);
}

/* Where the collector of this machine sums. */
static const char *find_own_tally(struct sending *sending,
                                  const struct command_call *call,
                                  struct err *err)
{
    const struct settings *settings =
        call->config ? call->config->settings : NULL;

    if (settings && settings->collect.tally_url)
        return settings->collect.tally_url;
    return sending_place_beside(&sending->arena, call->store_url, "tally.db",
                                err);
}

struct resolver_options sending_resolver(const struct command_call *call)
{
    const struct settings_resolver *resolver =
        call->config ? &call->config->settings->resolver : NULL;

    if (!resolver)
        return (struct resolver_options){ .forwards = NULL };
    return (struct resolver_options){ .forwards = resolver->forward.items,
                                      .n_forwards = resolver->forward.n_items,
                                      .anchor_file = resolver->anchor };
}

int sending_init(struct sending *sending, const struct command_call *call,
                 const struct sending_options *options, struct err *err)
{
    struct outgoing_settings *settings = &sending->settings;

    arena_init(&sending->arena, ARENA_BYTES);
    if (take_configured(sending, call->config ? call->config->settings : NULL,
                        err))
        return -1;
    if (options->outbox || !settings->outbox_url) {
        settings->outbox_url =
            options->outbox
                ? sending_place_of(&sending->arena, options->outbox, err)
                : sending_place_beside(&sending->arena, call->store_url,
                                       "outbox.db", err);
        if (!settings->outbox_url)
            return -1;
    }
    sending->tally_url = find_own_tally(sending, call, err);
    if (!sending->tally_url)
        return -1;
    return find_tallies(sending, options, err) ||
                   find_sources(sending, call, err) ||
                   check_tallies(sending, err)
               ? -1
               : 0;
}

void sending_deinit(struct sending *sending)
{
    arena_deinit(&sending->arena);
}
