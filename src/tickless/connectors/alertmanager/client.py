"""Alertmanager's API v2: alerts and silences. Knows the vendor (`api/v2/openapi.yaml`), not us."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from tickless.domain.errors import Rejected
from tickless.sdk.http import HttpClient

_LABEL_NAME = re.compile(r"^[a-zA-Z_][a-zA-Z0-9_]*$")


def equality_filter(labels: Mapping[str, str]) -> list[str]:
    """Matchers in Alertmanager's syntax. Raises `Rejected` for a name that is no label name."""
    for name in labels:
        if not _LABEL_NAME.fullmatch(name):
            raise Rejected("that is no label name", detail=name[:100])
    return [f'{name}="{_escape(value)}"' for name, value in sorted(labels.items())]


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Alertmanager:
    """One server. Every call raises `OutsideError`s only and takes its time-out in seconds."""

    def __init__(self, http: HttpClient, *, timeout: float) -> None:
        self._http = http
        self._timeout = timeout

    def alerts(self, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        """Alerts that carry all these labels, silenced and inhibited ones included."""
        query = urlencode([("filter", matcher) for matcher in equality_filter(labels)])
        return _list(self._http.get(f"api/v2/alerts?{query}", timeout=self._timeout).json())

    def silences(self, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        """Silences whose matchers have these values, expired ones included."""
        query = urlencode([("filter", matcher) for matcher in equality_filter(labels)])
        return _list(self._http.get(f"api/v2/silences?{query}", timeout=self._timeout).json())

    def silence(self, silence_id: str) -> dict[str, Any] | None:
        """One silence, or None if there is none with this id."""
        path = f"api/v2/silence/{quote(silence_id, safe='')}"
        reply = self._http.send("GET", path, timeout=self._timeout, accept=frozenset({404}))
        if reply.status == 404:
            return None
        found = reply.json()
        return found if isinstance(found, dict) else None

    def create_silence(
        self, labels: Mapping[str, str], *, starts_at: str, ends_at: str, author: str, comment: str
    ) -> str:
        """Create one and return its id."""
        body = {
            "matchers": [
                {"name": name, "value": value, "isRegex": False, "isEqual": True}
                for name, value in sorted(labels.items())
            ],
            "startsAt": starts_at,
            "endsAt": ends_at,
            "createdBy": author,
            "comment": comment,
        }
        answer = self._http.send("POST", "api/v2/silences", timeout=self._timeout, json=body).json()
        if not isinstance(answer, dict) or not isinstance(answer.get("silenceID"), str):
            raise Rejected("Alertmanager did not say which silence it made")
        return str(answer["silenceID"])

    def expire_silence(self, silence_id: str) -> None:
        """End a silence now."""
        self._http.send("DELETE", f"api/v2/silence/{quote(silence_id, safe='')}", timeout=self._timeout)


def _list(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(entry, dict) for entry in answer):
        raise Rejected("the answer is not a list of objects")
    return answer
