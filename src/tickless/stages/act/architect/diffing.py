"""A draft beside another runbook, in words that people sign. Pure."""

from __future__ import annotations

import re

from tickless.domain.runbook import Runbook, Step
from tickless.stages.act.comparing import Difference, differences
from tickless.stages.act.compiler import operations_used


def in_words(old: Runbook | None, new: Runbook, *, effects: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What changes for people, one sentence each. `old` None: what the new one does. `effects`: the operations that change
    something."""
    if old is None:
        return tuple(_all_of(new, effects))
    told: list[str] = []
    added, gone = operations_used(new) - operations_used(old), operations_used(old) - operations_used(new)
    told += [f"It also uses {name}{_changes(name, effects)}." for name in sorted(added)]
    told += [f"It no longer uses {name}." for name in sorted(gone)]
    if old.approval != new.approval:
        told.append(f"Who must say yes: {_who(old)} before, {_who(new)} now.")
    if old.effect != new.effect:
        told.append(f"Its effect is {new.effect}, and was {old.effect}.")
    if (old.undo == "steps") != (new.undo == "steps"):
        told.append(
            "All of it can be taken back now." if new.undo == "steps" else "Not all of it can be taken back now."
        )
    told += [one for difference in differences(old, new) if (one := _plain(difference))]
    return tuple(dict.fromkeys(told)) or ("Only words differ.",)


def _all_of(new: Runbook, effects: frozenset[str]) -> list[str]:
    inputs = ", ".join(f"{name} ({one.type})" for name, one in new.inputs.items()) or "nothing"
    told = [f"It is new. It needs to know: {inputs}.", f"Who must say yes: {_who(new)}."]
    told += [f"{number}. {_step(step)}" for number, step in enumerate(new.steps, 1)]
    told += [f"Read back afterwards: {check.uses}, {_bare(check.expect)}." for check in new.verify]
    told.append(
        "All of it can be taken back."
        if new.undo == "steps"
        else f"Not all of it can be taken back: {new.undo.irreversible}"
    )
    changing = sorted(operations_used(new) & effects)
    told.append(f"It changes things by: {', '.join(changing)}." if changing else "It changes nothing.")
    return told


def _step(step: Step) -> str:
    title = step.title or step.uses or step.id
    return f"{title}{f', if {_bare(step.condition)}' if step.condition else ''}."


def _who(runbook: Runbook) -> str:
    return ", ".join(role.replace("_", " ") for role in runbook.approval.roles) or "nobody beyond what policy asks for"


def _changes(name: str, effects: frozenset[str]) -> str:
    return ", which changes something" if name in effects else ""


def _bare(expression: str) -> str:
    return re.sub(r"\s+", " ", expression.replace("${{", "").replace("}}", "")).strip()


def _plain(one: Difference) -> str:
    area, _, rest = one.where.partition(".")
    match area:
        case "inputs" if "." not in rest:
            return f"Input {rest} {_came_or_went(one)}."
        case "inputs":
            return f"Input {rest.replace('.', ', ')}: {_from_to(one)}."
        case "steps" if "." not in rest:
            return f"Step {rest or one.where} {_came_or_went(one)}."
        case "steps":
            return f"Step {rest.replace('.', ', ')}: {_from_to(one)}."
        case "precheck" | "verify":
            return f"What is read {'beforehand' if area == 'precheck' else 'back afterwards'} is different."
        case "serves":
            return "What leads to it is different."
        case "requires":
            return f"What it requires: {rest.replace('_', ' ').replace('.', ', ')}: {_from_to(one)}."
        case _:
            return ""


def _came_or_went(one: Difference) -> str:
    return "is new" if one.before is None else "is gone" if one.after is None else "is different"


def _from_to(one: Difference) -> str:
    return f"{_short(one.before)} → {_short(one.after)}"


def _short(value: str | None) -> str:
    return "nothing" if value is None else _bare(value)[:80]
