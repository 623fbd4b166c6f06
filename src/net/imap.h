/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * IMAP: mails out of one folder, by UID.
 *
 * Mails are read by BODY.PEEK[] in sets, some thousand a second, and nothing
 * about them changes. Blocking; after a failure nothing more can be asked of a
 * connection.
 * RFC: 3501, 4315 (UIDPLUS), 6851 (MOVE).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "net/mail_link.h"

struct imap;

/*
 * Connects and logs in. max_bytes of the options is that of one mail.
 * Returns: 0, -1 with err.
 */
int imap_open(const struct mail_link_options *options, struct imap **out_imap,
              enum mail_trouble *out_trouble, struct err *err);

enum imap_access {
    IMAP_EXAMINE, /* read only: the server itself lets nothing change */
    IMAP_SELECT
};

struct imap_folder {
    uint32_t uidvalidity;
    uint32_t uidnext; /* no mail has this UID or a higher one yet */
};

/* Opens a folder. Returns: 0, -1 with err (there is none, ...). */
int imap_select(struct imap *imap, const char *folder, enum imap_access access,
                struct imap_folder *out_folder, struct err *err);

/* UIDs, ascending. Begins as { 0 }; free by imap_uids_deinit. */
struct imap_uids {
    uint32_t *uids;
    size_t n;
    size_t capacity;
};
void imap_uids_deinit(struct imap_uids *uids);

/* Appends one. Returns: 0, -1 with err (ERR_MEMORY). */
int imap_uids_add(struct imap_uids *uids, uint32_t uid, struct err *err);

/*
 * Finds the mails with UIDs from first to last, both included, of which at most
 * NET_IMAP_WINDOW may be between them. Appended to uids.
 * Returns: 0, -1 with err.
 */
int imap_find(struct imap *imap, uint32_t first, uint32_t last,
              struct imap_uids *uids, struct err *err);

/*
 * Asks for the sizes of at most NET_IMAP_SET mails. out_sizes: n of them; 0
 * where the mail is gone.
 * Returns: 0, -1 with err.
 */
int imap_sizes(struct imap *imap, const uint32_t *uids, size_t n,
               uint64_t *out_sizes, struct err *err);

/* Called for each mail, in the server's order; octets during the call.
 * Returns: 0, or -1 with err, which ends the reading. */
typedef int imap_mail_function(void *context, uint32_t uid, struct slice octets,
                               struct err *err);

/*
 * Reads at most NET_IMAP_SET mails. Those that are gone are left out.
 * Returns: 0; 1 with err where the server says no (the connection lives on); -1
 * with err: ERR_LIMIT where one is larger than max_bytes.
 */
int imap_fetch(struct imap *imap, const uint32_t *uids, size_t n,
               imap_mail_function *function, void *context, struct err *err);

/*
 * Sets a keyword, moves into a folder (made where there is none), or deletes at
 * most NET_IMAP_SET mails; those that are gone are passed over. Without UIDPLUS
 * what is deleted or moved stays marked as deleted, because EXPUNGE alone would
 * take away what others have marked.
 * Returns: 0, -1 with err.
 */
int imap_flag(struct imap *imap, const uint32_t *uids, size_t n,
              const char *keyword, struct err *err);
int imap_move(struct imap *imap, const uint32_t *uids, size_t n,
              const char *folder, struct err *err);
int imap_delete(struct imap *imap, const uint32_t *uids, size_t n,
                struct err *err);

/* Tells whether nothing more can be asked of it. */
bool imap_is_broken(const struct imap *imap);

/* Tells whether it was the stop descriptor that ended it. */
bool imap_is_stopped(const struct imap *imap);

/* Logs out where the server still listens, and closes. NULL is allowed. */
void imap_close(struct imap *imap);
