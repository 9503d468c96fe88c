"""Changes of the year, as they are planned and made. What came of each is for the house to find. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tickless.domain.person import Person
from tickless.sample.year_calendar import at, next_working
from tickless.sample.year_events import Deed, YearEvent
from tickless.sample.year_frame import Frame
from tickless.sample.year_machines import LEAKING
from tickless.sample.year_telling import Told

RELEASED = (
    "report-builder",
    "intranet",
    "newsletter",
    "search-api",
    "range-planner",
    "wholesale-portal",
    "care-console",
)
OTHERS = (
    (2, 11, 20, "VPN gateway firmware 9.2", "vpn-gateway", "backed_out"),
    (3, 18, 20, "Till hub 4.0", "till-hub", "done"),
    (5, 13, 20, "New certificates of the shop", "edge-proxy", "done"),
    (6, 24, 20, "Mail archive moved", "file-share", "done"),
    (8, 12, 20, "Stock database to more memory", "stock-db", "done"),
    (11, 4, 20, "Catalogue search tuned", "catalog-db", "done"),
)
"""Month, day, hour, title, service, and what whoever makes it says in the end."""


def change_events(frame: Frame) -> Iterator[YearEvent]:
    """Every change but the one behind the major incident."""
    tell, staff = Told(frame, "change"), frame.staff
    yield tell(
        "model",
        frame.on(1, 20, 10),
        staff.leads[0],
        key="releases",
        title="Release of an internal service",
        most_risk=70,
        services=RELEASED,
        backout_plan="Deploy the release before",
        check="Its page answers, its log shows no error",
    )
    for month in range(2, 13):
        service = RELEASED[month % len(RELEASED)]
        name = frame.company.service(service).name
        yield from planned(
            tell,
            staff.developers[month % len(staff.developers)],
            frame.on(month, 6, 18),
            key=f"rel-{month}",
            title=f"{name} {frame.begins:%y}.{month}",
            services=(service,),
            model="releases",
        )
    for month, day, hour, title, service, said in OTHERS:
        yield from planned(
            tell,
            staff.engineers[month % len(staff.engineers)],
            frame.on(month, day, hour),
            key=f"chg-{month}-{day}",
            title=title,
            services=(service,),
            said=said,
        )
    yield from planned(
        tell,
        staff.developers[0],
        frame.leak_ends - dt.timedelta(hours=1),
        key="leak-change",
        title="The returns export gives its connections back",
        services=(LEAKING,),
    )


def planned(
    tell: Told,
    by: Person,
    begins: dt.datetime,
    *,
    key: str,
    title: str,
    services: tuple[str, ...],
    said: str = "done",
    model: str = "",
    backout: str = "tested",
    hours: float = 1.0,
    over: float = 0.75,
) -> Iterator[Deed]:
    """A change from its raising to its end. `hours`: as planned; `over`: after which part of them it is said to be done."""
    raised = at(next_working((begins - dt.timedelta(days=8)).date()), 10)
    approved = raised + dt.timedelta(hours=4)
    ends = begins + dt.timedelta(hours=hours)
    yield tell(
        "change",
        raised,
        by,
        key=key,
        title=title,
        services=services,
        model=model,
        begins=begins,
        ends=ends,
        backout=backout,
    )
    yield tell("change_approved", approved, by, of=key)
    yield tell("change_begun", begins, by, of=key)
    yield tell("change_over", begins + dt.timedelta(hours=hours * over), by, of=key, said=said)
