/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/letters.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "mail/compose.h"
#include "mail/dkim_sign.h"
#include "mail/limits.h"
#include "os/secret.h"

enum {
    TEXTS_BYTES = 4096, /* domain, submitter, report-id, file name */
    ADDRESS_BYTES = 400,
    MESSAGE_ID_BYTES = 640,
    SIGNATURES_BYTES = 64 * 1024
};

/* Who reports, with what signs for it. */
struct writer {
    const struct outgoing_identity *identity;
    struct signature_key *keys[LETTERS_SIGNERS];
    struct dkim_signer
        signers[LETTERS_SIGNERS]; /* none where the relay signs */
    size_t n_signers;
    bool is_weak;
    /* Where the relay signs; set by the reporter while mails are written. */
    atomic_bool is_proven;
    atomic_int worth;             /* enum self_test_worth */
    char trouble[ERR_TEXT_BYTES]; /* "" none */
};

struct letters {
    const struct outgoing_settings *settings;
    size_t n_writers;
    struct writer writers[];
};

/* ---- Keys ---------------------------------------------------------------- */

const char *letters_signing_domain(const struct outgoing_identity *identity)
{
    return identity->dkim_domain ? identity->dkim_domain
                                 : outgoing_identity_submitter(identity);
}

size_t letters_signers(const struct outgoing_identity *identity,
                       struct letters_signer out_signers[LETTERS_SIGNERS])
{
    if (identity->is_signed_by_relay || !identity->dkim_key_file ||
        !identity->dkim_selector)
        return 0;
    out_signers[0] = (struct letters_signer){ identity->dkim_selector,
                                              identity->dkim_key_file };
    if (!identity->dkim_second_selector || !identity->dkim_second_key_file)
        return 1;
    out_signers[1] = (struct letters_signer){ identity->dkim_second_selector,
                                              identity->dkim_second_key_file };
    return 2;
}

int letters_read_key(const struct outgoing_identity *identity,
                     const struct letters_signer *by,
                     struct signature_key **out_key, bool *out_is_weak,
                     struct err *err)
{
    const char *sender = outgoing_identity_sender(identity);
    const char *at = strrchr(sender, '@');
    struct signature_key *key = NULL;
    struct dkim_signer signer;
    struct buffer pem;
    int rc;

    buffer_init(&pem, SIGNATURE_MAX_PEM_BYTES);
    rc = secret_read_text(by->key_file, &pem, err);
    if (rc == 0 && signature_key_read_private(buffer_slice(&pem), &key, err))
        rc = err_prefix(err, "%.150s", by->key_file);
    secret_forget(&pem);
    if (rc)
        return -1;
    signer = (struct dkim_signer){ letters_signing_domain(identity),
                                   by->selector, key };
    rc = dkim_sign_check(&signer, at ? at + 1 : sender, out_is_weak, err);
    if (rc)
        signature_key_free(key);
    else
        *out_key = key;
    return rc;
}

/* Returns: 0, -1 where the key cannot be used, which is the writer's trouble. */
static int add_signer(struct writer *writer,
                      const struct letters_signer *signer)
{
    struct signature_key **key = &writer->keys[writer->n_signers];
    bool is_weak = false;
    struct err err;

    if (letters_read_key(writer->identity, signer, key, &is_weak, &err)) {
        snprintf(writer->trouble, sizeof(writer->trouble), "%s", err.text);
        return -1;
    }
    writer->signers[writer->n_signers++] =
        (struct dkim_signer){ letters_signing_domain(writer->identity),
                              signer->selector, *key };
    writer->is_weak |= is_weak;
    return 0;
}

static void ready(struct writer *writer)
{
    const struct outgoing_identity *identity = writer->identity;
    struct letters_signer signers[LETTERS_SIGNERS];
    const size_t n = letters_signers(identity, signers);

    if (identity->is_signed_by_relay) {
        atomic_store(&writer->worth, SELF_TEST_NONE);
        return;
    }
    if (n == 0) {
        snprintf(writer->trouble, sizeof(writer->trouble),
                 "no DKIM key, and the relay is not said to sign: RFC 8460 "
                 "section 3 wants mailed reports signed");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (add_signer(writer, &signers[i]))
            return;
    }
}

int letters_open(const struct outgoing_settings *settings,
                 struct letters **out_letters, struct err *err)
{
    size_t n = settings->n_identities;
    struct letters *letters =
        calloc(1, sizeof(*letters) + n * sizeof(struct writer));

    if (!letters)
        return err_memory(err);
    letters->settings = settings;
    letters->n_writers = n;
    for (size_t i = 0; i < n; i++) {
        letters->writers[i].identity = &settings->identities[i];
        ready(&letters->writers[i]);
    }
    *out_letters = letters;
    return 0;
}

void letters_close(struct letters *letters)
{
    if (!letters)
        return;
    for (size_t i = 0; i < letters->n_writers; i++) {
        for (size_t j = 0; j < letters->writers[i].n_signers; j++)
            signature_key_free(letters->writers[i].keys[j]);
    }
    free(letters);
}

/* Why a writer writes nothing; NULL where it does. */
static const char *trouble_of(const struct writer *writer)
{
    if (*writer->trouble)
        return writer->trouble;
    if (writer->identity->is_signed_by_relay &&
        !atomic_load(&writer->is_proven))
        return self_test_sentence(
            (enum self_test_worth)atomic_load(&writer->worth));
    return NULL;
}

