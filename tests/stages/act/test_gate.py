"""The lock on a target: one run at a time, from its first effect until it has read back what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journal.databases import empty
from tests.journal.samples import NOW, case, plan, run

from tickless.domain.brake import BrakeSettings
from tickless.domain.runbook import Check, Step
from tickless.journal import Journal
from tickless.stages.act.gate import LOCK_SLACK, LONGEST_LOCK, Gate, Touch, attention

SHOP = Touch(locked=("service:shop",), watched=(), begun=False)
READS = Check(uses="health.check", expect="${{ result.healthy }}", within=900.0, steady=60.0)


@pytest.fixture
def journal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Journal]:
    with empty("sqlite", tmp_path / "journal", request) as urls:
        opened = urls.open()
        opened.migrate()
        yield opened
        opened.close()


def test_nobody_else_changes_a_target_while_a_run_reads_back_what_it_did(journal: Journal) -> None:
    gate, made = Gate(BrakeSettings()), plan(verify=(READS,))
    one, other = run("run_1", plan=made), run("run_2", plan=made)

    def enters(who: object, seconds: float) -> bool:
        with journal.write() as tx:
            now = NOW + dt.timedelta(seconds=seconds)
            return gate.enter(tx, one if who is one else other, SHOP, now=now, timeout=60.0, first=True) is None

    with journal.write() as tx:
        tx.cases.put(case(1, id=made.case))
    assert enters(one, 0)
    assert not enters(other, 60 + LOCK_SLACK + 1), "its effect is over, and it is reading back"
    assert enters(one, 900)
    assert not enters(other, 1_800)
    with journal.write() as tx:
        tx.coordination.release_all("target:", holder=one.id)
    assert enters(other, 1_800), "it let go at its end"


def test_a_run_is_at_its_targets_for_as_long_as_it_waits_by_itself() -> None:
    waits = Step(id="calm", wait=120.0)
    asks = Step.model_validate({"id": "ask", "ask": {"who": "requester", "text": "Is it on?", "within": 86_400}})
    assert attention(plan(steps=(waits, asks), verify=(READS,))) == 1_080.0
    assert attention(plan(steps=(asks,), verify=())) == 0.0
    assert LONGEST_LOCK >= 3_600
