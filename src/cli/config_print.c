/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/config_print.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/config_schema.h"
#include "cli/config_slot.h"
#include "cli/config_value.h"

enum { VALUE_MAX_BYTES = 4 * 1024 * 1024 };

/* ---- Problems ------------------------------------------------------------ */

static void print_place(struct printer *printer, struct config_place place)
{
    printer_outside(printer, place.file);
    if (place.line)
        printer_say(printer, ":%u", place.line);
    printer_say(printer, ": ");
}

static void print_problem_json(struct printer *printer,
                               const struct config_problem *row)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_string(json, "file", row->place.file);
    if (row->place.line)
        json_member_int(json, "line", row->place.line);
    json_member_string(json, "severity",
                       row->severity == CONFIG_ERROR ? "error" : "warning");
    json_member_string(json, "message", row->text);
    json_end_object(json);
    printer_json_end(printer);
}

void config_print_problems(struct printer *printer,
                           const struct config_problems *problems)
{
    for (size_t i = 0; i < problems->n_rows; i++) {
        const struct config_problem *row = &problems->rows[i];

        if (printer->format == COMMAND_FORMAT_JSON) {
            print_problem_json(printer, row);
            continue;
        }
        print_place(printer, row->place);
        if (row->severity == CONFIG_ERROR)
            printer_say_style(printer, PRINTER_BAD, "error: ");
        else
            printer_say_style(printer, PRINTER_WARNING, "warning: ");
        printer_outside(printer, row->text);
        printer_say(printer, "\n");
    }
}

void config_complain(const char *verb, const struct config_problems *problems,
                     enum config_severity severity)
{
    struct printer talk;
    struct err err;

    printer_init(&talk, STDERR_FILENO, COMMAND_FORMAT_TEXT,
                 OPTIONS_COLOR_NEVER);
    for (size_t i = 0; i < problems->n_rows; i++) {
        const struct config_problem *row = &problems->rows[i];

        if (row->severity != severity)
            continue;
        printer_say(&talk, "tlsrpt %s: ", verb);
        print_place(&talk, row->place);
        printer_outside(&talk, row->text);
        printer_say(&talk, "\n");
    }
    /* What cannot be said to stderr cannot be said at all. */
    (void)printer_close(&talk, &err);
}

/* ---- Plan ---------------------------------------------------------------- */

static void print_names(struct printer *printer,
                        const struct settings_names *names, const char *none)
{
    for (size_t i = 0; i < names->n_items; i++) {
        printer_say(printer, i ? ", " : "");
        printer_outside(printer, names->items[i]);
    }
    if (names->n_items == 0)
        printer_say(printer, "%s", none);
}

static void print_domains(struct printer *printer,
                          const struct settings *settings)
{
    printer_say(printer, "counts reports about ");
    print_names(printer, &settings->domains,
                settings_has_domains(settings)
                    ? "the domains of tenants"
                    : "domains whose record names where they came in");
    printer_say(printer, "\n");
    for (size_t i = 0; i < settings->n_tenants; i++) {
        const struct settings_tenant *tenant = &settings->tenants[i];

        printer_say(printer, "tenant ");
        printer_outside(printer, tenant->name);
        printer_say(printer, ": domains ");
        print_names(printer, &tenant->domains, "none");
        printer_say(printer, "; mail for ");
        print_names(printer, &tenant->recipients, "nobody");
        printer_say(printer, "\n");
    }
}

static const char *rule_text(enum intake_rule rule)
{
    return rule == INTAKE_REQUIRE ? "unproven ones stand aside"
                                  : "unproven ones are marked";
}

static void print_lmtp(struct printer *printer, const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_lmtp; i++) {
        const struct settings_lmtp *lmtp = &settings->lmtp[i];

        printer_say(printer, "takes reports by LMTP at ");
        printer_outside(printer, lmtp->listen);
        printer_say(printer, " for ");
        print_names(printer, &lmtp->recipients, "any recipient");
        printer_say(printer, "; %s\n", rule_text(lmtp->rule));
    }
}

