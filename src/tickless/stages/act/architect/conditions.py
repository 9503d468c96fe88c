"""`if …` → an expression over what was looked up, asked or approved; and what must hold before anything is done."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tickless.stages.act.architect.matching import Stated, condition_parts, stated_in
from tickless.stages.act.architect.operating import Operating
from tickless.stages.act.architect.reading import Clause

FAILED = re.compile(
    r"\b(fails?|failed|goes? wrong|go wrong|is wrong|not (help|work|hold|succeed)|undone|"
    r"a mistake|does not (help|work|hold|become|"
    r"come)|unsuccessful|in doubt|undo(ing)?)\b"
)
_STAYS = re.compile(r"\b(stays?|remains?|is still|still) (red|amber|bad|broken|unhealthy)\b|\b(persists?|recover)\b")
_YES = re.compile(r"\b(say|says|said|answer\w*|answers?) \"?(yes|ok)\b|\b(agrees?|accepts?|confirms?|have saved)\b")
_NO = re.compile(
    r"\b(say|says|said|answers?) \"?no\b|\b(cannot|refuses?|refused|declines?|denied|does not agree|do not|not approve\w*)\b"
)
_REFUSED = re.compile(
    r"\brefus\w*|\bdenie[sd]|\bdeclin\w*|\b(manager|owner|approver)\b.*\b(no|not)\b|not "
    r"approved|nobody (answers|approves)|no answer"
)


@dataclass(frozen=True)
class Under:
    """Under which condition something is done. `failing`: only when what was done does not hold. `gap`: why nobody
    can tell."""

    expression: str | None = None
    failing: bool = False
    refused: bool = False
    gap: str = ""
    told: str = ""

    @property
    def written(self) -> str | None:
        return None if self.expression is None else f"${{{{ {self.expression} }}}}"


@dataclass
class Conditions:
    """Keeps what was asked last, for `otherwise` and `if so`."""

    operating: Operating
    whole: str
    last: str | None = None
    checked: bool = False
    """The last thing was a check of what was done: `otherwise` means that it does not hold."""
    ended: bool = False
    """What stood under the last condition ended it all: `otherwise` needs no condition."""
    asked: str | None = None
    approve: str | None = None
    beforehand: bool = False
    """The last thing was what must hold before anything is done."""
    looked: str | None = field(default=None)

    def of(self, clause: Clause, topic: str) -> Under:
        """The condition of a clause."""
        if clause.condition is None:
            if clause.otherwise and self.beforehand:
                return Under(
                    gap="what has to hold beforehand and does not sends it to people; nothing else is done then"
                )
            if clause.otherwise:
                return self._otherwise()
            if clause.likewise:
                return (
                    Under(self.last or self.looked, told="")
                    if (self.last or self.looked)
                    else Under(gap="“if so” of what?")
                )
            return Under()
        self.beforehand = False
        inner = self._otherwise() if clause.otherwise else Under()
        found = self._asked_of(clause.condition, topic, turned=clause.turned, clause_head=clause.head)
        if found.expression is None or inner.expression is None:
            self.last = found.expression or self.last
            return found
        return Under(f"({inner.expression}) && ({found.expression})", told=found.told)

    def _otherwise(self) -> Under:
        if self.checked:
            return Under(failing=True)
        if self.ended or self.last is None:
            return Under()
        return Under(f"!({self.last})", told=" (otherwise)")

    def _asked_of(self, text: str, topic: str, *, turned: bool, clause_head: str = "") -> Under:
        if self.approve is not None and _REFUSED.search(text):
            self.ended = False
            return Under(f"!steps.{self.approve}.approved", refused=True, told=" (if it is refused)")
        if _REFUSED.search(text) and self.operating.sketch.approval:
            return Under(refused=True, expression="false")
        if self.asked is not None and (_YES.search(text) or _NO.search(text)):
            good = self.operating.good_answer(self.asked)
            sign = "!=" if (_NO.search(text) is not None) != turned else "=="
            self.ended = False
            self.last = f'has(steps.{self.asked}) && steps.{self.asked}.answer {sign} "{good}"'
            return Under(self.last, told=f" (if the answer is {'not ' if sign == '!=' else ''}“{good}”)")
        if clause_head in {"after", "before"}:
            return Under()
        if re.fullmatch(r"(it|that|this|they) (is|are|does|do|did|was) not( so)?", text):
            if self.checked:
                return Under(failing=True)
            return Under(f"!({self.last})", told=" (otherwise)") if self.last else Under(gap="“not” what?")
        if _STAYS.search(text) and self.operating.sketch.done:
            return Under(failing=True, told=" (if that fails)")
        stated, plain = self._stated(text, topic)
        if plain is not None and not (FAILED.search(text) and not stated and self.operating.sketch.done):
            self.ended = False
            expression = f"!({plain})" if turned else plain
            self.last, self.checked = expression, False
            return Under(expression, told=f" (if {'not: ' if turned else ''}{text})")
        if FAILED.search(text) and self.operating.sketch.done:
            return Under(failing=True, told=" (if that fails)")
        if re.search(r"\b(identity|verified|proved)\b", text):
            self.operating.sketch.verified_identity = True
            return Under()
        if re.fullmatch(
            r"(that|this|all that|it|uninstalling|done|restarting|they ask for it|it is done|the installation|so|\w+ing)",
            text,
        ):
            return Under()
        if re.search(
            (
                r"^(the |a )?(end|start|maintenance|project|repair\w*|request|release|deployment)\b|"
                r"they ask|asked for|somebody asks"
            ),
            text,
        ):
            return Under()
        return Under(gap=f"nothing here can tell whether “{text}”")

    def _stated(self, text: str, topic: str) -> tuple[bool, str | None]:
        """(every part was understood, the expression)"""
        found: list[tuple[str, str]] = []
        prefer = ""
        parts = condition_parts(text)
        for join, part in parts:
            if re.fullmatch(r"(it|that|this) (does|is|do) not|not", part) and self.last:
                found.append((join, f"!({self.last})"))
                continue
            stated = stated_in(part, topic, prefer=prefer or self.operating.last_probe())
            if stated is None:
                continue
            prefer = stated.fact.probe
            found.append((join, self.operating.reads(stated)))
        if not found or (len(found) < len(parts) and not any(join == "and" for join, _ in parts)):
            return False, None
        expression = found[0][1]
        for join, one in found[1:]:
            expression = f"{expression} {'||' if join == 'or' else '&&'} {one}"
        if len(found) > 1 and len({join for join, _ in found[1:]}) > 1:
            return False, None
        return len(found) == len(parts), expression if len(found) == len(parts) else None

    def before_all(self, stated: Stated, *, turned: bool) -> str | None:
        """What the beginning says of how things stand has to hold, or there is nothing to do."""
        sketch = self.operating.sketch
        expect = f"!({stated.says})" if turned else stated.says
        check = self.operating.check(stated.fact.probe, expect)
        if check is None:
            return None
        if not turned:
            sketch.states.append((stated.fact.probe, stated.fact.field, stated.true))
        self.add_precheck(check, "nothing_to_do", "It is not so any more, so there is nothing to do.")
        self.last = None
        return f"nothing is done unless {stated.fact.probe} reads {_short(expect)}"

    def add_precheck(self, check: dict[str, Any], otherwise: str, because: str) -> None:
        """Once each."""
        known = self.operating.sketch.precheck
        if not any(
            (one["uses"], one["with"], one["expect"]) == (check["uses"], check["with"], check["expect"])
            for one in known
        ):
            known.append({**check, "otherwise": otherwise, "because": because})


def _short(expression: str) -> str:
    return expression.replace("result.", "")
