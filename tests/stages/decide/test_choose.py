"""Deciding: the same situation gives the same choice, nothing runs against policy, nobody approves for themselves."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest, PolicyReason
from tickless.domain.person import App, Person
from tickless.domain.plan import Plan
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Check, Runbook, RunbookInput, Serves, Step, Value
from tickless.domain.runbook import Irreversible as NoUndo
from tickless.domain.service import Service
from tickless.domain.world import World
from tickless.stages.decide.approvers import approvers_for
from tickless.stages.decide.core import MAX_QUESTIONS, MAX_RUNS, Ruled, Situation, choose, make_plan

PEOPLE = [f"p{number}" for number in range(5)]
NEEDS = ["step_up", "step_up:target", "approval:manager", "approval:app_owner", "approval:service_owner", "person"]


def person(identity: str, manager: str | None) -> Person:
    return Person(
        id=identity, username=identity, name=identity, email=f"{identity}@x.example", department="d", manager=manager
    )


def runbook(identity: str = "access.grant") -> Runbook:
    return Runbook(
        runbook=identity, title="Grant", owner="desk", kind="request", serves=Serves(intents=("access_request",)),
        inputs={"person": RunbookInput(type="person", source="requester"),
                "app": RunbookInput(type="app", source="message")},
        subject="person:${{ inputs.person.id }}", effect="change", undo=NoUndo(irreversible="it is gone"),
        steps=(Step(id="grant", uses="directory.add_to_group"),),
        verify=(Check(uses="directory.member", expect="${{ result.member }}"),), value=Value(minutes_saved=1, basis="b"),
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any shape of managers, loops and self-managers included."""
    somebody = st.none() | st.sampled_from(PEOPLE)
    people = [person(one, draw(somebody)) for one in PEOPLE]
    app = App(id="crm", name="CRM", group="crm", approval="owner", owner=draw(somebody))
    return World.of(people=people, apps=[app], services=[Service(id="shop", name="Shop", owner=draw(somebody))])


def asking(requester: str | None, speaker: str | None, **inputs: str) -> Case:
    return case(1, kind="request", need="access_request", door="human", requester=requester, speaker=speaker,
                service="shop", conversation="c", inputs=inputs, title=Untrusted("please"))  # fmt: skip


@given(world=worlds(), requester=st.sampled_from(PEOPLE), speaker=st.none() | st.sampled_from(PEOPLE),
       whom=st.sampled_from(PEOPLE), role=st.sampled_from(["manager", "app_owner", "service_owner", "person"]))  # fmt: skip
def test_nobody_is_asked_to_approve_what_they_asked_for_or_get(
    world: World, requester: str, speaker: str | None, whom: str, role: str
) -> None:
    record = asking(requester, speaker, person=whom, app="crm")
    plan = make_plan(runbook(), record, {"person": {"id": whom}, "app": {"owner": world.apps["crm"].owner}})
    approvers = approvers_for(role, plan, record, world)
    assert not {*approvers} & {requester, speaker, whom, "", None}
    assert {*approvers} <= {*PEOPLE}


