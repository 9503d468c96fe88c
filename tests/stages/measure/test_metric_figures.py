"""Every metric on a hand-made history with awkward cases: the figures were worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.measure.metrics import METRICS, CaseHistory, Figure, Material, Window, figure, parts, trend
from tickless.stages.measure.metrics.material import (
    AskedFact,
    ChangeFact,
    Costs,
    ExposureFact,
    LimitFact,
    OutageFact,
    RunFact,
    ServiceFact,
)
from tickless.stages.measure.metrics.registry import DIMENSIONS, figures

UTC = dt.UTC
SINCE, UNTIL = dt.datetime(2026, 3, 2, tzinfo=UTC), dt.datetime(2026, 3, 16, tzinfo=UTC)
WINDOW = Window(SINCE, UNTIL)


def at(day: int, hour: float = 0.0) -> dt.datetime:
    return dt.datetime(2026, 3, day, tzinfo=UTC) + dt.timedelta(hours=hour)


def case(name: str, **told: Any) -> CaseHistory:
    return CaseHistory(id=f"live:{name}", number=name, **told)


# opened before the window, resolved in it; reopened twice; paused; handed on; late; said to be satisfied
LONG = case(
    "1",
    opened_at=at(1, 0),
    responded_at=at(1, 1),
    repaired_at=at(3, 0),
    ends=(at(2, 12), at(2, 18), at(3, 0)),
    resolved_at=at(3, 0),
    closed_at=at(8, 0),
    reopened_at=(at(2, 14), at(2, 20)),
    reopens=2,
    pauses=((at(1, 12), at(1, 18)), (at(1, 15), at(2, 0))),
    handoffs=2,
    level=2,
    outcome=None,
    service="mail",
    category="Mail",
    first_category="Network",
    first_kind="incident",
    team="Post",
    person="p1",
    priority=3,
    first_priority=2,
    sla_made=False,
    handling_minutes=60.0,
    known=True,
    knowledge=False,
    satisfaction=5.0,
    effort=4.0,
    recommend=9.0,
    people=10,
    automated=False,
    channel="phone",
)
# solved by the house in a minute, and verified
QUICK = case(
    "2",
    kind="request",
    first_kind="request",
    opened_at=at(4, 9),
    responded_at=at(4, 9),
    pauses=(),
    repaired_at=at(4, 10),
    resolved_at=at(4, 10),
    ended_at=at(4, 10),
    reopens=0,
    handoffs=0,
    level=0,
    outcome="verified",
    category="unlock",
    first_category="unlock",
    person="p1",
    priority=4,
    first_priority=4,
    handling_minutes=0.0,
    automated=True,
    runbook="r",
    knowledge=True,
    silent=False,
    satisfaction=4.0,
    effort=1.0,
    recommend=10.0,
    people=1,
    channel="web",
    declared_minutes=14.0,
)
# the same person about the same two days later, and only silence says that it is solved
AGAIN = case(
    "3",
    kind="request",
    opened_at=at(6, 9),
    responded_at=at(6, 8),
    resolved_at=at(6, 11),
    ended_at=at(6, 11),
    reopens=0,
    handoffs=0,
    level=0,
    outcome="assumed",
    category="unlock",
    first_category="unlock",
    first_kind="request",
    person="p1",
    automated=True,
    silent=True,
    satisfaction=2.0,
    recommend=3.0,
    channel="web",
    people=1,
    priority=4,
)
# a machine told of it, nobody has resolved it: handed to people
OPEN = case(
    "4",
    opened_at=at(10, 0.5),
    began_at=at(10, 0),
    ended_at=at(10, 1),
    handoffs=1,
    outcome="handed_off",
    service="shop",
    category="service_down",
    subject="service:shop",
    channel="machine",
    priority=1,
    automated=False,
)
# stamps in the wrong order, and otherwise nothing said
BROKEN = case("5", opened_at=at(12, 5), resolved_at=at(12, 4))
# no opening stamp at all
NO_STAMP = case("6", resolved_at=at(12, 6), sla_due_at=at(12, 7))
# resolved before the window, reopened in it, open at its end
BACK = case("7", opened_at=at(1, 0), ends=(at(1, 5),), reopened_at=(at(14, 0),), category="Mail", team="Post")
# a risk that was prevented
RISK = case(
    "8",
    kind="risk",
    opened_at=at(11, 0),
    ended_at=at(11, 2),
    resolved_at=at(11, 2),
    outcome="prevented",
    channel="machine",
    service="shop",
    prevented_hours=12.0,
    category="disk_filling",
    automated=True,
    level=0,
)
# the trouble came back, and was noise
NOISE = case(
    "9",
    opened_at=at(13, 1),
    began_at=at(13, 0),
    ended_at=at(13, 2),
    resolved_at=at(13, 2),
    outcome="muted",
    channel="machine",
    service="shop",
    category="cpu",
    subject="ci:1",
)
RECUR = case(
    "10",
    opened_at=at(14, 1),
    began_at=at(14, 2),
    outcome=None,
    channel="machine",
    service="shop",
    category="cpu",
    subject="ci:1",
)
CASES = (LONG, QUICK, AGAIN, OPEN, BROKEN, NO_STAMP, BACK, RISK, NOISE, RECUR)
SERVICES = (
    ServiceFact(
        id="shop",
        name="Shop",
        criticality=1,
        hours="Mon-Fri 08:00-18:00",
        supplier="Acme",
        recovery_hours=4.0,
        proved_at=at(1),
    ),
    ServiceFact(id="mail", name="Mail", criticality=2, supplier="Acme"),
    ServiceFact(id="wiki", name="Wiki", criticality=None, supplier="Beta"),
    ServiceFact(
        id="pay",
        name="Pay",
        criticality=2,
        supplier="Beta",
        recovery_hours=1.0,
        proved_at=dt.datetime(2024, 1, 1, tzinfo=UTC),
    ),
)
MATERIAL = Material(
    now=at(20),
    cases=CASES,
    services=SERVICES,
    hours="Mon-Fri 08:00-18:00",
    costs=Costs(agent_hour=60.0, lost_share=0.5),
    outages=(
        OutageFact(service="shop", since=at(10, 7), until=at(10, 10)),
        OutageFact(service="shop", since=at(10, 9), until=at(10, 12)),  # overlaps
        OutageFact(service="shop", since=at(10, 11), until=at(10, 14), degraded=True),
        OutageFact(service="mail", since=at(15, 0), until=None),
    ),
    changes=(
        ChangeFact(id="c1", title="a", at=at(3), success=True),
        ChangeFact(id="c2", title="b", at=at(4), success=False, kind="emergency"),
        ChangeFact(id="c3", title="c", at=at(5), success=None),
        ChangeFact(id="c4", title="d", at=at(20), success=True),
        ChangeFact(id="c5", title="e", at=at(5), success=True, kind="deploy"),
    ),
    asked=(
        AskedFact(id="a", at=at(3), article="x", helped=True),
        AskedFact(id="b", at=at(3), article="x", helped=False),
        AskedFact(id="c", at=at(3), article="x"),
        AskedFact(id="d", at=at(3), helped=False),
    ),
    limits=(
        LimitFact(id="l1", text="disk", likely=at(20)),
        LimitFact(id="l2", text="licence", likely=None),
        LimitFact(id="l3", text="cert", likely=dt.datetime(2026, 6, 1, tzinfo=UTC)),
    ),
    exposures=(
        ExposureFact(id="e1", name="vm", since=dt.datetime(2026, 1, 1, tzinfo=UTC)),
        ExposureFact(id="e2", name="vm2", since=at(10)),
        ExposureFact(id="e3", name="vm3", since=None),
    ),
    runs=(
        RunFact(id="r1", case="live:2", runbook="r", at=at(4), good=True),
        RunFact(id="r2", case="live:3", runbook="r", at=at(6), good=False),
        RunFact(id="r3", case="live:4", runbook="r", at=at(6), good=None),
    ),
)

HOUR = 3_600.0
BY_HAND: dict[str, tuple[float | None, int, int]] = {
    # value, of how many, missing how many
    "ticket_volume": (7, 7, 0),  # 2 3 4 5 8 9 10
    "incidents": (4, 4, 0),  # 4 5 9 10
    "backlog": (3, 3, 0),  # 4, 7 (back), 10; the ones that are resolved are not in it
    "backlog_age": (5 * 86_400 + 23.5 * HOUR, 3, 0),  # the middle one: case 4
    "handoffs": (2 / 3, 3, 4),  # 1: 2, 2: 0, 3: 0; not said of 5 6 8 9
    "reassigned": (1 / 3, 3, 4),
    "escalations": (1 / 4, 4, 3),  # 1 of 1 2 3 8
    "first_level_resolution": (3 / 4, 4, 3),
    "level0_solvable": (0.0, 6, 1),  # nothing was solved three times; 5 has no category
    "automation_adoption": (3 / 4, 4, 3),  # 2 3 8 of 1 2 3 8
    "deflection": (1.0, 2, 0),  # 2 3; 1 was opened before
    "mttd": ((0.5 + 1) / 2 * HOUR, 2, 1),  # 4, 9; 5 came by no machine; 10 began after it was opened
    "mttr_respond": (0.0, 1, 6),  # 2; 3 was answered before it was opened, the others not
    "mttr_repair": (47 * HOUR - 12 * HOUR, 1, 3),  # 1: from the answer, less the pauses, which overlap; 5 6 9 lack it
    "mttr_resolve": ((48 + 1 + 2 + 2 + 1) / 5 * HOUR, 5, 2),  # 1 2 3 8 9
    "resolve_median": (2 * HOUR, 5, 2),
    "mttr_support": ((10 + 1 + 2 + 0 + 0) / 5 * HOUR, 5, 2),  # Sunday the 1st, Monday's ten hours; 8 and 9 at night
    "paused_share": (12 / 49, 2, 5),  # of 3 5 6 8 9 nobody tells whether they were paused
    "lead_time": (7 * 86_400.0, 5, 2),  # nine of ten: the longest of five, closed after a week
    "request_lead_time": (1.5 * HOUR, 2, 0),
    "sla_met": (1 / 2, 2, 5),  # 1 was late; 6 was in time by what was promised
    "reopened": (1 / 3, 3, 4),
    "repeat_contacts": (1 / 2, 2, 5),  # 3 follows 2
    "recurrence": (1 / 3, 3, 1),  # 10 follows 9; 4 follows nothing; 5 says nothing
    "miscategorised": (1 / 3, 3, 4),
    "rekinded": (0.0, 3, 4),
    "priority_lowered": (1 / 2, 2, 5),
    "incidents_known": (1.0, 1, 3),
    "knowledge_reuse": (1 / 2, 2, 5),
    "articles_helped": (1 / 2, 2, 1),
    "false_actions": (1 / 2, 2, 1),
    "csat": (2 / 3, 3, 5),
    "ces": (2.5, 2, 6),
    "nps": (100 / 3, 3, 5),  # 9 and 10 less 3
    "answers_given": (1.0, 3, 0),
    "proactive_ratio": (None, 5, 0),  # nobody had to open an incident in the window
    "disruption_prevented": (12.0, 1, 0),
    "foreseen_rightly": (1.0, 1, 0),
    "noise": (1 / 3, 3, 0),  # 9 of 4 8 9
    "capacity": (1, 3, 0),
    "change_success": (2 / 3, 3, 1),
    "emergency_changes": (1 / 3, 3, 0),
    "continuity_gaps": (2, 3, 1),  # mail has no target, pay's test is too old
    "supplier_concentration": (2 / 3, 3, 0),
    "unpatched_exposure": (2, 3, 0),
    "aht": (30.0, 2, 5),
    "cost_per_ticket": (30.0, 2, 5),
    "productivity_lost": (10 * 10 * 0.5 + 1 * 1 * 0.5 + 2 * 1 * 0.5, 3, 3),
    "lost_per_case": (51.5 / 3, 3, 3),
    "lost_concentration": (1 / 3, 3, 3),
    "verified": (1 / 5, 5, 3),  # of 2 3 4 8 9
    "confirmed": (0.0, 5, 3),
    "assumed": (1 / 5, 5, 3),
    "regressed": (0.0, 5, 3),
    "handed_off": (1 / 5, 5, 3),
    "prevented": (1, 1, 0),
    "muted": (1 / 5, 5, 3),
    # ten days of ten hours for the shop, less the two to twelve of the 10th; mail down from the 15th, always on; 14 days
    "availability": ((1 - 4 / 100 + 1 - 24 / 336 + 1 + 1) / 4, 4, 0),
    "degraded_time": (120.0, 4, 0),  # from twelve to two: before that it was down
}


@pytest.mark.parametrize("name", sorted(METRICS))
def test_each_metric_is_what_it_was_worked_out_to_be(name: str) -> None:
    found = figure(METRICS[name], MATERIAL, WINDOW)
    value, of, missing = BY_HAND[name]
    assert (found.of, found.missing) == (of, missing), found
    assert found.value is None if value is None else found.value == pytest.approx(value, abs=1e-9)


def test_all_at_once_is_the_same_as_one_by_one() -> None:
    assert figures(MATERIAL, WINDOW) == {name: figure(one, MATERIAL, WINDOW) for name, one in METRICS.items()}


def test_nothing_at_all_is_not_nought() -> None:
    empty = figures(Material(now=at(20)), WINDOW)
    counts = {"ticket_volume", "incidents", "backlog", "prevented"}
    assert {name for name, one in empty.items() if one.value is not None} == counts


def test_each_metric_has_a_counter_that_is_another_metric_and_says_why() -> None:
    for one in METRICS.values():
        assert one.counter in METRICS
        assert one.counter != one.id
        assert one.why_counter
        assert one.words.endswith(".")
        assert one.missing.endswith(".")
        assert one.code.startswith(f"def {one.id}(")


@pytest.mark.parametrize("name", sorted(METRICS))
@pytest.mark.parametrize("by", DIMENSIONS)
def test_parts_hold_every_case_once(name: str, by: Any) -> None:
    metric = METRICS[name]
    if not metric.by_case or name == "lost_concentration":  # the heaviest of a part are others than those of all
        return
    whole = figure(metric, MATERIAL, WINDOW)
    found = parts(metric, MATERIAL, WINDOW, by=by)
    assert sorted(row for _, one in found for row in one.rows) == sorted(whole.rows)
    assert sorted(ref for _, one in found for ref in one.lacking) == sorted(whole.lacking)


def test_a_figure_is_narrowed_to_what_nobody_has_said() -> None:
    found = figure(METRICS["ticket_volume"], MATERIAL, WINDOW, where={"service": ""})
    assert sorted(ref for ref, _ in found.rows) == ["live:2", "live:3", "live:5"]


def test_a_case_is_open_between_its_ends_and_its_reopenings() -> None:
    told = [LONG.open_at(moment) for moment in (at(1, 1), at(2, 13), at(2, 15), at(2, 19), at(2, 21), at(3, 1))]
    assert told == [True, False, True, False, True, False]
    assert NO_STAMP.open_at(at(20)) is None
    assert LONG.open_at(at(1, 0)) is False


stamps = st.none() | st.integers(0, 400).map(lambda hours: at(1, hours))
histories = st.builds(
    CaseHistory,
    id=st.uuids().map(lambda one: f"live:{one}"),
    number=st.just("1"),
    kind=st.sampled_from(["incident", "request", "risk"]),
    opened_at=stamps,
    responded_at=stamps,
    resolved_at=stamps,
    closed_at=stamps,
    reopens=st.none() | st.integers(0, 3),
    handoffs=st.none() | st.integers(0, 4),
    level=st.none() | st.integers(0, 2),
    category=st.sampled_from(["", "a", "b"]),
    service=st.sampled_from(["", "s"]),
    sla_made=st.none() | st.booleans(),
    automated=st.none() | st.booleans(),
    person=st.sampled_from(["", "p", "q"]),
    people=st.none() | st.integers(0, 9),
)


@given(st.lists(histories, max_size=25))
def test_a_window_counts_what_its_days_count(cases: list[CaseHistory]) -> None:
    """Days add up to the window; shares lie between nought and one; what counts and what lacks is told apart."""
    material = Material(now=at(28), cases=cases)
    for name in ("ticket_volume", "incidents", "prevented"):
        days = trend(METRICS[name], material, WINDOW, grain="day")
        assert sum(one.value or 0 for _, one in days) == figure(METRICS[name], material, WINDOW).value
    for name, found in figures(material, WINDOW).items():
        if METRICS[name].unit == "share" and found.value is not None:
            assert 0 <= found.value <= 1, name
        assert not {ref for ref, _ in found.rows} & set(found.lacking), name


def test_a_figure_of_nothing_is_none() -> None:
    assert Figure(None).missing == 0
