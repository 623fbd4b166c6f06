# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""The imaginary hosting company: its domains, who writes to them, what went
wrong and when. Nothing here knows how a report looks on the wire.

Names are reserved ones (RFC 2606, .example), addresses documentation ones
(RFC 5737, RFC 3849).
"""

import datetime
import random
from dataclasses import dataclass, field

DAYS = 182

# Days before `today`, first and last one included, on which a story plays.
EXPIRED = (118, 115)     # example.org: the certificate, renewed on the last day
ENFORCED = 95            # example.com: testing until then, enforce since
STALE_TLSA = (66, 62)    # example.net: new key, old TLSA record
FETCH_ERROR = 41         # example.org: policy host down for a day
SILENT = 26              # lists.example.org: last report
STRIPPED = 12            # example.com: no STARTTLS at one address, since then


@dataclass(frozen=True)
class Mx:
    host: str
    address: str


@dataclass(frozen=True)
class Domain:
    name: str
    mxs: tuple
    has_sts: bool = False
    has_tlsa: bool = False


@dataclass(frozen=True)
class Sender:
    key: str
    name: str
    host: str           # the domain of its contact address
    addresses: tuple
    knows_sts: bool
    knows_testing: bool
    knows_dane: bool
    doubles: bool       # reports a session under tlsa and again under sts
    traffic: dict       # domain -> sessions on a plain day
    rhythm: float = 1.0  # share of the days with a report


@dataclass
class Failure:
    result: str
    sessions: int
    mx: Mx = None
    sender_address: str = None
    reason: str = None
    counted: int = None  # what the report says, where that differs


@dataclass
class Policy:
    kind: str            # 'sts', 'tlsa', 'none'
    mode: str = None     # of sts
    strings: tuple = ()
    mx_patterns: tuple = ()
    tlsa_host: str = None
    success: int = 0
    failed: int = 0
    failures: list = field(default_factory=list)


@dataclass
class Report:
    sender: Sender
    domain: Domain
    day: datetime.date
    number: int
    policies: list
    sessions: int        # what happened, each session once
    failed: int
    has_story: bool = False


MX1 = Mx('mx1.example.com', '198.51.100.25')
MX2 = Mx('mx2.example.com', '198.51.100.26')
MX_NET = Mx('mx.example.net', '203.0.113.40')
MX_ORG = Mx('mx.example.org', '203.0.113.10')

DOMAINS = {domain.name: domain for domain in (
    Domain('example.com', (MX1, MX2), has_sts=True),
    Domain('example.net', (MX_NET,), has_sts=True, has_tlsa=True),
    Domain('example.org', (MX_ORG,), has_sts=True),
    Domain('shop.example.com', (MX1,)),
    Domain('lists.example.org', (MX_ORG,)),
    Domain('xn--bcher-kva.example.net', (MX1,), has_sts=True),
)}

SENDERS = (
    Sender('google', 'Google Inc.', 'google.example',
           tuple(f'192.0.2.{n}' for n in range(10, 30)),
           knows_sts=True, knows_testing=True, knows_dane=False, doubles=False,
           traffic={'example.com': 5200, 'example.net': 3100,
                    'example.org': 1900, 'shop.example.com': 3,
                    'lists.example.org': 420,
                    'xn--bcher-kva.example.net': 260}),
    Sender('microsoft', 'Microsoft Corporation', 'microsoft.example',
           tuple(f'192.0.2.{n}' for n in range(40, 60)),
           knows_sts=True, knows_testing=True, knows_dane=True, doubles=True,
           traffic={'example.com': 3400, 'example.net': 1700,
                    'example.org': 1200, 'xn--bcher-kva.example.net': 90},
           rhythm=0.75),
    Sender('pochta', 'Pochta', 'pochta.example',
           ('192.0.2.80', '192.0.2.81'),
           knows_sts=True, knows_testing=True, knows_dane=False, doubles=False,
           traffic={'example.com': 2600, 'example.net': 150,
                    'example.org': 240}, rhythm=0.5),
    Sender('postfix', 'Riverside University', 'mail.riverside.example',
           ('192.0.2.140', '2001:db8:14::25'),
           knows_sts=True, knows_testing=False, knows_dane=True, doubles=False,
           traffic={'example.com': 260, 'example.net': 410,
                    'lists.example.org': 60, 'shop.example.com': 2},
           rhythm=0.4),
    Sender('stalwart', 'mail.oakhost.example', 'mail.oakhost.example',
           ('192.0.2.170',),
           knows_sts=True, knows_testing=True, knows_dane=True, doubles=False,
           traffic={'example.net': 35, 'example.org': 50}, rhythm=0.3),
    Sender('harbour', 'Harbour Net', 'harbournet.example',
           ('192.0.2.200', '192.0.2.201'),
           knows_sts=True, knows_testing=True, knows_dane=False, doubles=False,
           traffic={'example.com': 640, 'example.org': 70}, rhythm=0.35),
)


class Story:
    """Tells what one sender met at one domain on one day."""

    def __init__(self, today, seed):
        self.today = today
        self.random = random.Random(seed)

    def sessions(self, sender, domain, day):
        """So many sessions came; weekends are quiet, the years are growing."""
        plain = sender.traffic[domain.name]
        week = 0.45 if day.weekday() >= 5 else 1.0
        growth = 1 + 0.15 * (1 - (self.today - day).days / DAYS)
        return int(plain * week * growth * self.random.uniform(0.8, 1.2))

    def report(self, sender, domain, day, number):
        """One report, or None where the sender had nothing to say."""
        ago = (self.today - day).days
        has_story = self.has_story(sender, domain, ago)
        speaks = self.random.random() < sender.rhythm or has_story
        sessions = self.sessions(sender, domain, day)
        if not speaks or sessions == 0:
            return None
        if domain.name == 'lists.example.org' and ago < SILENT:
            return None
        report = Report(sender, domain, day, number,
                        self.policies(sender, domain, ago),
                        sessions, 0, has_story)
        self.tell(report, ago)
        return report

    # ---- policies ----------------------------------------------------------

    def policies(self, sender, domain, ago):
        """The policies this sender evaluates its sessions under."""
        found = []
        if sender.knows_dane and domain.has_tlsa:
            found.append(self.tlsa(domain, ago))
        if sender.knows_sts and domain.has_sts and \
                (not found or sender.doubles):
            mode = self.mode(domain, ago)
            if mode == 'enforce' or sender.knows_testing:
                found.append(self.sts(domain, mode))
        return found or [Policy('none')]

    def mode(self, domain, ago):
        if domain.name == 'example.org':
            return 'testing'
        if domain.name == 'example.com' and ago > ENFORCED:
            return 'testing'
        return 'enforce'

    def sts(self, domain, mode):
        hosts = tuple(mx.host for mx in domain.mxs)
        age = 604800 if mode == 'enforce' else 86400
        lines = ('version: STSv1', f'mode: {mode}',
                 *(f'mx: {host}' for host in hosts), f'max_age: {age}')
        return Policy('sts', mode, lines, hosts)

    def tlsa(self, domain, ago):
        """The digest in DNS: the new one only once somebody noticed."""
        old, new = ('1f' * 32, 'c4' * 32)
        digest = new if ago <= STALE_TLSA[1] else old
        return Policy('tlsa', None, (f'3 1 1 {digest}',),
                      tlsa_host=domain.mxs[0].host)

    # ---- what went wrong ---------------------------------------------------

    def has_story(self, sender, domain, ago):
        """Days on which each sender with sessions has to speak."""
        if domain.name == 'example.org':
            return EXPIRED[0] >= ago >= EXPIRED[1] or ago == FETCH_ERROR
        if domain.name == 'example.net':
            return sender.knows_dane and \
                STALE_TLSA[0] >= ago >= STALE_TLSA[1]
        return domain.name == 'example.com' and ago <= STRIPPED and \
            sender.key in ('pochta', 'harbour')

    def tell(self, report, ago):
        name = report.domain.name
        if name == 'example.org' and EXPIRED[0] >= ago >= EXPIRED[1]:
            self.expired(report, ago)
        elif name == 'example.org' and ago == FETCH_ERROR:
            self.fetch_error(report)
        elif report.policies[0].kind == 'tlsa' and \
                STALE_TLSA[0] >= ago >= STALE_TLSA[1]:
            self.stale_tlsa(report, ago)
        elif report.has_story:
            self.stripped(report)
        else:
            self.noise(report)

    def fail(self, report, policies, share, result, reason=None, mx=None):
        """A share of the sessions failed, under these policies."""
        failed = min(report.sessions, max(1, round(report.sessions * share)))
        report.failed = failed
        for policy in report.policies:
            hit = failed if policy in policies else 0
            policy.success = report.sessions - hit
            policy.failed = hit
            if hit:
                policy.failures = self.details(report, hit, result, reason, mx)

    def details(self, report, failed, result, reason, mx):
        """The failed sessions spread over some addresses of the sender."""
        addresses = report.sender.addresses
        n = min(len(addresses), 1 if failed < 5 else 3)
        chosen = self.random.sample(addresses, n)
        parts = [failed // n] * n
        parts[0] += failed - sum(parts)
        mx = mx or self.random.choice(report.domain.mxs)
        return [Failure(result, part, mx, address, reason)
                for part, address in zip(parts, chosen)]

    def expired(self, report, ago):
        """It ran out at noon, stood for two days, was renewed in the third."""
        share = {EXPIRED[0]: 0.5, EXPIRED[1]: 0.3}.get(ago, 1.0)
        if report.policies[0].kind == 'none':
            self.well(report)
            return
        self.fail(report, report.policies, share, 'certificate-expired',
                  'X509_V_ERR_CERT_HAS_EXPIRED'
                  if report.sender.key == 'stalwart' else None)

    def stale_tlsa(self, report, ago):
        share = {STALE_TLSA[0]: 0.6, STALE_TLSA[1]: 0.4}.get(ago, 1.0)
        result, reason = {
            'microsoft': ('tlsa-invalid', None),
            'postfix': ('certificate-not-trusted', None),
            'stalwart': ('validation-failure', 'dane-no-match'),
        }[report.sender.key]
        self.fail(report, [report.policies[0]], share, result, reason)

    def fetch_error(self, report):
        """Who held a policy went on with it, and only noted the error."""
        policy = report.policies[0]
        if policy.kind != 'sts':
            self.well(report)
        elif report.sender.key == 'google':
            self.well(report)
            policy.failures = [Failure('sts-policy-fetch-error',
                                       report.sessions)]
        else:
            reason = 'bad https response code: 503' \
                if report.sender.key == 'pochta' else None
            self.fail(report, report.policies, 0.08, 'sts-policy-fetch-error',
                      reason)
            for failure in policy.failures:
                failure.mx = failure.sender_address = None

    def stripped(self, report):
        """On the way to one address, and from two networks only."""
        self.fail(report, report.policies, self.random.uniform(0.3, 0.45),
                  'starttls-not-supported', None, MX2)
        if report.sender.key == 'pochta':
            # This sender's details do not add up to its sums.
            report.policies[0].failures[0].counted = \
                report.policies[0].failures[0].sessions + 1

    def noise(self, report):
        """One to three sessions among thousands, as on any day."""
        if report.sessions < 1500 or self.random.random() > 0.25:
            self.well(report)
            return
        failed = self.random.randint(1, 3) / report.sessions
        reason = {'microsoft': 'VALIDATION_FAILURE'}.get(report.sender.key)
        self.fail(report, report.policies, failed, 'validation-failure',
                  reason)

    def well(self, report):
        for policy in report.policies:
            policy.success = report.sessions


def split_on_change(report, story):
    """On the day of the change Google saw the old policy and then the new."""
    old = report.policies[0]
    if report.sender.key != 'google' or old.kind != 'sts' or \
            report.domain.name != 'example.com' or \
            (story.today - report.day).days != ENFORCED:
        return
    before = story.sts(report.domain, 'testing')
    before.success = old.success // 3
    old.success -= before.success
    report.policies.insert(0, before)


def customers(reports, wanted):
    """More domains of customers, where more reports are wanted."""
    per_domain = DAYS * (1 + 0.75)
    for n in range(round(max(0, wanted - len(reports)) / per_domain)):
        name = f'customer{n + 1}.example.org'
        DOMAINS[name] = Domain(name, (MX_ORG,), has_sts=n % 2 == 0)
        SENDERS[0].traffic[name] = 5 + 13 * n % 700
        SENDERS[1].traffic[name] = 5 + 7 * n % 400


def thin(reports, wanted, today, chance):
    """Fewer reports: quiet days go, stories and the last week stay."""
    keep = [r.has_story or (today - r.day).days <= 7 for r in reports]
    spare = keep.count(False)
    share = max(0, wanted - keep.count(True)) / spare if spare else 0
    return [report for report, must in zip(reports, keep)
            if must or chance.random() < share]


def every_report(today, seed):
    story = Story(today, seed)
    reports = []
    for ago in range(DAYS, 0, -1):
        day = today - datetime.timedelta(days=ago)
        for sender in SENDERS:
            for number, name in enumerate(sender.traffic, 1):
                report = story.report(sender, DOMAINS[name], day, number)
                if report:
                    split_on_change(report, story)
                    reports.append(report)
    return reports


def make_reports(today, seed, wanted=None):
    """All reports in order of their days; `wanted` about so many."""
    reports = every_report(today, seed)
    if wanted is None:
        return reports
    if wanted > len(reports):
        customers(reports, wanted)
        return every_report(today, seed)
    return thin(reports, wanted, today, random.Random(seed))
