"""Operations of a sketch: their parameters, what takes them back, and their proof."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tickless.stages.act.architect import words
from tickless.stages.act.architect.lexicon import Doing
from tickless.stages.act.architect.probing import Probing, tidied
from tickless.stages.act.architect.sketch import Done, Gap
from tickless.stages.act.architect.slots import value_of

_SUB = re.compile(r"\$(\w+)")
HOLD = "7d"


@dataclass
class Operating(Probing):
    """Adds to the sketch what an operation needs."""

    missing_yes: str | None = None
    """An approval inside the procedure after which nothing has been said about a no."""
    answers: dict[str, str] = field(default_factory=dict)

    def good_answer(self, step: str) -> str:
        return self.answers.get(step, "yes")

    def given(self, use: str, text: str, doing: Doing | None = None) -> dict[str, Any] | str:
        """The parameters of an operation; or the name of one that nothing is known of."""
        known = self.means.find(use)
        assert known is not None
        found: dict[str, Any] = {}
        for name, described in known.params.model_fields.items():
            value = value_of(name, use, self.sketch.inputs, doing=doing, text=text)
            if value is not None:
                found[name] = value
            elif described.is_required():
                return name
        return found

    def do(self, doing: Doing, text: str, condition: str | None) -> str:
        """Add the operation with everything that belongs to it; says what it became. Raises `LookupError` with why not."""
        known = self.means.find(doing.use)
        if known is None:
            connector = self.means.absent.get(doing.use)
            raise LookupError(
                f"nothing that is connected here can do that; the connector “{connector}” could"
                if connector
                else "nothing here can do that"
            )
        given = self.given(doing.use, text, doing)
        if isinstance(given, str):
            raise LookupError(f"{known.name} needs “{given}”, and the words do not say which")
        self.settle_yes()
        into = self.loop["for_each"]["steps"] if self.loop is not None else None
        before = self._before(doing, given, into)
        given = _renamed(given, before)
        undo = self._undo(doing, given, before)
        body: dict[str, Any] = {"title": _title(text), "uses": known.name, "with": given}
        if condition is not None:
            body["if"] = condition
        if "irreversible" in undo:
            self.sketch.lasting.append(str(undo["irreversible"]))
        step = self.sketch.step(doing.use.rpartition(".")[2], {**tidied(body), "undo": undo}, into=into)
        self.sketch.destroys = self.sketch.destroys or known.effect == "destroy"
        done = Done(step, doing, known.name, given, condition)
        self.sketch.done.append(done)
        self.prove(done)
        back = "cannot be taken back" if "irreversible" in undo else f"taken back by {undo['uses']}"
        return f"step “{step}”: {known.name}, read back by {doing.reads}; {back}"

    def _before(self, doing: Doing, given: dict[str, Any], into: list[dict[str, Any]] | None) -> str:
        text = json.dumps([doing.undo or {}, given])
        if "before." not in text:
            return "before"
        check = self.check(doing.reads, "true", given=given)
        assert check is not None
        return self.sketch.step(
            "before", {"title": "Note how it was", "uses": check["uses"], "with": check["with"]}, into=into
        )

    def _undo(self, doing: Doing, given: dict[str, Any], before: str) -> dict[str, Any]:
        if doing.undo is None:
            return {"irreversible": doing.why or "It cannot be taken back."}
        back = self.means.find(doing.undo["uses"])
        assert back is not None
        own = {name: value for name, value in given.items() if name in back.params.model_fields}
        for name, value in doing.undo.get("with", {}).items():
            read = isinstance(value, str) and value.startswith("before.")
            own[name] = f"${{{{ steps.{before}.{value.removeprefix('before.')} }}}}" if read else value
        return {"uses": back.name, "with": own}

    def prove(self, done: Done) -> None:
        """What reads it back; a proof of the same thing that came before it counts no more."""
        expect = _SUB.sub(lambda found: _source(done.given.get(found[1])), done.doing.after)
        if done.condition is not None:
            expect = f"!has(steps.{done.step}) || ({expect})"
        check = self.check(done.doing.reads, expect, given=done.given)
        if check is None:
            self.sketch.gaps.append(Gap(done.use, f"no probe here can read back what {done.use} did"))
            return
        if self.loop is not None:
            self.loop["for_each"].setdefault("check", []).append(check)
            first = self.loop["for_each"]["each"].removeprefix("${{").removesuffix("}}").strip()
            single = f"${{{{ {first}[0] }}}}"
            given = {name: single if value == "${{ each }}" else value for name, value in check["with"].items()}
            check = {**check, "with": given}
        alike = [
            one
            for one in self.sketch.done[:-1]
            if one.proof is not None
            and one.doing.reads == done.doing.reads
            and one.proof["with"] == check["with"]
            and _field(one.doing.after) == _field(done.doing.after)
        ]
        for one in alike:
            if one.condition is None or done.condition is None or one.doing.after == done.doing.after:
                self.sketch.verify = [kept for kept in self.sketch.verify if kept is not one.proof]
                one.proof = None
                check["expect"] = (
                    f"${{{{ {_SUB.sub(lambda found: _source(done.given.get(found[1])), done.doing.after)} }}}}"
                )
        done.proof = check
        self.sketch.verify.append({**check, "within": "60s", "hold": HOLD})
        done.proof = self.sketch.verify[-1]

    def settle_yes(self) -> None:
        """After an approval inside the procedure nothing goes on without a yes."""
        if self.missing_yes is None:
            return
        step, self.missing_yes = self.missing_yes, None
        body = {
            "title": "Nothing is done without a yes",
            "if": f"${{{{ !steps.{step}.approved }}}}",
            "hand_off": {"reason": "It was not approved, so nothing was changed."},
        }
        self.sketch.step("no_yes", body)

    def finish(self) -> None:
        """What is left to be put in at the end."""
        if self.missing_yes is not None and self.sketch.done:
            self.settle_yes()
        self.sketch.lasting = list(dict.fromkeys(self.sketch.lasting))

    def why_not(self, text: str) -> str:
        """Why a clause could not be expressed, in words."""
        verb = text.split(maxsplit=1)[0] if text else "this"
        return f"no operation that is connected here does that (“{verb} …”)"


def _source(value: Any) -> str:
    """A parameter as it stands inside an expression."""
    if isinstance(value, str) and value.startswith("${{"):
        return "(" + value.removeprefix("${{").removesuffix("}}").strip() + ")"
    if isinstance(value, list):
        return "[" + ", ".join(_source(one) for one in value) + "]"
    return json.dumps(value)


def _field(expect: str) -> str:
    found = re.search(r"result\.(\w+)", expect)
    return found[1] if found else expect


def _renamed(given: dict[str, Any], before: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(given).replace("steps.before.", f"steps.{before}."))
    return found


def _title(text: str) -> str:
    bare = re.sub(r"[${}<>]", "", text).strip()
    return (bare[:1].upper() + bare[1:])[:100] or "Do it"


def spoken(text: str) -> str:
    """Words of a description as a sentence that may be said to people: no expression can hide in it."""
    bare = re.sub(r"[${}<>]", "", text).strip(" ,.;")
    return f"{bare[:1].upper()}{bare[1:]}."[:400] if bare else "It is done."


def words_of_wait(text: str) -> str:
    """The length of a wait, a minute where none is named."""
    return words.duration(text) or "1m"
