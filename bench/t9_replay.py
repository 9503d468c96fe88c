"""T9: a recorded month through the same version gives the same, to the last decision; and what a change would have changed."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.month_compared import KINDS, differences, made_of, told
from bench.month_replay import month, on_record
from bench.report import Bench, CannotRun, Outcome, Task
from bench.week_traffic import make_week
from tickless.app.shipped import shipped
from tickless.flow.desk.accounting import Accounted, account
from tickless.kit.log import configure_logging

SEED: Final = 20_260_901
DAYS, INCIDENTS, APPS = 30, 90, 8
STRICTER = """
@id("bench.nothing_by_itself")
@reason("Nothing runs by itself this month.")
@needs("person")
forbid (principal, action == Action::"run", resource) when { context.door == "machine" };
"""


def run(task: Task) -> Outcome:
    """`--only days=7`: so many days."""
    configure_logging(level="ERROR")
    days = _days(task.only)
    week = make_week(SEED, incidents=max(3, INCIDENTS * days // DAYS), days=days, apps=APPS)
    with tempfile.TemporaryDirectory(prefix="tickless-t9-") as place:
        folder = Path(place)
        with month(folder / "first", week) as first:
            first.go()
            record, was = on_record(first.house), made_of(first.house)
            again = _account(first.house)
        task.say(f"recorded: {sum(len(one.payloads) for one in record.values())} payloads; {_counts(was)}")
        with month(folder / "again", week, recorded=record) as second:
            second.go()
            found = made_of(second.house)
        same = differences(was, found)
        task.say(f"through the same version: {same}")
        changed: dict[str, dict[str, int]] = {}
        for name, given in changes(folder).items():
            with month(folder / name, week, recorded=record, **given) as other:
                other.go()
                changed[name] = differences(was, made_of(other.house))
            task.say(f"with {name}: {changed[name]}")
    figures = {
        "differences": float(sum(same.values())),
        **{f"differences_in_{kind}": float(same[kind]) for kind in KINDS},
        "decisions": float(len(was["decisions"])),
        "decisions_whole_share": again.share,
        "cases": float(len(was["cases"])),
        "findings": float(len(was["findings"])),
        **{f"{name}_differs_in_decisions": float(one["decisions"]) for name, one in changed.items()},
    }
    return Outcome(
        figures, exposure="a generated month; nothing was tuned on it",
        data={"days": days, "incidents": INCIDENTS * days // DAYS, "moments": len(record), "changes": changed},
        details={"told": told(was, found)},
    )  # fmt: skip


def changes(folder: Path) -> dict[str, dict[str, Any]]:
    """Name → settings that differ: a policy more, and a threshold moved."""
    policies = folder / "policies"
    shutil.copytree(shipped("policies"), policies)
    (policies / "zz-bench.cedar").write_text(STRICTER, encoding="utf-8")
    return {"policy": {"policies": policies}, "threshold": {"pace": {"gather": 600.0}}}


def _account(house: Any) -> Accounted:
    """Every decision of the month, made again from what it was made from."""
    parts, after = [], 0
    while True:
        done = account(house.journal, house.desk.record, after=after, cases=500)
        parts.append(done)
        if done.next is None:
            break
        after = done.next
    return Accounted(
        cases=sum(one.cases for one in parts), decisions=sum(one.decisions for one in parts),
        whole=sum(one.whole for one in parts), made_again={}, policy_again={}, vouched=sum(one.vouched for one in parts),
        unaccounted=tuple(each for one in parts for each in one.unaccounted), chain_ok=all(one.chain_ok for one in parts),
        next=None,
    )  # fmt: skip


def _counts(made: dict[str, list[str]]) -> str:
    return ", ".join(f"{len(lines)} {kind}" for kind, lines in made.items())


def _days(only: tuple[str, ...]) -> int:
    for one in only:
        name, _, value = one.partition("=")
        if name != "days" or not value.isdecimal() or not 1 <= int(value) <= 366:
            raise CannotRun("--only takes days=N here")
        return int(value)
    return DAYS


BENCH = Bench(
    id="T9",
    title="a recorded month through the same version",
    bar={"differences_max": 0, "decisions_whole_share_min": 1.0, "policy_differs_in_decisions_min": 1},
    run=run,
    about=(
        "A month of alerts, deployments and messages goes through the receivers of a house; what its journal has "
        "on record of it is given to an empty house of the same version at the same moments. Compared are what was"
        " understood, which alert went into which case, every decision with its plan, reasons and approvers, what "
        "was held back, and the ladder. Then the same with one policy more, and with a threshold moved: how many "
        "decisions come out otherwise. `decisions_whole_share`: decisions of the month that come out the same from"
        " their kept inputs, by the policies of then, on a signed record."
    ),
)
