"""What was found by looking closely, as signals, and as sightings with the points of their pictures. Pure but for new ids."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickless.domain.record import Untrusted
from tickless.domain.sighting import Ahead, Crossing, Point, Sighting
from tickless.domain.signal import Severity, Signal, SignalKind
from tickless.kit.canonical import digest
from tickless.kit.ids import new_id
from tickless.stages.sense.forecast.limits import LimitRule, kind_of_limit
from tickless.stages.sense.telemetry.focus.limited import Course, Limited
from tickless.stages.sense.telemetry.index import Series
from tickless.stages.sense.telemetry.labels import NAME, Labels, fingerprint_of
from tickless.stages.sense.telemetry.told import PLACES, SOURCE, number

MOST_POINTS: Final = 240
"""Of a picture."""
URGENT_HOURS: Final = 2.0
_HOST = ("host", "hostname", "node", "instance")
_PATH = ("path", "mountpoint", "system.filesystem.mountpoint", "volume", "persistentvolumeclaim")
_CERTIFICATE = ("certificate", "common_name", "cn", "subject_CN", "dnsnames", "name", "host", "instance", "target")


@dataclass(frozen=True)
class Told:
    """A signal and what goes with it."""

    signal: Signal
    sighting: Sighting | None


def called(labels: Labels) -> str:
    """A series as people of Prometheus write it."""
    named = dict(labels)
    name = named.pop(NAME, "")
    inside = ", ".join(f"{key}={value}" for key, value in named.items())
    return f"{name}{{{inside}}}" if inside else name


def utc(seconds: float) -> dt.datetime:
    """A time as telemetry has it, bounded to what a calendar holds."""
    return dt.datetime.fromtimestamp(min(max(seconds, 0.0), 4e9), dt.UTC)


def place_of(rule: LimitRule, labels: Labels) -> dict[str, str]:
    """Labels that say what a limit is of, as alerts have them: host and path of a disk, the name of a certificate."""
    named = dict(labels)
    if rule.kind in {"certificate", "licence"}:
        name = next((named[one] for one in _CERTIFICATE if named.get(one)), "")
        return {"certificate": _bare(name)} if name else {}
    host = next((named[one] for one in _HOST if named.get(one)), "")
    path = next((named[one] for one in _PATH if named.get(one)), "")
    return {key: value for key, value in (("host", _bare(host)), ("path", path)) if value}


def subject_of(rule: LimitRule, labels: Labels) -> str | None:
    """What its case is about; None where that is left to the service or the alert itself."""
    place = place_of(rule, labels)
    if "certificate" in place:
        return f"ci:certificate:{place['certificate']}"
    return f"ci:{place['host']}:{place['path']}" if {"host", "path"} <= place.keys() else None


def forecast_fingerprint(series: Series) -> str:
    """Of the signals of a series' forecasts."""
    return digest(["forecast", fingerprint_of(series.source, series.labels)])[:32]


def of_forecast(
    series: Series, limited: Limited, course: Course, *, firing: bool, now: dt.datetime, since: float
) -> Told:
    """`Disk /var of edge-1: 81 % used, full in about 9 hours, between 7 and 14`, with its picture."""
    rule = limited.rule
    text = said_of(rule, series.labels, course) if firing else f"{_what(rule, series.labels)} has room again"
    hours = course.crossing.likely
    urgent = firing and hours is not None and hours < URGENT_HOURS
    more = {"limit_kind": rule.kind, **place_of(rule, series.labels)}
    signal = _signal(
        series, kind="forecast", fingerprint=forecast_fingerprint(series), firing=firing, now=now, title=text,
        severity="error" if urgent else "warning", alert_class=kind_of_limit(rule.kind).alert_class, more=more,
        at=limited.points[-1][0],
    )  # fmt: skip
    return Told(signal, sighting_of(series, limited, course, text=text, now=now, since=since, over=not firing))


def of_end(series: Series, limited: Limited, *, now: dt.datetime) -> Told:
    """What was foreseen of a series that is not sent any more."""
    rule = limited.rule
    signal = _signal(
        series, kind="forecast", fingerprint=forecast_fingerprint(series), firing=False, now=now, severity="warning",
        title=f"{_what(rule, series.labels)} is not told of any more", alert_class=kind_of_limit(rule.kind).alert_class,
        more={"limit_kind": rule.kind, **place_of(rule, series.labels)},
    )  # fmt: skip
    return Told(signal, None)


def sighting_of(
    series: Series, limited: Limited, course: Course, *, text: str, now: dt.datetime, since: float, over: bool
) -> Sighting:
    """The picture of a forecast; the same id all through one episode."""
    rule, print_ = limited.rule, forecast_fingerprint(series)
    return Sighting(
        id=f"sgt_{digest([print_, int(since)])[:32]}",
        fingerprint=print_,
        series=fingerprint_of(series.source, series.labels),
        subject=subject_of(rule, series.labels),
        kind="forecast",
        what=rule.kind,
        source=series.source,
        name=Untrusted(called(series.labels)),
        text=Untrusted(text),
        unit=" days" if rule.dated else " %",
        at=utc(since),
        updated_at=now,
        over_at=now if over else None,
        points=tuple(Point(at=at, value=value) for at, value in thinned(limited.points)),
        limit=rule.full,
        ahead=ahead_of(course),
        crossing=crossing_of(course),
        basis=course.basis,
    )


