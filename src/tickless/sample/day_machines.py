"""The machine door's part of the day: what breaks by itself, and what must have been done about it."""

from __future__ import annotations

from collections.abc import Iterator

from tickless.sample.company import Company
from tickless.sample.day_cast import Cast
from tickless.sample.day_events import Effect, Event, Expect, Fact, Fault

KILLED: tuple[tuple[float, str], ...] = (
    (3.0, "search-api"), (12.0, "orders-db"), (22.0, "till-hub"), (31.0, "intranet"), (40.0, "checkout-api"),
    (48.0, "edge-proxy"),
)  # fmt: skip
"""Apart from each other, so that none is a symptom of another."""
STORM_OF, STORM = "orders-db", 100
AGAIN, AGAIN_AT = "search-api", 54.0
"""Comes back inside the window in which the fix has to hold."""
DISKS: tuple[tuple[float, str], ...] = ((6.0, "app-2:/var"), (12.0, "files-1:/srv"))
FILLING_SECONDS = 40.0
"""Slowly enough that somebody can come in between: ten hours of the company's day."""
FORESEEN_AT, FORESEEN, FORESEEN_DAYS = 5.0, "login", 25.0
"""A certificate of which no monitor complains yet: only the forecast sees it coming."""
CERTIFICATES: tuple[tuple[float, str], ...] = ((18.0, "shop"), (42.0, "intranet"))
POOLS: tuple[tuple[float, str], ...] = ((26.0, "catalog-api"), (44.0, "warehouse-api"))
MAILBOXES: tuple[float, ...] = (20.0, 42.0)
PASSING_AT, PASSING = 50.0, "payroll"
"""An alert that is over before anybody could do anything about it."""


def machine_events(company: Company, cast: Cast) -> Iterator[Event]:
    """Every event of the machine door."""
    for at, process in KILLED:
        yield _killed(company, at, process)
    yield _killed(company, AGAIN_AT, AGAIN, again=True)
    yield Event(
        "storm", 13.0, "machine", STORM_OF, f"{STORM} more alerts of the same cause", storm=STORM,
        after=f"kill-{STORM_OF}", expects=(Expect("service_down", joins=f"kill-{STORM_OF}"),),
    )  # fmt: skip
    for at, disk in DISKS:
        yield _disk(at, disk)
    for at, label in CERTIFICATES:
        yield _certificate(at, f"{label}.{company.domain}", days=6.0, title="runs out")
    yield _certificate(FORESEEN_AT, f"{FORESEEN}.{company.domain}", days=FORESEEN_DAYS, title="will run out")
    for at, service in POOLS:
        yield _pool(company, at, service)
    for number, at in enumerate(MAILBOXES, 1):
        yield _mailbox(cast, at, f"mailbox-{number}")
    yield Event(
        "passing", PASSING_AT, "machine", PASSING, f"{company.service(PASSING).name} fails for a moment",
        faults=(Fault("errors", PASSING, lasts=1.3),),
        expects=(Expect("http_errors", ("muted",), f"service:{PASSING}"),),
    )  # fmt: skip


def _killed(company: Company, at: float, process: str, *, again: bool = False) -> Event:
    """The process is gone; its service must answer again, because it was started. The second time it is the same case."""
    expect = Expect(
        "service_down",
        ("verified",),
        f"service:{process}",
        effects=(Effect("process.start", process),),
        facts=(Fact("service", process, "status", "is", 200),),
        regressions=1 if again else 0,
    )
    name = company.service(process).name
    title = f"{name} is killed again" if again else f"{name} is killed"
    identity = f"again-{process}" if again else f"kill-{process}"
    return Event(identity, at, "machine", process, title, (Fault("kill", process),), expects=(expect,))


def _disk(at: float, disk: str) -> Event:
    host, _, path = disk.partition(":")
    expect = Expect(
        "disk_filling", ("prevented", "verified"), f"ci:{disk}",  # on a slow machine it is full before anybody comes
        effects=(Effect("disk.clean_up", disk),),
        facts=(Fact("keeper", f"/disks?host={host}&path={path}", "percent", "below", 80.0),),
    )  # fmt: skip
    filling = Fault("disk", disk, (("to_percent", 99.0), ("seconds", FILLING_SECONDS)))
    return Event(f"disk-{host}", at, "machine", disk, f"Disk {disk} is filling up", (filling,), expects=(expect,))


def _certificate(at: float, name: str, *, days: float, title: str) -> Event:
    expect = Expect(
        "certificate_expiring", ("prevented",), f"ci:certificate:{name}",
        effects=(Effect("certificate.renew", name),),
        facts=(Fact("keeper", f"/certificates/{name}", "days_left", "above", 30.0),),
    )  # fmt: skip
    old = Fault("certificate", name, (("days", days),))
    return Event(f"certificate-{name.partition('.')[0]}", at, "machine", name, f"Certificate {name} {title}", (old,),
                 expects=(expect,))  # fmt: skip


def _pool(company: Company, at: float, service: str) -> Event:
    expect = Expect(
        "pool_exhausted", ("verified",), f"service:{service}",
        effects=(Effect("pool.recycle", service),),
        facts=(Fact("service", service, "status", "is", 200),),
    )  # fmt: skip
    title = f"{company.service(service).name} has no free connection"
    return Event(f"pool-{service}", at, "machine", service, title, (Fault("pool", service),), expects=(expect,))


def _mailbox(cast: Cast, at: float, identity: str) -> Event:
    person = cast.draw()
    expect = Expect(
        "mailbox_over_quota", ("verified",), f"person:{person.id}",
        effects=(Effect("mailbox.set_quota", person.username),),
        facts=(Fact("office", f"/mailboxes/{person.username}", "percent", "below", 100.0),),
    )  # fmt: skip
    return Event(identity, at, "machine", person.username, f"Mailbox of {person.name} is over quota",
                 (Fault("mailbox_full", person.username),), expects=(expect,))  # fmt: skip
