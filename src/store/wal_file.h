/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * WAL file: the log of a store, written in large pieces.
 *
 * SQLite writes each page of a commit by two calls, one of them of 24 octets,
 * and syncs behind the last. Between wal_file_gather and wal_file_end they are
 * gathered and written before that sync. Nobody misses them until then: who reads
 * is told of a commit after its sync, where synchronous is FULL, as it must be.
 * And nothing is left of a commit that failed: what would be written later would
 * be written over a commit of another process. Workload: 300 pages a commit, some
 * 40 commits a second.
 */

struct sqlite3;

/* Name of the VFS for sqlite3_open_v2 of who writes; NULL where it cannot be had,
 * then all is written as SQLite does it. From any thread. */
const char *wal_file_vfs(void);

/* Begins to gather what a COMMIT writes, with the lock to write held. Does
 * nothing where the log is not of this VFS. */
void wal_file_gather(struct sqlite3 *db);

/* Ends it, right behind the COMMIT, whether that failed or not. */
void wal_file_end(struct sqlite3 *db);
