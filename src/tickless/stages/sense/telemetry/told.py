"""What telemetry found, as signals: in words, with the numbers. Pure."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

from tickless.domain.record import Untrusted
from tickless.domain.signal import Signal
from tickless.kit.canonical import digest
from tickless.kit.ids import new_id
from tickless.stages.sense.telemetry.labels import NAME, Kind, fingerprint_of
from tickless.stages.sense.telemetry.logs import LogNews
from tickless.stages.sense.telemetry.metrics import Anomaly

SOURCE: Final = "telemetry"
PLACES: Final = frozenset(
    {
        "service", "app", "application", "component", "job", "instance", "host", "hostname", "node", "pod", "container",
        "namespace", "deployment", "cluster", "region", "zone", "environment", "device", "mountpoint", "target",
    }
)  # fmt: skip
"""Labels of a series that say where it is. Others stay in the text: whoever sets a label of a metric, such as `user` or
`class`, must not say by it what the trouble is or whose."""


def of_anomaly(found: Anomaly, *, now: dt.datetime, more: str = "") -> Signal:
    """`http_requests_total of checkout: expected 40–60 per second, saw 181`, and `more` behind it."""
    labels = dict(found.series.labels)
    name = labels.get(NAME, "a series")
    whose = next((labels[one] for one in ("service", "job", "instance", "host") if labels.get(one)), "")
    of = f"{name} of {whose}" if whose else name
    unit = "" if found.series.kind is Kind.GAUGE else " per second"
    if found.firing:
        said = f"{of}: expected {number(found.low)}–{number(found.high)}{unit}, saw {number(found.seen)}{more}"
    else:
        said = f"{of} is as expected again" if math.isfinite(found.seen) else f"{of} is not sent any more"
    body = f"labels: {', '.join(f'{key}={value}' for key, value in found.series.labels)}"
    return _signal(
        fingerprint=fingerprint_of(found.series.source, found.series.labels), at=found.at, firing=found.firing, now=now,
        title=said, body=body, severity_error=False,
        labels={"class": "metric_anomaly", "metric": name, "telemetry_source": found.series.source,
                **{key: value for key, value in found.series.labels if key in PLACES}},
    )  # fmt: skip


def of_log(news: LogNews, *, now: dt.datetime) -> Signal:
    """`checkout writes an error that it never wrote: …`, or that it writes one far more often than it used to."""
    said = news.pattern.text[:300]
    if news.why == "burst":
        rate = f"{number(news.seen)} a minute, usually {number(news.usual)}"
        title = (
            f"{news.service}: an error comes {rate}: {said}" if news.firing else f"{news.service}: usual again: {said}"
        )
    else:
        title = f"{news.service} writes an error that is new: {said}"
        if not news.firing:
            title = f"{news.service}: not written any more: {said}"
    known = "log_error_burst" if news.why == "burst" else "log_pattern_new"
    fingerprint = digest([news.source, news.service, news.why, news.pattern.fingerprint])[:32]
    return _signal(
        fingerprint=fingerprint, at=now.timestamp(), firing=news.firing, now=now, title=title, body=news.example[:4_000],
        severity_error=news.why == "burst",
        labels={"class": known, "service": news.service, "telemetry_source": news.source,
                "pattern": news.pattern.fingerprint},
    )  # fmt: skip


def restarted(found: Anomaly) -> str:
    """`; its counter began anew at 09:14:30 UTC: what counts was restarted`; empty where it did not."""
    if found.reset_at is None:
        return ""
    at = dt.datetime.fromtimestamp(found.reset_at, dt.UTC)
    return f"; its counter began anew at {at:%H:%M:%S} UTC: what counts was restarted"


def number(value: float) -> str:
    """Three significant digits, without an exponent where people would not use one."""
    if not math.isfinite(value):
        return "nothing"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if -4 <= size < 6:
        said = f"{value:.{max(0, 2 - size)}f}"
        return said.rstrip("0").rstrip(".") if "." in said else f"{round(value):,}"
    return f"{value:.3g}"


def _signal(
    *,
    fingerprint: str,
    at: float,
    firing: bool,
    now: dt.datetime,
    title: str,
    body: str,
    severity_error: bool,
    labels: dict[str, str],
) -> Signal:
    occurred = min(now, dt.datetime.fromtimestamp(max(0.0, at), dt.UTC))
    state = "firing" if firing else "resolved"
    return Signal.model_validate(
        {
            "id": new_id("sig"),
            "source": SOURCE,
            "event_key": f"{occurred.isoformat()}:{fingerprint}:{state}",
            "kind": "anomaly",
            "state": state,
            "fingerprint": fingerprint,
            "occurred_at": occurred,
            "received_at": now,
            "severity": "error" if severity_error else "warning",
            "title": Untrusted(_clean(title)[:2_000]),
            "body": Untrusted(_clean(body)),
            "labels": {_clean(key)[:200]: Untrusted(_clean(value)[:4_000]) for key, value in labels.items()},
        }
    )


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
