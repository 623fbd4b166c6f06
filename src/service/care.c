/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/care.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "service/limits.h"
#include "service/settings.h"

static int days_of(int64_t seconds)
{
    int64_t days = seconds / UTC_DAY_SECONDS;

    if (seconds == SETTINGS_FOREVER || days > STORE_KEEP_DAYS_MAX)
        return 0;
    return days > 0 ? (int)days : 1;
}

struct care_options care_options_of(const struct settings *settings)
{
    const struct settings_quota *quota = &settings->quota;

    return (struct care_options){
        .keep = { .raw_days = days_of(settings->retention.raw_s),
                  .facts_days = days_of(settings->retention.facts_s),
                  .quarantine_days =
                      days_of(settings->retention.quarantine_s) },
        .quota = { .kinds = { [STORE_QUOTA_UNPROVEN] = quota->unproven_bytes,
                              [STORE_QUOTA_UNCLAIMED] = quota->unclaimed_bytes,
                              [STORE_QUOTA_QUARANTINE] =
                                  quota->quarantine_bytes },
                   .source = quota->source_bytes },
        .reserve_bytes = settings->reserve_bytes,
    };
}

void care_init(struct care *care, const struct care_options *options)
{
    *care = (struct care){ .options = *options };
    store_quota_init(&care->quota, &options->quota);
}

void care_deinit(struct care *care)
{
    store_quota_deinit(&care->quota);
}

static void end_round(struct care *care)
{
    store_quota_deinit(&care->quota);
    care->doing = CARE_RESTS;
    care->round_at_ms =
        clock_monotonic_ms() + SERVICE_CARE_INTERVAL_S * INT64_C(1000);
}

void care_set(struct care *care, const struct care_options *options)
{
    end_round(care);
    care->options = *options;
    care->round_at_ms = 0;
}

void care_note(struct care *care, int64_t bytes)
{
    int64_t source = care->options.quota.source;

    care->taken_bytes += bytes;
    /* Quotas are passed by an eighth at most before somebody looks. */
    if (source > 0 && care->taken_bytes > source / 8 &&
        care->doing == CARE_RESTS)
        care->round_at_ms = 0;
}

/* Where all is kept and nothing is bounded there is nothing to look for. */
static bool has_work(const struct care_options *options)
{
    const struct store_quota_limits *quota = &options->quota;

    return options->keep.raw_days || options->keep.facts_days ||
           options->keep.quarantine_days || quota->source ||
           quota->kinds[STORE_QUOTA_UNPROVEN] ||
           quota->kinds[STORE_QUOTA_UNCLAIMED] ||
           quota->kinds[STORE_QUOTA_QUARANTINE];
}

int64_t care_due_ms(const struct care *care)
{
    if (care->doing == CARE_RESTS && !has_work(&care->options))
        return INT64_MAX;
    return care->doing == CARE_RESTS ? care->round_at_ms : care->step_at_ms;
}

void care_fail(struct care *care)
{
    end_round(care);
    care->round_at_ms =
        clock_monotonic_ms() + SERVICE_CARE_RETRY_S * INT64_C(1000);
}

/* ---- A round ------------------------------------------------------------- */

static void begin_round(struct care *care)
{
    store_prune_init(&care->prune, &care->options.keep);
    store_quota_init(&care->quota, &care->options.quota);
    care->taken_bytes = 0;
    care->doing = CARE_PRUNES;
}

static void log_pruned(const struct store_pruned *pruned)
{
    char reports[24], raws[24], refused[24];

    if (pruned->reports + pruned->raws + pruned->quarantined == 0)
        return;
    snprintf(reports, sizeof(reports), "%" PRId64, pruned->reports);
    snprintf(raws, sizeof(raws), "%" PRId64, pruned->raws);
    snprintf(refused, sizeof(refused), "%" PRId64, pruned->quarantined);
    log_line(LOG_LEVEL_INFO, "store-pruned", "reports", reports, "raws", raws,
             "refused", refused, NULL);
}

/* One line when a quota begins to be exceeded, one when it no longer is. */
static void log_dropped(struct care *care)
{
    char n[24];

    if ((care->quota.n_dropped > 0) == care->is_dropping)
        return;
    care->is_dropping = care->quota.n_dropped > 0;
    snprintf(n, sizeof(n), "%" PRId64, care->quota.n_dropped);
    if (care->is_dropping)
        log_line(LOG_LEVEL_WARNING, "quota-exceeded", "dropped", n, NULL);
    else
        log_line(LOG_LEVEL_NOTICE, "quota-kept", NULL);
}

/* Returns: 1 where the round goes on, 0 at its end, -1 with err. */
static int step(struct care *care, struct store *store, struct err *err)
{
    int status;

    if (care->doing == CARE_PRUNES) {
        status = store_prune_step(store, &care->prune, err);
        if (status)
            return status;
        log_pruned(&care->prune.counts);
        care->doing = CARE_COUNTS;
        return 1;
    }
    status = store_quota_step(store, &care->quota, err);
    if (status == 0)
        log_dropped(care);
    return status;
}

int care_step(struct care *care, struct store *store, struct err *err)
{
    int64_t begin_ms = clock_monotonic_ms();
    int status;

    if (care->doing == CARE_RESTS)
        begin_round(care);
    status = step(care, store, err);
    if (status <= 0)
        end_round(care);
    /* Three quarters of the time are for what comes in. */
    care->step_at_ms = clock_monotonic_ms();
    care->step_at_ms += 3 * (care->step_at_ms - begin_ms);
    return status < 0 ? -1 : 0;
}
