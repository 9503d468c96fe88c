"""Claims taken together: people win, belief fades, nobody changes another's word, and what is unknown stays so."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.claim import PERSON, Claim
from tickless.practices.services.claims import (
    HALF_LIFE,
    belief,
    claim_id,
    conflicts_of,
    fade,
    fields_of,
    good_names,
    stale,
)

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
ORIGINS = sorted(HALF_LIFE)
MACHINES = [one for one in ORIGINS if one != PERSON]
KEY = "shop → db"


def claim(origin: str, *, days: float = 0.0, confidence: float = 0.8, source: str = "", **more: object) -> Claim:
    source = source or origin
    at = NOW - dt.timedelta(days=days)
    values = {"service": "shop", "needs": "db"}
    return Claim.model_validate(
        {"id": claim_id(source, "dependency", KEY), "source": source, "origin": origin, "kind": "dependency", "key": KEY,
         "values": values, "confidence": confidence, "first_seen": at, "last_seen": at, **more}
    )  # fmt: skip


CLAIMS = st.builds(
    claim,
    st.sampled_from(MACHINES),
    days=st.floats(0, 400),
    confidence=st.floats(0, 1),
    source=st.sampled_from(["a", "b", "c", "d"]),
    withdrawn_at=st.sampled_from([None, NOW]),
)
SAID = st.lists(CLAIMS, min_size=1, max_size=5, unique_by=lambda one: one.source)


@given(SAID, st.floats(0, 100))
def test_belief_never_grows_by_waiting(said: list[Claim], days: float) -> None:
    later = NOW + dt.timedelta(days=days)
    now, then = (belief(said, now=at, names={}).confidence for at in (NOW, later))
    assert 0 <= then <= now <= 1


@given(SAID, CLAIMS)
def test_one_more_who_says_so_never_takes_belief_away(said: list[Claim], more: Claim) -> None:
    further = more.model_copy(update={"id": "clm_other", "source": "z"})
    assert belief([*said, further], now=NOW, names={}).confidence >= belief(said, now=NOW, names={}).confidence


@given(SAID, st.sampled_from(["says", "denies"]), st.floats(0, 4_000))
def test_a_persons_word_decides_for_ever(said: list[Claim], stands: str, days: float) -> None:
    person = claim(PERSON, days=days, source="person:p1", stands=stands)
    held = belief([*said, person], now=NOW, names={})
    assert (held.confidence, held.denied) == ((1.0, False) if stands == "says" else (0.0, True))
    taken_back = person.model_copy(update={"withdrawn_at": NOW})
    assert not belief([*said, taken_back], now=NOW, names={}).denied


@given(st.sampled_from([one for one in MACHINES if HALF_LIFE[one]]))
def test_a_half_life_halves(origin: str) -> None:
    half_life = HALF_LIFE[origin]
    assert half_life is not None
    days = half_life / dt.timedelta(days=1)
    assert abs(fade(claim(origin, days=days), NOW) - 0.5) < 1e-9
    assert not stale(claim(origin, days=days * 0.99), NOW)
    assert stale(claim(origin, days=days * 1.01), NOW)


def test_what_is_taken_back_counts_half_at_once_and_less_later() -> None:
    told = claim("declared", days=900, withdrawn_at=NOW)
    assert fade(claim("declared", days=900), NOW) == 1.0
    assert fade(told, NOW) == 0.5
    assert fade(told, NOW + dt.timedelta(days=60)) == 0.25


def test_what_people_reject_costs_a_source_its_good_name_on_other_edges() -> None:
    bad = [claim("learnt", source="rumour").model_copy(update={"id": f"b{n}", "key": f"e{n}"}) for n in range(3)]
    no = [
        claim(PERSON, source="person:p1", stands="denies").model_copy(update={"id": f"n{n}", "key": f"e{n}"})
        for n in range(3)
    ]
    names = good_names([*bad, *no])
    assert 0 < names["rumour"] < 1
    other = claim("learnt", source="rumour")
    assert belief([other], now=NOW, names=names).confidence < belief([other], now=NOW, names={}).confidence
    yes = [one.model_copy(update={"stands": "says"}) for one in no]
    assert good_names([*bad, *yes])["rumour"] == 1.0


def fact(origin: str, source: str = "", **values: object) -> Claim:
    return claim(origin, source=source).model_copy(update={"kind": "service", "key": "shop", "values": values})


VALUES = st.dictionaries(st.sampled_from(["team", "owner", "hours"]), st.sampled_from(["a", "b", ""]), max_size=3)


@given(st.lists(st.tuples(st.sampled_from(ORIGINS), VALUES), min_size=1, max_size=5))
def test_every_field_is_somebodys_word_and_the_first_in_rank_counts(said: list[tuple[str, dict[str, str]]]) -> None:
    claims = [fact(origin, f"s{n}", **values) for n, (origin, values) in enumerate(said)]
    fields = fields_of(claims)
    told = {name for one in claims for name, value in one.values.items() if value}
    assert set(fields) == told
    for name, value in fields.items():
        assert any(one.values.get(name) == value for one in claims)
        people = [one.values[name] for one in claims if one.origin == PERSON and one.values.get(name)]
        assert not people or value in people


def test_contradictions_are_told_and_agreement_is_none() -> None:
    told = conflicts_of([fact("backstage", team="web"), fact("kubernetes", team="ops"), fact("servicenow", team="Web")])
    assert [(one.field, one.by, one.stands, one.other, one.says) for one in told] == [
        ("team", "backstage", "web", "kubernetes", "ops")
    ]
    assert conflicts_of([fact("backstage", description="x"), fact("servicenow", description="y")]) == []
    denied = conflicts_of([claim("traces"), claim(PERSON, source="person:p1", stands="denies")])
    assert [(one.by, one.other) for one in denied] == [("person:p1", "traces")]
