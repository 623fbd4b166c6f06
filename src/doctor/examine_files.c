/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor/examine.h"
#include "doctor/machine.h"
#include "doctor/role.h"
#include "store/url.h"
#include "web/certificate.h"

/* ---- What is to be looked at --------------------------------------------- */

/* The user of the service: whose the folder is that the stores are in, and where
 * that is root's, or not there, who calls. */
static void find_who(struct examine *examine)
{
    const char *urls[] = { examine->options->store_url,
                           examine->options->tally_url,
                           examine->options->sending->outbox_url };
    unsigned uid = 0;

    for (size_t i = 0; uid == 0 && i < sizeof(urls) / sizeof(*urls); i++) {
        const char *path = url_path(urls[i]);
        struct stat st;

        if (path && stat(examine_folder(examine->chart, path), &st) == 0)
            uid = st.st_uid;
    }
    permission_find_number(examine->chart, uid ? uid : geteuid(),
                           &examine->who);
}

void examine_init(struct examine *examine, const struct doctor_options *options,
                  struct chart *chart)
{
    const struct settings *settings = options->settings;

    *examine = (struct examine){ .options = options,
                                 .chart = chart,
                                 .units = "/etc/systemd/system" };
    examine->is_collecting =
        url_is_there(options->tally_url) ||
        (settings && (settings->collect.socket || settings->collect.tally_url));
    examine->is_receiving = url_is_there(options->store_url) ||
                            (settings && settings_have_sources(settings));
    find_who(examine);
}

/* ---- Secrets and folders ------------------------------------------------- */

static void look_at_secret(const struct examine *examine, const char *path)
{
    struct permission_file file;

    if (!path)
        return;
    permission_look(examine->chart, path, &examine->who, &file);
    permission_judge_secret(examine->chart, &file, &examine->who);
}

static void look_at_folder(const struct examine *examine, const char *path)
{
    struct permission_file file;

    if (!path)
        return;
    permission_look(examine->chart, path, &examine->who, &file);
    permission_judge_folder(examine->chart, &file, &examine->who);
}

static void look_at_sent(const struct examine *examine)
{
    static const char folder[] = "directory:";
    const struct outgoing_settings *sending = examine->options->sending;

    for (size_t i = 0; i < sending->n_identities; i++) {
        look_at_secret(examine, sending->identities[i].dkim_key_file);
        look_at_secret(examine, sending->identities[i].dkim_second_key_file);
    }
    look_at_secret(examine, sending->relay.password_file);
    for (size_t i = 0; i < sending->copies.n_items; i++) {
        const char *uri = sending->copies.items[i];

        if (strncmp(uri, folder, sizeof(folder) - 1) == 0)
            look_at_folder(examine, uri + sizeof(folder) - 1);
    }
}

static void look_at_sources(const struct examine *examine,
                            const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_mailboxes; i++)
        look_at_secret(examine, settings->mailboxes[i].password_file);
    for (size_t i = 0; i < settings->n_folders; i++) {
        const struct folder_options *folder = &settings->folders[i];

        if (folder->kind != FOLDER_MBOX && folder->after != FOLDER_LEAVE)
            look_at_folder(examine, folder->path);
    }
    look_at_folder(examine, settings->collect.samples);
    for (size_t i = 0; i < settings->n_https; i++) {
        look_at_secret(examine, settings->https[i].options.key_file);
        for (size_t j = 0; j < settings->https[i].n_paths; j++)
            look_at_secret(examine, settings->https[i].paths[j].secret_file);
    }
}

/* ---- Certificates -------------------------------------------------------- */

static void look_at_certificate(const struct examine *examine,
                                const char *chain, const char *key)
{
    struct certificate *both;
    struct certificate_life life;
    struct err err;

    if (certificate_open(chain, key, &both, &err)) {
        const bool is_hidden = permission_is_hidden(chain, PERMISSION_READ) ||
                               permission_is_hidden(key, PERMISSION_READ);

        chart_add(examine->chart, CHART_CERTIFICATE,
                  is_hidden ? CHART_UNKNOWN : CHART_ERROR, chain,
                  is_hidden ? PERMISSION_HIDDEN
                            : "give a chain and its key, both PEM",
                  "%s", err.text);
        return;
    }
    life = certificate_life(both);
    certificate_close(both);
    machine_judge_certificate(examine->chart, chain, life.begins_at,
                              life.ends_at, clock_now(examine->options->clock));
}

static void look_at_roles(const struct examine *examine)
{
    const struct doctor_options *options = examine->options;
    const struct role_view view = {
        .config = options->settings ? NULL : options->config_file,
        .store_path = url_path(options->store_url),
        .tally_path = url_path(options->tally_url),
        .is_receiving = examine->is_receiving,
        .is_collecting = examine->is_collecting,
        .is_reporting = options->is_sending,
    };

    role_judge(examine->chart, &view);
}

void examine_files(const struct examine *examine)
{
    const struct settings *settings = examine->options->settings;

    look_at_roles(examine);
    examine_stores(examine);
    if (examine->options->is_sending)
        look_at_sent(examine);
    if (!settings)
        return;
    look_at_sources(examine, settings);
    for (size_t i = 0; i < settings->n_https; i++) {
        const struct https_server_options *https = &settings->https[i].options;

        if (https->certificate_file && https->key_file)
            look_at_certificate(examine, https->certificate_file,
                                https->key_file);
    }
}
