/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/landlock.h"

#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The rights of each version, by number: the headers of Debian 12 end with the
   second one. */
enum {
    FILES_1 = (1 << 13) - 1, /* execute ... make a symbolic link */
    FILES_2 = 1 << 13,       /* refer: link and rename across folders */
    FILES_3 = 1 << 14,       /* truncate */
    FILES_5 = 1 << 15,       /* ioctl of a device */
    NET_4 = (1 << 2) - 1,    /* bind and connect by TCP */
    SCOPE_6 = (1 << 2) - 1   /* abstract sockets, signals */
};

/* struct landlock_ruleset_attr as the sixth version has it. */
struct ruleset {
    uint64_t files, net, scope;
};

/* How much of the structure a version knows. */
static size_t ruleset_bytes(int version)
{
    if (version >= 6)
        return sizeof(struct ruleset);
    return version >= 4 ? offsetof(struct ruleset, scope)
                        : offsetof(struct ruleset, net);
}

static struct ruleset all_of(int version)
{
    struct ruleset all = { .files = FILES_1 };

    if (version >= 2)
        all.files |= FILES_2;
    if (version >= 3)
        all.files |= FILES_3;
    if (version >= 4)
        all.net = NET_4;
    if (version >= 5)
        all.files |= FILES_5;
    if (version >= 6)
        all.scope = SCOPE_6;
    return all;
}

int landlock_forbid_all(int *out_version, struct err *err)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
                           LANDLOCK_CREATE_RULESET_VERSION);
    struct ruleset all;
    int rc, fd;

    *out_version = 0;
    /* Not built in, or not switched on. */
    if (version < 1)
        return 0;
    all = all_of((int)version);
    fd = (int)syscall(SYS_landlock_create_ruleset, &all,
                      ruleset_bytes((int)version), 0);
    if (fd < 0)
        return err_system(err, "making a Landlock rule set");
    rc = (int)syscall(SYS_landlock_restrict_self, fd, 0);
    if (rc)
        err_system(err, "entering a Landlock rule set");
    close(fd);
    if (rc)
        return -1;
    *out_version = (int)version;
    return 0;
}
