/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "datagram.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *copies[64];
static size_t n_copies;

int datagram_read(struct arena *arena, struct slice text, struct event *out,
                  struct err *err)
{
    char *copy = malloc(text.len ? text.len : 1);

    assert_non_null(copy);
    assert_true(n_copies < sizeof(copies) / sizeof(copies[0]));
    copies[n_copies++] = copy;
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return event_read(arena, copy, text.len, out, err);
}

void datagram_forget(void)
{
    while (n_copies)
        free(copies[--n_copies]);
}

static const char *shown(const char *text)
{
    return text ? text : "-";
}

static void show_texts(struct buffer *out, const char *name,
                       const char *const *texts, size_t n)
{
    buffer_add_format(out, " %s=", name);
    for (size_t i = 0; i < n; i++)
        buffer_add_format(out, "%s%s", i ? ";" : "", texts[i]);
}

static void show_failure(struct buffer *out, const struct event_failure *f)
{
    buffer_add_format(out, " {%d s=%s n=%s h=%s r=%s a=%s f=%s}", f->code,
                      shown(f->sending_mta_ip), shown(f->receiving_mx_hostname),
                      shown(f->receiving_mx_helo), shown(f->receiving_ip),
                      shown(f->additional_information),
                      shown(f->failure_reason_code));
}

void datagram_show(const struct event *event, struct buffer *out)
{
    buffer_add_format(out, "%s %s", event->domain, event->record);
    for (size_t i = 0; i < event->n_policies; i++) {
        const struct event_policy *policy = &event->policies[i];

        buffer_add_format(out, " [%d %s %d", policy->type,
                          shown(policy->domain), policy->is_failure);
        show_texts(out, "strings", policy->strings, policy->n_strings);
        show_texts(out, "mx", policy->mx_hosts, policy->n_mx_hosts);
        for (size_t j = 0; j < policy->n_failures; j++)
            show_failure(out, &policy->failures[j]);
        buffer_add_char(out, ']');
    }
}

static void take_file(const char *path, const char *name,
                      void (*take)(const char *name, struct slice octets))
{
    static char octets[65536];
    FILE *file = fopen(path, "rb");
    size_t n;

    assert_non_null(file);
    n = fread(octets, 1, sizeof(octets), file);
    fclose(file);
    assert_true(n > 0 && n < sizeof(octets));
    take(name, slice_make(octets, n));
}

size_t datagram_each(void (*take)(const char *name, struct slice octets))
{
    static const char *const folders[] = { "postfix", "libtlsrpt" };
    const char *root = getenv("SOURCE_ROOT");
    char folder[2048], path[4096];
    size_t n = 0;

    for (size_t i = 0; i < 2; i++) {
        struct dirent *entry;
        DIR *dir;

        snprintf(folder, sizeof(folder), "%s/../shared/corpus/datagrams/%s",
                 root ? root : ".", folders[i]);
        dir = opendir(folder);
        while (dir && (entry = readdir(dir))) {
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
            take_file(path, entry->d_name, take);
            n++;
        }
        if (dir)
            closedir(dir);
    }
    if (n == 0)
        print_message("# the captured datagrams are not beside the checkout: "
                      "not compared\n");
    return n;
}
