/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* Limits of the room `service`, each with its reason. */

enum {
    /* Inputs that wait for the writer: some batches of them, a second or two.
       Beyond it senders are told to try again. */
    SERVICE_QUEUE_INPUTS = 2000,
    SERVICE_QUEUE_BYTES = 128 * 1024 * 1024,
    /* A store that fails (a full disk, mostly) is tried again after so long. */
    SERVICE_RETRY_MS = 1000,

    /* What has been kept long enough is looked for this often. */
    SERVICE_CARE_INTERVAL_S = 3600,
    SERVICE_CARE_RETRY_S = 60,

    /* Raws read again before it is written down how far that has come. */
    SERVICE_REREAD_PLACE_RAWS = 200,
    /* The worker that reads them is this nice. */
    SERVICE_ASIDE_NICE = 10,
    /* The longest rest between two of them. */
    SERVICE_REREAD_REST_MS = 1000,

    /* What may have to be judged again is looked at after so long, unless an
       answer of DNS comes first; and at least this often, since `tlsrpt db reread`
       and `quarantine retry` put there what nobody tells us of. */
    SERVICE_JUDGE_MS = 5000,
    SERVICE_JUDGE_MAX_S = 30,

    /* Names whose answers of DNS are kept, and the octets of their records: the
       senders of a large provider's mail, at some hundred octets each. */
    SERVICE_ANSWERS = 20000,
    SERVICE_ANSWERS_BYTES = 16 * 1024 * 1024,
    /* How long an answer is kept at least, whatever DNS says, and at most; an
       absent key may soon be published (RFC 2308 section 5: hours at most). */
    SERVICE_ANSWER_LEAST_S = 60,
    SERVICE_ANSWER_MOST_S = 24 * 3600,
    SERVICE_ABSENCE_MOST_S = 3600,
    /* What DNS could not say is not asked for again until then. */
    SERVICE_ANSWER_TEMPORARY_S = 30,
    /* While DNS does not answer one name is asked for again, first after the one
       time and then ever later, up to the other. */
    SERVICE_PROBE_LEAST_MS = 2000,
    SERVICE_PROBE_MOST_MS = 60000,
    /* All that waits is judged again when DNS answers again; not more often, as
       one broken domain among others looks the same. */
    SERVICE_RECOVERY_MS = 60000,
    SERVICE_PROBED_RECOVERY_MS = 5000, /* where the very name is back */

    /* A look at one TLSRPT record: TXT records of a name come in one answer, of
       64 KiB at most. */
    SERVICE_CLAIM_BYTES = 256 * 1024,
    /* A worker is started within milliseconds; who does not answer is gone. */
    SERVICE_KEEPER_S = 20,
    /* Inputs on their way to the reader at once: it and the receiver work side by
       side, and neither waits for the other; while a batch is put, so many of the
       next are read. */
    SERVICE_AHEAD_INPUTS = 256,
    SERVICE_AHEAD_BYTES = 512 * 1024,
    /* A worker is replaced after so many inputs, so that one that was taken over
       unnoticed does not stay. */
    SERVICE_READER_INPUTS = 1000,
    /* Address space of a worker: texts of 64 MiB in a mail take 230 MiB, and four
       times that is no reason to end. */
    SERVICE_READER_BYTES = 1024 * 1024 * 1024,
    /* Time to read an input, and for each MiB that it may unpack to: a usual one
       takes 60 microseconds, one of 64 MiB two seconds. */
    SERVICE_READER_LEAST_MS = 1000,
    SERVICE_READER_MIB_MS = 140,
    /* Instead of the former for a first look, while others wait: a thousand times
       what a usual one takes; and what the largest take. */
    SERVICE_READER_LOOK_MS = 100,
    SERVICE_READER_LOOK_MIB_MS = 35,
    /* Time to start a worker, ten times that if the machine is busy. */
    SERVICE_READER_START_MS = 10 * 1000,
    /* Workers in a row that end before they read, before that is blamed on what
       they should have read. */
    SERVICE_READER_IDLE_TIMES = 5,
    /* Time on a processor of a worker in all: that of its inputs. */
    SERVICE_READER_CPU_S = 3600,
    /* Crashes and time-outs after which an input is left unread; and how often a
       worker may be killed from outside, which is not its fault. */
    SERVICE_READER_STRIKES = 2,
    SERVICE_READER_KILLS = 10,

    /* A mail by LMTP: a report of 10 MiB unpacked has some 200 KiB, the largest
       ones seen had 4 MiB. */
    SERVICE_LMTP_MAIL_BYTES = 32 * 1024 * 1024,
    /* "mailto:" and an address: RFC 5321 section 4.5.3.1.3 has paths of 256, and
       each octet may be three. */
    SERVICE_DESTINATION_BYTES = 800,
    /* All mails that are being taken. */
    SERVICE_LMTP_ALL_BYTES = 256 * 1024 * 1024,
    /* RFC 5321 section 4.5.3.1.8. */
    SERVICE_LMTP_RECIPIENTS = 100,
    /* Destinations that a mail is read for at a time, one after the other while
       all others wait: no site has more of them. It is to come again for the
       rest. At most STORE_STALE_WAYS. */
    SERVICE_LMTP_SHARES = 20,
    /* Postfix keeps 20 to one destination; several relays may feed one store. */
    SERVICE_LMTP_CONNECTIONS = 200,
    /* RFC 5321 section 4.5.3.2.7: five minutes at least. */
    SERVICE_LMTP_SILENCE_S = 300,
    /* Files of folders under way: enough for a commit, leaving room for other
       sources in the queue, whatever waits on the disk. */
    SERVICE_FOLDER_JOBS = 256,
    SERVICE_FOLDER_BYTES = 32 * 1024 * 1024,
    /* One file or message, as by LMTP. */
    SERVICE_FOLDER_FILE_BYTES = SERVICE_LMTP_MAIL_BYTES,
    SERVICE_FOLDER_READ_BYTES = 256 * 1024,
    /* A receiver that is full is asked again after so long. */
    SERVICE_FOLDER_FULL_MS = 50,
    /* A sweep finds what nobody told of. */
    SERVICE_FOLDER_INTERVAL_S = 60,
    /* A file that nobody said is complete is so when it is unchanged since. */
    SERVICE_FOLDER_SETTLE_S = 10,
    /* Messages of an mbox that are written down with one position. */
    SERVICE_FOLDER_MESSAGES = 128,
    /* An mbox that another program has locked is asked again after so long. */
    SERVICE_FOLDER_LOCKED_MS = 1000,
    /* Files of one sweep that are told of by name when they cannot be read. */
    SERVICE_FOLDER_TOLD = 10,

