"""A tool of somebody else's MCP server, from a case to its verdict: it acts once somebody has read it, as policy says, and is
proved by a look of its own; a tool that nobody read, or that is another by now, does nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.lane.houses import house_over, wait_for_case
from tests.servers.mcp_lane import Ledger, changed_ledger

from tickless.app.build import House
from tickless.app.settings import ConnectorUse
from tickless.domain.case import Case
from tickless.domain.person import Person
from tickless.domain.world import World
from tickless.flow.desk.tools import Word
from tickless.journal.access import User

BOOK = """
runbook: ledger.{name}
revision: 1.0.0
title: {name} in the ledger
owner: service-desk
kind: request
serves: {{intents: [ledger_{name}], says: [{name} in the ledger]}}
inputs:
  line: {{type: text, ask: "Which line?"}}
subject: ci:ledger:${{{{ inputs.line }}}}
effect: {effect}
undo: {{irreversible: The ledger keeps what is written.}}
steps:
  - id: look
    uses: crm.ask
    with: {{tool: count}}
  - id: deed
    uses: crm.{effect}
    with: {with_}
    undo: {{irreversible: The ledger keeps what is written.}}
verify:
  - uses: crm.ask
    with: {{tool: count}}
    expect: ${{{{ result.text == "{lines}" }}}}
    within: 3s
say: {{done: It stands there., failed: People take over.}}
value: {{minutes_saved: 1, basis: a guess}}
tests:
  - says: {name} in the ledger
    expect: {{outcome: verified}}
"""
ADD = BOOK.format(name="add", effect="change", lines="3", with_='{tool: add, arguments: {line: "${{ inputs.line }}"}}')
WIPE = BOOK.format(name="wipe", effect="destroy", lines="0", with_="{tool: wipe}")


@contextmanager
def house_with(ledger: Ledger, folder: Path) -> Iterator[House]:
    books = folder / "runbooks" / "ledger"
    books.mkdir(parents=True, exist_ok=True)
    (books / "add.yaml").write_text(ADD)
    (books / "wipe.yaml").write_text(WIPE)
    olga = Person(id="olga", username="olga", name="Olga Berg", email="olga@example.com", department="IT")
    with house_over(
        folder / "data", connectors={"crm": ConnectorUse(use="mcp", settings={"url": ledger.url})}, bindings={}, secrets={},
        world=World.of(people=[olga]), runbooks=(folder / "runbooks",),
    ) as house:  # fmt: skip
        with house.journal.write() as tx:
            tx.access.users.put(User(id="usr_olga", login="olga", person="olga", roles=("operator",)))
        yield house


def run(house: House, name: str) -> tuple[Case, list[Any], set[str]]:
    """The case at its end or where it waits, the receipts of what changed, and which rules spoke."""
    begun = asyncio.run(house.desk.run(f"ledger.{name}", {"line": "three"}, by="olga", reason="a story"))
    case = wait_for_case(house, "an end", lambda one: one.id == begun.id and (not one.live or _waits(house, one)))
    with house.journal.read() as tx:
        receipts = [one for run in tx.runs.by(case=case.id) for one in tx.receipts_of(run.id)]
        rules = {why.policy for one in tx.decisions.by(case=case.id) for why in one.reasons}
    return case, receipts, rules


def _waits(house: House, case: Case) -> bool:
    with house.journal.read() as tx:
        return bool(tx.approvals.by(case=case.id, state="pending"))


def read_all(house: House) -> None:
    """Somebody reads each tool and says what it does."""
    for tool, effect, more in (("count", "read", {}), ("add", "change", {"verify": "count"}), ("wipe", "destroy", {})):
        hashes = {row.name: row.offered.sha256 for row in house.desk.tools.look("crm").rows if row.offered}
        house.desk.tools.classify("crm", Word(tool, hashes[tool], effect, **more), by="user:pia")  # type: ignore[arg-type]


def test_a_tool_of_an_outside_server_acts_in_a_run_as_policy_says_and_is_proved(ledger: Ledger, tmp_path: Path) -> None:
    with house_with(ledger, tmp_path) as house:
        case, receipts, _ = run(house, "add")
        assert case.outcome == "handed_off", "nobody has read its tools"
        assert not any(one.changed for one in receipts)
        assert ledger.lines() == ["one", "two"]

        read_all(house)
        case, receipts, rules = run(house, "add")
        assert (case.state, case.outcome) == ("resolved", "verified")
        assert [one.step for one in receipts if one.changed] == ["deed"]
        assert ledger.lines() == ["one", "two", "three"]
        with house.journal.read() as tx:
            assert [(one.result, [it.held for it in one.readings]) for one in tx.verdicts.by(case=case.id)] == [
                ("held", [True])
            ]
        assert rules, "policy said why it may"

        case, receipts, rules = run(house, "wipe")
        assert not any(one.changed for one in receipts)
        assert any(rule.startswith("approvals.destroy") for rule in rules), rules
        assert ledger.lines() == ["one", "two", "three"]

    with house_with(turned := changed_ledger(), tmp_path) as house:
        case, receipts, _ = run(house, "add")
        assert case.outcome == "handed_off", "the tool is another one by now"
        assert not any(one.changed for one in receipts)
        assert turned.lines() == []
