/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dictionary.h"

#include "store/handle.h"
#include "store/keys.h"
#include "store/limits.h"
#include "store/sql.h"

enum { KEY_BYTES = 1024, POLICY_KEY_BYTES = 512 };

/* The key under which a name is remembered: its kind, then its text. Longer
 * texts are looked up each time; *key is cleared for them. */
static struct slice key_of(enum dictionary_kind kind, const char *text,
                           char key[static KEY_BYTES])
{
    size_t len = strlen(text);

    if (len + 1 > KEY_BYTES)
        return slice_make(NULL, 0);
    key[0] = (char)kind;
    memcpy(key + 1, text, len);
    return slice_make(key, len + 1);
}

static int remember(struct store *store, struct slice key, int64_t id,
                    struct err *err)
{
    int64_t *place;

    if (key.len == 0)
        return 0;
    if (store->ids.n_entries >= STORE_NAMES_MAX)
        map_clear(&store->ids);
    place = map_put(&store->ids, key);
    if (!place)
        return err_memory(err);
    *place = id;
    return 0;
}

static int find_stored(struct store *store, enum dictionary_kind kind,
                       const char *text, int64_t *out_id, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_NAME_FIND,
                "SELECT id FROM name WHERE kind = ?1 AND text = ?2", err);
    int status;

    if (!find)
        return -1;
    sql_bind_integer(find, 1, kind);
    sql_bind_text(find, 2, text);
    status = sql_step(store, find, err);
    if (status < 0)
        return -1;
    if (status == 0)
        return 1;
    *out_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

int dictionary_find(struct store *store, enum dictionary_kind kind,
                    const char *text, int64_t *out_id, struct err *err)
{
    char buffer[KEY_BYTES];
    struct slice key = key_of(kind, text, buffer);
    const int64_t *known = map_find(&store->ids, key);
    int status;

    if (known) {
        *out_id = *known;
        return 0;
    }
    status = find_stored(store, kind, text, out_id, err);
    if (status == 0)
        status = remember(store, key, *out_id, err);
    return status;
}

int dictionary_find_asked(struct store *store, enum dictionary_kind kind,
                          const char *text, int64_t *out_id, struct err *err)
{
    *out_id = 0;
    return text ? dictionary_find(store, kind, text, out_id, err) : 0;
}

int dictionary_ask_domain(struct store *store, const char *domain,
                          int64_t *out_id, struct err *err)
{
    if (store_ready(store, err))
        return -1;
    return dictionary_find_asked(store, DICTIONARY_DOMAIN, domain, out_id, err);
}

int dictionary_put(struct store *store, enum dictionary_kind kind,
                   const char *text, const char *label, int64_t *out_id,
                   struct err *err)
{
    char buffer[KEY_BYTES];
    int status = dictionary_find(store, kind, text, out_id, err);
    sqlite3_stmt *put;

    if (status <= 0)
        return status;
    put = sql_use(store, STATEMENT_NAME_PUT,
                  "INSERT INTO name (kind, text, label) VALUES (?1, ?2, ?3)",
                  err);
    if (!put)
        return -1;
    sql_bind_integer(put, 1, kind);
    sql_bind_text(put, 2, text);
    sql_bind_text(put, 3, label && strcmp(label, text) != 0 ? label : "");
    if (sql_run(store, put, err))
        return -1;
    *out_id = sqlite3_last_insert_rowid(store->db);
    return remember(store, key_of(kind, text, buffer), *out_id, err);
}

static int find_policy(struct store *store, const unsigned char *hash,
                       int64_t *out_id, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_POLICY_TEXT_FIND,
                "SELECT id FROM policy_text WHERE hash = ?1", err);
    int status;

    if (!find)
        return -1;
    sql_bind_octets(find, 1, hash, DIGEST_BYTES);
    status = sql_step(store, find, err);
    if (status <= 0)
        return status < 0 ? -1 : 1;
    *out_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

