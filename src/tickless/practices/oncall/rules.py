"""When somebody who was called is paged, by which of their rules. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from tickless.domain.hours import read_hours
from tickless.domain.oncall_rules import LONGEST_QUIET, USUAL, PagedBy, PagingRules, Ways

DEFAULT = Ways(steps=(PagedBy(),))
"""Of whoever has no rules: at once, in the channel in which they were heard last."""
MOST_AGAIN = 24
EARLY = ", at once: what was sent before did not get through"
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Turn:
    """A rule whose time has come. `number` counts from 0; beyond the rules it is the last one again."""

    number: int
    by: str
    rule: str


def ways_of(rules: PagingRules | None, *, urgent: bool) -> Ways:
    """How somebody is paged for what is urgent, or is not."""
    if rules is None:
        return DEFAULT
    return rules.urgent if urgent or rules.other is None else rules.other


def begins_at(rules: PagingRules | None, called: dt.datetime, *, urgent: bool) -> dt.datetime:
    """From when on the minutes of their rules count: from the call; if it is not urgent, from the end of their quiet hours."""
    if rules is None or urgent or not rules.quiet:
        return called
    hours, at = read_hours(rules.quiet), called
    last = called + dt.timedelta(hours=LONGEST_QUIET)
    while hours.covers(at) and at < last:
        at = at.replace(second=0, microsecond=0) + _MINUTE
    return at


def due_turns(
    ways: Ways, since: dt.datetime, now: dt.datetime, *, done: Collection[int], failed: Collection[int] = ()
) -> list[Turn]:
    """Rules whose minutes have passed and that were not done yet, in order; after one that did not get through (`failed`) the
    next does not wait. Of what is said again, only the latest: who was not reachable for an hour gets no heap of the same."""
    waited = (now - since) // _MINUTE
    found = []
    for number, step in enumerate(ways.steps):
        early = step.after > waited
        if number not in done and (not early or number - 1 in failed):
            found.append(Turn(number, step.by, in_words(step) + (EARLY if early else "")))
    last = ways.steps[-1]
    if ways.again is not None:
        times = min((waited - last.after) // ways.again, MOST_AGAIN)
        number = len(ways.steps) - 1 + times
        if times > 0 and number > max(done, default=-1):
            found.append(Turn(number, last.by, f"again each {ways.again} min, {channel_words(last.by)}"))
    return found


def channel_words(by: str) -> str:
    return "in the usual channel" if by == USUAL else f"by {by}"


def in_words(step: PagedBy) -> str:
    """`after 5 min by mail`."""
    return f"{f'after {step.after} min' if step.after else 'at once'} {channel_words(step.by)}"


def all_in_words(ways: Ways) -> str:
    """The whole of somebody's ways in one line."""
    said = ", ".join(in_words(step) for step in ways.steps)
    return f"{said}, then again each {ways.again} min until somebody has it" if ways.again else said
