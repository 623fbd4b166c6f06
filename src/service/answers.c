/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/answers.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/map.h"
#include "service/limits.h"

struct entry {
    char *name;
    enum answers_status status;
    int64_t until_ms;      /* then it is asked for again */
    uint64_t used;         /* the later the larger */
    struct slice *records; /* with their octets, one piece of heap memory */
    size_t n_records;
    size_t bytes; /* what it holds */
};

struct answers {
    answers_ask_function *ask;
    void *context;
    pthread_mutex_t lock;
    struct map places; /* name to index in entries */
    struct entry *entries[SERVICE_ANSWERS];
    size_t n_entries;
    size_t bytes;
    uint64_t n_used;
};

int answers_new(answers_ask_function *ask, void *context,
                struct answers **out_answers, struct err *err)
{
    struct answers *answers = calloc(1, sizeof(*answers));

    if (!answers)
        return err_memory(err);
    answers->ask = ask;
    answers->context = context;
    map_init(&answers->places);
    pthread_mutex_init(&answers->lock, NULL);
    *out_answers = answers;
    return 0;
}

static void drop_records(struct answers *answers, struct entry *entry)
{
    free(entry->records);
    answers->bytes -= entry->bytes;
    entry->records = NULL;
    entry->n_records = 0;
    entry->bytes = 0;
}

static void free_entry(struct answers *answers, struct entry *entry)
{
    drop_records(answers, entry);
    free(entry->name);
    free(entry);
}

void answers_free(struct answers *answers)
{
    if (!answers)
        return;
    for (size_t i = 0; i < answers->n_entries; i++)
        free_entry(answers, answers->entries[i]);
    map_deinit(&answers->places);
    pthread_mutex_destroy(&answers->lock);
    free(answers);
}

/* ---- Making room --------------------------------------------------------- */

/* Those that are pending first, then the ones used last. */
static int compare(const void *a, const void *b)
{
    const struct entry *x = *(struct entry *const *)a;
    const struct entry *y = *(struct entry *const *)b;
    bool is_x_pending = x->status == ANSWERS_PENDING;
    bool is_y_pending = y->status == ANSWERS_PENDING;

    if (is_x_pending != is_y_pending)
        return is_x_pending ? -1 : 1;
    return x->used > y->used ? -1 : x->used < y->used;
}

/* Keeps what is pending and the half that was used last, so that making room is
 * seldom. What cannot be found any more goes, too. */
static void sweep(struct answers *answers)
{
    size_t n = answers->n_entries;
    size_t n_kept = 0;

    qsort(answers->entries, n, sizeof(*answers->entries), compare);
    map_clear(&answers->places);
    for (size_t i = 0; i < n; i++) {
        struct entry *entry = answers->entries[i];
        int64_t *place = NULL;

        if (entry->status == ANSWERS_PENDING || i < n / 2)
            place = map_put(&answers->places, slice_of(entry->name));
        if (!place) {
            free_entry(answers, entry);
            continue;
        }
        *place = (int64_t)n_kept;
        answers->entries[n_kept++] = entry;
    }
    answers->n_entries = n_kept;
}

/* ---- Looking up ---------------------------------------------------------- */

static struct entry *find(const struct answers *answers, const char *name)
{
    const int64_t *place = map_find(&answers->places, slice_of(name));

    return place ? answers->entries[*place] : NULL;
}

/* Returns: the entry, pending; NULL where there is no memory or no room. */
static struct entry *add(struct answers *answers, const char *name)
{
    struct entry *entry;
    int64_t *place;

    if (answers->n_entries == SERVICE_ANSWERS ||
        answers->bytes >= SERVICE_ANSWERS_BYTES)
        sweep(answers);
    if (answers->n_entries == SERVICE_ANSWERS)
        return NULL;
    entry = calloc(1, sizeof(*entry));
    if (entry)
        entry->name = strdup(name);
    place =
        entry && entry->name ? map_put(&answers->places, slice_of(name)) : NULL;
    if (!place) {
        if (entry)
            free(entry->name);
        free(entry);
        return NULL;
    }
    entry->status = ANSWERS_PENDING;
    *place = (int64_t)answers->n_entries;
    answers->entries[answers->n_entries++] = entry;
    return entry;
}