    /* A mail in a mailbox, as by LMTP; a larger one is left there. */
    SERVICE_MAILBOX_MAIL_BYTES = SERVICE_LMTP_MAIL_BYTES,
    /* Mails of a mailbox that are fetched and stored together. */
    SERVICE_MAILBOX_BATCH_MAILS = 100,
    SERVICE_MAILBOX_BATCH_BYTES = 8 * 1024 * 1024,
    /* A mail that ends the connection so often is put aside. */
    SERVICE_MAILBOX_TRIES = 3,
    /* Mails are rarely older than some minutes; reports come once a day. */
    SERVICE_MAILBOX_INTERVAL_S = 300,
    /* After a failure: one second, then twice as long each time. A refused
       password is tried rarely from the first, or accounts are locked. */
    SERVICE_MAILBOX_RETRY_MS = 1000,
    SERVICE_MAILBOX_LOGIN_RETRY_MS = 60 * 1000,
    SERVICE_MAILBOX_RETRY_MAX_MS = 15 * 60 * 1000,
    SERVICE_MAILBOX_LOGIN_RETRY_MAX_MS = 60 * 60 * 1000,
    /* While the receiver is full. */
    SERVICE_MAILBOX_FULL_MS = 100,
    /* A program that says a token asks somebody over the network for it. */
    SERVICE_TOKEN_MS = 30 * 1000,
    /* Connections by HTTPS that wait to be taken, while certificates are read or
       a flood comes. */
    SERVICE_HTTPS_BACKLOG = 1024,
    /* Descriptors asked of the system: 4,096 connections by HTTPS, and what all
       else has open. */
    SERVICE_DESCRIPTORS = 8 * 1024,

    /* Deliveries side by side: each mostly waits for somebody else, and a relay is
       not to be flooded. */
    SERVICE_CREW_THREADS = 8,
    /* Of these at one host; as many are left for others while the relay is silent. */
    SERVICE_CREW_A_HOST = 2,
    /* A host that answers within this time is one that does: most take less than a
       second. */
    SERVICE_CREW_QUICK_MS = 5000,
    /* Mails that have a thread or wait for one; the rest is room for posts. */
    SERVICE_CREW_MAILS = 24,
    /* Mails that are due beyond these and looked past at a time, for posts. */
    SERVICE_REPORTER_PASSED = 1000,
    /* Errands that wait for a thread: enough for none to be idle. */
    SERVICE_CREW_QUEUE = 32,
    /* A report, its mail, and some names of both. */
    SERVICE_ERRAND_BYTES = 128 * 1024 * 1024,
    /* Deliveries looked at, at a time, of which some may not begin yet. */
    SERVICE_REPORTER_DUE = 20000,
    /* How often it is looked for what is due: a clock may have been set. */
    SERVICE_REPORTER_LOOK_MS = 1000,
    /* New settings wait so long for what is under way: most tries take seconds. */
    SERVICE_RELOAD_MS = 30 * 1000,
    /* Settings that were no good are not read again sooner where nobody asks: each
       time breaks off what is under way, and it takes people minutes to mend them. */
    SERVICE_REFUSED_MS = 5 * 60 * 1000,
    /* Reports of long ago that are forgotten at a time: some 15 ms. */
    SERVICE_REPORTER_PRUNE = 500,
    /* What rests between two of these times: others write, too. */
    SERVICE_REPORTER_PRUNE_MS = 50,
    /* Whether a domain still asks for reports: longer than the resolver takes. */
    SERVICE_CONSENT_MS = 15 * 1000,
    /* How often another host is asked for a day that it owes... */
    SERVICE_GATHER_LOOK_MS = 120 * 1000,
    /* ...and how long one call takes at most, unless set: a login, and what a
       tlsrpt-fetcher needs to start. */
    SERVICE_GATHER_CALL_S = 60,
    /* A clock there that differs by more is told of. */
    SERVICE_GATHER_CLOCK_S = 60,
    /* An end that could not be noted is tried to be again. */
    SERVICE_OUTBOX_RETRY_MS = 1000,
    /* A sendmail command that puts a mail into a queue. */
    SERVICE_SENDMAIL_MS = 60 * 1000,
    /* Of what it says, for people. */
    SERVICE_SENDMAIL_SAYS_BYTES = 2000,

    /* How long an end waits for peers to take their last reply. */
    SERVICE_END_S = 5
};
