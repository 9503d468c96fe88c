"""Problems: which kinds of incident are worth looking into."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.problem import ProblemSettings
from tickless.practices.problems.core import Occurrence, Prices, candidates, depth_of, key_of

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
