/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include "doctor/machine.h"

void machine_look_clock(struct machine_clock *out_clock)
{
    struct timex state = { .modes = 0 }; /* asks only */
    int status = adjtimex(&state);

    *out_clock = (struct machine_clock){
        .is_known = status >= 0,
        .is_synchronised =
            status >= 0 && status != TIME_ERROR && !(state.status & STA_UNSYNC),
        .error_us = state.maxerror,
    };
}

void machine_look_disk(const char *folder, struct machine_disk *out_disk)
{
    struct machine_disk disk = { .system_errno = 0 };
    struct statvfs space;
    struct stat st;

    if (statvfs(folder, &space) || stat(folder, &st)) {
        disk.system_errno = errno;
    } else {
        disk.device = (uint64_t)st.st_dev;
        disk.free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
        disk.all_bytes = (uint64_t)space.f_blocks * space.f_frsize;
        disk.free_inodes = space.f_favail;
        disk.all_inodes = space.f_files;
        disk.is_read_only = space.f_flag & ST_RDONLY;
    }
    *out_disk = disk;
}
