"""Deployments and changes that sources tell of become change records: nothing that was altered is left out of the figures."""

from __future__ import annotations

import datetime as dt

from tickless.domain.change import Change
from tickless.domain.change_event import ChangeEvent
from tickless.domain.practice import Event
from tickless.kit.canonical import digest

LENGTH = dt.timedelta(minutes=15)
"""How long a deployment of which only a moment is known is taken to have lasted."""


def change_of(event: ChangeEvent, *, models: dict[str, str]) -> Change | None:
    """The record of an event, or None where it names no service on record. The same event gives the same record. Pure.

    `models`: service → standard change that deployments to it are; what nobody pre-authorised is a normal one without approval,
    and its record says so.
    """
    if event.service is None:
        return None
    model = models.get(event.service) if event.kind == "deploy" else None
    return Change(
        id=f"chg-{digest([event.source, event.id])[:12]}",
        title=event.title.tame(200) or f"A {event.kind} at {event.service}",
        service=event.service,
        services=(event.service,),
        kind="standard" if model else "normal",
        state="watched",
        model=model,
        starts_at=event.occurred_at,
        ends_at=event.occurred_at + LENGTH,
        begun_at=event.occurred_at,
        finished_at=event.occurred_at,
        said="done",
        source=event.source,
        event=event.id,
        made_by=f"source:{event.source}",
        made_at=event.occurred_at,
        story=(
            Event(
                at=event.occurred_at,
                by=f"source:{event.source}",
                kind="told",
                text=f"{event.source} told of it."
                + ("" if model else " No approval is on record here: it was made where changes are made."),
            ),
        ),
    )
