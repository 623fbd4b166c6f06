/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/imap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "net/imap_reply.h"
#include "net/imap_text.h"
#include "net/limits.h"

struct imap {
    struct mail_link *link;
    size_t max_bytes; /* of a mail */
    unsigned n_commands;
    size_t tagged_bytes; /* of a tagged reply, first of the input still */
    bool is_broken;      /* no command can be understood any more */
    bool has_move;
    bool has_uidplus;
};

enum { COMMAND_BYTES = 8 * 1024 };

/* Called for each untagged reply of a command. Returns: 0, -1 with err. */
typedef int reply_function(void *context, const struct imap_reply *reply,
                           struct err *err);

/* A command and what becomes of it. */
struct command {
    struct buffer line;       /* without tag */
    reply_function *function; /* or NULL */
    void *context;
};

static void command_init(struct command *command)
{
    *command = (struct command){ 0 };
    buffer_init(&command->line, COMMAND_BYTES);
}

/* Gets the next whole reply; *out_bytes are to be taken afterwards. */
static int next_reply(struct imap *imap, struct imap_reply *reply,
                      size_t *out_bytes, struct err *err)
{
    for (;;) {
        struct slice input = mail_link_input(imap->link);

        switch (imap_reply_measure(input, imap->max_bytes, out_bytes)) {
        case IMAP_WHOLE:
            if (imap_reply_parse(slice_make(input.ptr, *out_bytes), reply))
                return err_set(err, ERR_SYSTEM,
                               "the server says what is not of IMAP");
            return 0;
        case IMAP_TOO_LONG:
            return err_set(err, ERR_LIMIT, "a mail has more than %zu octets",
                           imap->max_bytes);
        case IMAP_PART: break;
        }
        if (mail_link_wait(imap->link, err))
            return -1;
    }
}

/* Dovecot adds how long it took, which makes the same sentence look new. */
static struct slice without_times(struct slice text)
{
    size_t i = text.len;

    if (!slice_ends_fold(text, SLICE(" secs).")))
        return text;
    while (i > 0 && text.ptr[i - 1] != '(')
        i--;
    return i ? slice_trim(slice_make(text.ptr, i - 1)) : text;
}

/* What a server says goes to people as text without tricks. */
static int refused(const struct imap_reply *reply, struct err *err)
{
    struct buffer text;

    buffer_init(&text, 160);
    text_add_terminal(&text, text_cut(without_times(reply->text), 100));
    err_set(err, ERR_SYSTEM, "the server says %s",
            text.len ? buffer_text(&text) : "no, and not why");
    buffer_deinit(&text);
    return -1;
}

/* Returns: 0 go on, 1 it is the end, -1 with err. */
static int take_reply(struct imap *imap, const struct command *command,
                      const char *tag, struct imap_reply *reply,
                      struct err *err)
{
    size_t bytes;
    int rc = next_reply(imap, reply, &bytes, err);

    if (rc)
        return -1;
    imap->tagged_bytes = bytes;
    if (slice_equal(reply->tag, slice_of(tag)))
        return 1; /* taken by the caller, who looks at its text */
    if (reply->tag.len)
        return err_set(err, ERR_SYSTEM,
                       "the server answers what was not asked");
    if (reply->status == IMAP_BYE)
        return refused(reply, err);
    if (command->function)
        rc = command->function(command->context, reply, err);
    mail_link_take(imap->link, bytes);
    return rc;
}

static int send_line(struct imap *imap, const struct command *command,
                     const char *tag, struct err *err)
{
    struct buffer line;
    int rc;

    buffer_init(&line, COMMAND_BYTES + 64);
    buffer_add_format(&line, "%s ", tag);
    buffer_add(&line, command->line.ptr, command->line.len);
    buffer_add_text(&line, "\r\n");
    rc = line.failed || command->line.failed
             ? err_memory(err)
             : mail_link_send(imap->link, buffer_slice(&line), err);
    buffer_deinit(&line);
    return rc;
}

/*
 * Says a command and hears its replies. The command's line is freed.
 * out_code (may be NULL) gets the status code of a "no".
 * Returns: 0 OK; 1 NO, with err; -1 with err.
 */
