"""From a question to an answer that rests on an article, sentence by sentence; or to none. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tickless.domain.card import Citation
from tickless.domain.knowledge import Article
from tickless.domain.world import World
from tickless.practices.knowledge.composing import Composer, Passage, stands
from tickless.practices.knowledge.library import Found, Library, Reader
from tickless.practices.knowledge.sections import Section, Unit, sections_of
from tickless.practices.knowledge.words import commands_a_machine, telling

MOST_CHARACTERS = 700
CLEARLY = 0.12
"""So much above the bar an article must be to answer what was not taken for a question."""
_WHO = re.compile(
    r"\bwhom?\b.{0,12}\b(?:do|can|should|must|shall|could|would|to|is|are|owns?|looks?|handles?|runs?|keeps?|manages?)\b"
    r"|\b(?:contact|responsible|in charge|get hold of)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\b(?:ask|asks|contact|write to|call|ring|e-?mail|message|reach|speak to|talk to|responsible|decides?|looks? after)\b",
    re.IGNORECASE,
)
_REACHED_AT = re.compile(r"@|\b\d{3,}\b|\bextension\b", re.IGNORECASE)
_HEADING = re.compile(r"\bwho\b|\bask\b|\bcontact\b|\breach\b|\bresponsible\b", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What is said, with `[1]` behind each sentence, and what that stands for."""

    text: str
    citations: tuple[Citation, ...]
    article: str
    section: str
    """Anchor of the section that it is taken from."""
    confidence: float
    composed: bool = False
    """A model put it into words, and every sentence was found in what it cites."""

    @property
    def key(self) -> str:
        return f"{self.article}#{self.section}"


def bar_of(library: Library) -> float:
    """How likely an article must be to be quoted."""
    return library.measured.bar


def find(
    library: Library,
    question: str,
    *,
    reader: Reader | None,
    world: World,
    skip: Collection[str] = (),
    surely: bool = False,
) -> Answer | None:
    """The best answer in articles' own words; None where no article is likely enough: then nobody should pretend.

    `reader` None: somebody who looks after all articles. `skip`: keys of answers that were given before. `surely`: for text
    that was not asked as a question.
    """
    bar = bar_of(library) + (CLEARLY if surely else 0.0)
    for found in library.search(question, reader=reader, limit=12):
        if found.confidence < min(bar, 0.97):
            return None
        answer = _who(found, question, world) if _WHO.search(question) else None
        answer = answer or quote(found, question)
        if answer is not None and answer.key not in skip:
            return answer
    return None


def compose(answer: Answer, question: str, composer: Composer | None) -> Answer:
    """The same in a model's words, if every sentence stands in what it cites; else as it was."""
    if composer is None:
        return answer
    passages = tuple(Passage(number, _uncited(answer.text)) for number in range(1, len(answer.citations) + 1))
    said = composer.compose(question, passages)
    if said is None or not stands(said, passages):
        return answer
    return Answer(said.strip(), answer.citations, answer.article, answer.section, answer.confidence, composed=True)


def quote(found: Found, question: str) -> Answer | None:
    """Whole sentences and steps of the section, at most `MOST_CHARACTERS`; None if nothing in it can be quoted."""
    units = [unit for unit in found.section.units if not commands_a_machine(unit.text)]
    kept = choose(units, question)
    if not kept:
        return None
    left = sum(unit.kind == "step" for unit in units) - sum(unit.kind == "step" for unit in kept)
    more = (
        f"\n… and {left} more step{'s' if left > 1 else ''} in the article. [1]"
        if left and kept[-1].kind == "step"
        else ""
    )
    return _answer(found.article, found.section.heading, found.section.anchor, cited(kept) + more, found.confidence)


def choose(units: Sequence[Unit], question: str) -> list[Unit]:
    """A run of whole units that fits. What is short enough is taken whole; steps are taken from the first one on; of long
    prose the part that has most of the question's words."""
    if _length(units) <= MOST_CHARACTERS:
        return list(units)
    first = next((at for at, unit in enumerate(units) if unit.kind == "step"), None)
    if first is not None:
        start = max(first - 1, 0) if units[max(first - 1, 0)].kind == "sentence" else first
        return _run(units, start)
    wanted = telling(question)
    runs = [_run(units, at) for at in range(len(units))]
    runs = [run for run in runs if run]
    return max(runs, key=lambda run: len(wanted & frozenset().union(*(telling(u.text) for u in run))), default=[])


def _run(units: Sequence[Unit], start: int) -> list[Unit]:
    kept: list[Unit] = []
    for unit in units[start:]:
        if _length([*kept, unit]) > MOST_CHARACTERS:
            break
        kept.append(unit)
    return kept


def _length(units: Sequence[Unit]) -> int:
    return len(cited(units))


def cited(units: Sequence[Unit], number: int = 1) -> str:
    """Plain text, each unit with its citation; sentences of a paragraph in one line, everything else on its own."""
    text, before = "", None
    for unit in units:
        glue = ""
        if before is not None:
            together = unit.kind == "sentence" == before.kind and unit.paragraph == before.paragraph
            glue = " " if together else ("\n" if unit.paragraph == before.paragraph else "\n\n")
        text += f"{glue}{unit.text} [{number}]"
        before = unit
    return text


def _who(found: Found, question: str, world: World) -> Answer | None:
    """Who is to be asked: what the article says of it, else who keeps the article."""
    article = found.article
    wanted = telling(question)

    def worth(section: Section, unit: Unit) -> float:
        if not _CONTACT.search(unit.text) or commands_a_machine(unit.text):
            return 0.0
        known = bool(_REACHED_AT.search(unit.text)) + bool(_HEADING.search(section.heading))
        return 1.0 + known + len(wanted & telling(unit.text)) / (len(wanted) or 1)

    sections = sections_of(article.text)
    best = max(sections, key=lambda one: max(worth(one, unit) for unit in one.units), default=None)
    if best is not None and (most := max(worth(best, unit) for unit in best.units)) >= 2:
        kept = choose([unit for unit in best.units if worth(best, unit) >= most - 1], question)
        return _answer(article, best.heading, best.anchor, cited(kept), found.confidence)
    owner = world.people.get(article.owner or "")
    if owner is None or not owner.active:
        return None
    about = ", ".join(part for part in (owner.title, owner.department) if part)
    text = f"Ask {owner.name}{f' ({about})' if about else ''}, who keeps “{article.title}” up to date. [1]"
    return _answer(article, "", "", text, found.confidence)


def _answer(article: Article, heading: str, anchor: str, text: str, confidence: float) -> Answer:
    href = f"/knowledge/{article.id}" + (f"#{anchor}" if anchor else "")
    citation = Citation(article=article.id, title=article.title, section=heading, href=href)
    return Answer(text, (citation,), article.id, anchor, confidence)


def _uncited(text: str) -> str:
    return re.sub(r" \[\d+\]", "", text)
