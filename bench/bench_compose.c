/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * The reports of one night: 10,000 and 100,000 domains composed, compressed and
 * queued in a real outbox, from a real tally. Promised are under 2 s of processor
 * time for 10,000, ten times that for ten times as many, and memory that does not
 * grow with them. One domain in ten has failures, of three kinds. What a mail costs
 * to be written and signed, which is done when it is delivered, is told beside.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../tests/unit/keys.h"
#include "outgoing/night.h"
#include "service/letters.h"
#include "store/tally.h"

enum {
    DAY = 20700,
    SMALL = 10000,
    LARGE = 100000,
    BATCH = 2000,
    LETTERS = 2000,
    /* The names of the domains of a day, and the hosts whose deliveries are spread,
     * are all that is kept of each: some 150 octets. */
    MOST_KIB = 64 * 1024
};

static struct clock clock_night;

__attribute__((noreturn)) static void die(const struct err *err)
{
    fprintf(stderr, "bench_compose: %s\n", err->text);
    exit(1);
}

static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Memory that is ours alone, in KiB; a tally that is mapped from its file is
 * not. */
static long anonymous_kib(void)
{
    char line[128];
    long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");

    while (status && fgets(line, sizeof(line), status)) {
        if (strncmp(line, "RssAnon:", 8) == 0)
            kib = strtol(line + 8, NULL, 10);
    }
    if (status)
        fclose(status);
    return kib;
}

static long peak_kib;

/* Looks at the memory now and then. */
static bool look(void *context)
{
    static unsigned n;
    long kib;

    (void)context;
    if (++n % 1000 == 0) {
        kib = anonymous_kib();
        peak_kib = kib > peak_kib ? kib : peak_kib;
    }
    return false;
}

/* ---- The tally ----------------------------------------------------------- */

static void add(struct tally *tally, struct tally_row *row, const char *detail,
                int64_t sessions, int64_t failures)
{
    struct err err;

    row->detail = slice_of(detail);
    row->sessions = sessions;
    row->failures = failures;
    if (tally_add(tally, row, 0, &err))
        die(&err);
}

static void add_failures(struct tally *tally, struct tally_row *row, int n)
{
    static const char *const types[] = { "certificate-expired",
                                         "starttls-not-supported",
                                         "certificate-host-mismatch" };
    char detail[400];

    for (size_t i = 0; i < 3; i++) {
        snprintf(detail, sizeof(detail),
                 "{\"result-type\":\"%s\",\"sending-mta-ip\":\"192.0.2.%d\","
                 "\"receiving-mx-hostname\":\"mx%zu.d%06d.example\","
                 "\"receiving-mx-helo\":\"mx.d%06d.example\","
                 "\"receiving-ip\":\"198.51.100.%d\"}",
                 types[i], n % 4 + 1, i, n, n, n % 250 + 1);
        add(tally, row, detail, n % 7 + 1, 0);
    }
}

/* A domain: two policies, one of ten with failures. */
static void add_domain(struct tally *tally, int n)
{
    char domain[64], record[160], policy[500];
    struct tally_row row = { .day = DAY };

    snprintf(domain, sizeof(domain), "d%06d.example", n);
    snprintf(record, sizeof(record),
             "v=TLSRPTv1; rua=mailto:tls-reports@%s,"
             "https://reports.big%d.example/v1/tlsrpt",
             n % 3 ? domain : "big.example", n % 50);
    if (n % 2)
        snprintf(record, sizeof(record),
                 "v=TLSRPTv1; rua=mailto:tls-reports@%s", domain);
    row.domain = slice_of(domain);
    row.record = slice_of(record);
    snprintf(policy, sizeof(policy),
             "{\"policy-type\":\"sts\",\"policy-string\":[\"version: STSv1\","
             "\"mode: enforce\",\"mx: mx1.%s\",\"mx: mx2.%s\","
             "\"max_age: 604800\"],\"policy-domain\":\"%s\","
             "\"mx-host\":[\"mx1.%s\",\"mx2.%s\"]}",
             domain, domain, domain, domain, domain);
    row.policy = slice_of(policy);
    add(tally, &row, "", n % 500 + 1, n % 10 ? 0 : 1);
    if (n % 10 == 0)
        add_failures(tally, &row, n);
    snprintf(policy, sizeof(policy),
             "{\"policy-type\":\"no-policy-found\",\"policy-domain\":\"%s\"}",
             domain);
    row.policy = slice_of(policy);
    add(tally, &row, "", 3, 0);
}

