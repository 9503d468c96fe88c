"""Storms into groups while the map is being learnt: grouping and edges together, for one part of the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tickless.stages.correlate.edges.book import Edge, EdgeBook, Source
from tickless.stages.correlate.grouping.alarm import Alarm, Grouped, Reason, Weighed
from tickless.stages.correlate.grouping.corrections import NONE, Corrections
from tickless.stages.correlate.grouping.grouper import Closed, Grouper
from tickless.stages.correlate.grouping.reach import Reach
from tickless.stages.correlate.grouping.roots import Root
from tickless.stages.correlate.grouping.words import words_of

RENEW = 5
"""Groups that are closed before the map is weighed anew."""


class Storms:
    """Takes alarms and calls in the order in which they arrive; says where each alarm belongs, and learns from what it saw."""

    def __init__(self, *, nodes: Iterable[str], needs: Iterable[tuple[str, str]]) -> None:
        self._nodes = frozenset(nodes)
        self.book = EdgeBook(needs)
        self._groups = Grouper(self._reach(), leak=self.book.leak)
        self._corrections: Corrections = NONE
        self._unlearnt = 0
        self._changed = False
        self._stale = False
        """Whether traces told of an edge that grouping does not follow yet."""
        self._told: dict[tuple[str, str], float] = {}
        self.closed: list[Closed] = []
        """Groups that take in nothing new, with their roots; the caller may empty it."""

    def place(self, alarm: Alarm) -> Grouped:
        """Where an alarm belongs."""
        self._follow_calls()
        placed = self._groups.place(alarm)
        if placed.how in {"open", "join"}:
            self._saw(alarm, words_of(alarm.text, self._nodes, own=alarm.node)[1])
        self._learn(self._groups.take_closed())
        return placed

    def weigh(self, alarm: Alarm) -> Weighed:
        """What speaks for each open group; nothing is put anywhere yet."""
        self._follow_calls()
        return self._groups.weigh(alarm)

    def settle(self, alarm: Alarm, weighed: Weighed, group: str) -> None:
        """Whoever decides has put it there: a group that is not open is opened."""
        self._groups.settle(alarm, weighed, group)
        if weighed.how in {"weighed", "follows"}:
            self._saw(alarm, weighed.said.blamed)
        self._learn(self._groups.take_closed())

    def unions(self, group: str) -> list[tuple[str, tuple[Reason, ...]]]:
        """Open groups that turn out to be one with this."""
        return self._groups.unions(group)

    def unite(self, into: str, gone: str) -> None:
        """They are one from now on."""
        self._groups.unite(into, gone)

    def are_two(self, one: str, other: str) -> None:
        """They are not one, whatever speaks for it."""
        self._groups.are_two(one, other)

    def _saw(self, alarm: Alarm, blamed: Iterable[str]) -> None:
        if alarm.node is not None:
            at = alarm.at.timestamp()
            self.book.saw_alert(alarm.node, at=at)
            for named in sorted(blamed):
                self.book.saw_blame(alarm.node, named, at=at)

    def saw_call(self, caller: str, callee: str, *, at: dt.datetime) -> None:
        """A trace has one thing calling another. What is news of the map counts with the next alarm."""
        if self.book.saw_call(caller, callee, at=at.timestamp()):
            self._stale = True

    def correct(self, corrections: Corrections) -> None:
        """Heed what people put right from now on; the same value again costs nothing."""
        if corrections is not self._corrections:
            self._corrections = corrections
            self._groups.correct(corrections)

    def redraw(self, *, nodes: Iterable[str], needs: Iterable[tuple[str, str]]) -> None:
        """Go on with another map: what was seen and what is open stays."""
        self._nodes = frozenset(nodes)
        self.book.draw(needs)
        self._groups.learn(self._reach(), leak=self.book.leak)

    def recall(self, edges: Iterable[tuple[str, str, Source, float]]) -> None:
        """Edges that were learnt before a restart: who needs what, from where it is known, when it was seen last (seconds)."""
        for service, needs, source, at in edges:
            self.book.recall(service, needs, source, at=at)
        self._groups.learn(self._reach(), leak=self.book.leak)

    def roots(self, group: str) -> tuple[Root, ...]:
        """Where an open group can have begun, likeliest first."""
        return self._groups.roots(group)

    def take_learnt(self, confidence: float, *, storms: int) -> list[Edge]:
        """Edges that the map lacks: those that are as sure as that and passed trouble in so many storms, and those told before
        whose confidence moved by a tenth."""
        found = []
        for edge in self.book.edges() if self._changed else ():
            key = (edge.service, edge.needs)
            before = self._told.get(key)
            sure = edge.confidence >= confidence and edge.passed >= storms
            news = sure if before is None else abs(edge.confidence - before) >= 0.1
            if "map" not in edge.told and news:
                self._told[key] = edge.confidence
                found.append(edge)
        self._changed = False
        return found

    def finish(self) -> None:
        """Nothing more will come: every group is closed."""
        self._groups.close_all()
        self._learn(self._groups.take_closed())

    def _learn(self, closed: list[Closed]) -> None:
        for group in closed:
            self.book.saw_group(group.first)
        self.closed.extend(closed)
        self._unlearnt += len(closed)
        if self._unlearnt >= RENEW:
            self._unlearnt = 0
            self.book.learn()
            self._changed = True
            self._groups.learn(self._reach(), leak=self.book.leak)

    def _follow_calls(self) -> None:
        """Grouping follows at once what traces told of for the first time: a storm does not wait until others were closed."""
        if self._stale:
            self._stale = False
            self._groups.learn(self._reach(), leak=self.book.leak)

    def _reach(self) -> Reach:
        return Reach(self.book.chances(), self._nodes)
