/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/slice.h"
#include "insight/insight.h"
#include "record/organisation.h"

/* Spellings met, folded as fold() leaves them, and the key they share. Sorted by
 * key. A reporter that is not here is grouped under its folded name. */
static const struct alias {
    const char *folded;
    const char *key;
} aliases[] = {
    { "1&1", "gmx" },
    { "1&1 internet", "gmx" },
    { "1&1 mail & media", "gmx" },
    { "1und1.de", "gmx" },
    { "gmx.de", "gmx" },
    { "gmx.net", "gmx" },
    { "mail.com", "gmx" },
    { "web.de", "gmx" },
    { "amazon ses", "amazon" },
    { "amazon.com", "amazon" },
    { "amazonses.com", "amazon" },
    { "amazon web services", "amazon" },
    { "apple.com", "apple" },
    { "cisco systems", "cisco" },
    { "cisco.com", "cisco" },
    { "cisco ironport", "cisco" },
    { "iphmx.com", "cisco" },
    { "comcast cable", "comcast" },
    { "comcast cable communications", "comcast" },
    { "comcast.net", "comcast" },
    { "fastmail.com", "fastmail" },
    { "fastmail.fm", "fastmail" },
    { "messagingengine.com", "fastmail" },
    { "gmail", "google" },
    { "gmail.com", "google" },
    { "google.com", "google" },
    { "mail.ru group", "mail.ru" },
    { "vk", "mail.ru" },
    { "vk.com", "mail.ru" },
    { "vk company", "mail.ru" },
    { "microsoft.com", "microsoft" },
    { "enterprise outlook", "microsoft" },
    { "outlook.com", "microsoft" },
    { "mimecast services", "mimecast" },
    { "mimecast.com", "mimecast" },
    { "mimecast.org", "mimecast" },
    { "pphosted.com", "proofpoint" },
    { "proofpoint.com", "proofpoint" },
    { "proton.me", "proton" },
    { "protonmail", "proton" },
    { "protonmail.com", "proton" },
    { "socketlabs.com", "socketlabs" },
    { "aol", "yahoo" },
    { "aol.com", "yahoo" },
    { "oath", "yahoo" },
    { "verizon media", "yahoo" },
    { "yahoo!", "yahoo" },
    { "yahoo.com", "yahoo" },
    { "yahooinc.com", "yahoo" },
    { "yandex.ru", "yandex" },
    { "yandex.com", "yandex" },
};

/* Organisational domains by which a reporter signs. One that is not here is shown
 * as what it is: somebody who uses the name. */
static const struct home {
    const char *key;
    const char *domain;
} homes[] = {
    { "amazon", "amazon.com" },
    { "amazon", "amazonses.com" },
    { "apple", "apple.com" },
    { "apple", "icloud.com" },
    { "cisco", "cisco.com" },
    { "cisco", "iphmx.com" },
    { "comcast", "comcast.com" },
    { "comcast", "comcast.net" },
    { "comcast", "comcastmailservice.net" },
    { "fastmail", "fastmail.com" },
    { "fastmail", "fastmail.fm" },
    { "fastmail", "fastmaildmarc.com" },
    { "fastmail", "messagingengine.com" },
    { "gmx", "1und1.de" },
    { "gmx", "gmx.com" },
    { "gmx", "gmx.de" },
    { "gmx", "gmx.net" },
    { "gmx", "ionos.com" },
    { "gmx", "ionos.de" },
    { "gmx", "mail.com" },
    { "gmx", "web.de" },
    { "google", "gmail.com" },
    { "google", "google.com" },
    { "mail.ru", "mail.ru" },
    { "mail.ru", "vk.com" },
    { "mail.ru", "vk.company" },
    { "microsoft", "hotmail.com" },
    { "microsoft", "microsoft.com" },
    { "microsoft", "outlook.com" },
    { "mimecast", "mimecast.com" },
    { "mimecast", "mimecast.org" },
    { "proofpoint", "pphosted.com" },
    { "proofpoint", "proofpoint.com" },
    { "proton", "proton.me" },
    { "proton", "protonmail.ch" },
    { "proton", "protonmail.com" },
    { "socketlabs", "socketlabs.com" },
    { "yahoo", "aol.com" },
    { "yahoo", "yahoo.com" },
    { "yahoo", "yahooinc.com" },
    { "yandex", "yandex.com" },
    { "yandex", "yandex.net" },
    { "yandex", "yandex.ru" },
};

