"""Clauses about several things: a list, the first few of it, what is looked at side by side."""

from __future__ import annotations

import re

from tickless.stages.act.architect import words
from tickless.stages.act.architect.conditions import Under
from tickless.stages.act.architect.kinds_doing import operate
from tickless.stages.act.architect.matching import doing_in
from tickless.stages.act.architect.page import Drawing

_LOOP = re.compile(
    r"\b(for )?(each|every|all|a list|list)( one)?( of)?( a list of| the| these| those|"
    r" its| their| them)* ?(of )?(the )?(hosts?|servers?|machines?|process(?:es)?|services|"
    r"devices|nodes|apps?|applications)\b"
)


_SINGULAR = {
    "hosts": "host", "servers": "server", "machines": "machine", "processes": "process", "services": "service",
    "devices": "device", "nodes": "node", "apps": "app", "applications": "app", "application": "app",
}  # fmt: skip


_LOOPED = {
    "host": "host",
    "server": "host",
    "machine": "host",
    "process": "process",
    "service": "service",
    "device": "device",
    "node": "node",
}


def several(drawing: Drawing, text: str, under: Under) -> str | None:
    """For each of a list; the first few alone; some at a time."""
    first = re.search(
        (
            r"\b(start|begin|try)\w* (it )?with (one|the first|two|three|\d+)|\b(one|two|"
            r"three|\d+) (\w+ )?first\b|\bcanary\b|\bfirst (one|two|three|\d+)\b"
        ),
        text,
    )
    looped = _LOOP.search(text)
    told = []
    if looped is not None and drawing.operating.loop is None:
        noun = _SINGULAR.get(looped[8], looped[8])
        if noun in {"app", "application"}:
            return _apps(drawing, text, under)
        parameter = _LOOPED.get(noun, "host")
        _open_loop(drawing, noun, parameter)
        told.append(f"for each of a list of {noun}s, {drawing.operating.loop['for_each']['at_most']} at most")  # type: ignore[index]
    loop = drawing.operating.loop
    if loop is not None and first is not None:
        count = int(words.number(first[0]) or 1)
        loop["for_each"]["canary"] = {"first": count, "watch": words.duration(text) or "10s"}
        told.append(f"{count} first, read back and watched, then the rest")
    if loop is not None and re.search(r"\bwatch\b", text) and words.duration(text):
        loop["for_each"].setdefault("canary", {"first": 1})["watch"] = words.duration(text)
        told.append(f"watched for {words.duration(text)}")
    if loop is not None and (at_once := re.search(r"\b(one|two|three|four|five|\d+) at (a time|once)\b", text)):
        loop["for_each"]["at_once"] = int(words.number(at_once[0]) or 1)
        told.append(f"{loop['for_each']['at_once']} at a time")
    if loop is not None and (most := words.most(text)) is not None:
        loop["for_each"]["at_most"] = most
        told.append(f"{most} at most")
    doing = doing_in(text, drawing.topic) if looped is not None else None
    if doing is not None:
        told.append(operate(drawing, text, under) or "")
    if loop is not None and not told and re.search(r"\b(the )?(others|rest)\b", text):
        told.append("then the rest")
    return "; ".join(one for one in told if one) or None


def _open_loop(drawing: Drawing, noun: str, parameter: str) -> None:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    drawing.sketch.inputs.add(plural, {"type": "text", "ask": f"Which {plural}? Please separate them by commas."})
    loop = {
        "title": f"One {noun} after the other",
        "for_each": {
            "each": f'${{{{ inputs.{plural}.split(",") }}}}',
            "at_most": 20,
            "target": "ci:${{ each }}",
            "steps": [],
        },
    }
    drawing.sketch.step(f"each_{noun}", loop)
    drawing.operating.loop = drawing.sketch.steps[-1]
    drawing.sketch.inputs.loop[parameter] = "${{ each }}"
    if noun == "server":
        drawing.sketch.inputs.loop["server"] = "${{ each }}"


def _apps(drawing: Drawing, text: str, under: Under) -> str | None:
    """What the person has, one request each, by the runbook that there is for it."""
    if "access.remove-app" not in drawing.means.runbooks or not re.search(r"\b(take|remov|revok|withdraw)\w*", text):
        return None
    drawing.operating.settle_yes()
    drawing.sketch.inputs.person()
    drawing.sketch.inputs.add("held", {"type": "apps", "kind": "held"})
    task = {
        "id": "app",
        "title": "Take ${{ each }} away from ${{ inputs.person.name }}",
        "runbook": "access.remove-app",
        "each": "${{ inputs.held.ids }}",
        "with": {"person": "${{ inputs.person.id }}", "app": "${{ each }}"},
    }
    step = drawing.sketch.step("parts", {"title": "Take every app away", "tasks": {"open": [task]}})
    drawing.sketch.step(
        "rest",
        {
            "title": "What could not be done goes to people",
            "if": f"${{{{ steps.{step}.left > 0 }}}}",
            "hand_off": {
                "reason": f"${{{{ steps.{step}.verified }}}} of ${{{{ steps.{step}.total }}}} apps are "
                f"taken away; people see to "
                f"${{{{ steps.{step}.open }}}}."
            },
        },
    )
    return "for each app that the person has, the runbook access.remove-app; what is left goes to people"


def parallel(drawing: Drawing, text: str, under: Under) -> str | None:
    """Several look-ups side by side."""
    if not re.search(r"\bat the same time|side by side|in parallel|simultaneously|at once\b", text) or (
        re.search(r"\w+ at once\b$", text) and drawing.operating.loop
    ):
        return None
    found = drawing.operating.probes_in(text)
    if len(found) < 2:
        return drawing.gap(
            text,
            "only several look-ups or operations can go side by side, and fewer than two were recognised",
            look=False,
        )
    steps = [{"id": name.rpartition(".")[2], "uses": check["uses"], "with": check["with"]} for name, check in found]
    drawing.sketch.step("together", {"title": "Look at the same time", "parallel": {"steps": steps}})
    return f"side by side: {', '.join(name for name, _ in found)}"
