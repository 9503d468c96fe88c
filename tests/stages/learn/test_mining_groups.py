"""Mining: groups that stand, names that tell, exact figures, values with honest intervals, benefits held against others."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.domain.opportunity import Interval, Match, Opportunity
from tickless.stages.learn.mining import Item, group_items
from tickless.stages.learn.mining.agreement import adjusted_rand, same_groups
from tickless.stages.learn.mining.benefit import benefit_of, weekly
from tickless.stages.learn.mining.clustering import cluster
from tickless.stages.learn.mining.core import weigh
from tickless.stages.learn.mining.drafts import draft_of
from tickless.stages.learn.mining.figures import figures_of
from tickless.stages.learn.mining.grouping import Groups
from tickless.stages.learn.mining.naming import name_groups
from tickless.stages.learn.mining.value import hours_a_month, what_to_draft

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
TOPICS = {
    "vpn": ("vpn token rejected", "vpn tunnel drops", "remote vpn gateway refuses token", "vpn client asks token"),
    "printer": ("printer prints blank pages", "printer paper jam", "printer queue stuck", "toner empty printer"),
    "mailbox": ("mailbox quota exceeded", "mailbox full cannot receive", "archive mailbox quota", "mailbox size limit"),
    "badge": ("badge door access denied", "lost badge entrance", "badge reader door broken", "visitor badge door"),
}


def items(count: int = 200, *, seed: int = 0, start: int = 0) -> list[Item]:
    chance = random.Random(seed)
    made = []
    for number in range(start, start + count):
        topic = list(TOPICS)[number % len(TOPICS)]
        text = " ".join(chance.sample(TOPICS[topic], 2))
        made.append(Item(f"t{number}", "desk", text=text, title=text, at=NOW - dt.timedelta(days=number % 360), team=topic,
                         minutes=10.0 + number % 3, hand_offs=0, reopened=False, end="solved"))  # fmt: skip
    return made


def topic_of(one: Item) -> str:
    return one.team


def test_needs_are_told_apart_and_named_by_their_own_words() -> None:
    made = items()
    found = group_items(made, count=4)
    true = {one.id: topic_of(one) for one in made}
    agreed = adjusted_rand(found.of, true)
    assert agreed is not None
    assert agreed > 0.95
    inside: dict[int, list[Item]] = {}
    for one in made:
        inside.setdefault(found.of[one.id], []).append(one)
    for group, (name, words) in name_groups(inside).items():
        topic = topic_of(inside[group][0])
        assert topic in name.lower() or topic in words


def test_the_same_items_in_any_order_give_the_same_groups() -> None:
    made = items()
    assert group_items(made, count=4).of == group_items(list(reversed(made)), count=4).of


def test_groups_of_the_run_before_hold_together_when_new_items_come() -> None:
    first = group_items(items(200))
    before = {item: f"opp_{group}" for item, group in first.of.items()}
    then = group_items([*items(200), *items(60, seed=5, start=1_000)], before=before, seed=3)
    agreed = adjusted_rand(first.of, then.of)
    assert agreed is not None
    assert agreed > 0.9
    going_on = same_groups(then.of, before)
    assert len(going_on) >= len(set(before.values())) * 0.8


def test_cases_of_one_understood_need_come_together_however_they_are_worded() -> None:
    said = ("help", "laptop froze again today", "screen stays dark after lunch", "urgent colleague waits in lobby",
            "customer called about invoice", "window shows odd letters")  # fmt: skip
    made = [Item(f"c{n}", "tickless", text=f"{said[n % 6]} {n}", need=f"need_{n // 6}") for n in range(36)]
    found = group_items(made)
    assert len(set(found.of.values())) == 6, "as many as are understood, though so few texts are worth fewer groups"
    assert all((found.of[a.id] == found.of[b.id]) == (a.need == b.need) for a in made for b in made)


def test_items_without_words_are_grouped_by_their_category() -> None:
    made = [Item(f"t{n}", "desk", structure=(f"Category {n % 3}", "x")) for n in range(60)]
    found = group_items(made)
    assert len(set(found.of.values())) == 3
    assert all((found.of[a.id] == found.of[b.id]) == (a.structure == b.structure) for a in made for b in made)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 4), min_size=2), st.permutations(range(5)))
def test_agreement_does_not_heed_names(groups: dict[str, int], other: list[int]) -> None:
    again = {item: other[group] for item, group in groups.items()}
    assert adjusted_rand(groups, again) == pytest.approx(1.0)


@given(st.integers(2, 60), st.integers(1, 10), st.integers(0, 3))
@settings(max_examples=40)
def test_every_row_gets_one_of_at_most_so_many_labels(rows: int, count: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).standard_normal((rows, 5)).astype(np.float32)
    labels = cluster(vectors, count, seed=seed)
    assert len(labels) == rows
    assert set(labels) == set(range(len(set(labels.tolist()))))
    assert len(set(labels.tolist())) <= max(count, 1) or rows <= count


TEXTS = st.lists(st.text(max_size=40), min_size=1, max_size=30)


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_any_texts_are_grouped_without_a_fault(texts: list[str]) -> None:
    made = [Item(f"t{n}", "desk", text=text) for n, text in enumerate(texts)]
    found = group_items(made)
    assert found.of.keys() <= {one.id for one in made}


def test_figures_are_exact_and_say_what_is_not_known() -> None:
    made = [
        Item("a", "x", at=NOW, team="A", end="done", hand_offs=0, reopened=False, minutes=10, open_days=1),
        Item("b", "x", at=NOW, team="A", end="done", hand_offs=2, reopened=False, minutes=20, open_days=3),
        Item("c", "y", at=NOW, team="B", end="done", hand_offs=0, reopened=True, minutes=30, open_days=8),
        Item("d", "y", at=NOW, team="A", end="done", hand_offs=1, reopened=False),
    ]
    found = figures_of(made, since=NOW - dt.timedelta(days=61), until=NOW)
    assert (found.volume, found.hand_offs, found.reopened, found.days_open) == (4, 0.75, 0.25, 3)
    assert found.determinism == 0.5, "a and d: the usual team and end, no second try, at most one hand-over"
    assert found.minutes == (10, 20, 30)
    assert found.per_month == pytest.approx(4 / (61 / 30.4375))
    mute = figures_of([Item("a", "x")], since=None, until=None)
    assert (mute.determinism, mute.hand_offs, mute.reopened, mute.days_open, mute.per_month) == (
        None,
        None,
        None,
        None,
        0,
    )
    assert mute.basis.startswith("assumed")


def _needs(alone: list[bool | None], *, ago: int = 10) -> list[Item]:
    at = NOW - dt.timedelta(days=ago)
    return [Item(f"{ago}-{n}", "x", at=at, end="done", unattended=one) for n, one in enumerate(alone)]


def test_what_nobody_has_to_do_any_more_is_worth_nothing() -> None:
    since = NOW - dt.timedelta(days=300)
    before = _needs([False] * 40, ago=200)

    def worth(items: list[Item]) -> tuple[float | None, float]:
        figures = figures_of(items, since=since, until=NOW)
        found = hours_a_month(figures)
        assert found.low <= found.value <= found.high
        return figures.unattended, found.value

    people, all_of_it = worth([*before, *_needs([False] * 10)])
    assert people == 0
    assert all_of_it > 0
    half, left = worth([*before, *_needs([True, False] * 5)])
    assert half == 0.5, "what is of late counts, where enough of it is over"
    assert left == pytest.approx(all_of_it / 2)
    assert worth([*before, *_needs([True] * 10)]) == (1, 0)
    assert worth([*before, *_needs([True] * 4)])[0] == pytest.approx(4 / 44), "too few of late say nothing"
    assert worth(_needs([None] * 10))[0] is None, "nothing is over"
    kind, why = what_to_draft(figures_of([*before, *_needs([True] * 9 + [False])], since=since, until=NOW), None)
    assert (kind, why) == ("runbook", "90% were resolved without people of late")


@given(st.lists(st.floats(1, 300), min_size=3, max_size=40), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_worth_lies_in_its_interval_and_assumptions_widen_it(minutes: list[float], passed: int) -> None:
    booked = [
        Item(f"t{n}", "x", at=NOW - dt.timedelta(days=n * 3), team="A", end="d", minutes=one)
        for n, one in enumerate(minutes)
    ]
    assumed = [Item(one.id, "x", at=one.at, team="A", end="d", hand_offs=passed) for one in booked]
    for made in (booked, assumed):
        figures = figures_of(made, since=NOW - dt.timedelta(days=200), until=NOW)
        worth = hours_a_month(figures)
        assert 0 <= worth.low <= worth.value <= worth.high
    spread = hours_a_month(figures_of(assumed, since=NOW - dt.timedelta(days=200), until=NOW))
    assert spread.high >= spread.low * 1.5


def test_danger_raises_the_risk_and_lowers_the_worth() -> None:
    calm = [Item(f"t{n}", "x", text="print a page", at=NOW, team="A", end="d", minutes=10) for n in range(20)]
    grave = [
        Item(one.id, "x", text="delete the production database", at=NOW, team="A", end="d", minutes=10, priority=1)
        for one in calm
    ]
    calm_found, grave_found = (figures_of(made, since=NOW, until=NOW) for made in (calm, grave))
    assert grave_found.risk > calm_found.risk + 0.3
    assert grave_found.risk_why
    assert hours_a_month(grave_found).value < hours_a_month(calm_found).value


def test_what_comes_back_becomes_a_problem_what_goes_alike_a_runbook() -> None:
    back = figures_of(
        [Item(f"t{n}", "x", team="A", end="d", reopened=n % 3 == 0) for n in range(30)], since=None, until=None
    )
    alike = figures_of(
        [Item(f"t{n}", "x", team="A", end="d", reopened=False) for n in range(30)], since=None, until=None
    )
    many = figures_of(
        [Item(f"t{n}", "x", team=f"A{n}", end="d", reopened=False) for n in range(30)], since=None, until=None
    )
    there = Match(kind="runbook", id="directory.unlock", title="Unlock", likeness=0.9)
    assert [what_to_draft(one, None)[0] for one in (back, alike, many)] == ["problem", "runbook", "article"]
    assert what_to_draft(back, there) == (
        "runbook",
        "the runbook directory.unlock may do it already: give it these words, as a proposed revision",
    )


def weeks(before: float, after: float, *, seed: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    chance = np.random.default_rng(seed)
    return chance.poisson(before, 26).astype(float), chance.poisson(after, 12).astype(float)


def beside(after: float) -> Mapping[str, tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]]:
    return {f"other {n}": weeks(20, after, seed=50 + n) for n in range(5)}


def test_a_benefit_is_held_against_groups_that_were_left_alone() -> None:
    fell = benefit_of(weeks(20, 6, seed=1), beside(20), minutes=30)  # type: ignore[arg-type]
    assert fell.arrival == "arrived"
    assert fell.change is not None
    assert fell.change.high < 0
    assert fell.hours is not None
    assert fell.hours.value == pytest.approx(fell.change.value / 2)
    with_all = benefit_of(weeks(20, 6, seed=1), beside(6), minutes=30)  # type: ignore[arg-type]
    assert with_all.arrival == "not_shown", "everything fell: that is no benefit of what was done"
    rose = benefit_of(weeks(20, 40, seed=1), beside(20), minutes=None)  # type: ignore[arg-type]
    assert (rose.arrival, rose.hours) == ("worse", None)


def test_no_benefit_is_made_up() -> None:
    assert benefit_of(weeks(20, 6, seed=1), {}, minutes=1).arrival == "no_baseline"  # type: ignore[arg-type]
    early = weekly([NOW - dt.timedelta(days=n) for n in range(300)], begun=NOW - dt.timedelta(days=10), until=NOW)
    assert benefit_of(early, {}, minutes=1).arrival == "too_early"


def _weighed(
    made: list[Item], groups: Groups, before: Mapping[str, str], known: Mapping[str, Opportunity], run: str
) -> list[Opportunity]:
    return list(
        weigh(made, groups, mining=run, before=before, known=known, matching=lambda text: None, now=NOW).opportunities
    )


def test_what_people_decided_stays_from_run_to_run() -> None:
    made = items()
    first = weigh(made, group_items(made), mining="m1", before={}, known={}, matching=lambda text: None, now=NOW)
    ranks = [one.rank for one in first.opportunities]
    assert ranks == list(range(1, len(ranks) + 1))
    values = [one.value.value for one in first.opportunities]
    assert values == sorted(values, reverse=True)
    chosen = first.opportunities[0].model_copy(update={"state": "chosen", "what": "a form"})
    known = {one.id: one for one in (chosen, *first.opportunities[1:])}
    again = _weighed(made, group_items(made, before=first.of), first.of, known, "m2")
    same = next(one for one in again if one.id == chosen.id)
    assert (same.state, same.what, same.name, same.stands) == ("chosen", "a form", chosen.name, 1.0)
    assert {one.id for one in again} == set(known)


@pytest.mark.parametrize("kind", ["runbook", "article", "problem"])
def test_drafts_are_whole_whatever_the_tickets_say(kind: str) -> None:
    nasty = ['a: "b"\n- c: ${{ d }}', "# x", "”'\"", "{{ 7*7 }}"]
    one = Opportunity(id="opp_1", mining="m", rank=1, name='VPN: "token", ${{ x }}', volume=3, per_month=1.0,
                      value=Interval(value=1, low=0, high=2), draft=kind, first_seen_at=NOW)  # type: ignore[arg-type]  # fmt: skip
    text = draft_of(one, nasty)
    if kind == "runbook":
        read = yaml.safe_load(text)
        assert read["title"] == one.name
        assert read["effect"] == "read", "a draft changes nothing"
    if kind == "article":
        assert yaml.safe_load(text.split("---")[1])["state"] == "draft"
    assert "VPN" in text


def test_a_group_is_called_as_people_call_it_and_never_after_one_of_them() -> None:
    said = [
        *("Re: my account is locked!", "my account is locked", "locked account, ticket 4711") * 3,
        "account of Emma Stone locked",
    ]
    others = ["printer jam on the third floor", "the printer is jammed"]
    named = name_groups({
        1: [Item(f"a{n}", "desk", text=said[n % 10], title=said[n % 10]) for n in range(40)] ,
        2: [Item(f"b{n}", "desk", text=others[n % 2], title="") for n in range(20)],
    })  # fmt: skip
    assert named[1][0] == "My account is locked"
    assert "," in named[2][0], "no titles: the words that set it apart"


def test_a_name_that_few_have_is_no_part_of_any_name() -> None:
    said = [f"{who} is locked out" for who in ("Emma", "Luis", "Ada", "Tom", "Bo", "Kim", "Max", "Eve")]
    (name, _words) = name_groups({1: [Item(f"a{n}", "desk", text=one, title=one) for n, one in enumerate(said * 3)]})[1]
    assert not any(one.split()[0] in name for one in said)