/* Legal forms dropped at the end of a name, in front where Russian has them. */
static const char *const suffixes[] = {
    "inc",  "incorporated", "llc", "l.l.c",     "ltd",  "limited",
    "gmbh", "ag",           "se",  "kg",        "corp", "corporation",
    "co",   "company",      "plc", "s.a",       "sa",   "sas",
    "sarl", "b.v",          "bv",  "n.v",       "nv",   "ab",
    "as",   "oy",           "srl", "s.r.l",     "spa",  "s.p.a",
    "pty",  "pte",          "ooo", "gmbh & co",
};
static const char *const prefixes[] = { "llc", "ooo" };

enum { NAME_BYTES = 256 };

/* Lower case, blanks joined, punctuation at both ends gone. Octets beyond ASCII
 * stay. */
static struct slice fold(struct slice name, char out[static NAME_BYTES])
{
    size_t n = 0;

    for (size_t i = 0; i < name.len && n < NAME_BYTES; i++) {
        char c = name.ptr[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '"')
            c = ' ';
        if (c == ' ' && (n == 0 || out[n - 1] == ' '))
            continue;
        out[n++] = c;
    }
    while (n && (out[n - 1] == ' ' || out[n - 1] == '.'))
        n--;
    return slice_make(out, n);
}

/* The name without a legal form behind it, where something is left. */
static struct slice drop_suffix(struct slice name)
{
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        struct slice suffix = slice_of(suffixes[i]);

        if (name.len > suffix.len + 1 &&
            name.ptr[name.len - suffix.len - 1] == ' ' &&
            slice_ends_fold(name, suffix))
            name.len -= suffix.len + 1;
    }
    while (name.len && strchr(" .&", name.ptr[name.len - 1]))
        name.len--;
    return name;
}

static struct slice drop_prefix(struct slice name)
{
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        struct slice prefix = slice_of(prefixes[i]);

        if (name.len > prefix.len + 1 && name.ptr[prefix.len] == ' ' &&
            slice_starts(name, prefix))
            return slice_skip(name, prefix.len + 1);
    }
    return name;
}

/* Forms stand behind each other ("GmbH & Co. KG"), so they go until none is
 * left. */
static struct slice drop_forms(struct slice name)
{
    size_t before;

    do {
        before = name.len;
        name = drop_suffix(drop_prefix(name));
    } while (name.len < before);
    return name;
}

static const char *find_alias(struct slice name)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
        if (slice_equal(slice_of(aliases[i].folded), name))
            return aliases[i].key;
    }
    return NULL;
}

const char *insight_organization_key(struct arena *arena, const char *name)
{
    char folded[NAME_BYTES];
    struct slice whole = slice_of(name);
    struct slice core;
    const char *key;

    /* Beyond all names there are, only the same octets are the same. */
    if (whole.len > NAME_BYTES)
        return arena_copy(arena, whole);
    core = drop_forms(fold(whole, folded));
    key = find_alias(core);
    return key ? key : arena_copy(arena, core);
}

/* Tells whether a reporter signs by a domain, or nobody knows by which. */
static bool may_sign(const char *key, const char *domain)
{
    bool is_known = false;

    for (size_t i = 0; i < sizeof(homes) / sizeof(*homes); i++) {
        if (strcmp(homes[i].key, key) != 0)
            continue;
        is_known = true;
        if (strcmp(homes[i].domain, domain) == 0)
            return true;
    }
    return !is_known;
}

const char *insight_organization_signed(struct arena *arena, const char *key,
                                        const char *signer)
{
    const char *domain;

    if (organisation_find(arena, slice_of(signer), &domain, NULL))
        return NULL;
    if (!domain)
        domain = signer;
    return may_sign(key, domain)
               ? key
               : arena_printf(arena, "%s (signed by %s)", key, domain);
}