static void print_https(struct printer *printer,
                        const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_https; i++) {
        const struct settings_https *https = &settings->https[i];

        printer_say(printer, "takes reports by %s at ",
                    https->options.certificate_file ? "HTTPS"
                                                    : "HTTP behind a proxy");
        printer_outside(printer, https->options.listen);
        for (size_t j = 0; j < https->n_paths; j++) {
            printer_say(printer, j ? ", " : " on ");
            printer_outside(printer, https->paths[j].title);
        }
        printer_say(printer, "; %s\n", rule_text(https->options.rule));
    }
}

static void print_polled(struct printer *printer,
                         const struct settings *settings)
{
    static const char *const kinds[] = { "the Maildir ", "the folder ",
                                         "the mbox " };

    for (size_t i = 0; i < settings->n_mailboxes; i++) {
        const struct mailbox_options *mailbox = &settings->mailboxes[i];

        printer_say(printer, "takes reports from ");
        printer_outside(printer, mailbox->url);
        printer_say(printer, "; %s\n", rule_text(mailbox->rule));
    }
    for (size_t i = 0; i < settings->n_folders; i++) {
        const struct folder_options *folder = &settings->folders[i];

        printer_say(printer, "takes reports from %s", kinds[folder->kind]);
        printer_outside(printer, folder->path);
        printer_say(printer, "; %s\n", rule_text(folder->origin.rule));
    }
}

static void print_keeping(struct printer *printer,
                          const struct settings *settings)
{
    const struct settings_retention *retention = &settings->retention;
    char room[3][32];

    printer_say(printer, "keeps raw octets %s, facts %s, quarantine %s\n",
                config_value_format_duration(retention->raw_s, room[0]),
                config_value_format_duration(retention->facts_s, room[1]),
                config_value_format_duration(retention->quarantine_s, room[2]));
}

void config_print_plan(struct printer *printer, const struct settings *settings)
{
    if (printer->format == COMMAND_FORMAT_JSON) {
        struct json_writer *json = printer_json_begin(printer);

        json_begin_object(json);
        json_key(json, "settings");
        config_print_json(json, settings);
        json_end_object(json);
        printer_json_end(printer);
        return;
    }
    printer_say(printer, "serves the dashboard on http://");
    printer_outside(printer, settings->listen);
    printer_say(printer, "/ from ");
    printer_outside(printer, settings->store_url ? settings->store_url
                                                 : "the default store");
    printer_say(printer, "\n");
    print_domains(printer, settings);
    print_lmtp(printer, settings);
    print_https(printer, settings);
    print_polled(printer, settings);
    print_keeping(printer, settings);
}

/* ---- All settings -------------------------------------------------------- */

static size_t count_items(const struct config_section *section,
                          const char *outer)
{
    size_t n = 1;

    if (section->item_bytes)
        memcpy(&n, outer + section->count_offset, sizeof(n));
    return n;
}

/* Tells whether a section without a title stands in the configuration: one that
 * lacks what it must have does not. */
static bool is_there(const struct config_section *section, const char *item)
{
    struct buffer text;
    bool is_whole = true;

    buffer_init(&text, VALUE_MAX_BYTES);
    for (const struct config_key *key = section->keys;
         !section->item_bytes && key->name; key++)
        is_whole = is_whole &&
                   (!key->is_required || config_slot_show(key, item, &text));
    buffer_deinit(&text);
    return is_whole;
}

static const char *item_at(const struct config_section *section,
                           const char *outer, size_t index)
{
    const char *items = outer + section->offset;

    if (section->item_bytes)
        memcpy(&items, outer + section->offset, sizeof(items));
    return items + index * section->item_bytes;
}

static const char *title_of(const struct config_section *section,
                            const char *item)
{
    const char *title;

    memcpy(&title, item + section->title_offset, sizeof(title));
    return title;
}