static int say(struct imap *imap, struct command *command, char *out_code,
               size_t code_bytes, struct err *err)
{
    struct imap_reply reply = { 0 };
    char tag[16];
    int rc;

    snprintf(tag, sizeof(tag), "T%u", ++imap->n_commands % 1000000);
    rc = send_line(imap, command, tag, err);
    buffer_deinit(&command->line);
    while (rc == 0)
        rc = take_reply(imap, command, tag, &reply, err);
    if (rc < 0) {
        imap->is_broken = true;
        return -1;
    }
    rc = 0;
    if (reply.status != IMAP_OK) {
        refused(&reply, err);
        rc = reply.status == IMAP_NO ? 1 : -1;
    }
    if (out_code)
        snprintf(out_code, code_bytes, "%.*s",
                 (int)text_cut(reply.code, 60).len,
                 reply.code.ptr ? reply.code.ptr : "");
    mail_link_take(imap->link, imap->tagged_bytes);
    return rc;
}

/* As say, where NO is a failure as others are. */
static int demand(struct imap *imap, struct command *command, struct err *err)
{
    return say(imap, command, NULL, 0, err) ? -1 : 0;
}

static int note_capability(void *context, const struct imap_reply *reply,
                           struct err *err)
{
    struct imap *imap = context;

    (void)err;
    if (!slice_equal_fold(reply->name, SLICE("CAPABILITY")))
        return 0;
    imap->has_move = imap_reply_has_word(reply->rest, "MOVE");
    imap->has_uidplus = imap_reply_has_word(reply->rest, "UIDPLUS");
    return 0;
}

int imap_open(const struct mail_link_options *options, struct imap **out_imap,
              enum mail_trouble *out_trouble, struct err *err)
{
    struct mail_link_options with_room = *options;
    struct imap *imap = calloc(1, sizeof(*imap));
    struct command command;

    *out_trouble = MAIL_TROUBLE_OTHER;
    if (!imap)
        return err_memory(err);
    imap->max_bytes = options->max_bytes;
    with_room.max_bytes += NET_MAIL_REPLY_BYTES;
    if (mail_link_open(&with_room, &imap->link, out_trouble, err)) {
        free(imap);
        return -1;
    }
    command_init(&command);
    command.function = note_capability;
    command.context = imap;
    buffer_add_text(&command.line, "CAPABILITY");
    if (demand(imap, &command, err)) {
        if (imap_is_stopped(imap))
            *out_trouble = MAIL_TROUBLE_STOPPED;
        imap_close(imap);
        return -1;
    }
    *out_imap = imap;
    return 0;
}

static int note_folder(void *context, const struct imap_reply *reply,
                       struct err *err)
{
    struct imap_folder *folder = context;

    (void)err;
    if (reply->status == IMAP_OK) {
        imap_reply_code(reply->code, "UIDVALIDITY", &folder->uidvalidity);
        imap_reply_code(reply->code, "UIDNEXT", &folder->uidnext);
    }
    return 0;
}

int imap_uids_add(struct imap_uids *uids, uint32_t uid, struct err *err)
{
    if (uids->n == uids->capacity) {
        size_t capacity = uids->capacity ? uids->capacity * 2 : 256;
        uint32_t *bigger =
            reallocarray(uids->uids, capacity, sizeof(*uids->uids));

        if (!bigger)
            return err_memory(err);
        uids->uids = bigger;
        uids->capacity = capacity;
    }
    uids->uids[uids->n++] = uid;
    return 0;
}

void imap_uids_deinit(struct imap_uids *uids)
{
    free(uids->uids);
    *uids = (struct imap_uids){ 0 };
}

/* What a SEARCH is heard with. */
struct finding_uids {
    struct imap_uids *uids;
    uint32_t first;
    uint32_t last;
};

static int note_search(void *context, const struct imap_reply *reply,
                       struct err *err)
{
    const struct finding_uids *finding = context;
    struct slice rest = reply->rest;
    uint32_t uid;

