/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/sending.h"

#include <stdio.h>
#include <string.h>

#include "cli/config.h"
#include "cli/store_url.h"
#include "store/url.h"

enum { ARENA_BYTES = 4 << 20 };

/* The URL that an option means. */
static const char *url_of(struct arena *arena, const char *option,
                          struct err *err)
{
    char url[STORE_URL_BYTES];
    const char *copy;

    if (store_url_find(option, url, err))
        return NULL;
    copy = arena_copy(arena, slice_of(url));
    if (!copy)
        (void)arena_error(arena, err);
    return copy;
}

/* The URL of a file beside the store. */
static const char *url_beside(struct arena *arena, const char *store_url,
                              const char *name, struct err *err)
{
    const char *slash = strrchr(store_url, '/');
    const int folder = slash ? (int)(slash - store_url) + 1 : 7;
    const char *url = arena_printf(arena, "%.*s%s", folder, store_url, name);

    if (!url)
        (void)arena_error(arena, err);
    return url;
}

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
        const char *url = url_of(&sending->arena, tallies[texts->n_items], err);

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

/* The tally of a source: beside the store where it names none. NULL with err. */
static const char *source_tally(struct arena *arena, const char *store_url,
                                const struct outgoing_source *source,
                                struct err *err)
{
    char name[128];

    if (source->tally)
        return source->tally;
    snprintf(name, sizeof(name), "source-%.100s.db", source->name);
    return url_beside(arena, store_url, name, err);
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
        sources[i].tally =
            source_tally(&sending->arena, call->store_url, &sources[i], err);
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
    return url_beside(&sending->arena, call->store_url, "tally.db", err);
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
            options->outbox ? url_of(&sending->arena, options->outbox, err)
                            : url_beside(&sending->arena, call->store_url,
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

/* ---- What the dashboard shows -------------------------------------------- */

static bool has_tally(const struct settings_names *names, const char *url)
{
    for (size_t i = 0; i < names->n_items; i++) {
        if (url_is_same(names->items[i], url))
            return true;
    }
    return false;
}

/* Room for names that are all told of: given ones, or those of identities. */
static int make_room(struct settings *settings, const char *const *given,
                     struct err *err)
{
    const struct outgoing_settings *report = &settings->report.options;
    size_t n = 1 + report->n_sources;

    while (given && *given) {
        given++;
        n++;
    }
    for (size_t i = 0; i < report->n_identities; i++)
        n += report->identities[i].tallies.n_items;
    settings->sending.tallies.n_items = 0;
    settings->sending.tallies.items = arena_calloc(
        &settings->arena, n + 1, sizeof(*settings->sending.tallies.items));
    return settings->sending.tallies.items ? 0
                                           : arena_error(&settings->arena, err);
}

/* Adds a tally that is not there yet. url NULL: its making failed. */
static int show_tally(struct settings *settings, const char *url)
{
    struct settings_names *names = &settings->sending.tallies;

    if (!url)
        return -1;
    if (!has_tally(names, url))
        names->items[names->n_items++] = url;
    return 0;
}

/* Adds those of all identities, and of the hosts that are fetched from. */
static int show_reported(struct settings *settings, struct err *err)
{
    const struct outgoing_settings *report = &settings->report.options;

    for (size_t i = 0; i < report->n_identities; i++) {
        const struct outgoing_texts *urls = &report->identities[i].tallies;

        for (size_t j = 0; j < urls->n_items; j++)
            (void)show_tally(settings, urls->items[j]);
    }
    for (size_t i = 0; i < report->n_sources; i++) {
        if (show_tally(settings,
                       source_tally(&settings->arena, settings->store_url,
                                    &report->sources[i], err)))
            return -1;
    }
    return 0;
}

/* Adds that of this machine's collector, which is guessed where none is named;
 * where all is fetched from others there may be none. */
static int show_own(struct settings *settings, struct err *err)
{
    const char *url = settings->collect.tally_url
                          ? settings->collect.tally_url
                          : url_beside(&settings->arena, settings->store_url,
                                       "tally.db", err);

    if (url && settings->report.options.n_sources && !url_is_there(url))
        return 0;
    return show_tally(settings, url);
}

static bool is_named(const struct outgoing_settings *report)
{
    for (size_t i = 0; i < report->n_identities; i++) {
        if (report->identities[i].tallies.n_items)
            return true;
    }
    return false;
}

static int show_tallies(struct settings *settings, const char *const *given,
                        struct err *err)
{
    const bool is_given = given && *given;

    if (make_room(settings, given, err))
        return -1;
    for (; given && *given; given++) {
        if (show_tally(settings, url_of(&settings->arena, *given, err)))
            return -1;
    }
    if (is_given)
        return 0;
    if (!is_named(&settings->report.options) && show_own(settings, err))
        return -1;
    return show_reported(settings, err);
}

int sending_show(struct settings *settings,
                 const struct sending_options *options, struct err *err)
{
    const struct outgoing_settings *report = &settings->report.options;
    struct settings_sending *sending = &settings->sending;

    sending->retry_s =
        report->n_identities ? report->retry_s : OUTGOING_RETRY_S;
    sending->outbox_url = report->outbox_url;
    if (options->outbox)
        sending->outbox_url = url_of(&settings->arena, options->outbox, err);
    else if (!sending->outbox_url)
        sending->outbox_url =
            url_beside(&settings->arena, settings->store_url, "outbox.db", err);
    return sending->outbox_url &&
                   show_tallies(settings, options->tallies, err) == 0
               ? 0
               : -1;
}

void sending_deinit(struct sending *sending)
{
    arena_deinit(&sending->arena);
}