static void print_section(struct buffer *out,
                          const struct config_section *section,
                          const char *item, int indent)
{
    for (const struct config_key *key = section->keys; key->name; key++) {
        size_t before = out->len;

        buffer_add_format(out, "%*s%s = ", indent, "", key->name);
        if (config_slot_show(key, item, out))
            buffer_add_char(out, '\n');
        else
            out->len = before;
    }
    for (size_t s = 0; section->sections && section->sections[s]; s++) {
        const struct config_section *inner = section->sections[s];

        for (size_t i = 0; i < count_items(inner, item); i++) {
            const char *each = item_at(inner, item, i);
            size_t before = out->len, begin;

            if (!is_there(inner, each))
                continue;
            buffer_add_format(out, "%*s%s ", indent, "", inner->name);
            if (inner->item_bytes) {
                config_slot_quote(out, title_of(inner, each));
                buffer_add_char(out, ' ');
            }
            buffer_add_text(out, "{\n");
            begin = out->len;
            print_section(out, inner, each, indent + 4);
            /* What has a title is there for its own sake. */
            if (out->len == begin && !inner->item_bytes)
                out->len = before;
            else
                buffer_add_format(out, "%*s}\n", indent, "");
        }
    }
}

void config_print_settings(struct printer *printer,
                           const struct settings *settings)
{
    struct buffer out;

    buffer_init(&out, VALUE_MAX_BYTES);
    print_section(&out, &config_root, (const char *)settings, 0);
    buffer_add_char(&out, '\0');
    for (char *line = out.ptr, *end; line && (end = strchr(line, '\n'));
         line = end + 1) {
        *end = '\0';
        printer_outside(printer, line);
        printer_say(printer, "\n");
    }
    buffer_deinit(&out);
}

static void write_list(struct json_writer *json, const struct config_key *key,
                       const void *item)
{
    const char *const *items;
    size_t n = config_slot_list(key, item, &items);

    json_begin_array(json);
    for (size_t i = 0; i < n; i++)
        json_string(json, items[i]);
    json_end_array(json);
}

/* Numbers in seconds and octets, words as they stand in the file. */
static void write_value(struct json_writer *json, const struct config_key *key,
                        const void *item)
{
    const void *slot = (const char *)item + key->offset;
    const int64_t *number = slot;
    struct buffer text;

    switch (key->kind) {
    case CONFIG_FLAG: json_bool(json, *(const bool *)slot); return;
    case CONFIG_SECONDS: json_int(json, *(const unsigned *)slot); return;
    case CONFIG_DURATION:
    case CONFIG_SIZE:
    case CONFIG_COUNT:
        if (*number == SETTINGS_FOREVER)
            json_null(json);
        else
            json_int(json, *number);
        return;
    case CONFIG_WORD:
        buffer_init(&text, 64);
        config_slot_show(key, item, &text);
        json_string(json, buffer_text(&text));
        buffer_deinit(&text);
        return;
    default: json_string(json, *(const char *const *)slot);
    }
}

/* Tells whether a key has no value and no default. */
static bool is_absent(const struct config_key *key, const char *item)
{
    struct buffer text;
    bool is_shown;

    buffer_init(&text, VALUE_MAX_BYTES);
    is_shown = config_slot_show(key, item, &text);
    buffer_deinit(&text);
    return !is_shown && !key->is_list;
}

static void write_section(struct json_writer *json,
                          const struct config_section *section,
                          const char *item)
{
    json_begin_object(json);
    if (section->item_bytes)
        json_member_string(json, "name", title_of(section, item));
    for (const struct config_key *key = section->keys; key->name; key++) {
        if (is_absent(key, item))
            continue;
        json_key(json, key->name);
        if (key->is_list)
            write_list(json, key, item);
        else
            write_value(json, key, item);
    }
    for (size_t s = 0; section->sections && section->sections[s]; s++) {
        const struct config_section *inner = section->sections[s];

        if (!inner->item_bytes && !is_there(inner, item + inner->offset))
            continue;
        json_key(json, inner->name);
        if (inner->item_bytes)
            json_begin_array(json);
        for (size_t i = 0; i < count_items(inner, item); i++)
            write_section(json, inner, item_at(inner, item, i));
        if (inner->item_bytes)
            json_end_array(json);
    }
    json_end_object(json);
}

void config_print_json(struct json_writer *json,
                       const struct settings *settings)
{
    write_section(json, &config_root, (const char *)settings);
}
