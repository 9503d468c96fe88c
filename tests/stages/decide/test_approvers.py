"""Who may say yes, and when a yes counts: a machine that tries everything it can think of against the pure rules."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.journal.samples import NOW

from tickless.domain.case import Case, Impact
from tickless.domain.decision import ApprovalAnswer, ApprovalRequest
from tickless.domain.person import Delegation, Person
from tickless.domain.plan import Plan
from tickless.domain.record import Untrusted
from tickless.domain.world import World
from tickless.stages.decide.approvers import (
    approvers_for,
    ask_for,
    next_above,
    one_human,
    parties,
    satisfied,
    stands_in_for,
    still_counts,
)

HUMAN = {"ana2": "ana", "bot": "ana", "mia2": "mia", "gil2": "gil"}
ABOVE = {"ana": "mia", "bob": "mia", "mia": "max", "gus": "max", "gil": "max", "gia": "max", "dan": "max"}
NAMES = ("ana", "ana2", "bot", "bob", "mia", "mia2", "max", "gus", "gil", "gil2", "gia", "dan")
BOARD = {"gus", "gil", "gil2", "gia", "ana2", "mia2"}
DAY = dt.timedelta(days=1)


def _person(name: str) -> Person:
    return Person(
        id=name, username=f"u-{name}", name=name, department="IT", manager=ABOVE.get(name),
        email="Gil+two@x.example" if name == "gil2" else f"{name}@x.example",
        phone="+49 (30) 77" if name in {"mia", "mia2"} else f"+49 30 1{NAMES.index(name):03}",
        belongs_to={"ana2": "ana", "bot": "u-ana2"}.get(name), groups=("board",) if name in BOARD else (),
        employment="service" if name == "bot" else "employee",
    )  # fmt: skip


WORLD = World.of(people=[_person(name) for name in NAMES])
PEOPLE = WORLD.people


def _human(name: str) -> str:
    return HUMAN.get(name, name)


def _case(requester: str, speaker: str, gains: str) -> Case:
    return Case(id="case_1", number=1, kind="request", need="x", title=Untrusted("x"), requester=requester, speaker=speaker,
                door="human", inputs={"person": gains}, impact=Impact(priority=3, reason="x"), opened_at=NOW,
                updated_at=NOW)  # fmt: skip


def _plan(gains: str, revision: int) -> Plan:
    return Plan(case="case_1", runbook="a.b", revision=f"{revision}.0.0", title="x", effect="change", reversible=True,
                inputs={"person": {"id": gains}}, subject="x", precheck=(), steps=(), verify=(), targets=())  # fmt: skip


names = st.sampled_from(NAMES)
roles = st.sampled_from(["manager", "person", "group:board:1", "group:board:2", "group:board:3", "role:approver:2"])
HOLDERS = {"approver": ("ana2", "gus", "max")}


@given(name=names)
def test_one_human_is_whatever_accounts_they_have(name: str) -> None:
    assert one_human({name}, PEOPLE) == {other for other in NAMES if _human(other) == _human(name)}


@given(role=roles, requester=names, speaker=names, gains=names, typed=names)
def test_nobody_is_asked_who_may_not_say_yes(role: str, requester: str, speaker: str, gains: str, typed: str) -> None:
    case, plan = _case(requester, speaker, gains), _plan(gains, 1)
    closed = parties(case, plan, [typed], PEOPLE)
    barred = {_human(one) for one in (requester, speaker, gains, typed)}
    asked = ask_for(role, plan, case, WORLD, barred=closed, holders=HOLDERS)
    if asked is not None:
        assert not {_human(one) for one in asked.approvers} & barred
        assert "bot" not in asked.approvers
        assert len({_human(one) for one in asked.approvers}) >= asked.needed
        assert not {_human(one) for one in next_above(asked.approvers, closed, WORLD)} & barred


def test_somebody_who_left_is_not_asked_and_the_next_above_is() -> None:
    world = World.of(people=[one.model_copy(update={"active": one.id != "mia"}) for one in PEOPLE.values()])
    assert approvers_for("manager", _plan("ana", 1), _case("ana", "ana", "ana"), world) == ("max",)


def test_two_of_a_group_are_one_of_it_too() -> None:
    assert satisfied("group:board:2") == {"group:board:1", "group:board:2"}


class Approvals(RuleBasedStateMachine):
    """Answers, delegations, time and changes in any order; what counts is checked against the truth each time."""

    @initialize(requester=names, gains=names, role=st.sampled_from(["manager", "group:board:2"]))
    def begin(self, requester: str, gains: str, role: str) -> None:
        self.case, self.revision, self.now = _case(requester, requester, gains), 1, NOW
        self.delegations: list[Delegation] = []
        self.taken: list[tuple[str, str | None, dt.datetime, str]] = []
        ask = ask_for(role, self.plan, self.case, WORLD, barred=self.closed, holders=HOLDERS)
        self.asked = ApprovalRequest(
            id="apr_1", case="case_1", decision="d", plan_hash=self.plan.hash, requester=requester, role=role,
            approvers=ask.approvers if ask else (), needed=ask.needed if ask else 1, title="x", asked_at=NOW,
            expires_at=NOW + 3 * DAY,
        )  # fmt: skip

    @property
    def plan(self) -> Plan:
        return _plan(self.case.inputs["person"], self.revision)

    @property
    def closed(self) -> frozenset[str]:
        return parties(self.case, self.plan, (), PEOPLE)

    @rule(who=names)
    def answer(self, who: str) -> None:
        behalf = None if who in self.asked.approvers else stands_in_for(
            who, self.asked, self.delegations, closed=self.closed, now=self.now
        )  # fmt: skip
        entitled = who in self.asked.approvers or behalf is not None
        if not entitled or who in self.closed or who in self.asked.agreed or PEOPLE[who].employment == "service":
            return
        said = ApprovalAnswer(by=who, approve=True, at=self.now, assurance="signed_in", on_behalf_of=behalf)
        answers = (*self.asked.answers, said)
        self.asked = self.asked.model_copy(update={"answers": answers, "state": "approved"})
        self.taken.append((who, behalf, self.now, self.plan.hash))

    @rule(person=names, to=names, by=names)
    def delegate(self, person: str, to: str, by: str) -> None:
        self.delegations.append(Delegation(id=f"dlg_{len(self.delegations)}", person=person, delegate=to, since=self.now,
                                           until=self.now + DAY, by=by, approves=True))  # fmt: skip

    @rule(hours=st.sampled_from([1, 20, 30, 80]))
    def wait(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)

    @rule(who=names, what=st.sampled_from(["requester", "speaker", "person"]))
    def become(self, who: str, what: str) -> None:
        change = {"inputs": {"person": who}} if what == "person" else {what: who}
        self.case = self.case.model_copy(update=change)

    @rule()
    def change(self) -> None:
        self.revision = 3 - self.revision

    @invariant()
    def a_yes_counts_only_if_it_is_one(self) -> None:
        if not hasattr(self, "asked") or not still_counts(
            self.asked, self.plan.hash, closed=self.closed, people=PEOPLE
        ):
            return
        barred = {_human(one) for one in (self.case.requester, self.case.speaker, self.case.inputs["person"]) if one}
        voices = {_human(who) for who, _, _, _ in self.taken}
        assert len(voices) >= self.asked.needed
        assert not voices & barred
        assert not {_human(behalf) for _, behalf, _, _ in self.taken if behalf} & barred
        assert all(at < self.asked.expires_at for _, _, at, _ in self.taken)
        assert self.asked.plan_hash == self.plan.hash
        for who, behalf, at, _ in self.taken:
            if who not in self.asked.approvers:
                assert any(one.person == behalf and one.delegate == who and one.since <= at < one.until
                           and behalf in self.asked.approvers for one in self.delegations)  # fmt: skip


TestApprovals = Approvals.TestCase
TestApprovals.settings = settings(max_examples=150, stateful_step_count=12, deadline=None)


@pytest.mark.parametrize("state", ["pending", "denied", "expired", "withdrawn"])
def test_only_what_was_approved_counts(state: str) -> None:
    asked = ApprovalRequest(id="a", case="c", decision="d", plan_hash="h", requester="ana", role="manager", approvers=("mia",),
                            title="x", asked_at=NOW, expires_at=NOW + DAY, state=state)  # fmt: skip
    assert not still_counts(asked, "h", closed=frozenset(), people=PEOPLE)
