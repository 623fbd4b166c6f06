/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/permission.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { ALL_BITS = 07777 };

static bool is_in(const struct permission_who *who, unsigned gid)
{
    for (int i = 0; i < who->n_groups; i++) {
        if (who->groups[i] == gid)
            return true;
    }
    return false;
}

/* What the first entry of a kind gives. */
static unsigned bits_of(const struct permission_acl *acl, unsigned tag,
                        unsigned otherwise)
{
    for (size_t i = 0; i < acl->n; i++) {
        if (acl->entries[i].tag == tag)
            return acl->entries[i].bits;
    }
    return otherwise;
}

/* By the order of POSIX.1e: the owner, a user that is named, any group that fits,
 * else others. */
static bool is_listed(const struct permission_who *who,
                      const struct permission_file *file, unsigned bits)
{
    const struct permission_acl *acl = &file->acl;
    const unsigned mask = bits_of(acl, PERMISSION_ACL_MASK, ~0u);
    bool is_member = false, may = false;

    if (who->uid == file->uid)
        return (bits_of(acl, PERMISSION_ACL_OWNER, 0) & bits) == bits;
    for (size_t i = 0; i < acl->n; i++) {
        const unsigned tag = acl->entries[i].tag, id = acl->entries[i].id;
        const bool has = (acl->entries[i].bits & mask & bits) == bits;

        if (tag == PERMISSION_ACL_USER && id == who->uid)
            return has;
        if ((tag == PERMISSION_ACL_OWNER_GROUP && is_in(who, file->gid)) ||
            (tag == PERMISSION_ACL_GROUP && is_in(who, id))) {
            is_member = true;
            may |= has;
        }
    }
    if (is_member)
        return may;
    return (bits_of(acl, PERMISSION_ACL_OTHERS, 0) & bits) == bits;
}

bool permission_is_credential(const char *path)
{
    static const char folder[] = "/run/credentials/";

    return strncmp(path, folder, sizeof(folder) - 1) == 0;
}

bool permission_has(const struct permission_who *who,
                    const struct permission_file *file,
                    enum permission_wish wish)
{
    const unsigned bits = wish;

    if (who->uid == 0)
        return true;
    if (file->acl.n)
        return is_listed(who, file, bits);
    if (who->uid == file->uid)
        return (file->mode >> 6 & bits) == bits;
    if (is_in(who, file->gid))
        return (file->mode >> 3 & bits) == bits;
    return (file->mode & bits) == bits;
}

/* Writes that a folder above is closed. */
static void add_closed(struct chart *chart, enum chart_id id,
                       const struct permission_file *file,
                       const struct permission_who *who)
{
    chart_add(
        chart, id, CHART_ERROR, file->path,
        chart_text(chart, "let %s enter %s", who->name, file->closed_folder),
        "%s may not enter the folder %s", who->name, file->closed_folder);
}

void permission_judge_secret(struct chart *chart,
                             const struct permission_file *file,
                             const struct permission_who *who)
{
    if (file->system_errno == ENOENT && permission_is_credential(file->path)) {
        chart_add(chart, CHART_SECRET_FILE, CHART_UNKNOWN, file->path,
                  "run it while the unit runs",
                  "it is given by LoadCredential= while the unit runs");
    } else if (file->system_errno) {
        const bool is_hidden = file->system_errno == EACCES;

        chart_add(chart, CHART_SECRET_FILE,
                  is_hidden ? CHART_UNKNOWN : CHART_ERROR, file->path,
                  is_hidden ? PERMISSION_HIDDEN
                            : "name the file that is there, or make it",
                  "%s", strerror(file->system_errno));
    } else if (!S_ISREG(file->mode)) {
        chart_add(chart, CHART_SECRET_FILE, CHART_ERROR, file->path,
                  "name a file", "is no file");
    } else if (file->mode & (S_IROTH | S_IWOTH)) {
        chart_add(
            chart, CHART_SECRET_FILE, CHART_ERROR, file->path,
            chart_text(chart, "chmod 600 %s; it will not be used as it is",
                       file->path),
            "mode %04o: everybody may read or write it", file->mode & ALL_BITS);
    } else if (file->closed_folder) {
        add_closed(chart, CHART_SECRET_FILE, file, who);
    } else if (!permission_has(who, file, PERMISSION_READ)) {
        chart_add(
            chart, CHART_SECRET_FILE, CHART_ERROR, file->path,
            chart_text(chart, "let %s read it, by owner or group", who->name),
            "mode %04o: %s may not read it", file->mode & ALL_BITS, who->name);
    } else if (file->mode & S_IWGRP) {
        chart_add(chart, CHART_SECRET_FILE, CHART_WARNING, file->path,
                  chart_text(chart, "chmod g-w %s", file->path),
                  "mode %04o: its group may change it", file->mode & ALL_BITS);
    } else {
        chart_add(chart, CHART_SECRET_FILE, CHART_GOOD, file->path, "",
                  "mode %04o", file->mode & ALL_BITS);
    }
}

