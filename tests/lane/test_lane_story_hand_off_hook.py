"""A hand-off to a ServiceNow that speaks by webhook: polled so rarely that only the webhook can have brought the news.

ServiceNow cannot be had: a small one stands in, the same that the connector's contract cases run against.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from tests.lane.houses import house_over, say, wait_for_case
from tests.waiting import until

from tickless.app.build import House
from tickless.app.sample_house import QUICK
from tickless.app.serving import local_user, serving
from tickless.app.settings import ConnectorUse
from tickless.domain.person import Person
from tickless.domain.service import Service
from tickless.domain.ticket import Ticket
from tickless.domain.world import World
from tickless.sdk.registry import connector_folders
from tickless.sdk.testing import serve

ANNA = Person(id="p1", username="anna", name="Anna Schmidt", email="anna@larkmoor.example", department="Sales")
RITA = Person(id="p2", username="rita", name="Rita Weiss", email="rita@larkmoor.example", department="IT")
HOOK = "servicenow"
T = TypeVar("T")


def small_servicenow() -> Any:
    """The fake of the contract cases."""
    folder = next(one for one in connector_folders() if one.name == "servicenow")
    spec = importlib.util.spec_from_file_location("small_servicenow", folder / "tests" / "contract_case.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[House, Any, Callable[[], int]]]:
    """The house, the small ServiceNow, and how to post its webhook."""
    module = small_servicenow()
    snow = module.Instance()
    with (
        serve(snow.answer) as server,
        house_over(
            tmp_path,
            connectors={HOOK: ConnectorUse(use="servicenow", settings=module.settings_at(server.url))},
            bindings={"ticket": HOOK},
            secrets=module.SECRETS,
            world=World.of(people=[ANNA, RITA], services=[Service(id="vpn", name="VPN", owner="p2", team="Network")]),
            pace=QUICK.model_copy(update={"tickets": 3_600.0}),
        ) as house,
        serving(house) as url,
    ):
        token = house.entrance.create_token(HOOK, user=local_user(house), scopes=["signals:write"], source=HOOK).token

        def post() -> int:
            row = snow.tables["incident"][-1]
            body = {"table": "incident", "sys_id": row["sys_id"], "number": row["number"], "sys_updated_on": snow.now()}
            headers = {"Authorization": f"Bearer {token}"}
            return httpx2.post(f"{url}/hooks/{HOOK}", json=body, headers=headers, trust_env=False).status_code

        yield house, snow, post


def ticket_of(house: House, case: str) -> Ticket:
    def look() -> Ticket | None:
        with house.journal.read() as tx:
            return next((one for one in tx.tickets.by(case=case) if one.external and one.synced_at), None)

    return until(look, "a record in ServiceNow")


def test_a_webhook_brings_words_and_the_end_at_once(place: tuple[House, Any, Callable[[], int]]) -> None:
    house, snow, post = place
    say(
        house, "I was locked out of my account yesterday evening", conversation="c1", person="p1", assurance="signed_in"
    )
    case = wait_for_case(house, "a hand-off", lambda one: one.state == "handed_off")
    ticket = ticket_of(house, case.id)
    row = snow.tables["incident"][-1]
    assert row["correlation_id"] == ticket.key
    assert row["caller_id"] == snow.tables["sys_user"][0]["sys_id"]
    assert "What the person said" in row["description"]

    snow.add("sys_journal_field", {"element_id": row["sys_id"], "element": "comments", "value": "Please try again.",
                                   "sys_created_by": "dana"})  # fmt: skip
    snow.change(row, {"state": "6", "close_code": "x", "close_notes": "unlocked by hand"})
    assert post() == 202

    def lines() -> list[str]:
        with house.journal.read() as tx:
            return [line.text.raw for line in tx.conversation("c1") if line.author != "person"]

    until(lambda: "Please try again." in lines(), "the agent's words")
    until(lambda: any("unlocked by hand" in line and "Does it work" in line for line in lines()), "the question")
    with house.journal.read() as tx:
        assert len(tx.cases.where()) == 1, "the webhook was taken for something new"


def test_the_doctor_says_what_could_not_be_brought_there(place: tuple[House, Any, Callable[[], int]]) -> None:
    house, snow, _ = place
    snow.tables.pop("sc_request")
    say(
        house, "I was locked out of my account yesterday evening", conversation="c2", person="p1", assurance="signed_in"
    )
    wait_for_case(house, "a hand-off", lambda one: one.state == "handed_off")

    def trouble() -> str | None:
        found = next(one for one in house.desk.doctor() if one.check == f"tickets in {HOOK}")
        return None if found.ok else found.detail

    assert "rejected" in until(trouble, "the doctor to see it")
