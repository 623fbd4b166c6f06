/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/import_mailbox.h"

#include "service/mailbox_sweep.h"

/* One mailbox. */
struct importing {
    intake_source_function *function;
    void *context;
    int64_t done_bytes;
    int status; /* what the function returned at last */
    struct err left_err;
};

static int give(struct importing *importing,
                const struct intake_source_input *input, struct err *err)
{
    if (importing->status == 0)
        importing->status = importing->function(importing->context, input, err);
    return importing->status ? -1 : 0;
}

static int put(void *context, struct mailbox_mail *mail, struct err *err)
{
    struct importing *importing = context;
    struct intake_source_input input = { .label = mail->label,
                                         .octets = mail->delivery.octets,
                                         .writable = mail->octets,
                                         .origin = mail->delivery.origin };

    importing->done_bytes += (int64_t)mail->delivery.octets.len;
    input.done_bytes = importing->done_bytes;
    mail->is_kept = give(importing, &input, err) == 0;
    return mail->is_kept ? 0 : -1;
}

/* The import commits by itself; nothing in the mailbox hangs on it. */
static int settle(void *context, struct err *err)
{
    (void)context;
    (void)err;
    return 0;
}

static void leave(void *context, const char *label, const char *why)
{
    struct importing *importing = context;
    const struct intake_source_input input = {
        .label = label, .refused = why, .done_bytes = importing->done_bytes
    };

    (void)give(importing, &input, &importing->left_err);
}

int import_mailbox_each(const struct import_mailbox_options *options,
                        intake_source_function *function, void *context,
                        struct err *err)
{
    const struct mailbox_options mailbox = {
        .name = "",
        .url = options->url,
        .password_file = options->password_file,
        .token_command = options->token_command,
        .ca_file = options->ca_file,
        .is_plain = options->is_plain,
        .rule = options->rule,
    };
    struct importing importing = { .function = function, .context = context };
    struct mailbox_sweep sweep;
    int rc = mailbox_sweep_init(&sweep, &mailbox, err);

    if (rc == 0) {
        sweep.origin.is_live = false;
        sweep.sink = (struct mailbox_sink){ put, settle, &importing };
        sweep.left = leave;
        sweep.context = &importing;
        rc = mailbox_sweep_run(&sweep, err);
        if (rc)
            err_prefix(err, "%.150s", sweep.place);
    }
    mailbox_sweep_deinit(&sweep);
    return importing.status > 0 ? importing.status : rc;
}
