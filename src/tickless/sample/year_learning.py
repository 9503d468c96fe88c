"""What the company learns in a year: opportunities taken, articles, a runbook, a problem removed, a figure found out. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tickless.domain.person import Person
from tickless.sample.landscape import ROWS
from tickless.sample.year_calendar import at
from tickless.sample.year_events import Deed
from tickless.sample.year_frame import Frame
from tickless.sample.year_machines import CERTIFICATE_DAYS, CERTIFICATES, LEAKING
from tickless.sample.year_telling import Told

SLOW_RUNBOOK = "service.restart-slow"


def learning(frame: Frame) -> Iterator[Deed]:
    """Every deed of it."""
    yield from _opportunities(frame)
    yield from _knowledge(frame)
    yield from _problem(frame)
    yield from _figures(frame)
    yield from _measured(frame)


def _opportunities(frame: Frame) -> Iterator[Deed]:
    tell, head = Told(frame, "mined"), frame.staff.head
    yield tell("mine", frame.on(3, 31, 10), head)
    yield tell("opportunity", frame.on(4, 2, 10), head, place=0, state="chosen", what="")
    yield tell(
        "opportunity", frame.on(4, 14, 15), head, place=0, state="begun", what="Served by its runbook, after approval"
    )
    yield tell(
        "opportunity", frame.on(4, 14, 15), head, place=1, state="begun", what="Served by its runbook, after approval"
    )
    yield tell("mine", frame.on(10, 1, 10), head)
    lead = frame.staff.leads[0]
    yield tell("runbook", frame.runbook, lead, name=SLOW_RUNBOOK, days=60)


def _knowledge(frame: Frame) -> Iterator[Deed]:
    tell, staff = Told(frame, "known"), frame.staff
    for number, name in enumerate(("sample-garments", "store-opening-kit", "fitter-badge", "move-a-till")):
        yield tell("article", frame.articles + dt.timedelta(minutes=7 * number), staff.analysts[number], name=name)
    for month in (3, 6, 9, 12):
        yield tell("articles_reviewed", frame.on(month, 10, 11), staff.leads[0])
    yield tell(
        "answer",
        frame.on(2, 5, 10),
        staff.head,
        question="excellence.acts_on_it",
        level=1,
        note="One of us reads it; nothing is told back yet",
    )
    yield tell(
        "answer",
        frame.on(9, 3, 10),
        staff.head,
        question="excellence.acts_on_it",
        level=2,
        note="Each month one complaint is taken up, and whoever complained hears what was changed",
    )


def _problem(frame: Frame) -> Iterator[Deed]:
    """A pool that runs dry again and again: found, worked around, removed, counted."""
    tell, staff = Told(frame, "leak"), frame.staff
    owner = staff.engineers[1]
    yield tell(
        "problem",
        frame.on(5, 20, 10),
        staff.leads[0],
        key="leak",
        service=LEAKING,
        need="pool_exhausted",
        owner=owner.id,
        title="The pool of the orders service runs dry every week",
        why="The candidate at the top: it recurs, and each time somebody recycles the pool",
    )
    yield tell(
        "analyse",
        frame.on(6, 3, 16),
        owner,
        of="leak",
        cause="",
        workaround="Recycle the pool: it lasts for some days",
        symptoms=("orders hang", "no free connection to the orders database"),
    )
    yield tell(
        "analyse",
        frame.on(9, 24, 16),
        owner,
        of="leak",
        workaround="",
        symptoms=(),
        cause="The returns export opens connections and gives them back only when it succeeds",
        review="Found by the stacks of the waiting requests, after three guesses that were wrong. The export had no test that "
        "fails. What is shared now has a limit per caller, and each export is tried with a failure.",
    )
    yield from _its_removal(frame, tell, owner)


def _its_removal(frame: Frame, tell: Told, owner: Person) -> Iterator[Deed]:
    """One improvement, brought out as a change, and counted for six weeks."""
    staff = frame.staff
    yield tell(
        "improvement",
        frame.on(9, 25, 9),
        owner,
        key="leak-fix",
        of="leak",
        service=LEAKING,
        need="pool_exhausted",
        title="The returns export gives its connections back",
        due=frame.on(10, 20),
        expected=0.0,
        days=42,
        measure="Pools of the orders service that run dry, counted over six weeks",
    )
    yield tell("improvement_move", frame.on(9, 26, 9), staff.leads[0], of="leak-fix", deed="agree", note="Worth it")
    yield tell(
        "improvement_move",
        frame.leak_ends - dt.timedelta(hours=4),
        owner,
        of="leak-fix",
        deed="begin",
        note="Planned as a change",
    )
    yield tell(
        "improvement_move",
        frame.leak_ends + dt.timedelta(hours=2),
        owner,
        of="leak-fix",
        deed="finish",
        note="Brought out",
    )
    yield tell(
        "close_problem",
        frame.on(12, 1, 10),
        owner,
        of="leak",
        reason="Six weeks counted: it came no more than by chance",
    )


def _figures(frame: Frame) -> Iterator[Deed]:
    """A figure got better and what it stands for worse: the guard tells, and the head of IT acts on it."""
    tell, staff, gaming = Told(frame, "figures"), frame.staff, frame.gaming
    found = gaming.ends + dt.timedelta(hours=15)
    yield tell("guard", found, staff.head, key="guard", weeks=16)
    yield tell(
        "improvement",
        found + dt.timedelta(hours=2),
        staff.head,
        key="honest",
        title="A case is closed when it is solved",
        owner=staff.leads[0].id,
        due=frame.on(7, 31),
        baseline=0.0,
        expected=1.0,
        unit="agreed",
        better="higher",
        why="The guard warned: cases closed without an answer came back within three days",
        measure="The guard warns of it no more",
    )
    yield tell(
        "improvement_move",
        found + dt.timedelta(days=1),
        staff.leads[0],
        of="honest",
        deed="begin",
        note="Nobody closes for silence; the lead's dashboard shows what came back beside the time to resolve",
    )
    yield tell(
        "improvement_move", frame.on(7, 28, 10), staff.leads[0], of="honest", deed="finish", note="Two weeks without"
    )
    yield tell("guard", frame.on(11, 14, 9), staff.head, key="guard-again", weeks=16)
    yield tell(
        "improvement_measure",
        frame.on(11, 14, 10),
        staff.head,
        of="honest",
        value=1.0,
        evidence="The guard over sixteen weeks warns of it no more",
    )


def _measured(frame: Frame) -> Iterator[Deed]:
    """What telemetry tells of certificates on the days on which they are found to run out: a forecast by the calendar."""
    tell = Told(frame, "measured")
    for label, month, day in CERTIFICATES:
        on = next((one for one in frame.days if (one.month, one.day) == (month, day)), None)
        if on is not None:
            item = next(one for one in frame.company.items if one.id == f"certificate:{label}.{frame.company.domain}")
            host = next(row.host for row in ROWS if row.id == item.service)
            yield tell("measured", at(on, 6, 6), frame.staff.head, certificate=item.name, service=item.service, host=host,
                       days=CERTIFICATE_DAYS)  # fmt: skip
