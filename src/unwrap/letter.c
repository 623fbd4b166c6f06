/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/letter.h"

#include <stdio.h>

#include "unwrap/limits.h"
#include "unwrap/sniff.h"

struct letter {
    struct unwrap_run *run;
    const struct parcel *outer;
    const struct mail_header *header; /* known once a part was met */
    unsigned n_reports;               /* parts that were opened */
    bool has_feedback;                /* a part of it is ARF (RFC 5965) */
    bool has_status;                  /* a part tells of delivery (RFC 3464) */
    int result;                       /* what opening them returned */
};

/* How the Subject of RFC 8460 section 5.3 goes, whatever its case and folds. */
static bool has_subject_form(const char *subject)
{
    static const char *const words[] = { "Report Domain:", "Submitter:",
                                         "Report-ID:" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        subject = subject ? strcasestr(subject, words[i]) : NULL;
        if (!subject)
            return false;
    }
    return true;
}

static void note_header(struct parcel *parcel, const struct mail_header *header)
{
    if (!header->tls_report_domain || !header->tls_report_submitter)
        parcel_note(parcel, UNWRAP_MAIL_NO_FIELDS, NULL);
    if (!has_subject_form(header->subject))
        parcel_note(parcel, UNWRAP_SUBJECT_FORM, header->subject);
}

/* What the base64 looked like, for the finding's value. */
static void note_base64(struct parcel *parcel, unsigned oddities)
{
    static const struct {
        unsigned oddity;
        const char *text;
    } texts[] = {
        { MAIL_BASE64_LONG_LINE, "lines of more than 76 characters" },
        { MAIL_BASE64_BLANKS, "blanks or empty lines" },
        { MAIL_BASE64_NO_PADDING, "no padding at the end" },
        { MAIL_BASE64_FOREIGN, "other text in it or behind it" },
        { MAIL_BASE64_UNMARKED, "base64 without a header field for it" },
        { MAIL_NOT_BASE64, "raw octets instead of base64" },
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (oddities & texts[i].oddity)
            parcel_note(parcel, UNWRAP_BASE64_ODD, texts[i].text);
    }
}

static void note_oddities(struct parcel *parcel, unsigned oddities)
{
    static const struct {
        unsigned oddities;
        enum unwrap_finding finding;
    } rows[] = {
        { MAIL_NOT_MULTIPART, UNWRAP_MAIL_NOT_MULTIPART },
        { MAIL_NOT_REPORT, UNWRAP_MAIL_NOT_REPORT },
        { MAIL_NO_END_BOUNDARY | MAIL_NO_BOUNDARY,
          UNWRAP_MAIL_BOUNDARY_MISSING },
        { MAIL_MIXED_LINE_ENDS, UNWRAP_MAIL_LINE_ENDS },
        { MAIL_MISSPELT_FIELD, UNWRAP_HEADER_SPELLING },
        { MAIL_ENCLOSED, UNWRAP_MAIL_FORWARDED },
        { MAIL_ENCODED_NAME, UNWRAP_NAME_ENCODED_WORD },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (oddities & rows[i].oddities)
            parcel_note(parcel, rows[i].finding, NULL);
    }
    note_base64(parcel, oddities);
}

/* RFC 8460 section 5.3 knows two media types. */
static void note_media_type(struct parcel *parcel, enum sniff_kind kind)
{
    struct slice type = slice_of(parcel->media_type);

    if (slice_equal(type, SLICE("application/tlsrpt+gzip")) ||
        slice_equal(type, SLICE("application/tlsrpt+json")))
        return;
    /* A zip says so by a finding of its own. */
    if (slice_equal(type, SLICE("application/tlsrpt+zip")) && kind == SNIFF_ZIP)
        return;
    parcel_note(parcel,
                slice_equal(type, SLICE("application/tlsrpt"))
                    ? UNWRAP_MEDIA_TYPE_NO_SUFFIX
                    : UNWRAP_MEDIA_TYPE,
                parcel->media_type);
}

static void note_part(struct parcel *parcel, const struct mail_header *header,
                      const struct mail_part *part, bool is_first)
{
    enum sniff_kind kind = sniff_octets(parcel->octets);

    note_header(parcel, header);
    note_oddities(parcel, part->oddities);
    if (!is_first)
        parcel_note(parcel, UNWRAP_MAIL_REPORTS_SEVERAL, NULL);
    note_media_type(parcel, kind);
    if (kind == SNIFF_JSON || kind == SNIFF_UTF16)
        parcel_note(parcel, UNWRAP_NOT_COMPRESSED, NULL);
}