const char *letters_trouble(const struct letters *letters, size_t number)
{
    const struct outgoing_relay *relay = &letters->settings->relay;
    const char *trouble = trouble_of(&letters->writers[number]);

    if (!trouble && !relay->url && relay->sendmail.n_items == 0)
        return "no relay and no sendmail command to send by";
    return trouble;
}

void letters_prove(struct letters *letters, size_t number,
                   enum self_test_worth worth)
{
    struct writer *writer = &letters->writers[number];

    atomic_store(&writer->worth, worth);
    if (self_test_suffices(worth))
        atomic_store(&writer->is_proven, true);
}

bool letters_key_is_weak(const struct letters *letters, size_t number)
{
    return letters->writers[number].is_weak;
}

/* ---- A letter ------------------------------------------------------------ */

void letter_init(struct letter *letter)
{
    buffer_init(&letter->octets, MAIL_MAX_MESSAGE_BYTES);
    buffer_init(&letter->sender, ADDRESS_BYTES);
    buffer_init(&letter->recipient, ADDRESS_BYTES);
}

void letter_deinit(struct letter *letter)
{
    buffer_deinit(&letter->octets);
    buffer_deinit(&letter->sender);
    buffer_deinit(&letter->recipient);
}

static const struct writer *find_writer(const struct letters *letters,
                                        struct slice tenant)
{
    for (size_t i = 0; i < letters->n_writers; i++) {
        const char *name = letters->writers[i].identity->name;

        if (slice_equal(slice_of(name), tenant))
            return &letters->writers[i];
    }
    return NULL;
}

/* Signs what was composed, and puts the signature before it. */
static int add_signed(const struct writer *writer, struct slice mail,
                      utc_time now, struct buffer *out, struct err *err)
{
    struct buffer fields;
    int rc;

    buffer_init(&fields, SIGNATURES_BYTES);
    rc = dkim_sign(mail, writer->signers, writer->n_signers, now, &fields, err);
    if (rc == 0) {
        buffer_add(out, fields.ptr, fields.len);
        buffer_add(out, mail.ptr, mail.len);
        if (out->failed)
            rc = err_memory(err);
    }
    buffer_deinit(&fields);
    return rc;
}

/* The left part is that of the report-id, so that both are found together; the
 * number keeps the mails to several destinations apart. */
static void make_message_id(const struct outbox_load *load,
                            char out[MESSAGE_ID_BYTES])
{
    struct slice left = load->report.report_id;

    left.len = slice_find(left, '@');
    snprintf(out, MESSAGE_ID_BYTES, "%.*s.%" PRId64 "@%.*s",
             left.len < 300 ? (int)left.len : 300, left.ptr, load->delivery.id,
             (int)(load->report.submitter.len < 260 ? load->report.submitter.len
                                                    : 260),
             load->report.submitter.ptr);
}

static int compose(const struct writer *writer, const struct outbox_load *load,
                   utc_time now, struct letter *letter, struct buffer *out,
                   struct arena *arena, struct err *err)
{
    const struct outgoing_identity *identity = writer->identity;
    const struct outbox_report *report = &load->report;
    utc_time start = (utc_time)report->day * UTC_DAY_SECONDS;
    char message_id[MESSAGE_ID_BYTES];
    const struct compose_report mail = {
        .from_address = buffer_text(&letter->sender),
        .from_name = identity->sender_name ? identity->sender_name
                                           : identity->organization_name,
        .to_address = buffer_text(&letter->recipient),
        .domain = arena_copy(arena, report->domain),
        .submitter = arena_copy(arena, report->submitter),
        .report_id = arena_copy(arena, report->report_id),
        .message_id = message_id,
        .file_name = arena_copy(arena, report->file_name),
        .now = now,
        .start = start,
        .end = start + UTC_DAY_SECONDS - 1,
        .successes = report->success_sessions,
        .failures = report->failure_sessions,
        .payload = report->octets,
    };

    if (!mail.domain || !mail.submitter || !mail.report_id || !mail.file_name)
        return arena_error(arena, err);
    make_message_id(load, message_id);
    return compose_mail(&mail, out, err);
}

int letters_write(const struct letters *letters, const struct outbox_load *load,
                  const struct outgoing_target *target, utc_time now,
                  struct letter *out_letter, struct err *err)
{
    const struct writer *writer = find_writer(letters, load->delivery.tenant);
    struct buffer mail;
    struct arena arena;
    int rc;

    if (!writer)
        return err_set(err, ERR_USAGE, "nobody reports as \"%.*s\" any more",
                       (int)(load->delivery.tenant.len & 0xff),
                       load->delivery.tenant.ptr);
    if (trouble_of(writer))
        return err_set(err, ERR_USAGE, "%s", trouble_of(writer));
    buffer_add_text(&out_letter->sender,
                    outgoing_identity_sender(writer->identity));
    if (compose_address(target->local, target->host, &out_letter->recipient,
                        err))
        return -1;
    buffer_init(&mail, MAIL_MAX_MESSAGE_BYTES);
    arena_init(&arena, TEXTS_BYTES);
    rc = compose(writer, load, now, out_letter, &mail, &arena, err);
    if (rc == 0)
        rc = add_signed(writer, buffer_slice(&mail), now, &out_letter->octets,
                        err);
    arena_deinit(&arena);
    buffer_deinit(&mail);
    return rc;
}
