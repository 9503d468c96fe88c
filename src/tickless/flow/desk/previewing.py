"""What a silence would do: the alerts that fire now and fit its matchers, and the matchers that name one alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.errors import NotFound
from tickless.domain.matchers import LONGEST, Matcher, checked, fit_all
from tickless.domain.signal import Signal
from tickless.flow.rooms import Rooms
from tickless.journal.alerts import Alert
from tickless.stages.correlate.hygiene.news import labels_of

LOOKED_AT = 5_000
"""Alerts that fire, newest first, which a preview looks at."""
EXAMPLES = 20
NAMING = (
    "alertname",
    "source",
    "service",
    "host",
    "hostname",
    "node",
    "instance",
    "path",
    "mountpoint",
    "device",
    "job",
)
"""Labels by which people tell one alert from another."""


@dataclass(frozen=True)
class Preview:
    """What matchers would do now: how many alerts that fire they fit, how many of those are in a case that is worked on (a
    silence leaves them there), and some of them. `most`: there are more alerts than were looked at."""

    fits: int
    in_cases: int
    examples: tuple[Alert, ...]
    most: bool


class Previewing:
    """Reads only."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def matchers_of(self, source: str, fingerprint: str) -> tuple[Matcher, ...]:
        """What names one alert and no other, for a silence of it. Raises `NotFound`."""
        with self._rooms.journal.read() as tx:
            alert = tx.alerts.get(fingerprint, source)
        if alert is None:
            raise NotFound("there is no such alert", mend="look at the list: tickless alert list")
        signal = self._rooms.journal.signals.many({alert.signal}).get(alert.signal) if alert.signal else None
        labels = {**_labels(alert, signal), "source": source}
        named = [name for name in NAMING if labels.get(name)]
        return tuple(Matcher(name=name, how="=", value=labels[name][:LONGEST]) for name in named)

    def preview(self, matchers: Sequence[Matcher]) -> Preview:
        """What these matchers would hold back of what fires now. Raises `BadInput` for a pattern that cannot be read."""
        wanted = checked(matchers)
        with self._rooms.journal.read() as tx:
            firing = tx.alert_stream.firing(limit=LOOKED_AT)
            signals = self._rooms.journal.signals.many({one.signal for one in firing if one.signal})
            found = [one for one in firing if fit_all(wanted, _labels(one, signals.get(one.signal or "")))]
            at_work = {
                case.id
                for case in (tx.cases.get(one) for one in {a.case for a in found if a.case})
                if case and case.live
            }
        return Preview(
            fits=len(found),
            in_cases=sum(one.case in at_work for one in found),
            examples=tuple(found[:EXAMPLES]),
            most=len(firing) >= LOOKED_AT,
        )


def _labels(alert: Alert, signal: Signal | None) -> dict[str, str]:
    if signal is not None:
        return labels_of(signal, service=alert.service, need=alert.need)
    known = {"alertname": alert.title.raw[:500], "source": alert.source, "service": alert.service or "",
             "severity": alert.severity or "", "class": alert.need or ""}  # fmt: skip
    return {name: text for name, text in known.items() if text}
