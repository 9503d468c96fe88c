"""Storms: what was one case and why, what was left out; and what people put right: merge, split, undo, link."""

from __future__ import annotations

from collections.abc import Hashable

from starlette.routing import BaseRoute

from tickless.domain.case import Case
from tickless.domain.errors import BadInput
from tickless.doors.api.sight import find_case
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit, here
from tickless.doors.console.rendering import fragment
from tickless.doors.console.storm_picture import part_of_map, timeline
from tickless.doors.console.stream import Streams
from tickless.doors.entrance.moving import mover
from tickless.stages.correlate.regroup.rules import best_lead, stands

PER_PAGE = 40
MOST_SPLIT = 50
"""Boxes of a split that a form carries."""


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    case = "/cases/{number:int}"
    return [
        frame.show("/storms", "read", listing),
        frame.show(f"{case}/storm", "read", page),
        streams.route(f"{case}/storm/stream", "read", mark, pieces),
        frame.deed(f"{case}/merge", "own_cases", merge),
        frame.deed(f"{case}/split", "own_cases", split),
        frame.deed(f"{case}/link", "own_cases", link),
        frame.deed(f"{case}/unlink", "own_cases", unlink),
        frame.deed("/regroups/{id}/undo", "own_cases", undo),
        frame.deed("/doubts/{id}/merge", "own_cases", merge_doubted),
        frame.deed("/doubts/{id}/dismiss", "own_cases", dismiss),
    ]


def listing(visit: Visit) -> Screen:
    """Cases by how many alerts they hold, newest first; above them what looks like one."""
    least = 1 if visit.asked("least") == "1" else 2
    rows, more = visit.desk.regroup.storms(before=visit.number("before"), least=least, limit=PER_PAGE)
    with visit.desk.journal.read() as tx:
        doubts = [
            (doubt, one, other, best_lead([one, other]), visit.desk.regroup.may(tx, mover(visit.visitor), one)
             and visit.desk.regroup.may(tx, mover(visit.visitor), other))
            for doubt, one, other in visit.desk.regroup.doubts(tx)
        ]  # fmt: skip
        names = names_of(tx, services=[case.service for case, _ in rows])
    alerts = sum(count for _, count in rows)
    return Screen(
        "storms.html",
        {"rows": rows, "more": more, "doubts": doubts, "names": names, "alerts": alerts, "least": least,
         "most": max((count for _, count in rows), default=1)},
    )  # fmt: skip


def page(visit: Visit) -> Screen:
    return Screen("storm.html", _content(visit))


def _content(visit: Visit) -> dict[str, object]:
    with visit.desk.journal.read() as tx:
        case = find_case(tx, visit.path("number"), visit.visitor)
        book = visit.desk.regroup.storm(tx, case)
        names = names_of(
            tx,
            people=[one.by for one in book.regroups],
            services=[case.service, *(lane.key for lane in book.storm.lanes)],
        )
        may_move = visit.desk.regroup.may(tx, mover(visit.visitor), case)
        whole = tx.cases.get(case.merged_into) if case.merged_into else None
        numbers = {one: found.number for group in book.regroups for one in group.cases if (found := tx.cases.get(one))}
        doubts = [(doubt, other, best_lead([case, other])) for doubt, other in book.doubts]
    return {
        "case": case,
        "book": book,
        "storm": book.storm,
        "names": names,
        "numbers": numbers,
        "whole": whole,
        "doubts": doubts,
        "may_move": may_move and stands(case),
        "timeline": timeline(book.storm),
        "map": part_of_map(book.storm),
        "lane_of": {lane.key: lane for lane in book.storm.lanes},
        "most_split": MOST_SPLIT,
    }


def mark(visit: Visit) -> Hashable:
    with visit.desk.journal.read() as tx:
        case = find_case(tx, visit.path("number"), visit.visitor)
        newest = tx.regroups.of_cases([case.id], limit=1)
        children = tuple((one.child, one.looked_at) for one in tx.links.by(parent=case.id))
        return case.state, case.updated_at, tx.alerts.joined_count(case.id), tuple(newest), children


