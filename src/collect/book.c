/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/limits.h"

enum {
    CACHE_LINE = 64,
    /* Text of a policy at its longest: its octets twice, as JSON escapes them. */
    KEY_BYTES = 2 * EVENT_ARENA_BYTES,
    /* What an emptied table may go on holding. */
    KEPT_ENTRIES = 1 << 16,
    KEPT_KEY_BYTES = 1 << 22
};

struct book_cell {
    int64_t sessions;
    int64_t failures;
    int type;
    int code;
    struct tally_place place;
};

/* What a datagram adds to. */
struct bump {
    struct book_cell *cell;
    int64_t failures; /* 0 or 1 */
};

struct list {
    size_t n;
    bool is_odd;
    struct bump bumps[];
};

/* A datagram that is known to be none. */
static const struct list malformed;

/* Of the texts of a sum, which stand behind it in its key. */
struct key_head {
    utc_day day;
    uint32_t domain_len;
    uint32_t record_len;
    uint32_t policy_len;
};

/* ---- Life --------------------------------------------------------------- */

void book_init(struct book *book, const struct book_rules *rules)
{
    *book = (struct book){ .rules = rules,
                           .day = UTC_DAY_NONE,
                           .seen_day = UTC_DAY_NONE };
    map_init(&book->seen);
    map_init(&book->cells);
    map_init(&book->domains);
    arena_init(&book->lists, 2 * COLLECT_SEEN_BYTES);
    arena_init(&book->sums, 2 * COLLECT_CELL_BYTES);
    arena_init(&book->event, EVENT_ARENA_BYTES);
    buffer_init(&book->key, KEY_BYTES);
    buffer_init(&book->policy_text, KEY_BYTES);
    buffer_init(&book->detail_text, KEY_BYTES);
    buffer_init(&book->fold_text, KEY_BYTES);
    buffer_init(&book->count_text, KEY_BYTES);
}

static void drop_samples(struct book *book)
{
    for (size_t i = 0; i < book->n_samples; i++)
        free(book->samples[i].octets);
    book->n_samples = 0;
}

void book_deinit(struct book *book)
{
    if (!book)
        return;
    drop_samples(book);
    map_deinit(&book->seen);
    map_deinit(&book->cells);
    map_deinit(&book->domains);
    arena_deinit(&book->lists);
    arena_deinit(&book->sums);
    arena_deinit(&book->event);
    buffer_deinit(&book->key);
    buffer_deinit(&book->policy_text);
    buffer_deinit(&book->detail_text);
    buffer_deinit(&book->fold_text);
    buffer_deinit(&book->count_text);
}

static void empty_map(struct map *map)
{
    if (map->capacity > KEPT_ENTRIES || map->keys.held_bytes > KEPT_KEY_BYTES)
        map_deinit(map);
    else
        map_clear(map);
}

/* Datagrams seen are a short cut, which may be forgotten at any time. */
static void forget_seen(struct book *book)
{
    empty_map(&book->seen);
    arena_reset(&book->lists);
}

/* Forgets the sums, too. */
static void forget_sums(struct book *book)
{
    forget_seen(book);
    empty_map(&book->cells);
    empty_map(&book->domains);
    arena_reset(&book->sums);
    book->has_other_day = false;
}

static size_t map_bytes(const struct map *map)
{
    return map->keys.held_bytes + map->capacity * sizeof(struct map_entry);
}

/* What the sums take of memory, but for themselves. */
static size_t sum_bytes(const struct book *book)
{
    return map_bytes(&book->cells) + map_bytes(&book->domains);
}

static void clear_cells(struct book *book)
{
    for (size_t i = 0; i < book->cells.capacity; i++) {
        const struct map_entry *entry = &book->cells.entries[i];
        struct book_cell *cell = (void *)(intptr_t)entry->value;

        if (entry->key && cell)
            cell->sessions = cell->failures = 0;
    }
}

/* What came in one second comes in the next: datagrams go on leading to their
 * sums, which are 0 now, until the day is another or they are too many. */
void book_reset(struct book *book)
{
    if (book->has_other_day || sum_bytes(book) > COLLECT_CELL_BYTES / 2)
        forget_sums(book);
    else
        clear_cells(book);
    drop_samples(book);
    book->day = UTC_DAY_NONE;
    book->n_datagrams = 0;
    book->n_folded = 0;
    book->mark = 0;
}

