/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int tally_sample_open(void **state)
{
    struct tally_sample *sample = calloc(1, sizeof(*sample));

    if (!sample)
        return -1;
    snprintf(sample->folder, sizeof(sample->folder),
             "/tmp/tlsrpt-tally-XXXXXX");
    if (!mkdtemp(sample->folder))
        return -1;
    snprintf(sample->path, sizeof(sample->path), "%s/y.db", sample->folder);
    snprintf(sample->url, sizeof(sample->url), "sqlite:%s", sample->path);
    sample->clock = clock_fixed((int64_t)TALLY_SAMPLE_DAY * UTC_DAY_SECONDS);
    *state = sample;
    return tally_open(sample->url, STORE_WRITE, &sample->clock, &sample->tally,
                      &sample->err);
}

int tally_sample_close(void **state)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    struct tally_sample *sample = *state;
    char path[128];

    tally_close(sample->tally);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        snprintf(path, sizeof(path), "%s%s", sample->path, suffixes[i]);
        unlink(path);
    }
    rmdir(sample->folder);
    free(sample);
    return 0;
}

void tally_sample_reopen(struct tally_sample *sample)
{
    tally_close(sample->tally);
    sample->tally = NULL;
    assert_fine(sample, tally_open(sample->url, STORE_WRITE, &sample->clock,
                                   &sample->tally, &sample->err));
}

struct tally_row tally_sample_row(const char *domain, const char *policy,
                                  const char *detail, int64_t sessions,
                                  int64_t failures)
{
    return (struct tally_row){
        .day = TALLY_SAMPLE_DAY,
        .domain = slice_of(domain),
        .record = slice_of("v=TLSRPTv1; rua=mailto:a@example.com"),
        .policy = slice_of(policy),
        .detail = slice_of(detail),
        .sessions = sessions,
        .failures = failures,
    };
}

int tally_sample_put(struct tally_sample *sample, const struct tally_row *row)
{
    int status;

    assert_fine(sample, tally_begin(sample->tally, &sample->err));
    status = tally_add(sample->tally, row, 0, &sample->err);
    assert_fine(sample, tally_commit(sample->tally, &sample->err));
    return status;
}

static int print_row(void *context, const struct tally_row *row,
                     struct err *err)
{
    FILE *out = context;

    (void)err;
    fprintf(out, "%.*s|%.*s|%.*s|%.*s %lld/%lld\n", (int)row->domain.len,
            row->domain.ptr, (int)row->record.len, row->record.ptr,
            (int)row->policy.len, row->policy.ptr, (int)row->detail.len,
            row->detail.ptr, (long long)row->sessions,
            (long long)row->failures);
    return 0;
}

char *tally_sample_dump(struct tally_sample *sample, utc_day day)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    assert_non_null(out);
    assert_fine(sample,
                tally_each(sample->tally, day, print_row, out, &sample->err));
    fclose(out);
    return text;
}
