"""Clauses that look: what must hold beforehand, what is looked up, what is read back, what is reported."""

from __future__ import annotations

import re

from tickless.stages.act.architect import words
from tickless.stages.act.architect.conditions import Under
from tickless.stages.act.architect.matching import (
    PASSIVE,
    Stated,
    active,
    condition_parts,
    doing_in,
    resolved,
    stated_in,
    topic_of,
)
from tickless.stages.act.architect.page import Drawing
from tickless.stages.act.architect.sketch import Gap

_CHECK = re.compile(
    r"^(again )?(check|verify|confirm|make sure|ensure|see|read|prove|test|see to it|"
    r"validate|bring up a test|double-check)\b|^(it|each|the \w+|there|afterwards \w+|"
    r"less|more) "
    r"(must|has to|have to|should|may)\b|\bmust be\b|\bmay be used\b|^(the |this |that "
    r")?(fact )?that\b|\bread back\b|^of (it|them)\b"
)
_LOOK = re.compile(
    r"^(look|find out|note|measure|inspect|examine|determine|check (whether|if)|see (whether|if))\b|\bfind out\b"
)
_OUTPUT = re.compile(
    r"^(report|return|output|give back|note down|record|state|hand back|print)\b(?!.*\b(page|label|badge)\b)"
)
_GENERIC = re.compile(r"\b(it|that|back|worked|done|there|gone|through|works|right|result|change|value|again|effect)\b")


def check(drawing: Drawing, text: str, under: Under) -> str | None:
    """Before anything is changed: what must hold. Afterwards: what is read back."""
    if PASSIVE.match(text) and not drawing.changed() and doing_in(active(text), drawing.topic) is not None:
        return None
    if not _CHECK.search(text) or (
        re.match(r"^(check|see|find out)\w* (whether|if|its|the|their)\b", text)
        and not drawing.changed()
        and not re.search(r"\bthat\b", text)
    ):
        return None
    if re.search(r"\bidentity\b", text):
        drawing.sketch.verified_identity = True
        return "the person has to prove who they are first"
    if re.search(r"\beligib", text):
        drawing.sketch.eligible = True
    found = _states(drawing, text)
    if not drawing.changed() and not found and drawing.sketch.eligible and "eligib" in text:
        return "the person has to be eligible"
    if not drawing.changed():
        return _beforehand(drawing, text, found, under)
    drawing.conditions.checked = True
    if not found:
        return _again(drawing, text)
    read = [stated for stated in found if _read_back(drawing, stated, text)]
    told = [f"{stated.fact.probe}: {stated.says.replace('result.', '')}" for stated in read]
    return (
        f"read back afterwards: {'; '.join(told)}"
        if told
        else drawing.gap(text, "no probe here can read that", look=False)
    )


def _states(drawing: Drawing, text: str) -> list[Stated]:
    topic = topic_of(text, drawing.topic)
    prefer = drawing.operating.last_probe()
    found: list[Stated] = []
    for _, part in condition_parts(text):
        stated = stated_in(part, topic_of(part, topic), prefer=prefer)
        if stated is not None and not any(one.fact is stated.fact for one in found):
            found.append(stated)
    return found


def _beforehand(drawing: Drawing, text: str, found: list[Stated], under: Under) -> str | None:
    if not found:
        return None
    told = []
    for stated in found:
        made = drawing.operating.check(stated.fact.probe, stated.says)
        if made is not None:
            drawing.conditions.add_precheck(made, "stop", "What has to hold beforehand does not, so people take over.")
            told.append(f"{stated.fact.probe}: {stated.says.replace('result.', '')}")
    drawing.conditions.last, drawing.conditions.checked, drawing.conditions.ended = None, False, True
    drawing.conditions.looked, drawing.conditions.beforehand = None, True
    return f"has to hold before anything is done, or people take over: {'; '.join(told)}" if told else None


def _again(drawing: Drawing, text: str) -> str:
    """A check in general words: the last operation's own proof is meant."""
    if not drawing.sketch.done:
        return drawing.gap(text, "no probe here can read that", look=False)
    last = drawing.sketch.done[-1]
    mentioned = set(re.findall(r"[a-z]+", resolved(text, drawing.topic)))
    if _GENERIC.search(text) or mentioned & last.doing.about:
        _within(last.proof, text)
        return f"read back afterwards: {last.doing.reads}"
    return drawing.gap(text, "no probe here can read that", look=False)


