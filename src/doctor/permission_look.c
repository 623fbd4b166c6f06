/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "doctor/permission.h"
#include "net/datagram.h"

/* Fills a file. Returns: 0, else -1 and its system_errno. */
static int look_at(const char *path, struct permission_file *out_file)
{
    char octets[4 + 8 * PERMISSION_ACL_ENTRIES];
    struct stat st;
    ssize_t n;

    *out_file = (struct permission_file){ .path = path };
    if (stat(path, &st)) {
        out_file->system_errno = errno;
        return -1;
    }
    out_file->mode = st.st_mode;
    out_file->uid = st.st_uid;
    out_file->gid = st.st_gid;
    n = getxattr(path, PERMISSION_ACL_ATTRIBUTE, octets, sizeof(octets));
    if (n > 0)
        (void)permission_acl_parse(slice_make(octets, (size_t)n),
                                   &out_file->acl);
    return 0;
}

bool permission_is_hidden(const char *path, unsigned wishes)
{
    /* The wishes have the numbers of R_OK, W_OK and X_OK. */
    return faccessat(AT_FDCWD, path, (int)wishes, AT_EACCESS) != 0 &&
           errno == EACCES;
}

/* The first folder above a path that a user may not enter; NULL where none. */
static const char *find_closed(struct chart *chart, const char *path,
                               const struct permission_who *who)
{
    for (const char *slash = strchr(path, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        const char *folder =
            slash == path
                ? "/"
                : chart_text(chart, "%.*s", (int)(slash - path), path);
        struct permission_file file;

        if (look_at(folder, &file) == 0 &&
            !permission_has(who, &file, PERMISSION_ENTER))
            return folder;
    }
    return NULL;
}

void permission_look(struct chart *chart, const char *path,
                     const struct permission_who *who,
                     struct permission_file *out_file)
{
    if (look_at(path, out_file) == 0 && who)
        out_file->closed_folder = find_closed(chart, path, who);
}

int permission_find_wanted(const char *user, const char *group,
                           const char *mode,
                           struct permission_wanted *out_wanted,
                           struct err *err)
{
    struct permission_wanted wanted = { .user = user, .group = group };
    uid_t uid = 0;
    gid_t gid = 0;

    if ((user && datagram_find_user(user, &uid, err)) ||
        (group && datagram_find_group(group, &gid, err)))
        return -1;
    wanted.uid = uid;
    wanted.gid = gid;
    if (mode)
        wanted.mode = (unsigned)strtoul(mode, NULL, 8);
    *out_wanted = wanted;
    return 0;
}

static void take(struct chart *chart, const struct passwd *entry,
                 struct permission_who *who)
{
    gid_t groups[PERMISSION_GROUPS];
    int n = PERMISSION_GROUPS;

    *who = (struct permission_who){ .uid = entry->pw_uid };
    who->name = chart_text(chart, "%s", entry->pw_name);
    if (getgrouplist(entry->pw_name, entry->pw_gid, groups, &n) < 0)
        n = PERMISSION_GROUPS; /* as many as fit */
    for (int i = 0; i < n; i++)
        who->groups[i] = groups[i];
    who->n_groups = n;
}

bool permission_find_name(struct chart *chart, const char *name,
                          struct permission_who *out_who)
{
    const struct passwd *entry = getpwnam(name);

    if (entry)
        take(chart, entry, out_who);
    return entry;
}

void permission_find_number(struct chart *chart, unsigned uid,
                            struct permission_who *out_who)
{
    const struct passwd *entry = getpwuid(uid);

    if (entry) {
        take(chart, entry, out_who);
        return;
    }
    *out_who =
        (struct permission_who){ .name = chart_text(chart, "user %u", uid),
                                 .uid = uid };
    if (uid == geteuid())
        out_who->groups[out_who->n_groups++] = getegid();
}