static struct answers_answer copy(const struct entry *entry,
                                  struct arena *arena)
{
    struct answers_answer answer = { .status = entry->status,
                                     .n_records = entry->n_records };
    struct slice *records;

    if (entry->status != ANSWERS_FOUND)
        return answer;
    records = arena_calloc(arena, entry->n_records + 1, sizeof(*records));
    for (size_t i = 0; records && i < entry->n_records; i++) {
        const char *text = arena_copy(arena, entry->records[i]);

        if (!text)
            records = NULL;
        else
            records[i] = slice_make(text, entry->records[i].len);
    }
    if (!records)
        return (struct answers_answer){ .status = ANSWERS_TEMPORARY };
    answer.records = records;
    return answer;
}

struct answers_answer answers_find(struct answers *answers, int64_t now_ms,
                                   const char *name, struct arena *arena)
{
    struct answers_answer answer = { .status = ANSWERS_TEMPORARY };
    bool is_to_be_asked = false;
    struct entry *entry;

    pthread_mutex_lock(&answers->lock);
    entry = find(answers, name);
    if (!entry) {
        entry = add(answers, name);
        is_to_be_asked = entry != NULL;
    } else if (entry->status != ANSWERS_PENDING && now_ms >= entry->until_ms) {
        drop_records(answers, entry);
        entry->status = ANSWERS_PENDING;
        is_to_be_asked = true;
    }
    if (entry) {
        entry->used = ++answers->n_used;
        answer = copy(entry, arena);
    }
    pthread_mutex_unlock(&answers->lock);
    if (is_to_be_asked)
        answers->ask(answers->context, name);
    return answer;
}

/* ---- Telling ------------------------------------------------------------- */

/* Returns: 0; -1 when out of memory. */
static int keep_records(struct answers *answers, struct entry *entry,
                        const struct answers_answer *answer)
{
    size_t bytes = answer->n_records * sizeof(*entry->records);
    char *text;

    for (size_t i = 0; i < answer->n_records; i++)
        bytes += answer->records[i].len;
    entry->records = malloc(bytes + 1);
    if (!entry->records)
        return -1;
    text = (char *)(entry->records + answer->n_records);
    for (size_t i = 0; i < answer->n_records; i++) {
        struct slice record = answer->records[i];

        if (record.len)
            memcpy(text, record.ptr, record.len);
        entry->records[i] = slice_make(text, record.len);
        text += record.len;
    }
    entry->n_records = answer->n_records;
    entry->bytes = bytes;
    answers->bytes += bytes;
    return 0;
}

static int64_t within(unsigned ttl_s, int64_t least_s, int64_t most_s)
{
    if (ttl_s < least_s)
        return least_s;
    return ttl_s > most_s ? most_s : ttl_s;
}

static int64_t keep_for_s(enum answers_status status, unsigned ttl_s)
{
    switch (status) {
    case ANSWERS_FOUND:
        return within(ttl_s, SERVICE_ANSWER_LEAST_S, SERVICE_ANSWER_MOST_S);
    case ANSWERS_ABSENT:
        return within(ttl_s, SERVICE_ANSWER_LEAST_S, SERVICE_ABSENCE_MOST_S);
    default: return SERVICE_ANSWER_TEMPORARY_S;
    }
}

void answers_tell(struct answers *answers, int64_t now_ms, const char *name,
                  const struct answers_answer *answer, unsigned ttl_s)
{
    struct entry *entry;

    pthread_mutex_lock(&answers->lock);
    entry = find(answers, name);
    if (entry) {
        drop_records(answers, entry);
        entry->status = answer->status;
        if (answer->status == ANSWERS_FOUND &&
            keep_records(answers, entry, answer))
            entry->status = ANSWERS_TEMPORARY;
        entry->until_ms = now_ms + keep_for_s(entry->status, ttl_s) * 1000;
    }
    pthread_mutex_unlock(&answers->lock);
}

void answers_forget_failures(struct answers *answers)
{
    pthread_mutex_lock(&answers->lock);
    for (size_t i = 0; i < answers->n_entries; i++) {
        if (answers->entries[i]->status == ANSWERS_TEMPORARY)
            answers->entries[i]->until_ms = INT64_MIN;
    }
    pthread_mutex_unlock(&answers->lock);
}
