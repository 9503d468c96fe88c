"""The order of steps that a released version has stored: a run that began under it must find the same order in the new code.

`histories/*.json` are steps as they stand in the engine's tables. A difference here orphans pending runs: put the change behind
a patch and keep the old history, or raise `APPLICATION_VERSION` with a decision record.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path

import pytest
from tests.waiting import until

from tickless.app.build import House
from tickless.app.sample_house import open_sample_house
from tickless.domain.signal import Sender
from tickless.flow import names
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate

HISTORIES = Path(__file__).parent / "histories"


def story_of(house: House, workflow: str) -> list[str]:
    """The names of a workflow's steps, with the workflow that a step called; looking several times in a row is one."""
    found = []
    for step in house.engine.client.list_workflow_steps(workflow):
        called = step["child_workflow_id"]
        found.append(step["function_name"] + (" → " + called.partition(":")[0] if called else ""))
    looks = {names.READ, "DBOS.sleep"}
    return [name for name, _ in itertools.groupby("looking" if name in looks else name for name in found)]


@pytest.mark.parametrize("file", sorted(HISTORIES.glob("*.json")), ids=lambda file: file.stem)
def test_the_code_of_today_takes_the_steps_of_then(file: Path, tmp_path: Path) -> None:
    told = json.loads(file.read_text(encoding="utf-8"))
    company = make_company()
    with Estate.start(company, tmp_path / "estate") as estate:
        house = open_sample_house(estate, company, tmp_path / "data").house
        house.start()
        try:
            person = next(one for one in company.people[60:] if not one.privileged)
            for fault in told["given"]:
                estate.fault(fault, person.username)
            sender = Sender(channel="web", account=person.id, conversation="c", person=person.id, assurance="signed_in")
            asyncio.run(house.desk.say(sender, told["says"]))
            case, run = _ended(house)
            found = {"case": story_of(house, case), "run": story_of(house, run)}
        finally:
            house.stop()
    assert found == told["steps"], json.dumps(found, indent=1)


def _ended(house: House) -> tuple[str, str]:
    """Ids of the durable runs of the one case, once both have ended."""

    def ended() -> bool:
        with house.journal.read() as tx:
            return bool(cases := tx.cases.where()) and not cases[0].live and not house.engine.pending()

    until(ended, "the case to end")
    with house.journal.read() as tx:
        cases, runs = tx.cases.where(), tx.runs.where()
    assert cases[0].outcome == "verified"
    return names.case_workflow(cases[0].id, 0), names.run_workflow(runs[0].id)
