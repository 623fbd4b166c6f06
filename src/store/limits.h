/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the store, each with its reason.
 */

#include <stdint.h>

/* Sums go to JSON, whose numbers are exact below 2^53 (RFC 8259 section 6). No
 * sum that is told passes it. */
#define STORE_SUM_MAX ((INT64_C(1) << 53) - 1)

enum {
    /* How long a command waits for another's batch (at most 50 ms each). */
    STORE_BUSY_MS = 10000,
    /* How long who only glances at a file waits: nobody notices it in a page. */
    STORE_GLANCE_MS = 100,
    /* What the care of a store does in one transaction: with the sums that are
     * written at its end it stays below 50 ms. */
    STORE_CARE_MS = 25,
    /* How long care of many transactions leaves the lock to others between two:
     * who waits asks every 2 ms. */
    STORE_YIELD_MS = 5,
    /* Pages until a checkpoint: 16 MB of WAL, so that a page that changes often
     * is written back once for many commits. */
    STORE_CHECKPOINT_PAGES = 4000,
    /* Page cache of the writer in KiB: the inner pages of every tree of a
     * million reports, and room for one batch. */
    STORE_CACHE_KIB = 16384,
    /* What is written to the WAL by one call: pages of a commit, one behind the
     * other. More of them gives nothing, and drives out what the processor holds
     * of other pages. */
    STORE_WAL_BYTES = 128 * 1024,
    /* What stands in the tail before it goes into the trees of sums and lines:
     * as much as they take in within some 100 ms, and a reader within 10. Half
     * of it costs a quarter more a report, twice as much saves a tenth. */
    STORE_TAIL_SUMS = 8192,
    STORE_TAIL_BYTES = 1024 * 1024,
    STORE_TAIL_LINES = 32768,
    /* Octets of facts in it: ten times those of as many usual reports; every
     * reader takes all of them in. */
    STORE_TAIL_FACTS = 4 * 1024 * 1024,
    /* A policy's type as it was written, where that is unusual: longer ones are
     * cut, the raw has all of it. */
    STORE_TYPE_TEXT_MAX = 256,
    /* Names kept in memory by each direction of the dictionary; beyond, the
     * memory starts anew, because names come from strangers. */
    STORE_NAMES_MAX = 200000,
    /* Sums that a batch of a tally adds to at once: these cost the disk less than
     * 10 ms a second, and who reads sees them as they come. Beyond, they wait in
     * its tail... */
    STORE_TALLY_DIRECT = 512,
    /* ...so long, in which each sum of a busy host is added to many times... */
    STORE_TALLY_TAIL_MS = 60000,
    /* ...or so many octets, which take 80 MB when they are added up: half a
     * million additions... */
    STORE_TALLY_TAIL_BYTES = 8 << 20,
    /* ...and as many of one batch. */
    STORE_TALLY_BATCH_BYTES = 8 << 20,
    /* Days that a tally can have: what is remembered of a text packs one into 24
     * bits. */
    TALLY_DAY_END = 1 << 24,
    /* Reports of several authors under one name that are looked at when another
     * comes: each has a domain of its own, and honest ones are alone. */
    STORE_AUTHORS_MAX = 100,
    /* Reports that conflict under one key: enough to show that somebody sends what
     * another has sent, and nobody looks at more; each may bring 64 MiB. */
    STORE_CONFLICTS_MAX = 16,
    /* And with those that wait to be judged, of which one may be the genuine one:
     * whose DNS gives no answer has as many wait as he likes. */
    STORE_CONFLICTS_ALL_MAX = 4 * STORE_CONFLICTS_MAX,
    /* Of those that are too many so many go when one more comes: a surplus that
     * gathered shrinks, and nobody waits until all of it is gone. */
    STORE_SPARES_MAX = 4,
    /* Lines of one page of a list. */
    STORE_LIMIT_MAX = 1000,
    /* Ways that a refused input came by which count when it can be read: each has
     * it read again, and most of them are one source's copies. */
    STORE_STALE_WAYS = 20,
    /* Subject domains shown in a line of a list; a report may hold thousands. */
    STORE_LISTED_DOMAINS = 20
};

/* Octets of texts that a tally remembers the numbers of; beyond, it starts
 * anew. */
#define STORE_TEXTS_BYTES ((size_t)64 << 20)

/* Memory for the rows of one report: 64 MiB of text holds half a million
 * details, each at most four rows of 48 octets. */
#define STORE_SCRATCH_BYTES ((size_t)256 << 20)

/* Rows of one domain in several tallies: 10,000 of them have some 10 MB. */
#define STORE_MERGED_BYTES ((size_t)32 << 20)
