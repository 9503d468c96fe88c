"""What breaks by itself in a year, as the monitor sees it. Pure, the same by seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tickless.sample.company import Company
from tickless.sample.day_events import Fault
from tickless.sample.landscape import FILESYSTEMS, ROWS
from tickless.sample.year_calendar import EVEN, Months, long_tailed, moments
from tickless.sample.year_events import Breaks, ByHand
from tickless.sample.year_frame import Frame

JOB = "probes"
LEAKING = "orders-api"
"""Its pool runs dry again and again, until its cause is removed."""
SEASON: Months = (0.9, 0.8, 0.9, 0.9, 0.9, 0.9, 0.8, 0.9, 1.0, 1.1, 1.6, 1.5)
DOWN: tuple[tuple[str, int], ...] = (
    ("search-api", 20),
    ("intranet", 16),
    ("till-hub", 12),
    ("checkout-api", 10),
    ("edge-proxy", 5),
    ("stock-api", 9),
    ("shop-web", 8),
    ("catalog-db", 4),
    ("message-bus", 6),
    ("file-share", 12),
    ("stock-db", 4),
)
"""Services that die, each with a process of its own, and how often in a year."""
SLOW: tuple[tuple[str, int], ...] = (
    ("care-console", 16),
    ("report-builder", 14),
    ("range-planner", 10),
    ("newsletter", 8),
)
ERRORS: tuple[tuple[str, int], ...] = (("returns-api", 9), ("wholesale-portal", 7), ("price-engine", 6))
PASSING = 40
COMES_BACK = 0.02
"""Of what was restarted, how much dies again within hours."""
DISKS = 100
"""Over all filesystems; two at once are two, where they are not the same."""
MAILBOXES = 52
POOLS: tuple[tuple[str, int], ...] = (("catalog-api", 8), ("warehouse-api", 9))
LEAKS_A_YEAR = 62
CERTIFICATES: tuple[tuple[str, int, int], ...] = (
    ("shop", 3, 9),
    ("login", 5, 20),
    ("intranet", 8, 12),
    ("shop", 10, 6),
)
"""First label, month and day on which one is found to run out in three weeks."""
NAMES = {
    "service_down": "ServiceDown",
    "http_errors": "HttpErrors",
    "latency_high": "LatencyHigh",
    "disk_filling": "DiskFilling",
    "certificate_expiring": "CertificateExpiring",
    "mailbox_over_quota": "MailboxOverQuota",
    "pool_exhausted": "PoolExhausted",
}
CERTIFICATE_DAYS = 20.0
"""That one has left when it is found."""
APART = dt.timedelta(days=2)


def labels_of(company: Company, kind: str, service: str, severity: str = "", **more: str) -> dict[str, str]:
    """As the estate's monitor writes them: see `estate/rules.py`."""
    known = company.service(service)
    host = next(row.host for row in ROWS if row.id == service)
    grave = "critical" if (known.criticality or 4) <= 2 else "warning"
    return {
        "alertname": NAMES[kind],
        "class": kind,
        "service": service,
        "instance": host,
        "severity": severity or grave,
        "job": JOB,
        **more,
    }


class Machines:
    """Makes breakages; two of the same thing are days apart, so that each is a case of its own."""

    def __init__(self, frame: Frame) -> None:
        self.company, self.staff, self.days = frame.company, frame.staff, frame.days
        self.chance = random.Random(f"year-machines:{frame.seed}")  # noqa: S311 - a story that repeats by seed
        self._last: dict[str, list[dt.datetime]] = {}

    def when(self, thing: str, count: int, *, months: Months = EVEN, office: bool = False) -> Iterator[dt.datetime]:
        """So many moments of the year, or a few less where they came too close."""
        count = round(count * len(self.days) / 365)
        taken = self._last.setdefault(thing, [])
        for at in sorted(moments(self.chance, self.days, count, months=months, office=office)):
            if all(abs(at - other) >= APART for other in taken):
                taken.append(at)
                yield at

    def hand(
        self, minutes: float, wait: float, *, by: Sequence[str] = (), always: bool = False, words: str = ""
    ) -> ByHand:
        """`wait`: minutes until it is mended by people (a median)."""
        who = self.chance.choice(list(by) or [one.id for one in self.staff.engineers])
        return ByHand(
            who,
            dt.timedelta(minutes=long_tailed(self.chance, wait, 0.6)),
            round(long_tailed(self.chance, minutes, 0.5), 1),
            words or "Mended by hand.",
            always,
        )


def machine_events(frame: Frame) -> Iterator[Breaks]:
    """Everything that breaks, in no order."""
    make = Machines(frame)
    found = [
        *_down(make),
        *_slow(make),
        *_errors(make),
        *_pools(make, frame.leak_ends),
        *_disks(make),
        *_mailboxes(make),
        *_certificates(make),
    ]
    for number, one in enumerate(sorted(found, key=lambda one: (one.at, one.need)), 1):
        yield replace(one, id=f"breaks-{number:04d}")


