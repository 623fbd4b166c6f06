/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/mta.h"

#include <stdlib.h>
#include <string.h>

#include "base/slice.h"

enum { MAJOR = 3, SENDS = 10, KEEPS_SILENT = 11 };

/* The value of a parameter in lines of "name = value"; "" where it is missing. */
static const char *value_of(struct chart *chart, const char *text,
                            const char *name)
{
    struct slice rest = slice_of(text);

    while (rest.len) {
        struct slice line = slice_cut(&rest, '\n');
        struct slice word = slice_trim(slice_cut(&line, '='));

        if (slice_equal(word, slice_of(name))) {
            line = slice_trim(line);
            return chart_text(chart, "%.*s", (int)line.len, line.ptr);
        }
    }
    return "";
}

/* Whether "3.9.1" is major version 3 and this minor one, or later. */
static bool is_since(const char *version, long since)
{
    char *end;
    const long major = strtol(version, &end, 10);
    const long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;

    return major > MAJOR || (major == MAJOR && minor >= since);
}

/* Runs of slashes and "/./" are one slash. */
static const char *plain_path(struct chart *chart, const char *path)
{
    const size_t len = strlen(path);
    char *copy = arena_copy(chart->arena, slice_of(path));
    size_t n = 0;

    if (!copy) {
        chart->failed = true;
        return path;
    }
    for (size_t i = 0; i < len; i++) {
        if (path[i] == '/' && n && copy[n - 1] == '/')
            continue;
        if (path[i] == '.' && n && copy[n - 1] == '/' &&
            (path[i + 1] == '/' || path[i + 1] == '\0'))
            continue;
        copy[n++] = path[i];
    }
    copy[n] = '\0';
    return copy;
}

static void judge_socket(struct chart *chart, const char *name,
                         const char *queue, const char *socket)
{
    const char *path =
        *name == '/' ? name : chart_text(chart, "%s/%s", queue, name);

    path = plain_path(chart, path);
    if (!*name)
        chart_add(chart, CHART_POSTFIX_SOCKET, CHART_ERROR, "",
                  "set smtp_tlsrpt_socket_name",
                  "smtp_tlsrpt_socket_name is empty");
    else if (!socket)
        chart_add(chart, CHART_POSTFIX_SOCKET, CHART_UNKNOWN, path,
                  "name the socket in the section collect, if only for this",
                  "the configuration does not say where the collector"
                  " receives");
    else if (strcmp(path, plain_path(chart, socket)) != 0)
        chart_add(chart, CHART_POSTFIX_SOCKET, CHART_ERROR, path,
                  "make the two one path", "the collector receives at %s",
                  socket);
    else
        chart_add(chart, CHART_POSTFIX_SOCKET, CHART_GOOD, path, "",
                  "the collector receives there");
}

/* A Postfix that honours TLS-Required: No says nothing of such a mail's session, so
 * that counting the mail would cost the domain a report. */
static void judge_echo(struct chart *chart, const char *version,
                       const char *is_honoured)
{
    if (is_since(version, KEEPS_SILENT) && strcmp(is_honoured, "yes") == 0)
        chart_add(chart, CHART_POSTFIX_ECHO, CHART_WARNING, "",
                  "where it is the relay write mails_elsewhere = yes",
                  "version %s says nothing of mails with TLS-Required: No, and"
                  " our report mails are taken off the sessions all the same",
                  version);
}

void mta_judge(struct chart *chart, const struct mta_words *words,
               const char *socket, bool has_echoes)
{
    const char *version, *enabled;

    if (words->failure) {
        chart_add(chart, CHART_POSTFIX, CHART_UNKNOWN, "", "", "%s",
                  words->failure);
        return;
    }
    if (!words->text) {
        chart_add(chart, CHART_POSTFIX, CHART_NOTE, "", "",
                  "there is no Postfix on this machine");
        return;
    }
    version = value_of(chart, words->text, "mail_version");
    enabled = value_of(chart, words->text, "smtp_tlsrpt_enable");
    if (!is_since(version, SENDS)) {
        chart_add(chart, CHART_POSTFIX, CHART_NOTE, "",
                  "3.10 and later send what TLS did; see tlsrpt event for"
                  " others",
                  "version %s knows nothing of TLSRPT", version);
    } else if (!*enabled) {
        chart_add(chart, CHART_POSTFIX, CHART_WARNING, "",
                  "install one that was built with libtlsrpt",
                  "version %s, built without TLSRPT", version);
    } else if (strcmp(enabled, "yes") != 0) {
        chart_add(chart, CHART_POSTFIX, CHART_WARNING, "",
                  "postconf smtp_tlsrpt_enable=yes",
                  "version %s, smtp_tlsrpt_enable = %s", version, enabled);
    } else {
        chart_add(chart, CHART_POSTFIX, CHART_GOOD, "", "",
                  "version %s, smtp_tlsrpt_enable = yes", version);
        judge_socket(chart,
                     value_of(chart, words->text, "smtp_tlsrpt_socket_name"),
                     value_of(chart, words->text, "queue_directory"), socket);
        if (has_echoes)
            judge_echo(chart, version,
                       value_of(chart, words->text, "tls_required_enable"));
    }
}
