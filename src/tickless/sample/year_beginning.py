"""The first days of the year: accounts, the past read in, what is assumed and claimed, the records people keep. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tickless.domain.person import Person
from tickless.sample.year_events import Deed
from tickless.sample.year_frame import Frame
from tickless.sample.year_history import CATEGORIES
from tickless.sample.year_telling import Told

STORE = ("shop-web", "checkout-api", "orders-api", "orders-db", "payments-api")
ASSUMED = (
    ("agent_hour", "38", "What an hour of our desk costs, from the budget"),
    ("employee_hour", "33", "The company's mean, from payroll"),
    ("lost_share", "0.3", "People go on with something else; a small survey in autumn said a third"),
    ("support_hours", "Mon-Fri 07:00-18:00", "When our desk is there"),
    ("currency", "GBP", "We pay in pounds"),
)
CLAIMED = (
    ("zero_ticket", 3, "We have automated a lot"),
    ("cmmi", 3, "All processes are written down"),
    ("excellence", 4, "People like our desk"),
)
"""What the lead says in January, before anything has been looked at."""
TARGETS = (
    ("orders-db", 60, 5),
    ("payments-api", 30, 0),
    ("checkout-api", 60, 15),
    ("sign-in", 45, 15),
    ("till-hub", 120, 30),
    ("shop-web", 60, 60),
    ("warehouse-api", 120, 60),
    ("file-share", 240, 120),
)
"""Service, minutes until it has to work again, minutes of data that may be lost."""


def beginning(frame: Frame) -> Iterator[Deed]:
    """Told for the first two working weeks."""
    tell, staff = Told(frame, "begin"), frame.staff
    head, first = staff.head, frame.begins + dt.timedelta(minutes=1)
    for person, roles in _accounts(frame):
        yield tell("account", first, head, person=person.id, login=person.username, roles=roles)
    yield tell("import_history", first, head, source="old-desk")
    for name, value, why in ASSUMED:
        yield tell("assume", first, head, name=name, value=value, reason=why)
    for need, category in CATEGORIES.items():
        value = category.replace(" > ", " / ")
        yield tell("assume", first, head, name=f"match:{need}", value=value, reason="What the old desk called it")
    for model, level, note in CLAIMED:
        yield tell("claim", frame.on(1, 3, 11), staff.leads[1], model=model, level=level, note=note)
    yield tell("month", frame.on(1, 3, 12), head)
    yield tell("mine", frame.on(1, 6, 10), head)
    yield tell("subscribe", frame.on(1, 6, 12), head, cadence="monthly")
    yield from _kept(frame, tell)


def _accounts(frame: Frame) -> Iterator[tuple[Person, tuple[str, ...]]]:
    staff = frame.staff
    yield staff.head, ("admin",)
    yield staff.leads[0], ("operator", "approver")
    yield staff.leads[1], ("operator", "approver")
    for person in staff.analysts:
        yield person, ("operator",)
    for person in (*staff.engineers, *staff.network):
        yield person, ("operator",)
    for person in staff.developers:
        yield person, ("operator", "approver")


def _kept(frame: Frame, tell: Told) -> Iterator[Deed]:
    yield from _on_call(frame, tell, frame.on(1, 8, 14))
    yield from _agreements(frame, tell, frame.on(1, 8, 14))
    yield from _portfolio(frame, tell)


def _on_call(frame: Frame, tell: Told, when: dt.datetime) -> Iterator[Deed]:
    staff = frame.staff
    monday = frame.begins.date() - dt.timedelta(days=frame.begins.weekday())
    engineers, network = [one.id for one in staff.engineers], [one.id for one in staff.network]
    yield tell(
        "rota",
        when,
        staff.leads[0],
        key="store",
        title="Online store",
        services=STORE,
        people=engineers[:4],
        first_day=monday,
    )
    yield tell(
        "rota",
        when,
        staff.leads[0],
        key="rest",
        title="Everything else, at night",
        services=(),
        first_day=monday,
        people=[*engineers[4:], *network[:2]],
        hours="Mon-Fri 18:00-08:00, Sat-Sun 00:00-24:00",
    )
    for month, day, person, why in (
        (2, 14, engineers[2], "Away for a week"),
        (7, 28, engineers[0], "Summer holidays"),
        (12, 22, engineers[1], "Swapped for Christmas"),
    ):
        begins = frame.on(month, day, 9)
        yield tell(
            "override",
            frame.on(month, day - 8, 15),
            staff.leads[0],
            of="store",
            person=person,
            begins=begins,
            ends=begins + dt.timedelta(days=7),
            why=why,
        )


def _agreements(frame: Frame, tell: Told, when: dt.datetime) -> Iterator[Deed]:
    staff = frame.staff
    yield tell(
        "agreement",
        when,
        staff.finance,
        key="cards",
        kind_of="contract",
        title="Card payments",
        party="Northgate Payments",
        services=("payments-api",),
        hours="24x7",
        targets=((1, 15, 240), (2, 60, 480)),
        ends=frame.on(12, 1, 9).date(),
        reference="NP-2291",
        contacts=(("Service desk", "+44 7700 900911", 0), ("Duty manager", "+44 7700 900912", 60)),
    )
    yield tell(
        "agreement",
        when,
        staff.leads[0],
        key="network",
        kind_of="ola",
        title="Network of the stores",
        party="Network team",
        services=("vpn-gateway", "edge-proxy"),
        hours="Mon-Sat 07:00-21:00 Europe/London",
        targets=((1, 30, 240), (2, 60, 480)),
        reference="",
        contacts=(),
    )


def _portfolio(frame: Frame, tell: Told) -> Iterator[Deed]:
    staff = frame.staff
    for number, (service, recovery, loss) in enumerate(TARGETS):
        yield tell(
            "portfolio",
            frame.on(1, 15 + number, 10),
            staff.leads[0],
            service=service,
            recovery=recovery,
            loss=loss,
            support="Operations by day, on call at night",
        )
    first, year = frame.begins.date(), dt.timedelta(days=365)
    for title, kind, service, warranty, supported, weak in (
        ("Database server db-1", "server", "orders-db", 1.5, 3.0, 0),
        ("VPN appliance edge-1", "network", "vpn-gateway", 0.4, 0.8, 3),
        ("Storage files-1", "storage", "file-share", 2.0, 4.0, None),
        ("Till server", "server", "till-hub", 0.9, 1.2, 1),
    ):
        yield tell(
            "asset",
            frame.on(1, 22, 11),
            staff.leads[0],
            title=title,
            kind_of=kind,
            service=service,
            weaknesses=weak,
            warranty=first + warranty * year,
            supported=first + supported * year,
        )
