"""Groups become opportunities: weighed, ranked, and known again from run to run. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from tickless.domain.opportunity import Match, Opportunity
from tickless.kit.canonical import digest
from tickless.stages.learn.mining.agreement import same_groups
from tickless.stages.learn.mining.benefit import benefit_of, weekly
from tickless.stages.learn.mining.figures import Figures, figures_of
from tickless.stages.learn.mining.grouping import Groups
from tickless.stages.learn.mining.items import Item
from tickless.stages.learn.mining.naming import name_groups
from tickless.stages.learn.mining.value import hours_a_month, minutes_interval, what_to_draft

KEPT = 0.6
"""A group that goes on with so much of what it was keeps its name, too."""
Matching = Callable[[str], Match | None]


@dataclass(frozen=True)
class Found:
    """Best first. `of`: item → opportunity."""

    opportunities: tuple[Opportunity, ...]
    of: dict[str, str]


def weigh(
    items: Sequence[Item],
    groups: Groups,
    *,
    mining: str,
    before: Mapping[str, str],
    known: Mapping[str, Opportunity],
    matching: Matching,
    now: dt.datetime,
) -> Found:
    """`before`: item → opportunity of the last run; `known`: its opportunities. What people decided about them stays."""
    inside: dict[int, list[Item]] = {}
    for item in items:
        if item.id in groups.of:
            inside.setdefault(groups.of[item.id], []).append(item)
    since, until = span_of(items)
    names = name_groups(inside)
    going_on = same_groups(groups.of, before)
    made = []
    for group, members in inside.items():
        figures = figures_of(members, since=since, until=until)
        earlier, share = going_on.get(group, ("", None))
        made.append((group, _opportunity(group, members, figures, groups, mining=mining, name=names[group],
                                         before=known.get(earlier), share=share, matching=matching, now=now)))  # fmt: skip
    made.sort(key=lambda pair: (-pair[1].value.value, -pair[1].volume, pair[1].name))
    ids: dict[Hashable, str] = {group: one.id for group, one in made}
    ranked = [one.model_copy(update={"rank": rank}) for rank, (_, one) in enumerate(made, 1)]
    of = {item: ids[group] for item, group in groups.of.items() if group in ids}
    return Found(tuple(_with_benefits(ranked, items, of, until)), of)


def span_of(items: Sequence[Item]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The first and the last opening."""
    times = [item.at for item in items if item.at is not None]
    return (min(times), max(times)) if times else (None, None)


def _opportunity(
    group: int,
    members: Sequence[Item],
    figures: Figures,
    groups: Groups,
    *,
    mining: str,
    name: tuple[str, tuple[str, ...]],
    before: Opportunity | None,
    share: float | None,
    matching: Matching,
    now: dt.datetime,
) -> Opportunity:
    examples = groups.middle.get(group, ())[:10] or tuple(item.id for item in members[:10])
    by_id = {item.id: item.title or item.text[:200] for item in members}
    match = (
        matching(" ".join([name[0], *(by_id.get(one, "") for one in examples[:5])])) if any(by_id.values()) else None
    )
    kind, why = what_to_draft(figures, match)
    kept = before is not None and share is not None and share >= KEPT
    return Opportunity(
        id=before.id if before else f"opp_{digest([mining, group])[:26]}",
        mining=mining,
        rank=0,
        state="found" if before is None or before.state == "gone" else before.state,
        name=before.name if before is not None and kept else name[0],
        words=name[1],
        examples=examples,
        volume=figures.volume,
        per_month=figures.per_month,
        months=figures.months,
        trend=figures.trend,
        minutes=minutes_interval(figures),
        basis=figures.basis,
        days_open=figures.days_open,
        hand_offs=figures.hand_offs,
        reopened=figures.reopened,
        determinism=figures.determinism,
        unattended=figures.unattended,
        risk=figures.risk,
        risk_why=figures.risk_why,
        category=figures.category,
        team=figures.team,
        service=figures.service,
        sources=figures.sources,
        match=match,
        value=hours_a_month(figures),
        draft=kind,
        draft_why=why,
        stands=share,
        first_seen_at=before.first_seen_at if before else now,
        begun_at=before.begun_at if before else None,
        what=before.what if before else "",
        opened=before.opened if before else (),
    )


def _with_benefits(
    ranked: Sequence[Opportunity], items: Sequence[Item], of: Mapping[str, str], until: dt.datetime | None
) -> list[Opportunity]:
    """What was begun is held against the groups about which nothing was done. What needed nobody is no work."""
    if until is None or not any(one.begun_at for one in ranked):
        return list(ranked)
    times: dict[str, list[dt.datetime]] = {one.id: [] for one in ranked}
    for item in items:
        if item.at is not None and item.id in of and not item.unattended:
            times[of[item.id]].append(item.at)
    left_alone = [one for one in ranked if one.begun_at is None]
    found = []
    for one in ranked:
        if one.begun_at is None:
            found.append(one)
        else:
            beside = {other.name: weekly(times[other.id], begun=one.begun_at, until=until) for other in left_alone}
            minutes = one.minutes.value if one.minutes else None
            benefit = benefit_of(weekly(times[one.id], begun=one.begun_at, until=until), beside, minutes=minutes)
            found.append(one.model_copy(update={"benefit": benefit}))
    return found
