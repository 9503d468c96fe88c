"""Signals as they came, and the quarantine: what could not be read, why, how to mend it, and a second try."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.record import Untrusted
from tickless.doors.console.frame import Form, Frame, Screen, Visit

PER_PAGE = 50
SHOWN_BYTES = 20_000


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/signals", "read", page),
        frame.show("/quarantine", "read", quarantine),
        frame.show("/quarantine/{id}", "read", payload),
        frame.deed("/quarantine/{id}/replay", "act", replay),
    ]


def page(visit: Visit) -> Screen:
    log = visit.desk.journal.signals
    found = log.newest(before=visit.number("before"), limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    return Screen(
        "signals.html",
        {"logged": shown, "next": shown[-1].seq if len(found) > PER_PAGE else None, "aside": len(_waiting(visit))},
    )


def _waiting(visit: Visit) -> list[str]:
    return [found.id for found in visit.desk.journal.signals.quarantined(limit=100) if found.replayed_at is None]


def quarantine(visit: Visit) -> Screen:
    source = visit.asked("source")
    found = visit.desk.journal.signals.quarantined(before=visit.asked("before"), source=source, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    return Screen(
        "quarantine.html",
        {
            "found": shown,
            "source": source,
            "next": shown[-1].id if len(found) > PER_PAGE else None,
            "aside": len(_waiting(visit)),
        },
    )


def payload(visit: Visit) -> Screen:
    identity = visit.path("id")
    log = visit.desk.journal.signals
    kept = log.quarantined_payload(identity)
    told = [found for found in log.quarantined(before=identity + "~", limit=1) if found.id == identity]
    raw = kept.body[:SHOWN_BYTES].decode("utf-8", errors="replace")
    text = "\n".join(Untrusted(line).tame(2_000) for line in raw.splitlines())
    return Screen(
        "payload.html",
        {
            "id": identity,
            "kept": kept,
            "told_why": told[0] if told else None,
            "text": text,
            "cut": len(kept.body) > SHOWN_BYTES,
        },
    )


async def replay(visit: Visit, form: Form) -> str:
    """Read it again with today's mapping."""
    accepted = await visit.desk.replay(visit.path("id"), by=visit.visitor.actor)
    if accepted.quarantined:
        return f"/quarantine/{accepted.quarantined}?told=still_unreadable"
    return "/signals?told=replayed"