uint64_t book_count(const struct book *book)
{
    return book->n_datagrams < book->cells.n_entries ? book->n_datagrams
                                                     : book->cells.n_entries;
}

void book_keep_sample(struct book *book, struct slice octets,
                      const struct book_sample *what)
{
    struct book_sample *sample = &book->samples[book->n_samples];
    size_t bytes = octets.len;

    if (book->n_samples == COLLECT_SAMPLES)
        return;
    if (bytes > COLLECT_SAMPLE_BYTES)
        bytes = COLLECT_SAMPLE_BYTES;
    *sample = *what;
    sample->bytes = bytes;
    sample->octets = malloc(bytes ? bytes : 1);
    if (!sample->octets)
        return;
    memcpy(sample->octets, octets.ptr, bytes);
    book->n_samples++;
}

/* ---- Finding a sum ------------------------------------------------------ */

static struct slice make_key(struct book *book, const struct fold_key *key)
{
    const struct key_head head = {
        .day = book->day,
        .domain_len = (uint32_t)key->domain.len,
        .record_len = (uint32_t)key->record.len,
        .policy_len = (uint32_t)key->policy.len,
    };

    buffer_reset(&book->key);
    buffer_add(&book->key, &head, sizeof(head));
    buffer_add(&book->key, key->domain.ptr, key->domain.len);
    buffer_add(&book->key, key->record.ptr, key->record.len);
    buffer_add(&book->key, key->policy.ptr, key->policy.len);
    buffer_add(&book->key, key->detail.ptr, key->detail.len);
    return buffer_slice(&book->key);
}

/* Day and domain, under which sums are counted. */
static struct slice count_key(struct book *book, struct slice domain)
{
    buffer_reset(&book->count_text);
    buffer_add(&book->count_text, &book->day, sizeof(book->day));
    buffer_add(&book->count_text, domain.ptr, domain.len);
    return buffer_slice(&book->count_text);
}

/* The last level always has room: there are a few sums of it at most. */
static bool has_room(const struct book *book, enum fold_level level,
                     struct slice counted)
{
    const int64_t *n = map_find(&book->domains, counted);
    int64_t limit = fold_limit(level, book->rules->max_rows);

    if (level == FOLD_DOMAIN)
        return true;
    if (sum_bytes(book) > COLLECT_CELL_BYTES)
        return false;
    return limit == 0 || !n || *n < limit;
}

static struct book_cell *make_cell(struct book *book, struct slice octets,
                                   struct slice counted,
                                   const struct fold_key *key)
{
    struct book_cell *cell = arena_alloc(&book->sums, sizeof(*cell));
    int64_t *count = cell ? map_put(&book->domains, counted) : NULL;
    int64_t *place = count ? map_put(&book->cells, octets) : NULL;

    if (!place)
        return NULL;
    *cell = (struct book_cell){ .type = key->type, .code = key->code };
    *place = (int64_t)(intptr_t)cell;
    ++*count;
    return cell;
}

/* The sum of a key as it is, made where there is room for it.
 * Returns: 0, 1 where there is no room, -1 when out of memory. */
static int find_exact(struct book *book, const struct fold_key *key,
                      enum fold_level level, struct book_cell **out_cell)
{
    struct slice octets = make_key(book, key);
    const int64_t *place = map_find(&book->cells, octets);
    struct slice counted;

    if (place) {
        *out_cell = (struct book_cell *)(intptr_t)*place;
        return 0;
    }
    counted = count_key(book, key->domain);
    if (book->key.failed || book->count_text.failed)
        return -1;
    if (!has_room(book, level, counted))
        return 1;
    *out_cell = make_cell(book, octets, counted, key);
    return *out_cell ? 0 : -1;
}

/* The sum of a key, folded as far as must be; NULL when out of memory. */
static struct book_cell *find_cell(struct book *book,
                                   const struct fold_key *key)
{
    struct book_cell *cell = NULL;
    int status = 1;

    for (int level = FOLD_NONE; level < FOLD_COUNT && status > 0; level++) {
        struct fold_key folded;

        if (fold_key_at(key, (enum fold_level)level, &book->fold_text, &folded))
            return NULL;
        status = find_exact(book, &folded, (enum fold_level)level, &cell);
        if (level > FOLD_NONE && status == 0)
            book->n_folded++;
    }
    return status == 0 ? cell : NULL;
}

/* ---- Adding ------------------------------------------------------------- */