/* Returns: whether the folder is as it should be. */
static bool judge_folder(struct chart *chart,
                         const struct permission_file *folder,
                         const struct permission_who *who)
{
    if (folder->system_errno) {
        const bool is_absent = folder->system_errno == ENOENT;

        chart_add(chart, CHART_STORE_FILE,
                  is_absent ? CHART_NOTE : CHART_UNKNOWN, folder->path,
                  is_absent ? "" : PERMISSION_HIDDEN, "%s",
                  strerror(folder->system_errno));
        return false;
    }
    if (folder->closed_folder) {
        add_closed(chart, CHART_STORE_FILE, folder, who);
        return false;
    }
    if (!permission_has(who, folder, PERMISSION_WRITE)) {
        chart_add(chart, CHART_STORE_FILE, CHART_ERROR, folder->path,
                  chart_text(chart, "chown %s %s", who->name, folder->path),
                  "mode %04o: %s may not make files in it",
                  folder->mode & ALL_BITS, who->name);
        return false;
    }
    /* Whoever may exchange files in it may exchange the store. */
    if (folder->mode & S_IWOTH && !(folder->mode & S_ISVTX)) {
        chart_add(chart, CHART_STORE_FILE, CHART_ERROR, folder->path,
                  chart_text(chart, "chmod o-w %s", folder->path),
                  "mode %04o: everybody may exchange the files in it",
                  folder->mode & ALL_BITS);
        return false;
    }
    return true;
}

void permission_judge_store(struct chart *chart,
                            const struct permission_file *file,
                            const struct permission_file *folder,
                            const struct permission_who *who)
{
    if (!judge_folder(chart, folder, who))
        return;
    if (file->system_errno == ENOENT) {
        chart_add(chart, CHART_STORE_FILE, CHART_NOTE, file->path, "",
                  "not made yet");
    } else if (file->system_errno) {
        chart_add(chart, CHART_STORE_FILE, CHART_UNKNOWN, file->path,
                  PERMISSION_HIDDEN, "%s", strerror(file->system_errno));
    } else if (!permission_has(who, file, PERMISSION_READ) ||
               !permission_has(who, file, PERMISSION_WRITE)) {
        chart_add(chart, CHART_STORE_FILE, CHART_ERROR, file->path,
                  chart_text(chart,
                             "chown %s %s*, and run commands that write as"
                             " that user",
                             who->name, file->path),
                  "mode %04o: %s, who runs the service, may not write it",
                  file->mode & ALL_BITS, who->name);
    } else if (file->mode & (S_IROTH | S_IWOTH)) {
        chart_add(chart, CHART_STORE_FILE, CHART_WARNING, file->path,
                  chart_text(chart, "chmod o-rw %s*", file->path),
                  "mode %04o: everybody may read or write it",
                  file->mode & ALL_BITS);
    } else {
        chart_add(chart, CHART_STORE_FILE, CHART_GOOD, file->path, "",
                  "mode %04o, written by %s", file->mode & ALL_BITS, who->name);
    }
}

