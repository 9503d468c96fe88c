"""What only the whole folder can tell: the runbooks that others call, what is attached, and what follows from both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tickless.domain.runbook import Irreversible, Runbook, Step
from tickless.domain.step import Call, Linked
from tickless.stages.act.catalogue import RANK

MAX_DEPTH = 3
"""How deep runbooks may call each other."""
LONGEST_ATTACHMENT = 65_536
RECORDS = frozenset({"person", "device", "app", "service", "ci", "department", "apps", "date"})
"""Types of inputs that hold a record: a caller hands one on whole, such as `${{ inputs.person }}`."""


@dataclass(frozen=True)
class Fault:
    """Something that does not fit. `where`: such as `steps.renew.call`."""

    runbook: str
    code: str
    where: str
    reason: str
    mend: str


def attach(runbook: Runbook, folder: Path) -> tuple[Runbook, list[Fault]]:
    """The runbook with what stands in its attachments, which lie beside it or below."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for name, file in runbook.attachments.items():
        path = folder / file
        reason = ""
        if not path.resolve().is_relative_to(folder.resolve()):
            reason = "it does not lie beside the runbook"
        elif not path.is_file():
            reason = "there is no such file"
        elif path.stat().st_size > LONGEST_ATTACHMENT:
            reason = f"it is longer than {LONGEST_ATTACHMENT:,} bytes"
        else:
            try:
                found[name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                reason = "it cannot be read as text"
        if reason:
            mend = "name a text file by its path from the folder of the runbook"
            faults.append(Fault(runbook.runbook, "bad_attachment", f"attachments.{name}", f"{file}: {reason}", mend))
    return runbook.model_copy(update={"attached": found}) if found else runbook, faults


def link(runbooks: Mapping[str, Runbook]) -> tuple[dict[str, Runbook], list[Fault]]:
    """The runbooks with what they call filled in, and everything that does not fit."""
    faults = [fault for one in runbooks.values() for fault in _wrong_calls(one, runbooks)]
    faults += _understated(runbooks)
    if faults:
        return dict(runbooks), faults
    return {name: _linked(one, runbooks, depth=0) for name, one in runbooks.items()}, []


def _calls(runbook: Runbook) -> Iterator[tuple[Step, Call]]:
    for step in runbook.steps:
        if step.call is not None:
            yield step, step.call


def _wrong_calls(runbook: Runbook, runbooks: Mapping[str, Runbook]) -> Iterator[Fault]:
    for step, call in _calls(runbook):
        fault = _fault_maker(runbook.runbook, f"steps.{step.id}.call")
        led = runbooks.get(call.runbook)
        if led is None:
            mend = (
                "publish that one first, or put it beside this one; while it has mistakes of its own, mend those first"
            )
            yield fault("call_leads_nowhere", f"there is no runbook {call.runbook!r}", mend)
            continue
        if _deep(led, runbooks, (runbook.runbook,)) > MAX_DEPTH:
            mend = f"runbooks call each other {MAX_DEPTH} deep at most, and never in a circle"
            yield fault("call_leads_nowhere", f"{call.runbook!r} leads too deep, or back here", mend)
        if any(one.tasks is not None for one in led.steps):
            yield fault("call_leads_nowhere", f"{call.runbook!r} opens tasks", "open the tasks here")
        for name in sorted(set(call.with_) - set(led.inputs)):
            yield fault("unknown_param", f"{call.runbook!r} has no input {name!r}", "remove it")
        for name, described in led.inputs.items():
            if name not in call.with_ and not described.optional and described.default is None:
                yield fault("missing_param", f"{call.runbook!r} needs {name!r}", f"add `{name}:` under `with`")
            given = call.with_.get(name)
            if described.type in RECORDS and given is not None and not str(given).strip().startswith("${{"):
                mend = "hand on a whole record, such as ${{ inputs.person }}"
                yield fault("wrong_type", f"{name} is a {described.type}", mend)


def _fault_maker(runbook: str, where: str) -> Callable[[str, str, str], Fault]:
    return lambda code, reason, mend: Fault(runbook, code, where, reason, mend)


def _deep(runbook: Runbook, runbooks: Mapping[str, Runbook], path: tuple[str, ...]) -> int:
    """How deep it calls; more than is allowed when it comes back to where it was."""
    if runbook.runbook in path:
        return MAX_DEPTH + 1
    inner = [runbooks[call.runbook] for _, call in _calls(runbook) if call.runbook in runbooks]
    return 1 + max((_deep(one, runbooks, (*path, runbook.runbook)) for one in inner), default=0)


def _linked(runbook: Runbook, runbooks: Mapping[str, Runbook], *, depth: int) -> Runbook:
    if not any(True for _ in _calls(runbook)):
        return runbook
    steps = tuple(_filled(step, runbooks, depth=depth) for step in runbook.steps)
    return runbook.model_copy(update={"steps": steps})


def _filled(step: Step, runbooks: Mapping[str, Runbook], *, depth: int) -> Step:
    if step.call is None or depth >= MAX_DEPTH:
        return step
    led = _linked(runbooks[step.call.runbook], runbooks, depth=depth + 1)
    linked = Linked(
        runbook=led.runbook,
        revision=led.revision,
        title=led.title,
        precheck=led.precheck,
        steps=led.steps,
        verify=led.verify,
        outputs=led.outputs,
        attached=led.attached,
        defaults={name: one.default for name, one in led.inputs.items() if one.default is not None},
    )
    return step.model_copy(update={"call": step.call.model_copy(update={"linked": linked})})


def _understated(runbooks: Mapping[str, Runbook]) -> Iterator[Fault]:
    """Callers that claim less effect, or more undo, than what they call."""
    for runbook in runbooks.values():
        for step, call in _calls(runbook):
            led = runbooks.get(call.runbook)
            if led is None:
                continue
            fault = _fault_maker(runbook.runbook, f"steps.{step.id}.call")
            if RANK[led.effect] > RANK[runbook.effect]:
                reason = f"{call.runbook!r} is of effect {led.effect}, and this says {runbook.effect}"
                yield fault("effect_understated", reason, f"write `effect: {led.effect}`")
            if isinstance(led.undo, Irreversible) and runbook.undo == "steps":
                reason = f"{call.runbook!r} cannot be taken back"
                yield fault("undo_overstated", reason, "write `undo: {irreversible: why}`")
            if led.requires.verified_identity and not runbook.requires.verified_identity:
                reason = f"{call.runbook!r} requires a verified identity"
                yield fault("effect_understated", reason, "write `requires: {verified_identity: true}`")
            if led.requires.eligible and not runbook.requires.eligible:
                reason = f"{call.runbook!r} requires that the person is eligible"
                yield fault("effect_understated", reason, "write `requires: {eligible: true}`")
            missing = [role for role in led.approval.roles if role not in runbook.approval.roles]
            if missing:
                reason = f"{call.runbook!r} takes the yes of {', '.join(missing)}"
                yield fault("effect_understated", reason, "ask for the same under `approval:`")