static void fill(const char *url, int n_domains)
{
    struct tally *tally;
    struct err err;

    if (tally_open(url, STORE_WRITE, &clock_night, &tally, &err))
        die(&err);
    for (int i = 0; i < n_domains; i++) {
        if (i % BATCH == 0 && tally_begin(tally, &err))
            die(&err);
        add_domain(tally, i);
        if ((i % BATCH == BATCH - 1 || i == n_domains - 1) &&
            tally_commit(tally, &err))
            die(&err);
    }
    if (tally_close_day(tally, DAY, &err))
        die(&err);
    tally_close(tally);
}

/* ---- The night ----------------------------------------------------------- */

static struct outgoing_counts run(const char *folder, const char *tally,
                                  bool is_dry, double *out_s)
{
    const char *tallies[] = { tally };
    struct outgoing_identity identity = {
        .name = "",
        .organization_name = "Example Mail Ltd",
        .contact_info = "tls-reports@mta.example.org",
        .tallies = { tallies, 1 },
        .is_signed_by_relay = true,
    };
    struct outgoing_settings settings;
    struct outgoing_night night = { .settings = &settings,
                                    .clock = &clock_night,
                                    .day = DAY,
                                    .seed = 1,
                                    .is_dry = is_dry,
                                    .should_stop = look };
    struct outgoing_counts counts;
    char url[128], command[160];
    struct err err;
    double begin;

    outgoing_settings_init(&settings);
    settings.identities = &identity;
    settings.n_identities = 1;
    snprintf(url, sizeof(url), "sqlite:%s/outbox.db", folder);
    snprintf(command, sizeof(command), "rm -f %s/outbox.db*", folder);
    if (system(command) != 0)
        exit(1);
    begin = cpu_s();
    if (outbox_open(url, STORE_WRITE, &clock_night, &night.outbox, &err) ||
        outgoing_night_run(&night, &counts, &err))
        die(&err);
    outbox_close(night.outbox);
    *out_s = cpu_s() - begin;
    return counts;
}

/* Fills in a process of its own, whose memory is not that of the night. */
static void fill_apart(const char *url, int n_domains)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        fill(url, n_domains);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        exit(1);
}

static double measure(const char *folder, int n_domains, int rounds)
{
    char tally[128];
    struct outgoing_counts counts;
    double best = 1e9, dry = 1e9, s;

    peak_kib = 0;
    snprintf(tally, sizeof(tally), "sqlite:%s/tally%d.db", folder, n_domains);
    fill_apart(tally, n_domains);
    for (int i = 0; i < rounds; i++) {
        run(folder, tally, true, &s);
        dry = s < dry ? s : dry;
        counts = run(folder, tally, false, &s);
        best = s < best ? s : best;
    }
    printf(
        "%7d domains: %.2f s CPU made and queued (%.0f us a report), %.2f s"
        " of it without the outbox; %lld reports, %lld deliveries,"
        " %.1f MB of JSON, %.1f MB as gzip; peak memory %ld MiB (anonymous)\n",
        n_domains, best, best / n_domains * 1e6, dry,
        (long long)counts.n_items[OUTGOING_MADE],
        (long long)counts.n_deliveries, (double)counts.json_bytes / 1e6,
        (double)counts.gzip_bytes / 1e6, peak_kib / 1024);
    fflush(stdout);
    return best;
}

