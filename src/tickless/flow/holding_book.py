"""What is written about holds: one begins, goes on for another reason, ends. In the intake's transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tickless.domain.hold import Hold, HoldEnd
from tickless.domain.signal import Signal
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.kit.canonical import digest
from tickless.kit.ids import new_id
from tickless.stages.correlate.hygiene.covering import LONGEST
from tickless.stages.correlate.hygiene.damping import Flaps
from tickless.stages.correlate.hygiene.news import Held, News


class HoldBook:
    """Keeps the alert's row and its hold in step: `held` is the reason of the one hold that stands, or None."""

    def __init__(self, tx: Tx, now: dt.datetime) -> None:
        self._tx, self._now = tx, now

    def hold(self, signal: Signal, news: News, held: Held, known: Alert | None, flaps: Flaps) -> None:
        """It fires and is held back from now on."""
        tx = self._tx
        alert = _alert(signal, news, known, flaps, held)
        tx.alerts.put(alert)
        tx.alerts.note(alert)
        if known is not None and known.held is not None:
            self.close(known, "another")
        identity = new_id("hold")
        onsets = 1
        if held.reason == "flapping" and flaps.since is not None:  # one hold for all of its coming and going
            identity = "hold_" + digest([signal.source, signal.fingerprint, flaps.since.isoformat()])[:32]
            before = tx.holds.get(identity)
            onsets = before.onsets + 1 if before is not None else 1
        since = flaps.since if held.reason == "flapping" and flaps.since else self._now
        self._put(identity, held, news, signal=signal.id, since=since, onsets=onsets)
        if held.reason == "inhibited":
            tx.alerts.join(held.ref, signal, why=f"Held back: {held.why}")

    def _put(self, identity: str, held: Held, news: News, *, signal: str, since: dt.datetime, onsets: int = 1) -> None:
        self._tx.holds.put(
            Hold(
                id=identity,
                source=news.source,
                fingerprint=news.fingerprint,
                reason=held.reason,
                ref=held.ref,
                why=held.why,
                by=held.by,
                signal=signal,
                service=news.service,
                severity=news.severity,
                since=since,
                until=held.until,
                onsets=onsets,
            )
        )

    def pass_on(self, known: Alert, flaps: Flaps) -> Alert:
        """It goes on to correlation. What was held until now (it got worse) is over with that."""
        noted = replace(known, held=None, penalty=flaps.penalty or None, penalty_at=flaps.at, damped_since=flaps.since)
        if known.held is not None:
            self.close(known, "handed_back")
        if noted != known:
            self._tx.alerts.note(noted)
        return noted

    def go_on(self, hold: Hold, alert: Alert, held: Held, news: News, *, signal: str) -> None:
        """It is held back for longer: for the same reason, or for another one."""
        if held.reason == hold.reason:
            until = min(held.until, hold.since + LONGEST) if held.reason == "inhibited" else held.until
            change = {"until": until, "ref": held.ref, "why": held.why, "by": held.by}
            self._tx.holds.put(hold.model_copy(update=change))
            return
        self.end(hold, "another")
        self._put(new_id("hold"), held, news, signal=signal, since=self._now)
        self._tx.alerts.note(replace(alert, held=held.reason))

    def close(self, alert: Alert, end: HoldEnd) -> None:
        """Whatever holds it back is over."""
        hold = self._tx.holds.open_of(alert.source, alert.fingerprint)
        if hold is not None:
            self.end(hold, end)

    def end(self, hold: Hold, end: HoldEnd) -> None:
        change = {"ended_at": self._now, "end": end, "ended_by": hold.release or "tickless"}
        self._tx.holds.put(hold.model_copy(update=change))


def _alert(signal: Signal, news: News, known: Alert | None, flaps: Flaps, held: Held) -> Alert:
    return Alert(
        fingerprint=signal.fingerprint,
        source=signal.source,
        state="firing",
        case=None,
        service=news.service,
        need=news.need,
        title=signal.title,
        occurred_at=max(signal.occurred_at, known.occurred_at) if known is not None else signal.occurred_at,
        count=(known.count if known is not None else 0) + 1,
        severity=signal.severity,
        signal=signal.id,
        held=held.reason,
        penalty=flaps.penalty or None,
        penalty_at=flaps.at,
        damped_since=flaps.since,
    )
