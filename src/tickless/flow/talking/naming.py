"""Which of a person's cases do they mean? By its number, by what is named, by nothing at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tickless.domain.case import Case
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.flow.saying.labels import label_of
from tickless.stages.understand.spelling import fold, slips
from tickless.stages.understand.wording import case_number

_ALL = re.compile(
    r"\b(?:(?<!that's )(?<!that is )(?<!thats )(?<!after )(?<!at )all(?! (?:the best|good|right|fine|set)\b)"
    r"|everything|both)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\band\b|[,&+]|\bplus\b|\bboth\b|\bas well as\b", re.IGNORECASE)
_DROP = re.compile(r"\b(?:cancel|stop|withdraw|drop|forget|never ?mind|leave|scrap|abort)\b", re.IGNORECASE)
_KEEP = re.compile(
    r"\b(?:just|only|except(?: for)?|but (?:do|keep|not)|keep|apart from)\s+(?:do |keep |need |want )?(?P<kept>[^.;!?\n]+)$",
    re.IGNORECASE,
)
_SHORT = 3
_OFTEN = frozenset(
    {"the", "and", "for", "with", "your", "mine", "that", "this", "case", "cancel", "stop", "leave", "just", "only", "trouble",
     "request", "please", "give", "somebody", "someone", "again", "report", "access"}
)  # fmt: skip


@dataclass(frozen=True)
class Meant:
    """`cases`: what is meant, without doubt. `unclear`: it could be any of these."""

    cases: tuple[Case, ...] = ()
    unclear: tuple[Case, ...] = ()


def words_for(case: Case, runbooks: Mapping[str, Runbook], world: World) -> frozenset[str]:
    """The words by which people would name this case."""
    text = f"{label_of(case, runbooks, world)} {(case.need or '').replace('_', ' ')}"
    app = world.apps.get(case.inputs.get("app", ""))
    aliases = " ".join(app.aliases) if app else ""
    return frozenset(word for word in _words(f"{text} {aliases}") if len(word) >= _SHORT and word not in _OFTEN)


def meant(text: str, cases: Sequence[Case], names: Mapping[str, frozenset[str]]) -> Meant:
    """`cases`: newest first; `names`: case id → `words_for`. A number that is none of theirs means nothing."""
    number = case_number(text)
    if number is not None:
        return Meant(tuple(one for one in cases if one.number == int(number)))
    if len(cases) <= 1:
        return Meant(tuple(cases))
    kept = _KEEP.search(text)
    if kept is not None and not _DROP.search(kept["kept"]):
        keep = _named(kept["kept"], cases, names)
        if keep.cases:
            return Meant(tuple(one for one in cases if one not in keep.cases))
        if keep.unclear:
            return Meant(unclear=tuple(cases))
    named = _named(text, cases, names)
    if named.cases or named.unclear:
        return named
    return Meant(tuple(cases)) if _ALL.search(text) else Meant(unclear=tuple(cases))


def _named(text: str, cases: Sequence[Case], names: Mapping[str, frozenset[str]]) -> Meant:
    """The cases that the text names by words that not every one of them has. Several only if it lists several; what fits more
    than one alike is unclear."""
    said = {word for word in _words(text) if len(word) >= _SHORT and word not in _OFTEN}
    shared = frozenset.intersection(*(names[one.id] for one in cases)) if len(cases) > 1 else frozenset()
    hits = {one.id: frozenset(word for word in said if _like(word, names[one.id] - shared)) for one in cases}
    most = [one for one in cases if hits[one.id] and not any(hits[one.id] < other for other in hits.values())]
    alike = len({hits[one.id] for one in most}) < len(most)
    if len(most) > 1 and (alike or not _SEVERAL.search(text)):
        return Meant(unclear=tuple(most))
    return Meant(tuple(most))


def _like(said: str, known: frozenset[str]) -> bool:
    return said in known or (len(said) >= 5 and any(len(word) >= 5 and slips(said, word) <= 1 for word in known))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", fold(text))
