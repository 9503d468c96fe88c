"""What may be assumed, between which bounds, and what holds where nobody has said. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tickless.domain.errors import BadInput
from tickless.domain.hours import read_hours
from tickless.domain.record import Untrusted
from tickless.kit.zones import zones

SettingKind = Literal["number", "yes_no", "currency", "hours", "zone", "text"]
MATCH: Final = "match:"
"""Before the name of a need: what the past calls it."""
_NEED = re.compile(r"[a-z0-9][a-z0-9_.-]{0,50}")


@dataclass(frozen=True)
class Setting:
    """One assumption. `why`: where its default comes from."""

    name: str
    title: str
    kind: SettingKind
    default: str
    unit: str
    why: str
    low: float = 0.0
    high: float = 1e6

    @property
    def matches(self) -> bool:
        """Whether it says which category of your own past a need is."""
        return self.name.startswith(MATCH)


_ALL: Final = (
    Setting("agent_hour", "An hour of the service desk", "number", "45", "money",
            "A usual full cost in Europe. Put in your own."),
    Setting("employee_hour", "An hour of somebody who waits", "number", "40", "money",
            "A usual full cost in Europe. Put in your own."),
    Setting("lost_share", "Part of their time that they lose", "number", "0.5", "share",
            "People do something else meanwhile: nobody loses all of it. Half is a guess; measure it if you can.", high=1.0),
    Setting("rework_minutes", "Rework for each case that comes back", "number", "30", "minutes",
            "A guess on the high side, so that the ledger says too little rather than too much."),
    Setting("false_action_minutes", "Trouble for each action that did not help", "number", "60", "minutes",
            "A guess on the high side, so that the ledger says too little rather than too much."),
    Setting("upkeep_hours", "Upkeep of a runbook, each month", "number", "0.5", "hours",
            "A look at each every other month, and a mend now and then."),
    Setting("model_price", "A million tokens of the language model", "number", "2", "money", "As your provider bills it."),
    Setting("count_declared", "Add up what only runbooks claim", "yes_no", "no", "",
            "What nobody measured should not be in a sum that others rely on."),
    Setting("currency", "Currency", "currency", "EUR", "", "What money is written in; nothing is converted."),
    Setting("support_hours", "Support hours of the house", "hours", "24x7", "",
            "Where a service says no hours of its own. Clocks of support stand outside of them."),
    Setting("zone", "Time zone of days and weeks", "zone", "UTC", "", "Where a day of a chart begins and ends."),
)  # fmt: skip
KNOWN: Final[Mapping[str, Setting]] = {one.name: one for one in _ALL}


def setting(name: str) -> Setting:
    """What may be assumed under that name. Raises `BadInput`."""
    if name.startswith(MATCH) and _NEED.fullmatch(name.removeprefix(MATCH)):
        need = name.removeprefix(MATCH)
        return Setting(
            name, f"What the past calls {need}", "text", "", "", "The category of your own tickets of the past."
        )
    known = KNOWN.get(name)
    if known is None:
        raise BadInput(f"{Untrusted(name).tame(60)!r} is nothing that figures assume",
                       mend=f"one of {', '.join(KNOWN)}, or {MATCH}<need>")  # fmt: skip
    return known


def shown_value(name: str, value: str) -> str:
    """The value in its own form. Raises `BadInput` that says what to write."""
    known, text = setting(name), Untrusted(value).tame(200)
    match known.kind:
        case "number":
            return _number(known, text)
        case "yes_no":
            if text.casefold() not in {"yes", "no"}:
                raise BadInput(f"{known.title}: yes or no")
            return text.casefold()
        case "currency":
            if not re.fullmatch(r"[A-Za-z]{3}", text):
                raise BadInput(f"{known.title}: three letters, such as EUR")
            return text.upper()
        case "hours":
            try:
                read_hours(text)
            except ValueError as error:
                raise BadInput(str(error)) from error
            return text
        case "zone":
            if text not in zones():
                raise BadInput(f"{text[:60]!r} is no time zone", mend="write one such as Europe/Berlin")
            return text
        case "text":
            if not text:
                raise BadInput(f"{known.title}: write the category")
            return text


def _number(known: Setting, text: str) -> str:
    try:
        found = float(text.replace(",", "."))
    except ValueError as error:
        raise BadInput(f"{known.title}: a number, not {text[:40]!r}") from error
    if not known.low <= found <= known.high:
        raise BadInput(f"{known.title}: between {known.low:g} and {known.high:g}")
    return f"{found:.10g}"
