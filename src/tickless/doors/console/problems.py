"""Problems: what is worth looking into, one of them with what is known, its actions and its review."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.problem import AnalysisDraft, Candidate, ProblemDraft
from tickless.doors.console.frame import Form as Sent
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.improvements import HEAD, propose_form, rows_of
from tickless.doors.console.practice_forms import parsed, people_and_services
from tickless.doors.console.sheet import (
    Block,
    Cell,
    Deed,
    Facts,
    Field,
    Form,
    Link,
    Rows,
    Sheet,
    Tag,
    What,
    When,
    Words,
    choice,
    screen,
    story,
    text,
)
from tickless.doors.console.wording import Tone, plain
from tickless.doors.entrance.holding import keeper_of

PURPOSE = "Causes behind incidents: which are worth finding, what is known of them, and what is done about them."
STATES: dict[str, tuple[str, Tone]] = {
    "open": ("being looked into", "warn"), "known_error": ("known error", "info"), "closed": ("removed", "good"),
    "dropped": ("dropped", "info"),
}  # fmt: skip


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/problems", "read", page),
        frame.deed("/problems", "own_cases", open_problem),
        frame.show("/problems/{id}", "read", one),
        frame.deed("/problems/{id}/{deed}", "own_cases", do),
    ]


def page(visit: Visit) -> Screen:
    desk = visit.desk.practices.problems
    people, services = people_and_services(visit)
    rows = [
        (What(Link(it.title, f"/problems/{it.id}"), (it.id, services.get(it.service or "", it.service or ""))),
         people.get(it.owner or "", it.owner), Tag(*STATES[it.state]), When(it.made_at))
        for it in desk.listed()
    ]  # fmt: skip
    found = [_candidate(it, services) for it in desk.candidates()[:30]]
    why = f"At least {desk.rules.least} incidents of a kind in {desk.rules.days} days, by what removing the cause would save."
    blocks: tuple[Block, ...] = (
        Rows(
            "Problems",
            ("Problem", "Owner", "State", "Since"),
            rows,
            "There is no problem",
            "Open one of the candidates below.",
        ),
        Rows(
            "Worth looking into",
            ("Kind", "Times", "Costs a year", "Worth", ""),
            found,
            "Nothing comes again often enough",
            why,
        ),
    )
    form = Form(
        "Open a problem",
        "/problems",
        (
            Field("title", "What is behind it", required=True),
            Field(
                "service",
                "Service",
                "select",
                choice(sorted(services.items(), key=lambda pair: pair[1]), none="none in particular"),
            ),
            Field("why", "Why", "area"),
        ),
        "Open it",
    )
    return screen(Sheet("Problems", PURPOSE, blocks, (form,) if visit.visitor.may("own_cases") else ()))


def _candidate(it: Candidate, services: dict[str, str]) -> tuple[Cell, ...]:
    name = f"{plain(it.need) if it.need else 'Trouble'} at {services.get(it.service or '', it.service or 'no one service')}"
    worth = Tag("pays", "good") if it.worth > 0 else Tag("does not pay", "info")
    button = Deed("Open", "/problems", (("title", name[:200]), ("candidate", it.key)), name)
    return (
        What(name, (it.words,)),
        str(it.count),
        f"{it.cost:,.0f} ({it.cost_low:,.0f} to {it.cost_high:,.0f})",
        worth,
        button,
    )


def one(visit: Visit) -> Screen:
    shown = visit.desk.practices.problems.show(visit.path("id"))
    it = shown.problem
    people, services = people_and_services(visit)
    numbers = tuple(Link(f"#{number}", f"/cases/{number}") for number in it.cases[:20])
    facts = Facts("Facts", (
        ("State", Tag(*STATES[it.state])), ("Service", services.get(it.service or "", it.service or "none in particular")),
        ("Owner", people.get(it.owner or "", it.owner)), ("Cases", numbers or None), ("Came since", str(shown.since)),
        ("Chosen by", it.selected.words if it.selected else None), ("Review", it.depth),
        ("Known error", Link(it.known_error, "/known") if it.known_error else None),
    ))  # fmt: skip
    blocks: list[Block] = [Rows("Actions", HEAD, rows_of(list(shown.actions), people), "No action follows yet")]
    for title, words in (("Cause", it.cause), ("Workaround", it.workaround), ("Review", it.review)):
        if words:
            blocks.append(Words(title, tuple(line for line in words.splitlines() if line.strip())))
    blocks.append(story(it.story, people))
    forms: tuple[Block, ...] = ()
    if it.state in {"open", "known_error"} and visit.visitor.may("own_cases"):
        base = f"/problems/{it.id}"
        forms = (
            Form(
                "What is known",
                f"{base}/analysis",
                (
                    Field("cause", "Cause", "area", value=it.cause),
                    Field("workaround", "Workaround", "area", value=it.workaround),
                    Field("symptoms", "As people describe it, one a line", "area"),
                    Field("review", "Review", "area", value=it.review),
                ),
                "Keep it",
                "With a workaround it is a known error, which people who describe it are offered.",
            ),
            propose_form(visit, people, services, origin=it.id, service=it.service or ""),
            Form(
                "It is over",
                f"{base}/close",
                (Field("reason", "Why", required=True), Field("drop", "Not worth it any more", "check")),
                "Close it",
            ),
        )
    return screen(
        Sheet(it.title, f"{it.id}: {PURPOSE}", tuple(blocks), (facts, *forms), crumb=Link("Problems", "/problems"))
    )


async def open_problem(visit: Visit, form: Sent) -> str:
    draft = parsed(ProblemDraft, title=text(form, "title", 200), candidate=text(form, "candidate"),
                   service=text(form, "service") or None, why=text(form, "why"))  # fmt: skip
    by = keeper_of(visit.visitor)
    made = await run_in_threadpool(lambda: visit.desk.practices.problems.open_problem(draft, by=by))
    return f"/problems/{made.id}?told=kept_record"


async def do(visit: Visit, form: Sent) -> str:
    desk, by, key = visit.desk.practices.problems, keeper_of(visit.visitor), visit.path("id")
    match visit.path("deed"):
        case "analysis":
            symptoms = tuple(line.strip()[:200] for line in form.get("symptoms", "").splitlines() if line.strip())
            draft = parsed(AnalysisDraft, cause=text(form, "cause"), workaround=text(form, "workaround"), symptoms=symptoms,
                           review=text(form, "review"))  # fmt: skip
            await run_in_threadpool(lambda: desk.analyse(key, draft, by=by))
        case "close":
            drop = form.get("drop") == "yes"
            await run_in_threadpool(lambda: desk.close(key, by=by, reason=text(form, "reason", 1_000), drop=drop))
        case _:
            raise BadInput("there is no such deed")
    return f"/problems/{key}?told=kept_record"
