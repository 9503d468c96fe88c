"""`tickless runbook test`: plays the tests of runbook files in the sample company, against everything that ships besides."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tickless.app.demo_faults import break_it
from tickless.app.runbook_scenes import faults_of, filled, labels_of, roles_of, shows_late, writer
from tickless.app.sample_house import MONITOR, SampleHouse, open_sample_house
from tickless.app.settings import PaceSettings
from tickless.app.shipped import shipped
from tickless.domain.case import Case
from tickless.domain.errors import BadInput, TicklessError
from tickless.domain.runbook import Runbook, RunbookTest
from tickless.domain.signal import Payload, Sender
from tickless.doors.cli.host import Played
from tickless.journal import Tx
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate

PATIENCE = 60.0
"""Seconds for one test."""
PACE = PaceSettings(answer=600.0, approval=600.0, first_look=600.0, gather=1.0)
CODE = "a code is asked for"
SETTLING = 1.0
"""Seconds until what was broken shows."""


def play_tests(files: Sequence[Path], *, only: str, say: Callable[[str], object]) -> list[Played]:
    """Start the sample company with these files among the runbooks that ship, play each test, and end it.

    Raises `RunbookInvalid` when they do not compile together.
    """
    found: list[Played] = []
    with _stage(files) as (sample, own):
        for runbook in own:
            for number, test in enumerate(runbook.tests, 1):
                name = test.name or test.says or f"test {number}"
                if only.casefold() not in name.casefold():
                    continue
                found.append(_Play(sample, runbook, test, name=name, turn=len(found)).result())
                mark = "passed" if found[-1].passed else "FAILED"
                say(f"{mark} {runbook.runbook}: {name} ({found[-1].seconds:.1f} s): {found[-1].said}")
    return found


@contextmanager
def _stage(files: Sequence[Path]) -> Iterator[tuple[SampleHouse, list[Runbook]]]:
    with tempfile.TemporaryDirectory(prefix="tickless-test-") as place:
        folder = Path(place, "runbooks")
        shutil.copytree(shipped("runbooks"), folder)
        paths = [path for file in files for path in (sorted(file.rglob("*.yaml")) if file.is_dir() else [file])]
        names = put_in(folder, paths)
        company = make_company()
        with Estate.start(company, Path(place, "estate"), interval=0.3) as estate:
            sample = open_sample_house(estate, company, Path(place, "data"), runbooks=(folder,), pace=PACE)
            sample.house.start()
            try:
                yield sample, [sample.house.rooms.runbooks[name] for name in names]
            finally:
                sample.house.stop()


def put_in(folder: Path, paths: Sequence[Path]) -> list[str]:
    """The files in place of those that ship with the same id, with what lies beside them; their ids."""
    names = []
    for path in paths:
        named = re.search(r"^runbook:\s*(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if named is None:
            raise BadInput(f"{path} says no id", mend="begin it with `runbook: <area>.<name>`")
        area, _, name = named[1].partition(".")
        (folder / area).mkdir(parents=True, exist_ok=True)
        for beside in path.parent.iterdir():
            if beside.is_file() and beside.suffix != ".yaml":
                shutil.copy(beside, folder / area / beside.name)
        shutil.copy(path, folder / area / f"{name}.yaml")
        names.append(named[1])
    return names


class _Play:
    """One test: what is given, what is said or signalled, and what came of it."""

    def __init__(self, sample: SampleHouse, runbook: Runbook, test: RunbookTest, *, name: str, turn: int) -> None:
        self._sample = sample
        self._runbook = runbook
        self._test = test
        self._name = name
        self._me = writer(sample.company, turn=turn)
        self._answered: set[str] = set()
        self._roles = roles_of(sample.company, self._me)

    def result(self) -> Played:
        began = time.monotonic()
        try:
            passed, said = self._play()
        except (TicklessError, KeyError, StopIteration) as error:
            passed, said = False, f"it could not be set up: {error}"
        return Played(self._runbook.runbook, self._name, passed, said, time.monotonic() - began)

    def _play(self) -> tuple[bool, str]:
        expect = self._test.expect
        if self._test.signal is not None and "outcome" not in expect:
            return True, "the compiler has looked whether it leads here"
        self._sample.estate.reset()
        before = self._cases()
        self._set_up()
        asyncio.run(self._begin())
        wanted = expect.get("outcome", "verified")
        allowed = {wanted} if isinstance(wanted, str) else set(wanted)
        case, seen = self._wait(before)
        if case is None:
            return False, "no case was opened"
        need = expect.get("need")
        if need is not None and case.need != need:
            return False, f"it was understood as {case.need}"
        said = f"case {case.number}: {seen}"
        if seen not in allowed:
            with self._sample.house.journal.read() as tx:
                decisions = tx.decisions.by(case=case.id)
                failed = [f"{one.step} failed: {one.error}" for run in tx.runs.by(case=case.id)
                          for one in tx.receipts_of(run.id) if one.error]  # fmt: skip
            why = [decisions[-1].summary if decisions else "nothing was decided", *failed]
            return False, f"{said}, not {' or '.join(sorted(allowed))}; {'; '.join(why)}"
        return True, said

    def _set_up(self) -> None:
        estate = self._sample.estate
        for fault in faults_of(self._test, self._sample.company, estate.blueprint, self._me):
            break_it(estate, fault)
            if shows_late(fault):
                time.sleep(SETTLING)

    async def _begin(self) -> None:
        desk, now = self._sample.house.desk, dt.datetime.now(dt.UTC)
        if self._test.says is not None:
            sender = Sender(channel="web", account=self._me.id, conversation=f"test:{time.monotonic_ns()}",
                            person=self._me.id, assurance="signed_in")  # fmt: skip
            await desk.say(sender, filled(self._test.says, self._roles), key=f"test:{time.monotonic_ns()}")
            return
        signalled = labels_of(self._test, self._sample.estate.blueprint, self._roles)
        labels = {"alertname": "test", **signalled, "test": str(time.monotonic_ns())}
        alert = {"status": "firing", "labels": labels, "annotations": {}, "startsAt": now.isoformat()}
        body = json.dumps({"version": "4", "alerts": [alert]}).encode()
        await desk.receive(Payload(source=MONITOR, received_at=now, body=body))

    async def _answer_code(self, case: Case) -> None:
        """The one-time code that was sent to the writer's phone, once a question."""
        with self._sample.house.journal.read() as tx:
            asked = next(one for one in tx.questions.by(case=case.id) if one.state == "open")
        texts = self._sample.estate.sms(self._me.phone or "")
        if asked.id in self._answered or not texts or "code is " not in texts[-1]:
            return
        self._answered.add(asked.id)
        sender = Sender(channel="web", account=self._me.id, conversation=asked.conversation or "", person=self._me.id,
                        assurance="signed_in")  # fmt: skip
        await self._sample.house.desk.say(sender, texts[-1].split("code is ")[1][:6], key=asked.id)

    def _cases(self) -> set[str]:
        with self._sample.house.journal.read() as tx:
            return set(tx.cases.values("id"))

    def _wait(self, before: set[str]) -> tuple[Case | None, str]:
        """The new case, and what came of it within the time."""
        end, case, seen = time.monotonic() + PATIENCE, None, "still under way"
        while time.monotonic() < end:
            with self._sample.house.journal.read() as tx:
                new = [tx.cases.need(one) for one in sorted(set(tx.cases.values("id")) - before)]
                wanted = self._test.expect.get("need")
                case = next((one for one in new if wanted is None or one.need == wanted), new[0] if new else None)
                seen = _seen(tx, case) if case is not None else ""
            if seen == CODE and case is not None:
                asyncio.run(self._answer_code(case))
            elif seen:
                return case, seen
            time.sleep(0.1)
        return case, seen or "still under way"


def _seen(tx: Tx, case: Case) -> str:
    """What became of it, in the words of tests; empty while it is under way."""
    if case.outcome is not None and not case.live:
        runs = tx.runs.by(case=case.id)
        changed = any(one.changed for run in runs for one in tx.receipts_of(run.id))
        return "nothing" if case.outcome == "verified" and not changed else str(case.outcome)
    if case.state == "awaiting_approval":
        return "needs_approval"
    asked = [one for one in tx.questions.by(case=case.id) if one.state == "open"]
    if any(one.about.startswith("step_up") for one in asked):
        return CODE
    return "asked_back" if asked else ""