void permission_judge_folder(struct chart *chart,
                             const struct permission_file *folder,
                             const struct permission_who *who)
{
    if (folder->system_errno)
        chart_add(chart, CHART_FOLDER,
                  folder->system_errno == EACCES ? CHART_UNKNOWN
                                                 : CHART_WARNING,
                  folder->path,
                  folder->system_errno == EACCES ? PERMISSION_HIDDEN
                                                 : "make it, or name another",
                  "%s", strerror(folder->system_errno));
    else if (folder->closed_folder)
        add_closed(chart, CHART_FOLDER, folder, who);
    else if (!permission_has(who, folder, PERMISSION_WRITE))
        chart_add(chart, CHART_FOLDER, CHART_ERROR, folder->path,
                  chart_text(chart, "let %s write to it, by owner or group",
                             who->name),
                  "mode %04o: %s may not write to it", folder->mode & ALL_BITS,
                  who->name);
    else
        chart_add(chart, CHART_FOLDER, CHART_GOOD, folder->path, "",
                  "mode %04o", folder->mode & ALL_BITS);
}

/* Whether it is as configured. */
static bool judge_wanted(struct chart *chart,
                         const struct permission_file *file,
                         const struct permission_wanted *wanted)
{
    const char *const next = "start the collector again; where the service"
                             " manager makes the socket, say it in its unit";

    if (wanted->mode && (file->mode & 0777) != wanted->mode)
        chart_add(chart, CHART_SOCKET, CHART_WARNING, file->path, next,
                  "mode %04o, where %04o is wanted", file->mode & 0777,
                  wanted->mode);
    else if (wanted->user && file->uid != wanted->uid)
        chart_add(chart, CHART_SOCKET, CHART_WARNING, file->path, next,
                  "its owner is %u, where %s is wanted", file->uid,
                  wanted->user);
    else if (wanted->group && file->gid != wanted->gid)
        chart_add(chart, CHART_SOCKET, CHART_WARNING, file->path, next,
                  "its group is %u, where %s is wanted", file->gid,
                  wanted->group);
    else
        return true;
    return false;
}

static void judge_sender(struct chart *chart,
                         const struct permission_file *file,
                         const struct permission_who *sender)
{
    if (file->closed_folder)
        add_closed(chart, CHART_SOCKET, file, sender);
    else if (!permission_has(sender, file, PERMISSION_WRITE))
        chart_add(chart, CHART_SOCKET, CHART_ERROR, file->path,
                  chart_text(chart,
                             "give it a group that %s is in: group in the"
                             " section collect",
                             sender->name),
                  "mode %04o, owner %u, group %u: %s may not send to it",
                  file->mode & 0777, file->uid, file->gid, sender->name);
    else
        chart_add(chart, CHART_SOCKET, CHART_GOOD, file->path, "",
                  "mode %04o: %s may send to it", file->mode & 0777,
                  sender->name);
}

void permission_judge_socket(struct chart *chart,
                             const struct permission_file *file,
                             const struct permission_wanted *wanted,
                             const struct permission_who *sender)
{
    if (file->system_errno) {
        chart_add(chart, CHART_SOCKET,
                  file->system_errno == EACCES ? CHART_UNKNOWN : CHART_ERROR,
                  file->path,
                  file->system_errno == EACCES ? PERMISSION_HIDDEN
                                               : "start tlsrpt collect",
                  "%s", strerror(file->system_errno));
    } else if (!S_ISSOCK(file->mode)) {
        chart_add(chart, CHART_SOCKET, CHART_ERROR, file->path,
                  "name a path at which nothing else stands", "is no socket");
    } else if (sender) {
        if (judge_wanted(chart, file, wanted))
            judge_sender(chart, file, sender);
    } else if (judge_wanted(chart, file, wanted)) {
        chart_add(chart, CHART_SOCKET, CHART_GOOD, file->path, "",
                  "mode %04o, owner %u, group %u", file->mode & 0777, file->uid,
                  file->gid);
    }
}
