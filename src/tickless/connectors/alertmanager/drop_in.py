"""Alertmanager's API v2 (`api/v2/openapi.yaml`): Prometheus posts to it as to an Alertmanager, `amtool` asks it what fires."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.connectors.alertmanager.silences import SILENCES
from tickless.domain.errors import TicklessError
from tickless.domain.matchers import Matcher, fits, read_matchers
from tickless.domain.signal import Signal
from tickless.sdk.drop_in import AlertNow, Answer, Asked, Book, Handed, Reading, Taking, drop_in

RECEIVER = "tickless"
ANNOTATION = "annotation."
MOST = 1_000
"""Alerts in one answer."""
STILL_FIRING = dt.timedelta(minutes=5)
"""An alert without an end is said to end so far ahead, as Alertmanager says it."""
_STATES = ("active", "silenced", "inhibited")
_STATUS = {
    "cluster": {"status": "disabled", "peers": []},
    "versionInfo": {
        "version": "0.25.0", "revision": "", "branch": "tickless", "buildUser": "", "buildDate": "", "goVersion": "",
    },
    "config": {"original": "# Tickless answers here. What happens with an alert is told in its console.\n"},
}  # fmt: skip
"""0.25.0: whose API this speaks."""


def take(asked: Asked) -> Handed:
    """What Prometheus posts, as it is."""
    return Handed(asked.body, content_type=asked.headers.get("content-type", "application/json")[:200])


def taken(asked: Asked, handed: Handed) -> Answer:
    return Answer(200, {})


def status(asked: Asked, book: Book) -> Answer:
    return Answer(200, {**_STATUS, "uptime": asked.at.isoformat()})


def receivers(asked: Asked, book: Book) -> Answer:
    return Answer(200, [{"name": RECEIVER}])


def alerts(asked: Asked, book: Book) -> Answer:
    """What fires now and carries the labels of `filter`; `active`, `silenced` and `inhibited` leave the others out."""
    return Answer(200, [_shown(alert, signal, asked.at) for alert, signal in _wanted(asked, book)])


def groups(asked: Asked, book: Book) -> Answer:
    """The same, by case: that is what groups them here."""
    found: dict[int | None, list[dict[str, Any]]] = {}
    for alert, signal in _wanted(asked, book):
        found.setdefault(alert.case, []).append(_shown(alert, signal, asked.at))
    return Answer(
        200,
        [
            {"labels": {} if case is None else {"case": str(case)}, "receiver": {"name": RECEIVER}, "alerts": members}
            for case, members in found.items()
        ],
    )


def _wanted(asked: Asked, book: Book) -> list[tuple[AlertNow, Signal]]:
    matchers = read_matchers(asked.repeated.get("filter", ()))
    unwanted = {state for state in _STATES if asked.query.get(state, "true").lower() == "false"}
    found = ((alert, _firing(alert)) for alert in book.alerts(firing=True, limit=MOST) if _state(alert) not in unwanted)
    return [(alert, signal) for alert, signal in found if signal is not None and _fits(signal, matchers)]


def _state(alert: AlertNow) -> str:
    """active, silenced (planned work among it) or inhibited (what waits or flaps among it: its silence is explained)."""
    if alert.held is None:
        return "active"
    return "silenced" if alert.held in {"silenced", "maintenance"} else "inhibited"


def _firing(alert: AlertNow) -> Signal | None:
    """What was last said of it when it fired."""
    return next((signal for signal in reversed(alert.signals) if signal.state == "firing"), None)


def _fits(signal: Signal, matchers: tuple[Matcher, ...]) -> bool:
    labels = {name: text.raw for name, text in signal.labels.items()}
    return all(fits(matcher, labels) for matcher in matchers)


def _shown(alert: AlertNow, signal: Signal, now: dt.datetime) -> dict[str, Any]:
    told = {name: text.tame(2_000) for name, text in signal.labels.items()}
    annotations = {name.removeprefix(ANNOTATION): text for name, text in told.items() if name.startswith(ANNOTATION)}
    labels = {name: text for name, text in told.items() if not name.startswith(ANNOTATION)}
    annotations |= {"summary": signal.title.tame(2_000)}
    if signal.body:
        annotations["description"] = signal.body.tame(4_000)
    return {
        "fingerprint": alert.fingerprint,
        "labels": {"alertname": signal.title.tame(200), **labels},
        "annotations": annotations,
        "startsAt": signal.occurred_at.isoformat(),
        "updatedAt": alert.occurred_at.isoformat(),
        "endsAt": (now + STILL_FIRING).isoformat(),
        "generatorURL": signal.link.tame(2_000) if signal.link else "",
        "receivers": [{"name": RECEIVER}],
        "status": _status(alert),
    }


def _status(alert: AlertNow) -> dict[str, Any]:
    state, by = _state(alert), [alert.held_by or str(alert.held)]
    silenced, inhibited = (by if state == "silenced" else []), (by if state == "inhibited" else [])
    shown = "active" if state == "active" else "suppressed"
    return {"state": shown, "silencedBy": silenced, "inhibitedBy": inhibited}


def refused(asked: Asked, error: TicklessError) -> Answer:
    """Alertmanager says what is wrong as one text."""
    status = 400 if error.status == 422 else error.status
    return Answer(status, f"{error.public}: {error.mend}" if error.mend else error.public)


DROP_IN = drop_in(
    source="alertmanager",
    refused=refused,
    calls=[
        Taking("POST", "/api/v2/alerts", take, taken),
        Reading("GET", "/api/v2/alerts", alerts),
        Reading("GET", "/api/v2/alerts/groups", groups),
        Reading("GET", "/api/v2/status", status),
        Reading("GET", "/api/v2/receivers", receivers),
        *SILENCES,
    ],
)
