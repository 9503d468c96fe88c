"""Says of an effect whether it had the yes that it took. Knows the truth of the cast and what happened; uses none of the
product's own rules."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bench.approval_cast import REQUIRED, human

Wrong = Literal["self_approval", "expired", "replayed", "changed_plan", "not_asked", "too_few"]
BORROWED = dt.timedelta(days=30)


@dataclass(frozen=True)
class Yes:
    """An answer that the desk took. `parties`: humans who asked, spoke, typed or gain, at that moment."""

    approval: str
    role: str
    plan_hash: str
    by: str
    behalf: str | None
    at: dt.datetime
    asked_at: dt.datetime
    expires_at: dt.datetime
    was_pending: bool
    asked: frozenset[str]
    parties: frozenset[str]
    active: bool


@dataclass(frozen=True)
class Delegated:
    person: str
    to: str
    by: str
    since: dt.datetime
    until: dt.datetime


@dataclass
class Truth:
    """What happened in one history."""

    wants: str
    parties: set[str] = field(default_factory=set)
    """Accounts that ask, speak, typed or gain now."""
    said: list[Yes] = field(default_factory=list)
    delegated: list[Delegated] = field(default_factory=list)
    keys: list[tuple[str, str, dt.datetime]] = field(default_factory=list)
    """Maker, whose account, when."""
    opened_at: dt.datetime | None = None
    """When this time of the case began."""

    @property
    def humans(self) -> frozenset[str]:
        return frozenset(human(one) for one in self.parties)

    def wrong_answer(self, yes: Yes) -> Iterator[Wrong]:
        """What is wrong with a yes that was taken, at the moment when it was."""
        if not yes.was_pending:
            yield "replayed"
        if yes.at >= yes.expires_at:
            yield "expired"
        if human(yes.by) in yes.parties or (yes.behalf and human(yes.behalf) in yes.parties):
            yield "self_approval"
        if self._keyed(yes.by, yes):
            yield "self_approval"
        if yes.by.endswith("-bot") or not yes.active:
            yield "not_asked"
        if yes.by not in yes.asked and not self._stands_in(yes):
            yield "not_asked"

    def _stands_in(self, yes: Yes) -> bool:
        return any(
            one.person == yes.behalf and one.to == yes.by and one.since <= yes.at < one.until
            and human(one.by) not in yes.parties and one.person in yes.asked and not self._keyed(one.by, yes)
            for one in self.delegated
        )  # fmt: skip

    def _keyed(self, who: str, yes: Yes) -> bool:
        """A party has made a key to that account lately: what it did may be theirs."""
        return any(
            whose == who and human(maker) in yes.parties and human(maker) != human(who)
            and yes.asked_at - BORROWED <= at <= yes.at
            for maker, whose, at in self.keys
        )  # fmt: skip

    def wrong_effect(self, plan_hash: str) -> Counter[Wrong]:
        """What is wrong with doing this plan now; empty: everybody whose yes it takes has said it."""
        found: Counter[Wrong] = Counter()
        for role, needed in REQUIRED[self.wants]:
            own = [yes for yes in self.said if yes.role == role]
            good = [yes for yes in own if not self._against(yes, plan_hash)]
            if len({human(yes.by) for yes in good}) < needed:
                reasons = {reason for yes in own for reason in self._against(yes, plan_hash)}
                found.update(reasons or {"too_few"})
        return found

    def _against(self, yes: Yes, plan_hash: str) -> set[Wrong]:
        against = set(self.wrong_answer(yes))
        if yes.plan_hash != plan_hash:
            against.add("changed_plan")
        if self.opened_at is not None and yes.asked_at < self.opened_at:
            against.add("replayed")
        if {human(yes.by), human(yes.behalf or "")} & self.humans:
            against.add("self_approval")
        return against