static int insert_policy(struct store *store, const unsigned char *hash,
                         const struct store_policy *policy, int64_t type_id,
                         int64_t *out_id, struct err *err)
{
    sqlite3_stmt *put =
        sql_use(store, STATEMENT_POLICY_TEXT_PUT,
                "INSERT INTO policy_text (hash, type_id, text, mx_hosts)"
                " VALUES (?1, ?2, ?3, ?4)",
                err);

    if (!put)
        return -1;
    sql_bind_octets(put, 1, hash, DIGEST_BYTES);
    sql_bind_integer(put, 2, type_id);
    sql_bind_text(put, 3, policy->policy_text);
    sql_bind_text(put, 4, policy->mx_hosts);
    if (sql_run(store, put, err))
        return -1;
    *out_id = sqlite3_last_insert_rowid(store->db);
    return 0;
}

/* The key under which a policy is remembered: its texts, which nearly all reports
 * have in common with one before, and each ended. No kind is 0, so that it is
 * not taken for a name. Longer ones are looked up each time. */
static struct slice key_of_policy(const struct store_policy *policy,
                                  char key[static POLICY_KEY_BYTES])
{
    const char *const texts[] = { policy->type, policy->policy_text,
                                  policy->mx_hosts };
    size_t n = 0;

    key[n++] = 0;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        const char *text = texts[i] ? texts[i] : "";
        const size_t bytes = strlen(text) + 1;

        if (bytes > POLICY_KEY_BYTES - n)
            return slice_make(NULL, 0);
        memcpy(key + n, text, bytes);
        n += bytes;
    }
    return slice_make(key, n);
}

int dictionary_put_policy(struct store *store,
                          const struct store_policy *policy, int64_t type_id,
                          int64_t *out_id, struct err *err)
{
    char buffer[POLICY_KEY_BYTES];
    const struct slice key = key_of_policy(policy, buffer);
    const int64_t *known = map_find(&store->ids, key);
    unsigned char hash[DIGEST_BYTES];
    int status;

    if (known) {
        *out_id = *known;
        return 0;
    }
    if (keys_policy(policy, &store->scratch, hash))
        return err_memory(err);
    status = find_policy(store, hash, out_id, err);
    if (status > 0)
        status = insert_policy(store, hash, policy, type_id, out_id, err);
    if (status == 0)
        status = remember(store, key, *out_id, err);
    return status;
}

/* Reads one text column of a name's row into the arena of texts. */
static int load_text(struct store *store, int64_t id, const char **out_text,
                     struct err *err)
{
    sqlite3_stmt *load = sql_use(store, STATEMENT_NAME_TEXT,
                                 "SELECT text FROM name WHERE id = ?1", err);
    int status;

    if (!load)
        return -1;
    sql_bind_integer(load, 1, id);
    status = sql_step(store, load, err);
    if (status < 0)
        return -1;
    *out_text = arena_copy(&store->name_texts,
                           slice_of(status ? sql_text(load, 0) : ""));
    sqlite3_reset(load);
    return *out_text ? 0 : err_memory(err);
}

int dictionary_text(struct store *store, int64_t id, const char **out_text,
                    struct err *err)
{
    struct slice key = slice_make(&id, sizeof(id));
    int64_t *place = map_find(&store->texts, key);

    if (place) {
        *out_text = (const char *)(intptr_t)*place;
        return 0;
    }
    if (load_text(store, id, out_text, err))
        return -1;
    place = map_put(&store->texts, key);
    if (!place)
        return err_memory(err);
    *place = (int64_t)(intptr_t)*out_text;
    return 0;
}

int dictionary_label(struct store *store, int64_t id, const char **out_label,
                     struct err *err)
{
    sqlite3_stmt *load = sql_use(
        store, STATEMENT_NAME_LABEL,
        "SELECT CASE label WHEN '' THEN text ELSE label END FROM name WHERE id = ?1",
        err);
    int status;

    if (!load)
        return -1;
    sql_bind_integer(load, 1, id);
    status = sql_step(store, load, err);
    if (status < 0)
        return -1;
    *out_label = status ? sql_text(load, 0) : "";
    return 0;
}

void dictionary_trim(struct store *store)
{
    if (store->texts.n_entries < STORE_NAMES_MAX)
        return;
    map_clear(&store->texts);
    arena_reset(&store->name_texts);
}

void dictionary_forget(struct store *store)
{
    map_clear(&store->ids);
    map_clear(&store->texts);
    arena_reset(&store->name_texts);
}
