/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room event, each with its reason. Real datagrams have 150 to 550
 * octets, one or two policies, and at most a few failures.
 */

enum {
    /* One datagram. The kernel takes 212,960 octets of one sender with Linux
     * defaults (net.core.wmem_default less 32). */
    EVENT_MAX_BYTES = 256 * 1024,

    /* Levels of nesting. The format has five; members to come may have more. */
    EVENT_MAX_DEPTH = 16,

    /* Policies of one event. A session is held against MTA-STS, DANE or both;
     * each mechanism has one policy. */
    EVENT_MAX_POLICIES = 16,

    /* Failures of one policy. There are eleven result types. */
    EVENT_MAX_FAILURES = 64,

    /* Strings of one list. An MTA-STS policy of 64 KiB, the size that RFC 8461
     * section 3.3 has readers take, is 9,400 lines where each is as short as an
     * "mx:" line can be. */
    EVENT_MAX_STRINGS = 10000,

    /* What an event may take of the arena, reading and cleaning together: lists
     * that double, and octets that are not UTF-8, which become three. */
    EVENT_ARENA_BYTES = 8 * 1024 * 1024,

    /* The record. It is a TXT record, of which senders read 4 KiB at most. */
    EVENT_MAX_RECORD_BYTES = 8192,

    /* Cleaned: receiving-mx-helo and a host name, RFC 5321 section 4.5.3.1.2. */
    EVENT_NAME_BYTES = 255,

    /* Cleaned: a line of a policy. The longest that RFC 8461 knows is a pattern
     * of 253 octets; TLSA data of a whole certificate has some thousand digits. */
    EVENT_LINE_BYTES = 8192,

    /* Cleaned: failure-reason-code and additional-information. OpenSSL's longest
     * reason has 60 octets; a URI with its query fits. */
    EVENT_TEXT_BYTES = 500
};
