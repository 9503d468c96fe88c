"""Try a payload: paste what a monitor sends, and see what would become of it. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, NotFound
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.trying import Sample, Trial

LONGEST = 400_000
EXAMPLE = """\
items = "[body]"
fingerprint = "'check/' + body.check"
title = "body.check"
state = "body.up ? 'resolved' : 'firing'"
"""


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/mapping", "read", page), frame.deed("/mapping", "read", attempt)]


@dataclass(frozen=True)
class Written:
    """What stands in the form."""

    payload: str = ""
    mapping: str = EXAMPLE
    source: str = ""
    content_type: str = "application/json"


def page(visit: Visit) -> Screen:
    """Empty, or with a payload that waits in the quarantine and the source that could not read it."""
    identity = visit.asked("quarantined")
    if identity is None:
        return _screen(visit, Written(), None)
    kept = visit.desk.journal.signals.quarantined_payload(identity)
    text = kept.body[:LONGEST].decode("utf-8", "replace").replace("\0", "")
    source = kept.source if kept.source in visit.desk.trying.sources() else ""
    return _screen(visit, Written(text, EXAMPLE, source, kept.content_type), None)


async def attempt(visit: Visit, form: Form) -> Screen:
    """Read what was pasted, as the source or the mapping would."""
    written = Written(
        form.get("payload", ""),
        form.get("mapping", ""),
        form.get("source", ""),
        form.get("content_type", "").strip()[:200] or "application/json",
    )
    if len(written.payload) > LONGEST:
        raise BadInput(f"at most {LONGEST:,} signs are tried here", mend="use the command line: tickless mapping test")
    return await run_in_threadpool(_tried, visit, written)


def _tried(visit: Visit, written: Written) -> Screen:
    sample = Sample(body=written.payload.encode("utf-8", "replace"), content_type=written.content_type)
    trying = visit.desk.trying
    try:
        trial = (
            trying.with_source(written.source, sample)
            if written.source
            else trying.with_mapping(written.mapping, sample)
        )
    except NotFound:
        return _screen(visit, Written(written.payload, written.mapping, "", written.content_type), None)
    return _screen(visit, written, trial)


def _screen(visit: Visit, written: Written, trial: Trial | None) -> Screen:
    log = visit.desk.journal.signals
    aside = sum(found.replayed_at is None for found in log.quarantined(limit=100))
    return Screen(
        "mapping.html",
        {
            "written": written,
            "trial": trial,
            "sources": visit.desk.trying.sources(),
            "aside": aside,
            "longest": LONGEST,
        },
    )
