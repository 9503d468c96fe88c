"""Deciding about past cases again, with other runbooks: what differs between two choices. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tickless.stages.decide.core import Choice

Likeness = Literal["same", "differently", "not"]


@dataclass(frozen=True)
class Replayed:
    """One past case. `likeness`: the same as before, differently, or it would not run this runbook at all and did not."""

    likeness: Likeness
    would_run: bool
    why: tuple[str, ...] = ()


def compare(before: Choice, after: Choice, runbook: str) -> Replayed:
    """Two first choices about one case: with what is published now, and with the draft in its place."""
    led, leads = leads_to(before, runbook), leads_to(after, runbook)
    if not led and not leads:
        return Replayed("not", would_run=False)
    why = tuple(_why(before, after, led=led, leads=leads))
    return Replayed("differently" if why else "same", would_run=leads, why=why)


def leads_to(choice: Choice, runbook: str) -> bool:
    """Whether that choice is about running that runbook: now, after an answer, or after somebody's yes."""
    if choice.plan is not None:
        return choice.plan.runbook == runbook and choice.kind not in {"hand_off", "refuse", "mute"}
    return choice.kind == "ask_person" and runbook in choice.candidates


def _why(before: Choice, after: Choice, *, led: bool, leads: bool) -> list[str]:
    if led and not leads:
        return [f"it would not run any more: {after.summary}"]
    if leads and not led:
        return [f"it would run now; so far: {before.summary}"]
    found = []
    if before.kind != after.kind:
        found.append(f"{_words(before.kind)} → {_words(after.kind)}: {after.summary}")
    elif before.approvers != after.approvers:
        found.append("other people would be asked for their yes")
    one, other = before.plan, after.plan
    if one is None or other is None:
        return found
    if one.inputs != other.inputs:
        names = sorted(name for name in one.inputs.keys() | other.inputs.keys()
                       if one.inputs.get(name) != other.inputs.get(name))  # fmt: skip
        found.append(f"with other inputs: {', '.join(names)}")
    if one.targets != other.targets:
        found.append("it would touch something else")
    told = {
        "precheck": "it would look at other preconditions",
        "steps": "it would do other steps",
        "verify": "it would be read back differently",
    }
    found += [text for part, text in told.items() if getattr(one, part) != getattr(other, part)]
    if (one.effect, one.reversible) != (other.effect, other.reversible):
        found.append("it promises another effect or undo")
    return found


def _words(kind: str) -> str:
    return kind.replace("_", " ")
