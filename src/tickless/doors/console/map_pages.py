"""The pages beside the map: an edge and who says so; the sources, what contradicts, what is stale, what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, OutsideError
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.practices.services.judging import Judgement
from tickless.practices.services.standing import all_conflicts, edge_story, stale_things
from tickless.practices.services.syncing import MapDiff

MOST = 200
_PERSON = "person:"


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/map/sources", "read", sources),
        frame.deed("/map/sources/{id}", "act", sync),
        frame.deed("/map/refused/{id}", "act", settle),
        frame.show("/map/edges/{service}/{needs}", "read", edge),
        frame.deed("/map/edges/{service}/{needs}", "act", judge),
    ]


def sources(visit: Visit) -> Screen:
    return Screen("map_sources.html", _sources(visit))


def _sources(visit: Visit, *, diff: MapDiff | None = None, problem: str = "") -> dict[str, object]:
    with visit.desk.journal.read() as tx:
        table = tx.map_refused.table.c
        refused = tx.map_refused.where(table.state == "waiting", order=table.at.desc(), limit=MOST)
        stale = stale_things(tx, now=visit.now)
        conflicts = all_conflicts(tx)
        names = names_of(tx, people=_people(one.by for one in conflicts))
    return {
        "sources": visit.desk.map.sources(), "refused": refused, "stale": stale[:MOST], "stale_count": len(stale),
        "conflicts": conflicts[:MOST], "diff": diff, "problem": problem, "names": names, "most": MOST, "who": who(names),
    }  # fmt: skip


async def sync(visit: Visit, form: Form) -> Screen:
    """Ask a source now, or only look what would change."""
    name, dry, sure = visit.path("id"), form.get("deed") != "sync", form.get("sure") == "yes"
    desk, by = visit.desk.map, visit.visitor.actor
    try:
        diff = await run_in_threadpool(lambda: desk.sync(name, by=by, dry_run=dry, sure=sure))
    except OutsideError as error:
        problem = f"{name}: {error.public}"
        return Screen("map_sources.html", await run_in_threadpool(lambda: _sources(visit, problem=problem)))
    return Screen("map_sources.html", await run_in_threadpool(lambda: _sources(visit, diff=diff)))


async def settle(visit: Visit, form: Form) -> str:
    desk, row, by = visit.desk.map, visit.path("id"), visit.visitor.actor
    if form.get("deed") == "dismiss":
        await run_in_threadpool(lambda: desk.dismiss(row, by=by))
        return "/map/sources?told=row_left"
    done = await run_in_threadpool(lambda: desk.replay(row, by=by))
    return f"/map/sources?told={'row_fits' if done.state == 'taken' else 'row_waits'}"


def edge(visit: Visit) -> Screen:
    service, needs = visit.path("service"), visit.path("needs")
    with visit.desk.journal.read() as tx:
        story = edge_story(tx, service, needs, now=visit.now)
        titles = {key: one.name if (one := tx.services.get(key)) else key for key in (service, needs)}
        names = names_of(tx, people=_people(word.claim.source for word in story.words))
    judged = next((word for word in story.words if word.claim.origin == "person" and not word.claim.withdrawn_at), None)
    return Screen("map_edge.html", {"story": story, "titles": titles, "who": who(names), "judged": judged})


async def judge(visit: Visit, form: Form) -> str:
    service, needs = visit.path("service"), visit.path("needs")
    judgements: dict[str, Judgement] = {"confirm": "confirm", "reject": "reject", "withdraw": "withdraw"}
    judgement = judgements.get(form.get("deed", ""))
    if judgement is None:
        raise BadInput("an edge is confirmed, rejected, or what was said is taken back")
    desk, by, reason = visit.desk.map, visit.visitor.actor, form.get("reason", "")
    await run_in_threadpool(lambda: desk.judge(service, needs, judgement, by=by, reason=reason))
    return f"/map/edges/{quote(service, safe='')}/{quote(needs, safe='')}?told=edge_{judgement}"


def _people(said: Iterable[str]) -> list[str]:
    return sorted({one.removeprefix(_PERSON) for one in said if one.startswith(_PERSON)})


def who(names: Mapping[str, str]) -> Callable[[str], str]:
    """How a source is called on a page: people by their names."""
    return lambda source: names.get(plain := source.removeprefix(_PERSON), plain)
