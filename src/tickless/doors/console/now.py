"""The Now page: the key figures, the live cases, the latest story; kept live."""

from __future__ import annotations

import statistics
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.routing import BaseRoute

from tickless.domain.case import Case
from tickless.doors.console import story
from tickless.doors.console.book import names_of, read_book, read_brief
from tickless.doors.console.frame import Form, Frame, Screen, Visit, here
from tickless.doors.console.rendering import fragment
from tickless.doors.console.stream import Streams
from tickless.doors.console.wording import FIVE
from tickless.flow.desk.promise import Numbers
from tickless.journal import Tx
from tickless.journal.cases import CaseFilter
from tickless.stages.measure.week.drawing import OUTCOMES as ENDS
from tickless.stages.measure.week.drawing import by_week, legend

SHOWN = 15
"""Live cases on the page; the rest is one click away."""
PROVED = ("verified", "confirmed", "prevented")
SAME = 0.02
"""Of all ends: less is no change worth a word."""


@dataclass(frozen=True)
class Row:
    """A case in a list, with what is being done."""

    case: Case
    doing: str


@dataclass(frozen=True)
class Slice:
    """A part of the bar of outcomes: where it begins and how wide it is, of 1,000."""

    outcome: str
    start: float
    width: float


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    return [
        frame.show("/", None, page),
        streams.route("/now/stream", "read", mark, pieces),
        frame.show("/brake", "act", brake_page),
        frame.deed("/brake", "act", brake),
    ]


def page(visit: Visit) -> Screen:
    """Operators see the house at work; everybody else goes to where they can be helped."""
    if visit.visitor.kind == "anonymous":
        visit.entrance.require(visit.visitor, "own_cases")
    if not visit.visitor.may("read"):
        return Screen("welcome.html")
    return Screen("now.html", {**content(visit), **trend(visit)})


def trend(visit: Visit) -> dict[str, object]:
    """How cases ended week by week, and what waits for people: drawn with the page, not kept live."""
    desk = visit.desk.steering
    zone = ZoneInfo(desk.zone())
    weeks = [(window.since.astimezone(zone), counts) for window, counts in desk.ends()]
    whole: dict[str, int] = {}
    for _, counts in weeks:
        for outcome, count in counts.items():
            whole[outcome] = whole.get(outcome, 0) + count
    proved = [(began, _proved(counts)) for began, counts in weeks]
    return {
        "weeks": [(began, counts, share) for (began, counts), (_, share) in zip(weeks, proved, strict=True)],
        "trend": by_week(weeks) if whole else "",
        "trend_legend": legend(whole),
        "trend_said": told_trend([share for _, share in proved[:-1]]),
        "needs": desk.needs(visit.visitor.person.id if visit.visitor.person else None),
    }


def _proved(counts: Mapping[str, int]) -> float | None:
    """Of what ended and was no noise: how much was verified, confirmed or prevented."""
    ended = sum(counts.get(outcome, 0) for outcome, _ in ENDS)
    return sum(counts.get(outcome, 0) for outcome in PROVED) / ended if ended else None


def told_trend(shares: Sequence[float | None]) -> str:
    """The last four whole weeks with ends beside the four before, in words."""
    known = [one for one in shares if one is not None]
    if len(known) < 8:
        return "Too few whole weeks to say whether it is getting better."
    last, before = statistics.fmean(known[-4:]), statistics.fmean(known[-8:-4])
    turn = "as in" if abs(last - before) < SAME else "up from" if last > before else "down from"
    told = f"{100 * before:.0f} % in " if turn != "as in" else ""
    share = f"{100 * last:.0f} %"
    return (
        f"Proved ends (verified, confirmed or prevented): {share} in the last four weeks, {turn} {told}the four before."
    )


def content(visit: Visit) -> dict[str, object]:
    numbers = visit.desk.numbers()
    with visit.desk.journal.read() as tx:
        live = sorted(tx.cases.page(CaseFilter(live=True), limit=200), key=lambda case: case.impact.priority)
        latest = tx.cases.where(order=tx.cases.table.c.updated_at.desc(), limit=1)
        recent = [] if live else tx.cases.page(CaseFilter(live=False), limit=8)
        shown = [Row(case, story.now_doing(read_brief(tx, case))) for case in (live or recent)[:SHOWN]]
        book = read_book(tx, latest[0]) if latest else None
        names = names_of(tx, people=[row.case.requester for row in shown], services=[row.case.service for row in shown])
    return {
        "numbers": numbers,
        "slices": slices(numbers),
        "rows": shown,
        "names": names,
        "live_count": len(live),
        "recent": not live,
        "book": book,
        "lines": story.lines(book)[-14:] if book else (),
    }


def slices(numbers: Numbers) -> tuple[Slice, ...]:
    """The five outcomes as parts of one bar, in their fixed order."""
    total = sum(numbers.outcomes.get(outcome, 0) for outcome in FIVE)
    found, start = [], 0.0
    for outcome in FIVE:
        width = 1_000 * numbers.outcomes.get(outcome, 0) / total if total else 0.0
        if width:
            found.append(Slice(outcome, round(start, 1), round(width, 1)))
        start += width
    return tuple(found)


def mark(visit: Visit) -> Hashable:
    with visit.desk.journal.read() as tx:
        return _mark(tx)


def _mark(tx: Tx) -> Hashable:
    table = tx.cases.table.c
    latest = tx.cases.where(order=table.updated_at.desc(), limit=1)
    receipt = tx.receipts.where(order=tx.receipts.table.c.started_at.desc(), limit=1)
    pending = tx.approvals.count(tx.approvals.table.c.state == "pending")
    return (
        tuple((case.id, case.updated_at) for case in latest),
        tuple((found.key, found.state) for found in receipt),
        tx.cases.count_live(),
        pending,
    )


def pieces(visit: Visit) -> dict[str, str]:
    context = {**here(visit), **content(visit)}
    return {name: fragment("now.html", name.replace("-", "_"), context) for name in ("figures", "live-cases", "latest")}


def brake_page(visit: Visit) -> Screen:
    return Screen("brake.html")


async def brake(visit: Visit, form: Form) -> str:
    """Pause or release everything. Said with a reason, so that the next person knows why."""
    on = form.get("on") == "yes"
    reason = form.get("reason", "").strip()[:500] or ("paused by hand" if on else "released by hand")
    await visit.desk.set_switch("all", on=on, by=visit.visitor.actor, reason=reason)
    return f"/?told={'paused' if on else 'released'}"
