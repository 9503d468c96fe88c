"""Routing learns from where tickets were solved: only from habit, only what helps, and never against what went right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.routing import Routed
from tickless.stages.learn.core import sign_test
from tickless.stages.learn.routing import CHANCE, DAYS, FEWEST, choose, judge, propose

BEGIN = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TEAMS = st.sampled_from(["", "desk", "network", "payments"])
TICKETS = st.lists(
    st.tuples(st.sampled_from(["vpn_trouble", "disk_full", ""]), st.sampled_from(["", "vpn", "files"]), TEAMS,
              st.sampled_from(["desk", "network", "payments"]), st.integers(0, 80)),
    max_size=60,
)  # fmt: skip
RULES = st.dictionaries(st.tuples(st.sampled_from(["vpn_trouble", "disk_full"]), st.sampled_from(["", "vpn"])), TEAMS)


def routed(told: Sequence[tuple[str, str, str, str, int]]) -> list[Routed]:
    return [
        Routed(id=f"tkt_{place}", case=f"case_{place}", need=need, service=service, own=own, sent_to=own, team=team,
               at=BEGIN + dt.timedelta(days=day))
        for place, (need, service, own, team, day) in enumerate(told)
    ]  # fmt: skip


def habit(team: str, count: int, *, service: str = "vpn", own: str = "desk") -> list[tuple[str, str, str, str, int]]:
    return [("vpn_trouble", service, own, team, day) for day in range(count)]


def test_a_habit_is_proposed_with_what_it_would_have_changed() -> None:
    (found,) = propose(routed(habit("network", 6)), {})
    assert (found.need, found.service, found.team, found.solved, found.tickets) == (
        "vpn_trouble",
        "vpn",
        "network",
        6,
        6,
    )
    assert found.instead == (("desk", 6),)
    assert judge(routed(habit("network", 6)), {}, {("vpn_trouble", "vpn"): "network"}).fits


def test_one_bad_day_and_what_goes_right_already_are_no_habit() -> None:
    one_day = [("vpn_trouble", "vpn", "desk", "network", 0)] * 9
    assert propose(routed(one_day), {}) == []
    assert propose(routed(habit("desk", 9)), {}) == []
    assert propose(routed(habit("network", 9)), {("vpn_trouble", "vpn"): "network"}) == []


def test_a_need_that_goes_to_one_team_everywhere_is_one_rule() -> None:
    told = habit("network", 5) + habit("network", 5, service="files")
    (found,) = propose(routed(told), {})
    assert (found.need, found.service) == ("vpn_trouble", "")


def test_the_rule_for_a_service_stands_before_the_one_for_the_need() -> None:
    rules = {("vpn_trouble", ""): "network", ("vpn_trouble", "files"): "desk"}
    assert choose(rules, "vpn_trouble", "files", "payments")[0] == "desk"
    assert choose(rules, "vpn_trouble", "vpn", "payments")[0] == "network"
    assert choose(rules, "disk_full", "vpn", "payments") == ("payments", "the team of vpn")
    assert choose({}, "disk_full", "", "") == ("", "")


def test_what_would_send_as_many_wrong_as_right_does_not_fit() -> None:
    past = routed(habit("network", 6) + habit("desk", 6))
    judged = judge(past, {}, {("vpn_trouble", "vpn"): "network"})
    assert (len(judged.gained), len(judged.lost), judged.fits) == (6, 6, False)


@given(TICKETS, RULES)
def test_a_proposal_speaks_from_enough_tickets_of_several_days_and_gains(
    told: list[tuple[str, str, str, str, int]], rules: dict[tuple[str, str], str]
) -> None:
    past = routed(told)
    for one in propose(past, rules):
        own = [each for each in past if each.need == one.need and one.service in {"", each.service}]
        assert len(own) == one.tickets >= FEWEST
        assert sum(each.team == one.team for each in own) == one.solved > one.tickets / 2
        assert len({each.at.date() for each in own if each.team == one.team}) >= DAYS
        judged = judge(past, rules, {**rules, (one.need, one.service): one.team})
        assert judged.gained
        assert judged.right_after - judged.right_before == len(judged.gained) - len(judged.lost)
        assert judged.fits == (sign_test(len(judged.gained), len(judged.lost)) < CHANCE)
        assert propose(past, rules, refused=frozenset({one.id})) != propose(past, rules)


@given(TICKETS, RULES)
def test_judging_rules_against_themselves_changes_nothing(
    told: list[tuple[str, str, str, str, int]], rules: dict[tuple[str, str], str]
) -> None:
    judged = judge(routed(told), rules, rules)
    assert (judged.gained, judged.lost, judged.fits) == ((), (), False)
