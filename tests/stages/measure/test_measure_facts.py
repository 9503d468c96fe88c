"""Live cases and tickets of the past in the one form that figures are computed from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import TASK_RUN, Case, Impact
from tickless.domain.history import HolderSpan, StateSpan, TicketHistory
from tickless.domain.measure import Resolution
from tickless.domain.problem import Problem
from tickless.domain.record import Untrusted
from tickless.domain.supplier import Agreement, Target
from tickless.domain.ticket import Ticket
from tickless.journal.measure_forms import CaseRow, EndRow, case_row, end_row
from tickless.journal.measure_rows import AuditMark, RunRow
from tickless.stages.measure.facts.live import Lived, from_lived, outages_of, runs_of
from tickless.stages.measure.facts.past import from_past
from tickless.stages.measure.facts.tied import tied

T0 = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def case(number: int, **told: Any) -> CaseRow:
    given: dict[str, Any] = {
        "kind": "incident", "need": "account_unlock", "door": "human", "title": Untrusted("x"), "requester": "p1",
        "conversation": "web:1", "impact": Impact(priority=3, reason=""), "opened_at": T0, "updated_at": T0,
    }  # fmt: skip
    return case_row(Case(id=f"case_{number}", number=number, **{**given, **told}).model_dump_json())


def end(number: int, outcome: Any, at: dt.datetime, **told: Any) -> EndRow:
    made = Resolution(
        id=f"res_{number}_{at:%H}", case=f"case_{number}", outcome=outcome, door="human", seconds=0, at=at, **told
    )
    return end_row(made.model_dump_json())


def test_a_case_that_the_house_solved() -> None:
    solved = case(1, state="resolved", outcome="verified", resolved_at=T0 + HOUR)
    lived = Lived(
        [solved], ends={"case_1": [end(1, "verified", T0 + HOUR, runbook="r", minutes_saved=14.0)]}, decided={"case_1": T0},
        runs={"case_1": [RunRow("run_1", "case_1", "r", "done", T0)]}, followers={"case_1": 2},
    )  # fmt: skip
    (found,) = from_lived(lived)
    assert (found.id, found.link) == ("live:1", "/cases/1")
    assert (found.level, found.automated, found.handling_minutes, found.declared_minutes) == (0, True, 0.0, 14.0)
    assert (found.resolved_at, found.over_at, found.people, found.silent) == (T0 + HOUR, T0 + HOUR, 2, False)
    assert [one.good for one in runs_of(lived)] == [True]


def test_what_was_handed_over_is_resolved_when_people_say_so() -> None:
    handed = case(2, state="handed_off", outcome="handed_off", resolved_at=T0 + HOUR)
    ends = {"case_2": [end(2, "handed_off", T0 + HOUR)]}
    (waiting,) = from_lived(Lived([handed], ends=ends))
    assert (waiting.resolved_at, waiting.ended_at, waiting.automated) == (None, T0 + HOUR, False)
    assert waiting.open_at(T0 + 9 * HOUR)
    ticket = Ticket(
        id="t", case="case_2", system="desk", state="resolved", owner="Bo", moved_at=T0 + 5 * HOUR, made_at=T0
    )
    (solved,) = from_lived(Lived([handed], ends=ends, tickets={"case_2": ticket}))
    assert (solved.resolved_at, solved.level, solved.team, solved.handling_minutes) == (T0 + 5 * HOUR, 1, "Bo", None)


def test_the_clock_stands_while_somebody_else_has_the_word_and_work_is_what_people_say() -> None:
    handed = case(2, state="handed_off", outcome="handed_off", resolved_at=T0 + HOUR)
    ends = {"case_2": [end(2, "handed_off", T0 + HOUR)]}
    asked = {"case_2": [(T0, T0 + HOUR / 2)]}
    ticket = Ticket(id="t", case="case_2", system="tickless", made_at=T0 + HOUR, waits=()).moved_to("open", T0 + HOUR)
    ticket = (
        ticket.moved_to("pending", T0 + 2 * HOUR).moved_to("pending", T0 + 3 * HOUR).moved_to("open", T0 + 4 * HOUR)
    )
    ticket = ticket.moved_to("pending", T0 + 6 * HOUR).model_copy(update={"minutes": 25.0})
    (found,) = from_lived(Lived([handed], ends=ends, tickets={"case_2": ticket}, waits=asked))
    assert found.pauses == ((T0, T0 + HOUR / 2), (T0 + 2 * HOUR, T0 + 4 * HOUR), (T0 + 6 * HOUR, None))
    assert found.handling_minutes == 25.0
    (older,) = from_lived(Lived([handed], ends=ends, tickets={"case_2": ticket.model_copy(update={"waits": None})}))
    (unknown,) = from_lived(Lived([handed], ends=ends, tickets={"case_2": ticket}, waits={"case_2": [None]}))
    assert (older.pauses, unknown.pauses) == (None, None), "what was not noted is missing, never none"


def test_what_came_back_counts_each_of_its_ends() -> None:
    back = case(3, state="open", generation=1, reopened_at=T0 + 2 * HOUR)
    lived = Lived(
        [back], ends={"case_3": [end(3, "regressed", T0 + HOUR, runbook="r")]},
        marks={"case_3": [AuditMark(T0 + 2 * HOUR, "case.reopened", "case_3", {}),
                          AuditMark(T0 + 3 * HOUR, "case.impact", "case_3", {"priority": [2, 3]}),
                          AuditMark(T0 + 3 * HOUR, "case.corrected", "case_3", {"values": {"need": "vpn"}})]},
        runs={"case_3": [RunRow("run_3", "case_3", "r", "done", T0)]},
    )  # fmt: skip
    (found,) = from_lived(lived)
    assert (found.times_reopened, found.reopened_at, found.resolved_at, found.outcome) == (
        1,
        (T0 + 2 * HOUR,),
        None,
        None,
    )
    assert (found.first_priority, found.priority, found.priority_changed_at) == (2, 3, T0 + 3 * HOUR)
    assert found.first_category != found.category
    assert [found.open_at(T0 + hours * HOUR) for hours in (1, 2, 3)] == [True, False, True]
    assert [one.good for one in runs_of(lived)] == [False]


def test_parts_and_merged_cases_are_counted_with_the_whole() -> None:
    part = case(4, inputs={TASK_RUN: "run_1"})
    merged = case(5, state="merged", merged_into="case_6")
    assert [one.id for one in from_lived(Lived([part, merged, case(6)]))] == ["live:6"]


def test_a_case_is_tied_to_the_problem_that_was_open_about_its_kind_or_that_names_it() -> None:
    at = {"door": "machine", "service": "shop", "need": "service_down"}
    cases = [case(1, **at), case(2, **at, opened_at=T0 - HOUR), case(3), case(4, inputs={"known_error": "ke_1"}),
             case(5, **at, opened_at=T0 + 3 * HOUR), case(6, door="machine", service="shop", need="latency")]  # fmt: skip
    problem = Problem(id="prb-1", title="x", service="shop", need="service_down", key="shop|service_down", cases=(3,),
                      made_by="p1", made_at=T0, closed_at=T0 + 2 * HOUR)  # fmt: skip
    found = tied(cases, [problem], errors=False)
    assert found == {"case_1", "case_3", "case_4"}
    assert [one.known for one in from_lived(Lived(cases, known=found))] == [True, False, True, True, False, False]
    assert tied(cases, [], errors=False) is None
    assert {one.known for one in from_lived(Lived(cases))} == {None}


def test_what_was_prevented_is_weighed_by_what_had_happened_before() -> None:
    at = {"door": "machine", "service": "shop", "requester": None}
    over = {"state": "resolved", "outcome": "verified"}

    def down(number: int, need: str, begin: dt.datetime, hours: int) -> CaseRow:
        return case(number, **at, **over, need=need, opened_at=begin, resolved_at=begin + hours * HOUR)

    risk = case(9, **at, kind="risk", need="disk_filling", state="resolved", outcome="prevented", opened_at=T0,
                resolved_at=T0 + HOUR, impact=Impact(priority=3, reason="", people=10))  # fmt: skip
    other = down(1, "service_down", T0 - 50 * HOUR, 4)
    later = down(2, "service_down", T0 + HOUR, 400)
    alike = down(3, "disk_filling", T0 - 30 * HOUR, 2)
    muted = case(4, **at, state="muted", outcome="muted", opened_at=T0 - 9 * HOUR, resolved_at=T0 - HOUR)

    def hours(*past: CaseRow) -> float | None:
        (found,) = [one for one in from_lived(Lived([risk, *past])) if one.kind == "risk"]
        return found.prevented_hours

    assert hours(other, later, alike, muted) == 20.0
    assert hours(other, later, muted) == 40.0
    assert hours(later, muted) is None


def test_nobody_tells_of_pauses_where_no_states_are_told() -> None:
    bare, told = from_past([past("1"), past("2", states=(StateSpan(state="active", since=T0),))])
    assert (bare.pauses, told.pauses) == (None, ())


def test_outages_are_incidents_of_machines_and_muted_ones_are_none() -> None:
    base = {"door": "machine", "service": "shop", "requester": None}
    down = case(7, need="service_down", state="resolved", outcome="verified", resolved_at=T0 + HOUR, **base)
    slow = case(8, need="latency", **base)
    noise = case(9, need="service_down", state="muted", outcome="muted", resolved_at=T0 + HOUR, **base)
    found = outages_of(Lived([down, slow, noise], began={"case_7": T0 - HOUR}))
    assert [(one.degraded, one.since, one.until) for one in found] == [(False, T0 - HOUR, T0 + HOUR), (True, T0, None)]


def past(number: str, **told: Any) -> TicketHistory:
    return TicketHistory(id=f"hist_{number}", source="old", number=number, opened_at=T0, **told)


def test_a_ticket_of_the_past_with_pauses_and_reopenings() -> None:
    spans = [
        ("new", 0, 1),
        ("pending", 1, 3),
        ("active", 3, 4),
        ("resolved", 4, 6),
        ("closed", 6, 7),
        ("active", 7, 8),
        ("resolved", 8, None),
    ]
    states = tuple(
        StateSpan(state=state, since=T0 + a * HOUR, until=None if b is None else T0 + b * HOUR)  # type: ignore[arg-type]
        for state, a, b in spans
    )
    told = past(
        "1", states=states, resolved_at=T0 + 8 * HOUR, reopened_at=(T0 + 7 * HOUR,), category=("A", "B", "C"),
        first_category=("A", "X"),
        teams=(HolderSpan(holder="x", since=T0, until=T0 + HOUR), HolderSpan(holder="y", since=T0 + HOUR)), caller="anyone_1",
    )  # fmt: skip
    (found,) = from_past([told])
    assert found.ends == (T0 + 4 * HOUR, T0 + 8 * HOUR)
    assert found.pauses == ((T0 + HOUR, T0 + 3 * HOUR),)
    assert (found.handoffs, found.level, found.times_reopened, found.people) == (1, 2, 1, 1)
    assert (found.category, found.first_category) == ("A / B", "A / X")
    assert [found.open_at(T0 + hours * HOUR) for hours in (4, 5, 8)] == [True, False, True]


def test_nothing_said_means_no_only_where_the_source_says_it_of_others() -> None:
    silent = from_past([past("1"), past("2")])
    assert [one.known for one in silent] == [None, None]
    told = from_past([past("1", problem="PRB1"), past("2")])
    assert [one.known for one in told] == [True, False]


def test_problems_and_changes_of_the_past_are_no_cases_and_a_cancelled_ticket_is_not_solved() -> None:
    found = from_past(
        [past("1", kind="problem"), past("2", kind="change"), past("3", state="cancelled", closed_at=T0 + HOUR)]
    )
    assert [(one.number, one.outcome, one.resolved_at, one.over_at) for one in found] == [
        ("3", "withdrawn", None, T0 + HOUR)
    ]


def test_what_was_promised_changed_in_kind_or_only_asked_for_a_change() -> None:
    agreement = Agreement(
        id="agr-1", title="Desk", kind="ola", party="Desk", targets=(Target(priority=3, resolve=120),), services=("mail",),
        made_by="p1", made_at=T0,
    )  # fmt: skip
    lived = Lived(
        [case(20, service="mail", typed_by="p9", state="resolved", outcome="verified", resolved_at=T0 + HOUR, kind="request"),
         case(21, need="change.approval")],
        ends={"case_20": [end(20, "verified", T0 + HOUR, runbook="r")]}, agreements={"mail": [agreement]},
        marks={"case_20": [AuditMark(T0, "case.open", "case_20", {"kind": "incident"})]},
    )  # fmt: skip
    (found,) = from_lived(lived)
    assert (found.kind, found.first_kind) == ("request", "incident")
    assert (found.sla_due_at, found.handling_minutes) == (T0 + 2 * HOUR, None)
