"""Holding alerts back: before an alert becomes a case it is asked whether something explains it for now, and when that ends and
it still fires, it goes on as if it fired then.

One `Around` a transaction of the intake: what holds alerts back is read once for a batch. Whatever happens is written in that
transaction, so that what is held is handed back after any restart. Nothing here changes what the newest news of an alert is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tickless.domain.case import Case
from tickless.domain.finding import Evidence, Finding
from tickless.domain.hold import Hold
from tickless.domain.signal import Signal
from tickless.flow.holding_book import HoldBook
from tickless.flow.holding_habits import BY_PEOPLE, Habits
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.practices.known import hear_change
from tickless.stages.correlate.hygiene.covering import DOWN, LONGEST, Broken, broken_of
from tickless.stages.correlate.hygiene.damping import Flaps, came_back
from tickless.stages.correlate.hygiene.judging import Circumstances, Rules, judge
from tickless.stages.correlate.hygiene.news import NOTHING, Held, News, Skip, news_of
from tickless.stages.correlate.placing import Placement

MOST = 2_000
"""Silences and windows that are looked at."""
MOST_EVIDENCE = 50
PATIENCE = dt.timedelta(minutes=1)
"""After which what could not be handed back is tried again."""
PAUSED: Skip = frozenset({"transient"})
"""It has fired for a while: nobody waits for it to heal alone."""
LONG_ENOUGH: Skip = PAUSED | {"inhibited"}
_RANK: dict[str | None, int] = {None: 0, "info": 1, "warning": 2, "error": 3, "critical": 4}


@dataclass(frozen=True)
class Returning:
    """A hold whose time is up, and what its alert says, read anew."""

    hold: Hold
    signal: Signal
    finding: Finding


class Holding:
    """The rules of this house. Used by the intake, in its thread."""

    def __init__(self, rooms: Rooms, rules: Rules) -> None:
        self._rooms = rooms
        self.rules = rules

    def around(self, tx: Tx, signals: Iterable[Signal], *, now: dt.datetime) -> Around:
        """What stands around these signals."""
        about = {(one.source, one.fingerprint) for one in signals if one.kind != "message"}
        found = tx.alerts.many(about) if about else {}
        return Around(tx, self._rooms, self.rules, known={pair: found.get(pair) for pair in about}, now=now)

    def due(self, now: dt.datetime) -> list[Returning]:
        """What is to be looked at again. What its signal says is read anew, by today's map. Holds whose alert is over or
        gone are closed on the way."""
        with self._rooms.journal.read() as tx:
            holds = tx.holds.due(now)
            alerts = tx.alerts.many({(one.source, one.fingerprint) for one in holds})
        if not holds:
            return []
        wanted = {one.signal or "" for one in alerts.values()} | {hold.signal for hold in holds}
        signals = self._rooms.journal.signals.many(wanted)
        understanding, found = self._rooms.understanding(), []
        for hold in holds:
            alert = alerts.get((hold.source, hold.fingerprint))
            newest = alert.signal if alert is not None and alert.state == "firing" else None
            signal = signals.get(newest or hold.signal) or signals.get(hold.signal)
            if signal is None:
                self.put_off(hold, now)
                continue
            found.append(Returning(hold, signal, understanding.understand(signal, now=now)[0]))
        return found

    def put_off(self, hold: Hold, now: dt.datetime) -> None:
        """It could not be handed back: a little later again."""
        with self._rooms.journal.write() as tx:
            known = tx.holds.get(hold.id)
            if known is not None and known.ended_at is None:
                tx.holds.put(known.model_copy(update={"until": now + PATIENCE}))


class Around:
    """What stands around a batch of alerts, and what is written about them. Inside one transaction."""

    def __init__(
        self, tx: Tx, rooms: Rooms, rules: Rules, *, known: dict[tuple[str, str], Alert | None], now: dt.datetime
    ) -> None:
        self._tx, self._rules, self._now = tx, rules, now
        self._known = known
        self._world = rooms.world()
        self._sources = rooms.sense.sources
        silences, windows = tx.silences.table.c, tx.maintenance.table.c
        day_before = now - dt.timedelta(days=1)
        self._silences = tx.silences.where(silences.ends_at > now, silences.starts_at <= now, limit=MOST)
        self._windows = tx.maintenance.where(windows.ends_at > day_before, windows.starts_at <= now, limit=MOST)
        broken = (broken_of(case) for case in tx.holds.down(DOWN)) if rules.inhibits else ()
        self._broken: dict[str, Broken] = {one.case: one for one in broken if one is not None}
        self._repeats: dict[tuple[str, str], Alert] = {}
        """Repeats of what is held cost a count in memory; they are written together."""
        self._habits = Habits(tx)
        self._book = HoldBook(tx, now)

    def holds(self, signal: Signal, finding: Finding) -> bool:
        """Whether this news is held back: then it is written down here, and goes no further."""
        known = self._take(signal)
        self._before = known
        fires = signal.state == "firing" and not _stale(signal, known)
        if (
            fires
            and known is not None
            and known.held is not None
            and known.state == "firing"
            and not _worse(signal, known)
        ):
            later = max(signal.occurred_at, known.occurred_at)
            again = replace(known, count=known.count + 1, signal=signal.id, occurred_at=later)
            self._known[signal.source, signal.fingerprint] = self._repeats[signal.source, signal.fingerprint] = again
            return True
        self._write_repeats(self._repeats.pop((signal.source, signal.fingerprint), None))
        if not fires:
            return False
        onset = known is None or known.state != "firing"
        at_work = self._at_work(known)
        if at_work and not onset:
            return False
        flaps = self._flaps(known, signal) if onset else _flaps_of(known)
        news = news_of(signal, finding, self._world, labels=bool(self._silences))
        held = self._judge(news, flaps, skip=NOTHING if onset else PAUSED)
        if at_work and held is not None and held.reason not in BY_PEOPLE:
            held = None
        if held is None:
            self._before = self._book.pass_on(known, flaps) if known is not None else None
            return False
        self._book.hold(signal, news, held, known, flaps)
        return True

    def placed(self, signal: Signal, placement: Placement) -> None:
        """After an alert that was not held back had its place: an end closes what was held, and is learnt from."""
        known = self._before
        self._note_broken(placement.case, over=signal.state == "resolved")
        if signal.state != "resolved" or known is None or _stale(signal, known):
            return
        if known.held is not None:
            self._book.close(known, "resolved")
            self._tx.alerts.note(replace(known, held=None))
        if known.state == "firing" and self._rules.learns:
            self._habits.learn(signal, known, placement.case)

    def returns(self, returning: Returning) -> Signal | None:
        """The signal of a hold whose time is up, as if it fired now; None where it is over, or held back for longer."""
        hold = self._tx.holds.get(returning.hold.id, lock=True)
        alert = self._tx.alerts.get(returning.hold.fingerprint, returning.hold.source)
        if hold is None or hold.ended_at is not None:
            return None
        if alert is None or alert.state != "firing":
            self._book.end(hold, "resolved")
            return None
        if not hold.release:
            news = news_of(returning.signal, returning.finding, self._world, labels=bool(self._silences))
            held = self._again(hold, alert, news)
            if held is not None:
                self._book.go_on(hold, alert, held, news, signal=returning.signal.id)
                return None
        self._book.end(hold, "handed_back")
        self._tx.alerts.note(replace(alert, held=None))
        self._before = alert
        return returning.signal.model_copy(update={"occurred_at": self._now, "received_at": self._now})

    def handed_back(self, hold: Hold, placement: Placement) -> None:
        """After what was held has its place: its times are its sender's, and the case says how long it was held back."""
        alert = self._before
        if alert is not None:
            self._tx.alerts.told_at(alert)
        self._note_broken(placement.case, over=False)
        case = self._tx.cases.get(placement.case.id, lock=True) if placement.case is not None else None
        if case is not None and len(case.evidence) < MOST_EVIDENCE:
            at = self._now
            told = f"Held back from {hold.since:%Y-%m-%d %H:%M:%S} to {at:%Y-%m-%d %H:%M:%S} UTC. {hold.why}"
            kept = (*case.evidence, Evidence(text=told, source="hygiene", ref=hold.id))
            self._tx.cases.put(case.model_copy(update={"evidence": kept}))

    def heard_change(self, signal: Signal, finding: Finding) -> None:
        """A change record of a source that may plan work may begin, move or end a window, from the next alert on."""
        if signal.kind != "change" or not self._sources.rule(signal.source).plans_work:
            return
        window = hear_change(self._tx, signal, finding.slots.get("service"), world=self._world, now=self._now)
        if window is not None:
            self._windows = [*(one for one in self._windows if one.id != window.id), window]

    def close(self) -> None:
        """Write what was counted and learnt. Call it at the end of the batch."""
        self._tx.alerts.repeated(self._repeats.values())
        self._habits.save()

    def _write_repeats(self, alert: Alert | None) -> None:
        """There is other news of it: what was counted so far is written before others read it."""
        if alert is not None:
            self._tx.alerts.repeated([alert])

    def _take(self, signal: Signal) -> Alert | None:
        """As it stands before this signal. What was read beforehand is true for the first one of the batch only."""
        pair = signal.source, signal.fingerprint
        if pair in self._known:
            return self._known.pop(pair)
        return self._tx.alerts.get(signal.fingerprint, signal.source)

    def _flaps(self, known: Alert | None, signal: Signal) -> Flaps:
        """How it flapped, now that it begins to fire. By when it arrived: an intake that catches up makes nothing flap."""
        flaps = _flaps_of(known)
        if self._rules.damping is None or known is None or known.fired_at is None:
            return flaps
        return came_back(flaps, signal.received_at, self._rules.damping)

    def _judge(self, news: News, flaps: Flaps, skip: Skip = NOTHING) -> Held | None:
        needs_habit = self._rules.learns and "transient" not in skip and news.severity not in {"critical", None}
        around = Circumstances(
            silences=self._silences,
            windows=self._windows,
            broken=tuple(self._broken.values()),
            world=self._world,
            flaps=flaps,
            habit=self._habits.of(news.source, news.need, news.severity) if needs_habit else None,
        )
        return judge(news, around, self._rules, now=self._now, skip=skip)

    def _at_work(self, known: Alert | None) -> bool:
        """Whether it belongs to a case that is being worked on: there it is news, whatever it does."""
        case = self._tx.cases.get(known.case) if known is not None and known.case else None
        return case is not None and case.live

    def _again(self, hold: Hold, alert: Alert, news: News) -> Held | None:
        """Whether something still holds it back. It has had its pause, and explanations by the map have their time."""
        skip = LONG_ENOUGH if hold.reason == "inhibited" and self._now - hold.since >= LONGEST else PAUSED
        return self._judge(news, _flaps_of(alert), skip=skip)

    def _note_broken(self, case: Case | None, *, over: bool) -> None:
        """What is down changes with every case that is placed; what it inhibits is looked at a while after it is back."""
        if case is None or not self._rules.inhibits:
            return
        if over:
            if self._broken.pop(case.id, None) is not None:
                self._tx.holds.look_again(case.id, at=self._now + self._rules.grace)
            return
        found = broken_of(case)
        if found is not None:
            self._broken[case.id] = found


def _flaps_of(alert: Alert | None) -> Flaps:
    return Flaps(alert.penalty or 0.0, alert.penalty_at, alert.damped_since) if alert is not None else Flaps()


def _stale(signal: Signal, known: Alert | None) -> bool:
    """Old news: something newer says otherwise."""
    return known is not None and signal.occurred_at < known.occurred_at and known.state != signal.state


def _worse(signal: Signal, known: Alert) -> bool:
    return _RANK[signal.severity] > _RANK.get(known.severity, 0)
