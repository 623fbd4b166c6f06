/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The handle behind store.h: one connection and what it remembers.
 *
 * For this room alone. Statements are prepared at their first use and kept for
 * the life of the handle, one place each.
 */

#include <sqlite3.h>

#include "base/arena.h"
#include "base/map.h"
#include "store/rollup.h"
#include "store/store.h"
#include "store/tail.h"

/* The place of each prepared statement. */
enum store_statement {
    STATEMENT_BEGIN,
    STATEMENT_VERSION,
    STATEMENT_COMMIT,
    STATEMENT_CHANGE,
    STATEMENT_NAME_FIND,
    STATEMENT_NAME_PUT,
    STATEMENT_NAME_TEXT,
    STATEMENT_NAME_LABEL,
    STATEMENT_POLICY_TEXT_FIND,
    STATEMENT_POLICY_TEXT_PUT,
    STATEMENT_REPORT_COUNTED,
    STATEMENT_REPORT_SAME,
    STATEMENT_AUTHOR_EACH,
    STATEMENT_AUTHOR_COPY,
    STATEMENT_AUTHOR_BESIDE,
    STATEMENT_REPORT_PUT,
    STATEMENT_REPORT_STAND,
    STATEMENT_REPORT_PROVE,
    STATEMENT_REPORT_SETTLE,
    STATEMENT_ORIGIN_FIND,
    STATEMENT_ORIGIN_PUT,
    STATEMENT_PENDING_PUT,
    STATEMENT_PENDING_DROP,
    STATEMENT_PENDING_DROP_WAYS,
    STATEMENT_PENDING_DELAY,
    STATEMENT_PENDING_HASTEN,
    STATEMENT_PENDING_DUE,
    STATEMENT_PENDING_NEXT,
    STATEMENT_PENDING_OWN,
    STATEMENT_CLAIM_EACH,
    STATEMENT_CLAIM_AGAIN,
    STATEMENT_CLAIM_DMARC,
    STATEMENT_CLAIM_HASTEN,
    STATEMENT_POSITION_PUT,
    STATEMENT_POSITION_DROP,
    STATEMENT_POSITION_EACH,
    STATEMENT_OLD_HEAD,
    STATEMENT_OLD_SUBJECTS,
    STATEMENT_OLD_SHARES,
    STATEMENT_OLD_POLICIES,
    STATEMENT_FACTS_LOAD,
    STATEMENT_FACTS_PUT,
    STATEMENT_LINE_PUT,
    STATEMENT_LINES_PUT,
    STATEMENT_LINE_DROP,
    STATEMENT_LINE_WALK,
    STATEMENT_VERIFY_NAME,
    STATEMENT_VERIFY_TEXT,
    STATEMENT_VERIFY_LINE,
    STATEMENT_VERIFY_STANDING,
    STATEMENT_FINDING_PUT,
    STATEMENT_TAIL_ENDS,
    STATEMENT_TAIL_EACH,
    STATEMENT_MEND_PUT,
    STATEMENT_MEND_DROP,
    STATEMENT_TAIL_PUT,
    STATEMENT_TAIL_DROP,
    STATEMENT_ROLLUP_PUT,
    STATEMENT_ROLLUP_UPDATE,
    STATEMENT_ROLLUP_DROP,
    STATEMENT_ROLLUP_EXTENT,
    STATEMENT_ROLLUP_READ,
    STATEMENT_ROLLUP_FIND,
    STATEMENT_DOMAIN_COUNT,
    STATEMENT_LAST_STORED,
    STATEMENT_ASIDE,
    STATEMENT_DAYS,
    STATEMENT_POLICIES,
    STATEMENT_POLICY_TEXT,
    STATEMENT_RAW_FIND,
    STATEMENT_RAW_GONE,
    STATEMENT_RAW_SIZE,
    STATEMENT_RAW_NEEDED,
    STATEMENT_RAW_DROP,
    STATEMENT_RAW_EMPTY,
    STATEMENT_REPORT_DROPPED,
    STATEMENT_REPORT_CONFLICT,
    STATEMENT_FINDING_DROP,
    STATEMENT_DMARC_DROP,
    STATEMENT_DMARC_ROW_DROP,
    STATEMENT_REPORT_DROP,
    STATEMENT_PENDING_DROP_OF,
    STATEMENT_QUARANTINE_DROP,
    STATEMENT_QUARANTINE_ONE,
    STATEMENT_QUARANTINE_LAST,
    STATEMENT_QUARANTINE_RENEW,
    STATEMENT_QUARANTINE_FINDING_DROP,
    STATEMENT_PRUNE_DATED,
    STATEMENT_PRUNE_DATED_DMARC,
    STATEMENT_PRUNE_UNDATED,
    STATEMENT_PRUNE_UNDATED_DMARC,
    STATEMENT_PRUNE_QUARANTINE,
    STATEMENT_PRUNE_RAW,
    STATEMENT_QUOTA_QUARANTINE,
    STATEMENT_STALE_RAW,
    STATEMENT_STALE_REPORT,
    STATEMENT_STALE_WAYS,
    STATEMENT_STALE_REFUSAL,
    STATEMENT_STALE_UNREAD,
    STATEMENT_REPLACE_FIND,
    STATEMENT_REPLACE_OTHER,
    STATEMENT_REPLACE_HEAD,
    STATEMENT_REPLACE_VERSION,
    STATEMENT_REPLACE_SAVE,
    STATEMENT_REPLACE_UNDO,
    STATEMENT_REPLACE_RELEASE,
    STATEMENT_DIGEST_REPORT,
    STATEMENT_DIGEST_FINDING,
    STATEMENT_DIGEST_DMARC,
    STATEMENT_DIGEST_DMARC_ROW,
    STATEMENT_QUOTA_REPORT,
    STATEMENT_QUOTA_DROPPED,
    STATEMENT_RAW_PUT,
    STATEMENT_RAW_RENEW,
    STATEMENT_RAW_GET,
    STATEMENT_QUARANTINE_FIND,
    STATEMENT_QUARANTINE_PUT,
    STATEMENT_QUARANTINE_FINDING_PUT,
    STATEMENT_QUARANTINE_EACH,
    STATEMENT_QUARANTINE_COUNT,
    STATEMENT_FIND_REPORT,
    STATEMENT_FINDING_EACH,
    STATEMENT_QUARANTINE_FINDING_EACH,
    STATEMENT_LISTED,
    STATEMENT_TALLY_TEXT_FIND,
    STATEMENT_TALLY_TEXT_PUT,
    STATEMENT_TALLY_TEXT_TOUCH,
    STATEMENT_TALLY_TEXT_DROP,
    STATEMENT_TALLY_ADD,
    STATEMENT_TALLY_PUT,
    STATEMENT_TALLY_EXTENT_FIND,
    STATEMENT_TALLY_EXTENT_PUT,
    STATEMENT_TALLY_EXTENT_SUM,
    STATEMENT_TALLY_EXTENT_DROP,
    STATEMENT_TALLY_MARK,
    STATEMENT_TALLY_MARK_PUT,
    STATEMENT_TALLY_CLEAR,
    STATEMENT_TALLY_EXTENT_CLEAR,
    STATEMENT_TALLY_TAIL_ASK,
    STATEMENT_TALLY_TAIL_EACH,
    STATEMENT_TALLY_TAIL_PUT,
    STATEMENT_TALLY_CLOSE,
    STATEMENT_TALLY_CLOSED,
    STATEMENT_TALLY_DROP,
    STATEMENT_TALLY_DOMAINS,
    STATEMENT_TALLY_DOMAIN_FIND,
    STATEMENT_TALLY_EACH,
    STATEMENT_TALLY_NEXT_DAY,
    STATEMENT_TALLY_NAME,
    STATEMENT_TALLY_SUMS_OF,
    STATEMENT_HOLD,
    STATEMENT_RELEASE,
    STATEMENT_CHANGE_ASK,
    STATEMENT_DMARC_LOAD,
    STATEMENT_DMARC_PUT,
    STATEMENT_DMARC_STAND,
    STATEMENT_DMARC_ROW_LOAD,
    STATEMENT_DMARC_ROW_PUT,
    STATEMENT_DMARC_ROW_STAND,
    STATEMENT_DMARC_DAYS,
    STATEMENT_DMARC_ASIDE,
    STATEMENT_DMARC_REPORTERS,
    STATEMENT_DMARC_POLICIES,
    STATEMENT_DMARC_LISTED,
    STATEMENT_DMARC_LIST_ALL,
    STATEMENT_DMARC_LIST_DOMAIN,
    STATEMENT_DMARC_LIST_ORGANIZATION,
    STATEMENT_DMARC_LIST_SOURCE,
    STATEMENT_OUTBOX_HAS,
    STATEMENT_OUTBOX_REPORT_PUT,
    STATEMENT_OUTBOX_DELIVERY_PUT,
    STATEMENT_OUTBOX_SKIP_PUT,
    STATEMENT_OUTBOX_MAILS,
    STATEMENT_OUTBOX_DUE,
    STATEMENT_OUTBOX_NEXT,
    STATEMENT_OUTBOX_LOAD,
    STATEMENT_OUTBOX_MAIL_PUT,
    STATEMENT_OUTBOX_START,
    STATEMENT_OUTBOX_COUNTED,
    STATEMENT_OUTBOX_MAIL_COUNT,
    STATEMENT_OUTBOX_NOTE,
    STATEMENT_COUNT
};

