"""The news of a major incident, for everybody who feels it."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.errors import NotFound
from tickless.domain.major import MajorIncident
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import names_in

PURPOSE = "What is known for everybody who feels it, and when there is more."


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/major/{id}/news", "own_cases", news)]


def news(visit: Visit) -> Screen:
    """For everybody who works here. Rehearsals are for those who run services."""
    major = visit.desk.practices.major.show(visit.path("id"))
    if major.rehearsal is not None and not visit.visitor.may("read"):
        raise NotFound("there is no such page")
    title = f"Rehearsal: {major.title}" if major.rehearsal else major.title
    return ui.screen(ui.Sheet(title, PURPOSE, _told(visit, major)))


def _told(visit: Visit, major: MajorIncident) -> tuple[ui.Block, ...]:
    """What is affected, what is known, when there is more."""
    told = [(ui.When(one.at), ui.What(one.text)) for one in reversed(major.updates)]
    over = major.state in {"stood_down", "reviewed"}
    coming = ui.When(major.next_update_at) if major.next_update_at else "none: it is over" if over else None
    facts = ui.Facts("How it stands", (
        ("State", ui.Tag("over", "good") if over else ui.Tag("being worked on", "bad")),
        ("Service", names_in(visit).service(major.service, "several")),
        ("Since", ui.When(major.declared_at) if major.declared_at else None), ("Next news", coming),
    ))  # fmt: skip
    return facts, ui.Rows("News", ("When", "What"), told, "News come within a quarter of an hour")


def sharing(visit: Visit, major: MajorIncident) -> tuple[ui.Form, ...]:
    """Links for people without an account here."""
    return ()
