"""Cases that an operator opens by running a runbook: the same case, the same policy, the same story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping

from tickless.domain.case import BY_HAND, Case
from tickless.domain.errors import BadInput
from tickless.domain.finding import Evidence
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.stages.correlate.impact import impact
from tickless.stages.decide.binding import LABEL, Bound

PREVIEW = "preview"


def preview_case(runbook: Runbook, inputs: dict[str, str], *, world: World, by: str, now: dt.datetime) -> Case:
    """A case that exists only on paper: for rehearsals."""
    return _case(PREVIEW, 0, runbook, inputs, world=world, by=by, reason="only looked at", now=now)


def manual_case(
    tx: Tx, runbook: Runbook, inputs: dict[str, str], *, world: World, by: str, reason: str, now: dt.datetime
) -> Case:
    """Open a case for a run that `by` asked for."""
    number = tx.coordination.next_number("case")
    case = _case(new_id("case"), number, runbook, inputs, world=world, by=by, reason=reason, now=now)
    tx.cases.put(case)
    tx.audit.append(at=now, actor=by, action="case.open", subject=case.subject or case.id, case=case.id,
                    detail={"runbook": runbook.runbook, "reason": reason, "inputs": inputs})  # fmt: skip
    return case


def not_bound(runbook: Runbook, missing: Iterable[str], inputs: Mapping[str, str]) -> BadInput:
    """What is missing, and what was given and stands for nothing on record."""
    lost = [name for name in missing if not inputs.get(name)]
    unknown = [f"{runbook.inputs[name].type} {inputs[name][:80]!r} ({name})" for name in missing if inputs.get(name)]
    told = [f"nothing on record is the {' or the '.join(unknown)}"] if unknown else []
    told += [f"these inputs are missing: {', '.join(lost)}"] if lost else []
    return BadInput("; ".join(told), mend="give them as name=value: people by login, other things by id or name")


def lost_names(runbook: Runbook, bound: Bound, inputs: Mapping[str, str], world: World) -> list[str]:
    """Inputs that are missing, and those that were given and stand for nothing on record: what comes by itself never takes
    the place of what somebody named."""
    known = _linked(runbook, dict(inputs), world)
    records: Mapping[str, Container[str]] = {"device": world.devices, "service": world.services}
    missing = {one.name for one in bound.missing}
    for name, reference in known.items():
        if not name.startswith(LABEL) and reference not in records.get(runbook.inputs[name].type, (reference,)):
            missing.add(name)
    return [name for name in runbook.inputs if name in missing]


def _case(
    identity: str,
    number: int,
    runbook: Runbook,
    inputs: dict[str, str],
    *,
    world: World,
    by: str,
    reason: str,
    now: dt.datetime,
) -> Case:
    known = _linked(runbook, inputs, world)
    service = known.get("service")
    speaker = by if by in world.people else None
    who = by.removeprefix("user:")
    return Case(
        id=identity,
        number=number,
        kind=runbook.kind,
        need=(runbook.serves.intents or (runbook.runbook,))[0],
        title=Untrusted(runbook.title),
        subject=f"{BY_HAND}{runbook.runbook}:{number}",
        service=service,
        requester=speaker,
        speaker=speaker,
        assurance="signed_in",
        door="human" if runbook.serves.intents else "machine",
        inputs=known,
        impact=impact(kind=runbook.kind, service=service, severity=None, world=world, at=now),
        opened_at=now,
        updated_at=now,
        evidence=(Evidence(text=f"{who} ran “{runbook.title}”: {reason}", source="operator"),),
    )


def _linked(runbook: Runbook, inputs: dict[str, str], world: World) -> dict[str, str]:
    """Inputs as references: people by login, services by name, labels for the machine door. Raises `BadInput`."""
    known: dict[str, str] = {}
    for name, text in inputs.items():
        wanted = runbook.inputs.get(name)
        if wanted is None:  # what a case knows beside them (who has proved who they are) is not for callers to say
            raise BadInput(f"“{runbook.title}” has no input {name[:80]!r}", mend=f"it has: {', '.join(runbook.inputs)}")
        if wanted.type == "person" and (person := world.person_called(text)):
            known[name] = person.id
        elif wanted.type == "service" and (service := world.service_named(text)):
            known[name] = service.id
        elif wanted.type == "app":
            known[name] = next((a.id for a in world.apps.values() if text.casefold() in
                                {a.id, a.name.casefold(), *(alias.casefold() for alias in a.aliases)}), text)  # fmt: skip
        elif wanted.type == "device":
            known[name] = next((d.id for d in world.devices.values() if text in {d.id, d.tag}), text)
        else:
            known[name] = text
            for label in wanted.label:
                known[f"{LABEL}{label}"] = text
    return known
