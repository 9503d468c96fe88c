"""What can be written into a house, each with a word that is nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

import httpx2

Write = Callable[[httpx2.Client, str], httpx2.Response]
SAME = "the-same-id"


def _alert(house: httpx2.Client, word: str) -> httpx2.Response:
    labels = {"alertname": "DiskFull", "instance": word, "severity": "critical"}
    alert = {
        "status": "firing", "labels": labels, "annotations": {"summary": f"Disk full: {word}"}, "fingerprint": "f00d",
        "startsAt": dt.datetime.now(dt.UTC).isoformat(), "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://127.0.0.1/graph",
    }  # fmt: skip
    around = {"version": "4", "status": "firing", "receiver": "tickless", "groupKey": "{}", "groupLabels": {}}
    common = {"commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://127.0.0.1"}
    return house.post("/hooks/monitor", json={**around, **common, "alerts": [alert]})


def _people(house: httpx2.Client, word: str) -> httpx2.Response:
    table = f"id,name,email,username\np1,Ada {word},ada@{word}.example,ada\n"
    return house.post("/api/v1/records/people", content=table, headers={"Content-Type": "text/csv"})


def _said(house: httpx2.Client, word: str) -> httpx2.Response:
    _people(house, word)
    given = {"text": f"my laptop {word} is slow", "as": "ada"}
    return house.post("/api/v1/conversations/messages", json=given)


def _article(house: httpx2.Client, word: str) -> httpx2.Response:
    given = {"title": f"About {word}", "text": f"## What helps\n\nTurn {word} off and on.", "state": "published"}
    return house.put(f"/api/v1/knowledge/{SAME}", json=given)


def _brake(house: httpx2.Client, word: str) -> httpx2.Response:
    return house.put("/api/v1/switches/runbook:service.restart", json={"on": True, "reason": f"look at {word} first"})


def _problem(house: httpx2.Client, word: str) -> httpx2.Response:
    return house.post("/api/v1/problems", json={"title": f"It comes again: {word}"})


def _window(house: httpx2.Client, word: str) -> httpx2.Response:
    hours = "Mon-Fri 08:00-18:00"
    return house.post("/api/v1/brakes/rules", json={"kind": "window", "title": f"Office hours {word}", "hours": hours})


def _silence(house: httpx2.Client, word: str) -> httpx2.Response:
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    given = {"matchers": [f"alertname={word}"], "reason": f"work on {word}", "ends_at": ends.isoformat()}
    return house.post("/api/v1/silences", json=given)


def _assumption(house: httpx2.Client, word: str) -> httpx2.Response:
    given = {"value": "61", "reason": f"said {word} in finance"}
    return house.put("/api/v1/assumptions/agent_hour", json=given)


def _token(house: httpx2.Client, word: str) -> httpx2.Response:
    return house.post("/api/v1/tokens", json={"name": f"for {word}", "scopes": ["read"]})


WRITES: Final[Mapping[str, Write]] = {
    "alert": _alert, "words": _said, "people": _people, "article": _article, "brake": _brake, "problem": _problem,
    "window": _window, "silence": _silence, "assumption": _assumption, "token": _token,
}  # fmt: skip
