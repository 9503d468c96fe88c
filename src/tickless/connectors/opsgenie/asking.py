"""What a client may ask: what became of a request, an alert, its notes and log, alerts by a search. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.connectors.opsgenie.identity import alert_id
from tickless.connectors.opsgenie.searching import read_search
from tickless.connectors.opsgenie.standing import Standing, stand
from tickless.domain.errors import BadInput, NotFound
from tickless.domain.signal import Signal
from tickless.sdk.drop_in import AlertNow, Answer, Asked, Book

SEARCHED = 1_000
"""Newest alerts that a search looks at."""
MOST = 100
_DONE = {
    "create": ("Create", "Created alert"), "close": ("Close", "Closed alert"), "delete": ("Delete", "Deleted alert"),
    "acknowledge": ("Acknowledge", "Acknowledged alert"), "addnote": ("AddNote", "Added note to alert"),
}  # fmt: skip


def request_status(asked: Asked, book: Book) -> Answer:
    """Success once the signal has reached its case, so that the alert can be asked for."""
    request = asked.parts["request"]
    event = book.event(f"request:{request}"[:300])
    if event is None:
        raise NotFound("Request not found. It might not be processed, yet.")
    signal = event.signal
    did = signal.label("action") or ""
    action, done = _DONE.get(did, (did.capitalize(), f"{did.capitalize()} done"))
    return _answer(asked, {
        "success": event.placed,
        "isSuccess": event.placed,
        "action": action,
        "status": done if event.placed else "Request is being processed",
        "processedAt": _time(signal.received_at),
        "integrationId": signal.source,
        "alertId": signal.fingerprint,
        "alias": _alias(signal),
    })  # fmt: skip


def alert(asked: Asked, book: Book) -> Answer:
    found = _found(asked, book)
    return _answer(asked, _whole(found, stand(found, now=asked.at)))


def alerts(asked: Asked, book: Book) -> Answer:
    """Newest first, or oldest first with `order=asc`; `query` as in searching."""
    wanted = _wanted(asked, book)
    if asked.query.get("order", "desc").lower() == "asc":
        wanted.reverse()
    offset, limit = _whole_number(asked, "offset", 0), min(_whole_number(asked, "limit", 20), MOST)
    page = [_short(found, standing) for found, standing in wanted[offset : offset + limit]]
    return _answer(asked, page, paging={})


def count(asked: Asked, book: Book) -> Answer:
    return _answer(asked, {"count": len(_wanted(asked, book))})


def _wanted(asked: Asked, book: Book) -> list[tuple[AlertNow, Standing]]:
    search = read_search(asked.query.get("query", ""))
    found = ((one, stand(one, now=asked.at)) for one in book.alerts(firing=search.firing, limit=SEARCHED))
    return [(one, standing) for one, standing in found if search.fits(standing)]


def notes(asked: Asked, book: Book) -> Answer:
    found = _found(asked, book)
    noted = [signal for signal in reversed(found.signals) if "note" in signal.labels]
    told = [{"note": signal.labels["note"].tame(4_000), **_by(signal)} for signal in noted[:MOST]]
    return _answer(asked, told, paging={})


def logs(asked: Asked, book: Book) -> Answer:
    found = _found(asked, book)
    told = [
        {"log": signal.title.tame(500), "type": signal.label("action") or "system", **_by(signal)}
        for signal in reversed(found.signals)
    ]
    return _answer(asked, told[:MOST], paging={})


def _by(signal: Signal) -> dict[str, Any]:
    owner = signal.label("by") or "System"
    return {"owner": owner, "createdAt": _time(signal.received_at), "offset": signal.id}


def nothing(asked: Asked, book: Book) -> Answer:
    """Recipients and attachments are not kept here."""
    _found(asked, book)
    return _answer(asked, [])


def _found(asked: Asked, book: Book) -> AlertNow:
    """By id, or by alias. Raises `NotFound`."""
    identifier = asked.parts["identifier"]
    by_alias = asked.query.get("identifierType", "id").lower() == "alias"
    found = book.alert(alert_id(identifier) if by_alias else identifier[:200])
    if found is None:
        raise NotFound("Alert does not exist", mend="name it by its id, or by its alias with identifierType=alias")
    return found


def _short(found: AlertNow, standing: Standing) -> dict[str, Any]:
    return {
        "id": found.fingerprint,
        "tinyId": str(found.case or ""),
        "alias": standing.alias,
        "message": standing.message,
        "status": "open" if found.firing else "closed",
        "acknowledged": standing.acknowledged,
        "isSeen": standing.acknowledged,
        "tags": list(standing.tags),
        "snoozed": standing.snoozed_until is not None,
        **({"snoozedUntil": _time(standing.snoozed_until)} if standing.snoozed_until else {}),
        "count": found.count,
        "lastOccurredAt": _time(standing.last_at),
        "createdAt": _time(standing.created_at),
        "updatedAt": _time(found.occurred_at),
        "source": standing.source,
        "owner": standing.owner,
        "priority": standing.priority,
        "responders": [],
        "integration": {"id": found.source, "name": found.source, "type": "API"},
        "report": {},
    }


def _whole(found: AlertNow, standing: Standing) -> dict[str, Any]:
    more = {
        "actions": [],
        "entity": standing.entity,
        "description": standing.description,
        "details": dict(standing.details),
    }
    return {**_short(found, standing), **more}


def _answer(asked: Asked, data: Any, **more: Any) -> Answer:
    return Answer(200, {"data": data, **more, "took": 0.0, "requestId": asked.request})


def _alias(signal: Signal) -> str:
    return signal.label("alias", limit=512) or signal.fingerprint


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _whole_number(asked: Asked, name: str, otherwise: int) -> int:
    given = asked.query.get(name, str(otherwise))
    if not given.isdecimal() or len(given) > 9:
        raise BadInput(f"{name} is no number")
    return int(given)