    if (!slice_equal_fold(reply->name, SLICE("SEARCH")))
        return 0;
    /* "n:*" names the last mail even where its UID is below n. */
    while (imap_reply_number(&rest, &uid) == 0) {
        if (uid < finding->first || uid > finding->last)
            continue;
        if (finding->uids->n > NET_IMAP_WINDOW)
            return err_set(err, ERR_SYSTEM,
                           "the server finds more mails than there can be");
        if (imap_uids_add(finding->uids, uid, err))
            return -1;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Ascending, each once, whatever the server's order. */
static void sort(struct imap_uids *uids)
{
    size_t n = 0;

    if (uids->n == 0)
        return;
    qsort(uids->uids, uids->n, sizeof(*uids->uids), compare);
    for (size_t i = 0; i < uids->n; i++)
        if (n == 0 || uids->uids[i] != uids->uids[n - 1])
            uids->uids[n++] = uids->uids[i];
    uids->n = n;
}

static int search(struct imap *imap, const char *set,
                  struct finding_uids *finding, struct err *err)
{
    struct command command;

    command_init(&command);
    command.function = note_search;
    command.context = finding;
    buffer_add_format(&command.line, "UID SEARCH UID %s", set);
    return demand(imap, &command, err);
}

/* For servers that do not say what the next UID will be. */
static int ask_uidnext(struct imap *imap, struct imap_folder *folder,
                       struct err *err)
{
    struct imap_uids uids = { 0 };
    struct finding_uids finding = { .uids = &uids,
                                    .first = 1,
                                    .last = UINT32_MAX };
    int rc = search(imap, "*", &finding, err);

    sort(&uids);
    folder->uidnext = 1;
    if (uids.n && uids.uids[uids.n - 1] < UINT32_MAX)
        folder->uidnext = uids.uids[uids.n - 1] + 1;
    imap_uids_deinit(&uids);
    return rc;
}

int imap_select(struct imap *imap, const char *folder, enum imap_access access,
                struct imap_folder *out_folder, struct err *err)
{
    struct imap_folder met = { 0 };
    struct command command;

    command_init(&command);
    command.function = note_folder;
    command.context = &met;
    buffer_add_text(&command.line,
                    access == IMAP_EXAMINE ? "EXAMINE " : "SELECT ");
    imap_text_add_folder(&command.line, folder);
    if (demand(imap, &command, err))
        return err_prefix(err, "opening the folder %.100s", folder);
    if (met.uidvalidity == 0)
        return err_set(err, ERR_SYSTEM,
                       "the server gives the folder no UIDVALIDITY");
    if (met.uidnext == 0 && ask_uidnext(imap, &met, err))
        return -1;
    *out_folder = met;
    return 0;
}

int imap_find(struct imap *imap, uint32_t first, uint32_t last,
              struct imap_uids *uids, struct err *err)
{
    struct finding_uids finding = { .uids = uids,
                                    .first = first,
                                    .last = last };
    char set[32];

    snprintf(set, sizeof(set), "%" PRIu32 ":%" PRIu32, first, last);
    if (search(imap, set, &finding, err))
        return -1;
    sort(uids);
    return 0;
}

/* A command about a set: "UID verb set behind". */
static void command_of_set(struct command *command, const char *verb,
                           const uint32_t *uids, size_t n, const char *behind)
{
    command_init(command);
    buffer_add_format(&command->line, "UID %s ", verb);
    imap_text_add_set(&command->line, uids, n);
    buffer_add_format(&command->line, " %s", behind);
}

/* What a FETCH is heard with. */
struct fetching {
    const uint32_t *uids; /* asked for, ascending */
    size_t n;
    uint64_t *sizes;
    imap_mail_function *function;
    void *context;
};

/* Where a UID stands among those asked for; n for any other. */
static size_t index_of(const struct fetching *fetching, uint32_t uid)
{
    const uint32_t *at = bsearch(&uid, fetching->uids, fetching->n,
                                 sizeof(*fetching->uids), compare);

    return at ? (size_t)(at - fetching->uids) : fetching->n;
}

static int parse_mail(const struct imap_reply *reply,
                      struct imap_mail *out_mail, struct err *err)
{
    *out_mail = (struct imap_mail){ 0 };
    if (!slice_equal_fold(reply->name, SLICE("FETCH")))
        return 0;
    if (imap_reply_mail(reply->rest, out_mail))
        return err_set(err, ERR_SYSTEM,
                       "the server tells of a mail in no form of IMAP");
    return 0;
}

static int note_size(void *context, const struct imap_reply *reply,
                     struct err *err)
{
    const struct fetching *fetching = context;
    struct imap_mail mail;
    size_t at;

    if (parse_mail(reply, &mail, err))
        return -1;
    at = index_of(fetching, mail.uid);
    if (at < fetching->n && mail.has_size)
        fetching->sizes[at] = mail.size ? mail.size : 1;
    return 0;
}

int imap_sizes(struct imap *imap, const uint32_t *uids, size_t n,
               uint64_t *out_sizes, struct err *err)
{
    struct fetching fetching = { .uids = uids, .n = n, .sizes = out_sizes };
    struct command command;

    for (size_t i = 0; i < n; i++)
        out_sizes[i] = 0;
    command_of_set(&command, "FETCH", uids, n, "(UID RFC822.SIZE)");
    command.function = note_size;
    command.context = &fetching;
    return demand(imap, &command, err);
}

static int note_mail(void *context, const struct imap_reply *reply,
                     struct err *err)
{
    const struct fetching *fetching = context;
    struct imap_mail mail;

    if (parse_mail(reply, &mail, err))
        return -1;
    /* Others tell of flags at any time. */
    if (!mail.has_body || index_of(fetching, mail.uid) == fetching->n)
        return 0;
    return fetching->function(fetching->context, mail.uid, mail.body, err);
}

int imap_fetch(struct imap *imap, const uint32_t *uids, size_t n,
               imap_mail_function *function, void *context, struct err *err)
{
    struct fetching fetching = {
        .uids = uids, .n = n, .function = function, .context = context
    };
    struct command command;

    command_of_set(&command, "FETCH", uids, n, "(UID BODY.PEEK[])");
    command.function = note_mail;
    command.context = &fetching;
    return say(imap, &command, NULL, 0, err);
}

int imap_flag(struct imap *imap, const uint32_t *uids, size_t n,
              const char *keyword, struct err *err)
{
    struct command command;

    command_of_set(&command, "STORE", uids, n, "+FLAGS.SILENT (");
    buffer_add_format(&command.line, "%s)", keyword);
    return demand(imap, &command, err);
}

/* COPY or MOVE; a folder that is not there is made, once. */
static int transfer(struct imap *imap, const char *verb, const uint32_t *uids,
                    size_t n, const char *folder, struct err *err)
{
    for (bool is_made = false;; is_made = true) {
        struct command command;
        char code[64];
        int rc;

        command_of_set(&command, verb, uids, n, "");
        imap_text_add_folder(&command.line, folder);
        rc = say(imap, &command, code, sizeof(code), err);
        if (rc <= 0)
            return rc;
        if (is_made || !slice_equal_fold(slice_of(code), SLICE("TRYCREATE")))
            return -1;
        command_init(&command);
        buffer_add_text(&command.line, "CREATE ");
        imap_text_add_folder(&command.line, folder);
        if (demand(imap, &command, err))
            return -1;
    }
}

int imap_move(struct imap *imap, const uint32_t *uids, size_t n,
              const char *folder, struct err *err)
{
    int rc;

    if (imap->has_move)
        rc = transfer(imap, "MOVE", uids, n, folder, err);
    else
        rc = transfer(imap, "COPY", uids, n, folder, err);
    if (rc)
        return err_prefix(err, "moving to %.100s", folder);
    return imap->has_move ? 0 : imap_delete(imap, uids, n, err);
}

int imap_delete(struct imap *imap, const uint32_t *uids, size_t n,
                struct err *err)
{
    struct command command;

    if (imap_flag(imap, uids, n, "\\Deleted", err))
        return -1;
    if (!imap->has_uidplus)
        return 0;
    command_of_set(&command, "EXPUNGE", uids, n, "");
    command.line.len--; /* the blank behind the set */
    return demand(imap, &command, err);
}

bool imap_is_broken(const struct imap *imap)
{
    return imap->is_broken;
}

bool imap_is_stopped(const struct imap *imap)
{
    return mail_link_is_stopped(imap->link);
}

void imap_close(struct imap *imap)
{
    struct command command;
    struct err err;

    if (!imap)
        return;
    command_init(&command);
    buffer_add_text(&command.line, "LOGOUT");
    if (!imap->is_broken)
        (void)send_line(imap, &command, "BYE", &err);
    buffer_deinit(&command.line);
    mail_link_close(imap->link);
    free(imap);
}
