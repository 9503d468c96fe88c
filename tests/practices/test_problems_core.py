"""Problems: which kinds of incident are worth looking into."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.case import Case, Impact
from tickless.domain.problem import ProblemSettings
from tickless.domain.record import Untrusted
from tickless.practices.problems.core import Occurrence, Prices, candidates, depth_of, key_of
from tickless.practices.problems.reading import occurrence

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
RULES = ProblemSettings()
PRICES = Prices(agent_hour=45.0, person_hour=35.0)
occurrences = st.lists(
    st.builds(
        Occurrence, number=st.integers(1, 10_000), service=st.sampled_from(["shop", "db", None]),
        need=st.sampled_from(["disk_full", "service_down", None]),
        at=st.integers(0, 200).map(lambda days: NOW - dt.timedelta(days=days)), priority=st.integers(1, 4),
        toil=st.floats(0, 480), lost=st.floats(0, 10_000),
    ),
    max_size=40,
)  # fmt: skip


@given(occurrences)
def test_candidates_are_counted_once_and_ranked_by_what_they_are_worth(found: list[Occurrence]) -> None:
    made = candidates(found, RULES, PRICES, now=NOW)
    inside = [one for one in found if one.at >= NOW - dt.timedelta(days=RULES.days) and (one.service or one.need)]
    assert sum(one.count for one in made) <= len(inside)
    assert all(one.count >= RULES.least for one in made)
    assert [one.worth for one in made] == sorted((one.worth for one in made), reverse=True)
    assert all(one.cost_low <= one.cost <= one.cost_high for one in made)
    assert len({one.key for one in made}) == len(made)
    known = frozenset(one.key for one in made)
    assert candidates(found, RULES, PRICES, known=known, now=NOW) == []


@given(occurrences.filter(bool))
def test_one_more_incident_never_makes_a_kind_cheaper(found: list[Occurrence]) -> None:
    one = found[0]
    if not (one.service or one.need) or one.at < NOW - dt.timedelta(days=RULES.days):
        return
    key = key_of(one.service, one.need)

    def cost(many: list[Occurrence]) -> float:
        return next((made.cost for made in candidates(many, RULES, PRICES, now=NOW) if made.key == key), 0.0)

    assert cost([*found, one]) >= cost(found) - 0.02


def test_as_much_review_as_it_is_worth() -> None:
    def many(number: int, **given_: float) -> list[Occurrence]:
        return [Occurrence(index, "shop", "disk_full", NOW, int(given_.get("priority", 3)), toil=given_.get("toil", 0.0))
                for index in range(number)]  # fmt: skip

    (cheap,) = candidates(many(3, toil=5), RULES, PRICES, now=NOW)
    assert (depth_of(cheap, RULES, PRICES), cheap.worth < 0) == ("none", True)
    (dear,) = candidates(many(20, toil=200), RULES, PRICES, now=NOW)
    assert (depth_of(dear, RULES, PRICES), dear.worth > 0) == ("full", True)
    (grave,) = candidates(many(3, priority=1), RULES, PRICES, now=NOW)
    assert depth_of(grave, RULES, PRICES) == "full"
    assert "3 times in 90 days" in grave.words


def test_the_rules_say_what_is_worth_a_problem_and_a_full_review() -> None:
    twice = [
        Occurrence(index, "shop", "disk_full", NOW - dt.timedelta(days=100 * index), 2, toil=60) for index in range(2)
    ]
    assert candidates(twice, RULES, PRICES, now=NOW) == []
    wide = ProblemSettings(least=2, days=180)
    (found,) = candidates(twice, wide, PRICES, now=NOW)
    assert found.count == 2
    assert depth_of(found, wide, PRICES) == "none"
    assert depth_of(found, ProblemSettings(full_priority=2), PRICES) == "full"
    assert depth_of(found, ProblemSettings(full=0.001), PRICES) == "full"


def test_the_rules_say_what_an_incident_costs() -> None:
    case = Case.model_validate(
        {"id": "c", "number": 1, "kind": "incident", "need": None, "title": Untrusted("x"), "door": "machine",
         "opened_at": NOW - dt.timedelta(hours=20), "updated_at": NOW, "outcome": "handed_off", "state": "handed_off",
         "impact": Impact(priority=2, people=10, reason="r")}
    )  # fmt: skip
    usual = occurrence(case, RULES, NOW)
    assert (usual.toil, usual.lost) == (480, 480 * 0.5 * 10)
    longer = occurrence(case, ProblemSettings(longest=16, unable=(1, 0.25, 0, 0)), NOW)
    assert (longer.toil, longer.lost) == (960, 960 * 0.25 * 10)
