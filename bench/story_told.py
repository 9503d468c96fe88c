"""Whether a hand-off carries the story: whoever takes over knows what was said, what is believed, and what was tried."""

from __future__ import annotations

import json

from bench.suite_house import SuiteHouse
from tickless.domain.case import Case
from tickless.domain.case import Message


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
    if case.need and case.need.replace("_", " ") not in text and case.need not in text:
        found.append("what it is believed to be about")
    for run in _runs(house, case):
        if run.casefold() not in text:
            found.append(f"that “{run}” was tried")
    return found


def read_pack(house: SuiteHouse, case: Case) -> str:
    """All that goes with the case to whoever takes over, as one text; empty when nothing does."""
    desk = house.house.desk
    pack = getattr(desk, "pack", None)
    if pack is None:
        return ""
    made = pack(case.id)
    return made if isinstance(made, str) else json.dumps(made, default=str, ensure_ascii=False)


def _runs(house: SuiteHouse, case: Case) -> list[str]:
    with house.house.journal.read() as tx:
        return [run.plan.title for run in tx.runs.by(case=case.id)]
