"""Taking back is tried again while a target is away, as often as its step says; what went wrong for good is left and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journal.databases import empty
from tests.journal.samples import NOW, case, plan, receipt, run

from tickless.domain.errors import Rejected, TicklessError, Unreachable
from tickless.domain.receipt import UndoStep
from tickless.domain.runbook import Retries, Step
from tickless.journal import Journal
from tickless.kit.clock import ManualClock
from tickless.kit.sealing import Seal
from tickless.sdk.registry import Registry
from tickless.stages.act.house import house_operations
from tickless.stages.act.undoing import Undoing
from tickless.stages.act.vault import Vault

BACK = UndoStep.model_validate({"uses": "tickless.notify_person", "with": {"person": "p001", "text": "taken back"}})


@pytest.fixture
def undoing(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Undoing]]:
    """`errors`: what each try meets, in order; then it works."""
    with empty("sqlite", tmp_path / "journal", request) as urls:
        journal = urls.open()
        journal.migrate()
        yield lambda errors: _undoing(journal, tmp_path, errors)
        journal.close()


def _undoing(journal: Journal, folder: Path, errors: list[TicklessError]) -> Undoing:
    def notify(*given: str) -> None:
        if errors:
            raise errors.pop(0)

    clock, registry = ManualClock(NOW), Registry({}, {})
    vault = Vault(journal=journal, seal=Seal.from_file(folder / "seal.key"), clock=clock)
    for operation in house_operations(vault=vault, notify=notify, back=None):
        registry.add(operation)
    step = Step(id="restart", uses="process.restart", retry=Retries(times=3, wait=1.0, backoff=2.0))
    made = plan(steps=(step,))
    with journal.write() as tx:
        tx.cases.put(case(1, id=made.case))
        tx.runs.put(run("run_1", plan=made))
        tx.receipts.put(receipt("restart", undo=BACK))
    return Undoing(journal=journal, registry=registry, clock=clock)


def test_a_target_that_is_away_is_asked_again_and_what_was_done_is_taken_back(undoing: Callable[..., Undoing]) -> None:
    way = undoing([Unreachable("nobody is there"), Unreachable("nobody is there")])
    assert way.undo("run_1") == {"braked": "nobody is there", "after": 2.0}
    assert way.undo("run_1") == {"braked": "nobody is there", "after": 2.0}
    assert way.undo("run_1") == {"undone": ["restart"], "left": []}
    assert way.undo("run_1") == {"undone": ["restart"], "left": []}, "once"


@pytest.mark.parametrize("errors", [[Unreachable("away")] * 3, [Rejected("it says no")]])
def test_what_cannot_be_taken_back_is_left_and_told(undoing: Callable[..., Undoing], errors: list[Any]) -> None:
    way, tries = undoing(list(errors)), 0
    while "braked" in (told := way.undo("run_1")):
        tries += 1
    assert (told, tries) == ({"undone": [], "left": ["restart"]}, len(errors) - 1)