/* The types of message/ that hold a whole one; the header-like lines of others,
 * such as message/delivery-status, do not. */
static bool is_message_type(struct slice type)
{
    static const char *const types[] = { "message/rfc822", "message/rfc2822",
                                         "message/global", "message/news" };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (slice_equal(type, slice_of(types[i])))
            return true;
    }
    return false;
}

/* A mail that was attached as a file, or in an encoding that RFC 2046 section
 * 5.2.1 forbids for message/rfc822. */
static bool is_attached_mail(const struct mail_part *part)
{
    return (slice_ends_fold(slice_of(part->file_name), SLICE(".eml")) ||
            is_message_type(slice_of(part->media_type))) &&
           mail_is_message(part->content);
}

static int open_part(struct letter *letter, const struct mail_header *header,
                     const struct mail_part *part, bool is_mail)
{
    char place[32];
    struct parcel parcel;

    snprintf(place, sizeof place, "mail part %u", part->number);
    if (parcel_init_inner(letter->run, letter->outer, place, &parcel) != 0)
        return -1;
    parcel.octets = part->content;
    parcel.writable = part->writable;
    parcel.name = part->file_name;
    parcel.media_type = part->media_type;
    parcel.mail = header;
    parcel.n_mails++;
    if (part->is_cut)
        return parcel_refuse(letter->run, &parcel, UNWRAP_CONTAINER_LIMIT,
                             "mail part is larger than 64 MiB");
    if (is_mail)
        parcel_note(&parcel, UNWRAP_MAIL_FORWARDED, NULL);
    else
        note_part(&parcel, header, part, letter->n_reports == 1);
    return parcel_open(letter->run, &parcel);
}

/* Mail about mail that is no aggregate report. */
static void note_other_kind(struct letter *letter, const struct mail_part *part)
{
    struct slice type = slice_of(part->media_type);

    if (slice_equal(type, SLICE("message/feedback-report")))
        letter->has_feedback = true;
    if (slice_equal(type, SLICE("message/delivery-status")))
        letter->has_status = true;
}

static int take_part(void *context, const struct mail_header *header,
                     const struct mail_part *part, struct err *err)
{
    struct letter *letter = context;
    bool is_mail =
        is_attached_mail(part) && letter->outer->n_mails < UNWRAP_MAX_MAILS;

    (void)err;
    letter->header = header;
    note_other_kind(letter, part);
    /* The message that ARF encloses is somebody's mail, and no report to us. */
    if (letter->has_feedback)
        return 0;
    if (!is_mail &&
        !parcel_may_be_report(part->content, part->file_name, part->media_type))
        return 0;
    letter->n_reports++;
    letter->result = open_part(letter, header, part, is_mail);
    return letter->result != 0;
}

/* Ends a mail that held nothing, or that could not be read to its end. */
static int refuse_mail(struct letter *letter, enum unwrap_finding finding,
                       const char *reason)
{
    struct parcel parcel;

    if (parcel_init_inner(letter->run, letter->outer, "mail", &parcel) != 0)
        return -1;
    if (letter->header)
        parcel.mail = letter->header;
    return parcel_refuse(letter->run, &parcel, finding, reason);
}

/* Ends a mail without any report by saying what it is instead. */
static int refuse_other(struct letter *letter)
{
    if (letter->has_feedback)
        return refuse_mail(letter, UNWRAP_FAILURE_REPORT,
                           "failure report about one message (ARF), no "
                           "aggregate report in the mail");
    if (letter->has_status)
        return refuse_mail(letter, UNWRAP_DELIVERY_STATUS,
                           "delivery status notification, no report in the "
                           "mail");
    return refuse_mail(letter, UNWRAP_MAIL_NO_REPORT, "no report in the mail");
}

int letter_open(struct unwrap_run *run, const struct parcel *mail)
{
    struct letter letter = { .run = run, .outer = mail };
    struct err err = { .kind = ERR_NONE };
    int result = mail_read(run->arena, mail->octets, take_part, &letter, &err);

    if (result > 0 || letter.result != 0)
        return letter.result;
    if (result < 0 && err.kind == ERR_MEMORY)
        return err_memory(run->err);
    if (result < 0)
        return refuse_mail(&letter, UNWRAP_CONTAINER_LIMIT, err.text);
    return letter.n_reports ? 0 : refuse_other(&letter);
}