static void bump_all(const struct list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        list->bumps[i].cell->sessions++;
        list->bumps[i].cell->failures += list->bumps[i].failures;
    }
}

static struct list *make_list(struct book *book, const struct event *event)
{
    size_t n = event->n_policies;
    struct list *list;

    for (size_t i = 0; i < event->n_policies; i++)
        n += event->policies[i].n_failures;
    list =
        arena_alloc(&book->lists, sizeof(*list) + n * sizeof(list->bumps[0]));
    if (list)
        *list = (struct list){ .is_odd = event->oddities & EVENT_ODD_VERSION };
    return list;
}

/* Makes the key of a detail and notes its hash as the last of n.
 * Returns: 0, 1 where another one has it already, -1 when out of memory. */
static int note_detail(struct book *book, const struct event_failure *failure,
                       uint64_t *hashes, size_t n)
{
    buffer_reset(&book->detail_text);
    event_detail_key(failure, &book->detail_text);
    if (book->detail_text.failed)
        return -1;
    hashes[n] = map_hash(buffer_slice(&book->detail_text));
    for (size_t i = 0; i < n; i++) {
        if (hashes[i] == hashes[n])
            return 1;
    }
    return 0;
}

/* Adds the sums of a policy's details to a list, each detail once: two that are
 * the same, as sent or as cleaned, are one failed session (RFC 8460 section
 * 4.3.2). Two that are not may be folded into one sum, which counts both, as it
 * does where the tally folds them.
 * Returns: 0, -1 when out of memory. */
static int list_details(struct book *book, struct fold_key *key,
                        const struct event_policy *policy, struct list *list)
{
    uint64_t hashes[EVENT_MAX_FAILURES];
    size_t n = 0;

    for (size_t i = 0; i < policy->n_failures; i++) {
        int status = note_detail(book, &policy->failures[i], hashes, n);
        struct book_cell *cell;

        if (status > 0)
            continue;
        n++;
        key->detail = buffer_slice(&book->detail_text);
        key->code = policy->failures[i].code;
        cell = status ? NULL : find_cell(book, key);
        if (!cell)
            return -1;
        list->bumps[list->n++] = (struct bump){ .cell = cell };
    }
    return 0;
}

static int list_policy(struct book *book, const struct event *event,
                       const struct event_policy *policy, struct list *list)
{
    struct fold_key key = { .domain = slice_of(event->domain),
                            .record = slice_of(event->record),
                            .type = policy->type };
    struct bump *bump = &list->bumps[list->n];

    buffer_reset(&book->policy_text);
    event_policy_key(policy, &book->policy_text);
    key.policy = buffer_slice(&book->policy_text);
    bump->cell = book->policy_text.failed ? NULL : find_cell(book, &key);
    bump->failures = policy->is_failure;
    if (!bump->cell)
        return -1;
    list->n++;
    return list_details(book, &key, policy, list);
}

/* Reads a datagram and finds its sums.
 * Returns: the list; &malformed with err; NULL when out of memory. */
static const struct list *read_list(struct book *book, char *text, size_t len,
                                    struct err *err)
{
    struct event event;
    struct list *list;
    int status;

    arena_reset(&book->event);
    status = event_read(&book->event, text, len, &event, err);
    if (status == 0)
        status = event_clean(&book->event, &event, book->rules->cleaning, err);
    if (status)
        return err->kind == ERR_MEMORY ? NULL : &malformed;
    list = make_list(book, &event);
    for (size_t i = 0; list && i < event.n_policies; i++) {
        if (list_policy(book, &event, &event.policies[i], list))
            return NULL;
    }
    return list;
}

/* A place to note where the octets lead to; NULL where they are not to be
 * noted. */
static int64_t *note_seen(struct book *book, struct slice octets, uint64_t hash)
{
    /* Of a long one, too, there is a list, which nothing leads to. */
    if (map_bytes(&book->seen) + book->lists.held_bytes > COLLECT_SEEN_BYTES)
        forget_seen(book);
    if (octets.len > COLLECT_SEEN_LONGEST)
        return NULL;
    return map_put_hashed(&book->seen, octets, hash);
}

static enum book_outcome add_list(struct book *book, const struct list *list)
{
    if (list == &malformed)
        return BOOK_MALFORMED;
    bump_all(list);
    book->n_datagrams++;
    return list->is_odd ? BOOK_ODD : BOOK_SUMMED;
}

