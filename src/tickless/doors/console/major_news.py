"""The news of a major incident, for everybody who feels it."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.domain.errors import NotFound
from tickless.domain.major import MajorIncident
from tickless.doors.console import sheet as ui
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.practice_pages import Sent, acts, names_in

PURPOSE = "What is known for everybody who feels it, and when there is more."


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/major/{id}/news", "own_cases", news),
        frame.show("/news/{token}", None, _shared),
        *acts(frame, "/major", {"share": share, "unshare": unshare}),
    ]


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
    return facts, ui.Rows("News", ("When", "What"), told, "There are none yet")


def sharing(visit: Visit, major: MajorIncident) -> tuple[ui.Form, ...]:
    """A link for people without an account, where the house allows it."""
    if not visit.desk.practices.major.news.allowed or major.rehearsal is not None:
        return ()
    base, note = f"/major/{major.id}", "Whoever has the link reads the news until a week after it is over."
    label = "Make a new link" if major.news_key else "Make a link"
    make = ui.Form("News without an account", f"{base}/share", (), label, note)
    withdraw = ui.Form("The link", f"{base}/unshare", (), "Withdraw it", "Nobody reads behind it any more.")
    return (make, withdraw) if major.news_key else (make,)


def share(sent: Sent) -> Screen:
    """The link is shown once: only its hash is kept."""
    token = sent.desk.major.news.share(sent.key, by=sent.by)
    link = f"{str(sent.visit.request.base_url).rstrip('/')}/news/{token}"
    words = ui.Words("The link, shown once", (link, "Send it to whom it concerns. A new one makes this one void."))
    crumb = ui.Link("Back to the bridge", f"/major/{sent.key}")
    return ui.screen(ui.Sheet("News without an account", PURPOSE, (words,), crumb=crumb))


def unshare(sent: Sent) -> str:
    return f"/major/{sent.desk.major.news.unshare(sent.key, by=sent.by).id}"


def _shared(visit: Visit) -> Screen:
    """For anybody who has the link: the same words, without the house around them."""
    major = visit.desk.practices.major.news.look(visit.path("token"))
    with visit.desk.journal.read() as tx:
        place = tx.services.get(major.service or "")
    return Screen("major_news.html", {"major": major, "service": place.name if place else "several services"})