def _break(at: dt.datetime, fault: Fault, labels: Mapping[str, str], says: str, hand: ByHand) -> Breaks:
    return Breaks("", at, labels["class"], (fault,), labels, says, hand)


def _down(make: Machines) -> Iterator[Breaks]:
    for service, count in DOWN:
        name = make.company.service(service).name
        labels = labels_of(make.company, "service_down", service, process=service, ci=f"process:{service}")
        for at in make.when(service, count, months=SEASON):
            hand = make.hand(34, 55, always=True, words=f"Restarted {service}.")
            made = _break(at, Fault("kill", service), labels, f"{name} does not answer", hand)
            yield replace(made, again=dt.timedelta(hours=5)) if make.chance.random() < COMES_BACK else made


def _slow(make: Machines) -> Iterator[Breaks]:
    for service, count in SLOW:
        name = make.company.service(service).name
        labels = labels_of(make.company, "latency_high", service, "warning", process="commons", ci="process:commons")
        for at in make.when(service, count, months=SEASON, office=True):
            hand = make.hand(28, 140, words="Restarted; it answers as it should again.")
            yield _break(at, Fault("slow", service), labels, f"{name} is slow", hand)


def _errors(make: Machines) -> Iterator[Breaks]:
    for service, count in ERRORS:
        says = f"{make.company.service(service).name} answers with errors (500)"
        labels = labels_of(make.company, "http_errors", service)
        for at in make.when(service, count, months=SEASON):
            hand = make.hand(52, 120, always=True, words="A bad record was taken out of the queue.")
            yield _break(at, Fault("errors", service), labels, says, hand)
    labels = labels_of(make.company, "http_errors", "payroll")
    says = f"{make.company.service('payroll').name} answers with errors (502)"
    for at in make.when("payroll", PASSING):
        made = _break(at, Fault("errors", "payroll"), labels, says, make.hand(10, 90))
        yield replace(made, passes_after=dt.timedelta(minutes=make.chance.randint(1, 3)))


def _pools(make: Machines, leak_ends: dt.datetime) -> Iterator[Breaks]:
    for service, count in (*POOLS, (LEAKING, LEAKS_A_YEAR)):
        says = f"{make.company.service(service).name} has no free connection"
        labels = labels_of(make.company, "pool_exhausted", service, "critical", ci=f"pool:{service}")
        for at in make.when(service, count, months=SEASON):
            hand = make.hand(31, 45, always=True, words="Recycled the pool.")
            if service != LEAKING or at < leak_ends or make.chance.random() < 0.05:
                yield _break(at, Fault("pool", service), labels, says, hand)


def _disks(make: Machines) -> Iterator[Breaks]:
    each, left = divmod(DISKS, len(FILESYSTEMS))
    for number, (host, path, service) in enumerate(FILESYSTEMS):
        name = f"{host}:{path}"
        labels = labels_of(
            make.company, "disk_filling", service, "warning", host=host, mountpoint=path, path=path, ci=name
        )
        for at in make.when(f"disk:{name}", each + (number < left)):
            percent = 86 + make.chance.randrange(9)
            amount = (("to_percent", float(percent)), ("seconds", 0.1))
            says = f"Disk {name} is filling up: {percent} %, full in {make.chance.randint(5, 20)} hours at this rate"
            yield _break(at, Fault("disk", name, amount), labels, says, make.hand(22, 200, words="Made room."))


def _mailboxes(make: Machines) -> Iterator[Breaks]:
    people = [one for one in make.company.people if one.employment == "employee"]
    make.chance.shuffle(people)
    for person, at in zip(people, make.when("mailboxes", MAILBOXES), strict=False):
        labels = labels_of(
            make.company,
            "mailbox_over_quota",
            "mail",
            "warning",
            account=person.username,
            ci=f"mailbox:{person.username}",
        )
        hand = make.hand(12, 300, by=make.staff.hands, words="Gave it more room.")
        yield _break(
            at, Fault("mailbox_full", person.username), labels, f"Mailbox of {person.name} is over quota", hand
        )


def _certificates(make: Machines) -> Iterator[Breaks]:
    for label, month, day in CERTIFICATES:
        on = next((one for one in make.days if (one.month, one.day) == (month, day)), None)
        if on is None:
            continue
        name = f"{label}.{make.company.domain}"
        item = next(one for one in make.company.items if one.id == f"certificate:{name}")
        labels = labels_of(
            make.company, "certificate_expiring", item.service or "edge-proxy", "warning", certificate=name, ci=item.id
        )
        at = dt.datetime.combine(on, dt.time(6, 4), tzinfo=dt.UTC)
        hand = make.hand(48, 2_000, words="Renewed it.")
        yield _break(
            at,
            Fault("certificate", name, (("days", CERTIFICATE_DAYS),)),
            labels,
            f"Certificate {name} runs out in {CERTIFICATE_DAYS:.0f} days",
            hand,
        )
