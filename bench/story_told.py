"""Whether a hand-off carries the story: whoever takes over knows what was said, what is believed, and what was tried."""

from __future__ import annotations

from bench.suite_house import SuiteHouse
from tickless.domain.case import Case, Message
from tickless.practices.tickets.pack import as_text


def missing_of_story(house: SuiteHouse, case: Case, lines: list[Message]) -> list[str]:
    """What the hand-off's pack lacks; empty when the story is whole."""
    pack = read_pack(house, case)
    if not pack:
        return ["there is no pack"]
    text = " ".join(pack.split()).casefold()
    found = []
    words = [line for line in lines if line.author == "person" and line.at <= (case.resolved_at or line.at)]
    about = [line for line in words if line.case == case.id] or words[:1]
    if not any(" ".join(line.text.raw.split()).casefold()[:120] in text for line in about):
        found.append("the person's own words")
    if case.need and not any(name.casefold() in text for name in _names_of(house, case.need)):
        found.append("what it is believed to be about")
    return found + [f"that “{run}” was tried" for run in _runs(house, case) if run.casefold() not in text]


def read_pack(house: SuiteHouse, case: Case) -> str:
    """All that goes with the case to whoever takes over, as one text; empty when there is no ticket that carries it."""
    with house.house.journal.read() as tx:
        if not tx.tickets.by(case=case.id):
            return ""
        return as_text(house.house.desk.tickets.pack(tx, case))


def _names_of(house: SuiteHouse, need: str) -> list[str]:
    """How a need may be called: by its name, or by what would have served it."""
    titles = [one.title for one in house.house.rooms.runbooks.values() if need in one.serves.intents]
    return [need, need.replace("_", " "), *titles]


def _runs(house: SuiteHouse, case: Case) -> list[str]:
    """Titles of what was tried, of runs that did a step."""
    with house.house.journal.read() as tx:
        return [run.plan.title for run in tx.runs.by(case=case.id) if tx.receipts_of(run.id)]
