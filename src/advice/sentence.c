/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <inttypes.h>
#include <stdbool.h>

#include "advice/advice.h"
#include "base/text.h"
#include "policy/policy_type.h"

/* An outside string longer than this is cut: the sentence shall stay one. */
enum { OUTSIDE_MAX_BYTES = 200 };

static bool is_given(const char *text)
{
    return text && text[0];
}

/* Appends an outside string, cut between two characters where it is long. */
static void add_outside(struct buffer *buffer, const char *text)
{
    struct slice s = slice_of(text);

    if (s.len <= OUTSIDE_MAX_BYTES) {
        buffer_add(buffer, s.ptr, s.len);
        return;
    }
    s.len = OUTSIDE_MAX_BYTES;
    buffer_add(buffer, s.ptr, text_utf8_prefix(s));
    buffer_add_text(buffer, "...");
}

static void add_count(struct buffer *buffer, int64_t sessions)
{
    if (sessions <= 0)
        buffer_add_text(buffer, "sessions (number not given)");
    else if (sessions == 1)
        buffer_add_text(buffer, "1 session");
    else
        buffer_add_format(buffer, "%" PRId64 " sessions", sessions);
}

/* With whom the sessions were: the MX, its address, or the domain. */
static void add_peer(struct buffer *buffer,
                     const struct advice_failure *failure)
{
    const char *peer = failure->mx;

    if (!is_given(peer))
        peer = failure->mx_address;
    if (!is_given(peer))
        peer = failure->domain;
    if (!is_given(peer))
        return;
    buffer_add_text(buffer, " with ");
    add_outside(buffer, peer);
    if (is_given(failure->mx_address) && peer == failure->mx) {
        buffer_add_text(buffer, " (");
        add_outside(buffer, failure->mx_address);
        buffer_add_char(buffer, ')');
    }
}

static void add_quoted(struct buffer *buffer, const char *text)
{
    buffer_add_text(buffer, " (\"");
    add_outside(buffer, text);
    buffer_add_text(buffer, "\")");
}

/* What the row cannot say: an unknown type, a reason nobody explains. */
static void add_own_words(struct buffer *buffer, const struct advice *advice,
                          const struct advice_failure *failure)
{
    if (strcmp(advice->code, "unknown") == 0 && is_given(failure->result_type))
        add_quoted(buffer, failure->result_type);
    if (!strchr(advice->code, '/') && is_given(failure->reason))
        add_quoted(buffer, failure->reason);
}

void advice_add_sentence(struct buffer *buffer,
                         const struct advice_failure *failure)
{
    const struct advice *advice =
        advice_find(failure->result_type, failure->reason);

    if (is_given(failure->organization))
        add_outside(buffer, failure->organization);
    else
        buffer_add_text(buffer, "A sender without a name");
    buffer_add_text(buffer, " reports: ");

    /* Trouble with the policy itself need not have failed the session
     * (RFC 8461 section 6: a cached policy goes on). */
    if (advice->harm == ADVICE_HARM_POLICY) {
        buffer_add_text(buffer, "in ");
        add_count(buffer, failure->sessions);
        add_peer(buffer, failure);
        buffer_add_char(buffer, ' ');
    } else {
        add_count(buffer, failure->sessions);
        add_peer(buffer, failure);
        buffer_add_text(buffer, " failed because ");
    }
    buffer_add_text(buffer, advice->because);
    add_own_words(buffer, advice, failure);
    buffer_add_char(buffer, '.');
}

/* What a failed session under MTA-STS meant, by the mode of the policy. */
static const char *consequence_sts(const char *mode)
{
    if (mode && strcmp(mode, "enforce") == 0)
        return "The policy says enforce, so this sender did not deliver in "
               "these sessions: mail waits there and comes back after days "
               "unless another MX takes it.";
    if (mode && strcmp(mode, "testing") == 0)
        return "The policy says testing, so these failures held no mail back. "
               "Under enforce they would have.";
    return NULL;
}

/* What is sure under this policy; NULL where the row's own words are better. */
static const char *consequence_find(const struct advice *advice,
                                    const struct advice_failure *failure)
{
    enum policy_type type = policy_type_parse(slice_of(failure->policy_type));

    if (advice->harm == ADVICE_HARM_POLICY || advice->harm == ADVICE_HARM_ALIKE)
        return NULL;
    if (type == POLICY_TYPE_TLSA)
        return "DANE leaves no way round, so this sender held the mail back "
               "and tries again; after days it comes back.";
    if (type == POLICY_TYPE_STS)
        return consequence_sts(failure->policy_mode);
    if (type == POLICY_TYPE_NONE && advice->harm == ADVICE_HARM_SESSION)
        return "No policy was in force, so nothing held the mail back; where "
               "TLS did not come up it went in clear.";
    return NULL;
}

void advice_add_consequence(struct buffer *buffer, const struct advice *advice,
                            const struct advice_failure *failure)
{
    const char *text = consequence_find(advice, failure);

    buffer_add_text(buffer, text ? text : advice->consequence);
}

void advice_add_noise(struct buffer *buffer, int64_t failures, int64_t sessions)
{
    if (failures <= 0 || sessions < failures)
        return;
    buffer_add_format(
        buffer,
        "%" PRId64 " of %" PRId64 " sessions failed, one in %" PRId64
        ". So few among so many are noise: as a rule connections that broke on "
        "the way and were made again. Look closer only when they stay with one "
        "MX or one sender, or grow.",
        failures, sessions, sessions / failures);
}
