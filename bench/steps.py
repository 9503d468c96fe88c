"""Durable steps in a process of their own: `python -m bench.steps house|bare FOLDER [DATABASE_URL]`.

Prints the milliseconds from each step to the next, as JSON. `house`: steps of a runbook whose condition does not hold, so that
all is done but an effect: interpreter, checkpoint, receipt. `bare`: empty steps of a DBOS workflow, with DBOS's own settings.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from itertools import pairwise
from pathlib import Path

from tickless.app.build import House, build
from tickless.app.settings import Settings
from tickless.domain.plan import Plan, Run
from tickless.domain.runbook import Step
from tickless.flow import names
from tickless.flow.desk.manual import manual_case
from tickless.kit.log import configure_logging

STEPS = 20
RUNS = 10
PATIENCE = 60.0


def main() -> None:
    kind, folder = sys.argv[1], Path(sys.argv[2])
    url = sys.argv[3] if len(sys.argv) > 3 else None
    configure_logging(level="ERROR")
    found = _of_house(folder, url) if kind == "house" else _of_bare(folder, url)
    print(json.dumps(found))


def _of_house(folder: Path, url: str | None) -> list[float]:
    house = build(Settings(data=folder, database=url))
    house.start()
    try:
        return [gap for number in range(RUNS) for gap in _run(house, number)]
    finally:
        house.stop()


def _run(house: House, number: int) -> list[float]:
    now = dt.datetime.now(dt.UTC)
    runbook = next(iter(house.rooms.runbooks.values()))
    steps = tuple(Step.model_validate({"id": f"s{n}", "if": "${{ false }}", "say": "never"}) for n in range(STEPS))
    with house.journal.write() as tx:
        case = manual_case(tx, runbook, {}, world=house.world.world(), by="bench", reason="bench", now=now)
        plan = Plan(
            case=case.id, runbook="bench.steps", revision="1", title="Steps", effect="read", reversible=True, inputs={},
            subject=f"bench:{number}", precheck=(), steps=steps, verify=(), targets=(),
        )  # fmt: skip
        run = Run(
            id=f"run_{case.id}_0_0", case=case.id, plan=plan, plan_hash=plan.hash, state="running", started_at=now
        )
        tx.runs.put(run)
        house.engine.enqueue(tx, names.INTERPRET_RUN, workflow=names.run_workflow(run.id), args=(run.id,))
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        time.sleep(0.1)
        with house.journal.read() as tx:
            begun = [receipt.started_at for receipt in tx.receipts_of(run.id)]
        if len(begun) == STEPS:
            return [(after - before).total_seconds() * 1_000 for before, after in pairwise(begun)]
    raise TimeoutError(f"a run of {STEPS} steps did not end within {PATIENCE:g} s")


def _of_bare(folder: Path, url: str | None) -> list[float]:
    from dbos import DBOS

    DBOS(config={"name": "bare", "system_database_url": url or f"sqlite:///{folder / 'bare.db'}", "log_level": "ERROR"})
    begun: list[float] = []

    @DBOS.workflow(name="steps")
    def steps() -> None:
        for _ in range(STEPS):
            DBOS.run_step({"name": "step"}, lambda: begun.append(time.monotonic()))

    DBOS.launch()
    found: list[float] = []
    for _ in range(RUNS):
        begun.clear()
        steps()
        found += [(after - before) * 1_000 for before, after in pairwise(begun)]
    DBOS.destroy()
    return found


if __name__ == "__main__":
    main()
