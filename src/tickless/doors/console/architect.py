"""The architect: a procedure in plain words or as a file, what became of it, how it would go, propose it; and sign."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, RunbookInvalid
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.architecting import Simulated, Tried
from tickless.flow.desk.drafting import DryRun, Replay

LONGEST = 8_000
LONGEST_FILE = 200_000
DAYS = 30
"""What is replayed here; the command and the API take any number."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/architect", "act", page),
        frame.deed("/architect", "act", work),
        frame.show("/proposals", "read", proposals),
        frame.show("/proposals/{id}", "read", proposal),
        frame.deed("/proposals/{id}/sign", "admin", sign),
        frame.deed("/proposals/{id}/refuse", "act", refuse),
    ]


def page(visit: Visit) -> Screen:
    return _screen(visit)


def _screen(
    visit: Visit, *, description: str = "", text: str = "", tried: Tried | None = None,
    simulated: Sequence[Simulated] | None = None, rehearsal: DryRun | None = None, replay: Replay | None = None,
    inputs: str = "", problem: str = "",
) -> Screen:  # fmt: skip
    with visit.desk.journal.read() as tx:
        waiting = tx.runbook_drafts.count(tx.runbook_drafts.table.c.state == "proposed")
    return Screen("architect.html", {
        "description": description, "text": text, "tried": tried, "simulated": simulated, "problem": problem, "open": waiting,
        "rehearsal": rehearsal, "replay": replay, "inputs": inputs, "numbered": text.splitlines() if text else [],
    })  # fmt: skip


async def work(visit: Visit, form: Form) -> Screen | str:
    """Describe, look again, simulate, rehearse, replay or propose, by the button that was pressed."""
    architect, by = visit.desk.architect, visit.visitor.actor
    description, text = (
        form.get("description", "")[:LONGEST].strip(),
        form.get("text", "")[:LONGEST_FILE].replace("\r\n", "\n"),
    )
    deed = form.get("deed", "describe")
    if deed == "describe":
        if not description:
            raise BadInput("write what is to be done, in plain words")
        model = form.get("by_model") == "yes"
        tried = await run_in_threadpool(lambda: architect.describe(description, by=by, by_model=model))
        return await run_in_threadpool(
            lambda: _screen(visit, description=description, text=tried.drafted.text, tried=tried)
        )
    if not text.strip():
        raise BadInput("there is no draft yet")
    tried = await run_in_threadpool(architect.look, text)
    simulated, rehearsal, replay, inputs, problem = None, None, None, form.get("inputs", "")[:4_000], ""
    drafting = visit.desk.drafting
    try:
        if deed == "rehearse":
            given = _inputs(inputs)
            rehearsal = await run_in_threadpool(lambda: drafting.rehearse(drafting.compile(text), given, by=by))
        elif deed == "replay":
            replay = await run_in_threadpool(lambda: drafting.replay(text=text, runbook=None, days=DAYS, by=by))
        elif deed == "simulate":
            simulated = await run_in_threadpool(lambda: architect.simulate(text, by=by))
        elif deed == "propose":
            keeper = keeper_of(visit.visitor)
            gaps = [one for one in form.get("gaps", "").split("\n") if one]
            made = await run_in_threadpool(
                lambda: architect.propose(
                    text, by=keeper, described=description, method=form.get("method", ""), gaps=gaps,
                    note=form.get("note", ""),
                )
            )  # fmt: skip
            return f"/proposals/{made.id}?told=runbook_proposed"
    except RunbookInvalid:
        problem = "It does not compile yet: see its problems."
    except BadInput as error:
        problem = f"{error.public[:1].upper()}{error.public[1:]}; {error.mend}."
    return await run_in_threadpool(
        lambda: _screen(
            visit, description=description, text=text, tried=tried, simulated=simulated, rehearsal=rehearsal, replay=replay,
            inputs=inputs, problem=problem,
        )
    )  # fmt: skip


def _inputs(written: str) -> dict[str, str]:
    """`name=value`, one a line."""
    lines = [line.partition("=") for line in written.splitlines() if line.strip()]
    return {name.strip()[:80]: value.strip()[:500] for name, _, value in lines}


def proposals(visit: Visit) -> Screen:
    return Screen("proposals.html", {"proposals": visit.desk.architect.proposals()})


def proposal(visit: Visit) -> Screen:
    one, tried = visit.desk.architect.proposal(visit.path("id"))
    own = visit.visitor.actor == one.by or (visit.visitor.person is not None and visit.visitor.person.id == one.person)
    return Screen("proposal.html", {"one": one, "tried": tried, "own": own, "numbered": one.text.splitlines()})


async def sign(visit: Visit, form: Form) -> str:
    identity, reason = visit.path("id"), form.get("reason", "").strip()
    keeper = keeper_of(visit.visitor)
    done = await run_in_threadpool(lambda: visit.desk.architect.publish(identity, by=keeper, reason=reason))
    return f"/runbooks/{done.runbook}?told=runbook_signed"


async def refuse(visit: Visit, form: Form) -> str:
    identity, reason = visit.path("id"), form.get("reason", "").strip()
    keeper = keeper_of(visit.visitor)
    await run_in_threadpool(lambda: visit.desk.architect.refuse(identity, by=keeper, reason=reason))
    return "/proposals?told=runbook_refused"