/* Only some are kept, so that no more than these are told of. */
static void sample_new(struct book *book, struct slice first, size_t len,
                       bool is_odd, const struct err *err)
{
    struct book_sample what = { .total = len, .is_odd = is_odd };

    snprintf(what.reason, sizeof(what.reason), "%s",
             is_odd ? "its dpv is not \"1\"" : err->text);
    book_keep_sample(book, first, &what);
}

/* A datagram that is read, as it came, for the sample it may have to be. */
static enum book_outcome add_new(struct book *book, char *text, size_t len,
                                 int64_t *place)
{
    char first[COLLECT_SAMPLE_BYTES];
    size_t bytes = len < sizeof(first) ? len : sizeof(first);
    const struct list *list;
    struct err err;

    memcpy(first, text, bytes);
    list = read_list(book, text, len, &err);
    if (!list)
        return BOOK_LOST;
    if (list == &malformed || list->is_odd)
        sample_new(book, slice_make(first, bytes), len, list != &malformed,
                   &err);
    if (place)
        *place = (int64_t)(intptr_t)list;
    return add_list(book, list);
}

/* What waits for memory waits for one datagram after the other otherwise: there
 * are more of them than the processor's cache holds. */
void book_look_ahead(const struct book *book, struct book_datagram *datagrams,
                     size_t n)
{
    const struct map_entry *entries[COLLECT_BATCH];

    if (n > COLLECT_BATCH)
        n = COLLECT_BATCH;
    for (size_t i = 0; i < n; i++) {
        struct book_datagram *datagram = &datagrams[i];

        datagram->hash = map_hash(slice_make(datagram->text, datagram->len));
        map_fetch(&book->seen, datagram->hash);
    }
    for (size_t i = 0; i < n; i++) {
        entries[i] = map_peek(&book->seen, datagrams[i].hash);
        if (!entries[i])
            continue;
        for (size_t at = 0; at < entries[i]->key_len; at += CACHE_LINE)
            __builtin_prefetch(entries[i]->key + at);
        __builtin_prefetch((const void *)(intptr_t)entries[i]->value);
    }
    for (size_t i = 0; i < n; i++) {
        const struct list *list =
            entries[i] ? (const void *)(intptr_t)entries[i]->value : NULL;

        for (size_t k = 0; list && k < list->n; k++)
            __builtin_prefetch(list->bumps[k].cell, 1);
    }
}

enum book_outcome book_add(struct book *book, utc_day day, char *text,
                           size_t len)
{
    const struct book_datagram datagram = { text, len,
                                            map_hash(slice_make(text, len)) };

    return book_add_next(book, day, &datagram);
}

enum book_outcome book_add_next(struct book *book, utc_day day,
                                const struct book_datagram *datagram)
{
    int64_t *place;

    book->day = day;
    if (day != book->seen_day) {
        forget_seen(book);
        book->has_other_day = book->cells.n_entries > 0;
        book->seen_day = day;
    }
    place = note_seen(book, slice_make(datagram->text, datagram->len),
                      datagram->hash);
    if (place && *place)
        return add_list(book, (const struct list *)(intptr_t)*place);
    return add_new(book, datagram->text, datagram->len, place);
}

/* ---- Giving away -------------------------------------------------------- */

static struct slice take(struct slice *rest, size_t len)
{
    struct slice text = slice_make(rest->ptr, len);

    *rest = slice_skip(*rest, len);
    return text;
}

int book_each(const struct book *book, book_function *function, void *context,
              struct err *err)
{
    int status = 0;

    for (size_t i = 0; i < book->cells.capacity && status == 0; i++) {
        const struct map_entry *entry = &book->cells.entries[i];
        struct book_cell *cell = (void *)(intptr_t)entry->value;
        struct slice rest = slice_make(entry->key, entry->key_len);
        struct key_head head;
        struct book_sum sum;

        if (!entry->key || !cell)
            continue;
        memcpy(&head, rest.ptr, sizeof(head));
        rest = slice_skip(rest, sizeof(head));
        sum.day = head.day;
        sum.key.domain = take(&rest, head.domain_len);
        sum.key.record = take(&rest, head.record_len);
        sum.key.policy = take(&rest, head.policy_len);
        sum.key.detail = rest;
        sum.key.type = cell->type;
        sum.key.code = cell->code;
        sum.sessions = cell->sessions;
        sum.failures = cell->failures;
        sum.place = &cell->place;
        if (sum.sessions)
            status = function(context, &sum, err);
    }
    return status;
}
