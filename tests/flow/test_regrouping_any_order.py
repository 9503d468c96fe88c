"""Any sequence of merges, splits and undos: no alert and no person is lost, each alert is in one case that stands, and an undo
restores what was."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.flow.regrouped_house import MINUTE, RegroupedHouse

from tickless.domain.case import Case
from tickless.domain.errors import Conflict
from tickless.domain.regroup import Regroup
from tickless.stages.correlate.regroup.rules import stands


class Regrouping(RuleBasedStateMachine):
    """The model knows in which case each alert has to be, by what the operations promise."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.house = RegroupedHouse.open(self.folder)
        self.at: dict[str, str] = {}
        self.reported: list[tuple[str, str]] = []
        self.done: list[tuple[Regroup, dict[str, str]]] = []
        self.count = 0

    def teardown(self) -> None:
        self.house.close()
        shutil.rmtree(self.folder)

    def standing(self) -> list[Case]:
        with self.house.still.house.journal.read() as tx:
            return sorted((one for one in tx.cases.where() if stands(one)), key=lambda one: one.number)

    def pick(self, data: Any) -> Case:
        cases: list[Case] = self.standing()
        return cases[data.draw(st.integers(0, len(cases) - 1))]

    @initialize()
    def begin(self) -> None:
        for _ in range(3):
            self.fires()

    @rule()
    def fires(self) -> None:
        self.count += 1
        name = f"a{self.count}"
        self.at[name] = self.house.opened(name, service=f"svc{self.count}").id

    @rule(data=st.data())
    def fires_again(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.at)))
        self.house.still.clock.advance(MINUTE)
        assert self.house.opened(name, service=f"svc{name[1:].rstrip('x')}").id == self.at[name]

    @rule(data=st.data())
    def another_of_the_same_kind(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.at)))
        case = self.house.opened(f"{name}x", service=f"svc{name[1:].rstrip('x')}")
        self.at[f"{name}x"] = case.id

    @rule(data=st.data())
    def is_over(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.at)))
        self.house.alert(name, service=f"svc{name[1:].rstrip('x')}", firing=False)

    @rule(data=st.data())
    def somebody_reports(self, data: Any) -> None:
        case = self.pick(data)
        self.house.reported(case, f"p{len(self.reported)}", f"web:{len(self.reported)}")
        self.reported.append((f"p{len(self.reported)}", case.id))

    @rule(data=st.data())
    def merges(self, data: Any) -> None:
        cases = self.standing()
        if len(cases) < 2:
            return
        chosen = data.draw(st.lists(st.sampled_from(cases), min_size=2, max_size=3, unique_by=lambda one: one.id))
        before = dict(self.at)
        made = self.house.merge(chosen[0], *chosen[1:])
        gone = {one.id for one in chosen[1:]}
        self.at = {name: chosen[0].id if case in gone else case for name, case in self.at.items()}
        self.done.append((made, before))

    @rule(data=st.data())
    def splits(self, data: Any) -> None:
        case = self.pick(data)
        mine = sorted(name for name, where in self.at.items() if where == case.id)
        if len(mine) < 2:
            return
        chosen = data.draw(st.lists(st.sampled_from(mine), min_size=1, max_size=len(mine) - 1, unique=True))
        others = [one for one in self.standing() if one.id != case.id]
        into = data.draw(st.sampled_from([None, *others]))
        before = dict(self.at)
        made = self.house.split(case, *chosen, into=into)
        self.at |= dict.fromkeys(chosen, made.into)
        self.done.append((made, before))

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def undoes(self, data: Any) -> None:
        made, before = data.draw(st.sampled_from(self.done))
        try:
            self.house.undo(made)
        except Conflict:
            return
        latest = self.done[-1][0].id == made.id
        self.done = [one for one in self.done if one[0].id != made.id]
        for name, case in self.at.items():
            moved = name in before and before[name] in made.out_of and case == made.into
            if moved and before[name] != made.into:
                self.at[name] = before[name]
            elif made.opened and case == made.into:
                self.at[name] = made.out_of[0]
        if latest:
            assert {name: self.at[name] for name in before} == before

    @invariant()
    def each_alert_is_in_the_one_case_where_it_has_to_be(self) -> None:
        with self.house.still.house.journal.read() as tx:
            found = {
                one.alert.fingerprint: one.alert.case
                for one in tx.alert_book.newest(source=None, firing=None, limit=900)
            }
            assert found == self.at
            assert all(stands(tx.cases.need(case)) for case in set(self.at.values()))
            for case in tx.cases.where():
                joined = {one.fingerprint for one in tx.alerts.joined(case.id)}
                assert joined <= {name for name, where in self.at.items() if where == case.id}, case.number

    @invariant()
    def everybody_hears_of_the_case_that_stands_for_theirs(self) -> None:
        with self.house.still.house.journal.read() as tx:
            for person, reported in self.reported:
                case = tx.cases.need(reported)
                while case.state == "merged" and case.merged_into:
                    case = tx.cases.need(case.merged_into)
                assert person in {one.ref for one in tx.alerts.participants(case.id)}


Regrouping.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestAnyOrder = Regrouping.TestCase