def _read_back(drawing: Drawing, stated: Stated, text: str) -> bool:
    operating, sketch = drawing.operating, drawing.sketch
    last = next((one for one in reversed(sketch.done) if one.doing.reads == stated.fact.probe), None)
    given = last.given if last is not None else None
    made = operating.check(stated.fact.probe, stated.says, given=given)
    if made is None:
        return False
    if operating.loop is not None and any("each" in str(value) for value in made["with"].values()):
        operating.loop["for_each"].setdefault("check", [])
        _replaced(operating.loop["for_each"]["check"], made)
        first = operating.loop["for_each"]["each"].removeprefix("${{").removesuffix("}}").strip()
        made = {
            **made,
            "with": {
                name: f"${{{{ {first}[0] }}}}" if value == "${{ each }}" else value
                for name, value in made["with"].items()
            },
        }
    whole = {**made, "within": "60s", "hold": "7d"}
    _within(whole, text)
    own = next(
        (
            one
            for one in sketch.done
            if one.proof is not None
            and one.doing.reads == stated.fact.probe
            and one.proof["with"] == made["with"]
            and f"result.{stated.fact.field}" in one.proof["expect"]
        ),
        None,
    )
    if own is not None and own.proof is not None:
        own.proof.update(
            {name: value for name, value in whole.items() if name != "expect" or not _stronger(own.proof, stated)}
        )
        return True
    if not any(
        one["uses"] == whole["uses"] and one["with"] == whole["with"] and one["expect"] == whole["expect"]
        for one in sketch.verify
    ):
        sketch.verify.append(whole)
    return True


def _stronger(proof: dict[str, str], stated: Stated) -> bool:
    """Whether what the operation's own proof asks is about the same and more than what the words ask."""
    return "==" in proof["expect"] and "&&" in proof["expect"] and not any(sign in stated.says for sign in "<>")


def _replaced(checks: list[dict[str, object]], made: dict[str, object]) -> None:
    for place, one in enumerate(checks):
        if one["uses"] == made["uses"] and one["with"] == made["with"]:
            checks[place] = made
            return
    checks.append(made)


def _within(check: dict[str, str] | None, text: str) -> None:
    length = words.duration(text)
    if check is not None and length is not None and re.search(r"\b(within|after|for up to|at most)\b", text):
        check["within"] = length


def look(drawing: Drawing, text: str, under: Under) -> str | None:
    """Something that is looked up, so that what follows can depend on it."""
    plain_check = re.match(r"^(check|see)\b", text) is not None and not drawing.sketch.done
    if not _LOOK.search(text) and not plain_check:
        return None
    topic = topic_of(text, drawing.topic)
    found = _states(drawing, text)
    if found:
        drawing.conditions.looked = drawing.conditions.last = drawing.operating.reads(found[0])
        drawing.conditions.checked = drawing.conditions.ended = False
        return f"looked up: {', '.join(one.fact.probe for one in found)}"
    probes = drawing.operating.probes_in(text, topic)
    if not probes:
        return drawing.gap(text, "no probe here can look at that")
    for name, made in probes:
        drawing.sketch.step(
            name.rpartition(".")[2], {"title": "Look how it stands", "uses": made["uses"], "with": made["with"]}
        )
    return f"looked up: {', '.join(name for name, _ in probes)}"


def output(drawing: Drawing, text: str, under: Under) -> str | None:
    """What is reported at the end."""
    if not _OUTPUT.search(text) or re.search(r"\b(somebody|someone|employee)\b", text):
        return None
    asked = set(re.findall(r"[a-z]+", text))
    for done in reversed(drawing.sketch.done):
        known = drawing.means.find(done.doing.use)
        fields = known.output.model_fields if known is not None else {}
        fits = max(fields, key=lambda name: len(asked & set(name.split("_"))), default="")
        if fits and asked & set(fits.split("_")):
            read = f"steps.{done.step}.{fits}"
            drawing.sketch.outputs[fits] = (
                f"${{{{ {read} }}}}" if done.condition is None else f"${{{{ has(steps.{done.step}) ? {read} : null }}}}"
            )
            return f"reported as “{fits}”"
    drawing.sketch.gaps.append(Gap(text[:200], "no operation here answers that"))
    return "not expressed: no operation here answers that"


PROOF = (output, check, look)
