"""What may be merged, split, linked and undone; and a case as a storm: nothing is counted twice or lost."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.case import TASK_RUN, Case, Impact, Participant
from tickless.domain.record import Untrusted
from tickless.domain.regroup import Regroup
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.journal.alerts import Alert, Joined
from tickless.stages.correlate.regroup import rules
from tickless.stages.correlate.regroup.storm import SLOTS, left_out, slots_of, storm_of

SERVICES = ("shop", "db", "mail", None)
WORLD = World.of(
    services=[Service(id=name, name=name.title()) for name in ("shop", "db", "mail")],
    dependencies=[Dependency(service="shop", needs="db", source="map", last_seen=NOW)],
)


def alert(
    name: str, *, service: str | None = "shop", need: str = "http_errors", state: str = "firing", **given: object
) -> Alert:
    values = {"fingerprint": name, "source": "prom", "state": state, "case": "case_0001", "service": service, "need": need,
              "title": Untrusted(name), "occurred_at": NOW, "count": 1}  # fmt: skip
    return Alert(**{**values, **given})  # type: ignore[arg-type]


def heard(name: str, second: float, *, state: str = "firing", why: str = "It needs Db.") -> Joined:
    at = NOW + dt.timedelta(seconds=second)
    return Joined("case_0001", f"sig_{name}_{second}_{state}", name, state, Untrusted(name), at, why)


def regroup(**given: object) -> Regroup:
    one = case(1)
    values = {"id": "rgp_1", "kind": "merge", "into": one.id, "out_of": ("case_0002",), "before": (one, case(2)),
              "after": one, "by": "p1", "reason": "x", "at": NOW}  # fmt: skip
    return Regroup(**{**values, **given})


def test_only_what_stands_and_is_about_machines_or_services_is_merged() -> None:
    one, two = case(1), case(2)
    assert rules.may_merge(one, [two]) is None
    for other, why in (
        (case(3, state="resolved", outcome="verified"), "is over"),
        (case(3, state="merged", merged_into="case_0001"), "part of another"),
        (case(3, tenant="other"), "different tenants"),
        (case(3, door="human", need="account_unlock", subject="person:p1"), "own need"),
        (case(3, inputs={TASK_RUN: "run_1"}), "own need"),
        (one, "itself"),
    ):
        assert why in (rules.may_merge(one, [other]) or ""), other
    assert rules.may_merge(one, [case(3, state="handed_off", outcome="handed_off")]) is None
    assert "tasks" in (rules.may_merge(one, [two], parts={two.id}) or "")


def test_something_stays_behind_and_what_is_worked_on_is_left_alone() -> None:
    alerts = [alert("a"), alert("b", service="db")]
    acting = case(1, state="acting", need="http_errors", service="shop")
    assert rules.may_split(acting, alerts, alerts[1:], leads=rules.led_by(acting, alerts[1:], alerts[:1])) is None
    leads = rules.led_by(acting, alerts[:1], alerts[1:])
    assert "worked on" in (rules.may_split(acting, alerts, alerts[:1], leads=leads) or "")
    assert "stay" in (rules.may_split(case(1), alerts, alerts, leads=False) or "")
    assert "choose" in (rules.may_split(case(1), alerts, [], leads=False) or "")


def test_why_something_cannot_be_undone() -> None:
    def why(one: Regroup, **given: object) -> str:
        known = {"now": NOW, "later": None, "into": case(1), "left": [case(2)], "irreversible": None}
        return rules.may_undo(one, **{**known, **given}) or ""  # type: ignore[arg-type]

    assert not why(regroup())
    assert "24 hours" in why(regroup(), now=NOW + dt.timedelta(hours=25))
    assert "undo that first" in why(regroup(), later=regroup(id="rgp_2"))
    assert "is over" in why(regroup(), into=case(1, state="resolved"))
    assert "cannot be taken back" in why(regroup(), irreversible="“Format the disk”")
    assert "is over" in why(regroup(kind="split"), left=[case(2, state="muted")])
    assert "worked on" in why(regroup(kind="split", opened=True), into=case(1, state="acting"))


def test_a_child_has_one_parent_and_no_children() -> None:
    child, parent = case(2), case(1)
    assert rules.may_link(child, parent, parent_of_child=None, parent_of_parent=None) is None
    assert "own child" in (rules.may_link(child, child, parent_of_child=None, parent_of_parent=None) or "")
    assert "unlink" in (rules.may_link(child, parent, parent_of_child="case_0009", parent_of_parent=None) or "")
    assert "link to its parent" in (rules.may_link(child, parent, parent_of_child=None, parent_of_parent="c") or "")


impacts = st.builds(
    Impact,
    priority=st.sampled_from([1, 2, 3, 4]),
    people=st.none() | st.integers(0, 100),
    criticality=st.none() | st.sampled_from([1, 2, 3, 4]),
    services=st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple),
    reason=st.just("why."),
)


@given(st.lists(impacts, min_size=2, max_size=5))
def test_the_whole_hurts_at_least_as_much_as_its_parts_and_unknown_stays_unknown(found: list[Impact]) -> None:
    whole, *others = (case(number, impact=impact) for number, impact in enumerate(found, 1))
    made = rules.impact_of(whole, others)
    assert made.priority == min(one.priority for one in found)
    assert set(made.services) == {service for one in found for service in one.services}
    known = [one.people for one in found if one.people is not None]
    assert made.people == max(known, default=None)


def test_who_asked_is_one_of_those_affected_and_the_case_keeps_its_owner() -> None:
    def member(role: str) -> Participant:
        return Participant(case="c", role=role, ref="p1", since=NOW)  # type: ignore[arg-type]

    assert rules.role_in(None, member("requester")) == "affected"
    assert (rules.role_in("p2", member("owner")), rules.role_in(None, member("owner"))) == ("helper", "owner")


@given(st.lists(st.tuples(st.floats(0, 3_600), st.sampled_from(["firing", "resolved"])), min_size=1, max_size=200))
def test_slots_hold_everything_that_was_heard_once(heard_at: list[tuple[float, str]]) -> None:
    told = [(NOW + dt.timedelta(seconds=second), state) for second, state in heard_at]
    first, last = min(at for at, _ in told), max(at for at, _ in told)
    slots = slots_of(told, first=first, last=last)
    assert sum(one.fired + one.resolved for one in slots) == len(told)
    assert len(slots) <= SLOTS
    assert [one.at for one in slots] == sorted(one.at for one in slots)
    assert all(first <= one.at <= last for one in slots)


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(SERVICES), st.booleans()), min_size=1, max_size=80))
def test_every_alert_is_in_one_lane_and_has_one_reason(given_alerts: list[tuple[int, str | None, bool]]) -> None:
    alerts = {f"a{number}": alert(f"a{number}", service=service) for number, service, _ in given_alerts}
    joined = [
        heard(f"a{number}", index, why=f"Sentence {number % 3} of {index}")
        for index, (number, _, _) in enumerate(given_alerts)
    ]
    joined += [heard(f"p{index}", index) for index, (_, _, person) in enumerate(given_alerts) if person]
    joined.sort(key=lambda one: one.occurred_at)
    storm = storm_of(joined, alerts.values(), signals=len(joined), about="db", world=WORLD)
    machines = [lane for lane in storm.lanes if lane.key != "people"]
    assert sum(lane.count for lane in machines) == storm.alerts == len(alerts)
    assert sum(lane.signals for lane in storm.lanes) == len(joined)
    assert sum(one.count for one in storm.joins) == len(alerts) + storm.reports
    assert set(storm.edges) <= {("shop", "db")}
    assert [lane.leads for lane in storm.lanes].count(True) == any(one.service == "db" for one in alerts.values())


def test_what_was_left_out_is_near_and_says_why() -> None:
    near = [alert("n1", service="db", case="case_0002"), alert("n2", service="mail", case="case_0003"),
            alert("n3", service="shop", case=None, held="flapping"), alert("n4", service=None, case=None)]  # fmt: skip
    found = left_out(near, {"case_0002": (2, "A new trouble of its own.")}, services=["shop"], world=WORLD)
    assert [(one.case, one.far, one.why) for one in found] == [
        (None, 0, "Held back from cases: flapping."),
        (2, 1, "A new trouble of its own."),
        (None, None, "It is in no case: it never fired while it was looked at."),
    ]


def test_a_cause_leads_before_a_symptom_and_what_is_at_work_keeps_the_case() -> None:
    assert rules.leading([alert("s"), alert("c", need="service_down")]).fingerprint == "c"
    assert rules.leading([alert("c", need="service_down", state="resolved"), alert("s")]).fingerprint == "s"
    cases: list[Case] = [case(1, need="http_errors"), case(2), case(3, state="acting", need="http_errors")]
    assert [rules.best_lead(cases).number, rules.best_lead(cases[:2]).number] == [3, 2]
