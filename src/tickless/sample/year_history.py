"""The old desk's tickets of the year before, as its export has them. Pure, the same by seed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterable

from tickless.domain.person import Person
from tickless.sample import year_words as words
from tickless.sample.year_calendar import EVEN, long_tailed, moments
from tickless.sample.year_events import OldTicket
from tickless.sample.year_frame import Frame
from tickless.sample.year_people import VOLUMES, WORKED

CATEGORIES: dict[str, str] = {
    "account_unlock": "Access > Account locked",
    "password_reset": "Access > Password",
    "access_request": "Access > New right",
    "access_removal": "Access > Right given back",
    "vpn_trouble": "Network > VPN",
    "mailbox_quota": "Mail > Mailbox full",
    "software_install": "Workplace > Software",
    "device_trouble": "Workplace > Device",
    "incident_report": "Services > Reported by people",
    "question": "Questions > How to",
    "service_down": "Services > Down",
    "pool_exhausted": "Services > Connections",
    "latency_high": "Services > Slow",
    "http_errors": "Services > Errors",
    "disk_filling": "Servers > Disk",
    "certificate_expiring": "Servers > Certificate",
    "mailbox_over_quota": "Mail > Mailbox full",
}
"""What the old desk called a need."""
MACHINES: tuple[tuple[str, int, float, float], ...] = (
    ("service_down", 105, 36, 1.4),
    ("pool_exhausted", 66, 30, 1.1),
    ("latency_high", 46, 29, 4.0),
    ("http_errors", 24, 55, 3.5),
    ("disk_filling", 58, 23, 5.0),
    ("certificate_expiring", 11, 52, 14.0),
)
"""Need, how often, minutes of work, working hours until it was over (medians)."""
TITLES = {"service_down": "{0} down", "pool_exhausted": "{0}: no connections left", "latency_high": "{0} very slow",
          "http_errors": "{0} shows errors", "disk_filling": "Disk of {0} nearly full",
          "certificate_expiring": "Certificate of {0} runs out"}  # fmt: skip
COLUMNS = (
    "Number",
    "Type",
    "Opened",
    "Resolved",
    "Category",
    "Service",
    "Short description",
    "Caller",
    "Assignment group",
    "Assigned to",
    "Time worked",
    "Reassignment count",
    "Reopen count",
    "Priority",
    "Close notes",
    "State",
)


def old_tickets(frame: Frame) -> tuple[OldTicket, ...]:
    """About as many as the year has cases, numbered in the order of their opening."""
    chance = random.Random(f"year-before:{frame.seed}")  # noqa: S311 - a story that repeats by seed, nothing secret
    days = [day - dt.timedelta(days=len(frame.days)) for day in frame.days]
    asked: list[tuple[dt.datetime, str, float, float]] = []
    kinds = [(need, count, months, WORKED[need], True) for need, count, months in VOLUMES]
    kinds += [(need, count, EVEN, (minutes, hours), False) for need, count, minutes, hours in MACHINES]
    for need, count, months, (minutes, hours), office in kinds:
        when = moments(chance, days, round(count * len(days) / 365), months=months, office=office)
        asked += [(at, need, long_tailed(chance, minutes, 0.5), long_tailed(chance, hours, 0.9)) for at in when]
    people = [one for one in frame.company.people if one.employment == "employee"]
    return tuple(
        _ticket(frame, chance, number, one, chance.choice(people)) for number, one in enumerate(sorted(asked), 1)
    )


def _ticket(
    frame: Frame, chance: random.Random, number: int, one: tuple[dt.datetime, str, float, float], person: Person
) -> OldTicket:
    opened, need, minutes, hours = one
    machine = need in TITLES
    services = [service for service in frame.company.services if service.kind in {"application", "platform"}]
    service = chance.choice(services) if machine else frame.company.service("mail") if "mailbox" in need else None
    priority = service.criticality or 3 if machine and service else chance.choices((2, 3, 4), (1, 6, 3))[0]
    title = TITLES[need].format(service.name) if machine and service else _said(chance, need)
    moved = chance.choices(
        (0, 1, 2, 3), (5, 3, 2, 1) if machine or need in {"device_trouble", "incident_report"} else (8, 3, 1, 0)
    )[0]
    team = "Infrastructure" if machine else "Service desk" if moved == 0 else "Second line"
    agent = chance.choice(frame.staff.engineers if machine or moved > 1 else frame.staff.analysts)
    return OldTicket(
        f"INC{number:06d}", opened, opened + dt.timedelta(hours=hours * (1 + 0.5 * moved)), CATEGORIES[need],
        service.name if service else "", title, "monitoring" if machine else person.email, team, agent.username,
        max(2, round(minutes * (1 + 0.25 * moved))), moved, int(chance.random() < 0.07),
        priority, "Solved.",
    )  # fmt: skip


def _said(chance: random.Random, need: str) -> str:
    match need:
        case "vpn_trouble":
            text = chance.choice(words.VPN_PROFILE)
        case "access_request" | "access_removal" | "software_install":
            kinds = {
                "access_request": words.ACCESS,
                "access_removal": words.REMOVAL,
                "software_install": words.SOFTWARE,
            }
            text = chance.choice(kinds[need]).format(
                app=chance.choice(("Driftview", "Sprigboard", "Quillmark PDF", "Fieldnote CRM"))
            )
        case "device_trouble":
            text = chance.choice(words.DEVICE)
        case "incident_report":
            text = chance.choice(words.REPORTS)[0]
        case "question":
            text = chance.choice((*words.QUESTIONS, *words.UNANSWERED))
        case _:
            text = chance.choice(words.ACCOUNT[need])
    return words.dressed(chance, text)


def export(tickets: Iterable[OldTicket]) -> bytes:
    """The export's CSV file."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in tickets:
        kind = "incident" if one.category.startswith(("Services", "Servers", "Network")) else "request"
        rows.writerow((
            one.number, kind, f"{one.opened:%Y-%m-%d %H:%M:%S}", f"{one.resolved:%Y-%m-%d %H:%M:%S}", one.category, one.service,
            one.title, one.requester, one.team, one.agent, one.minutes, one.hand_offs, one.reopened,
            one.priority, one.closing, "Closed",
        ))  # fmt: skip
    return out.getvalue().encode()