def ahead_of(course: Course) -> tuple[Ahead, ...]:
    """The path of a forecast, by time, from where it began."""
    start = Ahead(at=course.at, middle=course.now, low=course.now, high=course.now)
    paths = zip(course.hours, course.middle, course.low, course.high, strict=True)
    return (start, *(Ahead(at=course.at + hour * 3_600, middle=m, low=low, high=h) for hour, m, low, h in paths))


def crossing_of(course: Course) -> Crossing:
    """When the limit is met, by the clock."""

    def at(hours: float | None) -> dt.datetime | None:
        return None if hours is None else utc(course.at + hours * 3_600)

    found = course.crossing
    return Crossing(likely=at(found.likely), earliest=at(found.earliest), latest=at(found.latest))


def said_of(rule: LimitRule, labels: Labels, course: Course) -> str:
    """In words what is foreseen."""
    what, found = _what(rule, labels), course.crossing
    if rule.dated:
        return f"{what} runs out in {number(max(-course.now, 0.0))} days"
    if found.likely is None:
        return f"{what}: {number(course.now)} % used, not full within a day"
    likely, early = number_of_hours(found.likely), number_of_hours(found.earliest or 0.0)
    late = number_of_hours(found.latest) if found.latest is not None else "more than a day"
    early = early.split(" ")[0] if early.split(" ")[1:] == late.split(" ")[1:] else early
    return f"{what}: {number(course.now)} % used, full in about {likely}, between {early} and {late}"


def number_of_hours(hours: float) -> str:
    """`9 hours`, `40 minutes`."""
    if hours < 1 / 60:
        return f"{number(hours * 3_600)} seconds"
    if hours < 2:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


def of_silence(series: Series, *, firing: bool, last: float, now: dt.datetime) -> Told:
    """A series that people care for is not sent any more, though its source is heard."""
    name = called(series.labels)[:200]
    text = f"{name} is not sent any more, since {utc(last):%d %b %H:%M} UTC" if firing else f"{name} is sent again"
    print_ = digest(["missing", fingerprint_of(series.source, series.labels)])[:32]
    signal = _signal(
        series, kind="anomaly", fingerprint=print_, firing=firing, now=now, title=text, severity="warning",
        alert_class="metric_absent", more={},
    )  # fmt: skip
    return Told(signal, None)


def anomaly_sighting(
    series: Series, signal: Signal, points: Sequence[Point], *, marked: Sequence[float], unit: str, now: dt.datetime
) -> Sighting:
    """The picture of an anomaly that begins."""
    return Sighting(
        id=f"sgt_{digest([signal.fingerprint, signal.occurred_at.isoformat()])[:32]}",
        fingerprint=signal.fingerprint,
        series=fingerprint_of(series.source, series.labels),
        kind="anomaly",
        source=series.source,
        name=Untrusted(called(series.labels)),
        text=signal.title,
        unit=unit,
        at=signal.occurred_at,
        updated_at=now,
        marked=tuple(marked),
        points=tuple(points[-MOST_POINTS:]),
    )


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most `MOST_POINTS` of them, evenly chosen, the last one among them."""
    every = -(-len(points) // MOST_POINTS) or 1
    return list(points)[::-1][::every][::-1]


def _what(rule: LimitRule, labels: Labels) -> str:
    place = place_of(rule, labels)
    noun = kind_of_limit(rule.kind).noun.capitalize()
    if "certificate" in place:
        return f"{noun} {place['certificate']}"
    of = " of ".join(place[one] for one in ("path", "host") if one in place)
    named = dict(labels)
    whose = of or next((named[one] for one in ("service", "job", "instance") if named.get(one)), "")
    return f"{noun} {of}" if "path" in place else f"{noun} of {whose}" if whose else f"{noun} ({named.get(NAME, '')})"


def _bare(value: str) -> str:
    return re.sub(r":\d+$", "", re.sub(r"^[a-z]+://", "", value).split("/")[0])


def _signal(
    series: Series,
    *,
    kind: SignalKind,
    fingerprint: str,
    firing: bool,
    now: dt.datetime,
    title: str,
    severity: Severity,
    alert_class: str,
    more: dict[str, str],
    at: float | None = None,
) -> Signal:
    """`at`: when what is told was measured; None: now."""
    state = "firing" if firing else "resolved"
    occurred = now if at is None else min(now, utc(at))
    labels = {
        "class": alert_class,
        "metric": dict(series.labels).get(NAME, ""),
        "telemetry_source": series.source,
        **{key: value for key, value in series.labels if key in PLACES},
        **more,
    }
    return Signal.model_validate(
        {
            "id": new_id("sig"),
            "source": SOURCE,
            "event_key": f"{occurred.isoformat()}:{fingerprint}:{state}",
            "kind": kind,
            "state": state,
            "fingerprint": fingerprint,
            "occurred_at": occurred,
            "received_at": now,
            "severity": severity,
            "title": Untrusted(title[:2_000]),
            "body": Untrusted(f"series: {called(series.labels)}"[:4_000]),
            "labels": {key[:200]: Untrusted(value[:4_000]) for key, value in labels.items() if value},
        }
    )