/* What kind of file a store is; each has `setting` with the row `change`. */
struct store_kind {
    int application; /* application_id of the file's header */
    const char *const *(*migrations)(size_t *out_n);
    /* The oldest version behind which migrations only added tables, so that it is
     * read as it is and brought up to date in place; 0 for none. */
    int64_t same_since;
};

struct store {
    sqlite3 *db;
    const struct store_kind *kind;
    const char *path; /* behind the URL's colon; owned */
    sqlite3_stmt *statements[STATEMENT_COUNT];
    const struct clock *clock;
    enum store_mode mode; /* STORE_READ or STORE_WRITE */
    bool is_in_batch;
    int64_t n_changes; /* rows changed by this handle when the batch began */
    bool is_broken;    /* a put failed half-way: the batch must not commit */
    struct map ids;    /* kind and text of a name to its id */
    struct map texts;  /* id of a name to its text, a pointer into name_texts */
    struct arena name_texts;
    struct rollup rollup; /* what the batch adds to the roll-ups */
    struct tail tail;     /* what earlier ones added, beside them */
    struct arena scratch; /* rows of the report that is being put */
    int64_t raw_id;       /* the raw put last, 0 none */
    unsigned char raw_hash[DIGEST_BYTES];
};

/* As store_open, of any kind. Owns: kind is borrowed as long as the handle. */
int store_open_kind(const char *url, enum store_mode mode,
                    const struct clock *clock, const struct store_kind *kind,
                    struct store **out_store, struct err *err);

/* Readies the handle for a question: what a batch has pending becomes visible.
 * Returns: 0, -1 with err. */
int store_ready(struct store *store, struct err *err);

/* Checks that something may be put now. Returns: 0, -1 with err (ERR_USAGE). */
int store_check_batch(struct store *store, struct err *err);

/*
 * Finds a raw by its hash and notes its number in store->raw_id.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int store_raw_id(struct store *store,
                 const unsigned char hash[static DIGEST_BYTES],
                 struct err *err);
