/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Machine: what the kernel says of queue, clock and disks.
 *
 * As permission.h: one function looks, the others judge plain values.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/utc.h"
#include "doctor/chart.h"

enum {
    MACHINE_QUEUE_MIN = 512,      /* what systems give who run systemd */
    MACHINE_CERTIFICATE_DAYS = 14 /* before its end it is to be renewed */
};

/* Judges net.unix.max_dgram_qlen; -1 where the kernel does not say. */
void machine_judge_queue(struct chart *chart, int64_t length);

struct machine_clock {
    bool is_known;        /* the kernel says whether it is synchronised */
    bool is_synchronised; /* by NTP or the like */
    int64_t error_us;     /* at most, as the kernel believes */
};

/* Asks the kernel about the clock; changes nothing. */
void machine_look_clock(struct machine_clock *out_clock);

/*
 * Judges the clock.
 * now: what it says. built: a time before which it cannot be.
 */
void machine_judge_clock(struct chart *chart, const struct machine_clock *clock,
                         utc_time now, utc_time built);

/* Judges it against the last time written to a file; UTC_NONE: none is known. */
void machine_judge_stored(struct chart *chart, const char *path,
                          utc_time stored, utc_time now);

struct machine_disk {
    int system_errno;
    uint64_t device;
    uint64_t free_bytes, all_bytes; /* for who is not root */
    uint64_t free_inodes,
        all_inodes; /* 0: the file system has no such number */
    bool is_read_only;
};

/* Looks at the file system of a folder. */
void machine_look_disk(const char *folder, struct machine_disk *out_disk);

/* Judges it. reserve_bytes: below it nothing is taken in. */
void machine_judge_disk(struct chart *chart, const char *folder,
                        const struct machine_disk *disk,
                        uint64_t reserve_bytes);

/* Judges the life of a certificate; UTC_NONE where it does not say. */
void machine_judge_certificate(struct chart *chart, const char *path,
                               utc_time begins_at, utc_time ends_at,
                               utc_time now);