/* ---- Signing ------------------------------------------------------------- */

static void write_key(const char *path, const char *pem)
{
    FILE *f = fopen(path, "w");

    if (!f || fputs(pem, f) < 0 || fclose(f) || chmod(path, 0600))
        exit(1);
}

/* Writes mails as deliveries do. */
static double write_letters(const struct letters *letters, int n)
{
    static const char octets[1000] = "\x1f\x8b";
    const struct outbox_load load = {
        .delivery = { .id = 1, .tenant = SLICE("") },
        .report = { .day = DAY,
                    .domain = SLICE("d000001.example"),
                    .report_id = SLICE("20260903.d000001.example.4f2c91@mta"),
                    .file_name =
                        SLICE("mta!d000001.example!1!2!4f2c91.json.gz"),
                    .submitter = SLICE("mta.example.org"),
                    .octets = { octets, sizeof(octets) } },
    };
    const struct outgoing_target target = { .scheme = OUTGOING_MAILTO,
                                            .uri = "mailto:t@d000001.example",
                                            .host = "d000001.example",
                                            .local = "t",
                                            .path = "" };
    const double begin = cpu_s();
    struct err err;

    for (int i = 0; i < n; i++) {
        struct letter letter;

        letter_init(&letter);
        if (letters_write(letters, &load, &target, clock_now(&clock_night),
                          &letter, &err))
            die(&err);
        letter_deinit(&letter);
    }
    return (cpu_s() - begin) / n;
}

static void measure_signing(const char *folder)
{
    char rsa[128], ed25519[128];
    struct outgoing_identity identity = {
        .name = "",
        .organization_name = "Example Mail Ltd",
        .contact_info = "tls-reports@mta.example.org",
        .dkim_selector = "s1",
    };
    const struct {
        const char *name, *key, *second;
    } rows[] = {
        { "by the relay", NULL, NULL },
        { "rsa-sha256, 2048 bits", rsa, NULL },
        { "ed25519-sha256", ed25519, NULL },
        { "both", rsa, ed25519 },
    };
    struct outgoing_settings settings;

    snprintf(rsa, sizeof(rsa), "%s/rsa.pem", folder);
    snprintf(ed25519, sizeof(ed25519), "%s/ed25519.pem", folder);
    write_key(rsa, KEY_RSA2048_PEM);
    write_key(ed25519, KEY_ED25519_PEM);
    outgoing_settings_init(&settings);
    settings.identities = &identity;
    settings.n_identities = 1;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct letters *letters;
        struct err err;
        double s;

        identity.is_signed_by_relay = !rows[i].key;
        identity.dkim_key_file = rows[i].key;
        identity.dkim_second_selector = rows[i].second ? "s2" : NULL;
        identity.dkim_second_key_file = rows[i].second;
        if (letters_open(&settings, &letters, &err))
            die(&err);
        /* A relay that signs is one that a self-test mail has shown. */
        if (identity.is_signed_by_relay)
            letters_prove(letters, 0, SELF_TEST_FRESH);
        s = write_letters(letters, LETTERS);
        printf("a mail written, signed %s: %.0f us CPU, %.2f s for %d, at"
               " their delivery\n",
               rows[i].name, s * 1e6, s * SMALL, SMALL);
        letters_close(letters);
    }
}

int main(void)
{
    char folder[] = "/tmp/bench_compose-XXXXXX";
    char command[160];
    double small, large;

    clock_night = clock_fixed((utc_time)(DAY + 1) * UTC_DAY_SECONDS + 60);
    if (!mkdtemp(folder)) {
        fprintf(stderr, "bench_compose: %s\n", strerror(errno));
        return 1;
    }
    small = measure(folder, SMALL, 3);
    large = measure(folder, LARGE, 1);
    measure_signing(folder);
    printf("ten times as many take %.1f times as long\n", large / small);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command) != 0 || small >= 2.0 || large / small > 13.0 ||
           peak_kib > MOST_KIB;
}