def pieces(visit: Visit) -> dict[str, str]:
    context = {**here(visit), **_content(visit)}
    return {name: fragment("storm.html", name, context) for name in ("figures", "picture", "joins", "apart")}


def kin(visit: Visit, case: Case) -> dict[str, object]:
    """For the page of a case: the case that it is part of, its parent, its children."""
    with visit.desk.journal.read() as tx:
        whole = tx.cases.get(case.merged_into) if case.merged_into else None
        parent = tx.cases.get(case.parent) if case.parent else None
        children = [tx.cases.get(link.child) for link in tx.links.by(parent=case.id, limit=100)]
    return {"whole": whole, "parent": parent, "children": [one for one in children if one is not None]}


async def merge(visit: Visit, form: Form) -> str:
    """Merge the cases that are named into this one."""
    numbers = [one for one in form.get("cases", "").replace(",", " ").replace("#", " ").split() if one]
    if not numbers:
        raise BadInput("name the cases by their numbers", mend="such as 43 44")
    case, *others = _find(visit, visit.path("number"), *numbers)
    await visit.desk.regroup.merge([one.id for one in others], into=case.id, by=mover(visit.visitor), reason=_why(form))
    return f"/cases/{case.number}/storm?told=merged"


async def split(visit: Visit, form: Form) -> str:
    """Take what was ticked out of this case, for a new one or for the one that is named."""
    into = form.get("into", "").strip()
    case, *others = _find(visit, visit.path("number"), *([into] if into else []))
    alerts = [
        (fingerprint, source)
        for name, value in form.items()
        if name.startswith("alert.")
        and (parts := value.partition(" "))
        and (source := parts[0])
        and (fingerprint := parts[2])
    ]
    services = [name.removeprefix("lane.") for name in form if name.startswith("lane.")]
    keys = visit.desk.regroup.keys(case.id, alerts=alerts, services=services)
    done = await visit.desk.regroup.split(
        case.id, keys, into=others[0].id if others else None, by=mover(visit.visitor), reason=_why(form)
    )
    with visit.desk.journal.read() as tx:
        return f"/cases/{tx.cases.need(done.into).number}/storm?told=split"


async def undo(visit: Visit, form: Form) -> str:
    done = await visit.desk.regroup.undo(visit.path("id"), by=mover(visit.visitor), reason=_why(form))
    with visit.desk.journal.read() as tx:
        case = tx.cases.need(done.into if done.kind == "merge" else done.out_of[0])
    return f"/cases/{case.number}/storm?told=undone"


async def link(visit: Visit, form: Form) -> str:
    """Make this case the child of another."""
    child, parent = _find(visit, visit.path("number"), form.get("parent", "").strip())
    await visit.desk.regroup.link(child.id, parent.id, by=mover(visit.visitor), reason=_why(form))
    return f"/cases/{child.number}/storm?told=linked"


async def unlink(visit: Visit, form: Form) -> str:
    (child,) = _find(visit, visit.path("number"))
    await visit.desk.regroup.unlink(child.id, by=mover(visit.visitor), reason=_why(form))
    return f"/cases/{child.number}/storm?told=unlinked"


async def merge_doubted(visit: Visit, form: Form) -> str:
    """One click: merge two cases that look like one, for the reason that grouping gives."""
    with visit.desk.journal.read() as tx:
        doubt = tx.doubts.need(visit.path("id"))
        lead = best_lead([tx.cases.need(doubt.one), tx.cases.need(doubt.other)])
    others = [one for one in (doubt.one, doubt.other) if one != lead.id]
    await visit.desk.regroup.merge(
        others, into=lead.id, by=mover(visit.visitor), reason=f"They look like one. {doubt.why}"[:500]
    )
    return f"/cases/{lead.number}/storm?told=merged"


async def dismiss(visit: Visit, form: Form) -> str:
    await visit.desk.regroup.dismiss(visit.path("id"), by=mover(visit.visitor))
    return "/storms?told=doubt_dismissed"


def _find(visit: Visit, *references: str) -> list[Case]:
    with visit.desk.journal.read() as tx:
        return [find_case(tx, one, visit.visitor) for one in references]


def _why(form: Form) -> str:
    return form.get("reason", "").strip()[:500]
