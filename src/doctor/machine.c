/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "doctor/machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LEAP_S = 300,          /* clocks of machines differ by less */
    LOW_INODES_SHARE = 50, /* one in so many is few */
    MIB = 1024 * 1024,
    ERROR_MAX_US = 5000000
};

void machine_judge_queue(struct chart *chart, int64_t length)
{
    if (length < 0)
        chart_add(chart, CHART_QUEUE, CHART_UNKNOWN, "",
                  "look at it with sysctl", "the kernel does not say");
    else if (length < MACHINE_QUEUE_MIN)
        chart_add(chart, CHART_QUEUE, CHART_WARNING, "",
                  "install packaging/sysctl.d/60-tlsrpt.conf, or in a"
                  " container --sysctl net.unix.max_dgram_qlen=512, and start"
                  " the collector again: a socket keeps what it was made with",
                  "%" PRId64 ", where %d at least is wanted", length,
                  MACHINE_QUEUE_MIN);
    else
        chart_add(chart, CHART_QUEUE, CHART_GOOD, "", "", "%" PRId64, length);
}

void machine_judge_clock(struct chart *chart, const struct machine_clock *clock,
                         utc_time now, utc_time built)
{
    char text[UTC_TIME_BYTES];

    utc_format(now, text);
    if (now < built)
        chart_add(chart, CHART_CLOCK, CHART_ERROR, "", "set the clock",
                  "%s, which is before this program was made", text);
    else if (!clock->is_known)
        chart_add(
            chart, CHART_CLOCK, CHART_UNKNOWN, "", "ask timedatectl or chronyc",
            "%s; the kernel does not say whether it is synchronised", text);
    else if (!clock->is_synchronised)
        chart_add(chart, CHART_CLOCK, CHART_WARNING, "",
                  "run chrony, systemd-timesyncd or the like, on the host where"
                  " this is a container",
                  "%s, not synchronised as the kernel knows", text);
    else if (clock->error_us > ERROR_MAX_US)
        chart_add(chart, CHART_CLOCK, CHART_WARNING, "",
                  "look whether time servers answer",
                  "%s, synchronised to %" PRId64 " s", text,
                  clock->error_us / 1000000);
    else
        chart_add(chart, CHART_CLOCK, CHART_GOOD, "", "", "%s, synchronised",
                  text);
}

void machine_judge_stored(struct chart *chart, const char *path,
                          utc_time stored, utc_time now)
{
    char then[UTC_TIME_BYTES], text[UTC_TIME_BYTES];

    if (stored == UTC_NONE)
        return;
    utc_format(stored, then);
    utc_format(now, text);
    if (stored > now + LEAP_S)
        chart_add(chart, CHART_CLOCK_STORED, CHART_ERROR, path,
                  "set the clock; if it was ahead before, days were closed too"
                  " early",
                  "it is %s, but this was written at %s", text, then);
    else
        chart_add(chart, CHART_CLOCK_STORED, CHART_GOOD, path, "",
                  "written at %s", then);
}

static void judge_inodes(struct chart *chart, const char *folder,
                         const struct machine_disk *disk)
{
    if (disk->all_inodes == 0)
        chart_add(chart, CHART_DISK_INODES, CHART_GOOD, folder, "",
                  "the file system does not count them");
    else if (disk->free_inodes < disk->all_inodes / LOW_INODES_SHARE)
        chart_add(chart, CHART_DISK_INODES, CHART_WARNING, folder,
                  "remove what fills it with small files",
                  "%" PRIu64 " of %" PRIu64 " free", disk->free_inodes,
                  disk->all_inodes);
    else
        chart_add(chart, CHART_DISK_INODES, CHART_GOOD, folder, "",
                  "%" PRIu64 " of %" PRIu64 " free", disk->free_inodes,
                  disk->all_inodes);
}

void machine_judge_disk(struct chart *chart, const char *folder,
                        const struct machine_disk *disk, uint64_t reserve_bytes)
{
    if (disk->system_errno) {
        chart_add(chart, CHART_DISK_SPACE, CHART_UNKNOWN, folder, "", "%s",
                  strerror(disk->system_errno));
        return;
    }
    if (disk->is_read_only)
        chart_add(chart, CHART_DISK_SPACE, CHART_ERROR, folder,
                  "mount it for writing", "the file system is read-only");
    else if (disk->free_bytes < reserve_bytes)
        chart_add(chart, CHART_DISK_SPACE, CHART_ERROR, folder,
                  "make room, see tlsrpt db prune, or lower reserve",
                  "%" PRIu64 " MiB free, less than the reserve of %" PRIu64
                  " MiB: nothing is taken in",
                  disk->free_bytes / MIB, reserve_bytes / MIB);
    else if (disk->free_bytes < 2 * reserve_bytes)
        chart_add(chart, CHART_DISK_SPACE, CHART_WARNING, folder,
                  "make room, see tlsrpt db prune",
                  "%" PRIu64 " MiB free, near the reserve of %" PRIu64 " MiB",
                  disk->free_bytes / MIB, reserve_bytes / MIB);
    else
        chart_add(chart, CHART_DISK_SPACE, CHART_GOOD, folder, "",
                  "%" PRIu64 " MiB free of %" PRIu64, disk->free_bytes / MIB,
                  disk->all_bytes / MIB);
    judge_inodes(chart, folder, disk);
}

void machine_judge_certificate(struct chart *chart, const char *path,
                               utc_time begins_at, utc_time ends_at,
                               utc_time now)
{
    char text[UTC_TIME_BYTES];

    if (begins_at != UTC_NONE && begins_at > now)
        chart_add(chart, CHART_CERTIFICATE, CHART_ERROR, path,
                  "look at the clock, or at the certificate",
                  "it is good from %s on only", utc_format(begins_at, text));
    else if (ends_at != UTC_NONE && ends_at <= now)
        chart_add(chart, CHART_CERTIFICATE, CHART_ERROR, path,
                  "renew it, and send SIGHUP to tlsrpt serve",
                  "it expired at %s", utc_format(ends_at, text));
    else if (ends_at != UTC_NONE &&
             ends_at - now <
                 MACHINE_CERTIFICATE_DAYS * (int64_t)UTC_DAY_SECONDS)
        chart_add(chart, CHART_CERTIFICATE, CHART_WARNING, path,
                  "renew it, and send SIGHUP to tlsrpt serve",
                  "it expires at %s", utc_format(ends_at, text));
    else
        chart_add(chart, CHART_CERTIFICATE, CHART_GOOD, path, "",
                  "good until %s", utc_format(ends_at, text));
}