@st.composite
def situations(draw: st.DrawFn) -> tuple[Situation, Ruled]:
    world = draw(worlds())
    inputs = draw(st.fixed_dictionaries({}, optional={"app": st.sampled_from(["crm", "unknown"]),
                                                      "person": st.sampled_from(PEOPLE),
                                                      "app?": st.just("crm|x")}))  # fmt: skip
    record = asking(draw(st.none() | st.sampled_from(PEOPLE)), draw(st.none() | st.sampled_from(PEOPLE)), **inputs)
    if draw(st.booleans()):
        record = record.model_copy(update={"door": "machine"})
    allowed = draw(st.booleans())
    needs = () if allowed else tuple(draw(st.lists(st.sampled_from(NEEDS), unique=True)))
    brake = draw(st.booleans()) and not allowed
    reason = PolicyReason(
        policy="brakes.freeze" if brake else "p.1", text="Because.", effect="permit" if allowed else "forbid"
    )
    ruled = Ruled(allowed, (reason,), needs)
    approvals = tuple(
        ApprovalRequest(id=f"apr_{number}", case=record.id, decision="d", requester=record.requester, title="t",
                        plan_hash=draw(st.sampled_from(["another", *_hashes(record, world)])),
                        role=draw(st.sampled_from(["manager", "person"])), approvers=("p9",), asked_at=NOW, expires_at=NOW,
                        state=draw(st.sampled_from(["pending", "approved", "denied", "expired", "withdrawn"])))
        for number in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    suggests = draw(st.booleans())
    situation = Situation(
        case=record, signal={}, runbooks=(runbook(),) if draw(st.booleans()) else (runbook("b"), runbook("a")),
        world=world, rule=lambda *_: ruled, may_suggest=lambda *_: suggests, approvals=approvals,
        failed_runs=tuple(draw(st.lists(st.sampled_from(["access.grant", "a", "b", "z"]), max_size=3))),
        questions_asked=draw(st.integers(0, MAX_QUESTIONS + 1)), still_firing=draw(st.booleans()),
        gathering=draw(st.sampled_from([0.0, 2.0])),
    )  # fmt: skip
    return situation, ruled


def _hashes(record: Case, world: World) -> list[str]:
    made = choose(Situation(case=record, signal={}, runbooks=(runbook(),), world=world,
                            rule=lambda *_: Ruled(True, ()), may_suggest=lambda *_: False))  # fmt: skip
    return [made.plan.hash] if made.plan else []


@given(given=situations())
def test_the_promises_of_every_choice(given: tuple[Situation, Ruled]) -> None:
    situation, ruled = given
    choice = choose(situation)
    assert choose(situation) == choice, "the same situation, the same choice"
    assert choice.summary
    if choice.kind == "act":
        assert ruled.allowed
        assert choice.plan is not None
        assert not any(a.plan_hash == choice.plan.hash and a.state == "denied" for a in situation.approvals)
    if len(situation.failed_runs) >= MAX_RUNS:
        assert choice.kind == "hand_off"
    if choice.plan is not None:
        assert choice.plan.runbook not in situation.failed_runs
        assert choice.plan.runbook == choice.candidates[0] == min(choice.candidates)
    if choice.kind in {"ask_approval", "suggest"}:
        assert choice.plan is not None
        assert choice.approvers
        assert not {*choice.approvers} & {situation.case.requester, situation.case.speaker}
    if choice.kind == "ask_person":
        assert choice.question is not None
        assert choice.question.text
        assert situation.questions_asked < MAX_QUESTIONS
    if choice.kind == "wait":
        assert choice.wait_seconds > 0


@given(given=situations())
def test_what_policy_forbids_outright_is_refused_or_waits_for_the_brake(given: tuple[Situation, Ruled]) -> None:
    situation, ruled = given
    choice = choose(situation)
    if choice.plan is not None and not ruled.allowed and not ruled.needs and choice.kind != "refuse":
        assert choice.kind == "wait"
        assert ruled.reasons[0].policy.startswith("brakes.")


def test_a_yes_holds_for_the_very_plan_it_was_given_to() -> None:
    world = World.of(people=[person(one, "p4") for one in PEOPLE], apps=[App(id="crm", name="CRM", group="crm"),
                                                                        App(id="hr", name="HR", group="hr")])  # fmt: skip
    crm, hr = (
        choose(Situation(case=asking("p1", "p1", app=app), signal={}, runbooks=(runbook(),), world=world,
                         rule=lambda *_: Ruled(True, ()), may_suggest=lambda *_: False)).plan
        for app in ("crm", "hr")
    )  # fmt: skip
    assert isinstance(crm, Plan)
    assert isinstance(hr, Plan)
    assert crm.hash != hr.hash
    denied = ApprovalRequest(id="a", case="c", decision="d", plan_hash=crm.hash, requester="p1", role="manager",
                             approvers=("p4",), title="t", state="denied", asked_at=NOW, expires_at=NOW)  # fmt: skip

    def kind(app: str) -> str:
        return choose(Situation(case=asking("p1", "p1", app=app), signal={}, runbooks=(runbook(),), world=world,
                                rule=lambda *_: Ruled(True, ()), may_suggest=lambda *_: False,
                                approvals=(denied,))).kind  # fmt: skip

    assert (kind("crm"), kind("hr")) == ("refuse", "act")


@given(
    change=st.sampled_from(["runbook", "revision", "effect", "inputs", "subject", "steps", "verify", "targets", "case"])
)
def test_a_plan_that_does_something_else_has_another_hash(change: str) -> None:
    plan = make_plan(runbook(), asking("p1", "p1"), {"person": {"id": "p1"}, "app": {"id": "crm"}})
    values: dict[str, Any] = {"effect": "destroy", "inputs": {"person": {"id": "p2"}}, "steps": plan.steps * 2,
                              "verify": (), "targets": ()}  # fmt: skip
    assert plan.model_copy(update={change: values.get(change, "x")}).hash != plan.hash
    assert plan.model_copy().hash == plan.hash
