/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/command.h"

#include <string.h>

#include "cli/cmd.h"
#include "cli/suggest.h"

const struct command command_table[] = {
    { .name = "show",
      .arguments = "FILE...",
      .summary = "read reports of any container and explain them",
      .help =
          "Reads TLS reports as they come (JSON, gzip, zip, mail, mbox, "
          "Maildir, folders; - is stdin) and tells who reports, for which "
          "days, how each policy fared, what every failure means and what to "
          "do. DMARC aggregate reports are told address by address, the "
          "worst first. Nothing is stored.\n"
          "\n"
          "With --verbose everything is told, with --quiet one line a report. "
          "--format=json prints one object a report or refused input. Exit "
          "status 1: an input was refused or could not be opened, or, with "
          "--strict, a report has findings.\n"
          "\n"
          "  tlsrpt show report.eml\n"
          "  tlsrpt show --format=json ~/Maildir/.tlsrpt\n"
          "  zcat report.json.gz | tlsrpt show -\n",
      .options = cmd_show_options,
      .run = cmd_show,
      .min_arguments = 1,
      .max_arguments = COMMAND_ANY_NUMBER,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "import",
      .arguments = "SOURCE...",
      .summary = "put reports into the store",
      .help =
          "Reads files, folders, Maildirs, mbox files or stdin (-), folders "
          "in byte order of the paths, or mailboxes (imaps://user@host/Folder, "
          "pop3s://user@host), and stores every report in them. "
          "Importing the same again stores nothing. What cannot be read is "
          "kept in quarantine with its reason, and nothing stops for it; "
          "--verbose names each. Exit status 1: something was refused. "
          "Ctrl-C commits what was read so far.\n"
          "\n"
          "  tlsrpt import ~/Maildir/.tlsrpt\n"
          "  tlsrpt import --store sqlite:reports.db reports/*.eml\n"
          "  tlsrpt import --deliver -\n",
      .options = cmd_import_options,
      .run = cmd_import,
      .min_arguments = 1,
      .max_arguments = COMMAND_ANY_NUMBER,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "summary",
      .arguments = "",
      .summary = "tell the state of my domains",
      .help =
          "Prints a line for each domain that reports are about: its state "
          "(trouble, watch, unknown, well), reports, distinct sessions and "
          "how many of them failed, the result type with most failures, the "
          "last day reported. Without --since all that is stored is summed.\n"
          "\n"
          "  tlsrpt summary --since 30d\n"
          "  tlsrpt summary --domain example.com --format=json\n",
      .options = cmd_summary_options,
      .run = cmd_summary,
      .needs = COMMAND_NEEDS_STORE_READ,
      .formats =
          COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON | COMMAND_FORMAT_CSV },
    { .name = "serve",
      .arguments = "",
      .summary = "serve the dashboard and its JSON API",
      .help = "Serves the dashboard on http://127.0.0.1:8460/ until it is "
              "stopped by Ctrl-C or SIGTERM. The store is made where there is "
              "none. There is no sign-in yet, so only loopback addresses are "
              "taken; use ssh -L from elsewhere.\n\n"
              "tlsrpt serve --store reports.db\n"
              "tlsrpt serve --listen [::1]:8080",
      .options = cmd_serve_options,
      .run = cmd_serve,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT },
    { .name = "collect",
      .arguments = "",
      .summary = "sum the TLS sessions that mail servers tell of",
      .help =
          "Takes what Postfix 3.10 and later, or anything with libtlsrpt, says "
          "of each TLS session at a Unix datagram socket, and sums it by day "
          "for the reports of the next day, until it is stopped by Ctrl-C or "
          "SIGTERM. With --status it says how a running one is doing.\n\n"
          "tlsrpt collect --socket /run/tlsrpt/collect.sock --store tally.db\n"
          "tlsrpt collect --status --store tally.db",
      .options = cmd_collect_options,
      .run = cmd_collect,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "report",
      .arguments = "",
      .summary = "report to others how their TLS fared",
      .help =
          "Makes the reports of a day from the sums of tlsrpt collect: one a "
          "domain whose TLSRPT record asks for it; and delivers them, by mail "
          "and HTTPS, for a day if need be. Runs in the foreground until a "
          "signal; --once ends when nothing is due any more. --dry-run tells "
          "what would go out tonight, to whom and why, and what not and why "
          "not. --make puts the reports of yesterday into the outbox and "
          "delivers nothing; made twice, nothing is there twice.\n"
          "\n"
          "  tlsrpt report\n"
          "  tlsrpt report --once\n"
          "  tlsrpt report --dry-run\n"
          "  tlsrpt report --dry-run --day 2026-10-01 --format=json\n"
          "  tlsrpt report --make\n",
      .options = cmd_report_options,
      .run = cmd_report,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "outbox",
      .arguments = "[VERB [ARGUMENT...]]",
      .summary = "look after the reports we owe others",
      .help =
          "list: the deliveries, with what they wait for or ended with.\n"
          "show ID...: all about them.\n"
          "retry ID...: try them now, whatever became of them.\n"
          "drop ID...: end those that wait.\n"
          "suppress PATTERN: a destination gets nothing, for ever or --for a "
          "time; a@b, @domain, domain, .domain or a URI.\n"
          "unsuppress PATTERN: it gets reports again.\n"
          "suppressed: the list of those.\n"
          "\n"
          "  tlsrpt outbox\n"
          "  tlsrpt outbox list --state given-up\n"
          "  tlsrpt outbox suppress @example.com --for 90d\n",
      .options = cmd_outbox_options,
      .run = cmd_outbox,
      .max_arguments = COMMAND_ANY_NUMBER,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "doctor",
      .arguments = "",
      .summary = "look whether this machine is right for all that",
      .help =
          "Looks at all that the configuration names and tells what is good, "
          "what is not and what to do: permissions, the queue of the "
          "collector's socket, the clock, disks, stores, certificates, DNS, the "
          "DKIM key and its record, the collector, the reporter, Postfix. "
          "Changes nothing. With --quiet findings alone are told, with "
          "--verbose the reason of each check, too. Exit status 1: something "
          "is to be mended; 3: nothing is, but something could not be found "
          "out.\n"
          "\n"
          "  tlsrpt doctor\n"
          "  tlsrpt doctor --quiet --config tlsrpt.conf\n",
      .options = cmd_doctor_options,
      .run = cmd_doctor,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "fetch",
      .arguments = "",
      .summary = "bring the sums of other collectors here",
      .help =
          "Asks the sources that the configuration names for the days that "
          "they owe, as tlsrpt report does by itself each night, and tells "
          "what came. A day that stands is not fetched again. With --into a "
          "day goes into a file of its own, for what came too late.\n"
          "\n"
          "  tlsrpt fetch\n"
          "  tlsrpt fetch --from mx2 --day 2026-10-01 --into late.db\n"
          "  tlsrpt fetch --database /var/lib/tlsrpt/collectd.sqlite "
          "--into before.db\n",
      .options = cmd_fetch_options,
      .run = cmd_fetch,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "fetcher",
      .arguments = "DAY [DOMAIN...]",
      .summary = "tell a reporter elsewhere what was summed here",
      .help = "Says what the collector of this host summed on a day, as "
              "tlsrpt-fetcher does: without a domain the list of domains, with "
              "one its sums as JSON, several one a line. It is what a "
              "tlsrpt-reportd, or a tlsrpt "
              "report, on another host runs over ssh. Of a day that is not "
              "complete yet nothing is told.\n"
              "\n"
              "  tlsrpt fetcher 2026-10-01\n"
              "  tlsrpt fetcher --tally /var/lib/tlsrpt/tally.db 2026-10-01 "
              "example.com\n",
      .options = cmd_fetcher_options,
      .run = cmd_fetcher,
      .min_arguments = 1,
      .max_arguments = COMMAND_ANY_NUMBER,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT },
    { .name = "event",
      .arguments = "",
      .summary = "hand a session event to the collector",
      .help =
          "Tells the collector how one TLS session of a mail server ended, for "
          "mail servers that do not do so by themselves. A policy is described "
          "by the options behind its --policy, a failure by those behind its "
          "--failure; both may be given often. With --json events are read as "
          "datagrams, one a line. Exit status 3: nobody listens, or the queue "
          "is full.\n"
          "\n"
          "  tlsrpt event --socket /run/tlsrpt/tlsrpt.sock "
          "--domain example.com "
          "--record 'v=TLSRPTv1; rua=mailto:tls@example.com' "
          "--policy tlsa --policy-domain mx.example.com "
          "--failure certificate-not-trusted --receiving-ip 192.0.2.1\n"
          "  tlsrpt event --socket /run/tlsrpt/tlsrpt.sock --json - < events\n",
      .options = cmd_event_options,
      .run = cmd_event,
      .formats = COMMAND_FORMAT_TEXT },
    { .name = "config",
      .arguments = "check|show [FILE]",
      .summary = "check the configuration file, or show what it says",
      .help = "check tells all that is wrong with a configuration file, with "
              "file and line, and what it would make tlsrpt serve do. show "
              "prints all settings with their defaults, as a file. Without "
              "FILE that of --config is read. Exit status 1: there are "
              "errors, or with --strict warnings.\n"
              "\n"
              "  tlsrpt config check\n"
              "  tlsrpt config check --format=json tlsrpt.conf\n",
      .options = cmd_config_options,
      .run = cmd_config,
      .min_arguments = 1,
      .max_arguments = 2,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "explain",
      .arguments = "[CODE]",
      .summary = "tell what a result type or finding means",
      .help =
          "Tells what a result type, a reason code or the code of a finding "
          "means, its likely causes and what to do. Without CODE lists all "
          "that are known.\n"
          "\n"
          "  tlsrpt explain certificate-expired\n"
          "  tlsrpt explain --format=json starttls-not-supported\n",
      .run = cmd_explain,
      .max_arguments = 1,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "db",
      .arguments = "VERB [ARGUMENT...]",
      .summary = "take care of the store",
      .help =
          "verify: checks the file, what rows refer to, every sum against the "
          "facts and every raw input against its hash; exit status 1 where "
          "there is a fault.\n"
          "backup FILE: writes a whole copy, which is checked, while others "
          "write; never over another file.\n"
          "migrate: brings an older store up to date and keeps a copy as it "
          "was; with --check only tells.\n"
          "prune: removes what has been kept long enough, in small steps; "
          "with --dry-run only tells.\n"
          "quarantine [list], show ID, retry [ID...], export ID... --to FOLDER, "
          "drop ID...: the inputs that could not be read.\n"
          "reread: after an upgrade, reads again what an older reader read or "
          "refused; sums follow.\n"
          "rejudge: has what DNS gave no answer about for five days judged once "
          "more.\n"
          "\n"
          "All of it runs beside tlsrpt serve.\n"
          "\n"
          "  tlsrpt db verify\n"
          "  tlsrpt db backup /backup/tlsrpt-monday.db\n"
          "  tlsrpt db prune --raw-days 100 --dry-run\n",
      .options = cmd_db_options,
      .run = cmd_db,
      .min_arguments = 1,
      .max_arguments = COMMAND_ANY_NUMBER,
      .needs = COMMAND_NEEDS_STORE_URL,
      .formats = COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON },
    { .name = "help",
      .arguments = "[COMMAND]",
      .summary = "tell what the commands do",
      .help = "Without COMMAND lists the commands, else tells what that one "
              "does and which options it has.",
      .run = cmd_help,
      .max_arguments = 1,
      .formats =
          COMMAND_FORMAT_TEXT | COMMAND_FORMAT_JSON | COMMAND_FORMAT_CSV },
    { .name = "version",
      .arguments = "",
      .summary = "print the version of the program",
      .help = "Prints the version of the program.",
      .run = cmd_version,
      .formats = COMMAND_FORMAT_TEXT },
    { 0 }
};

const struct command *command_find(const char *name)
{
    for (const struct command *row = command_table; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

const char *command_suggest(const char *name)
{
    struct suggest suggest;

    suggest_init(&suggest, name);
    for (const struct command *row = command_table; row->name; row++)
        suggest_add(&suggest, row->name);
    return suggest.nearest;
}
