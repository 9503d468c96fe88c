"""Which team a ticket should go to at first: proposed from where tickets were solved, and held against all of them. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickless.domain.routing import Routed, RoutingRule
from tickless.kit.canonical import digest
from tickless.stages.learn.core import sign_test, wilson_lower
from tickless.stages.learn.effects import SPAN, Effect

FEWEST: Final = 5
"""Solved tickets below which nothing is proposed: with fewer no sign test can tell a better rule from chance."""
DAYS: Final = 2
"""Days on which they were solved, at least: one bad day is no habit."""
LEAST: Final = 0.5
"""What the lower bound of the team's share has to reach: more likely theirs than not."""
CHANCE: Final = 0.05
Kind = tuple[str, str]
"""Need and service; an empty service stands for all of them."""
Rules = Mapping[Kind, str]


@dataclass(frozen=True)
class Proposal:
    """`solved` of `tickets` of this kind were solved by `team`, and not where they were sent first: `instead` says where."""

    id: str
    need: str
    service: str
    team: str
    tickets: int
    solved: int
    low: float
    """Lower bound of the share (Wilson, 95 %)."""
    instead: tuple[tuple[str, int], ...]
    cases: tuple[str, ...]
    """The latest, at most five."""


@dataclass(frozen=True)
class Judged:
    """What some rules would have done to the tickets of the past."""

    tickets: int
    right_before: int
    right_after: int
    gained: tuple[str, ...]
    """Cases whose ticket would have gone to the right team at once, and did not by the rules of now."""
    lost: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """More would have been right at once, and by more than chance explains."""
        return sign_test(len(self.gained), len(self.lost)) < CHANCE


def rules_of(taught: Iterable[RoutingRule]) -> dict[Kind, str]:
    """What is in force; of two for the same kind, the one decided last."""
    ordered = sorted((one for one in taught if one.state == "taught"), key=lambda one: one.at)
    return {(one.need, one.service): one.team for one in ordered}


def choose(rules: Rules, need: str, service: str, own: str) -> tuple[str, str]:
    """The team and why: the rule for this need at this service, the one for the need, the team of the service, none."""
    told = need.replace("_", " ")
    if (need, service) in rules and service:
        return rules[need, service], f"learnt: {told} at {service}"
    if (need, "") in rules:
        return rules[need, ""], f"learnt: {told}"
    return own, f"the team of {service}" if own else ""


def rule_id(tenant: str, kind: Kind, team: str) -> str:
    return f"rtr_{digest([tenant, *kind, team])[:24]}"


def propose(past: Sequence[Routed], rules: Rules, *, refused: frozenset[str] = frozenset()) -> list[Proposal]:
    """What the past speaks for beyond the rules in force, what moves most tickets in front. A kind of its own is proposed only
    where the need as a whole does not go to the same team."""
    broad: dict[str, str] = {}
    found: list[Proposal] = []
    for kind, tickets in _kinds(past):
        proposal = _spoken_for(kind, tickets, rules)
        if proposal is None or broad.get(proposal.need) == proposal.team:
            continue
        if not proposal.service:
            broad[proposal.need] = proposal.team
        if proposal.id not in refused:
            found.append(proposal)
    return sorted(found, key=lambda one: (-one.solved, one.need, one.service))


def judge(past: Sequence[Routed], before: Rules, after: Rules) -> Judged:
    """Where each solved ticket would have gone first, by these rules and by those; right is who solved it."""
    gained, lost, right_before, right_after = [], [], 0, 0
    for one in past:
        was, would = (choose(rules, one.need, one.service, one.own)[0] == one.team for rules in (before, after))
        right_before += was
        right_after += would
        if would and not was:
            gained.append(one.case)
        elif was and not would:
            lost.append(one.case)
    return Judged(len(past), right_before, right_after, tuple(gained), tuple(lost))


def came_of(rule: RoutingRule, past: Iterable[Routed]) -> Effect:
    """Tickets of the kind that went to the right team at once: in the 90 days before it was taught, and since."""
    kind = [one for one in past if one.need == rule.need and rule.service in {"", one.service}]
    before = [one.sent_to == one.team for one in kind if rule.at - SPAN <= one.at < rule.at]
    after = [one.sent_to == one.team for one in kind if one.at >= rule.at]
    return Effect(rule.need, rule.at, 1, len(before), sum(before), len(after), sum(after))


def _kinds(past: Sequence[Routed]) -> Iterator[tuple[Kind, list[Routed]]]:
    """Whole needs first, where they reach more than one service; then each need at each service."""
    whole: dict[str, list[Routed]] = defaultdict(list)
    for one in past:
        if one.need:
            whole[one.need].append(one)
    for need, tickets in sorted(whole.items()):
        if len({one.service for one in tickets}) > 1 or not tickets[0].service:
            yield (need, ""), tickets
    for need, tickets in sorted(whole.items()):
        for service in sorted({one.service for one in tickets} - {""}):
            yield (need, service), [one for one in tickets if one.service == service]


def _spoken_for(kind: Kind, tickets: Sequence[Routed], rules: Rules) -> Proposal | None:
    team, solved = Counter(one.team for one in tickets).most_common(1)[0]
    low = wilson_lower(solved, len(tickets))
    if len(tickets) < FEWEST or low < LEAST or len({one.at.date() for one in tickets if one.team == team}) < DAYS:
        return None
    if not judge(tickets, rules, {**rules, kind: team}).gained:
        return None
    first = Counter(choose(rules, one.need, one.service, one.own)[0] for one in tickets)
    ordered = sorted(tickets, key=lambda one: one.at, reverse=True)
    return Proposal(
        id=rule_id(tickets[0].tenant, kind, team), need=kind[0], service=kind[1], team=team, tickets=len(tickets),
        solved=solved, low=low, instead=tuple((name, count) for name, count in first.most_common() if name != team),
        cases=tuple(one.case for one in ordered[:5]),
    )  # fmt: skip
